"""The ways an entry reaches the books: the one place that knows how posting is called.

- *bare*: the driver alone, with the statements of `karyabina.ledger.writing`: what the database
  itself costs. Each sale in a transaction of its own.
- *bare batch*: the same, all sales of a call in one transaction (PostgreSQL: one statement).
- *action*: `ledger.actions.post` in a transaction of its own: what the program does.
- *action batch*: `ledger.actions.post_all`, many entries at once.

A way is opened in the process that uses it, with a connection and a cashier of its own; it is then
called with the sales to post, one or many.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import Sale, cashier
from karyabina.ledger import actions as ledger
from karyabina.ledger.models import HUB
from karyabina.ledger.queries import digest_of
from karyabina.ledger.writing import on_postgresql, on_sqlite
from karyabina.ledger.writing.rows import Row

Way = Callable[[Sequence[Sale]], None]


@dataclass
class Bare:
    """The way, and the connection that it writes by."""

    own: Any
    write: Way

    def __call__(self, sales: Sequence[Sale]) -> None:
        self.write(sales)


def action(books: Books, number: int = 0) -> Way:
    databases.use(books)
    person = cashier(number)

    def post(sales: Sequence[Sale]) -> None:
        for sale in sales:
            ledger.post(
                key=sale.key,
                kind="sale",
                by=person,
                occurred_at=sale.occurred_at,
                request=sale.request,
                moves=sale.moves,
            )

    return post


def action_batch(books: Books, number: int = 0) -> Way:
    databases.use(books)
    person = cashier(number)

    def post(sales: Sequence[Sale]) -> None:
        ledger.post_all(
            by=person,
            postings=[
                ledger.Posting(
                    key=sale.key,
                    kind="sale",
                    occurred_at=sale.occurred_at,
                    request=sale.request,
                    moves=sale.moves,
                )
                for sale in sales
            ],
        )

    return post


def bare(books: Books, number: int = 0) -> Bare:
    """Each sale by itself, whatever many are handed over."""
    together = bare_batch(books, number)

    def post(sales: Sequence[Sale]) -> None:
        for sale in sales:
            together.write([sale])

    return Bare(together.own, post)


def bare_batch(books: Books, number: int = 0) -> Bare:
    databases.use(books)
    by = cashier(number).pk
    connection.close()
    return _bare_postgresql(books, by) if databases.postgresql() else _bare_sqlite(books, by)


def _offset(at: datetime) -> int:
    offset = at.utcoffset()
    assert offset is not None
    return int(offset.total_seconds() // 60)


def _row(sale: Sale, by: UUID) -> Row:
    return Row(
        key=sale.key,
        kind="sale",
        origin=HUB,
        origin_seq=None,
        by=by,
        occurred_at=sale.occurred_at,
        offset=_offset(sale.occurred_at),
        digest=digest_of("sale", sale.request),
        reverses=None,
        note="",
        moves=sale.moves,
    )


def _bare_postgresql(books: Books, by: UUID) -> Bare:
    own = databases.connect_postgresql(books)
    cursor = own.cursor()

    def post(sales: Sequence[Sale]) -> None:
        rows = [_row(sale, by) for sale in sales]
        cursor.execute(on_postgresql.POST, on_postgresql.arrays_of(rows), prepare=True)
        found = cursor.fetchall()
        if len(found) != len(rows) or found[0][-3] is not None:
            raise RuntimeError(f"refused: {found[0]}")

    return Bare(own, post)


class _Marked:
    """A cursor of the driver that takes statements written for Django's."""

    def __init__(self, own: sqlite3.Connection) -> None:
        self.cursor = own.cursor()
        self.fetchone = self.cursor.fetchone
        self.fetchall = self.cursor.fetchall
        self.known: dict[str, str] = {}

    def sql(self, statement: str) -> str:
        if statement not in self.known:
            self.known[statement] = statement.replace("%s", "?").replace("%%", "%")
        return self.known[statement]

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        self.cursor.execute(self.sql(statement), values)

    def executemany(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        self.cursor.executemany(self.sql(statement), values)


THERE = "SELECT 1 FROM ledger_entry WHERE key IN (SELECT value FROM json_each(%s)) LIMIT 1"


def _bare_sqlite(books: Books, by: UUID) -> Bare:
    own = databases.connect_sqlite(books)
    cursor: Any = _Marked(own)

    def write(rows: Sequence[Row]) -> None:
        cursor.execute(THERE, [json.dumps([row.key.hex for row in rows])])
        if cursor.fetchone() is not None:
            raise RuntimeError("a key came twice")
        known = on_sqlite.Known.of(cursor, rows)
        for row in rows:
            day = row.occurred_at.date().isoformat()
            values = on_sqlite.entry_values(row, day, known.homes_of(row))
            cursor.execute(on_sqlite.INSERT_ENTRY, values)
            _seq, booked_on, recorded_at = cursor.fetchone()
            moves = [
                (
                    row.key.hex,
                    n,
                    known.accounts[move.source],
                    known.accounts[move.target],
                    known.units[move.unit],
                    move.amount,
                    recorded_at,
                    booked_on,
                )
                for n, move in enumerate(row.moves, 1)
            ]
            cursor.executemany(on_sqlite.INSERT_MOVEMENT, moves)

    def post(sales: Sequence[Sale]) -> None:
        rows = [_row(sale, by) for sale in sales]
        own.execute("BEGIN IMMEDIATE")
        try:
            write(rows)
        except BaseException:
            if own.in_transaction:
                own.execute("ROLLBACK")
            raise
        own.execute("COMMIT")

    return Bare(own, post)


# Each way to post a single sale, and each to post a hundred at once.
Opening = Callable[[Books, int], Way]
SINGLE: dict[str, Opening] = {"bare": bare, "action": action}
BATCHES: dict[str, Opening] = {"bare batch": bare_batch, "action batch": action_batch}
