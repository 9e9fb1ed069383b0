"""What the books say: entries by their key, balances now and at an instant, histories.

Nothing here writes. Amounts are whole: rupiah, pieces, grams or millilitres."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import Entry, Movement, text_of


class KeyReused(Refusal):
    """The same key came again with another content: nothing is written, a person must look."""

    message = _(
        "Kunci ini sudah dipakai untuk catatan lain. Tidak ada yang dicatat; muat ulang halaman"
        " dan periksa apakah catatan Anda sudah masuk."
    )


# --- the same key again is the same entry --------------------------------------------------------
def _plain(value: object) -> Any:
    """`value` as JSON can hold it without loss; floats and unknown things are mistakes."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time in a request needs its zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("names in a request are text")
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    raise TypeError(f"a request cannot hold {type(value).__name__}: {value!r}")


def digest_of(kind: str, request: Mapping[str, object]) -> str:
    """SHA-256 (hex) of what the recorder asked for: canonical JSON, names sorted, no floats.

    Taken before anything is chosen or looked up, so that the same request has the same digest
    whatever has changed since."""
    text = json.dumps(
        {"kind": kind, "request": _plain(request)},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same_entry(entry: Entry, digest: str) -> Entry:
    """`entry`, which has the key that came again; refuses another content (KeyReused)."""
    if entry.digest != digest:
        raise KeyReused
    return entry


def find(key: UUID, kind: str, request: Mapping[str, object]) -> Entry | None:
    """The entry that already has this key, or None. Every action looks here before it validates.

    Refuses: KeyReused, where the key stands for another request."""
    entry = Entry.objects.filter(pk=key).first()
    return None if entry is None else same_entry(entry, digest_of(kind, request))


def booked_day(occurred_at: datetime, offices: Iterable[str]) -> date:
    """The day under which an occurrence counts in every one of `offices` (their codes).

    It is the earliest local day, not before the occurrence, that is open in all of them. No
    office can close a day yet, so all days are open and it is the day of the occurrence itself,
    on the clock of the place where it happened."""
    return occurred_at.date()


# --- balances ----------------------------------------------------------------------------------
def _instant(at: datetime) -> datetime | str:
    """An instant as the tables of this engine compare it."""
    return text_of(at) if connection.vendor == "sqlite" else at


def _rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _among(column: str, values: Iterable[str]) -> tuple[str, list[Any]]:
    """SQL for "column is one of values", with one parameter however many there are."""
    if connection.vendor == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(values))]
    return f"{column} = ANY(%s::text[])", [list(values)]


def balance(code: str, unit: str) -> int:
    """What the account holds of the unit now; nothing known means 0.

    An account of class `outside` has no cached balance: it is summed from its movements."""
    rows = _rows(
        "SELECT a.cls, b.amount FROM ledger_account AS a"
        " JOIN ledger_unit AS u ON u.code = %s"
        " LEFT JOIN ledger_balance AS b ON b.account_id = a.id AND b.unit_id = u.id"
        " WHERE a.code = %s",
        [unit, code],
    )
    if not rows:
        return 0
    cls, amount = rows[0]
    return _summed(code, unit) if cls == "outside" else int(amount or 0)


def balances(
    codes: Iterable[str] | None = None, *, prefix: str | None = None, unit: str | None = None
) -> dict[tuple[str, str], int]:
    """(account, unit) → amount now, of these accounts or of all whose code starts with `prefix`.

    One query. Only what is not zero; accounts of class `outside` are not in it."""
    where, params = ["b.amount <> 0"], list[Any]()
    if codes is not None:
        text, values = _among("a.code", codes)
        where.append(text)
        params += values
    if prefix is not None:
        where.append("substr(a.code, 1, %s) = %s")
        params += [len(prefix), prefix]
    if unit is not None:
        where.append("u.code = %s")
        params.append(unit)
    rows = _rows(
        "SELECT a.code, u.code, b.amount FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        f" WHERE {' AND '.join(where)} ORDER BY a.code, u.code",
        params,
    )
    return {(code, of): int(amount) for code, of, amount in rows}


def ever_held(codes: Iterable[str]) -> dict[tuple[str, str], int]:
    """(account, unit) → amount now, of all that these accounts ever held, what is gone as 0.

    One query. Accounts of class `outside` are not in it."""
    text, values = _among("a.code", codes)
    rows = _rows(
        "SELECT a.code, u.code, b.amount FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        f" WHERE {text} ORDER BY a.code, u.code",
        values,
    )
    return {(code, of): int(amount) for code, of, amount in rows}


def balance_at(code: str, unit: str, instant: datetime) -> int:
    """What the books said at `instant` (by `recorded_at`, inclusive) that the account holds.

    On PostgreSQL a transaction that was still open at `instant` may yet add to it: the figure is
    settled once those have ended, which takes seconds."""
    return _summed(code, unit, instant)


def _summed(code: str, unit: str, instant: datetime | None = None) -> int:
    until, params = "", list[Any]([code, unit])
    if instant is not None:
        until = " AND m.recorded_at <= %s"
        params.append(_instant(instant))
    side = (
        "SELECT coalesce(sum(m.amount), 0) FROM ledger_movement AS m WHERE m.{side} ="
        " (SELECT id FROM ledger_account WHERE code = %s)"
        " AND m.unit_id = (SELECT id FROM ledger_unit WHERE code = %s)" + until
    )
    sql = f"SELECT ({side.format(side='target_id')}) - ({side.format(side='source_id')})"
    return int(_rows(sql, params + params)[0][0])


