"""Entries: post one, reverse one.

The same key again is the same entry. What is refused leaves the books as they were."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import HUB, KINDS, LONGEST, MOST, Entry, Move, Movement
from karyabina.ledger.queries import booked_day, digest_of, find
from karyabina.ledger.writing import (
    BadAmount,
    Row,
    UnknownAccount,
    UnknownEntry,
    UnknownUnit,
    write,
    write_again,
)
from karyabina.staff.models import Staff


class BadMoves(Refusal):
    """No movement at all, too many for one entry, or from an account to itself."""

    status = 400
    message = _(
        "Satu catatan memuat 1 sampai 1.000 perpindahan, masing-masing antara dua akun yang"
        " berbeda."
    )


class BadNote(Refusal):
    """A note is at most 500 characters, none of them NUL."""

    status = 400
    message = _("Keterangan paling panjang 500 huruf, tanpa karakter kendali NUL.")


class BadTime(Refusal):
    """A time of occurrence that no clock on earth shows."""

    status = 400
    message = _("Waktu kejadian ini tidak sah. Periksa tanggal dan zona waktunya.")


class BadOrigin(Refusal):
    """A device or site without a name, or a running number below one."""

    status = 400
    message = _("Perangkat asal atau nomor urutnya tidak sah.")


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
    BadMoves, BadNote, BadTime, BadOrigin, WrongAccount, NumberTaken, NotMirrored; a
    transaction around it stays usable."""
    try:
        _check(kind, note, occurred_at, origin, origin_seq)
        _check_moves(moves)
    except Refusal:
        there = find(key, kind, request)
        if there is None:
            raise
        return there
    row = Row(
        key=key,
        kind=kind,
        origin=origin,
        origin_seq=origin_seq,
        by=by.pk,
        occurred_at=occurred_at,
        offset=_offset(occurred_at),
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
    """Codes of the offices whose books an entry touches: of its stores and of claims."""
    codes = {code for move in moves for code in (move.source, move.target)}
    named = {"store", "material", "due", "premi", "state", "capital"}
    return {code.split(":")[1] for code in codes if ":" in code and code.partition(":")[0] in named}


def _offset(occurred_at: datetime) -> int:
    """Minutes east of UTC, as the time itself says."""
    offset = occurred_at.utcoffset()
    if offset is None:
        raise ValueError("occurred_at needs its zone")
    return int(offset.total_seconds() // 60)


def _storable(text: str) -> bool:
    """Whether both engines can keep it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _check(
    kind: str, note: str, occurred_at: datetime, origin: str, origin_seq: int | None
) -> None:
    if kind not in KINDS:
        raise UnknownKind
    if len(note) > 500 or not _storable(note):
        raise BadNote
    if not -840 <= _offset(occurred_at) <= 840 or not 1900 <= occurred_at.year <= 9998:
        raise BadTime
    if not 1 <= len(origin) <= 60 or not _storable(origin):
        raise BadOrigin
    if origin_seq is not None and not 1 <= origin_seq <= MOST:
        raise BadOrigin


def _check_moves(moves: Sequence[Move]) -> None:
    if not 1 <= len(moves) <= LONGEST:
        raise BadMoves
    for move in moves:
        if type(move.amount) is not int or not 1 <= move.amount <= MOST:
            raise BadAmount
        if move.source == move.target:
            raise BadMoves
        for code in (move.source, move.target):
            if not _storable(code):
                raise UnknownAccount(code)
        if not _storable(move.unit):
            raise UnknownUnit(move.unit)
