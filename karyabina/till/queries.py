"""What can be sold at a stand, what a shift has taken, what can still come back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from karyabina.base.money import times_price
from karyabina.base.times import local_day
from karyabina.catalogue import queries as catalogue
from karyabina.catalogue.models import Measure, Price, Product
from karyabina.festivals.models import Closure, Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger.models import RUPIAH
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from karyabina.stock import queries as stock
from karyabina.stock.models import Lot
from karyabina.till.models import (
    Close,
    Means,
    Refund,
    RefundLine,
    Sale,
    SaleLine,
    Shift,
)

FIELD = re.compile(r"[A-Z0-9]{1,12}\.[A-Z0-9-]{1,24}")  # what Goods.name gives


def zone_of(stand: Stand) -> str:
    """The clock that hangs at this stand: its festival's."""
    return stand.festival.time_zone


# --- goods ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Goods:
    """One product on a stand: what of it may be sold now, of which lots, and at what price.

    `lots` stand first-expired first; expired ones are not among them but counted in `expired`.
    Quantities are in the product's measure. Without a price nothing of it can be sold."""

    product: Product
    price: Price | None
    lots: Sequence[stock.LotAt]
    expired: int

    @property
    def quantity(self) -> int:
        return sum(one.quantity for one in self.lots)

    @property
    def name(self) -> str:
        """What its field is called in the till's form and address: KLB.CHIPS."""
        return f"{self.product.office.code}.{self.product.code}"

    @property
    def can_be_sold(self) -> bool:
        return self.price is not None and self.quantity > 0

    @property
    def step(self) -> int:
        """How much one tap adds: a piece; of weighed goods, as much as the price is for."""
        if self.price is None or self.product.measure == Measure.PIECE:
            return 1
        return self.price.per

    def costs(self, quantity: int) -> int:
        """What so much of it costs, in whole rupiah. There must be a price."""
        assert self.price is not None  # noqa: S101 - the caller has asked can_be_sold
        return times_price(quantity, self.price.amount, self.price.per)

    def take(self, quantity: int) -> list[tuple[Lot, int]]:
        """Of which lots so much is handed over. Refuses stock.NotEnoughGoods."""
        chosen: list[tuple[Lot, int]] = []
        left = quantity
        for one in self.lots:
            if left == 0:
                break
            taken = min(left, one.quantity)
            chosen.append((one.lot, taken))
            left -= taken
        if left:
            raise stock.NotEnoughGoods(product=self.product, have=self.quantity, wanted=quantity)
        return chosen


def goods_at(stand: Stand, instant: datetime) -> dict[UUID, Goods]:
    """Every product of which something stands here, by its key; by category, office and name.

    Three queries, whatever the number of goods."""
    day = local_day(instant, zone_of(stand))
    here = sorted(
        stock.lots_at(stand.account),
        key=lambda one: (
            one.lot.product.category,
            one.lot.office.path,
            one.lot.product.name,
            str(one.lot.product_id),
        ),
    )
    products = {one.lot.product_id: one.lot.product for one in here}
    prices = catalogue.prices_at(products.values(), instant)
    found: dict[UUID, Goods] = {}
    for key, group in groupby(here, key=lambda one: one.lot.product_id):
        lots = list(group)
        product = lots[0].lot.product
        product.office = lots[0].lot.office
        found[key] = Goods(
            product=product,
            price=prices.get(key),
            lots=[one for one in lots if not one.lot.expired_on(day)],
            expired=sum(one.quantity for one in lots if one.lot.expired_on(day)),
        )
    return found


def spoken(names: Sequence[str]) -> list[str]:
    """Fields of the till's form in words: KLB.CHIPS is Keripik pisang. What is none, cut short."""
    parts = [name.split(".", 1) for name in names if FIELD.fullmatch(name)]
    asked = [Q(office__code=office, code=code) for office, code in parts]
    known = (
        Product.objects.filter(reduce(or_, asked)).values_list("office__code", "code", "name")
        if asked
        else ()
    )
    words = {f"{office}.{code}": name for office, code, name in known}
    return [words.get(name, name[:20]) for name in names]