def holders(unit: str) -> dict[str, int]:
    """Account → amount: where the pieces of a lot (or the money) are now, not counting outside."""
    return {code: amount for (code, _unit), amount in balances(unit=unit).items()}


# --- movements -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One movement with its codes spelt out, and what its entry says about it."""

    entry_key: UUID
    n: int
    kind: str
    source: str
    target: str
    unit: str
    amount: int
    occurred_at: datetime
    recorded_at: datetime
    booked_on: date
    by_name: str
    note: str

    @property
    def cursor(self) -> str:
        """Where this line stands in a history: pass it as `before` to read on."""
        return f"{self.recorded_at.isoformat()}|{self.entry_key}|{self.n}"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A movement seen from one account: what it changed, and what was there afterwards."""

    line: Line
    change: int
    running: int


@dataclass(frozen=True, slots=True)
class History:
    """One page, newest first; `older` is the `before` of the next page, or None at the end."""

    lines: tuple[HistoryLine, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """An entry with all its movements, what it reverses and what reversed it."""

    entry: Entry
    lines: tuple[Line, ...]
    reversed_by: UUID | None


class NoSuchPlace(Refusal):
    """The mark of a page (`before`) is not one that was given out."""

    status = 404
    message = _("Halaman riwayat ini tidak ada. Kembali ke halaman pertama.")


def _lines(found: QuerySet[Movement]) -> list[Line]:
    joined = found.select_related("entry__by", "source", "target", "unit")
    return [
        Line(
            entry_key=m.entry_id,
            n=m.n,
            kind=m.entry.kind,
            source=m.source.code,
            target=m.target.code,
            unit=m.unit.code,
            amount=m.amount,
            occurred_at=m.entry.occurred_local,
            recorded_at=m.recorded_at,
            booked_on=m.booked_on,
            by_name=m.entry.by.name,
            note=m.entry.note,
        )
        for m in joined
    ]


def _older_than(before: str) -> Q:
    try:
        at, key, n = before.split("|")
        instant, entry, number = datetime.fromisoformat(at), UUID(key), int(n)
        instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoSuchPlace from None
    return Q(recorded_at__lt=instant) | Q(recorded_at=instant) & (
        Q(entry_id__lt=entry) | Q(entry_id=entry, n__lt=number)
    )


def _newest(sides: Iterable[Q], before: str | None, limit: int) -> list[Line]:
    """The newest lines of any of `sides`; each is read by itself, along its own index."""
    place = Q() if before is None else _older_than(before)
    found = [
        line
        for side in sides
        for line in _lines(
            Movement.objects.filter(side, place).order_by("-recorded_at", "-entry_id", "-n")[:limit]
        )
    ]
    return sorted(found, key=lambda m: (m.recorded_at, m.entry_key, m.n), reverse=True)[:limit]


def history(
    code: str, unit: str | None = None, *, before: str | None = None, limit: int = 50
) -> History:
    """The movements of an account, newest first, each with the balance after it.

    Four queries, however long the account is. Within an entry the balance after a single
    movement is only a step on the way: the books count an entry as a whole."""
    of_unit = Q() if unit is None else Q(unit__code=unit)
    sides = (Q(source__code=code) & of_unit, Q(target__code=code) & of_unit)
    lines = _newest(sides, before, limit + 1)
    page, more = lines[:limit], len(lines) > limit
    running = _sums_below(code, unit, page[0]) if page else {}
    seen = []
    for line in page:
        change = line.amount if line.target == code else -line.amount
        seen.append(HistoryLine(line, change, running[line.unit]))
        running[line.unit] -= change
    return History(tuple(seen), page[-1].cursor if more else None)


def _sums_below(code: str, unit: str | None, newest: Line) -> dict[str, int]:
    """Unit → what the account held just after `newest`, from all movements up to it."""
    upto = _older_than(newest.cursor) | Q(entry_id=newest.entry_key, n=newest.n)
    if unit is not None:
        upto &= Q(unit__code=unit)
    sums: dict[str, int] = {}
    for side, sign in (("target__code", 1), ("source__code", -1)):
        found = Movement.objects.filter(upto, **{side: code}).order_by()
        for of, amount in found.values_list("unit__code").annotate(Sum("amount")):
            sums[of] = sums.get(of, 0) + sign * amount
    return sums


def story(key: UUID) -> Story | None:
    """The entry of this key with its movements in order, or None."""
    entry = Entry.objects.select_related("by", "reverses").filter(pk=key).first()
    if entry is None:
        return None
    lines = _lines(Movement.objects.filter(entry_id=key).order_by("n"))
    reversal = Entry.objects.filter(reverses_id=key).values_list("key", flat=True).first()
    return Story(entry, tuple(lines), reversal)


def movements_of_unit(unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Where a lot has been: its movements, newest first; read on with the last line's `cursor`."""
    return _newest((Q(unit__code=unit),), before, limit)


def came_to(code: str, unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Backwards: the movements that brought the unit to the account, newest first."""
    return _newest((Q(target__code=code, unit__code=unit),), before, limit)


def went_from(code: str, unit: str, *, before: str | None = None, limit: int = 200) -> list[Line]:
    """Forwards: the movements that took the unit from the account, newest first."""
    return _newest((Q(source__code=code, unit__code=unit),), before, limit)
