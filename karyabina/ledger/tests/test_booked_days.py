"""The day under which an entry counts: its own, or the first one after it that is open."""

from datetime import UTC, date, datetime

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions import Posting, closings
from karyabina.ledger.models import Move
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.closing import DAY, asked, closed, moment, offices, sold, somebody
from karyabina.ledger.tests.make import CHIPS, WITA, person
from karyabina.ledger.tests.raw import refused

pytestmark = pytest.mark.django_db
NEXT = date(2025, 10, 30)


def test_it_is_the_day_where_it_happened() -> None:
    offices()
    late = datetime(2025, 10, 29, 23, 59, tzinfo=WITA)
    early = datetime(2025, 10, 30, 0, 1, tzinfo=WITA)
    days = []
    for at in (late, late.astimezone(UTC), early):
        made = Move("outside:workshop", "store:KFM", CHIPS, 1)
        entry = ledger.post(
            key=new_key(), kind="production", by=person(), occurred_at=at, request={}, moves=[made]
        )
        days.append(entry.booked_on.isoformat())
    assert days == ["2025-10-29", "2025-10-29", "2025-10-30"]


def test_it_is_the_first_open_day_of_all_offices_that_are_touched() -> None:
    maker, holder = offices("KFM", "NTT")
    closed(maker, DAY)
    assert sold(DAY).booked_on == NEXT
    closed(holder, date(2025, 11, 2))
    assert sold(DAY).booked_on == date(2025, 11, 3)
    assert sold(date(2025, 11, 5)).booked_on == date(2025, 11, 5)


def test_an_office_that_is_not_touched_does_not_matter() -> None:
    _maker, _holder, third = offices("KFM", "NTT", "KLB")
    closed(third, date(2025, 11, 30))
    assert sold(DAY).booked_on == DAY


def test_a_reopened_day_is_open() -> None:
    maker, _holder = offices("KFM", "NTT")
    request = asked(closed(maker, DAY))
    closings.agree_to_reopening(asked=request, by=somebody("Kedua"), at=moment(NEXT), key=new_key())
    assert sold(DAY).booked_on == DAY


def test_in_a_batch_each_entry_has_its_own_day() -> None:
    maker, _holder, _third = offices("KFM", "NTT", "KLB")
    closed(maker, DAY)
    entries = ledger.post_all(
        by=person(),
        postings=[
            Posting(
                key=new_key(),
                kind="production",
                occurred_at=moment(day),
                request={},
                moves=[Move("outside:workshop", f"store:{office}", CHIPS, 1)],
            )
            for day, office in ((DAY, "KFM"), (DAY, "KLB"), (NEXT, "KFM"))
        ],
    )
    assert [entry.booked_on for entry in entries] == [NEXT, DAY, NEXT]


@pytest.mark.parametrize("day", ["2025-10-29", "2025-10-31"])
def test_the_database_refuses_a_closed_day_and_one_that_is_too_late(day: str) -> None:
    """The second of these is open, but it is not the first."""
    maker, _holder = offices("KFM", "NTT")
    closed(maker, DAY)
    with refused("first open day"):
        raw.whole(("store:KFM", "outside:buyer", CHIPS, "1"), booked_on=day)
    raw.whole(("store:KFM", "outside:buyer", CHIPS, "1"), booked_on="2025-10-30")


def test_the_database_refuses_a_later_day_where_nothing_is_closed() -> None:
    offices()
    with refused("first open day"):
        raw.whole(("store:KFM", "outside:buyer", CHIPS, "1"), booked_on="2025-10-30")
