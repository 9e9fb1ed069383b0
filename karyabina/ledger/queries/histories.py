"""An account's book: its movements in order, each with the balance after it.

Ordered by when they were recorded; those of a period by the day they count for. A page ends where
an entry ends, so that an entry is never torn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from uuid import UUID

from django.db import connection
from django.db.models import Q, Subquery

from karyabina.ledger.models import RUPIAH, Account, Movement, Unit
from karyabina.ledger.queries.lines import Line, NoSuchPlace, lines_of
from karyabina.ledger.queries.sight import Sight
from karyabina.ledger.queries.sql import among, ask, instant


@dataclass(frozen=True, slots=True)
class Period:
    """Days of booking, the first and the last included; None is open."""

    first: date | None = None
    last: date | None = None

    def filter(self) -> Q:
        within = Q() if self.first is None else Q(booked_on__gte=self.first)
        return within if self.last is None else within & Q(booked_on__lte=self.last)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A movement seen from one account: what it changed, and what was there afterwards."""

    line: Line
    change: int
    running: int


@dataclass(frozen=True, slots=True)
class History:
    """One page; `older` is the `before` of the next page in the same order, None at the end."""

    lines: tuple[HistoryLine, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose book, of what, in which order."""

    account: Account
    unit: str | None
    period: Period | None
    oldest_first: bool

    @property
    def fields(self) -> tuple[str, ...]:
        by_time = ("recorded_at", "entry_id", "n")
        return by_time if self.period is None else ("booked_on", *by_time)

    @property
    def order(self) -> tuple[str, ...]:
        return self.fields if self.oldest_first else tuple(f"-{name}" for name in self.fields)

    def position(self, line: Line) -> tuple[date | datetime | UUID | int, ...]:
        at = (line.recorded_at, line.entry_key, line.n)
        return at if self.period is None else (line.booked_on, *at)

    def cursor(self, line: Line) -> str:
        return line.cursor if self.period is None else f"{line.booked_on}|{line.cursor}"

    def beyond(self, before: str | None) -> Q:
        """What comes after the line with this cursor, in this order."""
        if before is None:
            return Q()
        place = self._read(before)
        word = "gt" if self.oldest_first else "lt"
        found, same = Q(), Q()
        bound = Q(**{f"{self.fields[0]}__{word}e": place[0]})  # for the index; the rest is exact
        for name, value in zip(self.fields, place, strict=True):
            found |= same & Q(**{f"{name}__{word}": value})
            same &= Q(**{name: value})
        return bound & found

    def _read(self, cursor: str) -> list[object]:
        try:
            *days, at, key, n = cursor.split("|")
            moment = datetime.fromisoformat(at)
            moment.astimezone(UTC)
            place: list[object] = [date.fromisoformat(day) for day in days]
            place += [moment, UUID(key), int(n)]
        except (ValueError, OverflowError):
            raise NoSuchPlace from None
        if len(place) != len(self.fields) or moment.tzinfo is None or not 0 <= int(n) < 2**15:
            raise NoSuchPlace
        return place

    def sides(self) -> tuple[Q, Q]:
        more = Q()
        if self.unit is not None:  # by its number, so that the index of account and unit serves
            more = Q(unit_id=Subquery(Unit.objects.filter(code=self.unit).values("pk")[:1]))
        if self.period is not None:
            more &= self.period.filter()
        return Q(source=self.account) & more, Q(target=self.account) & more


def history(
    code: str,
    unit: str | None = None,
    *,
    before: str | None = None,
    limit: int = 50,
    period: Period | None = None,
    oldest_first: bool = False,
) -> History:
    """About `limit` movements of an account, each with the balance after it. Newest first unless
    asked otherwise; those of a `period` in the order of the days they count for.

    Five queries, however long the account is. Within an entry the balance after a single
    movement is only a step on the way: the books count an entry as a whole."""
    account = Account.objects.filter(code=code).first()
    if account is None:
        return History((), None)
    asked = Asked(account, _only_unit(account, unit), period, oldest_first)
    page, more = _page(asked, before, limit)
    if not page:
        return History((), None)
    held = _held_before(asked, page[0], {line.unit for line in page})
    return History(tuple(_told(asked, page, held)), asked.cursor(page[-1]) if more else None)


def whole_history(
    code: str,
    unit: str | None = None,
    *,
    period: Period | None = None,
    at_once: int = 1_000,
) -> Iterator[HistoryLine]:
    """All of it, oldest first, read page by page: for files, however long they are."""
    account = Account.objects.filter(code=code).first()
    if account is None:
        return
    asked = Asked(account, _only_unit(account, unit), period, oldest_first=True)
    before, more = None, True
    held: dict[str, int] = {}
    while more:
        page, more = _page(asked, before, at_once)
        if page:
            before = asked.cursor(page[-1])
            fresh = {line.unit for line in page} - set(held)
            if fresh:
                held |= _held_before(asked, page[0], fresh)
            yield from _told(asked, page, held)


def _only_unit(account: Account, unit: str | None) -> str | None:
    """The unit that is asked for; of an account that only ever holds money, the rupiah."""
    money = account.cls in {"claim", "owed"} or account.code.startswith(("cash:", "bank:"))
    return RUPIAH if unit is None and money else unit


def summed_history(
    lines: Iterable[HistoryLine], sight: Sight, *, oldest_first: bool = False
) -> Iterator[HistoryLine]:
    """The same with no maker named who may not be: what an entry moved to or from the premi of
    such an office is one line."""
    for _key, group in groupby(lines, key=lambda one: one.line.entry_key):
        found: dict[object, HistoryLine] = {}
        for one in group:
            line = one.line
            place: object = (line.unit, line.n)
            if sight.hides(line.source) or sight.hides(line.target):
                source, target = sight.shown(line.source), sight.shown(line.target)
                line = replace(line, source=source, target=target)
                place = (source, target, line.unit)
            before = found.get(place)
            if before is None:
                found[place] = replace(one, line=line)
                continue
            found[place] = HistoryLine(
                replace(before.line, amount=before.line.amount + line.amount),
                before.change + one.change,
                one.running if oldest_first else before.running,
            )
        yield from found.values()


def _page(asked: Asked, before: str | None, limit: int) -> tuple[list[Line], bool]:
    """The next lines in order, and whether there are more.

    First their places alone, each side along its own index, then the lines of these: joined at
    once, PostgreSQL would join all of the account's before it takes the few."""
    place = asked.beyond(before)
    first, second = asked.sides()
    places = sorted(
        (
            found
            for side in (first, second)
            for found in Movement.objects.filter(side, place)
            .order_by(*asked.order)
            .values_list(*asked.fields)[: limit + 1]
        ),
        reverse=not asked.oldest_first,
    )[: limit + 1]
    wanted = {found[-2:] for found in places}
    of_entries = Movement.objects.filter(first | second, entry_id__in={key for key, _n in wanted})
    found = _in_order(
        asked, (line for line in lines_of(of_entries) if (line.entry_key, line.n) in wanted)
    )
    if len(found) <= limit:
        return found, False
    cut = found[limit].entry_key
    whole = [line for line in found[:limit] if line.entry_key != cut]
    if whole:
        return whole, True
    of_entry = Movement.objects.filter(place, first | second, entry_id=cut)
    lines = _in_order(asked, lines_of(of_entry))
    after = asked.beyond(asked.cursor(lines[-1]))
    return lines, Movement.objects.filter(first | second, after).exists()


def _in_order(asked: Asked, lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=asked.position, reverse=not asked.oldest_first)


def _told(asked: Asked, page: list[Line], held: dict[str, int]) -> Iterator[HistoryLine]:
    """The page with its balances; `held` goes along and fits the next page afterwards."""
    code = asked.account.code
    for line in page:
        change = line.amount if line.target == code else -line.amount
        if asked.oldest_first:
            held[line.unit] += change
        yield HistoryLine(line, change, held[line.unit])
        if not asked.oldest_first:
            held[line.unit] -= change


def _held_before(asked: Asked, first: Line, units: Iterable[str]) -> dict[str, int]:
    """Unit → what the account held where the reading of this page begins: one query.

    Newest first that is the balance less what came later, else the sum of what came before:
    near the end where a reading begins, both look at little. One statement sees one state of
    the books, so that what is posted meanwhile changes nothing."""
    wanted = sorted(units)
    which, codes = among("u.code", wanted)
    values = [_stored(value) for value in asked.position(first)]
    columns = (name.replace("entry_id", "entry_key") for name in asked.fields)
    row = f"({', '.join(f'm.{name}' for name in columns)})"
    place = f"({', '.join(['%s'] * len(values))})"
    if asked.period is None and not asked.oldest_first and asked.account.cls != "outside":
        found = ask(
            _NOW_LESS_LATER.format(row=row, place=place, which=which),
            [*([instant(first.recorded_at), *values] * 2), asked.account.pk, *codes],
        )
    elif asked.period is None:
        until = "<" if asked.oldest_first else "<="
        at, *rest = values
        earlier, same = [asked.account.pk, at, *codes], [asked.account.pk, at, *rest, *codes]
        found = ask(_SUM_UNTIL.format(which=which, until=until), [*earlier, *same] * 2)
    else:
        until = "<" if asked.oldest_first else "<="
        given = [asked.account.pk, *codes, *values]
        found = ask(
            _SUM_OF_EARLIER.format(row=row, place=place, which=which, until=until), given * 2
        )
    return dict.fromkeys(wanted, 0) | {code: int(amount) for code, amount in found}


def _stored(value: date | datetime | UUID | int) -> object:
    """A value as this engine compares it in its own words."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID) and connection.vendor == "sqlite":
        return value.hex
    return value.isoformat() if isinstance(value, date) else value


_LATER = (
    "coalesce((SELECT sum(m.amount) FROM ledger_movement AS m WHERE m.{side} = b.account_id"
    " AND m.unit_id = b.unit_id AND m.recorded_at >= %s AND {{row}} > {{place}}), 0)"
)
_NOW_LESS_LATER = (
    f"SELECT u.code, b.amount - {_LATER.format(side='target_id')}"
    f" + {_LATER.format(side='source_id')} FROM ledger_balance AS b"
    " JOIN ledger_unit AS u ON u.id = b.unit_id WHERE b.account_id = %s AND {which}"
)
_EARLIER = (
    "SELECT m.unit_id, {sign}m.amount AS amount FROM ledger_movement AS m"
    " WHERE m.{side} = %s AND m.unit_id IN (SELECT u.id FROM ledger_unit AS u WHERE {{which}})"
    " AND {{row}} {{until}} {{place}}"
)
_SUM_OF_EARLIER = (
    f"SELECT u.code, sum(s.amount) FROM ({_EARLIER.format(sign='', side='target_id')}"
    f" UNION ALL {_EARLIER.format(sign='-', side='source_id')}) AS s"
    " JOIN ledger_unit AS u ON u.id = s.unit_id GROUP BY u.code"
)
# What was recorded before, along the index alone, and what was recorded in the same moment.
_UNTIL = (
    "SELECT m.unit_id, {sign}sum(m.amount) AS amount FROM ledger_movement AS m"
    " WHERE m.{side} = %s AND m.recorded_at {when} %s{exact}"
    " AND m.unit_id IN (SELECT u.id FROM ledger_unit AS u WHERE {{which}}) GROUP BY m.unit_id"
)
_EXACT = " AND (m.entry_key, m.n) {until} (%s, %s)"
_SUM_UNTIL = (
    "SELECT u.code, sum(s.amount) FROM ("
    + " UNION ALL ".join(
        _UNTIL.format(sign=sign, side=side, when=when, exact=exact)
        for sign, side in (("", "target_id"), ("-", "source_id"))
        for when, exact in (("<", ""), ("=", _EXACT))
    )
    + ") AS s JOIN ledger_unit AS u ON u.id = s.unit_id GROUP BY u.code"
)
