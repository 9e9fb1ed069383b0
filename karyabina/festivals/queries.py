"""Which festivals and stands there are, and what stands on a stand now."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, QuerySet

from karyabina.base.times import local_day
from karyabina.catalogue.models import Category, Price, Product
from karyabina.catalogue.queries import prices_at
from karyabina.festivals.models import Festival, Participation, Stand
from karyabina.ledger import queries as ledger
from karyabina.offices.models import Office, OfficeSet
from karyabina.stock.queries import LotAt, lots_at

FEW = 5  # so many pieces or fewer are "the last ones"


def festivals() -> QuerySet[Festival]:
    """All festivals, the latest first, with how many offices take part and how many stands."""
    return Festival.objects.select_related("organiser").annotate(
        offices=Count("participations", distinct=True), places=Count("stands", distinct=True)
    )


def takes_part(festival: Festival, office: Office) -> bool:
    return Participation.objects.filter(festival=festival, office=office).exists()


def to_invite(festival: Festival) -> OfficeSet:
    """The offices that may still be invited: below the organiser, making goods, not yet there."""
    making = [kind for kind in Office.Kind if Office(kind=kind).makes_goods]
    return (
        Office.objects.below(festival.organiser)
        .filter(kind__in=making)
        .exclude(participations__festival=festival)
    )


def stands_of(festival: Festival) -> QuerySet[Stand]:
    """The stands of a festival with their holders and, where closed, their closures."""
    return festival.stands.select_related("holder", "closure")


def now_or_last(today: date) -> Festival | None:
    """The festival that runs on `today`; else the next one to come; else the last one that was."""
    running = Festival.objects.filter(first_date__lte=today, last_date__gte=today)
    coming = Festival.objects.filter(first_date__gt=today).order_by("first_date", "name")
    return running.first() or coming.first() or Festival.objects.first()


@dataclass(frozen=True)
class Goods:
    """One product as it stands on a stand now, for everybody to see. Nothing of who made it."""

    product: Product
    quantity: int  # in the product's measure, over all its lots
    first_expiry: date | None
    price: Price | None

    @property
    def few(self) -> bool:
        """Only the last pieces are left (of goods counted in pieces)."""
        return self.product.measure == "piece" and self.quantity <= FEW


def goods_on(stand: Stand, at: datetime) -> list[Goods]:
    """What is for sale on a stand: by category, office and name; prices of that instant.

    Lots that have expired by the festival's local day are left out: they are not sold. Three
    queries however many goods there are.
    """
    today = local_day(at, stand.festival.time_zone)
    there: dict[object, list[LotAt]] = {}
    for one in lots_at(stand.account):
        if not one.lot.expired_on(today):
            there.setdefault(one.lot.product_id, []).append(one)
    products = {pk: lots[0].lot.product for pk, lots in there.items()}
    offices = {lots[0].lot.office_id: lots[0].lot.office for lots in there.values()}
    for product in products.values():
        product.office = offices[product.office_id]
    prices = prices_at(list(products.values()), at)
    shelf = list(Category.values)
    goods = [
        Goods(
            product=products[pk],
            quantity=sum(one.quantity for one in lots),
            first_expiry=min(
                (one.lot.expiry_date for one in lots if one.lot.expiry_date), default=None
            ),
            price=prices.get(pk),
        )
        for pk, lots in there.items()
    ]
    return sorted(
        goods,
        key=lambda one: (
            shelf.index(one.product.category),
            one.product.office.path,
            one.product.name,
        ),
    )


def kinds_on(stands: list[Stand]) -> dict[str, int]:
    """Stand code → how many lots stand there now, for all the given stands in one query."""
    held = ledger.balances([stand.account for stand in stands])
    counts = {stand.code: 0 for stand in stands}
    for account, _unit in held:
        counts[account.removeprefix("stand:")] += 1
    return counts


def participants(festival: Festival) -> QuerySet[Participation]:
    """The offices that take part, in the order of the tree."""
    return festival.participations.select_related("office").order_by(F("office__path"))
