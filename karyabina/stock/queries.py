"""Which lots are where, and which of them to take first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from karyabina.base.refusal import Refusal
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.catalogue.models import Product
from karyabina.ledger import queries as ledger
from karyabina.offices.models import Office
from karyabina.stock.models import Lot

# First expired, first out; what does not expire goes after what does, the oldest first.
FIRST_EXPIRED = (F("expiry_date").asc(nulls_last=True), "made_date", "code")


class NotEnoughGoods(Refusal):
    """Fewer are there than were asked for; `have` and `wanted` in the product's measure."""

    def __init__(self, *, product: Product, have: int, wanted: int) -> None:
        self.product, self.have, self.wanted = product, have, wanted
        super().__init__(
            _(
                "%(product)s tidak cukup: diminta %(wanted)s, tersedia %(have)s. "
                "Tidak ada yang dicatat; kurangi jumlahnya."
            )
            % {
                "product": product.name,
                "wanted": quantity_text(wanted, product.measure),
                "have": quantity_text(have, product.measure),
            },
            field="quantity",
        )


@dataclass(frozen=True)
class LotAt:
    """Some pieces (grams, millilitres) of a lot at one place. Product and office are loaded."""

    lot: Lot
    quantity: int


@dataclass(frozen=True)
class Place:
    """Where some of a lot is: the kind and code of a ledger account, in words of the trade."""

    account: str
    quantity: int

    @property
    def kind(self) -> str:
        """store, transit, stand, difference or outside."""
        return self.account.split(":", 1)[0]

    @property
    def code(self) -> str:
        return self.account.split(":", 1)[1]


def store_of(office: Office) -> str:
    """The ledger account of an office's own store."""
    return f"store:{office.code}"


def lots_at(account: str) -> list[LotAt]:
    """The lots of which something is at `account`, first expired first. Two queries."""
    return _joined(
        {unit: n for (_, unit), n in ledger.balances([account]).items() if n > 0}, Lot.objects.all()
    )


def _joined(amounts: Mapping[str, int], lots: Iterable[Lot]) -> list[LotAt]:
    rows = (
        lots.filter(code__in=list(amounts))  # type: ignore[attr-defined]
        .select_related("product", "office")
        .order_by(*FIRST_EXPIRED)
    )
    return [LotAt(lot, amounts[lot.code]) for lot in rows]


LEFT = ("outside:buyer", "outside:broken", "outside:lost")
OUTSIDE = ("outside:workshop", "outside:world", *LEFT)  # everybody's; their home is the hub


def where_is(lot: Lot) -> list[Place]:
    """Where a lot's pieces are now, and those that left: sold, broken, lost. Constant queries.

    The quantities sum to what was made: a piece that is missing stands under `difference`, a
    sale that a device reported too late makes that place fall below zero.
    """
    inside = [Place(account, n) for account, n in ledger.holders(lot.code).items()]
    outside = [Place(account, ledger.balance(account, lot.code)) for account in LEFT]
    order = ("store", "transit", "stand", "difference", "outside")
    found = [place for place in [*inside, *outside] if place.quantity]
    return sorted(found, key=lambda place: (order.index(place.kind), place.account))


def pick(
    account: str, product: Product, quantity: int, *, good_on: date | None = None
) -> list[tuple[Lot, int]]:
    """Which lots of `product` at `account` make up `quantity`: first expired, first out.

    With `good_on`, lots that have expired by that day are passed over. Changes nothing: the
    caller holds the lock of the place. Refuses NotEnoughGoods.
    """
    chosen: list[tuple[Lot, int]] = []
    left = quantity
    there = [one for one in lots_at(account) if one.lot.product_id == product.pk]
    if good_on is not None:
        there = [one for one in there if not one.lot.expired_on(good_on)]
    for one in there:
        if left <= 0:
            break
        taken = min(left, one.quantity)
        chosen.append((one.lot, taken))
        left -= taken
    if left > 0 or quantity <= 0:
        raise NotEnoughGoods(
            product=product, have=sum(one.quantity for one in there), wanted=quantity
        )
    return chosen
