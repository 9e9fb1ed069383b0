"""A shift: opened with a float, its own drawer and receipts, closed by counting."""

from typing import Any

import pytest

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger.queries import KeyReused
from karyabina.staff.models import Role
from karyabina.till import actions, queries
from karyabina.till.actions import shifts
from karyabina.till.models import LARGEST_SUM, Close, Shift
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand() -> Stand:
    return make.stand(invited=("KLB",))


def count(shift: Shift, counted: int, **other: Any) -> Close:
    given = {"key": new_key(), "note": "", "by": shift.opened_by, "at": make.moment(17)}
    return actions.close_shift(shift=shift, counted=counted, **(given | other))


def test_the_float_lies_in_the_drawer_of_a_new_shift(stand: Stand) -> None:
    shift = make.shift(stand, 150_000)
    assert shift.code == "GERAI-251029-1"
    assert ledger.balance("cash:GERAI-251029-1", "IDR") == 150_000


def test_a_shift_may_begin_with_an_empty_drawer(stand: Stand) -> None:
    shift = make.shift(stand, 0)
    assert ledger.balance(shift.account, "IDR") == 0
    assert ledger.story(shift.key) is None


def test_the_same_key_opens_one_shift(stand: Stand) -> None:
    given = {"key": new_key(), "stand": stand, "float_amount": 5_000, "at": make.moment(8)}
    cashier = make.officer(Role.CASHIER, "NTT")
    first = actions.open_shift(by=cashier, **given)
    assert actions.open_shift(by=cashier, **given) == first
    assert Shift.objects.count() == 1
    with pytest.raises(KeyReused):
        actions.open_shift(by=cashier, **(given | {"float_amount": 6_000}))


def test_a_cashier_has_one_open_shift_at_a_stand(stand: Stand) -> None:
    first = make.shift(stand)
    with pytest.raises(shifts.ShiftIsOpenAlready) as no:
        make.shift(stand)
    assert no.value.shift == first


def test_several_cashiers_sell_at_one_stand(stand: Stand) -> None:
    mine = make.shift(stand)
    hers = make.shift(stand, cashier=make.officer(Role.CASHIER, "KLB"))
    assert [mine.code, hers.code] == ["GERAI-251029-1", "GERAI-251029-2"]


def test_a_cashier_opens_a_second_shift_once_the_first_is_closed(stand: Stand) -> None:
    count(make.shift(stand), 100_000)
    assert make.shift(stand).code == "GERAI-251029-2"


def test_the_day_in_a_shifts_code_is_the_stands_own(stand: Stand) -> None:
    """Ten at night in Kupang is still the same day in UTC; two in the morning is the day before."""
    shift = actions.open_shift(
        key=new_key(),
        stand=stand,
        float_amount=0,
        by=make.officer(Role.CASHIER, "NTT"),
        at=make.moment(2, days=1),
    )
    assert shift.code == "GERAI-251030-1"


def test_nobody_opens_a_shift_at_a_closed_stand(stand: Stand) -> None:
    regional = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=regional, at=make.moment(8))
    with pytest.raises(shifts.StandIsClosed):
        make.shift(stand)


@pytest.mark.parametrize("amount", [-1, LARGEST_SUM + 1, 10**30])
def test_a_float_is_a_sane_sum(stand: Stand, amount: int) -> None:
    with pytest.raises(shifts.NotASaneSum):
        make.shift(stand, amount)
    assert not Shift.objects.exists()


def test_a_drawer_that_is_right_closes_without_a_difference(stand: Stand) -> None:
    melon = make.product()
    make.price(melon, 20_000)
    make.on_stand(make.lot(melon), stand)
    shift = make.shift(stand, 100_000)
    make.sale(shift, (melon, 3), total=60_000)
    close = count(shift, 160_000)
    assert (close.expected, close.counted, close.difference) == (160_000, 160_000, 0)
    assert ledger.balance(shift.account, "IDR") == 60_000  # the takings; the float is out again
    assert ledger.balance("difference:GERAI", "IDR") == 0
    summary = queries.summary(shift)
    assert (summary.sales, summary.cash, summary.qris) == (1, 60_000, 0)
    assert (summary.expected, summary.to_hand_over) == (160_000, 60_000)


@pytest.mark.parametrize(
    ("counted", "difference", "stays"),
    [(155_000, -5_000, 55_000), (162_000, 2_000, 62_000), (40_000, -120_000, 0), (0, -160_000, 0)],
)
def test_a_difference_waits_at_the_stand_until_a_person_clears_it(
    stand: Stand, counted: int, difference: int, stays: int
) -> None:
    melon = make.product()
    make.price(melon, 20_000)
    make.on_stand(make.lot(melon), stand)
    shift = make.shift(stand, 100_000)
    make.sale(shift, (melon, 3), total=60_000)
    close = count(shift, counted, note="Dihitung dua kali")
    assert close.difference == difference
    assert ledger.balance("difference:GERAI", "IDR") == -difference
    assert ledger.balance(shift.account, "IDR") == stays
    assert queries.summary(shift).to_hand_over == stays


def test_the_same_key_closes_once(stand: Stand) -> None:
    shift = make.shift(stand)
    key = new_key()
    first = count(shift, 90_000, key=key)
    assert count(shift, 90_000, key=key) == first
    assert ledger.balance("difference:GERAI", "IDR") == 10_000
    with pytest.raises(KeyReused):
        count(shift, 91_000, key=key)


def test_a_closed_shift_is_not_closed_again(stand: Stand) -> None:
    shift = make.shift(stand)
    count(shift, 100_000)
    with pytest.raises(shifts.ShiftIsClosed):
        count(shift, 100_000)


def test_a_colleague_closes_an_absent_cashiers_shift_and_says_why(stand: Stand) -> None:
    shift = make.shift(stand)
    colleague = make.officer(Role.CASHIER, "KLB")
    with pytest.raises(shifts.SayWhy):
        count(shift, 100_000, by=colleague, note="  ")
    close = count(shift, 100_000, by=colleague, note="Kasir sakit")
    assert (close.by, close.note) == (colleague, "Kasir sakit")


def test_a_shift_is_closed_after_its_stand_too(stand: Stand) -> None:
    shift = make.shift(stand)
    regional = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=regional, at=make.moment(16))
    assert count(shift, 100_000).difference == 0


@pytest.mark.parametrize("counted", [-1, LARGEST_SUM + 1])
def test_a_count_is_a_sane_sum(stand: Stand, counted: int) -> None:
    shift = make.shift(stand)
    with pytest.raises(Refusal):
        count(shift, counted)
    assert not Close.objects.exists()
