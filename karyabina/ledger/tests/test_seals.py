"""A seal finds any later change of any byte, even by somebody with the database password."""

import hashlib
from collections.abc import Callable
from datetime import date

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger import seal_checks, seals
from karyabina.ledger.models import Closing, Entry, Seal
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.closing import (
    DAY,
    closed,
    days_later,
    reopened,
    sold,
)
from karyabina.ledger.tests.make import CHIPS
from karyabina.ledger.tests.tampering import (
    CHAIN,
    FIT,
    MARK,
    ORDER,
    OUTSIDE,
    PIECES,
    PLACE,
    account,
    sealed,
    tampered,
    wrong,
)
from karyabina.offices.models import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def kfm() -> Office:
    return sealed()


# --- each change is found ------------------------------------------------------------------------
def the(which: int) -> str:
    """SQL: the key of the nth sale, by the time of recording."""
    return (
        "(SELECT key FROM ledger_entry WHERE kind = 'sale' ORDER BY recorded_at"
        f" LIMIT 1 OFFSET {which})"
    )


LAST = the(5)  # of the last closed day
MADE = "(SELECT key FROM ledger_entry WHERE kind = 'production' ORDER BY recorded_at LIMIT 1)"
TIME = "'2025-10-29 00:00:00.000000'"
MORE = "'2030-01-01 00:00:00.000000'"


def copy_of(entry: str, day: date) -> Callable[[], None]:
    """Another entry like this one, recorded later, slipped in under a day."""

    def add() -> None:
        key = new_key()
        columns = "kind, origin, by_id, occurred_at, occurred_offset, size, digest, note"
        raw.run(
            f"INSERT INTO ledger_entry (key, booked_on, origin_seq, recorded_at, {columns})"
            f" SELECT %s, '{day}', 999999, {MORE}, {columns} FROM ledger_entry"
            f" WHERE key = {entry}",
            [key],
        )
        columns = "n, source_id, target_id, unit_id, amount"
        raw.run(
            f"INSERT INTO ledger_movement (entry_key, booked_on, recorded_at, {columns})"
            f" SELECT %s, '{day}', {MORE}, {columns} FROM ledger_movement"
            f" WHERE entry_key = {entry}",
            [key],
        )

    return add


def removed(entry: str) -> Callable[[], None]:
    def remove() -> None:
        [(key,)] = raw.run(f"SELECT key FROM ledger_entry WHERE key = {entry}")
        raw.run("DELETE FROM ledger_movement WHERE entry_key = %s", [key])
        raw.run("DELETE FROM ledger_entry WHERE key = %s", [key])

    return remove


def swapped(column: str, spare: str, *, movements: bool = False) -> Callable[[], None]:
    """Two sales of the last day change places in a column."""

    def swap() -> None:
        rows = raw.run(f"SELECT key, {column} FROM ledger_entry WHERE key IN ({the(4)}, {the(5)})")
        (one, first), (two, second) = rows
        for key, value in ((one, spare), (two, first), (one, second)):
            raw.run(f"UPDATE ledger_entry SET {column} = %s WHERE key = %s", [value, key])
            if movements:
                raw.run(
                    f"UPDATE ledger_movement SET {column} = %s WHERE entry_key = %s", [value, key]
                )

    return swap


def moved_to(entry: str, day: date) -> Callable[[], None]:
    def move() -> None:
        raw.run(f"UPDATE ledger_movement SET booked_on = '{day}' WHERE entry_key = {entry}")
        raw.run(f"UPDATE ledger_entry SET booked_on = '{day}' WHERE key = {entry}")

    return move


def movements_swapped() -> None:
    for n, to in ((1, 900), (2, 1), (900, 2)):
        raw.run(f"UPDATE ledger_movement SET n = {to} WHERE entry_key = {LAST} AND n = {n}")


def by(who: str) -> str:
    return f"(SELECT key FROM staff_staff WHERE username = '{who}')"


def newest(table: str) -> str:
    column = {"closing": "n", "seal": "n"}[table]
    return f"(SELECT key FROM ledger_{table} WHERE home = 'KFM' ORDER BY {column} DESC LIMIT 1)"


