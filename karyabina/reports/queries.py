"""A stand's day: what was sold when, of which office and kind. Summed by the database.

A day is the local day of the festival, by when the sales and refunds happened (`occurred_at`);
what is shared and booked follows other days and is reported elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour, TruncHour

from karyabina.base.times import local_day, start_of_day, zone
from karyabina.catalogue.models import Category
from karyabina.festivals.models import Festival, Participation, Stand
from karyabina.offices.models import Office, OfficeSet
from karyabina.till.models import Means, Refund, RefundLine, Sale, SaleLine


@dataclass
class Tally:
    """What was sold and what came back. Pieces by measure, amounts in rupiah."""

    sold: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    back: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    takings: int = 0
    given_back: int = 0

    @property
    def turnover(self) -> int:
        return self.takings - self.given_back

    @property
    def quantities(self) -> list[tuple[str, int]]:
        """Sold, by measure: pieces first, then grams, then millilitres."""
        return [(measure, self.sold[measure]) for measure in MEASURES if self.sold.get(measure)]

    @property
    def returns(self) -> list[tuple[str, int]]:
        return [(measure, self.back[measure]) for measure in MEASURES if self.back.get(measure)]

    def add(self, cell: "Cell") -> None:
        self.sold[cell.measure] += cell.sold
        self.back[cell.measure] += cell.back
        self.takings += cell.takings
        self.given_back += cell.given_back


MOST_DAYS = 31  # of a festival, to choose among
MEASURES = ("piece", "gram", "millilitre")


@dataclass(frozen=True)
class Cell:
    """What one office sold of one kind of goods, in one measure, within one hour of the clock."""

    office: Office
    category: str
    hour: int
    measure: str
    sold: int
    back: int
    takings: int
    given_back: int


@dataclass(frozen=True)
class Day:
    """One day at a stand; `offices` names those it is limited to, None means all goods."""

    stand: Stand
    on: date
    offices: tuple[Office, ...] | None
    cells: tuple[Cell, ...]
    receipts: int
    by_means: tuple[tuple[Means, int], ...]

    @property
    def festival(self) -> Festival:
        return self.stand.festival

    @property
    def total(self) -> Tally:
        tally = Tally()
        for cell in self.cells:
            tally.add(cell)
        return tally

    @property
    def by_office(self) -> list[tuple[Office, Tally]]:
        """The offices that sold something, the largest turnover first."""
        tallies: dict[UUID, Tally] = defaultdict(Tally)
        offices: dict[UUID, Office] = {}
        for cell in self.cells:
            tallies[cell.office.pk].add(cell)
            offices[cell.office.pk] = cell.office
        found = [(offices[pk], tally) for pk, tally in tallies.items()]
        return sorted(found, key=lambda pair: (-pair[1].turnover, pair[0].path))

    @property
    def by_category(self) -> list[tuple[Category, Tally]]:
        """The kinds of goods that were sold, the largest turnover first."""
        tallies: dict[str, Tally] = defaultdict(Tally)
        for cell in self.cells:
            tallies[cell.category].add(cell)
        found = [(Category(category), tally) for category, tally in tallies.items()]
        return sorted(found, key=lambda pair: (-pair[1].turnover, pair[0]))

    @property
    def by_hour(self) -> list[tuple[int, Tally]]:
        """Every hour from the first to the last in which something happened, idle ones too."""
        if not self.cells:
            return []
        hours = [cell.hour for cell in self.cells]
        tallies = {hour: Tally() for hour in range(min(hours), max(hours) + 1)}
        for cell in self.cells:
            tallies[cell.hour].add(cell)
        return list(tallies.items())

    @property
    def busiest(self) -> tuple[int, Tally] | None:
        """The hour that took most; the earlier one of equals."""
        sold = [pair for pair in self.by_hour if pair[1].takings]
        return max(sold, key=lambda pair: (pair[1].takings, -pair[0]), default=None)


# --- which stands --------------------------------------------------------------------------------
def stands(offices: OfficeSet) -> QuerySet[Stand]:
    """The stands that these offices hold, and those at festivals in which they take part."""
    return (
        Stand.objects.filter(
            Q(holder__in=offices)
            | Q(festival__in=Participation.objects.filter(office__in=offices).values("festival"))
        )
        .select_related("festival", "holder")
        .order_by("-festival__first_date", "code")
    )


def shown(stand: Stand, offices: OfficeSet) -> tuple[Office, ...] | None:
    """Whose goods somebody who reaches `offices` sees at this stand: None means everybody's.

    The holder answers for the stand and sees all of it; whoever only takes part sees its own.
    """
    if offices.filter(pk=stand.holder_id).exists():
        return None
    return tuple(offices.filter(participations__festival=stand.festival_id).order_by("path"))


def festivals(offices: OfficeSet) -> QuerySet[Festival]:
    """The festivals at which these offices hold a stand or take part, the newest first."""
    return Festival.objects.filter(
        Q(stands__holder__in=offices) | Q(participations__office__in=offices)
    ).distinct()


def days_of(festival: Festival, at: datetime, also: Iterable[date] = ()) -> list[date]:
    """The days of a festival that have begun by then, and those `also` on which something happened
    (see `days_outside`): the latest thirty-one, in order."""
    last = min(festival.last_date, local_day(at, festival.time_zone))
    many = min((last - festival.first_date).days + 1, MOST_DAYS)
    own = {last - timedelta(days=n) for n in range(many)}
    return sorted(own.union(also))[-MOST_DAYS:]


def days_outside(festivals: Sequence[Festival]) -> dict[UUID, set[date]]:
    """Festival → the local days before it began or after it ended on which something was sold or
    brought back all the same, at a stand that was open. Two queries."""
    zones = {one.pk: one.time_zone for one in festivals}
    outside = Q(pk__in=())
    for one in festivals:
        begin, end = start_of_day(one.first_date, one.time_zone), one.last_date
        outside |= Q(shift__stand__festival=one, occurred_at__lt=begin)
        outside |= Q(
            shift__stand__festival=one,
            occurred_at__gte=start_of_day(end, one.time_zone) + timedelta(days=1),
        )
    found: dict[UUID, set[date]] = defaultdict(set)
    for documents in (Sale.objects, Refund.objects):
        hours = (
            documents.filter(outside).order_by().annotate(hour=TruncHour("occurred_at", tzinfo=UTC))
        )
        for festival, hour in hours.values_list("shift__stand__festival", "hour").distinct():
            found[festival].add(local_day(hour, zones[festival]))
    return found


# --- the day -------------------------------------------------------------------------------------
def _span(stand: Stand, on: date) -> tuple[datetime, datetime]:
    where = stand.festival.time_zone
    return start_of_day(on, where), start_of_day(on + timedelta(days=1), where)


def day(stand: Stand, on: date, offices: tuple[Office, ...] | None = None) -> Day:
    """What happened at a stand on a local day: five queries, however much was sold."""
    begin, end = _span(stand, on)
    clock = zone(stand.festival.time_zone)
    sales = SaleLine.objects.filter(
        sale__shift__stand=stand, sale__occurred_at__gte=begin, sale__occurred_at__lt=end
    )
    refunds = RefundLine.objects.filter(
        refund__shift__stand=stand, refund__occurred_at__gte=begin, refund__occurred_at__lt=end
    )
    if offices is not None:
        sales = sales.filter(lot__office__in=offices)
        refunds = refunds.filter(sale_line__lot__office__in=offices)
    sums: dict[tuple[UUID, str, int, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for n, query, lot, when in (
        (0, sales, "lot", "sale__occurred_at"),
        (1, refunds, "sale_line__lot", "refund__occurred_at"),
    ):
        rows = (
            query.order_by()
            .annotate(hour=ExtractHour(when, tzinfo=clock))
            .values_list(
                f"{lot}__office", f"{lot}__product__category", "hour", f"{lot}__product__measure"
            )
            .annotate(pieces=Sum("quantity"), rupiah=Sum("amount"))
        )
        for office, category, hour, measure, pieces, rupiah in rows:
            cell = sums[office, category, hour, measure]
            cell[n], cell[n + 2] = pieces, rupiah
    known = Office.objects.in_bulk({key[0] for key in sums})
    means = dict(sales.order_by().values_list("sale__means").annotate(rupiah=Sum("amount")))
    return Day(
        stand=stand,
        on=on,
        offices=offices,
        cells=tuple(
            Cell(known[office], category, hour, measure, *sums[office, category, hour, measure])
            for office, category, hour, measure in sorted(
                sums, key=lambda key: (known[key[0]].path, key[1:])
            )
        ),
        receipts=sales.aggregate(n=Count("sale", distinct=True))["n"],
        by_means=tuple((one, means[one]) for one in Means if one in means),
    )
