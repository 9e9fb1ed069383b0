"""Are the books right? One function per invariant; `karya verify` runs them all.

Each looks for counter-examples and names at most a few of them, so that memory stays small however
long the books are. A room says what always holds in its module `invariants.py`:

    @invariant(_("Setiap struk punya nomor yang berurutan"))
    def receipts_have_no_gaps() -> list[str]: ...

What several of them need is read once: `once(movements)`. Those of the group "seals" run only
when they are asked for.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DatabaseError, connection, transaction
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _now

from karyabina.ledger.queries.sql import one_snapshot

MOST_FAULTS = 10  # shown of one invariant
BOOKS, SEALS = "books", "seals"

Check = Callable[[], list[str]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule:
    """What always holds, said in a sentence, and how to look for what does not."""

    sentence: str | Promise
    check: Check
    group: str

    def of(self, room: str) -> bool:
        return f"{self.check.__module__}.".startswith(f"{room}.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant and its counter-examples; none means that it holds."""

    sentence: str
    faults: tuple[str, ...]


_RULES: list[Rule] = []


def invariant(sentence: str | Promise, *, group: str = BOOKS) -> Callable[[Check], Check]:
    """Register a check under a sentence that says what always holds; it returns the faults."""

    def register(check: Check) -> Check:
        if check not in [rule.check for rule in _RULES]:
            _RULES.append(Rule(sentence, check, group))
        return check

    return register


def _discover() -> None:
    autodiscover_modules("invariants", "seal_checks")


def rules(*, of: str = "karyabina", seals: bool = False) -> list[Rule]:
    """What is checked, the books' own first; of one room (its package) or of all."""
    _discover()
    groups = (BOOKS, SEALS) if seals else (BOOKS,)
    return [rule for rule in _RULES if rule.of(of) and rule.group in groups]


def run(
    *,
    of: str = "karyabina",
    seals: bool = False,
    tell: Callable[[int, Rule], None] | None = None,
) -> Iterator[Finding]:
    """Check every invariant against one state of the database, one after the other.

    `tell` hears of each before it is checked. A check that cannot be made (a table is missing) is
    a fault as well and stops no other."""
    wanted = rules(of=of, seals=seals)
    with one_state():
        for n, rule in enumerate(wanted, 1):
            if tell is not None:
                tell(n, rule)
            yield Finding(str(rule.sentence), _faults(rule.check))


def _faults(check: Check) -> tuple[str, ...]:
    try:
        with transaction.atomic():
            return tuple(check()[:MOST_FAULTS])
    except DatabaseError as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        return (_now("tidak dapat diperiksa: %(why)s") % {"why": why},)


# --- one state -----------------------------------------------------------------------------------
_here = threading.local()
_BEFOREHAND: list[Callable[[], Any]] = []


def beforehand(read: Callable[[], Any]) -> None:
    """Have this read before the snapshot is taken, because the snapshot only lets one look."""
    if read not in _BEFOREHAND:
        _BEFOREHAND.append(read)


@contextmanager
def one_state() -> Iterator[None]:
    """Read a single snapshot, while others go on selling; what was read once is kept until the
    end. Within a state, or a transaction that is open already, that is the one that is read."""
    if getattr(_here, "read", None) is not None:
        yield
        return
    _discover()  # they say what is to be read beforehand
    _here.read = {read: _tried(read) for read in _BEFOREHAND}
    try:
        with one_snapshot(*_SETTINGS):
            yield
    finally:
        _here.read = None


def _tried(read: Callable[[], Any]) -> Any:
    try:
        with transaction.atomic():
            return read()
    except DatabaseError as error:
        return error


def once(read: Callable[[], T]) -> T:
    """What `read` gives, asked once within one state."""
    kept: dict[Any, Any] | None = getattr(_here, "read", None)
    if kept is None:
        return read()
    if read not in kept:
        kept[read] = read()
    if isinstance(kept[read], DatabaseError):
        raise kept[read]
    found: T = kept[read]
    return found


# A few aggregates over many rows: worth every processor there is, and the hash of all entries.
_SETTINGS = (
    "SET LOCAL work_mem = '96MB'",
    "SET LOCAL parallel_setup_cost = 0",
    "SET LOCAL parallel_tuple_cost = 0",
    "SET LOCAL max_parallel_workers_per_gather = 4",
    "SET LOCAL enable_sort = off",  # else the number of groups is overrated and all is sorted
    "SET LOCAL jit = off",
    "SET LOCAL TimeZone = 'UTC'",
)


def ask(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The first few rows of a query for counter-examples."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS found LIMIT {MOST_FAULTS}", params)
        return list(cursor.fetchall())
