"""What waits to be shared, what a settlement would post, and what was posted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from karyabina.base.times import local_day
from karyabina.festivals.models import Festival, Participation
from karyabina.offices.models import Office, OfficeSet
from karyabina.schemes.models import Scheme
from karyabina.schemes.queries import scheme_for
from karyabina.settlement.models import LotResult, SettledRefund, SettledSale, Settlement
from karyabina.settlement.shares import Shares, Sold, shares
from karyabina.stock.models import Lot
from karyabina.till.models import RefundLine, SaleLine
from karyabina.workshop.queries import works_of


def waiting_sales() -> QuerySet[SaleLine]:
    """Sale lines that no settlement has shared yet."""
    return SaleLine.objects.filter(~Exists(SettledSale.objects.filter(line=OuterRef("pk"))))


def waiting_refunds() -> QuerySet[RefundLine]:
    """Refund lines that no settlement has taken off yet."""
    return RefundLine.objects.filter(~Exists(SettledRefund.objects.filter(line=OuterRef("pk"))))


@dataclass(frozen=True)
class Line:
    """One waiting line, of a sale or of a refund; `sold_at` is when the goods were sold, `late`
    says of a refund that its sale has been shared already."""

    key: UUID
    lot: UUID
    quantity: int
    amount: int
    sold_at: datetime
    late: bool = False


@dataclass
class Group:
    """The waiting lines that fall under one scheme, by the day on which the goods were sold."""

    scheme: Scheme
    first_date: date
    sales: list[Line] = field(default_factory=list)
    refunds: list[Line] = field(default_factory=list)

    @property
    def turnover(self) -> int:
        return sum(line.amount for line in self.sales) - sum(line.amount for line in self.refunds)


@dataclass(frozen=True)
class Waiting:
    """Lines that this settlement leaves: those of another scheme, or refunds without sales."""

    scheme: Scheme
    turnover: int
    lines: int

    @property
    def comes_next(self) -> bool:
        """A settlement of its own will take them; otherwise they wait for further sales."""
        return self.turnover > 0


@dataclass(frozen=True)
class Preview:
    """What a settlement of this office and festival would post now.

    `shares` is None when there is nothing to share. `fingerprint` stands for exactly these
    lines and sums: whoever settles says which ones were seen.
    """

    office: Office
    festival: Festival
    shares: Shares | None
    sales: tuple[UUID, ...]
    refunds: tuple[UUID, ...]
    waiting: tuple[Waiting, ...]

    @property
    def fingerprint(self) -> str:
        if self.shares is None:
            return ""
        parts = self.shares
        text = "|".join(
            (
                str(parts.scheme.pk),
                *map(str, (parts.turnover, parts.cost, parts.premi, parts.capital, parts.state)),
                *sorted(map(str, self.sales)),
                *sorted(map(str, self.refunds)),
            )
        )
        return sha256(text.encode()).hexdigest()


def _lines(office: Office, festival: Festival) -> tuple[list[Line], list[Line]]:
    """All waiting lines: sales, refunds. Refunds are read first: whoever refunds a sale while we
    read cannot then show us the refund without its sale."""
    refunds = [
        Line(*row)
        for row in waiting_refunds()
        .filter(sale_line__lot__office=office, sale_line__sale__shift__stand__festival=festival)
        .annotate(late=Exists(SettledSale.objects.filter(line=OuterRef("sale_line"))))
        .order_by("pk")
        .values_list(
            "pk", "sale_line__lot", "quantity", "amount", "sale_line__sale__occurred_at", "late"
        )
    ]
    sales = [
        Line(*row)
        for row in waiting_sales()
        .filter(lot__office=office, sale__shift__stand__festival=festival)
        .order_by("pk")
        .values_list("pk", "lot", "quantity", "amount", "sale__occurred_at")
    ]
    return sales, refunds


def _groups(office: Office, festival: Festival) -> list[Group]:
    """Waiting lines by the scheme of the day of sale, the earliest day first.

    A refund stays with its sale while that waits. A late one, whose sale has been shared, is
    taken off by the first group that stays above zero with it, that of its own scheme before
    others: a scheme that has ended gets no more sales. Where none does, it waits under its own.
    Refuses NoScheme. One query a day of sale beside the two for the lines.
    """
    sales, refunds = _lines(office, festival)
    schemes: dict[date, Scheme] = {}
    groups: dict[UUID, Group] = {}

    def group(line: Line) -> Group:
        day = local_day(line.sold_at, festival.time_zone)
        if day not in schemes:
            schemes[day] = scheme_for(office, day)
        found = groups.setdefault(schemes[day].pk, Group(schemes[day], day))
        found.first_date = min(found.first_date, day)
        return found

    for line in sales:
        group(line).sales.append(line)
    for line in refunds:
        if not line.late:
            group(line).refunds.append(line)
    dated = sorted(groups.values(), key=lambda one: (one.first_date, one.scheme.pk))
    for line in (line for line in refunds if line.late):
        own = group(line)
        bearing = (one for one in (own, *dated) if one.turnover > line.amount)
        next(bearing, own).refunds.append(line)
    return sorted(
        (one for one in groups.values() if one.sales or one.refunds),
        key=lambda one: (one.first_date, one.scheme.pk),
    )


def _sold(group: Group) -> list[Sold]:
    """The group's lines, lot by lot: three queries."""
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for n, lines in ((0, group.sales), (1, group.refunds)):
        for line in lines:
            sums[line.lot][n] += line.quantity
            sums[line.lot][n + 2] += line.amount
    before = dict(
        LotResult.objects.filter(lot__in=list(sums))
        .order_by()
        .values_list("lot")
        .annotate(pieces=Sum("quantity"))
    )
    works = works_of(list(sums))
    return [
        Sold(lot, tuple(works[lot.pk]), before.get(lot.pk, 0), *sums[lot.pk])
        for lot in Lot.objects.filter(pk__in=list(sums)).select_related("product")
    ]


