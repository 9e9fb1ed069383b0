"""An account in a period (by `booked_on`) and at an instant (by `recorded_at`), for every unit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from karyabina.ledger.queries.sql import ask, instant


@dataclass(frozen=True, slots=True)
class Turnover:
    """What an account held at the beginning of a period, what came, what went, what was left."""

    unit: str
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went


# Columns of each side: the unit, what it adds to the opening, what came, what went.
_SIDE = (
    "SELECT m.unit_id, CASE WHEN m.booked_on < %s THEN {sign}m.amount ELSE 0 END AS opening,"
    " {came} AS came, {went} AS went FROM ledger_movement AS m"
    " WHERE m.{side} = (SELECT id FROM ledger_account WHERE code = %s)"
    " AND m.booked_on <= %s{{unit}}"
)
_MOVED = "CASE WHEN m.booked_on < %s THEN 0 ELSE m.amount END"
_CAME = _SIDE.format(sign="", came=_MOVED, went="0", side="target_id")
_WENT = _SIDE.format(sign="-", came="0", went=_MOVED, side="source_id")


def turnover(
    code: str, unit: str | None = None, *, first: date | None = None, last: date | None = None
) -> list[Turnover]:
    """What the account held before the first day, what came and went until the last, by unit.

    Days are those under which entries count (`booked_on`), both included; without one the period
    begins with the books, or has no end. One query. Units of which nothing was there before and
    nothing moved are left out."""
    begin, end = first or date.min, last or date.max
    of_unit, more = "", list[Any]()
    if unit is not None:
        of_unit = " AND m.unit_id = (SELECT id FROM ledger_unit WHERE code = %s)"
        more = [unit]
    given = [begin.isoformat(), begin.isoformat(), code, end.isoformat(), *more]
    rows = ask(
        "SELECT u.code, sum(s.opening), sum(s.came), sum(s.went) FROM ("
        f"{_CAME.format(unit=of_unit)} UNION ALL {_WENT.format(unit=of_unit)}) AS s"
        " JOIN ledger_unit AS u ON u.id = s.unit_id GROUP BY u.code ORDER BY u.code",
        given + given,
    )
    found = [Turnover(of, int(opening), int(came), int(went)) for of, opening, came, went in rows]
    return [one for one in found if one.opening or one.came or one.went]


def balances_at(code: str, at: datetime) -> dict[str, int]:
    """Unit → what the books said at `at` (by `recorded_at`, inclusive) that the account holds.

    One query; what was not there is left out."""
    side = (
        "SELECT m.unit_id, {sign}m.amount AS amount FROM ledger_movement AS m"
        " WHERE m.{side} = (SELECT id FROM ledger_account WHERE code = %s) AND m.recorded_at <= %s"
    )
    rows = ask(
        "SELECT u.code, sum(s.amount) FROM ("
        f"{side.format(sign='', side='target_id')} UNION ALL"
        f" {side.format(sign='-', side='source_id')}) AS s"
        " JOIN ledger_unit AS u ON u.id = s.unit_id GROUP BY u.code HAVING sum(s.amount) <> 0"
        " ORDER BY u.code",
        [code, instant(at)] * 2,
    )
    return {unit: int(amount) for unit, amount in rows}
