"""Who made what: productions with their makers, by code only."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from karyabina.base.money import number_text, share
from karyabina.makers.models import Maker
from karyabina.offices.models import OfficeSet
from karyabina.schemes.models import percent
from karyabina.stock.models import Lot
from karyabina.workshop.models import Production, Work


@dataclass(frozen=True)
class Part:
    """One maker's part in a production: minutes or pieces, and how many hundredths of it all."""

    maker: Maker
    amount: int
    hundredths: int
    basis: str

    @property
    def text(self) -> str:
        return amount_text(self.amount, self.basis)

    @property
    def percent(self) -> str:
        return percent(self.hundredths)


def amount_text(amount: int, basis: str) -> str:
    """7 jam 30 menit, or 12 buah."""
    if basis == Production.Basis.PIECES:
        pieces = ngettext("%(n)s buah", "%(n)s buah", amount)
        return pieces % {"n": number_text(amount)}
    hours, rest = divmod(amount, 60)
    if not rest:
        whole = ngettext("%(hours)s jam", "%(hours)s jam", hours)
        return whole % {"hours": number_text(hours)}
    return _("%(hours)s jam %(minutes)s menit") % {"hours": number_text(hours), "minutes": rest}


def productions(offices: OfficeSet) -> QuerySet[Production]:
    """What these offices made, newest first, with lot, product and the number of makers."""
    return (
        Production.objects.filter(office__in=offices)
        .select_related("lot__product", "office")
        .annotate(makers=Count("works"))
        .order_by("-at", "-entry")
    )


def search(offices: OfficeSet, words: str = "", office: str = "") -> QuerySet[Production]:
    """Of `productions` those of one office, or whose product or lot holds all the words."""
    found = productions(offices)
    if office:
        found = found.filter(office__code=office)
    for word in words.split()[:8]:
        found = found.filter(Q(lot__product__name__icontains=word) | Q(lot__code__icontains=word))
    return found


def production_of(lot: Lot) -> Production | None:
    """The production that made a lot."""
    return Production.objects.select_related("office", "by").filter(lot=lot).first()


def parts(production: Production) -> list[Part]:
    """The makers of a production by code, each with their part. One query."""
    works = list(Work.objects.filter(production=production).select_related("maker"))
    shares = share(10_000, [work.amount for work in works])
    return [
        Part(work.maker, work.amount, hundredths, production.basis)
        for work, hundredths in zip(works, shares, strict=True)
    ]


def works_of(lots: list[UUID]) -> dict[UUID, list[Work]]:
    """The works of many lots at once, by lot, makers in the order of their codes. One query."""
    found: dict[UUID, list[Work]] = {lot: [] for lot in lots}
    rows = Work.objects.filter(production__lot__in=lots).select_related("maker", "production")
    for work in rows.order_by("maker__code"):
        found[work.production.lot_id].append(work)
    return found


def worked(production: Production) -> int:
    """All minutes or pieces of a production together."""
    return Work.objects.filter(production=production).aggregate(n=Sum("amount"))["n"] or 0
