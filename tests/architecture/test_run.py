"""The one door: what it answers to wrong input, and that its helpers do what they say."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.architecture.source import PROJECT
from tools import serve, tally
from tools.translations import Gathered, Text, faults, texts_of_python, texts_of_template, update

RUN = PROJECT / "run"
COMMANDS = ("demo", "test", "check", "drill", "bench", "serve", "karya", "help")


def call(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(RUN), *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_run_says_what_it_can_do(arguments: tuple[str, ...], tmp_path: Path) -> None:
    answer = call(*arguments, cwd=tmp_path)
    assert answer.returncode == 0
    assert all(f"  {command}" in answer.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("dmo",),
        ("demo", "--frish"),
        ("demo", "--port"),
        ("demo", "--port", "0"),
        ("demo", "--port=65536"),
        ("serve", "--port", "satu"),
        ("serve", "8000"),
        ("check", "all"),
    ],
)
def test_wrong_input_gets_the_usage(arguments: tuple[str, ...]) -> None:
    answer = call(*arguments)
    assert answer.returncode == 2
    assert "Usage: ./run COMMAND" in answer.stderr
    assert not answer.stdout


def prepared(**environment: str) -> subprocess.CompletedProcess[str]:
    ours = ("KARYABINA_", "DATABASE_", "DJANGO_")
    named = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "tools.prepare"],
        cwd=PROJECT,
        env=named | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "garbage", "DATABASE_URL must name SQLite or PostgreSQL"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must name SQLite or PostgreSQL"),
        ("DATABASE_URL", "postgres://localhost:many/x", "DATABASE_URL must name"),
        ("DATABASE_URL", "postgres://x@127.0.0.1:1/x", "The database x cannot be opened"),
        ("KARYABINA_DATA", "/dev/null/data", "The data folder /dev/null/data cannot be used"),
    ],
)
def test_what_cannot_be_used_is_named_in_a_line(
    variable: str, value: str, said: str, tmp_path: Path
) -> None:
    answer = prepared(**{"KARYABINA_DATA": str(tmp_path), variable: value})
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_data_folder_may_have_any_name(tmp_path: Path) -> None:
    """Not only spaces: what means something in a URL means nothing in a path."""
    folder = tmp_path / "50%20 data#1?x=y & 'z'"
    answer = prepared(KARYABINA_DATA=str(folder))
    assert answer.returncode == 0, answer.stderr
    assert (folder / "karyabina.sqlite3").stat().st_size > 0
    assert [one.name for one in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize("path", ["run", ".ci/run"])
def test_the_scripts_can_be_executed(path: str) -> None:
    assert os.access(PROJECT / path, os.X_OK)


def test_a_taken_port_takes_the_next() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert not serve.is_free("127.0.0.1", taken)
        found = serve.first_free("127.0.0.1", taken)
        assert found is None or taken < found < taken + serve.PORTS_TRIED


def counts(folder: Path, part: str, **numbers: int) -> str:
    (folder / f"{part}.json").write_text(json.dumps(numbers))
    return part


def test_the_sum_of_the_parts_is_the_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [
        counts(tmp_path, "checks", passed=9),
        counts(tmp_path, "sqlite", passed=5, skipped=1),
    ]
    assert tally.main("no", str(tmp_path), *parts) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "14 passed, 0 failed, 1 skipped"


@pytest.mark.parametrize(
    ("part_failed", "numbers"),
    [("no", {"passed": 5, "error": 1}), ("yes", {"passed": 5}), ("no", {}), ("no", {"skipped": 3})],
)
def test_a_failure_or_no_test_at_all_fails_the_run(
    tmp_path: Path, part_failed: str, numbers: dict[str, int]
) -> None:
    assert tally.main(part_failed, str(tmp_path), counts(tmp_path, "sqlite", **numbers)) == 1


def test_a_part_that_broke_down_fails_the_run(tmp_path: Path) -> None:
    parts = [counts(tmp_path, "sqlite", passed=5), "postgresql"]
    assert tally.main("no", str(tmp_path), *parts) == 1


def test_texts_are_gathered_from_python_and_templates(tmp_path: Path) -> None:
    code, page = tmp_path / "code.py", tmp_path / "page.html"
    code.write_text(
        "_('Simpan')\n"
        "ngettext('%(n)s buah', '%(n)s buah-buah', n)\n"
        "pgettext_lazy('bulan', 'Mei')\n"
        "print('bukan teks')\n"
    )
    page.write_text(
        '{% translate "Kasir" %} {% blocktranslate trimmed with n=x %}\n  Ada {{ n }} buah,\n'
        '  50% rusak.\n{% endblocktranslate %}{{ _("Titipan") }} {% include "a" with b=_("Sif") %}'
    )
    assert [text for text, _line in texts_of_python(code)] == [
        Text(None, "Simpan"),
        Text(None, "%(n)s buah", "%(n)s buah-buah"),
        Text("bulan", "Mei"),
    ]
    assert [text for text, _line in texts_of_template(page)] == [
        Text(None, "Kasir"),
        Text(None, "Ada %(n)s buah, 50%% rusak."),
        Text(None, "Titipan"),
        Text(None, "Sif"),
    ]


def test_a_catalogue_with_faults_is_found_out() -> None:
    gathered = Gathered()
    for singular in ("Simpan", "Baru", "Kosong", "%(n)s buah", "Ragu"):
        gathered.add(Text(None, singular), "karyabina/x.py:1")
    catalogue = polib.POFile()
    for source, english in (
        ("Simpan", "Save"),
        ("Kosong", ""),
        ("%(n)s buah", "%(m)s pieces"),
        ("Lama", "Old"),
    ):
        catalogue.append(polib.POEntry(msgid=source, msgstr=english))
    catalogue.append(polib.POEntry(msgid="Ragu", msgstr="Unsure", flags=["fuzzy"]))
    catalogue.append(polib.POEntry(msgid="Dulu", msgstr="Once", obsolete=True))
    found = sorted(faults(gathered, catalogue))
    assert len(found) == 6
    parts = ("not in the catalogue", "no English", "placeholders", "nowhere", "fuzzy", "obsolete")
    for part in parts:
        assert sum(part in fault for fault in found) == 1


def test_a_catalogue_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "django.po"
    monkeypatch.setattr("tools.translations.CATALOGUE", target)
    gathered = Gathered()
    gathered.add(Text(None, "Simpan"), "karyabina/x.py:1")
    gathered.add(Text(None, "%(n)s buah"), "karyabina/x.py:2")
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Simpan", msgstr="Save"))
    catalogue.append(polib.POEntry(msgid="Lama", msgstr="Old"))
    assert update(gathered, catalogue) == (1, 1)
    written = {entry.msgid: entry for entry in polib.pofile(str(target))}
    assert written["Simpan"].msgstr == "Save"
    assert written["%(n)s buah"].flags == ["python-format"]
    assert "Lama" not in written
