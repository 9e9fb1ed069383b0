"""The fingerprint of a closed day: which bytes it is taken of, its chain, its mark, its line.

A seal says: these entries, whole, were booked in this office on this day, after that seal. Its
`digest` is the SHA-256 of `head`, which holds the `previous` digest and the SHA-256 of all bytes
that `written` gives; anybody can take it again. Its `mac` needs the seal key, which is not in the
database: who may write there can make another chain, but not its marks. The `line` fits on a
paper: who kept it needs neither key nor trust.

Bytes are lines of JSON (UTF-8, no spaces), the same on both engines: of an entry all its columns,
of a movement all its columns with its accounts and its unit spelt out. Decision 0030.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from karyabina.ledger.models import Closing, Seal, text_of

FIRST = "0" * 64  # what stands before the first seal of an office
CHUNK = 1_000  # entries whose movements are read together
KNOWN = 50_000  # accounts and units that are kept spelt out
SHORTEST_KEY = 32
LINE = re.compile(
    r"(?P<home>\S+)\s+(?P<day>\d{4}-\d\d-\d\d)\s+n=(?P<n>\d{1,9})\s+entries=(?P<entries>\d{1,9})"
    r"\s+(?P<digest>[0-9A-Fa-f\s-]{64,160})\s*"
)


# --- the bytes of entries ------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it is fingerprinted, and the offices (`homes`) whose accounts it touches."""

    key: str
    day: str
    recorded_at: str
    homes: frozenset[str]
    data: bytes


