"""The verbs of the books: open an account, add a unit, post an entry, reverse one.

The same key again is the same entry. What is refused leaves the books as they were."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.accounts import (
    BadCode,
    CodeTaken,
    add_unit,
    add_units,
    open_account,
    open_accounts,
)
from karyabina.ledger.models import HUB, KINDS, LONGEST, MOST, Entry, Move, Movement
from karyabina.ledger.queries import KeyReused, booked_day, digest_of, find
from karyabina.ledger.writing import (
    AlreadyReversed,
    BadAmount,
    IsReversal,
    NotEnough,
    NumberTaken,
    Row,
    UnknownAccount,
    UnknownEntry,
    UnknownUnit,
    WrongAccount,
    write,
    write_again,
)
from karyabina.staff.models import Staff

__all__ = [
    "AlreadyReversed",
    "BadAmount",
    "BadCode",
    "BadMoves",
    "CodeTaken",
    "IsReversal",
    "KeyReused",
    "Move",
    "NotEnough",
    "NoteTooLong",
    "NumberTaken",
    "UnknownAccount",
    "UnknownEntry",
    "UnknownKind",
    "UnknownUnit",
    "WrongAccount",
    "add_unit",
    "add_units",
    "open_account",
    "open_accounts",
    "post",
    "reverse",
]


class BadMoves(Refusal):
    """No movement at all, too many for one entry, or from an account to itself."""

    status = 400
    message = _(
        "Satu catatan memuat 1 sampai 1.000 perpindahan, masing-masing antara dua rekening yang"
        " berbeda."
    )


class NoteTooLong(Refusal):
    """A note is at most 500 characters."""

    status = 400
    message = _("Keterangan paling panjang 500 huruf.")


class UnknownKind(Refusal):
    """A kind of entry that `docs/ENTRIES.md` does not list."""

    status = 400
    message = _("Jenis catatan ini tidak dikenal.")


def post(
    *,
    key: UUID,
    kind: str,
    by: Staff,
    occurred_at: datetime,
    request: Mapping[str, object],
    moves: Sequence[Move],
    origin: str = HUB,
    origin_seq: int | None = None,
    note: str = "",
    reverses: UUID | None = None,
) -> Entry:
    """Write one entry with its movements; the balances follow, or nothing is written at all.

    The same key with the same `kind` and `request` returns the entry that is there, whatever
    `moves` says now. `occurred_at` keeps its own offset. Without `origin_seq` the server counts
    (without gaps on SQLite; on PostgreSQL a refused entry leaves a gap).

    Only the end of the entry counts: a holding may be filled and emptied within it. On
    PostgreSQL single entries cannot deadlock; several in one transaction can, if another
    transaction touches the same accounts in the opposite order: then the database ends one of
    them, and whoever owns that transaction tries again. Here this is done when no transaction
    is open around the call.

    Refuses: KeyReused, NotEnough, UnknownAccount, UnknownUnit, UnknownKind, BadAmount,
    BadMoves, WrongAccount, NumberTaken, NoteTooLong; a transaction around it stays usable."""
    try:
        _check(kind, note, moves)
    except Refusal:
        there = find(key, kind, request)
        if there is None:
            raise
        return there
    offset = occurred_at.utcoffset()
    if offset is None:
        raise ValueError("occurred_at needs its zone")
    row = Row(
        key=key,
        kind=kind,
        origin=origin,
        origin_seq=origin_seq,
        by=by.pk,
        occurred_at=occurred_at,
        offset=int(offset.total_seconds() // 60),
        booked_on=booked_day(occurred_at, _offices(moves)),
        digest=digest_of(kind, request),
        reverses=reverses,
        note=note,
        moves=moves,
    )
    return write(row) if connection.in_atomic_block else write_again(row)


def reverse(
    *,
    key: UUID,
    original: Entry | UUID,
    by: Staff,
    occurred_at: datetime,
    reason: str,
    request: Mapping[str, object] | None = None,
) -> Entry:
    """Undo an entry whole: the same movements the other way round, as an entry of its own.

    The database compares the two. Refuses, besides what `post` refuses: an entry that is
    reversed already (AlreadyReversed), that is itself a reversal (IsReversal), or that is not
    there (UnknownEntry)."""
    of = original.pk if isinstance(original, Entry) else original
    asked = {"reverses": of, "reason": reason} if request is None else request
    there = find(key, "reversal", asked)
    if there is not None:
        return there
    found = Movement.objects.filter(entry_id=of).order_by("n")
    moves = [
        Move(m.target.code, m.source.code, m.unit.code, m.amount)
        for m in found.select_related("source", "target", "unit")
    ]
    if not moves:
        raise UnknownEntry
    return post(
        key=key,
        kind="reversal",
        by=by,
        occurred_at=occurred_at,
        request=asked,
        moves=moves,
        note=reason,
        reverses=of,
    )


def _offices(moves: Iterable[Move]) -> set[str]:
    """Codes of the offices whose books an entry touches: of stores, claims, and lots."""
    words = {tuple(code.split(":")[:2]) for move in moves for code in (move.source, move.target)}
    named = {"store", "material", "due", "premi", "state", "capital"}
    return {of for word, of in words if word in named}


def _check(kind: str, note: str, moves: Sequence[Move]) -> None:
    if kind not in KINDS:
        raise UnknownKind
    if len(note) > 500:
        raise NoteTooLong
    if not 1 <= len(moves) <= LONGEST:
        raise BadMoves
    for move in moves:
        if type(move.amount) is not int or not 1 <= move.amount <= MOST:
            raise BadAmount
        if move.source == move.target:
            raise BadMoves
