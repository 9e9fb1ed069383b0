"""How one entry is written: one statement on PostgreSQL, a few on SQLite.

The database nets the entry and refuses what must not be; its no becomes a sentence here. Only
`actions.post` calls this."""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import SQLITE_RECORDED_AT, Entry, Move, text_of
from karyabina.ledger.queries import same_entry

TRIES = 8
CLASHES = ("40P01", "40001")  # deadlock, serialization failure


# --- what is refused -----------------------------------------------------------------------------
class NotEnough(Refusal):
    """A holding or a claim would fall below zero. `short` is how much is missing."""

    def __init__(self, account: str, unit: str, remains: int) -> None:
        self.account = account
        self.unit = unit
        self.remains = remains
        self.short = -remains
        super().__init__(
            _now(
                "Tidak cukup: di %(account)s kurang %(short)s %(unit)s. Tidak ada yang"
                " dibukukan; periksa jumlahnya."
            )
            % {"account": account, "unit": unit, "short": self.short}
        )


class BadAmount(Refusal):
    """An amount that is no positive whole number, or too large to be true."""

    status = 400
    message = _("Jumlah harus bilangan bulat lebih dari nol dan di bawah 1.000.000.000.000.000.")


class UnknownAccount(Refusal):
    """An account that nobody opened."""

    status = 404

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            _now("Akun %(code)s belum dibuka. Tidak ada yang dibukukan.") % {"code": code[:120]}
        )


class UnknownUnit(Refusal):
    """A unit that nobody added: no such lot or material."""

    status = 404

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            _now("Satuan atau lot %(code)s tidak dikenal. Tidak ada yang dibukukan.")
            % {"code": code[:120]}
        )


class UnknownEntry(Refusal):
    """The entry to reverse is not in the books."""

    status = 404
    message = _("Catatan yang hendak dibatalkan tidak ada dalam pembukuan.")


class AlreadyReversed(Refusal):
    """An entry is reversed once."""

    message = _("Catatan ini sudah dibatalkan. Tidak ada yang dibukukan lagi.")


class IsReversal(Refusal):
    """A reversal is not reversed: what really happened is recorded anew."""

    message = _("Pembatalan tidak dapat dibatalkan. Catat kejadian yang sebenarnya sekali lagi.")


class NotMirrored(Refusal):
    """A reversal that is not the exact mirror of its original."""

    message = _("Pembatalan harus sama persis dengan catatan asalnya, dengan arah terbalik.")


class WrongAccount(Refusal):
    """Money in a store, goods in a till, or a claim that moves without its debt."""

    message = _("Akun ini tidak menampung satuan tersebut. Tidak ada yang dibukukan.")


class NumberTaken(Refusal):
    """Another entry already has this running number of this origin."""

    message = _("Nomor urut dari perangkat ini sudah dipakai untuk catatan lain.")


# What the database says → what a person reads.
SENTENCES: dict[str, type[Refusal]] = {
    "ledger: this account does not hold this unit": WrongAccount,
    "ledger: a claim moves only against a claim or a debt": WrongAccount,
    "bigint out of range": BadAmount,
    "cannot store REAL value in INTEGER column ledger_balance.amount": BadAmount,
    "ledger: a reversal cannot be reversed": IsReversal,
    "ledger: a reversal mirrors its original": NotMirrored,
    "entry_origin_number_is_used_once": NumberTaken,
    "ledger_entry_reverses_key": AlreadyReversed,
    "ledger_entry_reverses_fkey": UnknownEntry,
}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that is ready to be written."""

    key: UUID
    kind: str
    origin: str
    origin_seq: int | None
    by: UUID
    occurred_at: datetime
    offset: int
    booked_on: date
    digest: str
    reverses: UUID | None
    note: str
    moves: Sequence[Move]


def sqlite() -> bool:
    return connection.vendor == "sqlite"


def write_again(row: Row) -> Entry:
    """Write it, again where two transactions got in each other's way: nobody needs to know."""
    for attempt in range(1, TRIES + 1):
        try:
            return write(row)
        except OperationalError as error:
            clash = getattr(error.__cause__, "sqlstate", None) in CLASHES
            if not clash or attempt == TRIES:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 (no secret)
    raise AssertionError("the last try returns or raises")


def write(row: Row) -> Entry:
    return _write_sqlite(row) if sqlite() else _write_postgresql(row)


POST = (
    "SELECT (p.entry).*, p.refused, p.why, p.constraint_name FROM ledger_post("
    "%s, %s, %s, %s, %s, %s, %s::smallint, %s, %s, %s, %s,"
    " %s::text[], %s::text[], %s::text[], %s::bigint[]) AS p"
)


