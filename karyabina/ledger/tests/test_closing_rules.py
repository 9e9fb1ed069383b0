"""What the database refuses of closings, reopenings and seals, whoever writes them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Closing, Reopening, Seal, text_of
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.closing import (
    DAY,
    asked,
    closed,
    days_later,
    moment,
    offices,
    reopened,
    sold,
    somebody,
)
from karyabina.ledger.tests.make import person
from karyabina.offices.models import Office

pytestmark = pytest.mark.django_db
ZERO = "0" * 64
MONTH_END = date(2025, 10, 31)


def insert(table: str, **columns: Any) -> None:
    """A row as a stranger with a database client would write it."""
    values = [
        text_of(value)
        if isinstance(value, datetime) and raw.sqlite()
        else value.isoformat()
        if isinstance(value, date) and not isinstance(value, datetime) and raw.sqlite()
        else value
        for value in columns.values()
    ]
    marks = ", ".join(["%s"] * len(values))
    raw.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
    raw.settle()


def closing(**columns: Any) -> UUID:
    key = new_key()
    given = {
        "key": key, "home": "KFM", "n": 1, "period": "day", "was": None, "until": DAY,
        "reopening_id": None, "by_id": person().pk, "at": moment(DAY, 20),
    }  # fmt: skip
    insert("ledger_closing", **(given | columns))
    return key


def seal(of: Closing, **columns: Any) -> None:
    given = {
        "key": new_key(), "home": "KFM", "n": 1, "day": DAY, "entries": 1,
        "upto": moment(), "previous": ZERO, "digest": "a" * 64, "mac": "b" * 64,
        "closing_id": of.pk,
    }  # fmt: skip
    insert("ledger_seal", **(given | columns))


@pytest.fixture
def kfm() -> Office:
    here, _there = offices()
    sold(days_later(-1))
    sold()
    return here


# --- closings ------------------------------------------------------------------------------------
def test_a_right_closing_is_taken() -> None:
    closing()
    closing(n=2, was=DAY, until=days_later(1), at=moment(days_later(1)))
    closing(n=3, was=days_later(1), until=MONTH_END, period="month", at=moment(days_later(3)))


@pytest.mark.parametrize(
    "columns",
    [
        {"n": 2},
        {"n": 0},
        {"was": days_later(-1)},
        {"home": "hub"},
    ],
)
def test_a_first_closing_has_number_one_and_nothing_before(columns: dict[str, Any]) -> None:
    with raw.refused("ledger: a closing follows the one before"):
        closing(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"n": 3, "was": DAY},
        {"n": 2, "was": None},
        {"n": 2, "was": days_later(-1)},
    ],
)
def test_a_closing_continues_where_the_last_ended(columns: dict[str, Any]) -> None:
    closing()
    with raw.refused("ledger: a closing follows the one before"):
        closing(until=days_later(1), at=moment(days_later(1)), **columns)


@pytest.mark.parametrize("until", [DAY, days_later(-1), None])
def test_a_closing_goes_forward(until: date | None) -> None:
    closing()
    with raw.refused("ledger: a closing goes forward"):
        closing(n=2, was=DAY, until=until)


def test_a_month_ends_with_its_last_day() -> None:
    with raw.refused("ledger: a month is closed to its last day"):
        closing(period="month")
    closing(period="month", until=date(2024, 2, 29))


@pytest.mark.parametrize(
    "columns",
    [
        {"until": days_later(2)},
        {"period": "month", "until": MONTH_END, "at": moment(MONTH_END, 8)},
    ],
)
def test_nothing_is_closed_before_its_time(columns: dict[str, Any]) -> None:
    with raw.refused("ledger: a day is closed once it has begun, a month once it is over"):
        closing(**columns)


def test_a_period_is_a_day_or_a_month() -> None:
    with raw.refused("closing_period_is_known"):
        closing(period="year")


@pytest.mark.parametrize("table", ["closing", "reopening", "reopeningdeclined", "seal", "check"])
def test_nothing_of_it_is_changed_or_removed(kfm: Office, table: str) -> None:
    request = asked(closed(kfm))
    closings.decline_reopening(asked=request, reason="", by=somebody(), at=moment(), key=new_key())
    insert(
        "ledger_check", key=new_key(), scope="seals", began_at=moment(), ended_at=moment(),
        entries=0, movements=0, faults=0, findings="[]",
    )  # fmt: skip
    column = "reopening_id" if table == "reopeningdeclined" else "key"
    for act in (f"UPDATE ledger_{table} SET {column} = {column}", f"DELETE FROM ledger_{table}"):
        with raw.refused(f"ledger_{table} is append-only"):
            raw.run(act)


# --- reopening -----------------------------------------------------------------------------------
def back(request: Reopening, **columns: Any) -> UUID:
    """The row that takes the closing of this request back, as a second person would."""
    of = request.closing
    given = {
        "n": of.n + 1, "was": of.until, "until": of.was, "period": of.period,
        "reopening_id": request.pk, "by_id": somebody().pk,
    }  # fmt: skip
    return closing(**(given | columns))


def test_a_closing_is_taken_back_by_a_second_person(kfm: Office) -> None:
    request = asked(closed(kfm))
    with raw.refused("ledger: a closing is taken back whole, by a second person"):
        back(request, by_id=person().pk)
    back(request)


def test_a_closing_is_taken_back_whole(kfm: Office) -> None:
    closed(kfm, days_later(-3))
    request = asked(closed(kfm))
    for columns in ({"until": days_later(-1)}, {"until": None}, {"period": "month"}):
        with raw.refused("ledger: a closing is taken back whole, by a second person"):
            back(request, **columns)


def test_only_the_last_closing_is_taken_back(kfm: Office) -> None:
    request = asked(closed(kfm, days_later(-1)))
    last = closed(kfm)
    with raw.refused("ledger: a closing is taken back whole, by a second person"):
        back(request, n=last.n + 1, was=last.until, until=None)


def test_a_reopening_of_another_office_opens_nothing_here(kfm: Office) -> None:
    closed(kfm)
    request = asked(closed(Office.objects.get(code="NTT")))
    with raw.refused("ledger: a closing is taken back whole, by a second person"):
        back(request)


def test_a_declined_request_opens_nothing(kfm: Office) -> None:
    request = asked(closed(kfm))
    insert(
        "ledger_reopeningdeclined",
        reopening_id=request.pk,
        reason="",
        by_id=somebody().pk,
        at=moment(),
    )
    with raw.refused("ledger: a closing is taken back whole, by a second person"):
        back(request)


def test_a_request_opens_once(kfm: Office) -> None:
    request = asked(closed(kfm))
    back(request)
    closed(kfm)
    with raw.refused("ledger: a closing is taken back whole, by a second person"):
        back(request, n=4)


def test_a_request_that_was_agreed_to_is_not_declined(kfm: Office) -> None:
    request = asked(closed(kfm))
    back(request)
    with raw.refused("ledger: this reopening is answered already"):
        insert(
            "ledger_reopeningdeclined",
            reopening_id=request.pk,
            reason="",
            by_id=somebody().pk,
            at=moment(),
        )


def test_a_day_with_a_sealed_day_after_it_stays_closed(kfm: Office) -> None:
    reopened(closed(kfm))
    of = closed(kfm, days_later(-1))
    key = new_key()
    insert(
        "ledger_reopening", key=key, closing_id=of.pk, reason="x", by_id=person().pk, at=moment()
    )
    with raw.refused("ledger: a later day is sealed"):
        back(Reopening.objects.get(pk=key))


def test_a_request_is_of_the_last_closing_and_has_a_reason(kfm: Office) -> None:
    def ask(of: Closing, reason: str = "Salah") -> None:
        insert(
            "ledger_reopening",
            key=new_key(),
            closing_id=of.pk,
            reason=reason,
            by_id=person().pk,
            at=moment(),
        )

    first = closed(kfm, days_later(-1))
    last = closed(kfm)
    with raw.refused("ledger: only the last closing can be taken back"):
        ask(first)
    with raw.refused("ledger: a reopening has a reason"):
        ask(last, "  ")
    opened = reopened(last)
    with raw.refused("ledger: only the last closing can be taken back"):
        ask(opened)


# --- seals ---------------------------------------------------------------------------------------
def test_a_first_seal_has_number_one_and_zeros_before_it() -> None:
    of = Closing.objects.get(pk=closing())
    for columns in ({"n": 2}, {"previous": "1" * 64}):
        with raw.refused("ledger: a seal follows the one before"):
            seal(of, **columns)
    seal(of)


def test_a_seal_carries_the_one_before(kfm: Office) -> None:
    of = closed(kfm)
    last = of.seals.last()
    later = closed(kfm, days_later(1))
    right = {"n": last.n + 1, "previous": last.digest, "day": days_later(1)}
    for columns in ({"n": last.n + 2}, {"n": last.n}, {"previous": ZERO}):
        with raw.refused("ledger: a seal follows the one before|ledger_seal is append-only"):
            seal(later, **(right | columns))
    seal(later, **right)


def test_the_seals_of_a_closing_follow_its_days() -> None:
    of = Closing.objects.get(pk=closing())
    seal(of)
    for day in (DAY, days_later(-1)):
        with raw.refused("ledger: a seal follows the one before"):
            seal(of, n=2, previous="a" * 64, day=day)


def test_a_seal_is_of_a_day_of_the_last_closing(kfm: Office) -> None:
    old = closed(kfm)
    chain = {"n": old.seals.count() + 1, "previous": old.seals.last().digest}
    later = closed(kfm, days_later(1))
    ntt = closed(Office.objects.get(code="NTT"))
    for of, day in (
        (old, DAY),
        (later, DAY),
        (later, days_later(2)),
        (ntt, DAY),
    ):
        with raw.refused("ledger: a seal (is of a day of the last closing|follows the one before)"):
            seal(of, day=day, **chain)
    opened = reopened(later)
    with raw.refused("ledger: a seal is of a day of the last closing"):
        seal(opened, day=days_later(1), **chain)


def test_a_seal_covers_something() -> None:
    of = Closing.objects.get(pk=closing())
    with raw.refused("seal_covers_something"):
        seal(of, entries=0)
    assert not Seal.objects.exists()


def test_a_seal_names_a_closing_that_is_there() -> None:
    closing()
    with raw.refused("a seal is of a day of the last closing"):
        insert(
            "ledger_seal", key=new_key(), home="KFM", n=1, day=DAY, entries=1, upto=moment(),
            previous=ZERO, digest="a" * 64, mac="b" * 64, closing_id=new_key(),
        )  # fmt: skip


def test_who_closed_is_somebody() -> None:
    with raw.refused("FOREIGN KEY|foreign key"):
        closing(by_id=new_key())
