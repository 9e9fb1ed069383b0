"""`karya export-journal`: what it prints and writes, and what it answers to wrong input."""

import importlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from karyabina.ledger.journals.reading import Scope
from karyabina.ledger.models import RUPIAH, Move
from karyabina.ledger.tests.make import AT, CHIPS, made, posted, world
from karyabina.ledger.tests.readers import text_of
from tests import make

command = importlib.import_module("karyabina.ledger.management.commands.export-journal")


@pytest.fixture
def day(db: None) -> None:
    """Ten are made, two are sold."""
    world()
    made(10)
    posted(
        Move("stand:GOR", "outside:buyer", CHIPS, 2),
        Move("outside:buyer", "cash:S1", RUPIAH, 24_900),
        note="Dibayar tunai – terima kasih",
    )


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("export-journal", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_journal(day: None) -> None:
    assert told("--format", "hledger") == text_of("hledger")
    given = ("--format", "beancount", "--until", "2025-10-29")
    assert told(*given) == text_of("beancount", Scope(until=AT.date()))
    assert told(*given, "--output", "-") == told(*given)


def test_the_file_is_whole_and_for_its_owner_alone(day: None, tmp_path: Path) -> None:
    target = tmp_path / "buku besar.journal"
    said = told("--format", "hledger", "--output", str(target))
    assert str(target) in said
    assert target.read_text(encoding="utf-8") == text_of("hledger")
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_is_replaced_only_when_asked(day: None, tmp_path: Path) -> None:
    target = tmp_path / "j"
    target.write_text("lama")
    target.chmod(0o644)
    with pytest.raises(CommandError, match="sudah ada"):
        told("--format", "hledger", "--output", str(target))
    assert target.read_text() == "lama"
    told("--format", "hledger", "--output", str(target), "--force")
    assert target.read_text(encoding="utf-8") == text_of("hledger")
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_journal_that_is_cut_off_leaves_no_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "awal"
        raise KeyboardInterrupt

    old = tmp_path / "lama"
    old.write_text("lama")
    for target in (tmp_path / "baru", old):
        with pytest.raises(KeyboardInterrupt):
            command.keep(pieces(), target, force=True)
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text() == "lama"


@pytest.mark.parametrize(
    ("output", "why"),
    [("tidak/ada/j", "Map .* tidak ada"), (".", "bukan berkas biasa"), ("/dev/null", "bukan")],
)
def test_a_place_that_cannot_be_written_is_named(
    output: str, why: str, db: None, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=why):
        told("--format", "hledger", "--force", "--output", str(tmp_path / output))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("office", ["XYZ", "klb", ""])
def test_an_office_that_is_not_there_is_refused(office: str, day: None, tmp_path: Path) -> None:
    make.office("KLB")
    target = tmp_path / "j"
    with pytest.raises(CommandError, match="Tidak ada kantor dengan kode"):
        told("--format", "hledger", "--office", office, "--output", str(target))
    assert not target.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--format", "csv"),
        ("--format", "hledger", "--until", "31-10-2025"),
        ("--format", "hledger", "--until", "2025-02-30"),
        ("--format", "hledger", "--until", "20251031"),
        ("--format", "hledger", "--since", "2025-10-01"),
        ("--format", "hledger", "berkas"),
    ],
)
def test_wrong_arguments_get_the_usage(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["karya", "export-journal", *arguments])
    assert ended.value.code == 2
    answer = capsys.readouterr()
    assert "usage: karya export-journal" in answer.err
    assert not answer.out


def test_the_help_says_that_it_is_confidential(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["karya", "export-journal", "--help"])
    assert ended.value.code == 0
    assert "RAHASIA" in capsys.readouterr().out
