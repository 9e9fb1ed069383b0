"""Books with ten thousand, a million, ten million movements, in minutes.

A few hundred sales are posted, truly. Then the guards are lifted and the database repeats these
rows: each copy with a key, a number and times of its own, a sale every 24 seconds (ten million
movements are 400 days). The balances are made anew from the movements, the guards put back, and
the caller lets `karya verify` look at the result: whatever it finds is an error.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection

from benchmarks.ledger import books as databases
from benchmarks.ledger import ways
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import FESTIVAL, MOVEMENTS, SPREAD, draw_sale
from karyabina.base import guards

PATTERNS = 700  # sales that are repeated
FESTIVALS = 0.1  # of them at the festival: the rest over the country
STEP = 24  # seconds from sale to sale
DAYS = 401  # since the first: ten million movements take 397

# The columns of a copy that are its own; every other one is copied, whatever there is.
ENTRY = {
    "postgresql": {
        "key": "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0')"
        " || '7' || substr(md5(i::text || 'a'), 1, 3)"
        " || '8' || substr(md5(i::text || 'b'), 1, 15))::uuid",
        "origin_seq": "i",
        "recorded_at": "{at}",
        "occurred_at": "{at} - interval '2 seconds'",
        "booked_on": "(({at} - interval '2 seconds') AT TIME ZONE 'UTC'"
        " + make_interval(mins => e.occurred_offset::int))::date",
    },
    "sqlite": {
        "key": "printf('%012x', ({start} + i * {step}) * 1000)"
        " || '7' || substr(lower(hex(randomblob(2))), 1, 3)"
        " || '8' || substr(lower(hex(randomblob(8))), 1, 15)",
        "origin_seq": "i",
        "recorded_at": "{at}",
        "occurred_at": "strftime('%Y-%m-%d %H:%M:%S', {start} + i * {step} - 2, 'unixepoch')"
        " || '.000000'",
        "booked_on": "date({start} + i * {step} - 2 + e.occurred_offset * 60, 'unixepoch')",
    },
}
AT = {
    "postgresql": "(to_timestamp({start}) + i * interval '{step} seconds')",
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%S', {start} + i * {step}, 'unixepoch') || '.000000')",
}
NUMBERS = {
    "postgresql": "generate_series({low}::bigint, {high}) AS i",
    "sqlite": "(WITH RECURSIVE r (i) AS (SELECT {low} UNION ALL SELECT i + 1 FROM r"
    " WHERE i < {high}) SELECT i FROM r)",
}
MOVEMENT = {
    "entry_key": "new.key",
    "recorded_at": "new.recorded_at",
    "booked_on": "new.booked_on",
}
SIDES = (
    "SELECT target_id AS account_id, unit_id, amount, recorded_at FROM ledger_movement"
    " UNION ALL SELECT source_id, unit_id, -amount, recorded_at FROM ledger_movement"
)
BYTES = 1_000  # on disk for each movement, while it is made; then less than half
PART = 100_000  # entries at once, so that memory and the journal of the database stay small


def open_past(base: Books, label: str, seed: int) -> Books:
    """A copy of `base` whose first sales were recorded more than a year ago."""
    books = databases.copy(base, label)
    databases.use(books)
    draw = random.Random(seed)
    post = ways.action(books)
    for number in range(PATTERNS):
        post([draw_sale(FESTIVAL if number < FESTIVALS * PATTERNS else SPREAD, draw)])
    with guards.lifted():
        _number_anew()
        _make_balances()
    databases.settle(books)
    return books


def fill(of: Books, label: str, size: int, tell: Callable[[str], None]) -> Books:
    """A copy of `of` with sales until there are `size` movements."""
    began = time.perf_counter()
    if databases.room() < size * BYTES:
        raise RuntimeError(
            f"{size:,} movements need {size * BYTES / 1e9:.0f} GB on disk;"
            f" {databases.room() / 1e9:.0f} are free (--quick needs less)"
        )
    books = databases.copy(of, label)
    databases.use(books)
    if not databases.postgresql():  # only while it is filled: each use opens it anew
        _run("PRAGMA synchronous=OFF", "PRAGMA cache_size=-500000")
    lacking = size - _one("SELECT count(*) FROM ledger_movement")
    if lacking > 0:
        high = int(_one("SELECT max(origin_seq) FROM ledger_entry"))
        last = high + (lacking + MOVEMENTS - 1) // MOVEMENTS
        with guards.lifted():
            for low in range(high + 1, last + 1, PART):
                _repeat(low, min(low + PART - 1, last))
                tell(f"filling: {min((low + PART - 1) * MOVEMENTS, size):,} of {size:,} movements")
            _make_balances()
    databases.settle(books)
    took = time.perf_counter() - began
    tell(f"filled with {size:,} movements in {took:.0f} s: {databases.size(books) / 1e6:,.0f} MB")
    return books


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _start() -> int:
    return int((datetime.now(UTC) - timedelta(days=DAYS)).timestamp())


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [
            column.name for column in connection.introspection.get_table_description(cursor, table)
        ]


def _number_anew() -> None:
    """Move what is there to the start of the past, one step after another, numbered without gaps.

    In two steps, because a number is used once at every moment of a statement."""
    vendor = connection.vendor
    words: dict[str, object] = {"start": _start(), "step": STEP}
    words["at"] = AT[vendor].format(**words)
    own = {
        name: ENTRY[vendor][name]
        .format(**words)
        .replace("i *", "b.i *")
        .replace("e.occurred", "ledger_entry.occurred")
        for name in ("recorded_at", "occurred_at", "booked_on")
    }
    same = " FROM became AS b WHERE b.key = ledger_entry.key"
    _run(
        "CREATE TEMPORARY TABLE became AS SELECT key, row_number() OVER"
        " (ORDER BY recorded_at) AS i FROM ledger_entry",
        "CREATE UNIQUE INDEX became_key ON became (key)",
        "UPDATE ledger_entry SET origin_seq = origin_seq + 1000000000",
        f"UPDATE ledger_entry SET origin_seq = b.i, recorded_at = {own['recorded_at']}{same}",
        f"UPDATE ledger_entry SET occurred_at = {own['occurred_at']},"
        f" booked_on = {own['booked_on']}{same} AND kind = 'sale'",
        "UPDATE ledger_movement SET recorded_at = e.recorded_at, booked_on = e.booked_on"
        " FROM ledger_entry AS e WHERE e.key = ledger_movement.entry_key",
        "DROP TABLE became",
    )
    _restart_numbers()


def _restart_numbers() -> None:
    if connection.vendor == "postgresql":
        _run("SELECT setval('ledger_origin_seq', (SELECT max(origin_seq) FROM ledger_entry))")


def _repeat(low: int, high: int) -> None:
    """Entries number `low` to `high`, each a copy of a pattern with its movements."""
    vendor = connection.vendor
    words: dict[str, object] = {"start": _start(), "step": STEP, "low": low, "high": high}
    words["at"] = AT[vendor].format(**words)
    first = _one("SELECT min(origin_seq) FROM ledger_entry WHERE kind = 'sale'")
    own = {name: sql.format(**words) for name, sql in ENTRY[vendor].items()}
    columns = _columns("ledger_entry")
    values = ", ".join(own.get(name, f"e.{name}") for name in columns)
    _run(
        f"INSERT INTO ledger_entry ({', '.join(columns)}) SELECT {values}"
        f" FROM {NUMBERS[vendor].format(**words)}"
        f" JOIN ledger_entry AS e ON e.origin_seq = {first} + i % {PATTERNS}"
        " AND e.origin = 'hub' ORDER BY i"
    )
    columns = _columns("ledger_movement")
    values = ", ".join(MOVEMENT.get(name, f"m.{name}") for name in columns)
    _run(
        f"INSERT INTO ledger_movement ({', '.join(columns)}) SELECT {values}"
        " FROM ledger_entry AS new"
        f" JOIN ledger_entry AS e ON e.origin = 'hub' AND e.origin_seq = {first}"
        f" + new.origin_seq % {PATTERNS}"
        " JOIN ledger_movement AS m ON m.entry_key = e.key"
        f" WHERE new.origin = 'hub' AND new.origin_seq BETWEEN {low} AND {high}"
        " ORDER BY new.origin_seq, m.n"
    )
    _restart_numbers()


def _make_balances() -> None:
    """Every balance from the movements; an account that only lost has a balance as well."""
    _run(
        "DELETE FROM ledger_balance",
        "INSERT INTO ledger_balance (account_id, unit_id, amount, upto)"
        " SELECT s.account_id, s.unit_id, sum(s.amount), max(s.recorded_at)"
        f" FROM ({SIDES}) AS s JOIN ledger_account AS a ON a.id = s.account_id"
        " WHERE a.cls <> 'outside' GROUP BY s.account_id, s.unit_id",
    )
