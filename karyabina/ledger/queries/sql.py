"""Asking the database in its own words, on both engines."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

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
