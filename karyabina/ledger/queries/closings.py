"""Days that are closed, days that wait for it, and the seals of those that were.

An office is named by its code (`home` of its accounts)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, QuerySet, Subquery

from karyabina.ledger.models import Account, Closing, Reopening, Seal
from karyabina.ledger.queries.sql import among, ask
from karyabina.staff.models import Staff


def homes() -> list[str]:
    """The codes of all that have books: offices, also such that closed nothing yet."""
    return sorted(Account.objects.order_by().values_list("home", flat=True).distinct())


# --- what holds now ------------------------------------------------------------------------------
def _last(homes: Iterable[str]) -> QuerySet[Closing]:
    """The last row of each of these offices: it says what holds."""
    newest = Closing.objects.filter(home=OuterRef("home")).order_by("-n").values("n")[:1]
    found = Closing.objects.filter(home__in=list(homes), n=Subquery(newest))
    return found.select_related("by").order_by("home")


def last_closing(home: str) -> Closing | None:
    """The last closing or reopening of an office, if there was any."""
    return _last([home]).first()


def closed_until(homes: Iterable[str]) -> dict[str, date]:
    """Office → the day up to which its books are closed; without those that closed none."""
    return {row.home: row.until for row in _last(homes) if row.until is not None}


def requests(homes: Iterable[str]) -> dict[str, Reopening]:
    """Office → the request to reopen its last closing that waits for an answer."""
    last = Closing.objects.filter(home=OuterRef("closing__home")).order_by("-n").values("n")[:1]
    found = Reopening.objects.filter(
        closing__home__in=list(homes),
        closing__n=Subquery(last),
        declined=None,
        agreement=None,
    )
    return {row.closing.home: row for row in found.select_related("closing", "by").order_by("at")}


# --- what waits ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Figures:
    """What is booked in an office on a day, or on several: entries, and rupiah.

    `came` and `went` are money into and out of its drawers and banks; `due_came` and `due_went`
    what its claims rose and fell by. What only changes its place within the office counts not."""

    entries: int = 0
    came: int = 0
    went: int = 0
    due_came: int = 0
    due_went: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.entries + other.entries,
            self.came + other.came,
            self.went + other.went,
            self.due_came + other.due_came,
            self.due_went + other.due_went,
        )


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The figures of one day of one office."""

    home: str
    day: date
    figures: Figures


# The entries first, whatever the planner thinks: the days that are open are few. (CROSS JOIN is
# how SQLite is told the order.)
_OPEN = "WITH late AS MATERIALIZED (SELECT key, booked_on FROM ledger_entry AS e WHERE {days})"
_SIDE = (
    "SELECT a.home, late.booked_on, late.key,"
    " CASE WHEN {{moved}} AND a.cls = 'holding' THEN {came} ELSE 0 END AS came,"
    " CASE WHEN {{moved}} AND a.cls = 'holding' THEN {went} ELSE 0 END AS went,"
    " CASE WHEN {{moved}} AND a.cls = 'claim' THEN {came} ELSE 0 END AS due_came,"
    " CASE WHEN {{moved}} AND a.cls = 'claim' THEN {went} ELSE 0 END AS due_went"
    " FROM late CROSS JOIN ledger_movement AS m"
    " JOIN ledger_account AS a ON a.id = m.{side} AND a.cls <> 'outside'"
    " JOIN ledger_account AS o ON o.id = m.{other} JOIN ledger_unit AS u ON u.id = m.unit_id"
    " WHERE m.entry_key = late.key AND {{where}}"
)
_MOVED = "u.kind = 'money' AND (o.cls <> a.cls OR o.home <> a.home)"
_CAME = _SIDE.format(came="m.amount", went="0", side="target_id", other="source_id")
_WENT = _SIDE.format(came="0", went="m.amount", side="source_id", other="target_id")


