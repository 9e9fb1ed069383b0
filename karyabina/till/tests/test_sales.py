"""Selling: goods to the buyer, money into the drawer, and each office's due, or nothing at all."""

from datetime import timedelta
from typing import Any

import pytest

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.catalogue import actions as catalogue
from karyabina.catalogue.models import Product
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger.queries import KeyReused
from karyabina.staff.models import Role
from karyabina.stock import actions as stock
from karyabina.stock.queries import NotEnoughGoods
from karyabina.till import actions
from karyabina.till.actions import sales, shifts
from karyabina.till.models import Sale, SaleLine, Shift
from tests import make

pytestmark = pytest.mark.django_db
Want = actions.Want


@pytest.fixture
def stand() -> Stand:
    return make.stand(invited=("KLB", "KFM"))


@pytest.fixture
def melon(stand: Stand) -> Product:
    """Twelve melons of Kalabahi at Rp 20.000, in two lots: the one of five expires first."""
    product = make.product("MELON")
    make.price(product, 20_000)
    today = make.DAY
    make.on_stand(make.lot(product, 7, expiry_date=today + timedelta(days=20)), stand, 7)
    make.on_stand(make.lot(product, 5, expiry_date=today + timedelta(days=3)), stand, 5)
    return product


@pytest.fixture
def chips(stand: Stand) -> Product:
    """Ten bags of chips of Kefamenanu at Rp 15.000."""
    product = make.product("CHIPS", "KFM", category="makanan")
    make.price(product, 15_000)
    make.on_stand(make.lot(product, 10), stand)
    return product


@pytest.fixture
def shift(stand: Stand) -> Shift:
    return make.shift(stand, 100_000)


def sell(shift: Shift, *wants: tuple[Product, int], **other: Any) -> Sale:
    given = {
        "key": new_key(),
        "wants": [Want(product, quantity) for product, quantity in wants],
        "means": "cash",
        "by": shift.opened_by,
        "at": make.moment(10),
    }
    given.setdefault("tendered", other.get("expected_total", 0))
    return actions.sell(shift=shift, **(given | other))


def books() -> dict[tuple[str, str], int]:
    return ledger.balances()


# --- what a sale does ----------------------------------------------------------------------------
def test_goods_go_and_money_comes_and_each_office_has_its_due(
    shift: Shift, melon: Product, chips: Product
) -> None:
    sale = sell(shift, (melon, 2), (chips, 3), expected_total=85_000, tendered=100_000)
    assert (sale.total, sale.tendered, sale.change, sale.number) == (85_000, 100_000, 15_000, 1)
    assert str(sale) == "GERAI-251029-1-0001"
    assert ledger.balance(shift.account, "IDR") == 185_000
    assert ledger.balance("due:KLB", "IDR") == 40_000
    assert ledger.balance("due:KFM", "IDR") == 45_000
    assert ledger.balance("owed:NTT", "IDR") == -85_000
    assert ledger.balance("stand:GERAI", "KLB-MELON-251028-2") == 3
    assert ledger.balance("stand:GERAI", "KFM-CHIPS-251028-1") == 7
    lines = [(line.n, line.lot.code, line.quantity, line.amount) for line in sale.lines.all()]
    assert lines == [
        (1, "KLB-MELON-251028-2", 2, 40_000),
        (2, "KFM-CHIPS-251028-1", 3, 45_000),
    ]


def test_what_expires_first_is_sold_first_and_a_line_is_one_lot(
    shift: Shift, melon: Product
) -> None:
    sale = sell(shift, (melon, 6), expected_total=120_000)
    lines = [(line.lot.code, line.quantity, line.amount) for line in sale.lines.all()]
    assert lines == [("KLB-MELON-251028-2", 5, 100_000), ("KLB-MELON-251028-1", 1, 20_000)]


def test_qris_money_goes_to_the_bank_of_the_holder(shift: Shift, melon: Product) -> None:
    sell(shift, (melon, 1), expected_total=20_000, means="qris")
    assert ledger.balance("bank:NTT", "IDR") == 20_000
    assert ledger.balance(shift.account, "IDR") == 100_000


def test_receipts_are_numbered_in_each_shift(stand: Stand, shift: Shift, melon: Product) -> None:
    hers = make.shift(stand, cashier=make.officer(Role.CASHIER, "KLB"))
    numbers = [sell(one, (melon, 1), expected_total=20_000).number for one in (shift, hers, shift)]
    assert numbers == [1, 1, 2]


def test_the_same_product_twice_in_a_basket_is_one_want(shift: Shift, melon: Product) -> None:
    sale = sell(shift, (melon, 1), (melon, 2), expected_total=60_000)
    assert [line.quantity for line in sale.lines.all()] == [3]


