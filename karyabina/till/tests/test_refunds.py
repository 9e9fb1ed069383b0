"""Goods come back against a receipt: never more than was sold, paid back to the rupiah."""

from typing import Any

import pytest

from karyabina.base.keys import new_key
from karyabina.catalogue.models import Product
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger.queries import KeyReused
from karyabina.staff.models import Role
from karyabina.till import actions, queries
from karyabina.till.actions import refunds, shifts
from karyabina.till.models import Refund, RefundLine, Sale, Shift
from tests import make

pytestmark = pytest.mark.django_db
Back = actions.Back


@pytest.fixture
def stand() -> Stand:
    return make.stand(invited=("KLB", "KFM"))


@pytest.fixture
def melon(stand: Stand) -> Product:
    product = make.product("MELON")
    make.price(product, 20_000)
    make.on_stand(make.lot(product, 10), stand)
    return product


@pytest.fixture
def shift(stand: Stand) -> Shift:
    return make.shift(stand, 100_000)


@pytest.fixture
def sale(shift: Shift, melon: Product) -> Sale:
    """Four melons for Rp 80.000 in cash."""
    return make.sale(shift, (melon, 4), total=80_000)


def refund(sale: Sale, shift: Shift, *back: tuple[int, bool], **other: Any) -> Refund:
    """`back`: pieces of the first line, and whether they can be sold again."""
    line = sale.lines.first()
    given = {
        "key": new_key(),
        "lines": [Back(line, quantity, sellable) for quantity, sellable in back],
        "reason": "Salah pilih",
        "by": shift.opened_by,
        "at": make.moment(11),
    }
    return actions.refund(sale=sale, shift=shift, **(given | other))


def test_sellable_goods_stand_on_the_stand_again_and_the_money_is_back(
    sale: Sale, shift: Shift
) -> None:
    back = refund(sale, shift, (1, True))
    assert back.total == 20_000
    assert ledger.balance("stand:GERAI", "KLB-MELON-251028-1") == 7
    assert ledger.balance(shift.account, "IDR") == 160_000
    assert ledger.balance("due:KLB", "IDR") == 60_000
    assert ledger.balance("owed:NTT", "IDR") == -60_000


def test_unsellable_goods_leave_the_books_as_broken(sale: Sale, shift: Shift) -> None:
    refund(sale, shift, (1, False))
    assert ledger.balance("stand:GERAI", "KLB-MELON-251028-1") == 6
    assert ledger.balance("outside:broken", "KLB-MELON-251028-1") == 1
    assert ledger.balance("outside:buyer", "KLB-MELON-251028-1") == 3


def test_of_three_one_may_be_broken(sale: Sale, shift: Shift) -> None:
    back = refund(sale, shift, (2, True), (1, False))
    assert back.total == 60_000
    lines = RefundLine.objects.order_by("-quantity").values_list("quantity", "sellable", "amount")
    assert list(lines) == [(2, True, 40_000), (1, False, 20_000)]
    assert ledger.balance("stand:GERAI", "KLB-MELON-251028-1") == 8


def test_a_refund_comes_out_of_another_shifts_drawer_and_of_qris_sales_too(
    stand: Stand, shift: Shift, melon: Product
) -> None:
    by_qris = make.sale(shift, (melon, 1), total=20_000, means="qris")
    hers = make.shift(stand, 50_000, cashier=make.officer(Role.CASHIER, "KLB"))
    refund(by_qris, hers, (1, True))
    assert ledger.balance(hers.account, "IDR") == 30_000
    assert ledger.balance(shift.account, "IDR") == 100_000
    assert ledger.balance("bank:NTT", "IDR") == 20_000
    assert (queries.summary(hers).refunds, queries.summary(hers).refunded) == (1, 20_000)


def test_a_receipt_of_a_closed_shift_is_refunded_from_an_open_one(
    stand: Stand, sale: Sale, shift: Shift
) -> None:
    actions.close_shift(
        key=new_key(),
        shift=shift,
        counted=180_000,
        note="",
        by=shift.opened_by,
        at=make.moment(12),
    )
    with pytest.raises(shifts.ShiftIsClosed):
        refund(sale, shift, (1, True))
    assert refund(sale, make.shift(stand, 100_000), (1, True)).total == 20_000


def test_all_pieces_in_whatever_steps_pay_back_exactly_the_amount(
    stand: Stand, shift: Shift
) -> None:
    bead = make.product("MANIK", category="kerajinan")
    make.price(bead, 100, per=3)
    make.on_stand(make.lot(bead, 7, expiry_date=None), stand, 7)
    sale = make.sale(shift, (bead, 7), total=233)
    paid = [refund(sale, shift, (n, True)).total for n in (1, 2, 1, 3)]
    assert (sum(paid), paid) == (233, [33, 67, 33, 100])
    with pytest.raises(refunds.MoreThanWasSold):
        refund(sale, shift, (1, True))