def waiting(homes: Iterable[str]) -> list[DayFigures]:
    """The days of these offices that have entries and are not closed, in order. Two queries."""
    asked = list(homes)
    closed = closed_until(asked)
    where, params = among("a.home", asked)
    days, first = "1 = 1", list[str]()
    if asked and len(closed) == len(set(asked)):
        days, first = "e.booked_on > %s", [min(closed.values()).isoformat()]
    sides = f"{_CAME} UNION ALL {_WENT}".format(moved=_MOVED, where=where)
    rows = ask(
        f"{_OPEN.format(days=days)} SELECT home, booked_on, count(DISTINCT key), sum(came),"
        f" sum(went), sum(due_came), sum(due_went) FROM ({sides}) AS s"
        " GROUP BY home, booked_on ORDER BY home, booked_on",
        [*first, *params, *params],
    )
    found = [
        DayFigures(home, _day(day), Figures(*(int(figure) for figure in figures)))
        for home, day, *figures in rows
    ]
    return [one for one in found if one.home not in closed or one.day > closed[one.home]]


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What an office may want to settle before it closes: goods under way, differences."""

    account: str
    unit: str
    amount: int


def unfinished(home: str) -> list[Unfinished]:
    """Goods that are still under way from or to an office, and differences nobody has cleared."""
    rows = ask(
        "SELECT a.code, u.code, b.amount FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        " WHERE a.home = %s AND b.amount <> 0"
        " AND (a.code LIKE 'transit:%%' OR a.code LIKE 'difference:%%') ORDER BY a.code, u.code",
        [home],
    )
    return [Unfinished(account, unit, int(amount)) for account, unit, amount in rows]


# --- what an office's list and page show ---------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Standing:
    """How far an office is: closed up to `until` (None: never), the days that wait, a request
    that waits for an answer."""

    home: str
    until: date | None
    last: Closing | None
    asked: Reopening | None
    days: tuple[DayFigures, ...]

    @property
    def figures(self) -> Figures:
        return total(self.days)


def total(days: Iterable[DayFigures]) -> Figures:
    return sum((one.figures for one in days), Figures())


def standings(homes: Iterable[str]) -> dict[str, Standing]:
    """Each office's standing; the same few queries however many offices."""
    asked = list(homes)
    last = {row.home: row for row in _last(asked)}
    open_requests = requests(asked)
    days: dict[str, list[DayFigures]] = {home: [] for home in asked}
    for one in waiting(asked):
        days[one.home].append(one)
    return {
        home: Standing(
            home,
            last[home].until if home in last else None,
            last.get(home),
            open_requests.get(home),
            tuple(days[home]),
        )
        for home in asked
    }


def reopenable(standing: Standing) -> bool:
    """Whether the last closing can be asked back: it is none of a reopening, nobody has asked
    yet, and no later day bears a seal."""
    last = standing.last
    if last is None or last.until is None or last.reopening_id is not None or standing.asked:
        return False
    return not Seal.objects.filter(home=standing.home, day__gt=last.until).exists()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an office's days, for its history.

    `what` is closed, asked, reopened or declined; `until` the day up to which the closing in
    question reached."""

    what: str
    period: str
    until: date | None
    at: datetime
    by: Staff
    reason: str = ""


def history(home: str, limit: int = 200) -> list[Event]:
    """What happened to the days of an office, newest first: two queries."""
    events = [
        Event(
            "closed" if row.reopening_id is None else "reopened",
            row.period,
            row.until if row.reopening_id is None else row.was,
            row.at,
            row.by,
        )
        for row in Closing.objects.filter(home=home).select_related("by").order_by("-n")[:limit]
    ]
    asked = Reopening.objects.filter(closing__home=home).order_by("-at", "-key")
    for row in asked.select_related("by", "closing", "declined__by")[:limit]:
        of = row.closing
        events.append(Event("asked", of.period, of.until, row.at, row.by, row.reason))
        said_no = getattr(row, "declined", None)
        if said_no is not None:
            what = "withdrawn" if said_no.by_id == row.by_id else "declined"
            events.append(Event(what, of.period, of.until, said_no.at, said_no.by, said_no.reason))
    order = ("closed", "asked", "declined", "withdrawn", "reopened")  # where two bear the same time
    events.sort(key=lambda event: (event.at, order.index(event.what)), reverse=True)
    return events[:limit]


# --- seals ---------------------------------------------------------------------------------------
def seals_of(homes: Iterable[str], *, since: date | None = None) -> QuerySet[Seal]:
    """The seals of these offices in the order of their chains; of days since one, if given."""
    found = Seal.objects.filter(home__in=list(homes))
    return found if since is None else found.filter(day__gte=since)


def newest_seals(home: str, count: int) -> list[Seal]:
    return list(Seal.objects.filter(home=home).order_by("-n")[:count])


def seals_of_month(home: str, month: date | None) -> QuerySet[Seal]:
    """The seals of the days of one month, in the order of the chain."""
    if month is None:
        return Seal.objects.none()
    return Seal.objects.filter(home=home, day__year=month.year, day__month=month.month)


def sealing_homes() -> list[str]:
    """The offices that have seals."""
    return sorted(Seal.objects.order_by().values_list("home", flat=True).distinct())


def sealed_months(home: str) -> list[date]:
    """The months (their first days) of which an office has seals, newest first."""
    return list(Seal.objects.filter(home=home).dates("day", "month", order="DESC"))
