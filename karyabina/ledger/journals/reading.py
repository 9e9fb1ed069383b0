"""What a journal tells, read from the books piece by piece: memory does not grow with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from heapq import merge
from itertools import groupby, islice
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet, Sum

from karyabina.ledger.models import Account, Balance, Entry, Move, Movement, Unit

AT_ONCE = 500  # entries whose movements are fetched together
ROWS = 2_000  # fetched from the server at a time


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries: booked on or before `until`; with `office` (its code) only those that touch
    an account whose home it is, each of them whole."""

    until: date | None = None
    office: str | None = None

    def entries(self) -> QuerySet[Entry]:
        found = Entry.objects.all()
        if self.until is not None:
            found = found.filter(booked_on__lte=self.until)
        if self.office is not None:
            found = found.filter(pk__in=self._touched())
        return found

    def movements(self) -> QuerySet[Movement]:
        found = Movement.objects.all()
        if self.until is not None:
            found = found.filter(booked_on__lte=self.until)
        if self.office is not None:
            found = found.filter(entry_id__in=self._touched())
        return found.order_by()

    def _touched(self) -> QuerySet[Movement, UUID]:
        own = Account.objects.filter(home=self.office).order_by().values("id")
        touching = Movement.objects.filter(Q(source__in=own) | Q(target__in=own))
        return touching.order_by().values_list("entry_id", flat=True)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry with its movements, and what is known of it; `by` is the key of who recorded it,
    never a name."""

    key: UUID
    kind: str
    origin: str
    origin_seq: int
    by: UUID
    occurred_at: datetime
    recorded_at: datetime
    booked_on: date
    reverses: UUID | None
    note: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds of each unit it ever held, at the end of the journal."""

    account: str
    amounts: tuple[tuple[str, int], ...]


def days(scope: Scope) -> tuple[date, date] | None:
    """The first and the last day on which something is booked, or None."""
    found = scope.entries().order_by().aggregate(first=Min("booked_on"), last=Max("booked_on"))
    return (found["first"], found["last"]) if found["first"] else None


def accounts(scope: Scope) -> Iterator[Account]:
    """The accounts that something moved from or to."""
    moved = scope.movements()
    used = Q(id__in=moved.values("source_id")) | Q(id__in=moved.values("target_id"))
    return Account.objects.filter(used).order_by("id").iterator(ROWS)


def units(scope: Scope) -> Iterator[Unit]:
    """The units that were moved."""
    used = scope.movements().values("unit_id")
    return Unit.objects.filter(id__in=used).order_by("id").iterator(ROWS)


def entries(scope: Scope) -> Iterator[Told]:
    """The entries by the day they are booked on, within a day as they were recorded."""
    found = iter(
        scope.entries().order_by("booked_on", "recorded_at", "key").defer("digest").iterator(ROWS)
    )
    while some := list(islice(found, AT_ONCE)):
        moves: dict[UUID, list[Move]] = {entry.key: [] for entry in some}
        lines = Movement.objects.filter(entry_id__in=moves).order_by("entry_id", "n")
        for key, source, target, unit, amount in lines.values_list(
            "entry_id", "source__code", "target__code", "unit__code", "amount"
        ):
            moves[key].append(Move(source, target, unit, amount))
        for entry in some:
            yield _told(entry, moves[entry.key])


def _told(entry: Entry, moves: list[Move]) -> Told:
    place = timezone(timedelta(minutes=entry.occurred_offset))
    return Told(
        key=entry.key,
        kind=entry.kind,
        origin=entry.origin,
        origin_seq=entry.origin_seq,
        by=entry.by_id,
        occurred_at=entry.occurred_at.astimezone(place),
        recorded_at=entry.recorded_at,
        booked_on=entry.booked_on,
        reverses=entry.reverses_id,
        note=entry.note,
        moves=tuple(moves),
    )


# --- balances ------------------------------------------------------------------------------------
_Line = tuple[int, int, str, str, int]  # ids of account and unit, their codes, amount


def balances(scope: Scope) -> Iterator[Held]:
    """What each account holds at the end, nothing (0) included: of an office its own accounts,
    which no other entry touches.

    Without a last day it is the balance that the database keeps; accounts of class `outside`,
    which have none, and those of an earlier day are summed."""
    if scope.until is None:
        streams = [_kept(scope), *_summed(scope, Q(cls="outside"))]
    else:
        streams = _summed(scope, Q())
    sums = (
        (pair, sum(line[4] for line in lines))
        for pair, lines in groupby(merge(*streams), key=lambda line: line[:4])
    )
    for (_account, code), held in groupby(sums, key=lambda of: (of[0][0], of[0][2])):
        yield Held(code, tuple((pair[3], amount) for pair, amount in held))


def _kept(scope: Scope) -> Iterator[_Line]:
    found = Balance.objects.exclude(account__cls="outside")
    if scope.office is not None:
        found = found.filter(account__home=scope.office)
    rows = found.order_by("account_id", "unit_id").values_list(
        "account_id", "unit_id", "account__code", "unit__code", "amount"
    )
    yield from rows.iterator(ROWS)


def _summed(scope: Scope, which: Q) -> list[Iterator[_Line]]:
    """What came and, below zero, what went, of the accounts that are meant."""
    if scope.office is not None:
        which &= Q(home=scope.office)
    of = Account.objects.filter(which).order_by()
    return [_side(scope.until, of, "target", 1), _side(scope.until, of, "source", -1)]


def _side(until: date | None, of: QuerySet[Account], side: str, sign: int) -> Iterator[_Line]:
    found = Movement.objects.filter(**{f"{side}_id__in": of})
    if until is not None:
        found = found.filter(booked_on__lte=until)
    names = (f"{side}_id", "unit_id", f"{side}__code", "unit__code")
    rows = found.order_by(f"{side}_id", "unit_id").values_list(*names).annotate(Sum("amount"))
    for account, unit, code, of_unit, amount in rows.iterator(ROWS):
        yield account, unit, code, of_unit, sign * int(amount)
