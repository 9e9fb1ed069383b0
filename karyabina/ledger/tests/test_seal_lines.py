"""A seal on a line, the bytes it is taken of, and the key that marks it."""

import stat
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karyabina.ledger import seal_checks, seals
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Check, Closing, Entry, Seal
from karyabina.ledger.tests.closing import (
    DAY,
    closed,
    days_later,
    moment,
    offices,
    sold,
)
from karyabina.ledger.tests.make import CHIPS, person
from karyabina.ledger.tests.tampering import MARK, PIECES, account, sealed, tampered, wrong
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def kfm() -> Office:
    return sealed()


# --- lines ---------------------------------------------------------------------------------------
def test_a_seal_fits_on_a_printed_line(kfm: Office) -> None:
    for seal in Seal.objects.all():
        assert len(seals.line(seal)) <= 110
    seal = Seal(home="A2345678B", day=DAY, n=99_999, entries=999_999, digest="a" * 64)
    assert len(seals.line(seal)) <= 120
    kept = seals.read_line(seals.line(seal))
    assert kept == seals.Kept("A2345678B", "2025-10-29", 99_999, 999_999, "a" * 64)


def test_a_line_is_read_as_people_write_it(kfm: Office) -> None:
    right = [seals.line(seal) for seal in Seal.objects.all()]
    loose = [line.replace("-", " ").replace("2025 10 ", "2025-10-") for line in right]
    bare = [
        f"{line[: line.rindex(' ')]} {line[line.rindex(' ') :].replace('-', '')}" for line in right
    ]
    lower = [line[:3] + line[3:].lower() for line in right]
    for lines in (right, loose, bare, lower, ["", "# Oktober", *right, ""]):
        assert seal_checks.compare(lines) == []


def test_a_line_with_another_digit_is_not_there(kfm: Office) -> None:
    line = seals.line(Seal.objects.filter(home="KFM")[0])
    for other in (
        line[:-1] + ("0" if line[-1] != "0" else "1"),
        line.replace("entries=2", "entries=3"),
        line.replace("2025-10-01", "2025-10-02"),
    ):
        [fault] = seal_checks.compare([other])
        assert fault.endswith(f"kini tertulis {line}")


@pytest.mark.parametrize("line", ["x", "KFM 2025-10-29 n=1 entries=2 ABC", "KFM n=1", "\0"])
def test_a_line_that_is_none_is_named(line: str) -> None:
    assert seal_checks.compare([line]) == ["baris 1 tidak terbaca sebagai segel"]


def test_a_file_without_lines_proves_nothing() -> None:
    assert seal_checks.compare(["", "# kosong"]) == ["tidak ada satu baris segel pun di berkas itu"]


def test_the_command_writes_one_line_a_seal(kfm: Office) -> None:
    def said(**options: Any) -> list[str]:
        out = StringIO()
        call_command("seals", stdout=out, **options)
        return out.getvalue().splitlines()

    assert said() == [seals.line(seal) for seal in Seal.objects.order_by("home", "n")]
    assert seal_checks.compare(said()) == []
    assert len(said(office="NTT")) == 3
    since = [line.split(" entries")[0] for line in said(office="KFM", since=DAY)]
    assert since == ["KFM 2025-10-29 n=4", "KFM 2025-10-29 n=5"]
    with pytest.raises(CommandError, match="KLB"):
        said(office="KLB")


# --- bytes ---------------------------------------------------------------------------------------
GOLDEN = (
    '["019a2f4e000070008000000000000001","sale","hub",7,"019a2f4e0000700080000000000000aa",'
    '"2025-10-29 01:30:00.000000",480,"2025-10-29 01:30:01.000002","2025-10-29",1,'
    f'"{"0" * 64}",null,"Kata \\"ibu\\"\\n dan é"]\n'
    '[1,["stand:GOR","holding","NTT","2025-10-01 00:00:00.000000"],'
    '["outside:buyer","outside","hub","2025-10-01 00:00:00.000000"],'
    '["KFM-CHIPS-1","lot"],3]\n'
)