def _write_postgresql(row: Row) -> Entry:
    with connection.cursor() as cursor:
        cursor.execute(
            POST,
            [
                row.key,
                row.kind,
                row.origin,
                row.origin_seq,
                row.by,
                row.occurred_at,
                row.offset,
                row.booked_on,
                row.digest,
                row.reverses,
                row.note,
                [move.source for move in row.moves],
                [move.target for move in row.moves],
                [move.unit for move in row.moves],
                [move.amount for move in row.moves],
            ],
        )
        names = [column.name for column in cursor.description]
        found = dict(zip(names, cursor.fetchone(), strict=True))
    refused, why, broken = (found.pop(name) for name in ("refused", "why", "constraint_name"))
    if refused:
        raise _refusal(refused, why, broken) or IntegrityError(f"{refused} {why}".strip())
    fields = [field.attname for field in Entry._meta.concrete_fields]
    values = [found[field.column] for field in Entry._meta.concrete_fields]
    entry = Entry.from_db(connection.alias, fields, values)
    return same_entry(entry, row.digest)


def _write_sqlite(row: Row) -> Entry:
    with transaction.atomic(), connection.cursor() as cursor:
        there = Entry.objects.filter(pk=row.key).first()
        if there is not None:
            return same_entry(there, row.digest)
        accounts = _known(cursor, "ledger_account", [m.source for m in row.moves])
        accounts |= _known(cursor, "ledger_account", [m.target for m in row.moves])
        units = _known(cursor, "ledger_unit", [m.unit for m in row.moves])
        for move in row.moves:
            for code in (move.source, move.target):
                if code not in accounts:
                    raise UnknownAccount(code)
            if move.unit not in units:
                raise UnknownUnit(move.unit)
        try:
            with transaction.atomic():
                _insert_sqlite(cursor, row, accounts, units)
        except IntegrityError as error:
            raise _sqlite_refusal(cursor, row, accounts, units, error) from error
        return Entry.objects.get(pk=row.key)


def _known(cursor: CursorWrapper, table: str, codes: Sequence[str]) -> dict[str, int]:
    cursor.execute(
        f"SELECT code, id FROM {table} WHERE code IN (SELECT value FROM json_each(%s))",
        [json.dumps(codes)],
    )
    return dict(cursor.fetchall())


INSERT_ENTRY = (
    "INSERT INTO ledger_entry (key, kind, origin, origin_seq, by_id, occurred_at,"
    " occurred_offset, booked_on, size, digest, reverses, note, recorded_at)"
    " VALUES (%s, %s, %s, coalesce(%s, (SELECT coalesce(max(origin_seq), 0) + 1"
    " FROM ledger_entry WHERE origin = %s)), %s, %s, %s, %s, %s, %s, %s, %s, "
    + SQLITE_RECORDED_AT.replace("%", "%%")
    + ")"
)
INSERT_MOVEMENTS = (
    "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
    " recorded_at, booked_on)"
    " SELECT e.key, m.key + 1, json_extract(m.value, '$[0]'), json_extract(m.value, '$[1]'),"
    " json_extract(m.value, '$[2]'), json_extract(m.value, '$[3]'), e.recorded_at, e.booked_on"
    " FROM ledger_entry AS e, json_each(%s) AS m WHERE e.key = %s ORDER BY m.key"
)


def _insert_sqlite(
    cursor: CursorWrapper, row: Row, accounts: dict[str, int], units: dict[str, int]
) -> None:
    cursor.execute(
        INSERT_ENTRY,
        [
            row.key.hex,
            row.kind,
            row.origin,
            row.origin_seq,
            row.origin,
            row.by.hex,
            text_of(row.occurred_at),
            row.offset,
            row.booked_on.isoformat(),
            len(row.moves),
            row.digest,
            row.reverses.hex if row.reverses else None,
            row.note,
        ],
    )
    moves = [[accounts[m.source], accounts[m.target], units[m.unit], m.amount] for m in row.moves]
    cursor.execute(INSERT_MOVEMENTS, [json.dumps(moves), row.key.hex])


def _sqlite_refusal(
    cursor: CursorWrapper,
    row: Row,
    accounts: dict[str, int],
    units: dict[str, int],
    error: IntegrityError,
) -> Exception:
    """SQLite's triggers can only raise fixed words: ask the books, which nobody else can be
    writing meanwhile, for the rest."""
    said = str(error)
    if said == "ledger: not enough":
        net: dict[tuple[int, int], int] = {}
        names = {}
        for m in row.moves:
            for code, change in ((m.source, -m.amount), (m.target, m.amount)):
                pair = (accounts[code], units[m.unit])
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
    return _refusal(said, "", "") or error


def _refusal(said: str, why: str, broken: str) -> Refusal | None:
    """The sentence for what the database said, if it is one that a person can cause."""
    told = json.loads(why) if why.startswith("{") else {}
    if said == "ledger: not enough":
        return NotEnough(told["account"], told["unit"], told["remains"])
    if said == "ledger: no such account":
        return UnknownAccount(told["code"])
    if said == "ledger: no such unit":
        return UnknownUnit(told["code"])
    sentence = SENTENCES.get(said) or SENTENCES.get(broken)
    return None if sentence is None else sentence()