def packed(*parts: object) -> bytes:
    """One line of JSON: nothing in a text can look like the end of a field."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _sql(postgresql: str, sqlite: str) -> str:
    return sqlite if connection.vendor == "sqlite" else postgresql


def _uuid(column: str) -> str:
    return _sql(f"encode(uuid_send({column}), 'hex')", column)


def _instant(column: str) -> str:
    said = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return _sql(said, column)


def _day(column: str) -> str:
    return _sql(f"to_char({column}, 'YYYY-MM-DD')", column)


def _entries(home: str | None, after: date | None, until: date | None) -> tuple[str, list[Any]]:
    """SQL for the entries of these days in the order of the seals; of one office or of all."""
    columns = ", ".join(
        (
            _uuid("e.key"), "e.kind", "e.origin", "e.origin_seq", _uuid("e.by_id"),
            _instant("e.occurred_at"), "e.occurred_offset", _instant("e.recorded_at"),
            _day("e.booked_on"), "e.size", "e.digest", _uuid("e.reverses"), "e.note",
        )
    )  # fmt: skip
    where, given = ["1 = 1"], list[Any]()
    for sign, day in ((">", after), ("<=", until)):
        if day is not None:
            where.append(f"e.booked_on {sign} %s")
            given.append(day.isoformat())
    if home is not None:
        where.append(
            "EXISTS (SELECT 1 FROM ledger_movement AS m JOIN ledger_account AS a"
            " ON a.id IN (m.source_id, m.target_id) AND a.home = %s AND a.cls <> 'outside'"
            " WHERE m.entry_key = e.key)"
        )
        given.append(home)
    return (
        f"SELECT {columns} FROM ledger_entry AS e WHERE {' AND '.join(where)}"
        " ORDER BY e.booked_on, e.recorded_at, e.key",
        given,
    )


def _among(column: str, kind: str) -> str:
    return _sql(f"{column} = ANY(%s::{kind}[])", f"{column} IN (SELECT value FROM json_each(%s))")


def _list(values: Iterable[Any]) -> Any:
    found = list(values)
    return json.dumps(found) if connection.vendor == "sqlite" else found


class _Spelling:
    """Accounts and units by their numbers, spelt out; read when they are first met."""

    def __init__(self) -> None:
        self.accounts: dict[int, tuple[bytes, str | None]] = {}
        self.units: dict[int, bytes] = {}

    def meet(self, movements: Sequence[tuple[Any, ...]]) -> None:
        """Read what these movements name and is not known yet."""
        if len(self.accounts) > KNOWN:
            self.accounts.clear()
        if len(self.units) > KNOWN:
            self.units.clear()
        accounts = {m[2] for m in movements} | {m[3] for m in movements}
        accounts -= self.accounts.keys()
        units = {m[4] for m in movements} - self.units.keys()
        # What is not there (somebody took it away) is spelt as nothing.
        self.accounts |= dict.fromkeys(accounts, (b"null", None))
        self.units |= dict.fromkeys(units, b"null")
        if accounts:
            for pk, code, cls, home, opened_at in _rows(
                f"SELECT a.id, a.code, a.cls, a.home, {_instant('a.opened_at')}"
                f" FROM ledger_account AS a WHERE {_among('a.id', 'bigint')}",
                accounts,
            ):
                touched = None if cls == "outside" else home
                self.accounts[pk] = packed(code, cls, home, opened_at), touched
        if units:
            for pk, code, kind in _rows(
                "SELECT u.id, u.code, u.kind FROM ledger_unit AS u"
                f" WHERE {_among('u.id', 'bigint')}",
                units,
            ):
                self.units[pk] = packed(code, kind)


def _rows(sql: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_list(values)])
        return list(cursor.fetchall())


def written(
    *, home: str | None = None, after: date | None = None, until: date | None = None
) -> Iterator[Written]:
    """The entries booked after one day and until another, day by day, as they were recorded.

    A few at a time, so that memory does not follow their number; needs a transaction around it.
    """
    sql, given = _entries(home, after, until)
    spelling = _Spelling()
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, given)
        while entries := cursor.fetchmany(CHUNK):
            yield from _spelt(entries, spelling)


def _spelt(entries: Sequence[tuple[Any, ...]], spelling: _Spelling) -> Iterator[Written]:
    amount = _sql("trim_scale(m.amount)::text", "m.amount")
    movements = _rows(
        f"SELECT {_uuid('m.entry_key')}, m.n, m.source_id, m.target_id, m.unit_id, {amount},"
        f" {_instant('m.recorded_at')}, {_day('m.booked_on')} FROM ledger_movement AS m"
        f" WHERE {_among('m.entry_key', 'uuid')} ORDER BY m.entry_key, m.n",
        [entry[0] for entry in entries],
    )
    spelling.meet(movements)
    accounts, units = spelling.accounts, spelling.units
    lines: dict[str, list[bytes]] = {entry[0]: [packed(*entry)] for entry in entries}
    homes: dict[str, set[str | None]] = {entry[0]: set() for entry in entries}
    times = {entry[0]: (entry[7], entry[8]) for entry in entries}
    for key, n, source, target, unit, amount, recorded_at, booked_on in movements:
        gave, giver = accounts[source]
        got, getter = accounts[target]
        homes[key].update((giver, getter))
        line = b"[%d,%b,%b,%b,%b" % (n, gave, got, units[unit], str(amount).encode())
        if times[key] == (recorded_at, booked_on):  # as it always is: those of its entry
            lines[key].append(line + b"]")
        else:
            lines[key].append(line + b"," + packed(recorded_at, booked_on) + b"]")
    for entry in entries:
        key = entry[0]
        data = b"\n".join(lines[key]) + b"\n"
        touched = frozenset(home for home in homes[key] if home is not None)
        yield Written(key, entry[8], entry[7], touched, data)


# --- the seal of a day ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Day:
    """What the entries of an office on one day come to: how many, the last of them, their sum."""

    day: str
    entries: int
    upto: str
    sum: str


def days(*, home: str, after: date | None, until: date) -> Iterator[Day]:
    """The days of an office that have entries, in order."""
    day, entries, upto, taken = "", 0, "", hashlib.sha256()
    for entry in written(home=home, after=after, until=until):
        if entries and entry.day != day:
            yield Day(day, entries, upto, taken.hexdigest())
            entries, taken = 0, hashlib.sha256()
        day, entries, upto = entry.day, entries + 1, entry.recorded_at
        taken.update(entry.data)
    if entries:
        yield Day(day, entries, upto, taken.hexdigest())


def closing_rows(home: str, after: int, until: int) -> list[object]:
    """The closings and reopenings of an office by their numbers, as a seal holds them."""
    rows = Closing.objects.filter(home=home, n__gt=after, n__lte=until).order_by("n")
    return [
        [
            row.n, row.period, _iso(row.was), _iso(row.until), row.by_id.hex, text_of(row.at),
            None if row.reopening is None else [
                row.reopening.closing_id.hex, row.reopening.reason, row.reopening.by_id.hex,
                text_of(row.reopening.at),
            ],
        ]
        for row in rows.select_related("reopening")
    ]  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def digest_of(*, home: str, n: int, previous: str, day: Day, closings: Sequence[object]) -> str:
    """The digest of a seal (hex): of its number, the one before, its closings and its entries."""
    head = packed(
        "karyabina-seal", 1, home, day.day, n, previous, day.entries, day.upto, closings, day.sum
    )
    return hashlib.sha256(head).hexdigest()


def line(seal: Seal) -> str:
    """A seal on one line, as it is printed: all of its digest, in groups of eight digits."""
    return line_of(seal.home, seal.day.isoformat(), seal.n, seal.entries, seal.digest)


def line_of(home: str, day: str, n: int, entries: int, digest: str) -> str:
    groups = "-".join(digest[at : at + 8] for at in range(0, len(digest), 8)).upper()
    return f"{home} {day} n={n} entries={entries} {groups}"


# --- the key -------------------------------------------------------------------------------------
class NoSealKey(ImproperlyConfigured):
    """This machine has no seal key: marks can be neither made nor looked at."""


def keys(*, make: bool = False) -> tuple[bytes, ...]:
    """The seal keys of this machine: the first seals, the others only vouch for older seals.

    From `KARYABINA_SEAL_KEY`, else from the file beside the data, which is made once (`make`) with
    a key that nobody has seen. Keep a copy of it apart from the copies of the database."""
    text, kept = settings.SEAL_KEY, Path(settings.SEAL_KEY_FILE)
    if not text:
        if make:
            _make(kept)
        text = _kept(str(kept))
    found = tuple(word.encode() for word in text.split())
    if not found:
        raise NoSealKey(f"{kept} is empty: put the seal key back, or set KARYABINA_SEAL_KEY")
    if min(map(len, found)) < SHORTEST_KEY:
        raise NoSealKey(f"A seal key has at least {SHORTEST_KEY} characters")
    return found


def is_lost() -> bool:
    """Whether the administrators say that the key is lost for ever: `KARYABINA_SEAL_KEY_LOST`."""
    return bool(settings.SEAL_KEY_LOST)


def may_begin() -> bool:
    """Whether a new key may be made: where nothing was ever sealed, or the key is lost."""
    return is_lost() or not Seal.objects.exists()


@lru_cache(maxsize=4)
def _kept(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except FileNotFoundError:
        raise NoSealKey(f"{path} is not there: put the seal key back") from None


def _make(kept: Path) -> None:
    """Write a new key where there is none, whole or not at all: two may try at once."""
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_name(f"{kept.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, kept)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def mac_of(said: str, key: bytes) -> str:
    """The mark of a seal: HMAC-SHA256 over its line."""
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def genuine(said: str, mac: str, known: Iterable[bytes]) -> bool:
    """Whether one of these keys made the mark of this line."""
    return any(hmac.compare_digest(mac_of(said, key), mac) for key in known)


# --- lines that somebody kept --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Kept:
    """A line that was printed or saved."""

    home: str
    day: str
    n: int
    entries: int
    digest: str


def read_line(text: str) -> Kept | None:
    """A line as somebody kept or typed it, in capitals or not, grouped or not; None: is none."""
    found = LINE.fullmatch(text.strip())
    if found is None:
        return None
    digest = re.sub(r"[\s-]", "", found["digest"]).lower()
    if len(digest) != 64:
        return None
    return Kept(found["home"], found["day"], int(found["n"]), int(found["entries"]), digest)
