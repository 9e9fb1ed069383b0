"""An office closes its days in order; two persons take what was closed back, or nobody does."""

from datetime import date
from uuid import UUID

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger import queries as books
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Closing, Reopening, ReopeningDeclined, Seal
from karyabina.ledger.queries import closings as days
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
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def kfm() -> Office:
    """KFM, with the sales of three days at the stand of NTT."""
    here, _there = offices()
    for back in (2, 1, 0):
        sold(days_later(-back))
    return here


def month(office: Office, of: date, at: date, key: UUID | None = None) -> Closing:
    return closings.close_month(
        office=office, month=of, by=person(), at=moment(at), key=key or new_key()
    )


# --- closing -------------------------------------------------------------------------------------
def test_closing_a_day_closes_every_day_up_to_it_and_seals_those_with_entries(kfm: Office) -> None:
    closing = closed(kfm)
    assert (closing.n, closing.was, closing.until) == (1, None, DAY)
    sealed = [(seal.n, seal.day, seal.entries) for seal in Seal.objects.all()]
    assert sealed == [
        (1, date(2025, 10, 1), 2),
        (2, days_later(-2), 1),
        (3, days_later(-1), 1),
        (4, DAY, 1),
    ]
    assert days.closed_until(["KFM", "NTT"]) == {"KFM": DAY}


def test_each_seal_carries_the_one_before(kfm: Office) -> None:
    closed(kfm)
    first, *rest = Seal.objects.all()
    assert first.previous == "0" * 64
    for before, seal in zip([first, *rest], rest, strict=False):
        assert seal.previous == before.digest
    assert len({seal.digest for seal in [first, *rest]}) == 4
    assert len({seal.mac for seal in [first, *rest]}) == 4


def test_each_office_has_a_chain_of_its_own(kfm: Office) -> None:
    ntt = Office.objects.get(code="NTT")
    closed(kfm)
    closed(ntt)
    assert [(seal.home, seal.n) for seal in Seal.objects.all()] == [
        *(("KFM", n) for n in range(1, 5)),
        *(("NTT", n) for n in range(1, 5)),
    ]


def test_the_next_closing_begins_after_the_last(kfm: Office) -> None:
    closed(kfm, days_later(-1))
    closing = closed(kfm)
    assert (closing.n, closing.was) == (2, days_later(-1))
    assert [seal.day for seal in closing.seals.all()] == [DAY]


def test_days_without_entries_are_closed_without_a_seal(kfm: Office) -> None:
    closed(kfm)
    closing = closed(kfm, days_later(1))
    assert closing.until == days_later(1)
    assert not closing.seals.exists()


def test_the_same_key_again_is_the_same_closing(kfm: Office) -> None:
    key = new_key()
    assert closed(kfm, key=key) == closed(kfm, key=key)
    assert Closing.objects.count() == 1


def test_the_same_key_with_another_day_is_refused(kfm: Office) -> None:
    key = new_key()
    closed(kfm, days_later(-1), key=key)
    with pytest.raises(books.KeyReused):
        closed(kfm, DAY, key=key)


@pytest.mark.parametrize("back", [0, 1, 100])
def test_a_closed_day_is_not_closed_again(kfm: Office, back: int) -> None:
    closed(kfm)
    with pytest.raises(closings.AlreadyClosed, match="29 Oktober 2025"):
        closed(kfm, days_later(-back), at=moment(DAY))


def test_today_can_be_closed_and_tomorrow_cannot(kfm: Office) -> None:
    with pytest.raises(closings.NotYet):
        closed(kfm, days_later(1), at=moment(DAY, 23))
    closed(kfm, DAY, at=moment(DAY, 0))


def test_the_clock_is_the_offices_own(kfm: Office) -> None:
    """Half past midnight in Kupang is the evening before in Greenwich."""
    early = moment(days_later(1), 0)
    assert closed(kfm, days_later(1), at=early).until == days_later(1)


