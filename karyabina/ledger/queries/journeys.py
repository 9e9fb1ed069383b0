"""A lot's journey: from where to where, how much, when; and what it was made of and became."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Sum

from karyabina.ledger.models import Movement
from karyabina.ledger.queries.amounts import holders
from karyabina.ledger.queries.lines import Line, lines_of


@dataclass(frozen=True, slots=True)
class Flow:
    """All that went from one account to another: how much, in how many movements, from when to
    when it was recorded (`first_at`, `last_at`) and said to have occurred (`began`, `ended`)."""

    source: str
    target: str
    amount: int
    times: int
    first_at: datetime
    last_at: datetime
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """All flows of a lot in order of time, and what is where now."""

    unit: str
    flows: tuple[Flow, ...]
    now: Mapping[str, int]

    def backwards(self, place: str) -> tuple[Flow, ...]:
        """The flows by which the lot may have come to the place, from its making on: none that
        began only after what it should have brought had gone on."""
        until: dict[str, datetime] = {}
        if self.flows:
            until[place] = max(flow.last_at for flow in self.flows)
        waiting = list(until)
        while waiting:
            here = waiting.pop()
            for flow in self.flows:
                if flow.target != here or flow.first_at > until[here]:
                    continue
                latest = min(flow.last_at, until[here])
                if flow.source not in until or until[flow.source] < latest:
                    until[flow.source] = latest
                    waiting.append(flow.source)
        return tuple(
            flow
            for flow in self.flows
            if flow.target in until and flow.first_at <= until[flow.target]
        )

    def forwards(self, place: str) -> tuple[Flow, ...]:
        """The flows by which it may have gone on from there, to wherever it is."""
        came = [flow.first_at for flow in self.flows if flow.target == place]
        left = [flow.first_at for flow in self.flows if flow.source == place]
        since = {place: min(came or left)} if came or left else {}
        waiting = list(since)
        while waiting:
            here = waiting.pop()
            for flow in self.flows:
                if flow.source != here or flow.last_at < since[here]:
                    continue
                earliest = max(flow.first_at, since[here])
                if flow.target not in since or since[flow.target] > earliest:
                    since[flow.target] = earliest
                    waiting.append(flow.target)
        return tuple(
            flow
            for flow in self.flows
            if flow.source in since and flow.last_at >= since[flow.source]
        )


def journey(unit: str) -> Journey:
    """Where a lot came from and where it went. Two queries, however many movements it has."""
    rows = (
        Movement.objects.filter(unit__code=unit)
        .order_by()
        .values(origin=F("source__code"), aim=F("target__code"))
        .annotate(
            sum=Sum("amount"),
            times=Count("n"),
            first=Min("recorded_at"),
            last=Max("recorded_at"),
            began=Min("entry__occurred_at"),
            ended=Max("entry__occurred_at"),
        )
    )
    flows = [
        Flow(
            row["origin"],
            row["aim"],
            int(row["sum"]),
            row["times"],
            row["first"],
            row["last"],
            row["began"],
            row["ended"],
        )
        for row in rows
    ]
    ordered = sorted(flows, key=lambda one: (one.first_at, one.source, one.target))
    return Journey(unit, tuple(ordered), holders(unit))


def whole_journey(unit: str, *, at_once: int = 1_000) -> Iterator[Line]:
    """All movements of a lot, oldest first, read page by page: for files."""
    found = Movement.objects.filter(unit__code=unit).order_by("recorded_at", "entry_id", "n")
    lines = lines_of(found[:at_once])
    while lines:
        yield from lines
        last = lines[-1]
        more: Any = found.filter(recorded_at__gte=last.recorded_at)
        after = (last.recorded_at, last.entry_key, last.n)
        lines = [
            line
            for line in lines_of(more[: at_once + 1_000])
            if (line.recorded_at, line.entry_key, line.n) > after
        ]
