"""Which festivals and stands there are, and what stands on a stand now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from karyabina.base.band import svg, weave
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.base.times import local_day
from karyabina.catalogue.models import Category, Measure, Price, Product
from karyabina.catalogue.queries import prices_at
from karyabina.festivals.models import Festival, Participation, Stand
from karyabina.offices.models import Office, OfficeSet
from karyabina.stock.queries import LotAt, lots_ever_at

FEW = 5  # so many pieces or fewer are "the last ones"
SHELVES = list(Category.values)


# --- festivals and who takes part -----------------------------------------------------------------
def festivals() -> QuerySet[Festival]:
    """All festivals, the latest first, with how many offices take part and how many stands."""
    return (
        Festival.objects.select_related("organiser")
        .annotate(
            offices=Count("participations", distinct=True), places=Count("stands", distinct=True)
        )
        .order_by("-first_date", "name")
    )


def takes_part(festival: Festival, office: Office) -> bool:
    return Participation.objects.filter(festival=festival, office=office).exists()


def participants(festival: Festival) -> QuerySet[Participation]:
    """The offices that take part, in the order of the tree."""
    return festival.participations.select_related("office").order_by("office__path")


def may_take_part(festival: Festival) -> OfficeSet:
    """The offices below the organiser that make goods, invited or not."""
    making = [kind for kind in Office.Kind if Office(kind=kind).makes_goods]
    return Office.objects.below(festival.organiser).filter(kind__in=making)


def to_invite(festival: Festival) -> OfficeSet:
    """The offices that may still be invited."""
    return may_take_part(festival).exclude(participations__festival=festival)


def stands_of(festival: Festival) -> QuerySet[Stand]:
    """The stands of a festival with their holders and, where closed, their closures."""
    return festival.stands.select_related("holder", "closure__by", "festival__organiser")


def now_or_last(today: date) -> Festival | None:
    """The festival that runs on `today`; else the next one to come; else the last one that was."""
    festivals = Festival.objects.select_related("organiser")
    running = festivals.filter(first_date__lte=today, last_date__gte=today)
    coming = festivals.filter(first_date__gt=today).order_by("first_date", "name")
    return running.first() or coming.first() or festivals.first()


def beside(festival: Festival, today: date, most: int = 6) -> list[Festival]:
    """The other festivals that run or come, the nearest first, with their stands."""
    others = Festival.objects.filter(last_date__gte=today).exclude(pk=festival.pk)
    return list(others.prefetch_related("stands").order_by("first_date", "name")[:most])


def before(festival: Festival, today: date, most: int = 3) -> list[Festival]:
    """The other festivals that are over, the latest first, with their stands."""
    earlier = Festival.objects.filter(last_date__lt=today).exclude(pk=festival.pk)
    return list(earlier.prefetch_related("stands").order_by("-last_date", "name")[:most])


def phase(festival: Festival, at: datetime) -> str:
    """coming, running or over, by the festival's own clock."""
    today = local_day(at, festival.time_zone)
    if today < festival.first_date:
        return "coming"
    return "running" if today <= festival.last_date else "over"


# --- goods on a stand -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Goods:
    """One product as it stands on a stand, for everybody to see. Nothing of who made it."""

    product: Product
    quantity: int  # in the product's measure, over all its lots that may still be sold
    first_expiry: date | None
    price: Price | None

    @property
    def per(self) -> str:
        """What the price is for, where that is not one piece: kg, 500 g, liter, 12 buah."""
        if self.price is None or (self.product.measure == Measure.PIECE and self.price.per == 1):
            return ""
        large = {Measure.GRAM: _("kg"), Measure.MILLILITRE: _("liter")}.get(self.product.measure)
        if large and self.price.per == 1_000:
            return large
        return quantity_text(self.price.per, self.product.measure)

    @property
    def edge_height(self) -> int:
        """Of the office's woven band, which the page draws once and every card repeats."""
        return weave(self.product.office.code).height

    @property
    def stock(self) -> str:
        """there, few (only the last pieces are left) or gone."""
        if self.quantity <= 0:
            return "gone"
        few = self.product.measure == Measure.PIECE and self.quantity <= FEW
        return "few" if few else "there"


