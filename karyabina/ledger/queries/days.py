"""The day under which an occurrence counts."""

from collections.abc import Iterable
from datetime import date, datetime


def booked_day(occurred_at: datetime, offices: Iterable[str]) -> date:
    """The day under which an occurrence counts in every one of `offices` (their codes).

    It is the earliest local day, not before the occurrence, that is open in all of them. No
    office can close a day yet, so all days are open and it is the day of the occurrence itself,
    on the clock of the place where it happened."""
    return occurred_at.date()
