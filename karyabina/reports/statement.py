"""The statement of one office at one festival: what became of its goods and of its money.

Each lot's pieces are counted from the documents (consignments, sales, refunds, breakages) and
checked against the ledger; amounts are rupiah, quantities in the product's measure.
"""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from karyabina.consignment.models import Clearance, Consignment, Count, Line, Receipt
from karyabina.festivals.models import Festival, Participation, Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger.models import RUPIAH
from karyabina.offices.models import Office, OfficeSet
from karyabina.settlement.models import Settlement
from karyabina.settlement.queries import settlements
from karyabina.stock.models import Breakage, Lot
from karyabina.till.models import Means, RefundLine, SaleLine

OUT = Consignment.Direction.OUT


@dataclass
class Counts:
    """Where the pieces of a lot went. All but `handed` add up to `handed` (see `fits`)."""

    handed: int = 0  # despatched to a stand
    received: int = 0  # counted in good order at the stand
    travelling: int = 0  # despatched, not yet counted
    sold: int = 0
    refunded: int = 0  # of `sold`, brought back by the buyer
    spoilt: int = 0  # of `refunded`, not fit for sale again
    sent_back: int = 0  # despatched from the stand to the office
    home: int = 0  # counted in good order at the office, or found there
    found: int = 0  # missing at the stand, found there later
    broken: int = 0  # on the way or on the stand
    lost: int = 0
    missing: int = 0  # nobody has said yet what became of them

    @property
    def net(self) -> int:
        """Sold and kept by the buyer."""
        return self.sold - self.refunded

    @property
    def wasted(self) -> int:
        """Broken on the way, on the stand, or in the buyer's hands."""
        return self.broken + self.spoilt

    @property
    def on_stand(self) -> int:
        return (
            self.handed
            - self.travelling
            - self.net
            - self.home
            - self.wasted
            - self.lost
            - self.missing
        )

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts))
        )


@dataclass(frozen=True)
class LotRow:
    """One lot of the statement: its pieces, what they brought, and what the ledger says stands
    on the festival's stands."""

    lot: Lot
    counts: Counts
    takings: int
    given_back: int
    ledger_says: int

    @property
    def turnover(self) -> int:
        return self.takings - self.given_back

    @property
    def fits(self) -> bool:
        return self.counts.on_stand == self.ledger_says


@dataclass(frozen=True)
class Statement:
    """What became of one office's goods and money at one festival."""

    office: Office
    festival: Festival
    at: datetime
    lots: tuple[LotRow, ...]
    by_means: tuple[tuple[Means, int], ...]
    settlements: tuple[Settlement, ...]
    due: int  # what holders of stands owe the office now, over all festivals

    @property
    def takings(self) -> int:
        return sum(row.takings for row in self.lots)

    @property
    def given_back(self) -> int:
        return sum(row.given_back for row in self.lots)

    @property
    def turnover(self) -> int:
        return self.takings - self.given_back

    @property
    def settled(self) -> int:
        return sum(one.turnover for one in self.settlements)

    @property
    def waiting(self) -> int:
        """Not yet shared; below zero where more was refunded than sold since."""
        return self.turnover - self.settled

    @property
    def fits(self) -> bool:
        return all(row.fits for row in self.lots)

    def shared(self, part: str) -> int:
        return sum(getattr(one, part) for one in self.settlements)

    @property
    def cost(self) -> int:
        return self.shared("cost")

    @property
    def profit(self) -> int:
        return self.shared("profit")

    @property
    def premi(self) -> int:
        return self.shared("premi")

    @property
    def capital(self) -> int:
        return self.shared("capital")

    @property
    def state(self) -> int:
        return self.shared("state")


def participation(offices: OfficeSet, office: str, festival: str) -> Participation | None:
    """The office's part in the festival, by their codes, if it is within reach."""
    return (
        Participation.objects.filter(
            office__in=offices, office__code=office, festival__code=festival
        )
        .select_related("office", "festival__organiser")
        .first()
    )


