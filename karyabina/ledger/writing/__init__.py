"""How entries are written: the database books them and refuses what must not be.

Only `actions` call this."""

import random
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import Entry
from karyabina.ledger.writing import on_postgresql, on_sqlite
from karyabina.ledger.writing.rows import Row

TRIES = 8
MANY_TRIES = 30  # of several entries that others may touch in any order
PATIENCE = "300ms"  # less than PostgreSQL waits before it looks for a deadlock: a second
CLASHES = ("40P01", "40001", "55P03")  # deadlock, serialization failure, waited too long
LONGEST_PAUSE = 0.3  # seconds
Done = TypeVar("Done")


def write_all(rows: Sequence[Row]) -> list[Entry]:
    """Write all of them, in order, or none; a key that is there already stays as it is."""
    return again(lambda: _write(rows))


def write_each(rows: Sequence[Row]) -> list[Entry | Refusal]:
    """Write each that the books accept, in order, as if one came after the other; the entry or
    why not, for each. One transaction: where the server dies, none is there."""
    try:
        return [*write_all(rows)]
    except Refusal as refusal:
        if len(rows) == 1:
            return [refusal]
    return together(lambda: _halves(rows))


def try_each(rows: Sequence[Row]) -> list[Entry | Refusal]:
    """What `write_each` would return now; nothing is written."""

    def undone() -> list[Entry | Refusal]:
        results = _halves(rows)
        transaction.set_rollback(True)
        return results

    return together(undone)


def together(act: Callable[[], Done]) -> Done:
    """Do `act` in one transaction; again from its beginning where others were in its way, so that
    nobody sees a deadlock.

    Whoever posts several entries that stand or fall together, by more than one `post_all`, wraps
    it in this: on PostgreSQL two who touch the same accounts in opposite orders block each other.
    Here a wait is soon given up, before PostgreSQL ends somebody else's transaction for it; and
    from the second attempt on such transactions go one after the other. Nothing of a failed
    attempt is left in the database; `act` must keep nothing of it in memory either. Within a
    transaction that is open already it is a part of that one, and whoever owns that has to try
    again."""
    if connection.in_atomic_block:
        with transaction.atomic():
            return act()
    attempts = count(1)

    def whole() -> Done:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                _wait_little(in_turn=next(attempts) > 1)
            return act()

    return again(whole, tries=MANY_TRIES)


def _wait_little(*, in_turn: bool) -> None:
    with connection.cursor() as cursor:
        if in_turn:
            cursor.execute("SELECT pg_advisory_xact_lock(7312, 0)")
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])


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


def again(act: Callable[[], Done], *, tries: int = TRIES) -> Done:
    """Act, again where two transactions got in each other's way: nobody needs to know. Within a
    transaction whoever owns it has to: all of it was undone."""
    if connection.in_atomic_block:
        return act()
    for attempt in range(1, tries + 1):
        try:
            return act()
        except OperationalError as error:
            clash = getattr(error.__cause__, "sqlstate", None) in CLASHES
            if not clash or attempt == tries:
                raise
            pause = min(0.01 * 2**attempt, LONGEST_PAUSE)
            time.sleep(random.uniform(0, pause))  # noqa: S311 (no secret)
    raise AssertionError("the last try returns or raises")
