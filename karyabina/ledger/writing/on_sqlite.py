"""SQLite: a few statements for each entry; its triggers book the entry with its last movement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from karyabina.ledger.models import SQLITE_RECORDED_AT, Entry, text_of
from karyabina.ledger.queries import same_entry
from karyabina.ledger.writing.refusals import (
    AlreadyReversed,
    NotEnough,
    NumberTaken,
    UnknownAccount,
    UnknownEntry,
    UnknownUnit,
    refusal_of,
)
from karyabina.ledger.writing.rows import Row


def write(rows: Sequence[Row]) -> list[Entry]:
    """Write all of them or none; a key that is there already stays as it is."""
    with transaction.atomic(), connection.cursor() as cursor:
        entries = _there(cursor, rows)
        fresh = [row for row in rows if row.key not in entries]
        known = Known.of(cursor, fresh)
        for row in fresh:
            known.demand(row)
            try:
                entries[row.key] = _insert(cursor, row, known)
            except IntegrityError as error:
                raise _refusal(cursor, row, known, error) from error
        return [entries[row.key] for row in rows]


def _there(cursor: CursorWrapper, rows: Sequence[Row]) -> dict[UUID, Entry]:
    """The entries that have these keys already; refuses another content (KeyReused)."""
    cursor.execute(
        "SELECT 1 FROM ledger_entry WHERE key IN (SELECT value FROM json_each(%s)) LIMIT 1",
        [json.dumps([row.key.hex for row in rows])],
    )
    if cursor.fetchone() is None:
        return {}
    found = Entry.objects.in_bulk([row.key for row in rows])
    for row in rows:
        if row.key in found:
            same_entry(found[row.key], row.digest)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """Numbers of the accounts and units that entries name, and where the accounts are at home."""

    accounts: dict[str, int]
    homes: dict[str, str]  # not of accounts outside
    units: dict[str, int]

    @classmethod
    def of(cls, cursor: CursorWrapper, rows: Sequence[Row]) -> "Known":
        codes = {code for row in rows for m in row.moves for code in (m.source, m.target)}
        cursor.execute(
            "SELECT code, id, CASE WHEN cls <> 'outside' THEN home END FROM ledger_account"
            " WHERE code IN (SELECT value FROM json_each(%s))",
            [json.dumps(list(codes))],
        )
        accounts = cursor.fetchall()
        cursor.execute(
            "SELECT code, id FROM ledger_unit WHERE code IN (SELECT value FROM json_each(%s))",
            [json.dumps(list({m.unit for row in rows for m in row.moves}))],
        )
        return cls(
            {code: number for code, number, _home in accounts},
            {code: home for code, _number, home in accounts if home},
            dict(cursor.fetchall()),
        )

    def demand(self, row: Row) -> None:
        for move in row.moves:
            for code in (move.source, move.target):
                if code not in self.accounts:
                    raise UnknownAccount(code)
            if move.unit not in self.units:
                raise UnknownUnit(move.unit)

    def homes_of(self, row: Row) -> list[str]:
        codes = {code for m in row.moves for code in (m.source, m.target)}
        return sorted({self.homes[code] for code in codes if code in self.homes})


INSERT_ENTRY = (
    "INSERT INTO ledger_entry (key, kind, origin, origin_seq, by_id, occurred_at,"
    " occurred_offset, booked_on, size, digest, reverses, note, recorded_at)"
    " VALUES (%s, %s, %s, coalesce(%s, (SELECT coalesce(max(origin_seq), 0) + 1"
    " FROM ledger_entry WHERE origin = %s)), %s, %s, %s,"
    # the first day that is open in every home
    " max(%s, coalesce((SELECT date(max((SELECT until FROM ledger_closing WHERE home = h.value"
    " ORDER BY n DESC LIMIT 1)), '+1 day') FROM json_each(%s) AS h), '')),"
    " %s, %s, %s, %s, " + SQLITE_RECORDED_AT.replace("%", "%%") + ")"
    " RETURNING origin_seq, booked_on, recorded_at"
)
INSERT_MOVEMENT = (
    "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
    " recorded_at, booked_on) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)


def _insert(cursor: CursorWrapper, row: Row, known: Known) -> Entry:
    day = row.occurred_at.date().isoformat()
    cursor.execute(INSERT_ENTRY, entry_values(row, day, known.homes_of(row)))
    origin_seq, booked_on, recorded_at = cursor.fetchone()
    cursor.executemany(
        INSERT_MOVEMENT,
        [
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
        ],
    )
    entry = Entry(
        key=row.key,
        kind=row.kind,
        origin=row.origin,
        origin_seq=origin_seq,
        by_id=row.by,
        occurred_at=row.occurred_at.astimezone(UTC),
        occurred_offset=row.offset,
        recorded_at=datetime.fromisoformat(recorded_at).replace(tzinfo=UTC),
        booked_on=date.fromisoformat(booked_on),
        size=len(row.moves),
        digest=row.digest,
        reverses_id=row.reverses,
        note=row.note,
    )
    entry._state.adding, entry._state.db = False, connection.alias
    return entry


def entry_values(row: Row, day: str, homes: Sequence[str]) -> list[str | int | None]:
    return [
        row.key.hex,
        row.kind,
        row.origin,
        row.origin_seq,
        row.origin,
        row.by.hex,
        text_of(row.occurred_at),
        row.offset,
        day,
        json.dumps(homes),
        len(row.moves),
        row.digest,
        row.reverses.hex if row.reverses else None,
        row.note,
    ]


def _refusal(cursor: CursorWrapper, row: Row, known: Known, error: IntegrityError) -> Exception:
    """SQLite's triggers can only raise fixed words: ask the books, which nobody else can be
    writing meanwhile, for the rest."""
    said = str(error)
    if said == "ledger: not enough":
        net: dict[tuple[int, int], int] = {}
        names = {}
        for m in row.moves:
            for code, change in ((m.source, -m.amount), (m.target, m.amount)):
                pair = (known.accounts[code], known.units[m.unit])
                net[pair] = net.get(pair, 0) + change
                names[pair] = (code, m.unit)
        for (account, unit), change in sorted(net.items()):
            cursor.execute(
                "SELECT coalesce(b.amount, 0) FROM ledger_account AS a LEFT JOIN ledger_balance"
                " AS b ON b.account_id = a.id AND b.unit_id = %s"
                " WHERE a.id = %s AND a.cls IN ('holding', 'claim')",
                [unit, account],
            )
            there = cursor.fetchone()
            if there is not None and there[0] + change < 0:
                return NotEnough(*names[account, unit], there[0] + change)
    if said == "ledger_entry is append-only: this row is already there":
        again = row.reverses and Entry.objects.filter(reverses=row.reverses).exists()
        return AlreadyReversed() if again else NumberTaken()
    if row.reverses is not None and not Entry.objects.filter(pk=row.reverses).exists():
        return UnknownEntry()
    return refusal_of(said, "", "") or error