TAMPERING: dict[str, tuple[tuple[str | Callable[[], object], ...], set[str]]] = {
    "a note": ((f"UPDATE ledger_entry SET note = 'lunas' WHERE key = {the(4)}",), {FIT}),
    "when it happened": (
        (f"UPDATE ledger_entry SET occurred_at = {TIME} WHERE key = {LAST}",),
        {FIT},
    ),
    "the offset of its clock": (
        (f"UPDATE ledger_entry SET occurred_offset = 420 WHERE key = {LAST}",),
        {FIT},
    ),
    "who recorded it": (
        (f"UPDATE ledger_entry SET by_id = {by('kepala')} WHERE key = {LAST}",),
        {FIT},
    ),
    "its kind": ((f"UPDATE ledger_entry SET kind = 'loss' WHERE key = {LAST}",), {FIT}),
    "the digest of its request": (
        (f"UPDATE ledger_entry SET digest = '{'e' * 64}' WHERE key = {LAST}",),
        {FIT},
    ),
    "what it reverses": (
        (f"UPDATE ledger_entry SET reverses = {the(4)} WHERE key = {LAST}",),
        {FIT},
    ),
    "an amount and its balances": (
        (
            "UPDATE ledger_movement SET amount = 2"
            f" WHERE entry_key = {LAST} AND unit_id = {PIECES}",
            "UPDATE ledger_balance SET amount = amount - 1"
            f" WHERE account_id = {account('stand:NTT')} AND unit_id = {PIECES}",
        ),
        {FIT},
    ),
    "where it went": (
        (
            f"UPDATE ledger_movement SET source_id = {account('store:NTT')}"
            f" WHERE entry_key = {LAST} AND unit_id = {PIECES}",
        ),
        {FIT},
    ),
    "the order of its movements": ((movements_swapped,), {FIT}),
    "the time of one movement": (
        (f"UPDATE ledger_movement SET recorded_at = {MORE} WHERE entry_key = {LAST} AND n = 1",),
        {FIT},
    ),
    "an entry removed": ((removed(LAST),), {FIT}),
    "an entry added to a sealed day": ((copy_of(LAST, DAY),), {OUTSIDE}),
    "an entry added to a day without a seal": (
        (copy_of(MADE, days_later(-5)),),
        {OUTSIDE},
    ),
    "an entry moved to an open day": ((moved_to(LAST, days_later(9)),), {FIT}),
    "an entry moved to a closed day": (
        (moved_to(MADE, days_later(-5)),),
        {FIT, OUTSIDE},
    ),
    "an account renamed": (
        ("UPDATE ledger_account SET code = 'due:KFX' WHERE code = 'due:KFM'",),
        {FIT},
    ),
    "the home of an account": (
        ("UPDATE ledger_account SET home = 'NTT' WHERE code = 'due:KFM'",),
        {FIT},
    ),
    "when an account was opened": (
        (f"UPDATE ledger_account SET opened_at = {TIME} WHERE code = 'cash:NTT'",),
        {FIT},
    ),
    "a lot renamed": (
        (f"UPDATE ledger_unit SET code = 'KFM-CHIPS-9' WHERE code = '{CHIPS}'",),
        {FIT},
    ),
    "what a lot is": (
        (f"UPDATE ledger_unit SET kind = 'material' WHERE code = '{CHIPS}'",),
        {FIT},
    ),
    "origin numbers swapped": ((swapped("origin_seq", "777777"),), {FIT}),
    "times of recording swapped": (
        (swapped("recorded_at", "2030-01-01 00:00:00.000000", movements=True),),
        {FIT},
    ),
    "a seal in the middle removed": (
        ("DELETE FROM ledger_seal WHERE home = 'KFM' AND n = 2",),
        {CHAIN, OUTSIDE},
    ),
    "the newest seal removed": (
        (f"DELETE FROM ledger_seal WHERE key = {newest('seal')}",),
        {OUTSIDE},
    ),
    "what a seal says of its number of entries": (
        (f"UPDATE ledger_seal SET entries = 9 WHERE key = {newest('seal')}",),
        {FIT, MARK},
    ),
    "the digest of a seal": (
        (f"UPDATE ledger_seal SET digest = '{'e' * 64}' WHERE key = {newest('seal')}",),
        {FIT, MARK},
    ),
    "how far a seal reaches": (
        (f"UPDATE ledger_seal SET upto = {MORE} WHERE key = {newest('seal')}",),
        {FIT},
    ),
    "the mark of a seal": (
        (f"UPDATE ledger_seal SET mac = '{'e' * 64}' WHERE key = {newest('seal')}",),
        {MARK},
    ),
    "the day of a seal": (
        (f"UPDATE ledger_seal SET day = '{days_later(-5)}' WHERE key = {newest('seal')}",),
        {FIT, MARK, PLACE, OUTSIDE},
    ),
    "who closed": (
        (f"UPDATE ledger_closing SET by_id = {by('kepala')} WHERE key = {newest('closing')}",),
        {FIT},
    ),
    "why it was reopened": (("UPDATE ledger_reopening SET reason = 'Lain'",), {FIT}),
    "who asked for the reopening": (
        (f"UPDATE ledger_reopening SET by_id = {by('kepala')}",),
        {FIT, ORDER},
    ),
    "how far a closing reaches": (
        ("UPDATE ledger_closing SET until = '2025-10-27' WHERE home = 'KFM' AND n = 1",),
        {FIT, ORDER, PLACE, OUTSIDE},
    ),
    "a closing in the middle removed": (
        (
            "DELETE FROM ledger_seal WHERE closing_id IN"
            " (SELECT key FROM ledger_closing WHERE home = 'KFM' AND n = 2)",
            "DELETE FROM ledger_closing WHERE home = 'KFM' AND n = 2",
        ),
        {CHAIN, ORDER, OUTSIDE},
    ),
    "everything reopened by one's own hand": (
        ("UPDATE ledger_closing SET until = NULL WHERE home = 'KFM' AND n = 4",),
        {FIT, ORDER, PLACE},
    ),
}