def test_weighed_goods_cost_their_share_of_the_price(stand: Stand, shift: Shift) -> None:
    chilli = make.product("CABAI", measure="gram")
    make.price(chilli, 35_000, per=500)
    make.on_stand(make.lot(chilli, 4_000, basis="hours"), stand, 4_000)
    sale = sell(shift, (chilli, 333), expected_total=23_310)
    assert ledger.balance("due:KLB", "IDR") == sale.total == 23_310


def test_a_product_is_priced_once_and_its_lots_share_the_amount_exactly(
    stand: Stand, shift: Shift
) -> None:
    """Seven at Rp 100 per 3: Rp 233 in all, though 2 + 5 priced singly would be Rp 67 + Rp 167."""
    bead = make.product("MANIK", category="kerajinan")
    make.price(bead, 100, per=3)
    make.on_stand(make.lot(bead, 2, expiry_date=None), stand, 2)
    make.on_stand(make.lot(bead, 5, expiry_date=None), stand, 5)
    sale = sell(shift, (bead, 7), expected_total=233)
    assert [line.amount for line in sale.lines.all()] == [67, 166]


# --- the same key --------------------------------------------------------------------------------
def test_the_same_key_is_the_same_sale_whatever_has_changed_since(
    shift: Shift, melon: Product
) -> None:
    given = {"key": new_key(), "expected_total": 20_000}
    first = sell(shift, (melon, 1), **given)
    make.price(melon, 90_000, since=make.moment(9))
    actions.close_shift(
        key=new_key(),
        shift=shift,
        counted=120_000,
        note="",
        by=shift.opened_by,
        at=make.moment(17),
    )
    before = books()
    assert sell(shift, (melon, 1), at=make.moment(18), **given) == first
    assert books() == before
    assert Sale.objects.count() == 1


def test_the_same_key_with_another_basket_is_refused(shift: Shift, melon: Product) -> None:
    key = new_key()
    sell(shift, (melon, 1), key=key, expected_total=20_000)
    with pytest.raises(KeyReused):
        sell(shift, (melon, 2), key=key, expected_total=40_000)
    with pytest.raises(KeyReused):
        sell(shift, (melon, 1), key=key, expected_total=20_000, tendered=50_000)
    assert Sale.objects.count() == 1


def test_the_order_in_the_basket_does_not_make_another_sale(
    shift: Shift, melon: Product, chips: Product
) -> None:
    given = {"key": new_key(), "expected_total": 35_000}
    first = sell(shift, (melon, 1), (chips, 1), **given)
    assert sell(shift, (chips, 1), (melon, 1), **given) == first


# --- what is refused -----------------------------------------------------------------------------
def test_every_refusal_leaves_the_books_as_they_were(
    stand: Stand, shift: Shift, melon: Product, chips: Product
) -> None:
    nobody_has = make.product("TENUN", category="kerajinan")
    make.price(nobody_has, 1_000)
    in_the_store = make.product("MADU", "KFM", category="makanan")
    make.price(in_the_store, 50_000)
    make.lot(in_the_store, 10)
    priceless = make.product("LADA")
    make.on_stand(make.lot(priceless, 3), stand, 3)
    dust = make.product("GARAM", measure="gram")
    make.price(dust, 1, per=1_000)
    make.on_stand(make.lot(dust, 900), stand, 900)
    dear = make.product("PATUNG", category="kerajinan")
    make.price(dear, 1_000_000_000)
    make.on_stand(make.lot(dear, 20, expiry_date=None), stand, 20)
    colleague = make.officer(Role.CASHIER, "KLB")
    before = books()
    cases: list[tuple[type[Refusal], list[tuple[Product, int]], dict[str, Any]]] = [
        (sales.NothingInTheBasket, [], {"expected_total": 0}),
        (sales.NotASaneQuantity, [(melon, 0)], {"expected_total": 0}),
        (sales.NotASaneQuantity, [(melon, -1)], {"expected_total": -20_000}),
        (sales.NotASaneQuantity, [(melon, 10**7 + 1)], {"expected_total": 20_000}),
        (sales.NotASaneQuantity, [(melon, 10**40)], {"expected_total": 20_000}),
        (NotEnoughGoods, [(melon, 13)], {"expected_total": 260_000}),
        (NotEnoughGoods, [(melon, 10), (melon, 3)], {"expected_total": 260_000}),
        (NotEnoughGoods, [(chips, 1), (melon, 13)], {"expected_total": 275_000}),
        (sales.NotOnThisStand, [(nobody_has, 1)], {"expected_total": 1_000}),
        (sales.NotOnThisStand, [(in_the_store, 1)], {"expected_total": 50_000}),
        (sales.HasNoPrice, [(priceless, 1)], {"expected_total": 0}),
        (sales.CostsTooLittle, [(dust, 100)], {"expected_total": 0}),
        (sales.CostsTooMuch, [(dear, 20)], {"expected_total": 20_000_000_000}),
        (sales.PriceChanged, [(melon, 1)], {"expected_total": 19_000}),
        (sales.NotPaidInFull, [(melon, 1)], {"expected_total": 20_000, "tendered": 19_999}),
        (sales.NotPaidInFull, [(melon, 1)], {"expected_total": 20_000, "tendered": -5}),
        (sales.TooMuchMoney, [(melon, 1)], {"expected_total": 20_000, "tendered": 10**11}),
        (
            sales.NotTheExactSum,
            [(melon, 1)],
            {"expected_total": 20_000, "tendered": 50_000, "means": "qris"},
        ),
        (sales.MeansIsUnknown, [(melon, 1)], {"expected_total": 20_000, "means": "kasbon"}),
        (shifts.NotYourShift, [(melon, 1)], {"expected_total": 20_000, "by": colleague}),
    ]
    for refusal, wants, given in cases:
        with pytest.raises(refusal) as no:
            sell(shift, *wants, **given)
        assert str(no.value), refusal
        assert books() == before, refusal
    assert not Sale.objects.exists()
    assert not SaleLine.objects.exists()


