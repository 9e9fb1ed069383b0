"""Odd batches, odd times, odd transactions: what a stranger with a database client may try."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.ledger.actions import Posting
from karyabina.ledger.models import Closing, Entry, Move
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.closing import DAY, closed, offices
from karyabina.ledger.tests.make import AT, CHIPS, made, person, world
from karyabina.ledger.tests.raw import refused

pytestmark = pytest.mark.django_db
SALE = ("stand:GOR", "outside:buyer", CHIPS, "1")


@pytest.fixture(autouse=True)
def everything_is_whole_in_the_end(db: None) -> Iterator[None]:
    yield
    raw.settle()
    assert [finding for finding in verify.run(of="karyabina.ledger") if finding.faults] == []


# --- what points nowhere -------------------------------------------------------------------------
@pytest.mark.parametrize("nowhere", ["account", "unit"])
def test_no_balance_is_opened_for_what_is_not_there(nowhere: str) -> None:
    world()
    ids = {"account": "(SELECT id FROM ledger_account WHERE code = 'store:KFM')"}
    ids["unit"] = "(SELECT max(id) FROM ledger_unit)"
    ids[nowhere] = "987654"
    with refused("only movements change a balance"):
        raw.run(f"INSERT INTO ledger_balance VALUES ({ids['account']}, {ids['unit']}, 0, NULL)")


def _sale_and_its_reversal() -> list[Posting]:
    sale = Posting(
        key=new_key(),
        kind="sale",
        occurred_at=AT,
        request={"sold": 2},
        moves=[Move("stand:GOR", "outside:buyer", CHIPS, 2)],
    )
    back = Posting(
        key=new_key(),
        kind="reversal",
        occurred_at=AT,
        request={"back": sale.key},
        moves=[Move("outside:buyer", "stand:GOR", CHIPS, 2)],
        reverses=sale.key,
    )
    return [sale, back]


def test_a_batch_may_reverse_what_it_brings() -> None:
    world()
    made(10)
    sale, back = ledger.post_all(by=person(), postings=_sale_and_its_reversal())
    assert back.reverses_id == sale.pk
    assert back.recorded_at > sale.recorded_at
    assert books.balance("stand:GOR", CHIPS) == 10


def test_a_reversal_comes_after_its_original_in_a_batch_as_well() -> None:
    world()
    made(10)
    backwards = _sale_and_its_reversal()[::-1]
    with pytest.raises(ledger.UnknownEntry) as no:
        ledger.post_all(by=person(), postings=backwards)
    assert no.value.position == 0
    assert Entry.objects.count() == 1
    refusal, sale = ledger.post_each(by=person(), postings=backwards)
    assert isinstance(refusal, ledger.UnknownEntry)
    assert isinstance(sale, Entry)
    assert books.balance("stand:GOR", CHIPS) == 8


# --- times that no calendar shows ----------------------------------------------------------------
BEYOND = ["9999-12-31 20:00:00.000000", "9999-01-02 00:00:00.000000", "1899-12-30 23:59:59.000000"]


@pytest.mark.parametrize("when", [*BEYOND, "infinity", "-infinity", "0044-01-01 00:00:00+00 BC"])
@pytest.mark.parametrize("day", ["2025-10-29", "same", "infinity", "-infinity"])
def test_an_entry_occurs_at_a_time_that_can_be_shown(when: str, day: str) -> None:
    """Beyond the year 9999 SQLite has no day to compare with, so that any closed day would do;
    PostgreSQL has days that nobody can read."""
    maker, _holder = offices("KFM", "NTT")
    closed(maker, DAY)
    said = when if raw.sqlite() or when not in BEYOND else f"{when}+00"
    booked = (
        when[:10] if day == "same" and when in BEYOND else "2025-10-29" if day == "same" else day
    )
    with refused("occurred between 1900 and 9998|_is_a_time|_is_booked_on_a_day"):
        raw.whole(("store:KFM", "outside:buyer", CHIPS, "1"), occurred_at=said, booked_on=booked)


@pytest.mark.parametrize("at", [datetime(1900, 1, 1), datetime(9998, 12, 31, 23, 59, 59)])  # noqa: DTZ001 (the zone comes below)
def test_what_an_action_takes_for_a_time_the_database_takes_too(at: datetime) -> None:
    world()
    for minutes in (-840, 0, 840):
        zone = timezone(timedelta(minutes=minutes))
        entry = ledger.post(
            key=new_key(),
            kind="production",
            by=person(),
            occurred_at=at.replace(tzinfo=zone),
            request={},
            moves=[Move("outside:workshop", "store:KFM", CHIPS, 1)],
        )
        assert entry.booked_on == at.date()


@pytest.mark.parametrize("ending", [".12345Z", " +00:00", "       ", ".00000a"])
def test_a_time_is_written_in_one_form(ending: str) -> None:
    """Text is compared as text, and read by Python: SQLite alone keeps times so."""
    if not raw.sqlite():
        return
    world()
    with refused("occurred between 1900 and 9998|_is_a_time"):
        raw.whole(
            ("outside:workshop", "store:KFM", CHIPS, "1"),
            occurred_at=f"2025-10-29 01:30:00{ending}",
        )


@pytest.mark.parametrize("said", ["9998-12-31 12:00:00", "9999-12-31 23:00:00", "infinity"])
@pytest.mark.parametrize("until", ["2100-01-01", "9998-12-31", "9999-12-31", "infinity"])
def test_nobody_closes_the_future_by_saying_that_it_is_now(said: str, until: str) -> None:
    offices("KFM")
    if raw.sqlite() and "infinity" in (said, until):
        return  # no such word there
    with refused("a day is closed once it has begun"):
        raw.run(
            "INSERT INTO ledger_closing (key, home, n, period, was, until, by_id, at)"
            f" VALUES (%s, 'KFM', 1, 'day', NULL, '{until}', %s, '{said}')",
            [new_key(), person().pk],
        )
    assert not Closing.objects.exists()


# --- at the same time ----------------------------------------------------------------------------
def at_once(*acts: Callable[[], None]) -> None:
    """Each on a connection of its own; the first error of any of them is raised."""

    def one(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as people:
        for done in [people.submit(one, act) for act in acts]:
            done.result(timeout=120)


def produced(moves: list[Move], key: UUID | None = None) -> Posting:
    return Posting(
        key=key or new_key(),
        kind="production",
        occurred_at=AT,
        request={"moves": len(moves)},
        moves=moves,
    )


@pytest.mark.django_db(transaction=True)
def test_who_writes_once_is_in_nobodys_way_however_many_accounts_others_touch(seed: int) -> None:
    """A long batch locks balances, a short entry locks accounts: within one transaction each, so
    that nothing is tried again from outside, neither ends the other nor comes out of order."""
    world()
    stores = [f"store:S{n:02d}" for n in range(80)]
    ledger.open_accounts(homes=dict.fromkeys(stores, "NTT"), at=AT)
    lots = [f"NEW-{n}" for n in range(12)]
    ledger.add_units(codes=lots, kind="lot")
    by = person()
    ledger.post_all(by=by, postings=[produced([_brought(store, CHIPS) for store in stores])])
    together = threading.Barrier(8)

    def write(number: int) -> None:
        draw = random.Random(f"{seed} {number}")
        for lot in lots:  # half of the stores hold the old one already, half get a new one
            together.wait(timeout=30)
            for _ in range(2 if number < 2 else 10):
                touched = draw.sample(stores, 70 if number < 2 else 8)
                moves = [_brought(s, CHIPS if s < "store:S40" else lot) for s in touched]
                with transaction.atomic():
                    ledger.post_all(by=by, postings=[produced(moves), produced(moves[:3])])

    at_once(*(partial(write, number) for number in range(8)))
    assert Entry.objects.count() == 1 + len(lots) * (2 * 2 + 6 * 10) * 2


def _brought(store: str, lot: str) -> Move:
    return Move("outside:workshop", store, lot, 1)


@pytest.mark.django_db(transaction=True)
def test_keys_that_many_batches_share_are_found_however_many_others_wrote(seed: int) -> None:
    """More of them arrive while one waits than it has tries for anything else."""
    world()
    keys = sorted(new_key() for _ in range(24))
    stores = [f"store:{letter}{n:02d}" for letter in "ST" for n in range(24)]
    ledger.open_accounts(homes=dict.fromkeys(stores, "NTT"), at=AT)
    by = person()

    def wishes(letter: str) -> list[Posting]:
        return [
            produced([_brought(f"store:{letter}{n:02d}", CHIPS)], key) for n, key in enumerate(keys)
        ]

    def one_by_one(number: int) -> None:
        for wish in wishes("S")[number::7]:
            with transaction.atomic():
                ledger.post_all(by=by, postings=[wish])
                time.sleep(0.05)

    def all_of_them() -> None:
        time.sleep(0.03)
        entries = ledger.post_all(by=by, postings=wishes("T"))
        assert [entry.pk for entry in entries] == keys

    at_once(*(partial(one_by_one, number) for number in range(7)), all_of_them)
    assert Entry.objects.count() == len(keys)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_day_that_was_closed_since_the_transaction_began_is_closed(level: str) -> None:
    """SQLite has one writer at a time, whose picture is the last."""
    maker, _holder = offices("KFM", "NTT")
    if raw.sqlite():
        return
    with refused("older picture"):
        raw.run(f"SET TRANSACTION ISOLATION LEVEL {level}")
        assert not Closing.objects.exists()
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: (closed(maker, DAY), connection.close())).result(timeout=60)
        raw.whole(("store:KFM", "outside:buyer", CHIPS, "1"), booked_on="2025-10-29")


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.django_db(transaction=True)
def test_nobody_closes_a_day_on_an_older_picture_of_the_books(level: str) -> None:
    offices("KFM")
    if raw.sqlite():
        return
    with refused("older picture"):
        raw.run(f"SET TRANSACTION ISOLATION LEVEL {level}")
        raw.run(
            "INSERT INTO ledger_closing (key, home, n, period, was, until, by_id, at)"
            " VALUES (%s, 'KFM', 1, 'day', NULL, '2025-10-29', %s, '2025-10-29 12:00Z')",
            [new_key(), person().pk],
        )
