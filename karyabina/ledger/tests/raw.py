"""Writing to the books behind Python's back, in the SQL of either engine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger.models import SQLITE_RECORDED_AT, text_of
from karyabina.ledger.tests.make import AT, person

Rows = Sequence[tuple[str, str, str, str]]  # source, target, unit, amount as SQL


def sqlite() -> bool:
    return connection.vendor == "sqlite"


def run(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement as it stands; UUIDs are given as this engine keeps them."""
    plain = [p.hex if isinstance(p, UUID) and sqlite() else p for p in params]
    with connection.cursor() as cursor:
        cursor.execute(sql, plain)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def refused(match: str) -> Iterator[None]:
    """The database says no in these words, and the transaction around it stays usable."""
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        yield


def entry(size: int = 1, **columns: Any) -> UUID:
    """Insert an entry as a stranger with a database client would; returns its key."""
    key = columns.pop("key", None) or new_key()
    values: dict[str, Any] = {
        "key": key,
        "kind": "sale",
        "origin": "raw",
        "origin_seq": key.int % 10**12 + 1,
        "by_id": person().pk,
        "occurred_at": text_of(AT) if sqlite() else AT,
        "occurred_offset": 480,
        "booked_on": "2025-10-29",
        "size": size,
        "digest": "0" * 64,
        "note": "",
    } | columns
    names, marks = list(values), ["%s"] * len(values)
    if sqlite() and "recorded_at" not in values:
        names.append("recorded_at")
        marks.append(SQLITE_RECORDED_AT.replace("%", "%%"))
    run(
        f"INSERT INTO ledger_entry ({', '.join(names)}) VALUES ({', '.join(marks)})",
        list(values.values()),
    )
    return key


def movements(key: UUID, rows: Rows, *, first: int = 1, verb: str = "INSERT INTO") -> None:
    """Insert movements of an entry by one statement; amounts are SQL, so 1.5 stays 1.5."""
    lines = " UNION ALL ".join(
        f"SELECT {n} AS n, '{source}' AS source, '{target}' AS target, '{unit}' AS unit,"
        f" {amount} AS amount"
        for n, (source, target, unit, amount) in enumerate(rows, first)
    )
    run(
        f"{verb} ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
        " recorded_at, booked_on)"
        " SELECT e.key, m.n, s.id, t.id, u.id, m.amount, e.recorded_at, e.booked_on"
        f" FROM ({lines}) AS m"
        " JOIN ledger_entry AS e ON e.key = %s"
        " JOIN ledger_account AS s ON s.code = m.source"
        " JOIN ledger_account AS t ON t.code = m.target"
        " JOIN ledger_unit AS u ON u.code = m.unit ORDER BY m.n",
        [key],
    )


def whole(*rows: tuple[str, str, str, str], **columns: Any) -> UUID:
    """An entry with its movements, and the deferred rules asked at once."""
    key = entry(size=len(rows), **columns)
    movements(key, rows)
    settle()
    return key


def settle() -> None:
    """Ask what would be asked at commit."""
    if not sqlite():
        connection.check_constraints()
    elif broken := run("PRAGMA foreign_key_check"):
        raise IntegrityError(f"FOREIGN KEY constraint failed: {broken}")