def test_a_sale_after_a_refused_one_with_the_same_key_goes_through(
    shift: Shift, melon: Product
) -> None:
    key = new_key()
    with pytest.raises(sales.NotPaidInFull):
        sell(shift, (melon, 1), key=key, expected_total=20_000, tendered=10_000)
    assert sell(shift, (melon, 1), key=key, expected_total=20_000).number == 1


def test_a_new_price_is_told_and_then_taken(shift: Shift, melon: Product) -> None:
    make.price(melon, 25_000, since=make.moment(9, 59))
    with pytest.raises(sales.PriceChanged) as no:
        sell(shift, (melon, 2), expected_total=40_000)
    assert no.value.total == 50_000
    assert sell(shift, (melon, 2), expected_total=no.value.total).total == 50_000


def test_a_price_that_comes_into_force_later_does_not_count_yet(
    shift: Shift, melon: Product
) -> None:
    catalogue.set_price(
        key=new_key(),
        product=melon,
        amount=25_000,
        per=1,
        since=make.moment(11),
        by=make.officer(),
        at=make.moment(9),
    )
    assert sell(shift, (melon, 1), expected_total=20_000).total == 20_000
    assert sell(shift, (melon, 1), expected_total=25_000, at=make.moment(11)).total == 25_000


def test_an_expired_lot_is_passed_over_and_never_sold(shift: Shift, melon: Product) -> None:
    four_days_on = make.moment(10, days=4)
    sale = sell(shift, (melon, 6), expected_total=120_000, at=four_days_on)
    assert [line.lot.code for line in sale.lines.all()] == ["KLB-MELON-251028-1"]
    with pytest.raises(NotEnoughGoods) as no:
        sell(shift, (melon, 2), expected_total=40_000, at=four_days_on)
    assert no.value.have == 1
    with pytest.raises(sales.HasExpired):
        sell(shift, (melon, 1), expected_total=20_000, at=make.moment(10, days=60))


def test_a_lot_is_still_good_on_the_day_on_its_label(shift: Shift, melon: Product) -> None:
    sale = sell(shift, (melon, 1), expected_total=20_000, at=make.moment(23, 59, days=3))
    assert [line.lot.code for line in sale.lines.all()] == ["KLB-MELON-251028-2"]


def test_nothing_is_sold_in_a_closed_shift(shift: Shift, melon: Product) -> None:
    actions.close_shift(
        key=new_key(),
        shift=shift,
        counted=100_000,
        note="",
        by=shift.opened_by,
        at=make.moment(10),
    )
    with pytest.raises(shifts.ShiftIsClosed):
        sell(shift, (melon, 1), expected_total=20_000)


def test_nothing_is_sold_at_a_closed_stand(stand: Stand, shift: Shift, melon: Product) -> None:
    regional = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=regional, at=make.moment(9))
    with pytest.raises(shifts.StandIsClosed):
        sell(shift, (melon, 1), expected_total=20_000)


def test_what_broke_on_the_stand_is_not_sold(stand: Stand, shift: Shift, melon: Product) -> None:
    lot = melon.lots.get(code="KLB-MELON-251028-2")
    stock.break_pieces(
        key=new_key(),
        lot=lot,
        place=stand.account,
        quantity=5,
        reason="Jatuh",
        by=make.officer(),
        at=make.moment(9),
    )
    with pytest.raises(NotEnoughGoods) as no:
        sell(shift, (melon, 8), expected_total=160_000)
    assert no.value.have == 7


# --- sharing a product's price over its lots ------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "quantities", "shares"),
    [
        (10, [5, 5], [5, 5]),
        (2, [999, 1], [1, 1]),
        (3, [1, 1_000_000, 1], [1, 1, 1]),
        (1_000, [1_000_000, 1], [999, 1]),
    ],
)
def test_no_lot_is_sold_for_nothing(amount: int, quantities: list[int], shares: list[int]) -> None:
    assert sales.spread(amount=amount, quantities=quantities) == shares
