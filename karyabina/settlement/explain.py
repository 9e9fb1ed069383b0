"""A settlement, previewed or posted, lot by lot and maker by maker, as pages show it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from karyabina.ledger import queries as ledger
from karyabina.settlement.models import LotResult, Premi, Settlement
from karyabina.settlement.shares import Shares, Sold, weight_of
from karyabina.stock.models import Lot
from karyabina.workshop.queries import amount_text


@dataclass(frozen=True)
class MakerLine:
    """One maker's part of a lot's premi; `key` names the posted premi line, if it is posted."""

    code: str
    work: str  # "7 jam 30 menit", "12 buah"
    saved: int
    usable: int
    key: UUID | None = None

    @property
    def amount(self) -> int:
        return self.saved + self.usable


@dataclass(frozen=True)
class LotLine:
    """One lot: what it brought, its weight among the lots, and who gets its premi."""

    lot: Lot
    quantity: int
    turnover: int
    cost: int
    weight: int
    premi: int
    work: str  # of all its makers together
    makers: tuple[MakerLine, ...]
    sold: Sold  # how that came about

    @property
    def profit(self) -> int:
        return self.turnover - self.cost


def previewed(shares: Shares) -> list[LotLine]:
    """The lots of what would be posted."""
    found = []
    for part in shares.lots:
        basis = part.sold.works[0].production.basis if part.sold.works else ""
        found.append(
            LotLine(
                lot=part.sold.lot,
                quantity=part.sold.quantity,
                turnover=part.sold.turnover,
                cost=part.sold.cost,
                weight=part.weight,
                premi=part.premi,
                work=amount_text(sum(work.amount for work in part.sold.works), basis),
                makers=tuple(
                    MakerLine(
                        one.work.maker.code, amount_text(one.work.amount, basis), one.saved,
                        one.usable,
                    )
                    for one in part.makers
                ),
                sold=part.sold,
            )
        )  # fmt: skip
    return found


def posted(settlement: Settlement) -> list[LotLine]:
    """The lots of a posted settlement, by their codes, as they were written: five queries."""
    lines: dict[UUID, list[Premi]] = defaultdict(list)
    for premi in (
        Premi.objects.filter(result__settlement=settlement)
        .select_related("maker", "work__production")
        .order_by("maker__code")
    ):
        lines[premi.result_id].append(premi)
    results = settlement.lots.select_related("lot__product").order_by("lot__code")
    facts = _facts(settlement)
    return [
        _lot_line(settlement, result, lines[result.pk], Sold(result.lot, (), *facts[result.lot_id]))
        for result in results
    ]


def _facts(settlement: Settlement) -> dict[UUID, list[int]]:
    """Lot → pieces shared before, sold, refunded; takings, given back. Three queries."""
    facts: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    before = LotResult.objects.filter(
        settlement__office=settlement.office_id,
        settlement__entry__recorded_at__lt=settlement.entry.recorded_at,
    )
    for lot, pieces in before.order_by().values_list("lot").annotate(q=Sum("quantity")):
        facts[lot][0] = pieces
    sales = settlement.sales.order_by().values_list("line__lot")
    refunds = settlement.refunds.order_by().values_list("line__sale_line__lot")
    for n, query in ((1, sales), (2, refunds)):
        for lot, pieces, rupiah in query.annotate(q=Sum("line__quantity"), a=Sum("line__amount")):
            facts[lot][n], facts[lot][n + 2] = pieces, rupiah
    return facts


def _lot_line(settlement: Settlement, result: LotResult, premi: list[Premi], sold: Sold) -> LotLine:
    basis = premi[0].work.production.basis if premi else ""
    return LotLine(
        lot=result.lot,
        quantity=result.quantity,
        turnover=result.turnover,
        cost=result.cost,
        weight=weight_of(settlement.scheme, result.turnover, result.cost),
        premi=result.premi,
        work=amount_text(sum(one.work.amount for one in premi), basis),
        makers=tuple(
            MakerLine(
                one.maker.code, amount_text(one.work.amount, basis), one.saved, one.usable, one.pk
            )
            for one in premi
        ),
        sold=sold,
    )


@dataclass(frozen=True)
class Booked:
    """One movement of the settlement's entry: so much to an account, and what explains it."""

    account: str
    amount: int
    stories: tuple[tuple[Lot, MakerLine], ...] = ()


def booked(settlement: Settlement, lots: Iterable[LotLine]) -> tuple[str, list[Booked]]:
    """The entry as it stands in the ledger: the account that owes, and who gets how much.

    Each premi leads to the lots that earned it; whoever may not see makers gets `summed`."""
    told = ledger.story(settlement.pk)
    if told is None:
        raise LookupError(f"settlement {settlement.pk} has no entry")
    earned: dict[str, list[tuple[Lot, MakerLine]]] = defaultdict(list)
    for lot in lots:
        for maker in lot.makers:
            earned[f"premi:{settlement.office.code}:{maker.code}"].append((lot.lot, maker))
    return told.lines[0].source, [
        Booked(line.target, line.amount, tuple(earned[line.target.rpartition(":")[0]]))
        for line in told.lines
    ]


def summed(lines: Iterable[Booked], office: str) -> list[Booked]:
    """The same without makers: all premi of the office as one sum."""
    premi, others = 0, []
    for line in lines:
        if line.account.startswith("premi:"):
            premi += line.amount
        else:
            others.append(line)
    return [*others, Booked(f"premi:{office}:…", premi)] if premi else others


def by_maker(lots: Iterable[LotLine]) -> list[MakerLine]:
    """What each maker gets over all lots, by code; the work of different lots is not added."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for lot in lots:
        for maker in lot.makers:
            sums[maker.code][0] += maker.saved
            sums[maker.code][1] += maker.usable
    return [MakerLine(code, "", sums[code][0], sums[code][1]) for code in sorted(sums)]
