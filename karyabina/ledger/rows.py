"""The books as pages and files show them: codes with their titles, amounts with their measure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from karyabina.base.money import MINUS, rupiah_text
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.ledger.explaining import About
from karyabina.ledger.models import RUPIAH
from karyabina.ledger.naming import account_title, kind_title
from karyabina.ledger.queries import HistoryLine, Line

Abouts = Mapping[str, About]


def amount_text(amount: int, unit: str, abouts: Abouts) -> str:
    """Rp 12.450; 12 buah; 1.250 g. A unit that nobody explains is counted in pieces."""
    if unit == RUPIAH:
        return rupiah_text(amount)
    return quantity_text(amount, abouts[unit].measure if unit in abouts else "piece")


def change_text(change: int, unit: str, abouts: Abouts) -> str:
    """The same with its sign: +Rp 12.450, −12 buah."""
    text = amount_text(abs(change), unit, abouts)
    return f"{'+' if change >= 0 else MINUS}{text}"


@dataclass(frozen=True, slots=True)
class Named:
    """An account as a page names it; `seen` if it has a page for this person."""

    code: str
    title: str
    seen: bool


def named(code: str, seen: frozenset[str]) -> Named:
    return Named(code, account_title(code), code in seen)


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line of an account's book."""

    line: Line
    title: str
    other: Named
    unit_name: str
    change: int
    change_text: str
    running_text: str


def book_rows(
    lines: Iterable[HistoryLine], code: str, abouts: Abouts, seen: frozenset[str]
) -> Iterator[BookRow]:
    """The lines of the book of the account `code`."""
    for one in lines:
        line = one.line
        yield BookRow(
            line,
            kind_title(line.kind),
            named(line.source if line.target == code else line.target, seen),
            name_of(line.unit, abouts),
            one.change,
            change_text(one.change, line.unit, abouts),
            amount_text(one.running, line.unit, abouts),
        )


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One movement, from an account to another."""

    line: Line
    title: str
    source: Named
    target: Named
    unit_name: str
    amount_text: str
    lot_seen: bool


def move_rows(
    lines: Iterable[Line], abouts: Abouts, seen: frozenset[str], lots: frozenset[str]
) -> Iterator[MoveRow]:
    """Movements with their accounts named; `lots` are the units that have a page."""
    for line in lines:
        yield MoveRow(
            line,
            kind_title(line.kind),
            named(line.source, seen),
            named(line.target, seen),
            name_of(line.unit, abouts),
            amount_text(line.amount, line.unit, abouts),
            line.unit in lots,
        )


def name_of(unit: str, abouts: Abouts) -> str:
    """What the unit is called, if somebody knows."""
    return abouts[unit].name if unit in abouts else ""


# --- files ---------------------------------------------------------------------------------------
def line_cells(line: Line) -> tuple[str | int | date, ...]:
    """The columns that every file has of a movement; both times on the clock of where it was."""
    return (
        line.recorded_at.astimezone(line.occurred_at.tzinfo),
        line.occurred_at,
        line.booked_on,
        kind_title(line.kind),
        str(line.entry_key),
        line.n,
        line.source,
        line.target,
        line.unit,
        line.amount,
        line.by_name,
        line.note,
    )