def test_the_bytes_of_an_entry_are_the_same_on_both_engines() -> None:
    """Spelt out here, so that a change of a byte in the program is a change of this test."""
    at = "2025-10-01 00:00:00.000000"
    Staff.objects.create(key=UUID("019a2f4e0000700080000000000000aa"), username="a", name="A")
    with tampered(
        f"INSERT INTO ledger_account (code, cls, home, opened_at) VALUES"
        f" ('stand:GOR', 'holding', 'NTT', '{at}'), ('outside:buyer', 'outside', 'hub', '{at}')",
        f"INSERT INTO ledger_unit (code, kind) VALUES ('{CHIPS}', 'lot')",
        "INSERT INTO ledger_entry (key, kind, origin, origin_seq, by_id, occurred_at,"
        " occurred_offset, recorded_at, booked_on, size, digest, reverses, note) VALUES"
        " ('019a2f4e000070008000000000000001', 'sale', 'hub', 7,"
        " '019a2f4e0000700080000000000000aa', '2025-10-29 01:30:00.000000', 480,"
        f" '2025-10-29 01:30:01.000002', '2025-10-29', 1, '{'0' * 64}', NULL,"
        " 'Kata \"ibu\"\n dan é')",
        "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
        " recorded_at, booked_on) SELECT '019a2f4e000070008000000000000001', 1,"
        f" {account('stand:GOR')}, {account('outside:buyer')}, {PIECES}, 3,"
        " '2025-10-29 01:30:01.000002', '2025-10-29'",
    ):
        [entry] = seals.written()
    assert entry.data.decode() == GOLDEN
    assert entry.homes == {"NTT"}


def test_reading_takes_a_query_more_only_for_a_thousand_entries(kfm: Office) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert wrong() == {}
        return len(seen)

    few = queries()
    for n in range(60):
        sold(days_later(1), hour=n % 24)
    closed(kfm, days_later(1))
    assert queries() <= few + 2, "one closing and one seal more"


# --- the key -------------------------------------------------------------------------------------
@pytest.fixture
def key_file(settings: Any, tmp_path: Path) -> Path:
    settings.SEAL_KEY, settings.SEAL_KEY_FILE = "", tmp_path / "data" / "seal-key"
    return Path(settings.SEAL_KEY_FILE)


@pytest.fixture
def trade() -> Office:
    here, _there = offices()
    sold()
    return here


def test_a_key_is_made_once_for_its_owner_alone(key_file: Path, trade: Office) -> None:
    closed(trade, days_later(-1))
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    made = key_file.read_text()
    assert len(made.strip()) == 64
    closed(trade)
    assert key_file.read_text() == made
    assert [path.name for path in key_file.parent.iterdir()] == ["seal-key"]
    assert wrong() == {}


def test_another_key_closes_nothing_more(key_file: Path, trade: Office, settings: Any) -> None:
    closed(trade, days_later(-1))
    settings.SEAL_KEY = "k" * 32
    with pytest.raises(closings.SealKeyIsAnother):
        closed(trade)
    assert set(wrong()) == {MARK}
    assert Closing.objects.count() == 1


def test_a_missing_key_is_not_made_again(key_file: Path, trade: Office) -> None:
    closed(trade, days_later(-1))
    key_file.rename(key_file.with_name("elsewhere"))
    seals._kept.cache_clear()
    with pytest.raises(closings.SealKeyIsAnother):
        closed(trade)
    assert not key_file.exists()
    assert wrong() == {MARK: ["tidak ada kunci segel di komputer ini: tanda segel tidak diperiksa"]}


def test_an_older_key_still_vouches_for_its_seals(
    key_file: Path, trade: Office, settings: Any
) -> None:
    closed(trade, days_later(-1))
    settings.SEAL_KEY = f"{'n' * 40} {key_file.read_text()}"
    closed(trade)
    assert wrong() == {}


