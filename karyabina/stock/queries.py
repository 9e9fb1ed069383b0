"""Which lots are where, and which of them to take first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from karyabina.base.refusal import Refusal
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.catalogue.models import Product
from karyabina.ledger import queries as ledger
from karyabina.ledger.models import RUPIAH
from karyabina.offices.models import Office
from karyabina.stock.models import Lot

SOON = timedelta(days=7)
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

    @property
    def name(self) -> str:
        return place_name(self.account)

    @property
    def good(self) -> bool:
        """Still there as goods, neither missing nor gone."""
        return self.kind in {"store", "transit", "stand"}


def place_name(account: str) -> str:
    """A ledger account of goods in the words of the trade: gudang KLB, gerai GERAINTT, terjual."""
    kind, _colon, code = account.partition(":")
    match kind:
        case "store":
            return _("gudang %(code)s") % {"code": code}
        case "transit":
            return _("di jalan, titipan %(code)s") % {"code": code}
        case "stand":
            return _("gerai %(code)s") % {"code": code}
        case "difference":
            return _("selisih %(code)s") % {"code": code}
    return {
        "outside:buyer": _("pembeli"),
        "outside:broken": _("rusak"),
        "outside:lost": _("hilang"),
        "outside:workshop": _("bengkel kerja"),
    }.get(account, account)


def store_of(office: Office) -> str:
    """The ledger account of an office's own store."""
    return f"store:{office.code}"


def lots_at(account: str) -> list[LotAt]:
    """The lots of which something is at `account`, first expired first. Two queries."""
    return _shelved(ledger.balances([account]))[account]


def lots_ever_at(accounts: Iterable[str]) -> dict[str, list[LotAt]]:
    """Account → the lots that have been there, also those of which nothing is left. Two queries."""
    return _shelved(ledger.ever_held(accounts))


def _shelved(amounts: Mapping[tuple[str, str], int]) -> dict[str, list[LotAt]]:
    """Amounts by (account, lot code) with the lots themselves, product and office loaded."""
    codes = {unit for _account, unit in amounts}
    rows = Lot.objects.filter(code__in=codes).select_related("product", "office")
    found: dict[str, list[LotAt]] = defaultdict(list)
    accounts = {account for account, _unit in amounts}
    for lot in rows.order_by(*FIRST_EXPIRED):
        for account in accounts:
            quantity = amounts.get((account, lot.code))
            if quantity is not None:
                found[account].append(LotAt(lot, quantity))
    return found


@dataclass(frozen=True)
class Shelf:
    """A lot with the places of one kind where some of it is: one row of the store's board."""

    lot: Lot
    places: list[Place]
    today: date

    @property
    def quantity(self) -> int:
        return sum(place.quantity for place in self.places)

    @property
    def expiry(self) -> str:
        return expiry_state(self.lot, self.today)


def expiry_state(lot: Lot, today: date) -> str:
    """past, soon (within a week) or nothing."""
    if lot.expired_on(today):
        return "past"
    return "soon" if lot.expired_on(today + SOON) else ""


KINDS_OF_PLACE = ("store", "transit", "stand", "difference")


def held(offices: Iterable[Office]) -> dict[str, dict[str, list[Place]]]:
    """Kind of place → lot code → places, of the goods of these offices. Three queries.

    A lot's code begins with its office's code, so that goods elsewhere are told by it.
    """
    codes = [office.code for office in offices]
    amounts = ledger.balances(
        [f"{kind}:{code}" for kind in ("store", "difference") for code in codes]
    )
    for prefix in ("transit:", "stand:"):
        amounts |= ledger.balances(prefix=prefix)
    found: dict[str, dict[str, list[Place]]] = {kind: {} for kind in KINDS_OF_PLACE}
    own = set(codes)
    for (account, unit), quantity in amounts.items():
        if unit != RUPIAH and unit.partition("-")[0] in own:
            place = Place(account, quantity)
            found[place.kind].setdefault(unit, []).append(place)
    return found


def find(
    lots: Iterable[str], words: str = "", office: str = "", category: str = ""
) -> QuerySet[Lot]:
    """Of the lots with these codes those that fit, first expired first; all is loaded with them."""
    found = Lot.objects.filter(code__in=list(lots)).select_related("product", "office")
    if office:
        found = found.filter(office__code=office)
    if category:
        found = found.filter(product__category=category)
    for word in words.split()[:8]:
        found = found.filter(Q(product__name__icontains=word) | Q(code__icontains=word))
    return found.order_by(*FIRST_EXPIRED)


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


@dataclass(frozen=True)
class Step:
    """One movement of a lot, or several alike of one day, told in words of the trade."""

    line: ledger.Line  # the latest of them
    amount: int
    times: int
    first_at: datetime
    names: tuple[str, ...]  # who recorded them

    @property
    def source(self) -> str:
        return place_name(self.line.source)

    @property
    def target(self) -> str:
        return place_name(self.line.target)

    @property
    def lost(self) -> bool:
        """These pieces broke, are missing or are gone for good."""
        return self.line.target.startswith(("difference:", "outside:broken", "outside:lost"))

    @property
    def title(self) -> str:
        if self.line.kind in {"receipt", "return_receipt"} and self.lost:
            missing = self.line.target.startswith("difference:")
            return _("Kurang saat diterima") if missing else _("Rusak saat diterima")
        return {
            "production": _("Dibuat"),
            "despatch": _("Dikirim"),
            "receipt": _("Diterima di gerai"),
            "return_despatch": _("Dikirim kembali"),
            "return_receipt": _("Diterima kembali"),
            "breakage": _("Rusak"),
            "loss": _("Dinyatakan hilang"),
            "found": _("Ditemukan kembali"),
            "sale": _("Terjual"),
            "refund": _("Dikembalikan pembeli"),
            "reversal": _("Dibatalkan"),
        }.get(self.line.kind, self.line.kind)


def steps(lines: Iterable[ledger.Line]) -> list[Step]:
    """Movements, newest first, as steps: those alike that follow each other on a day are one."""
    found: list[Step] = []
    for line in lines:
        last = found[-1] if found else None
        if last and _alike(last.line) == _alike(line):
            names = tuple(dict.fromkeys([*last.names, line.by_name]))
            amount, times = last.amount + line.amount, last.times + 1
            found[-1] = Step(last.line, amount, times, line.occurred_at, names)
        else:
            found.append(Step(line, line.amount, 1, line.occurred_at, (line.by_name,)))
    return found


def _alike(line: ledger.Line) -> tuple[object, ...]:
    return (line.kind, line.source, line.target, line.note, line.occurred_at.date())
