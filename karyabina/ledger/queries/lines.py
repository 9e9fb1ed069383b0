"""Movements with their codes spelt out: histories, where a unit has been, an entry's story."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import Entry, Movement


@dataclass(frozen=True, slots=True)
class Line:
    """One movement with its codes spelt out, and what its entry says about it."""

    entry_key: UUID
    n: int
    kind: str
    source: str
    target: str
    unit: str
    amount: int
    occurred_at: datetime
    recorded_at: datetime
    booked_on: date
    by_name: str
    note: str

    @property
    def cursor(self) -> str:
        """Where this line stands in a history: pass it as `before` to read on."""
        return f"{self.recorded_at.isoformat()}|{self.entry_key}|{self.n}"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A movement seen from one account: what it changed, and what was there afterwards."""

    line: Line
    change: int
    running: int


@dataclass(frozen=True, slots=True)
class History:
    """One page, newest first; `older` is the `before` of the next page, or None at the end."""

    lines: tuple[HistoryLine, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """An entry with all its movements, what it reverses and what reversed it."""

    entry: Entry
    lines: tuple[Line, ...]
    reversed_by: UUID | None


class NoSuchPlace(Refusal):
    """The mark of a page (`before`) is not one that was given out."""

    status = 404
    message = _("Halaman riwayat ini tidak ada. Kembali ke halaman pertama.")


def _lines(found: QuerySet[Movement]) -> list[Line]:
    joined = found.select_related("entry__by", "source", "target", "unit")
    return [
        Line(
            entry_key=m.entry_id,
            n=m.n,
            kind=m.entry.kind,
            source=m.source.code,
            target=m.target.code,
            unit=m.unit.code,
            amount=m.amount,
            occurred_at=m.entry.occurred_local,
            recorded_at=m.recorded_at,
            booked_on=m.booked_on,
            by_name=m.entry.by.name,
            note=m.entry.note,
        )
        for m in joined
    ]


def _older_than(before: str) -> Q:
    try:
        at, key, n = before.split("|")
        instant, entry, number = datetime.fromisoformat(at), UUID(key), int(n)
        instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoSuchPlace from None
    return Q(recorded_at__lt=instant) | Q(recorded_at=instant) & (
        Q(entry_id__lt=entry) | Q(entry_id=entry, n__lt=number)
    )


def _newest(sides: Iterable[Q], before: str | None, limit: int) -> list[Line]:
    """The newest lines of any of `sides`; each is read by itself, along its own index."""
    place = Q() if before is None else _older_than(before)
    found = [
        line
        for side in sides
        for line in _lines(
            Movement.objects.filter(side, place).order_by("-recorded_at", "-entry_id", "-n")[:limit]
        )
    ]
    return sorted(found, key=lambda m: (m.recorded_at, m.entry_key, m.n), reverse=True)[:limit]


def history(
    code: str, unit: str | None = None, *, before: str | None = None, limit: int = 50
) -> History:
    """The movements of an account, newest first, each with the balance after it.

    Four queries, however long the account is. Within an entry the balance after a single
    movement is only a step on the way: the books count an entry as a whole."""
    of_unit = Q() if unit is None else Q(unit__code=unit)
    sides = (Q(source__code=code) & of_unit, Q(target__code=code) & of_unit)
    lines = _newest(sides, before, limit + 1)
    page, more = lines[:limit], len(lines) > limit
    running = _sums_below(code, unit, page[0]) if page else {}
    seen = []
    for line in page:
        change = line.amount if line.target == code else -line.amount
        seen.append(HistoryLine(line, change, running[line.unit]))
        running[line.unit] -= change
    return History(tuple(seen), page[-1].cursor if more else None)


def _sums_below(code: str, unit: str | None, newest: Line) -> dict[str, int]:
    """Unit → what the account held just after `newest`, from all movements up to it."""
    upto = _older_than(newest.cursor) | Q(entry_id=newest.entry_key, n=newest.n)
    if unit is not None:
        upto &= Q(unit__code=unit)
    sums: dict[str, int] = {}
    for side, sign in (("target__code", 1), ("source__code", -1)):
        found = Movement.objects.filter(upto, **{side: code}).order_by()
        for of, amount in found.values_list("unit__code").annotate(Sum("amount")):
            sums[of] = sums.get(of, 0) + sign * amount
    return sums


def story(key: UUID) -> Story | None:
    """The entry of this key with its movements in order, or None."""
    entry = Entry.objects.select_related("by", "reverses").filter(pk=key).first()
    if entry is None:
        return None
    lines = _lines(Movement.objects.filter(entry_id=key).order_by("n"))
    reversal = Entry.objects.filter(reverses_id=key).values_list("key", flat=True).first()
    return Story(entry, tuple(lines), reversal)


def movements_of_unit(unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Where a lot has been: its movements, newest first; read on with the last line's `cursor`."""
    return _newest((Q(unit__code=unit),), before, limit)


def came_to(code: str, unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Backwards: the movements that brought the unit to the account, newest first."""
    return _newest((Q(target__code=code, unit__code=unit),), before, limit)


def went_from(code: str, unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Forwards: the movements that took the unit from the account, newest first."""
    return _newest((Q(source__code=code, unit__code=unit),), before, limit)
