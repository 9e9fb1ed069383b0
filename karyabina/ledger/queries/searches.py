"""Finding things in the books by what somebody remembers of them.

A code of an account or a lot, a key or its beginning, an amount, a day, a running number."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, Func, Q, QuerySet

from karyabina.base.forms import whole
from karyabina.base.times import NotADay, parse_day
from karyabina.ledger.models import HUB, MOST, Entry, Movement, Unit
from karyabina.ledger.queries.histories import Period
from karyabina.ledger.queries.lines import NoSuchPlace
from karyabina.ledger.queries.sight import Sight, entries_seen, near, units_seen, unnamed

SHORTEST_START = 6  # letters of a key
ORIGIN = re.compile(r"(?:(?P<origin>[^\s/#]{1,60})\s*[\s/#]\s*|#)?(?P<n>\d{1,15})", re.ASCII)
A_DAY = timedelta(days=1)
ON_EARTH = timedelta(minutes=840)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text can mean; all that fit count."""

    text: str
    key: UUID | None = None
    key_start: str = ""
    amount: int | None = None
    day: date | None = None
    origin: tuple[str, int] | None = None

    @property
    def of_entries(self) -> bool:
        """Whether an entry can be meant."""
        return self != Wanted(self.text)


def understood(text: str) -> Wanted:
    """What somebody may mean: "Rp 45.000,00", "29-10-2025", "019a2d1c", "hub 12", "#12"."""
    said = " ".join(text.split())
    bare = said.replace("-", "").lower()
    hexadecimal = re.fullmatch(r"[0-9a-f]+", bare, re.ASCII) is not None
    number = ORIGIN.fullmatch(said)
    place = (number["origin"] or HUB, int(number["n"])) if number and int(number["n"]) else None
    return Wanted(
        said,
        key=UUID(hex=bare) if hexadecimal and len(bare) == 32 else None,
        key_start=bare if hexadecimal and SHORTEST_START <= len(bare) < 32 else "",
        amount=_amount(said),
        day=_day(said),
        origin=place,
    )


def _amount(said: str) -> int | None:
    digits = re.sub(r"^rp\.?\s*|,(00|-+)$", "", said, flags=re.IGNORECASE)
    try:
        amount = whole(digits) if len(digits) <= 40 else 0
    except ValueError:
        return None
    return amount if 1 <= amount <= MOST else None


def _day(said: str) -> date | None:
    try:
        day = parse_day(said) if len(said) <= 40 else None
    except NotADay:
        return None
    return day if day and 1900 <= day.year <= 9998 else None


class LocalDay(Func):
    """The day of an occurrence on the clock of the place where it happened."""

    output_field = DateField()
    template = "date(%(expressions)s || ' minutes')"

    def as_postgresql(self, compiler: Any, db: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler,
            db,
            template="((%(expressions)s * interval '1 minute'))::date",
            arg_joiner=" AT TIME ZONE 'UTC' + ",
            **more,
        )


def units(text: str, sight: Sight) -> QuerySet[Unit]:
    """Lots and materials that are seen, with all these words in their code."""
    found = units_seen(sight)
    for word in text.split()[:6]:
        found = found.filter(code__icontains=word)
    return found.order_by("code")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of entries, newest first; `older` leads to the next."""

    entries: tuple[Entry, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the entry recorded at this time, with this key."""

    recorded_at: datetime
    key: UUID

    @classmethod
    def read(cls, before: str) -> "Place":
        try:
            at, key = before.split("|")
            place = cls(datetime.fromisoformat(at), UUID(key))
            place.recorded_at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise NoSuchPlace from None
        if place.recorded_at.tzinfo is None:
            raise NoSuchPlace
        return place

    def older(self, key: str) -> Q:
        """What is older; `key` is how the table calls the entry's key."""
        same = Q(recorded_at=self.recorded_at, **{f"{key}__lt": self.key})
        return Q(recorded_at__lt=self.recorded_at) | same


Finder = Callable[[int, Place | None], list[Entry]]


def entries(
    wanted: Wanted,
    sight: Sight,
    *,
    period: Period | None = None,
    before: str | None = None,
    limit: int = 50,
) -> Found:
    """Entries that are seen and meant, in a period of booking if one is given; newest first.

    As many queries as there are ways to understand the text: at most four."""
    place = None if before is None else Place.read(before)
    within = period.filter() if period else Q()
    found: dict[UUID, Entry] = {}
    for finder in _finders(wanted, sight, within):
        for entry in finder(limit + 1, place):
            found[entry.pk] = entry
    newest = sorted(found.values(), key=lambda one: (one.recorded_at, one.pk), reverse=True)
    page = tuple(newest[:limit])
    more = len(newest) > limit
    return Found(page, f"{page[-1].recorded_at.isoformat()}|{page[-1].pk}" if more else None)


def all_entries(
    wanted: Wanted, sight: Sight, *, period: Period | None = None, at_once: int = 500
) -> Iterator[Entry]:
    """All of them, read page by page: for files."""
    before, more = None, True
    while more:
        page = entries(wanted, sight, period=period, before=before, limit=at_once)
        yield from page.entries
        before, more = page.older, page.older is not None


def _finders(wanted: Wanted, sight: Sight, within: Q) -> Iterator[Finder]:
    seen = entries_seen(sight)

    def of_entries(which: Q, of: QuerySet[Entry] | None = None) -> Finder:
        all_of_them = Entry.objects.all() if of is None else of
        found = (
            all_of_them.filter(which, within, seen)
            .select_related("by")
            .order_by("-recorded_at", "-key")
        )

        def find(limit: int, place: Place | None) -> list[Entry]:
            return list(found.filter(place.older("key") if place else Q())[:limit])

        return find

    if wanted.key is not None:
        yield of_entries(Q(pk=wanted.key))
    if wanted.key_start:
        low, high = (UUID(hex=wanted.key_start.ljust(32, end)) for end in "0f")
        yield of_entries(Q(key__gte=low, key__lte=high))
    if wanted.origin is not None:
        origin, number = wanted.origin
        yield of_entries(Q(origin=origin, origin_seq=number))
    if wanted.day is not None:
        start = datetime(wanted.day.year, wanted.day.month, wanted.day.day, tzinfo=UTC)
        occurred = Q(
            occurred_at__gte=start - ON_EARTH,
            occurred_at__lt=start + A_DAY + ON_EARTH,
            local_day=wanted.day,
        )
        by_day = Entry.objects.alias(local_day=LocalDay(F("occurred_at"), F("occurred_offset")))
        yield of_entries(Q(booked_on=wanted.day) | occurred, by_day)
    if wanted.amount is not None:
        yield _of_amount(wanted.amount, sight, within)


def _of_amount(amount: int, sight: Sight, within: Q) -> Finder:
    """Entries with a movement of just so much out of or into an account within reach.

    Each side is read along the index of its accounts. What a maker gets is not found by who may
    not name makers."""
    hidden = unnamed(sight).values("pk")
    moved = Movement.objects.filter(within, amount=amount).exclude(
        Q(source__in=hidden) | Q(target__in=hidden)
    )
    mine = near(sight).values("pk")

    def find(limit: int, place: Place | None) -> list[Entry]:
        older = place.older("entry") if place else Q()
        keys: list[UUID] = []
        for side in (Q(source__in=mine), Q(target__in=mine)):
            rows = moved.filter(side, older).order_by("-recorded_at", "-entry").distinct()
            keys += [key for key, _at in rows.values_list("entry", "recorded_at")[:limit]]
        return list(Entry.objects.filter(pk__in=keys).select_related("by"))

    return find