def test_a_key_that_is_lost_for_ever_is_replaced_and_missed(
    key_file: Path, trade: Office, settings: Any
) -> None:
    closed(trade, days_later(-1))
    key_file.unlink()
    seals._kept.cache_clear()
    settings.SEAL_KEY_LOST = True
    closed(trade)
    assert key_file.exists()
    assert [fault.split(":")[0] for fault in wrong()[MARK]] == ["KFM 2025-10-01 n=1"]


@pytest.mark.parametrize("key", ["kurang", " ", "a" * 40 + " short"])
def test_a_key_that_can_be_guessed_seals_nothing(
    key_file: Path, trade: Office, settings: Any, key: str
) -> None:
    settings.SEAL_KEY = key
    with pytest.raises(closings.SealKeyIsAnother):
        closed(trade)
    assert not Seal.objects.exists()


def test_closing_uses_the_clock_of_no_machine(trade: Office) -> None:
    """`upto` is of the last entry, not of the act: closing later seals the same bytes."""
    closing = closed(trade, at=moment(days_later(20)), by=person())
    last = Entry.objects.order_by("recorded_at").last()
    assert last is not None
    assert closing.seals.last().upto == last.recorded_at


# --- the command ---------------------------------------------------------------------------------
def verified(*options: str) -> tuple[int, str]:
    """The exit code of `karya verify` and what it said."""
    out = StringIO()
    try:
        call_command("verify", *options, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_verify_takes_every_seal_again_when_asked(kfm: Office) -> None:
    code, said = verified("--seals")
    assert code == 0, said
    assert "benar  Setiap segel cocok dengan isi harinya" in said
    with tampered("UPDATE ledger_entry SET note = 'x' WHERE kind = 'sale'"):
        assert verified()[0] == 0, "the books are right in themselves"
        code, said = verified("--seals")
    assert code == 1
    assert "SALAH  Setiap segel cocok dengan isi harinya" in said
    assert "KFM 2025-10-27 n=2: isinya bukan yang disegel" in said


def test_verify_compares_kept_lines(kfm: Office, tmp_path: Path) -> None:
    file = tmp_path / "segel.txt"
    file.write_text("".join(f"{seals.line(seal)}\n" for seal in Seal.objects.all()))
    code, said = verified("--lines", str(file))
    assert code == 0, said
    assert "benar  Setiap baris segel yang disimpan masih ada" in said
    file.write_bytes(file.read_bytes().replace(b"n=3", b"n=33") + b"\xff\n")
    code, said = verified("--lines", str(file))
    assert code == 1
    assert "KFM 2025-10-28 n=33: segel ini tidak ada lagi" in said
    with pytest.raises(CommandError, match=r"tidak-ada\.txt") as refused:
        verified("--lines", str(tmp_path / "tidak-ada.txt"))
    assert refused.value.returncode == 2, "1 means that the books are wrong"


@pytest.mark.parametrize("kept", [b"", b"# Oktober\n", bytes(range(256)) * 9])
def test_a_file_without_any_seal_is_not_held_against_the_books(
    kept: bytes, kfm: Office, tmp_path: Path
) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(kept)
    with pytest.raises(CommandError, match="tidak ada satu baris segel pun") as refused:
        verified("--lines", str(file))
    assert refused.value.returncode == 2
    assert not Check.objects.exists(), "nor shown to everybody as a fault"


def test_kept_lines_that_an_editor_saved_with_its_mark_are_the_same(
    kfm: Office, tmp_path: Path
) -> None:
    file = tmp_path / "segel.txt"
    text = "".join(f"{seals.line(seal)}\r\n" for seal in Seal.objects.all())
    file.write_bytes(text.encode("utf-8-sig"))
    assert verified("--lines", str(file))[0] == 0


def test_the_command_tells_an_unknown_office_from_one_without_seals(kfm: Office) -> None:
    make.office("KLB")
    for code, why in (("KLB", "belum punya segel"), ("XYZ", "Tidak ada kantor")):
        with pytest.raises(CommandError, match=why):
            call_command("seals", office=code)