def preview(office: Office, festival: Festival) -> Preview:
    """What `settle` would post now: the group of the earliest day that has something to share.

    Refuses NoScheme when a day of sale has no scheme in force.
    """
    groups = _groups(office, festival)
    chosen = next((group for group in groups if group.turnover > 0), None)
    return Preview(
        office=office,
        festival=festival,
        shares=shares(chosen.scheme, _sold(chosen)) if chosen else None,
        sales=tuple(line.key for line in chosen.sales) if chosen else (),
        refunds=tuple(line.key for line in chosen.refunds) if chosen else (),
        waiting=tuple(
            Waiting(group.scheme, group.turnover, len(group.sales) + len(group.refunds))
            for group in groups
            if group is not chosen
        ),
    )


def waiting(office: Office, festival: Festival) -> int:
    """Rupiah of this office that wait to be shared; 0 also where refunds outweigh the sales."""
    sold = waiting_sales().filter(lot__office=office, sale__shift__stand__festival=festival)
    refunded = waiting_refunds().filter(
        sale_line__lot__office=office, sale_line__sale__shift__stand__festival=festival
    )
    sums = [query.aggregate(sum=Sum("amount"))["sum"] or 0 for query in (sold, refunded)]
    return max(sums[0] - sums[1], 0)


@dataclass(frozen=True)
class Standing:
    """How far the sharing of one office's proceeds at one festival is. Rupiah."""

    participation: Participation
    turnover: int  # sales less refunds
    settled: int

    @property
    def office(self) -> Office:
        return self.participation.office

    @property
    def festival(self) -> Festival:
        return self.participation.festival

    @property
    def waiting(self) -> int:
        """Still to share; below zero when more was refunded since than sold."""
        return self.turnover - self.settled


def participations(offices: OfficeSet) -> QuerySet[Participation]:
    """Offices at festivals within reach, the newest festival first."""
    return (
        Participation.objects.filter(office__in=offices)
        .select_related("office", "festival")
        .order_by("-festival__first_date", "festival__code", "office__path")
    )


def named(rows: QuerySet[Participation], word: str) -> QuerySet[Participation]:
    """Those whose office or festival has this word in its name or is of this code."""
    return rows.filter(
        Q(office__name__icontains=word)
        | Q(office__code__iexact=word)
        | Q(festival__name__icontains=word)
        | Q(festival__code__iexact=word)
    )


def standings(rows: Sequence[Participation]) -> list[Standing]:
    """How far each of these is: three queries, however many there are."""
    offices = {row.office_id for row in rows}
    festivals = {row.festival_id for row in rows}
    sums: dict[tuple[UUID, UUID], list[int]] = defaultdict(lambda: [0, 0, 0])
    asked = (
        SaleLine.objects.filter(
            lot__office__in=offices, sale__shift__stand__festival__in=festivals
        ).values_list("lot__office", "sale__shift__stand__festival"),
        RefundLine.objects.filter(
            sale_line__lot__office__in=offices,
            sale_line__sale__shift__stand__festival__in=festivals,
        ).values_list("sale_line__lot__office", "sale_line__sale__shift__stand__festival"),
    )
    for n, query in enumerate(asked):
        for office, festival, amount in query.order_by().annotate(sum=Sum("amount")):
            sums[office, festival][n] = amount
    for office, festival, amount in (
        Settlement.objects.filter(office__in=offices, festival__in=festivals)
        .order_by()
        .values_list("office", "festival")
        .annotate(sum=Sum("turnover"))
    ):
        sums[office, festival][2] = amount
    found = []
    for row in rows:
        sold, refunded, settled = sums[row.office_id, row.festival_id]
        found.append(Standing(row, sold - refunded, settled))
    return found


def settlements(office: Office, festival: Festival) -> QuerySet[Settlement]:
    """What was posted for this office and festival, the newest first."""
    return Settlement.objects.filter(office=office, festival=festival).select_related(
        "office", "festival", "scheme", "by"
    )