class Book:
    """Collects the counts of each lot, one query a source."""

    def __init__(self, office: Office, festival: Festival) -> None:
        self.office, self.festival = office, festival
        self.counts: dict[UUID, Counts] = defaultdict(Counts)
        self.money: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])

    def handed_over(self) -> None:
        despatched = Line.objects.filter(
            lot__office=self.office,
            consignment__stand__festival=self.festival,
            consignment__despatch__isnull=False,
        )
        for travelling in (True, False):
            rows = (
                despatched.filter(consignment__receipt__isnull=travelling)
                .order_by()
                .values_list("lot", "consignment__direction")
                .annotate(pieces=Sum("quantity"))
            )
            for lot, direction, pieces in rows:
                counts = self.counts[lot]
                if direction == OUT:
                    counts.handed += pieces
                else:
                    counts.sent_back += pieces
                if travelling:
                    counts.travelling += pieces

    def counted(self) -> None:
        rows = (
            Count.objects.filter(
                line__lot__office=self.office, line__consignment__stand__festival=self.festival
            )
            .order_by()
            .values_list("line__lot", "receipt__place")
            .annotate(g=Sum("good"), b=Sum("broken"), m=Sum("missing"))
        )
        for lot, place, good, broken, missing in rows:
            counts = self.counts[lot]
            if place == Receipt.Place.STAND:
                counts.received += good
            else:
                counts.home += good
            counts.broken += broken
            counts.missing += missing

    def cleared(self) -> None:
        rows = (
            Clearance.objects.filter(
                count__line__lot__office=self.office,
                count__line__consignment__stand__festival=self.festival,
            )
            .order_by()
            .values_list("count__line__lot", "count__receipt__place", "outcome")
            .annotate(pieces=Sum("quantity"))
        )
        for lot, place, outcome, pieces in rows:
            counts = self.counts[lot]
            counts.missing -= pieces
            if outcome == Clearance.Outcome.LOST:
                counts.lost += pieces
            elif place == Receipt.Place.STAND:
                counts.found += pieces
            else:
                counts.home += pieces

    def broken(self, accounts: list[str]) -> None:
        rows = (
            Breakage.objects.filter(lot__office=self.office, place__in=accounts)
            .order_by()
            .values_list("lot")
            .annotate(pieces=Sum("quantity"))
        )
        for lot, pieces in rows:
            self.counts[lot].broken += pieces

    def sold(self, lines: QuerySet[SaleLine]) -> None:
        rows = lines.order_by().values_list("lot")
        for lot, pieces, rupiah in rows.annotate(q=Sum("quantity"), a=Sum("amount")):
            self.counts[lot].sold += pieces
            self.money[lot][0] += rupiah

    def refunded(self) -> None:
        rows = (
            RefundLine.objects.filter(
                sale_line__lot__office=self.office,
                sale_line__sale__shift__stand__festival=self.festival,
            )
            .order_by()
            .values_list("sale_line__lot", "sellable")
            .annotate(q=Sum("quantity"), a=Sum("amount"))
        )
        for lot, sellable, pieces, rupiah in rows:
            self.counts[lot].refunded += pieces
            self.money[lot][1] += rupiah
            if not sellable:
                self.counts[lot].spoilt += pieces


def statement(office: Office, festival: Festival, at: datetime) -> Statement:
    """The statement as things stand now (`at` is printed on it): thirteen queries."""
    accounts = [stand.account for stand in Stand.objects.filter(festival=festival)]
    sales = SaleLine.objects.filter(lot__office=office, sale__shift__stand__festival=festival)
    book = Book(office, festival)
    book.handed_over()
    book.counted()
    book.cleared()
    book.broken(accounts)
    book.sold(sales)
    book.refunded()
    means = dict(sales.order_by().values_list("sale__means").annotate(a=Sum("amount")))
    standing: dict[str, int] = defaultdict(int)
    for (_account, unit), pieces in ledger.balances(accounts).items():
        standing[unit] += pieces
    lots = Lot.objects.filter(pk__in=list(book.counts)).select_related("product").order_by("code")
    return Statement(
        office=office,
        festival=festival,
        at=at,
        lots=tuple(
            LotRow(
                lot=lot,
                counts=book.counts[lot.pk],
                takings=book.money[lot.pk][0],
                given_back=book.money[lot.pk][1],
                ledger_says=standing[lot.code],
            )
            for lot in lots
        ),
        by_means=tuple((one, means[one]) for one in Means if one in means),
        settlements=tuple(settlements(office, festival).order_by("at")),
        due=ledger.balance(f"due:{office.code}", RUPIAH),
    )
