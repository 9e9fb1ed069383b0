"""The reference: the very same rows by plain INSERTs of the same driver, and no rule at all.

The tables have every column and every index of the books' own, but no foreign key, no check, no
trigger and no balance. The rows are copied from real sales, whatever columns those have; only what
differs from sale to sale is changed.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import Sale
from karyabina.ledger.models import text_of

TABLES = {"ledger_entry": "plain_entry", "ledger_movement": "plain_movement"}


def make_tables(books: Books) -> None:
    if databases.postgresql():
        with databases.connect_postgresql(books) as own:
            for ours, theirs in TABLES.items():
                own.execute(f"DROP TABLE IF EXISTS {theirs}")
                own.execute(f"CREATE TABLE {theirs} (LIKE {ours} INCLUDING INDEXES)")
        return
    with closing(databases.connect_sqlite(books)) as file:
        for ours, theirs in TABLES.items():
            file.execute(f"DROP TABLE IF EXISTS {theirs}")
            for statement in _sqlite_table(file, ours, theirs):
                file.execute(statement)


def _sqlite_table(file: Any, ours: str, theirs: str) -> list[str]:
    """The table without its constraints: what its PRAGMAs say, put together again."""
    columns, key = [], []
    for _n, name, kind, required, _default, part in file.execute(f"PRAGMA table_info({ours})"):
        columns.append(f"{name} {kind}{' NOT NULL' if required else ''}")
        if part:
            key.append((part, name))
    whole = ", ".join(name for _part, name in sorted(key))
    options = file.execute(f"SELECT wr, strict FROM pragma_table_list('{ours}')").fetchone()
    said = ["WITHOUT ROWID"] * options[0] + ["STRICT"] * options[1]
    made = [
        f"CREATE TABLE {theirs} ({', '.join(columns)}, PRIMARY KEY ({whole})) {', '.join(said)}"
    ]
    for _n, name, unique, origin, _partial in list(file.execute(f"PRAGMA index_list({ours})")):
        if origin == "pk":
            continue
        of = ", ".join(row[2] for row in file.execute(f"PRAGMA index_info({name})"))
        kind = "UNIQUE INDEX" if unique else "INDEX"
        made.append(f"CREATE {kind} plain_{name} ON {theirs} ({of})")
    return made


class Rows:
    """Makes the rows of one sale after another, as the books themselves would have kept them."""

    def __init__(self, asked: Any, client: int) -> None:
        self.entry_columns = self._columns(asked, "ledger_entry")
        self.movement_columns = self._columns(asked, "ledger_movement")
        self.accounts = dict(asked.execute("SELECT code, id FROM ledger_account").fetchall())
        self.units = dict(asked.execute("SELECT code, id FROM ledger_unit").fetchall())
        entries, movements = ", ".join(self.entry_columns), ", ".join(self.movement_columns)
        e = asked.execute(f"SELECT {entries} FROM ledger_entry LIMIT 1").fetchone()
        m = asked.execute(f"SELECT {movements} FROM ledger_movement LIMIT 1").fetchone()
        self.entry = dict(zip(self.entry_columns, e, strict=True))
        self.movement = dict(zip(self.movement_columns, m, strict=True))
        self.client = client
        self.last = 0

    @staticmethod
    def _columns(asked: Any, table: str) -> list[str]:
        if connection.vendor == "sqlite":
            return [row[1] for row in asked.execute(f"PRAGMA table_info({table})")]
        return [
            name
            for (name,) in asked.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
                " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                [table],
            ).fetchall()
        ]

    def _number(self) -> int:
        """Rising like a sequence and never twice, without asking: microseconds, and who asks."""
        self.last = max(self.last + 16, time.time_ns() // 16_000 * 16 + self.client)
        return self.last

    def of(self, sale: Sale) -> tuple[list[Any], list[list[Any]]]:
        number = self._number()
        at = datetime.fromtimestamp(number / 1e6, UTC)
        sqlite = connection.vendor == "sqlite"
        own: dict[str, Any] = {
            "key": sale.key.hex if sqlite else sale.key,
            "kind": "sale",
            "origin_seq": number,
            "occurred_at": text_of(sale.occurred_at) if sqlite else sale.occurred_at,
            "recorded_at": text_of(at) if sqlite else at,
            "booked_on": sale.occurred_at.date().isoformat() if sqlite else sale.occurred_at.date(),
            "size": len(sale.moves),
        }
        entry = self.entry | own
        rows = []
        for n, move in enumerate(sale.moves, 1):
            row = self.movement | {
                "entry_key": entry["key"],
                "n": n,
                "source_id": self.accounts[move.source],
                "target_id": self.accounts[move.target],
                "unit_id": self.units[move.unit],
                "amount": move.amount,
                "recorded_at": entry["recorded_at"],
                "booked_on": entry["booked_on"],
            }
            rows.append([row[column] for column in self.movement_columns])
        return [entry[column] for column in self.entry_columns], rows


def _insert(table: str, columns: Sequence[str], rows: int, mark: str) -> str:
    one = f"({', '.join([mark] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * rows)}"


def opened(books: Books, client: int = 0) -> Callable[[Sequence[Sale]], None]:
    """The way *plain*: all sales of one call in one transaction."""
    if databases.postgresql():
        return _postgresql(books, client)
    return _sqlite(books, client)


def _postgresql(books: Books, client: int) -> Callable[[Sequence[Sale]], None]:
    own = databases.connect_postgresql(books)
    rows = Rows(own, client)
    cursor = own.cursor()
    one = _insert("plain_entry", rows.entry_columns, 1, "%s")
    movements = _insert("plain_movement", rows.movement_columns, 7, "%s")

    def post(sales: Sequence[Sale]) -> None:
        if len(sales) == 1:
            entry, moves = rows.of(sales[0])
            with own.transaction():
                cursor.execute(one, entry, prepare=True)
                cursor.execute(movements, [v for move in moves for v in move], prepare=True)
            return
        made = [rows.of(sale) for sale in sales]
        flat = [[v for move in moves for v in move] for _entry, moves in made]
        with own.transaction():
            cursor.executemany(one, [entry for entry, _moves in made])
            cursor.executemany(movements, flat)

    return post


def _sqlite(books: Books, client: int) -> Callable[[Sequence[Sale]], None]:
    own = databases.connect_sqlite(books)
    rows = Rows(own, client)
    one = _insert("plain_entry", rows.entry_columns, 1, "?")
    movement = _insert("plain_movement", rows.movement_columns, 1, "?")

    def post(sales: Sequence[Sale]) -> None:
        made = [rows.of(sale) for sale in sales]
        own.execute("BEGIN IMMEDIATE")
        try:
            own.executemany(one, [entry for entry, _moves in made])
            own.executemany(movement, [move for _entry, moves in made for move in moves])
            own.execute("COMMIT")
        except BaseException:
            if own.in_transaction:
                own.execute("ROLLBACK")
            raise

    return post
