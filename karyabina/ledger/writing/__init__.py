"""How entries are written: the database books them and refuses what must not be.

Only `actions` call this."""

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import Entry
from karyabina.ledger.writing import on_postgresql, on_sqlite
from karyabina.ledger.writing.rows import Row

TRIES = 8
CLASHES = ("40P01", "40001")  # deadlock, serialization failure
Done = TypeVar("Done")


def write_all(rows: Sequence[Row]) -> list[Entry]:
    """Write all of them, in order, or none; a key that is there already stays as it is."""
    return again(lambda: _write(rows))


def write_each(rows: Sequence[Row]) -> list[Entry | Refusal]:
    """Write each that the books accept, in order, as if one came after the other; the entry or
    why not, for each. One transaction: where the server dies, none is there."""

    def every() -> list[Entry | Refusal]:
        with transaction.atomic():
            return _halves(rows)

    return again(every)


def try_each(rows: Sequence[Row]) -> list[Entry | Refusal]:
    """What `write_each` would return now; nothing is written."""

    def every() -> list[Entry | Refusal]:
        with transaction.atomic():
            results = _halves(rows)
            transaction.set_rollback(True)
        return results

    return again(every)


def together(act: Callable[[], Done]) -> Done:
    """Do `act` in one transaction; again from its beginning where another transaction got in its
    way, so that nobody sees a deadlock.

    Whoever posts several entries that must stand or fall with other rows wraps it all in this:
    each attempt finds nothing of the one before in the database, so `act` must keep nothing of it
    in memory either. `post_all` needs none of it. Within a transaction that is open already it is a
    part of that one, and whoever owns that has to try again."""

    def whole() -> Done:
        with transaction.atomic():
            return act()

    return again(whole)


def _write(rows: Sequence[Row]) -> list[Entry]:
    if connection.vendor == "sqlite":
        return on_sqlite.write(rows)
    return on_postgresql.write(rows)


def _halves(rows: Sequence[Row]) -> list[Entry | Refusal]:
    """All at once where they are all good; else the first half, then the second, and so on down
    to the bad one alone."""
    try:
        return [*_write(rows)]
    except Refusal as refusal:
        if len(rows) == 1:
            return [refusal]
    middle = len(rows) // 2
    return _halves(rows[:middle]) + _halves(rows[middle:])


def again(act: Callable[[], Done]) -> Done:
    """Act, again where two transactions got in each other's way: nobody needs to know. Within a
    transaction whoever owns it has to: all of it was undone."""
    if connection.in_atomic_block:
        return act()
    for attempt in range(1, TRIES + 1):
        try:
            return act()
        except OperationalError as error:
            clash = getattr(error.__cause__, "sqlstate", None) in CLASHES
            if not clash or attempt == TRIES:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 (no secret)
    raise AssertionError("the last try returns or raises")
