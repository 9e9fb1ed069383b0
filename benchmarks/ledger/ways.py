"""The ways an entry reaches the books: the one place that knows how posting is called.

- *bare*: the driver alone, with the statements of `karyabina.ledger.writing`: what the database
  itself costs.
- *action*: `ledger.actions.post` in a transaction of its own: what the program does.
- *action batch*: `ledger.actions.post_all`, many entries at once.

A way is opened in the process that uses it, with a connection of its own; it is then called with
the sales to post, one or many.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import SELLER, Sale
from karyabina.ledger import actions as ledger
from karyabina.ledger import writing
from karyabina.ledger.models import HUB, text_of
from karyabina.ledger.queries import digest_of
from karyabina.staff.models import Staff

Way = Callable[[Sequence[Sale]], None]


@dataclass
class Bare:
    """The way, and the connection that it writes by."""

    own: Any
    write: Way

    def __call__(self, sales: Sequence[Sale]) -> None:
        self.write(sales)


def _seller() -> Staff:
    return Staff.objects.get(username=SELLER)


def action(books: Books) -> Way:
    databases.use(books)
    person = _seller()

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


def action_batch(books: Books) -> Way:
    databases.use(books)
    person = _seller()

    def post(sales: Sequence[Sale]) -> None:
        ledger.post_all(  # type: ignore[attr-defined]
            by=person,
            postings=[
                ledger.Posting(  # type: ignore[attr-defined]
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


def bare(books: Books) -> Bare:
    databases.use(books)
    by = _seller().pk
    connection.close()
    return _bare_postgresql(books, by) if databases.postgresql() else _bare_sqlite(books, by)


def _offset(at: datetime) -> int:
    offset = at.utcoffset()
    assert offset is not None
    return int(offset.total_seconds() // 60)


def _bare_postgresql(books: Books, by: Any) -> Bare:
    own = databases.connect_postgresql(books)
    cursor = own.cursor()

    def post(sales: Sequence[Sale]) -> None:
        for sale in sales:
            cursor.execute(
                writing.POST,
                [
                    sale.key,
                    "sale",
                    HUB,
                    None,
                    by,
                    sale.occurred_at,
                    _offset(sale.occurred_at),
                    sale.occurred_at.date(),
                    digest_of("sale", sale.request),
                    None,
                    "",
                    [move.source for move in sale.moves],
                    [move.target for move in sale.moves],
                    [move.unit for move in sale.moves],
                    [move.amount for move in sale.moves],
                ],
                prepare=True,
            )
            row = cursor.fetchone()
            if row is None or row[-3] is not None:
                raise RuntimeError(f"refused: {row}")

    return Bare(own, post)


def _marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


CODES = "SELECT code, id FROM {} WHERE code IN (SELECT value FROM json_each(?))"


def _bare_sqlite(books: Books, by: Any) -> Bare:
    own = databases.connect_sqlite(books)
    entry, movements = _marks(writing.INSERT_ENTRY), _marks(writing.INSERT_MOVEMENTS)

    def write(sale: Sale) -> None:
        there = own.execute("SELECT * FROM ledger_entry WHERE key = ?", [sale.key.hex])
        if there.fetchone() is not None:
            raise RuntimeError("a key came twice")
        codes = [code for move in sale.moves for code in (move.source, move.target)]
        accounts = dict(own.execute(CODES.format("ledger_account"), [json.dumps(codes)]))
        units = dict(
            own.execute(CODES.format("ledger_unit"), [json.dumps([m.unit for m in sale.moves])])
        )
        own.execute(
            entry,
            [
                sale.key.hex,
                "sale",
                HUB,
                None,
                HUB,
                by.hex,
                text_of(sale.occurred_at),
                _offset(sale.occurred_at),
                sale.occurred_at.date().isoformat(),
                len(sale.moves),
                digest_of("sale", sale.request),
                None,
                "",
            ],
        )
        rows = [
            [accounts[m.source], accounts[m.target], units[m.unit], m.amount] for m in sale.moves
        ]
        own.execute(movements, [json.dumps(rows), sale.key.hex])

    def post(sales: Sequence[Sale]) -> None:
        for sale in sales:
            own.execute("BEGIN IMMEDIATE")
            try:
                write(sale)
            except sqlite3.Error:
                own.execute("ROLLBACK")
                raise
            own.execute("COMMIT")

    return Bare(own, post)


# Each way to post a single sale, and each to post a hundred at once where the books know how to.
SINGLE: dict[str, Callable[[Books], Way]] = {"bare": bare, "action": action}
BATCHES: dict[str, Callable[[Books], Way]] = {}
if hasattr(ledger, "post_all"):
    BATCHES["action batch"] = action_batch
