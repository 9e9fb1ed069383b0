"""Asking the database in its own words, on both engines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from karyabina.ledger.models import text_of


def instant(at: datetime) -> datetime | str:
    """An instant as the tables of this engine compare it."""
    return text_of(at) if connection.vendor == "sqlite" else at


def ask(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def among(column: str, values: Iterable[str]) -> tuple[str, list[Any]]:
    """SQL for "column is one of values", with one parameter however many there are."""
    if connection.vendor == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(values))]
    return f"{column} = ANY(%s::text[])", [list(values)]


@contextmanager
def one_snapshot(*settings: str) -> Iterator[None]:
    """All that is read inside belongs to one moment, while others go on selling. `settings` are
    statements for PostgreSQL, which hold until the end of it."""
    if connection.in_atomic_block:
        yield
        return
    wanted = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # nobody waits
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    for setting in settings:
                        cursor.execute(setting)
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = wanted  # type: ignore[attr-defined]
