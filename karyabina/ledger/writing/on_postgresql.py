"""PostgreSQL: any number of entries by one statement, the database's function `ledger_post`."""

from collections.abc import Sequence

from django.db import IntegrityError, connection

from karyabina.ledger.models import Entry
from karyabina.ledger.writing.refusals import refusal_of
from karyabina.ledger.writing.rows import Row

POST = (
    "SELECT (p.entry).*, p.refused, p.why, p.broken FROM ledger_post("
    "%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::uuid[], %s::timestamptz[],"
    " %s::smallint[], %s::smallint[], %s::text[], %s::uuid[], %s::text[],"
    " %s::smallint[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::bigint[]) AS p"
)


def write(rows: Sequence[Row]) -> list[Entry]:
    """Write all of them or none; a key that is there already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(POST, arrays_of(rows))
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    refused, why, broken = (found[0][name] for name in ("refused", "why", "broken"))
    if refused:
        raise refusal_of(refused, why, broken) or IntegrityError(f"{refused} {why}".strip())
    fields = Entry._meta.concrete_fields
    names = [field.attname for field in fields]
    entries = {
        line["key"]: Entry.from_db(connection.alias, names, [line[f.column] for f in fields])
        for line in found
    }
    return [entries[row.key] for row in rows]


def arrays_of(rows: Sequence[Row]) -> list[list[object]]:
    """What the function `ledger_post` of PostgreSQL takes: a column of entries or of movements
    each."""
    lines = [
        (of, n, move.source, move.target, move.unit, move.amount)
        for of, row in enumerate(rows, 1)
        for n, move in enumerate(row.moves, 1)
    ]
    return [
        [row.key for row in rows],
        [row.kind for row in rows],
        [row.origin for row in rows],
        [row.origin_seq for row in rows],
        [row.by for row in rows],
        [row.occurred_at for row in rows],
        [row.offset for row in rows],
        [len(row.moves) for row in rows],
        [row.digest for row in rows],
        [row.reverses for row in rows],
        [row.note for row in rows],
        *[[*column] for column in zip(*lines, strict=True)],
    ]