def test_a_month_is_closed_to_its_last_day_once_it_is_over(kfm: Office) -> None:
    for day in (DAY, date(2025, 10, 31)):
        with pytest.raises(closings.NotYet):
            month(kfm, DAY, at=day)
    closing = month(kfm, DAY, at=date(2025, 11, 1))
    assert (closing.until, closing.period) == (date(2025, 10, 31), "month")
    assert closing.seals.count() == 4


def test_an_act_of_closing_is_in_the_trail(kfm: Office) -> None:
    closed(kfm)
    row = Audit.objects.get(what="ledger.close_day")
    assert (row.office, row.about) == (kfm, "2025-10-29")
    assert row.detail.startswith("KFM 2025-10-29 n=4 entries=1 ")


# --- reopening -----------------------------------------------------------------------------------
def test_two_persons_take_a_closing_back(kfm: Office) -> None:
    closing = closed(kfm)
    opened = reopened(closing)
    assert (opened.n, opened.was, opened.until) == (2, DAY, None)
    assert days.closed_until(["KFM"]) == {}
    assert Seal.objects.count() == 4, "seals stay: they are true for what they covered"
    assert {"ledger.ask_reopening", "ledger.reopen"} <= set(
        Audit.objects.values_list("what", flat=True)
    )


def test_a_day_that_was_reopened_is_sealed_again_as_the_next_link(kfm: Office) -> None:
    closed(kfm, days_later(-1))
    reopened(closed(kfm))
    sold(DAY)
    again = closed(kfm)
    seals = list(Seal.objects.filter(day=DAY))
    assert [(seal.n, seal.entries) for seal in seals] == [(4, 1), (5, 2)]
    assert seals[1].previous == seals[0].digest
    assert seals[1].closing == again


def test_nobody_agrees_to_what_they_asked_themselves(kfm: Office) -> None:
    request = asked(closed(kfm))
    with pytest.raises(closings.SamePerson):
        closings.agree_to_reopening(asked=request, by=person(), at=moment(), key=new_key())
    assert days.closed_until(["KFM"]) == {"KFM": DAY}


def test_only_the_last_closing_is_taken_back(kfm: Office) -> None:
    first = closed(kfm, days_later(-1))
    closed(kfm)
    with pytest.raises(closings.NotTheLast):
        asked(first)


def test_a_request_is_void_once_more_was_closed(kfm: Office) -> None:
    request = asked(closed(kfm, days_later(-1)))
    closed(kfm)
    with pytest.raises(closings.NotTheLast):
        closings.agree_to_reopening(asked=request, by=somebody(), at=moment(), key=new_key())
    assert days.requests(["KFM"]) == {}


def test_a_reopening_is_not_taken_back(kfm: Office) -> None:
    opened = reopened(closed(kfm))
    with pytest.raises(closings.NotTheLast):
        asked(opened)


def test_only_one_step_is_taken_back(kfm: Office) -> None:
    """The day before the last has a sealed day after it."""
    first = closed(kfm, days_later(-1))
    reopened(closed(kfm))
    with pytest.raises(closings.NotTheLast):
        asked(first)


def test_a_day_is_not_reopened_while_a_later_one_bears_a_seal(kfm: Office) -> None:
    reopened(closed(kfm))
    second = closed(kfm, days_later(-1))
    with pytest.raises(closings.LaterDaySealed):
        asked(second)


def test_a_second_request_waits_for_the_first_to_be_answered(kfm: Office) -> None:
    closing = closed(kfm)
    request = asked(closing)
    with pytest.raises(closings.AlreadyAsked):
        asked(closing, by=somebody())
    closings.decline_reopening(asked=request, reason="", by=somebody(), at=moment(), key=new_key())
    assert asked(closing, by=somebody()).pk != request.pk