@dataclass(frozen=True)
class Origin:
    """An office whose goods are on a stand, and how many products."""

    office: Office
    count: int

    @property
    def band(self) -> SafeString:
        """Its woven band, drawn under a name by which the cards repeat it."""
        return svg(self.office.code, identifier=f"asal-{self.office.code}")


@dataclass(frozen=True)
class Shop:
    """A stand as the public sees it: its goods, and whether it is still open."""

    stand: Stand
    closed_at: datetime | None
    goods: list[Goods]

    @property
    def there(self) -> int:
        """How many different products can be bought now."""
        return sum(one.quantity > 0 for one in self.goods)

    def count(self, category: str) -> int:
        return sum(one.product.category == category for one in self.goods)

    @property
    def shelves(self) -> list[tuple[str, int]]:
        """Each category of which there is something, with how many products."""
        return [(shelf, n) for shelf in SHELVES if (n := self.count(shelf))]

    @property
    def origins(self) -> list[Origin]:
        """The offices whose goods are here, in the order of the tree."""
        counts: dict[UUID, int] = {}
        offices: dict[UUID, Office] = {}
        for one in self.goods:
            office = one.product.office
            offices[office.pk] = office
            counts[office.pk] = counts.get(office.pk, 0) + 1
        order = sorted(offices.values(), key=lambda office: office.path)
        return [Origin(office, counts[office.pk]) for office in order]


def shops(stands: Sequence[Stand], at: datetime) -> list[Shop]:
    """The given stands (with `festival` and `closure` loaded) and their goods at that instant.

    Prices are those of the instant, of a closed stand those of its closing. Lots that have
    expired by the festival's local day cannot be bought and count as gone. Three queries, one
    more for each closed stand, however many goods there are.
    """
    lots = lots_ever_at([stand.account for stand in stands])
    closed = {stand.pk: getattr(stand, "closure", None) for stand in stands}
    products = _products(one for there in lots.values() for one in there)
    prices = prices_at(products.values(), at) if products else {}
    found = []
    for stand in stands:
        closure = closed[stand.pk]
        there = lots.get(stand.account, [])
        if closure:
            own = {one.lot.product_id: products[one.lot.product_id] for one in there}
            then = prices_at(own.values(), closure.at)
        else:
            then = prices
        today = local_day(at, stand.festival.time_zone)
        goods = _goods(there, products, then, today)
        found.append(Shop(stand, closure.at if closure else None, goods))
    return found


def _products(lots: Iterable[LotAt]) -> dict[UUID, Product]:
    products: dict[UUID, Product] = {}
    for one in lots:
        product = products.setdefault(one.lot.product_id, one.lot.product)
        product.office = one.lot.office
    return products


def _goods(
    lots: Iterable[LotAt],
    products: dict[UUID, Product],
    prices: dict[UUID, Price],
    today: date,
) -> list[Goods]:
    by_product: dict[UUID, list[LotAt]] = {}
    for one in lots:
        by_product.setdefault(one.lot.product_id, []).append(one)
    goods = []
    for key, all_lots in by_product.items():
        good = [one for one in all_lots if one.quantity > 0 and not one.lot.expired_on(today)]
        expiries = [one.lot.expiry_date for one in good if one.lot.expiry_date]
        goods.append(
            Goods(
                product=products[key],
                quantity=sum(one.quantity for one in good),
                first_expiry=min(expiries, default=None),
                price=prices.get(key),
            )
        )
    return sorted(
        goods,
        key=lambda one: (
            SHELVES.index(one.product.category),
            one.quantity <= 0,
            one.product.office.path,
            one.product.name,
        ),
    )


def matching(goods: Iterable[Goods], words: str, category: str, office: str) -> list[Goods]:
    """The goods of one category and office that hold all the words in their or its name."""
    wanted = [word.casefold() for word in words.split()[:8]]
    return [
        one
        for one in goods
        if category in ("", one.product.category)
        and office in ("", one.product.office.code)
        and all(word in _text(one).casefold() for word in wanted)
    ]


def _text(one: Goods) -> str:
    return f"{one.product.name} {one.product.office.name} {one.product.office.island}"
