"""Entries: post one or many, reverse one.

The same key again is the same entry. What is refused leaves the books as they were."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import HUB, KINDS, LONGEST, MOST, Entry, Move, Movement
from karyabina.ledger.queries import KeyReused, digest_of, find
from karyabina.ledger.writing import try_each, write_all, write_each
from karyabina.ledger.writing.refusals import (
    BadAmount,
    UnknownAccount,
    UnknownEntry,
    UnknownUnit,
)
from karyabina.ledger.writing.rows import Row
from karyabina.staff.models import Staff

MOST_AT_ONCE = 1_000  # entries of one batch


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


class BadBatch(Refusal):
    """No entry at all, or more than a thousand at once."""

    status = 400
    message = _("Sekali kirim memuat 1 sampai 1.000 catatan.")


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry that somebody wants in the books; `post` says what its parts are."""

    key: UUID
    kind: str
    occurred_at: datetime
    request: Mapping[str, object]
    moves: Sequence[Move]
    origin: str = HUB
    origin_seq: int | None = None
    note: str = ""
    reverses: UUID | None = None


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
    `moves` says now. `occurred_at` keeps its own offset. The server sets `recorded_at`, and
    `booked_on`: the day of the occurrence, or the first one after it that is open in every
    office whose accounts are touched. Without `origin_seq` the server counts (without gaps on
    SQLite; on PostgreSQL a refused entry leaves a gap).

    Only the end of the entry counts: a holding may be filled and emptied within it. On
    PostgreSQL single entries cannot deadlock; several in one transaction can, if another
    transaction touches the same accounts in the opposite order: then the database ends one of
    them, and whoever owns that transaction tries again (`together` does). Here this is done
    when no transaction is open around the call.

    Refuses: KeyReused, NotEnough, UnknownAccount, UnknownUnit, UnknownKind, BadAmount,
    BadMoves, BadNote, BadTime, BadOrigin, WrongAccount, NumberTaken, NotMirrored; a
    transaction around it stays usable."""
    posting = Posting(key, kind, occurred_at, request, moves, origin, origin_seq, note, reverses)
    there = _row_or_entry(posting, by)
    return there if isinstance(there, Entry) else write_all([there])[0]


def post_all(*, by: Staff, postings: Sequence[Posting]) -> list[Entry]:
    """Write many entries at once, as if one came after the other: all of them, or none.

    On PostgreSQL by one statement. Each is what `post` would have made of it; a key that is
    there already is the entry that is there. Returns the entries in the order given.

    Refuses what `post` refuses, for the first posting that is refused (`.position` counts from
    0), and a batch that is empty or longer than 1,000 (BadBatch)."""
    asked = _batch(by, postings)
    rows = _once(asked)
    refusal = next((row for row in asked if isinstance(row, Refusal)), None)
    if refusal is None:
        try:
            written = dict(zip(rows, write_all([*rows.values()]), strict=True)) if rows else {}
        except Refusal as said:
            refusal = said
        else:
            return [written[one.key] if isinstance(one, Row) else one for one in _fit(asked)]
    raise _first_refused(asked, rows) or refusal


def post_each(*, by: Staff, postings: Sequence[Posting]) -> list[Entry | Refusal]:
    """Write many entries at once, each on its own: a bad one is left out, the good ones stand.

    Returns, in the order given, the entry or the reason why there is none. What was refused
    counts as if it had not come: a later posting that needs it is refused as well. A key has
    one content in a batch, the first; another is refused (KeyReused). Refuses only a batch
    that is empty or longer than 1,000 (BadBatch)."""
    asked = _batch(by, postings)
    rows = _once(asked)
    written = dict(zip(rows, write_each([*rows.values()]), strict=True)) if rows else {}
    return [written[row.key] if isinstance(row, Row) else row for row in asked]


def _batch(by: Staff, postings: Sequence[Posting]) -> list[Row | Entry | Refusal]:
    """What each posting is so far: ready to be written, in the books already, or refused."""
    if not 1 <= len(postings) <= MOST_AT_ONCE:
        raise BadBatch
    asked: list[Row | Entry | Refusal] = []
    digests: dict[UUID, str] = {}
    for posting in postings:
        try:
            row = _row_or_entry(posting, by)
        except Refusal as refusal:
            asked.append(refusal)
        else:
            same = digests.setdefault(posting.key, row.digest) == row.digest
            asked.append(row if same else KeyReused())
    return asked


def _once(asked: Sequence[object]) -> dict[UUID, Row]:
    """What is to be written, by its key: one that comes twice is written once."""
    rows: dict[UUID, Row] = {}
    for row in asked:
        if isinstance(row, Row):
            rows.setdefault(row.key, row)
    return rows


def _fit(asked: Sequence[Row | Entry | Refusal]) -> Iterator[Row | Entry]:
    return (one for one in asked if not isinstance(one, Refusal))


def _first_refused(
    asked: Sequence[Row | Entry | Refusal], rows: Mapping[UUID, Row]
) -> Refusal | None:
    """Which of a refused batch is the first bad one, and why: write each that is good, and undo
    it all. None where by now nothing is bad: somebody has brought what was missing."""
    written = dict(zip(rows, try_each([*rows.values()]), strict=True)) if rows else {}
    for position, row in enumerate(asked):
        result = written[row.key] if isinstance(row, Row) else row
        if isinstance(result, Refusal):
            result.position = position
            return result
    return None


def _row_or_entry(posting: Posting, by: Staff) -> Row | Entry:
    """The posting, ready to be written; or, where it is unfit, the entry that has its key."""
    try:
        _check(posting)
        _check_moves(posting.moves)
    except Refusal:
        there = find(posting.key, posting.kind, posting.request)
        if there is None:
            raise
        return there
    return Row(
        key=posting.key,
        kind=posting.kind,
        origin=posting.origin,
        origin_seq=posting.origin_seq,
        by=by.pk,
        occurred_at=posting.occurred_at,
        offset=_offset(posting.occurred_at),
        digest=digest_of(posting.kind, posting.request),
        reverses=posting.reverses,
        note=posting.note,
        moves=posting.moves,
    )


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


def _offset(occurred_at: datetime) -> int:
    """Minutes east of UTC, as the time itself says."""
    offset = occurred_at.utcoffset()
    if offset is None:
        raise ValueError("occurred_at needs its zone")
    return int(offset.total_seconds() // 60)


def _storable(text: str) -> bool:
    """Whether both engines can keep it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _check(posting: Posting) -> None:
    if posting.kind not in KINDS:
        raise UnknownKind
    if len(posting.note) > 500 or not _storable(posting.note):
        raise BadNote
    offset, year = _offset(posting.occurred_at), posting.occurred_at.year
    if not -840 <= offset <= 840 or not 1900 <= year <= 9998:
        raise BadTime
    if not 1 <= len(posting.origin) <= 60 or not _storable(posting.origin):
        raise BadOrigin
    if posting.origin_seq is not None and not 1 <= posting.origin_seq <= MOST:
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