@dataclass(frozen=True)
class OnShelf:
    """Some of one lot on a stand; past its date it may not be sold any more."""

    lot: Lot
    quantity: int
    expired: bool


def on_shelf(stand: Stand, instant: datetime) -> list[OnShelf]:
    """Every lot of which something stands here, by product and lot: two queries."""
    day = local_day(instant, zone_of(stand))
    return [
        OnShelf(one.lot, one.quantity, one.lot.expired_on(day))
        for one in sorted(
            stock.lots_at(stand.account), key=lambda one: (one.lot.product.name, one.lot.code)
        )
    ]


def ever_on_shelf(stand: Stand, code: str) -> stock.LotAt | None:
    """A lot that stands here or once stood here, with what is left of it; two queries."""
    ever = stock.lots_ever_at([stand.account]).get(stand.account, [])
    return next((one for one in ever if one.lot.code == code), None)


# --- stands and shifts ---------------------------------------------------------------------------
def is_closed(stand: Stand) -> bool:
    """Nothing is sold or refunded at this stand any more."""
    return Closure.objects.filter(stand=stand).exists()


def open_shifts() -> QuerySet[Shift]:
    """Shifts whose drawer has not been counted yet, the latest first."""
    return Shift.objects.filter(close=None).select_related(
        "stand__holder", "stand__festival", "opened_by"
    )


def open_shift(stand: Stand, cashier: Staff) -> Shift | None:
    """The shift in which this person sells at this stand now."""
    return open_shifts().filter(stand=stand, opened_by=cashier).first()


def shifts_within(offices: QuerySet[Office]) -> QuerySet[Shift]:
    """The shifts at the stands that these offices hold."""
    return Shift.objects.filter(stand__holder__in=offices).select_related(
        "stand__holder", "stand__festival", "opened_by", "close"
    )


@dataclass(frozen=True)
class Place:
    """A stand on the cashier's first page: my shift there, and the colleagues'.

    A closed one is among them as long as a drawer there is not counted."""

    stand: Stand
    closed: bool
    mine: Shift | None
    others: Sequence[Shift]


def places(offices: QuerySet[Office], cashier: Staff) -> list[Place]:
    """The stands of these offices that are open or have an open shift, with those shifts: two
    queries."""
    running: dict[UUID, list[Shift]] = {}
    for shift in open_shifts().filter(stand__holder__in=offices).order_by("opened_at"):
        running.setdefault(shift.stand_id, []).append(shift)
    stands = (
        Stand.objects.filter(holder__in=offices)
        .annotate(closed=Exists(Closure.objects.filter(stand=OuterRef("pk"))))
        .filter(Q(closed=False) | Q(pk__in=running))
        .select_related("festival", "holder")
        .order_by("-festival__first_date", "code")
    )
    return [
        Place(
            stand=stand,
            closed=stand.closed,
            mine=next((s for s in running.get(stand.pk, []) if s.opened_by_id == cashier.pk), None),
            others=[s for s in running.get(stand.pk, []) if s.opened_by_id != cashier.pk],
        )
        for stand in stands
    ]


@dataclass(frozen=True)
class Summary:
    """What a shift has taken so far, or took in all once it is closed. Amounts in rupiah.

    `expected` is what should lie in the drawer, the float included: of an open shift by the
    ledger, of a closed one as it was written down when the drawer was counted."""

    shift: Shift
    sales: int
    turnover: int
    by_means: Mapping[str, tuple[int, int]]  # number of sales and rupiah
    refunds: int
    refunded: int
    expected: int
    close: Close | None

    @property
    def cash(self) -> int:
        return self.by_means[Means.CASH][1]

    @property
    def qris(self) -> int:
        return self.by_means[Means.QRIS][1]

    @property
    def short(self) -> int:
        """How much less was counted than expected; 0 where nothing is lacking."""
        return max(-self.close.difference, 0) if self.close else 0

    @property
    def float_back(self) -> int:
        """As much of the float as is there to be taken out again."""
        counted = self.close.counted if self.close else self.expected
        return min(self.shift.float_amount, counted)

    @property
    def float_gone(self) -> int:
        """What of the float is not there to be taken out: refunds of QRIS sales, or a shortage,
        have used it up."""
        return self.shift.float_amount - self.float_back

    @property
    def to_hand_over(self) -> int:
        """What stays in the drawer once the float is taken out again."""
        counted = self.close.counted if self.close else self.expected
        return counted - self.float_back