def test_the_same_key_refunds_once(sale: Sale, shift: Shift) -> None:
    key = new_key()
    first = refund(sale, shift, (1, True), key=key)
    assert refund(sale, shift, (1, True), key=key, at=make.moment(15)) == first
    assert Refund.objects.count() == 1
    with pytest.raises(KeyReused):
        refund(sale, shift, (2, True), key=key)


def test_every_refusal_leaves_the_books_as_they_were(
    stand: Stand, sale: Sale, shift: Shift, melon: Product
) -> None:
    other = make.sale(shift, (melon, 1), total=20_000)
    theirs = make.stand(stand.festival, "KIOS")
    poor = make.shift(stand, 10_000, cashier=make.officer(Role.CASHIER, "KLB"))
    colleague = make.officer(Role.CASHIER, "KFM")
    elsewhere = make.shift(theirs, 500_000)
    before = ledger.balances()
    stranger = [Back(other.lines.get(), 1, True)]
    line = sale.lines.get()
    cases: list[tuple[type[Exception], Shift, list[Back], dict[str, Any]]] = [
        (refunds.NothingComesBack, shift, [], {}),
        (refunds.NotASaneQuantity, shift, [Back(line, 0, True)], {}),
        (refunds.NotASaneQuantity, shift, [Back(line, -1, True)], {}),
        (refunds.NotASaneQuantity, shift, [Back(line, 10**40, True)], {}),
        (refunds.MoreThanWasSold, shift, [Back(line, 5, True)], {}),
        (refunds.MoreThanWasSold, shift, [Back(line, 3, True), Back(line, 2, False)], {}),
        (refunds.MoreThanWasSold, shift, [Back(line, 3, True), Back(line, 2, True)], {}),
        (refunds.NotOnThisReceipt, shift, stranger, {}),
        (refunds.NeedsAReason, shift, [Back(line, 1, True)], {"reason": "   "}),
        (refunds.NeedsAReason, shift, [Back(line, 1, True)], {"reason": "x" * 301}),
        (refunds.SoldAtAnotherStand, elsewhere, [Back(line, 1, True)], {}),
        (refunds.NotEnoughCash, poor, [Back(line, 1, True)], {}),
        (shifts.NotYourShift, shift, [Back(line, 1, True)], {"by": colleague}),
    ]
    for refusal, drawer, lines, given in cases:
        with pytest.raises(refusal) as no:
            refund(sale, drawer, lines=lines, **given)
        assert str(no.value), refusal
        assert ledger.balances() == before, refusal
    assert not Refund.objects.exists()
    assert not RefundLine.objects.exists()


def test_a_drawer_that_is_short_says_what_it_holds(stand: Stand, sale: Sale, shift: Shift) -> None:
    poor = make.shift(stand, 10_000, cashier=make.officer(Role.CASHIER, "KLB"))
    with pytest.raises(refunds.NotEnoughCash) as no:
        refund(sale, poor, (1, True))
    assert (no.value.have, no.value.wanted) == (10_000, 20_000)
    assert "Rp 10.000" in str(no.value)


def test_more_than_is_left_says_what_is_left(sale: Sale, shift: Shift) -> None:
    refund(sale, shift, (3, True))
    with pytest.raises(refunds.MoreThanWasSold) as no:
        refund(sale, shift, (2, True))
    assert no.value.left == 1


def test_too_few_grams_to_be_worth_a_rupiah_are_not_refunded(stand: Stand, shift: Shift) -> None:
    salt = make.product("GARAM", measure="gram")
    make.price(salt, 1, per=100)
    make.on_stand(make.lot(salt, 1_000), stand, 1_000)
    sale = make.sale(shift, (salt, 1_000), total=10)
    with pytest.raises(refunds.WorthTooLittle):
        refund(sale, shift, (20, True))
    assert refund(sale, shift, (60, True)).total == 1


def test_nothing_is_refunded_at_a_closed_stand(stand: Stand, sale: Sale, shift: Shift) -> None:
    regional = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=regional, at=make.moment(10))
    with pytest.raises(shifts.StandIsClosed):
        refund(sale, shift, (1, True))


def test_a_receipt_shows_a_product_once_however_many_lots_it_came_from(
    stand: Stand, shift: Shift, melon: Product
) -> None:
    make.on_stand(make.lot(melon, 5), stand, 5)
    sale = make.sale(shift, (melon, 12), total=240_000)
    lines = queries.lines_of(sale)
    assert [one.line.quantity for one in lines] == [10, 2]
    (row,) = queries.printed(lines)
    assert (row.quantity, row.amount, row.price, row.per) == (12, 240_000, 20_000, 1)
