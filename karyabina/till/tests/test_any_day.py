"""Any sequence of sales and refunds: the books hold what the receipts say, exactly."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import event, given
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.catalogue.models import Product
from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.till import actions, queries
from karyabina.till.models import Refund, RefundLine, Sale, SaleLine, Shift
from tests import make

pytestmark = pytest.mark.django_db
FLOAT = 30_000

sell = st.tuples(
    st.just("sell"),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 12) | st.integers(-1, 40)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["cash", "cash", "cash", "qris", "qris", "bon"]),
    st.sampled_from([0, 0, 0, 0, 0, -1, 1]),  # how far off the expected total is
)
refund = st.tuples(
    st.just("refund"),
    st.integers(0, 5),  # which sale
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 4) | st.integers(0, 30), st.booleans()),
        min_size=1,
        max_size=3,
    ),
)
days = st.lists(st.one_of(sell, sell, refund), max_size=14)


@dataclass
class Shop:
    """What happened, told without the books: the model that they must agree with."""

    shift: Shift
    products: list[Product]
    received: Counter[str]
    sold: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    cash: int = FLOAT
    bank: int = 0
    due: Counter[str] = field(default_factory=Counter)
    sales: list[Sale] = field(default_factory=list)

    def sell(self, wants: list[tuple[int, int]], means: str, off: int) -> None:
        here = queries.goods_at(self.shift.stand, make.moment(10))
        wanted: Counter[int] = Counter()
        for n, quantity in wants:
            wanted[n] += quantity
        total = sum(
            here[self.products[n].pk].costs(max(quantity, 0))
            for n, quantity in wanted.items()
            if self.products[n].pk in here
        )
        sale = actions.sell(
            key=new_key(),
            shift=self.shift,
            wants=[actions.Want(self.products[n], quantity) for n, quantity in wants],
            means=means,
            tendered=total + off,
            expected_total=total + off,
            by=self.shift.opened_by,
            at=make.moment(10),
        )
        assert sale.total == total
        self.sales.append(sale)
        for line in sale.lines.select_related("lot__office"):
            self.sold[line.lot.code] += line.quantity
            self.due[line.lot.office.code] += line.amount
        if means == "cash":
            self.cash += total
        else:
            self.bank += total

    def refund(self, n: int, lines: list[tuple[int, int, bool]]) -> None:
        if not self.sales:
            return
        sale = self.sales[n % len(self.sales)]
        there = list(sale.lines.order_by("n").select_related("lot__office"))
        done = actions.refund(
            key=new_key(),
            sale=sale,
            shift=self.shift,
            lines=[
                actions.Back(there[m % len(there)], quantity, good) for m, quantity, good in lines
            ],
            reason="coba",
            by=self.shift.opened_by,
            at=make.moment(11),
        )
        self.cash -= done.total
        for line in done.lines.select_related("sale_line__lot__office"):
            lot = line.sale_line.lot
            (self.back if line.sellable else self.broken)[lot.code] += line.quantity
            self.due[lot.office.code] -= line.amount

    def agrees(self) -> None:
        """Cash = float + cash sales − refunds; pieces = received − sold + returned; and so on."""
        stand = ledger.balances([self.shift.stand.account])
        for code, received in self.received.items():
            standing = stand.get((self.shift.stand.account, code), 0)
            assert standing == received - self.sold[code] + self.back[code]
            assert ledger.balance("outside:broken", code) == self.broken[code]
        assert ledger.balance(self.shift.account, "IDR") == self.cash
        assert ledger.balance("bank:NTT", "IDR") == self.bank
        for office, amount in self.due.items():
            assert ledger.balance(f"due:{office}", "IDR") == amount
        assert ledger.balance("owed:NTT", "IDR") == -self.due.total()
        for sale in Sale.objects.all():
            lines = queries.lines_of(sale)
            assert sum(one.line.amount for one in lines) == sale.total
            for one in lines:
                assert one.line.amount > 0
                assert 0 <= one.back <= one.line.quantity
                if one.left == 0:
                    assert one.paid_back == one.line.amount
        summary = queries.summary(self.shift)
        assert summary.expected == self.cash
        assert summary.cash + FLOAT - summary.refunded == self.cash


@pytest.fixture
def shop() -> Shop:
    """Melons in two lots, chilli by weight, and beads at Rp 100 for three."""
    stand = make.stand(invited=("KLB", "KFM"))
    melon, chilli = make.product("MELON"), make.product("CABAI", "KFM", measure="gram")
    beads = make.product("MANIK", "KFM", category="kerajinan")
    make.price(melon, 20_000)
    make.price(chilli, 35_001, per=13)
    make.price(beads, 100, per=3)
    received: Counter[str] = Counter()
    for product, quantity, days_good in (
        (melon, 9, 3),
        (melon, 30, 9),
        (chilli, 60, 5),
        (chilli, 25, 4),
        (beads, 1, 40),
        (beads, 50, 50),
    ):
        lot = make.lot(product, quantity, expiry_date=make.DAY + timedelta(days=days_good))
        make.on_stand(lot, stand, quantity)
        received[lot.code] = quantity
    return Shop(make.shift(stand, FLOAT), [melon, chilli, beads], received)


@given(days)
def test_whatever_is_sold_and_brought_back_the_books_agree(
    shop: Shop, day: list[tuple[object, ...]]
) -> None:
    model = Shop(shop.shift, shop.products, shop.received)
    with transaction.atomic():
        for what, *how in day:
            before = ledger.balances()
            try:
                getattr(model, str(what))(*how)
            except Refusal:
                assert ledger.balances() == before
        model.agrees()
        assert [found for found in verify.run() if found.faults] == []
        assert Sale.objects.count() == len(model.sales)
        assert not SaleLine.objects.exclude(sale__in=Sale.objects.all()).exists()
        assert not RefundLine.objects.exclude(refund__in=Refund.objects.all()).exists()
        event(f"sales: {min(len(model.sales), 5)}, refunds: {min(Refund.objects.count(), 3)}")
        transaction.set_rollback(True)
