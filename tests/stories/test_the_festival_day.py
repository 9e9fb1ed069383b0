"""The whole day of the demonstration: played, checked by the books, played again."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.db.models import Sum
from pytest_django.plugin import DjangoDbBlocker

from karyabina.consignment.models import Count
from karyabina.demo import practice
from karyabina.demo.actions import play
from karyabina.demo.day import DAY, FESTIVAL, STAND, moment
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.ledger.models import Entry
from karyabina.settlement.models import Premi, Settlement
from karyabina.till.models import Close, Refund, Sale


def faults() -> list[str]:
    return [fault for finding in verify.run() for fault in finding.faults]


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The day, played once for all tests of this file and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        play(lambda line: None)
        yield
        transaction.set_rollback(True)


def test_the_day_leaves_books_that_agree(played: None) -> None:
    findings = list(verify.run())
    assert len(findings) >= 10
    assert faults() == []
    assert Sale.objects.filter(shift__stand__code=STAND).count() >= 300
    assert Refund.objects.count() == 1
    assert {
        sale.occurred_at.astimezone(moment(0, 8).tzinfo).date() for sale in Sale.objects.all()
    } == {DAY}


def test_one_piece_breaks_and_two_are_lost_on_the_way(played: None) -> None:
    sums = Count.objects.aggregate(broken=Sum("broken"), missing=Sum("missing"))
    assert sums == {"broken": 1, "missing": 2}
    assert ledger.balances(prefix="difference:KLB") == {} or set(
        ledger.balances(prefix="difference:KLB").values()
    ) == {0}


def test_after_the_day_the_stand_is_empty_and_closed(played: None) -> None:
    stand = Stand.objects.get(code=STAND)
    assert stand.closure.by.username == "wilayah"
    assert set(ledger.balances(prefix=stand.account).values()) <= {0}
    assert sorted(Close.objects.values_list("difference", flat=True)) == [-2_000, 0]


def test_the_shares_of_every_office_make_its_turnover(played: None) -> None:
    assert Settlement.objects.filter(festival__code=FESTIVAL).count() == 13
    for one in Settlement.objects.all():
        lines = sum(row.line.amount for row in one.sales.select_related("line"))
        back = sum(row.line.amount for row in one.refunds.select_related("line"))
        assert one.turnover == lines - back == one.premi + one.capital + one.state
        assert one.profit == one.turnover - one.cost
        parts = Premi.objects.filter(result__settlement=one).aggregate(
            saved=Sum("saved"), usable=Sum("usable")
        )
        assert one.premi == parts["saved"] + parts["usable"]


def test_playing_it_again_books_nothing_twice(played: None) -> None:
    before = Entry.objects.count()
    play(lambda line: None)
    assert Entry.objects.count() == before
    assert faults() == []


def test_a_stand_stays_open_today_with_something_for_everybody(played: None) -> None:
    now = moment(40, 10)
    practice.open_today(now)
    practice.open_today(now)  # again: nothing more
    stand = Stand.objects.get(code=practice.CODE)
    states = [
        (hasattr(one, "despatch"), hasattr(one, "receipt"))
        for one in stand.consignments.order_by("office__code")
    ]
    assert sorted(states) == [(False, False), (True, False), (True, True), (True, True)]
    assert stand.shifts.filter(close=None).count() == 1
    assert faults() == []
