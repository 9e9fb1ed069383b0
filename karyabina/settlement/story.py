"""A movement's whole story: from a maker's premi back to the pieces sold and the hours worked."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from karyabina.consignment.models import Line
from karyabina.offices.models import OfficeSet
from karyabina.schemes.models import Scheme
from karyabina.settlement.models import LotResult, Premi, SettledRefund, SettledSale, Settlement
from karyabina.settlement.shares import weight_of
from karyabina.stock.models import Lot
from karyabina.till.models import RefundLine, SaleLine
from karyabina.workshop.models import Production


@dataclass(frozen=True)
class Fraction:
    """`total` × `part` ÷ `whole`, as it was rounded to the rupiah: `given`."""

    total: int
    part: int
    whole: int
    given: int

    @property
    def floor(self) -> int:
        return self.total * self.part // self.whole if self.whole else 0

    @property
    def is_exact(self) -> bool:
        return not self.whole or not self.total * self.part % self.whole

    @property
    def is_raised(self) -> bool:
        """One of the rupiah that were left over by rounding down came here."""
        return self.given > self.floor


@dataclass(frozen=True)
class Story:
    """Everything that led to one premi line. Rupiah, and the lot's own measure."""

    premi: Premi
    of_lot: Fraction  # this maker's work of all the work in the lot
    of_office: Fraction  # this lot's profit (or turnover) of all lots'
    colleagues: tuple[Premi, ...]  # all premi lines of the lot, this one among them
    production: Production
    journeys: tuple[Line, ...]

    @property
    def result(self) -> LotResult:
        return self.premi.result

    @property
    def lot(self) -> Lot:
        return self.result.lot

    @property
    def settlement(self) -> Settlement:
        return self.result.settlement

    @property
    def scheme(self) -> Scheme:
        return self.settlement.scheme

    @property
    def by_profit(self) -> bool:
        return self.scheme.base == Scheme.Base.PROFIT

    @property
    def profit(self) -> int:
        """Of the lot; below zero where it brought less than its material."""
        return self.result.turnover - self.result.cost

    @property
    def by_hours(self) -> bool:
        return self.production.basis == Production.Basis.HOURS


def find(key: UUID, offices: OfficeSet) -> Premi | None:
    """The premi line of that key, if its office is among these."""
    return (
        Premi.objects.filter(pk=key, result__settlement__office__in=offices)
        .select_related(
            "maker",
            "work__production",
            "result__lot__product",
            "result__lot__office",
            "result__settlement__office",
            "result__settlement__festival",
            "result__settlement__scheme",
            "result__settlement__by",
        )
        .first()
    )


def story(premi: Premi) -> Story:
    """Walk back from a premi line: four queries. Its sales are asked for apart, page by page."""
    result, settlement = premi.result, premi.result.settlement
    colleagues = tuple(
        Premi.objects.filter(result=result).select_related("maker", "work").order_by("maker__code")
    )
    weights = sum(
        weight_of(settlement.scheme, lot.turnover, lot.cost) for lot in settlement.lots.all()
    )
    journeys = (
        Line.objects.filter(
            lot=result.lot,
            consignment__stand__festival=settlement.festival,
            consignment__despatch__isnull=False,
        )
        .select_related(
            "consignment__stand", "consignment__despatch", "consignment__receipt", "count"
        )
        .order_by("consignment__despatch__at")
    )
    return Story(
        premi=premi,
        of_lot=Fraction(
            result.premi,
            premi.work.amount,
            sum(line.work.amount for line in colleagues),
            premi.amount,
        ),
        of_office=Fraction(
            settlement.premi,
            weight_of(settlement.scheme, result.turnover, result.cost),
            weights,
            result.premi,
        ),
        colleagues=colleagues,
        production=Production.objects.select_related("by").get(lot=result.lot),
        journeys=tuple(journeys),
    )


def sales_of(result: LotResult) -> QuerySet[SaleLine]:
    """The sale lines that this result shares, in the order in which they happened."""
    shared = SettledSale.objects.filter(settlement=result.settlement).values("line")
    return (
        SaleLine.objects.filter(pk__in=shared, lot=result.lot)
        .select_related("sale__shift__stand")
        .order_by("sale__occurred_at", "sale__number", "n")
    )


def refunds_of(result: LotResult) -> QuerySet[RefundLine]:
    """The refund lines that this result takes off, in the order in which they happened."""
    shared = SettledRefund.objects.filter(settlement=result.settlement).values("line")
    return (
        RefundLine.objects.filter(pk__in=shared, sale_line__lot=result.lot)
        .select_related("refund", "sale_line__sale__shift__stand")
        .order_by("refund__occurred_at")
    )