def expected_in(shift: Shift) -> int:
    """What should lie in an open drawer now by the books, the float included, in rupiah."""
    return ledger.balance(shift.account, RUPIAH)


def summary(shift: Shift) -> Summary:
    """Add up a shift: four queries at most."""
    means = {
        row["means"]: (row["n"], row["money"])
        for row in Sale.objects.filter(shift=shift)
        .order_by()
        .values("means")
        .annotate(n=Count("pk"), money=Sum("total"))
    }
    by_means = {str(one): means.get(one, (0, 0)) for one in Means.values}
    back = Refund.objects.filter(shift=shift).aggregate(n=Count("pk"), money=Sum("total"))
    close = Close.objects.select_related("by").filter(shift=shift).first()
    return Summary(
        shift=shift,
        sales=sum(n for n, _ in by_means.values()),
        turnover=sum(money for _, money in by_means.values()),
        by_means=by_means,
        refunds=back["n"],
        refunded=back["money"] or 0,
        expected=close.expected if close else expected_in(shift),
        close=close,
    )


# --- receipts ------------------------------------------------------------------------------------
def sales_of(shift: Shift) -> QuerySet[Sale]:
    """The shift's receipts, the latest first, with pieces sold, and money `returned` since."""
    returned = (
        Refund.objects.filter(sale=OuterRef("pk"))
        .order_by()
        .values("sale")
        .annotate(m=Sum("total"))
    )
    goods = (
        SaleLine.objects.filter(sale=OuterRef("pk"))
        .order_by()
        .values("sale")
        .annotate(m=Count("lot__product", distinct=True))
    )
    return (
        Sale.objects.filter(shift=shift)
        .annotate(returned=returned.values("m"), goods=goods.values("m"))
        .select_related("by")
        .order_by("-number")
    )


@dataclass(frozen=True)
class Sold:
    """A line of a receipt and what has come back of it since."""

    line: SaleLine
    back: int
    paid_back: int

    @property
    def left(self) -> int:
        """What can still be brought back."""
        return self.line.quantity - self.back

    def worth(self, quantity: int) -> int:
        """What is paid back for the next so many of it: exact once all are back."""
        whole = times_price(self.back + quantity, self.line.amount, self.line.quantity)
        return whole - times_price(self.back, self.line.amount, self.line.quantity)


def lines_of(sale: Sale) -> list[Sold]:
    """The lines of a receipt, in its order, with what came back of each: two queries."""
    back = {
        row["sale_line"]: (row["pieces"], row["money"])
        for row in RefundLine.objects.filter(sale_line__sale=sale)
        .order_by()
        .values("sale_line")
        .annotate(pieces=Sum("quantity"), money=Sum("amount"))
    }
    rows = (
        SaleLine.objects.filter(sale=sale)
        .select_related("lot__product", "lot__office")
        .order_by("n")
    )
    return [Sold(row, *back.get(row.pk, (0, 0))) for row in rows]


@dataclass(frozen=True)
class Bought:
    """What the buyer reads: one product, however many lots it was taken from."""

    product: Product
    office: Office
    quantity: int
    price: int
    per: int
    amount: int


def printed(lines: Sequence[Sold]) -> list[Bought]:
    """The lines of a receipt put together by product, in the receipt's order."""
    together: dict[UUID, list[SaleLine]] = {}
    for sold in lines:
        together.setdefault(sold.line.lot.product_id, []).append(sold.line)
    return [
        Bought(
            product=group[0].lot.product,
            office=group[0].lot.office,
            quantity=sum(line.quantity for line in group),
            price=group[0].price,
            per=group[0].per,
            amount=sum(line.amount for line in group),
        )
        for group in together.values()
    ]


def refunds_of(sale: Sale) -> QuerySet[Refund]:
    """What was paid back against a receipt, in order."""
    return Refund.objects.filter(sale=sale).select_related("by", "shift").order_by("occurred_at")
