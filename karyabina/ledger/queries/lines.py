"""Movements with their codes spelt out: where a unit has been."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import Movement


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


class NoSuchPlace(Refusal):
    """The mark of a page (`before`) is not one that was given out."""

    status = 404
    message = _("Halaman riwayat ini tidak ada. Kembali ke halaman pertama.")


def lines_of(found: QuerySet[Movement]) -> list[Line]:
    """These movements, in their order, each with what its entry says: one query."""
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
        for line in lines_of(
            Movement.objects.filter(side, place).order_by("-recorded_at", "-entry_id", "-n")[:limit]
        )
    ]
    return sorted(found, key=lambda m: (m.recorded_at, m.entry_key, m.n), reverse=True)[:limit]


def movements_of_unit(unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Where a lot has been: its movements, newest first; read on with the last line's `cursor`."""
    return _newest((Q(unit__code=unit),), before, limit)


def came_to(code: str, unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Backwards: the movements that brought the unit to the account, newest first."""
    return _newest((Q(target__code=code, unit__code=unit),), before, limit)


def went_from(code: str, unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Forwards: the movements that took the unit from the account, newest first."""
    return _newest((Q(source__code=code, unit__code=unit),), before, limit)