def test_a_request_is_answered_once(kfm: Office) -> None:
    closing = closed(kfm)
    request = asked(closing)
    given = {"asked": request, "by": somebody(), "at": moment()}
    no = closings.decline_reopening(reason="Tidak perlu", key=new_key(), **given)
    assert closings.decline_reopening(reason="Tidak perlu", key=new_key(), **given) == no
    with pytest.raises(closings.AlreadyAnswered):
        closings.decline_reopening(reason="Lain", key=new_key(), **given)
    with pytest.raises(closings.AlreadyAnswered):
        closings.agree_to_reopening(key=new_key(), **given)
    assert ReopeningDeclined.objects.count() == 1


def test_who_asked_may_take_the_request_back(kfm: Office) -> None:
    request = asked(closed(kfm))
    closings.decline_reopening(
        asked=request, reason="Keliru", by=person(), at=moment(), key=new_key()
    )
    assert days.requests(["KFM"]) == {}
    assert Audit.objects.filter(what="ledger.withdraw_reopening").count() == 1


def test_the_same_key_again_is_the_same_request_and_the_same_agreement(kfm: Office) -> None:
    closing = closed(kfm)
    key, yes = new_key(), new_key()
    request = asked(closing, key=key)
    assert asked(closing, key=key) == request
    with pytest.raises(books.KeyReused):
        asked(closing, key=key, reason="Lain")
    given = {"asked": request, "by": somebody(), "at": moment(), "key": yes}
    assert closings.agree_to_reopening(**given) == closings.agree_to_reopening(**given)
    assert (Reopening.objects.count(), Closing.objects.count()) == (1, 2)


def test_a_key_of_a_closing_is_no_key_of_an_agreement(kfm: Office) -> None:
    closing = closed(kfm)
    request = asked(closing)
    with pytest.raises(books.KeyReused):
        closings.agree_to_reopening(asked=request, by=somebody(), at=moment(), key=closing.pk)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\0b", "\ud800"])
def test_a_request_has_a_reason_that_can_be_kept(kfm: Office, reason: str) -> None:
    with pytest.raises(closings.ReasonMissing):
        asked(closed(kfm), reason=reason)


# --- what the pages are told ---------------------------------------------------------------------
def test_figures_of_waiting_days_are_of_each_office_alone(kfm: Office) -> None:
    found = days.standings(["KFM", "NTT"])
    today = {home: found[home].days[-1].figures for home in found}
    assert today["KFM"] == days.Figures(entries=1, due_came=12_500)
    assert today["NTT"] == days.Figures(entries=1, came=12_500)
    assert [one.day for one in found["KFM"].days] == [
        date(2025, 10, 1),
        days_later(-2),
        days_later(-1),
        DAY,
    ]


def test_closed_days_do_not_wait(kfm: Office) -> None:
    closed(kfm, days_later(-1))
    found = days.standings(["KFM", "NTT"])
    assert [one.day for one in found["KFM"].days] == [DAY]
    assert len(found["NTT"].days) == 4
    assert (found["KFM"].until, found["NTT"].until) == (days_later(-1), None)
    closed(Office.objects.get(code="NTT"), days_later(-2))
    found = days.standings(["KFM", "NTT"])
    assert [len(found[home].days) for home in ("KFM", "NTT")] == [1, 2]


def test_an_office_without_books_waits_for_nothing() -> None:
    office = make.office("KLB")
    assert days.standings(["KLB"])["KLB"].days == ()
    assert not closed(office).seals.exists()


def test_a_history_tells_who_did_what_and_why(kfm: Office) -> None:
    closing = closed(kfm)
    closings.decline_reopening(
        asked=asked(closing, at=moment(DAY, 21)),
        reason="Tidak perlu",
        by=somebody(),
        at=moment(DAY, 22),
        key=new_key(),
    )
    found = [(event.what, event.by.name, event.reason) for event in days.history("KFM")]
    assert found == [
        ("declined", "Kepala", "Tidak perlu"),
        ("asked", "Pencatat", "Salah catat"),
        ("closed", "Pencatat", ""),
    ]
