"""Days that are closed, days that wait for it, and the seals of those that were.

An office is named by its code (`home` of its accounts)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from karyabina.ledger.models import Closing, Reopening
from karyabina.ledger.queries.sql import among


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


_SIDE = """
SELECT a.home, m.booked_on, m.entry_key,
  CASE WHEN u.kind = 'money' AND a.cls = '{holding}' AND (o.cls <> a.cls OR o.home <> a.home)
    THEN m.amount ELSE 0 END AS {money},
  0 AS {no_money},
  CASE WHEN a.cls = 'claim' AND (o.cls <> a.cls OR o.home <> a.home)
    THEN m.amount ELSE 0 END AS {due},
  0 AS {no_due}
FROM ledger_entry AS e
JOIN ledger_movement AS m ON m.entry_key = e.key
JOIN ledger_account AS a ON a.id = m.{side} AND a.cls <> 'outside'
JOIN ledger_account AS o ON o.id = m.{other}
JOIN ledger_unit AS u ON u.id = m.unit_id
LEFT JOIN ledger_closing AS c ON c.home = a.home
  AND c.n = (SELECT max(n) FROM ledger_closing WHERE home = a.home)
WHERE {{where}} AND (c.until IS NULL OR e.booked_on > c.until)"""


def _side(side: str, other: str, *, came: bool) -> str:
    text = _SIDE.format(
        side=side,
        other=other,
        holding="holding",
        money="came" if came else "went",
        no_money="went" if came else "came",
        due="due_came" if came else "due_went",
        no_due="due_went" if came else "due_came",
    )
    if came:
        return text
    # UNION ALL goes by place, not by name.
    return (
        f"SELECT home, booked_on, entry_key, came, went, due_came, due_went FROM ({text}) AS gave"
    )


def waiting(homes: Iterable[str]) -> list[DayFigures]:
    """The days of these offices that have entries and are not closed, in order. One query."""
    text, values = among("a.home", homes)
    since = [row.until for row in _last(homes := list(values_of(values)))]
    return []


def values_of(values: Any) -> Any:
    return values
