"""What became of a consignment, what an office can still offer, what a stand can send home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Count as Number
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from karyabina.base import times
from karyabina.consignment.models import (
    Cancellation,
    Clearance,
    Consignment,
    ConsignmentSet,
    Count,
    Despatch,
    Line,
    Receipt,
    State,
)
from karyabina.festivals.models import Festival, Stand
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from karyabina.stock import queries as stock
from karyabina.stock.models import Lot


# --- lists --------------------------------------------------------------------------------------
def listing(
    offices: QuerySet[Office], *, office: str = "", stand: str = "", code: str = ""
) -> ConsignmentSet:
    """The consignments that these offices may see, newest first, each with its `state`, whether
    pieces are `missing_open`, and the number of `goods` (lots) in it. Filters are codes."""
    found = Consignment.objects.within(offices).with_state()
    if office:
        found = found.filter(office__code=office)
    if stand:
        found = found.filter(stand__code=stand)
    if code:
        found = found.filter(code__icontains=code)
    lines = Line.objects.filter(consignment=OuterRef("pk")).order_by().values("consignment")
    return found.select_related("office", "stand", "cancellation").annotate(
        goods=Coalesce(Subquery(lines.annotate(n=Number("pk")).values("n")), 0)
    )


def how_many(found: ConsignmentSet) -> dict[str, int]:
    """The number of consignments in each state: one query."""
    counted = dict(found.order_by().values_list("state").annotate(n=Number("pk")))
    return {state: counted.get(state, 0) for state in State.values}


def choices(offices: QuerySet[Office]) -> tuple[QuerySet[Office], QuerySet[Stand]]:
    """The offices and stands that the consignments within reach are of, to filter by."""
    within = Consignment.objects.within(offices).order_by()
    return (
        Office.objects.filter(pk__in=within.values("office")),
        Stand.objects.filter(pk__in=within.values("stand")),
    )


# --- one consignment ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """One line with what was counted of it; `count` is None until it is received."""

    line: Line
    count: Count | None
    clearances: Sequence[Clearance]

    @property
    def lot(self) -> Lot:
        return self.line.lot

    @property
    def still_missing(self) -> int:
        """Pieces missing at the count that nobody has booked as found or lost."""
        if self.count is None:
            return 0
        return self.count.missing - sum(one.quantity for one in self.clearances)


@dataclass(frozen=True)
class Event:
    """Something that happened to a consignment: `what` names it for the page."""

    what: str
    at: datetime
    by: Staff
    note: str = ""
    about: object = None


@dataclass(frozen=True)
class Story:
    """Everything about one consignment, for its page and its paper."""

    consignment: Consignment
    rows: Sequence[Row]
    cancellation: Cancellation | None
    despatch: Despatch | None
    receipt: Receipt | None
    stand_closed: bool

    @property
    def state(self) -> State:
        if self.cancellation:
            return State.DONE
        if not self.despatch:
            return State.OFFERED
        if not self.receipt:
            return State.SENT
        if self.missing_open:
            return State.RECEIVED
        home = self.receipt.place == Receipt.Place.STORE
        return State.DONE if home or self.stand_closed else State.RECEIVED

    @property
    def missing_open(self) -> bool:
        """Somebody must still say what became of missing pieces."""
        return any(row.still_missing for row in self.rows)

    @property
    def events(self) -> list[Event]:
        """What happened, in order."""
        one = self.consignment
        found = [Event("offered", one.offered_at, one.offered_by, one.note)]
        if one.is_back:
            found = []  # sent back at once: the despatch tells it
        if self.cancellation:
            done = self.cancellation
            found.append(Event("cancelled", done.at, done.by, done.reason, done))
        if self.despatch:
            note = one.note if one.is_back else ""
            found.append(Event("despatched", self.despatch.at, self.despatch.by, note))
        if self.receipt:
            came = self.receipt
            what = "received" if one.is_back or came.place == Receipt.Place.STAND else "turned"
            found.append(Event(what, came.at, came.by, came.note, came))
        cleared = [c for row in self.rows for c in row.clearances]
        for clearance in sorted(cleared, key=lambda c: (c.at, c.pk)):
            found.append(
                Event(clearance.outcome, clearance.at, clearance.by, clearance.reason, clearance)
            )
        return found


def story(consignment: Consignment) -> Story:
    """Read one consignment with all that became of it: a handful of queries, whatever its size."""
    lines = list(
        consignment.lines.select_related("lot__product", "lot__office").order_by(
            "lot__product__name", "lot__code"
        )
    )
    counts = {count.line_id: count for count in Count.objects.filter(line__consignment=consignment)}
    cleared: dict[UUID, list[Clearance]] = {}
    for clearance in (
        Clearance.objects.filter(count__line__consignment=consignment)
        .select_related("by", "count__line__lot__product")
        .order_by("at", "entry_id")
    ):
        cleared.setdefault(clearance.count.line_id, []).append(clearance)
    return Story(
        consignment=consignment,
        rows=[Row(line, counts.get(line.pk), cleared.get(line.pk, [])) for line in lines],
        cancellation=Cancellation.objects.filter(consignment=consignment)
        .select_related("by")
        .first(),
        despatch=Despatch.objects.filter(consignment=consignment).select_related("by").first(),
        receipt=Receipt.objects.filter(consignment=consignment).select_related("by").first(),
        stand_closed=is_closed(consignment.stand),
    )


def is_closed(stand: Stand) -> bool:
    """Nothing is received or sold at this stand any more."""
    return Stand.objects.filter(pk=stand.pk, closure__isnull=False).exists()


# --- what can be offered, what can be sent back ---------------------------------------------------
@dataclass(frozen=True)
class AtHand:
    """A lot in an office's store: `quantity` lies there, `promised` of it in open offers."""

    lot: Lot
    quantity: int
    promised: int
    expired: bool

    @property
    def free(self) -> int:
        """What can still be offered; nothing of an expired lot."""
        return 0 if self.expired else max(self.quantity - self.promised, 0)


def promised(office: Office) -> Mapping[UUID, int]:
    """Pieces of each lot (by key) that are offered and not yet despatched or cancelled."""
    return dict(
        Line.objects.filter(
            consignment__office=office,
            consignment__direction=Consignment.Direction.OUT,
            consignment__cancellation=None,
            consignment__despatch=None,
        )
        .order_by()
        .values_list("lot")
        .annotate(n=Sum("quantity"))
    )


def at_hand(office: Office, instant: datetime) -> list[AtHand]:
    """The lots in the office's store at this moment, first expiring first.

    The open offers are read before the store: should one be despatched in between, the free
    quantity is shown too small for a moment, never too large."""
    taken = promised(office)
    day = times.local_day(instant, office.time_zone)
    return [
        AtHand(one.lot, one.quantity, taken.get(one.lot.pk, 0), one.lot.expired_on(day))
        for one in stock.lots_at(stock.store_of(office))
    ]


def at_stand(stand: Stand) -> list[tuple[Office, list[stock.LotAt]]]:
    """What stands there now, office by office."""
    here = sorted(stock.lots_at(stand.account), key=lambda one: one.lot.office.path)
    return [(office, list(lots)) for office, lots in groupby(here, key=lambda one: one.lot.office)]


def stands_open_to(office: Office) -> QuerySet[Stand]:
    """The open stands of the festivals in which this office takes part."""
    return (
        Stand.objects.filter(festival__participations__office=office, closure=None)
        .select_related("festival", "holder")
        .order_by("-festival__first_date", "code")
    )


def takes_part(office: Office, festival: Festival) -> bool:
    return festival.participations.filter(office=office).exists()