def test_right_books_have_right_seals(kfm: Office) -> None:
    assert wrong() == {}
    assert Seal.objects.filter(home="KFM").count() == 5


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_tampered_with_is_found(kfm: Office, what: str) -> None:
    statements, found = TAMPERING[what]
    with tampered(*statements):
        assert set(wrong()) == found
    assert wrong() == {}


def test_a_fault_names_the_office_the_day_and_what_is_wrong(kfm: Office) -> None:
    with tampered(*TAMPERING["a note"][0]):
        faults = wrong()[FIT]
    said = "isinya bukan yang disegel (ada yang diubah)"
    assert faults == [f"KFM 2025-10-29 n=4: {said}", f"KFM 2025-10-29 n=5: {said}"]
    with tampered(*TAMPERING["an entry removed"][0]):
        assert "KFM 2025-10-29 n=5: menyegel 2 catatan, kini ada 1" in wrong()[FIT]
    with tampered(copy_of(MADE, days_later(-5))):
        [fault] = [f for f in wrong()[OUTSIDE] if f.startswith("KFM")]
    assert fault.startswith("KFM 2025-10-24: catatan ")


def test_what_happens_on_open_days_concerns_no_seal(kfm: Office) -> None:
    sold(days_later(1))
    with tampered(f"UPDATE ledger_entry SET note = 'x' WHERE key = {the(6)}"):
        assert wrong() == {}


def test_a_seal_of_a_reopened_day_stays_true_for_what_it_covered(kfm: Office) -> None:
    """Reopened, and more booked, before and after it is sealed again."""
    reopened(closed(kfm, days_later(1)))
    sold(days_later(1))
    assert wrong() == {}
    closed(kfm, days_later(1))
    assert wrong() == {}


# --- somebody who has the database but not the key -----------------------------------------------
def forged(key: bytes) -> None:
    """Every seal made again as it should be for the books as they are now."""
    for home in ("KFM", "NTT"):
        previous, closing = seals.FIRST, 0
        for seal in Seal.objects.filter(home=home).select_related("closing").order_by("n"):
            entries = [
                entry
                for entry in seals.written(home=home, until=seal.day, after=days_before(seal.day))
                if entry.recorded_at <= seals.text_of(seal.upto)
            ]
            taken = hashlib.sha256(b"".join(entry.data for entry in entries)).hexdigest()
            digest = seals.digest_of(
                home=home,
                n=seal.n,
                previous=previous,
                day=seals.Day(seal.day.isoformat(), len(entries), seals.text_of(seal.upto), taken),
                closings=seals.closing_rows(home, closing, seal.closing.n),
            )
            said = seals.line_of(home, seal.day.isoformat(), seal.n, len(entries), digest)
            raw.run(
                "UPDATE ledger_seal SET previous = %s, digest = %s, mac = %s, entries = %s"
                " WHERE key = %s",
                [previous, digest, seals.mac_of(said, key), len(entries), seal.pk],
            )
            previous, closing = digest, seal.closing.n


def days_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def test_a_chain_made_again_without_the_key_is_found_by_its_marks(kfm: Office) -> None:
    change = f"UPDATE ledger_entry SET note = 'x' WHERE key = {LAST}"
    with tampered(change, lambda: forged(b"a key of their own, long enough")):
        assert set(wrong()) == {MARK}


def test_a_chain_made_again_with_the_key_is_found_by_a_kept_line(kfm: Office) -> None:
    lines = [seals.line(seal) for seal in Seal.objects.all()]
    change = f"UPDATE ledger_entry SET note = 'x' WHERE key = {LAST}"
    with tampered(change, lambda: forged(seals.keys()[0])):
        assert wrong() == {}
        assert [fault.split(":")[0] for fault in seal_checks.compare(lines)] == [
            "KFM 2025-10-29 n=4",
            "KFM 2025-10-29 n=5",
        ]


def test_the_newest_seals_and_closings_removed_are_found_by_a_kept_line(kfm: Office) -> None:
    lines = [seals.line(seal) for seal in Seal.objects.all()]
    last = Closing.objects.filter(home="KFM").last()
    assert last is not None
    entries = [str(key) for key in Entry.objects.filter(booked_on=DAY).values_list("pk", flat=True)]
    keys = ", ".join(f"'{key.replace('-', '') if raw.sqlite() else key}'" for key in entries)
    with tampered(
        "DELETE FROM ledger_seal WHERE home = 'KFM' AND n > 3",
        "DELETE FROM ledger_reopening",
        "DELETE FROM ledger_closing WHERE home = 'KFM' AND n > 1",
        f"DELETE FROM ledger_movement WHERE entry_key IN ({keys})",
        f"DELETE FROM ledger_entry WHERE key IN ({keys})",
    ):
        assert wrong() == {}, "the chain alone cannot know"
        assert seal_checks.compare(lines) == [
            "KFM 2025-10-29 n=4: segel ini tidak ada lagi",
            "KFM 2025-10-29 n=5: segel ini tidak ada lagi",
        ]
