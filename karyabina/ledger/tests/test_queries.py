"""Reading the books: balances now and then, histories in pages, where a lot has been."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.ledger import queries as books
from karyabina.ledger.models import Balance, Move
from karyabina.ledger.tests.make import AT, CHIPS, MELON, WITA, made, posted, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_empty_world(db: None) -> None:
    world()


def sold(pieces: int, lot: str = CHIPS) -> object:
    return posted(
        Move("stand:GOR", "outside:buyer", lot, pieces),
        Move("outside:buyer", "cash:S1", "IDR", 1000 * pieces),
    )


def test_what_nobody_knows_is_nothing() -> None:
    assert books.balance("stand:GOR", CHIPS) == 0
    assert books.balance("stand:NOWHERE", CHIPS) == 0
    assert books.balance("stand:GOR", "KFM-NONE-1") == 0
    assert books.balance_at("stand:NOWHERE", CHIPS, AT) == 0
    assert books.history("stand:NOWHERE").lines == ()
    assert books.story(new_key()) is None
    assert books.holders("KFM-NONE-1") == {}


def test_balances_are_read_in_one_query() -> None:
    made(10)
    made(4, lot=MELON)
    made(3, at="store:KFM")
    sold(4, MELON)
    with CaptureQueriesContext(connection) as seen:
        everything = books.balances()
    assert len(seen) == 1
    assert everything == {
        ("cash:S1", "IDR"): 4000,
        ("stand:GOR", CHIPS): 10,
        ("store:KFM", CHIPS): 3,
    }
    assert books.balances(["stand:GOR", "store:KLB"]) == {("stand:GOR", CHIPS): 10}
    assert books.balances([]) == {}
    assert books.balances(prefix="st", unit=CHIPS) == {
        ("stand:GOR", CHIPS): 10,
        ("store:KFM", CHIPS): 3,
    }
    assert books.balances(prefix="store%") == {}
    assert books.holders(CHIPS) == {"stand:GOR": 10, "store:KFM": 3}


def test_the_outside_is_summed_from_its_movements() -> None:
    made(10)
    sold(4)
    assert books.balance("outside:workshop", CHIPS) == -10
    assert books.balance("outside:buyer", CHIPS) == 4
    assert not Balance.objects.filter(account__cls="outside").exists()


def test_a_balance_at_an_instant_is_what_the_books_said_then() -> None:
    entries = [made(10), sold(4), sold(3), made(5)]
    times = [entry.recorded_at for entry in entries]  # type: ignore[attr-defined]
    assert [books.balance_at("stand:GOR", CHIPS, at) for at in times] == [10, 6, 3, 8]
    assert [books.balance_at("cash:S1", "IDR", at) for at in times] == [0, 4000, 7000, 7000]
    just_before = times[0] - timedelta(microseconds=1)
    assert books.balance_at("stand:GOR", CHIPS, just_before) == 0
    assert books.balance_at("stand:GOR", CHIPS, times[1].astimezone(WITA)) == 6
    assert books.balance_at("outside:buyer", CHIPS, times[2]) == 7


def test_a_time_on_the_full_second_compares_as_a_time() -> None:
    """SQLite keeps text: without all its digits a full second would sort before its start."""
    full = datetime(2025, 10, 29, 1, 30, tzinfo=UTC)
    entry = posted(Move("outside:workshop", "store:KFM", CHIPS, 1), occurred_at=full)
    found = type(entry).objects
    assert found.filter(occurred_at=full).exists()
    assert found.filter(occurred_at__gte=full, occurred_at__lte=full).exists()
    assert not found.filter(occurred_at__gt=full).exists()


def test_a_history_tells_what_was_there_after_each_movement() -> None:
    made(10)
    sold(4)
    posted(Move("stand:GOR", "outside:broken", CHIPS, 1), kind="breakage", note="Jatuh")
    page = books.history("stand:GOR", CHIPS)
    assert [(h.line.kind, h.change, h.running) for h in page.lines] == [
        ("breakage", -1, 5),
        ("sale", -4, 6),
        ("production", 10, 10),
    ]
    newest = page.lines[0].line
    assert (newest.source, newest.target, newest.unit) == ("stand:GOR", "outside:broken", CHIPS)
    assert (newest.by_name, newest.note) == ("Pencatat", "Jatuh")
    assert newest.occurred_at.utcoffset() == timedelta(hours=8)
    assert page.older is None


def test_the_pages_of_a_history_fit_together() -> None:
    made(50)
    for pieces in (1, 2, 3, 4, 5, 6, 7):
        sold(pieces)
    made(9, lot=MELON)
    whole = books.history("stand:GOR", limit=100)
    assert len(whole.lines) == 9
    pages, before = [], None
    while True:
        page = books.history("stand:GOR", before=before, limit=2)
        pages += page.lines
        before = page.older
        if before is None:
            break
    assert tuple(pages) == whole.lines
    assert [h.running for h in whole.lines] == [9, 22, 29, 35, 40, 44, 47, 49, 50]


def test_a_history_takes_the_same_queries_for_few_and_many() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            books.history("stand:GOR", CHIPS, limit=500)
        return len(seen)

    made(200)
    few = queries()
    for _ in range(100):
        sold(1)
    assert queries() == few == 5


KEY = "019a2d1c-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "before", ["", "x", "||", "2025-10-29T00:00:00|x|1", f"2025-10-29T00:00|{KEY}|1|2", "\0"]
)
def test_a_page_that_was_never_given_out_is_refused(before: str) -> None:
    with pytest.raises(books.NoSuchPlace):
        books.history("stand:GOR", before=before)


def test_a_lot_can_be_followed_in_both_directions() -> None:
    made(10, at="store:KFM")
    posted(Move("store:KFM", "transit:T1", CHIPS, 6), kind="despatch")
    posted(
        Move("transit:T1", "stand:GOR", CHIPS, 5),
        Move("transit:T1", "outside:broken", CHIPS, 1),
        kind="receipt",
    )
    sold(2)
    kinds = [line.kind for line in books.movements_of_unit(CHIPS)]
    assert kinds == ["sale", "receipt", "receipt", "despatch", "production"]
    assert [line.source for line in books.came_to("stand:GOR", CHIPS)] == ["transit:T1"]
    assert [(line.target, line.amount) for line in books.went_from("transit:T1", CHIPS)] == [
        ("outside:broken", 1),
        ("stand:GOR", 5),
    ]
    newest = books.movements_of_unit(CHIPS, limit=1)
    older = books.movements_of_unit(CHIPS, before=newest[-1].cursor)
    assert [line.kind for line in newest + older] == kinds
