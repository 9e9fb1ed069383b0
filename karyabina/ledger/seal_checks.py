"""Every seal taken again: `karya verify --seals` asks whether closed days are as they were sealed.

All entries up to the last closed day are read once, in the order of the seals, and each goes into
the sum of its day in every office that it touches (`SealedDays`). So memory follows the number of
offices, not that of entries, and the queries a thousandth of them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.ledger import seals
from karyabina.ledger.models import Closing, Seal
from karyabina.ledger.verify import MOST_FAULTS, SEALS, Finding, invariant, once

CHUNK = 500  # kept lines that are looked up together


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal as it stands in the database, with what its neighbours in the chain say."""

    home: str
    n: int
    day: str
    entries: int
    upto: str
    previous: str
    digest: str
    mac: str
    closing: int | None  # the number of its closing, if that is one of the same office
    fits: bool  # its day is one that this closing closed
    before: int | None  # number, digest and closing of the seal before
    before_digest: str | None
    before_closing: int | None

    @property
    def line(self) -> str:
        return seals.line_of(self.home, self.day, self.n, self.entries, self.digest)

    @property
    def name(self) -> str:
        return f"{self.home} {self.day} n={self.n}"


_ALL = """
SELECT s.home, s.n, {day}, s.entries, {upto}, s.previous, s.digest, s.mac, c.n,
  c.reopening_id IS NULL AND s.day <= c.until AND (c.was IS NULL OR s.day > c.was),
  lag(s.n) OVER chain, lag(s.digest) OVER chain, lag(c.n) OVER chain
FROM ledger_seal AS s
LEFT JOIN ledger_closing AS c ON c.key = s.closing_id AND c.home = s.home
WINDOW chain AS (PARTITION BY s.home ORDER BY s.n)
ORDER BY s.day, s.home, s.n
"""


def _sealed() -> Iterator[Sealed]:
    """All seals, day by day."""
    postgresql = connection.vendor == "postgresql"
    day = "to_char(s.day, 'YYYY-MM-DD')" if postgresql else "CAST(s.day AS text)"
    upto = "to_char(s.upto AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if not postgresql:
        upto = "CAST(s.upto AS text)"
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ALL.format(day=day, upto=upto))
        while rows := cursor.fetchmany(seals.CHUNK):
            for row in rows:
                yield Sealed(*row[:9], bool(row[9]), *row[10:])  # type: ignore[call-arg]


@dataclass(slots=True)
class _HomeDay:
    """An office's day while its entries go by: what they come to, at each of its seals."""

    sealed: list[Sealed] = field(default_factory=list)
    taken: Any = field(default_factory=hashlib.sha256)
    entries: int = 0
    upto: str = ""
    at: dict[int, tuple[int, str, str]] = field(default_factory=dict)  # entries, upto, sum
    outside: list[str] = field(default_factory=list)  # entries after the last seal

    def take(self, entry: seals.Written) -> None:
        for seal in self.sealed:
            if seal.n not in self.at and seal.upto < entry.recorded_at:
                self._stop(seal)
        if len(self.at) == len(self.sealed):
            self.outside.append(entry.key)
            del self.outside[MOST_FAULTS:]
            if not self.sealed:
                return
        self.taken.update(entry.data)
        self.entries += 1
        self.upto = entry.recorded_at

    def _stop(self, seal: Sealed) -> None:
        self.at[seal.n] = self.entries, self.upto, self.taken.copy().hexdigest()

    def end(self) -> None:
        for seal in self.sealed:
            if seal.n not in self.at:
                self._stop(seal)


@dataclass(slots=True)
class SealedDays:
    """What one look at all closed days told."""

    count: int = 0
    broken: list[str] = field(default_factory=list)  # a seal does not fit its entries
    unchained: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)


class _Reader:
    """Takes every seal again; see `sealed_days`."""

    def __init__(self) -> None:
        self.found = SealedDays()
        self.closed = _closed()
        self.relevant = self.closed.keys() | set(
            Seal.objects.order_by().values_list("home", flat=True).distinct()
        )
        self.keys: tuple[bytes, ...] | None = None
        try:
            self.keys = seals.keys()
        except seals.NoSealKey:
            if Seal.objects.exists():
                self.found.unmarked.append(
                    _now("tidak ada kunci segel di komputer ini: tanda segel tidak diperiksa")
                )

    def read(self) -> SealedDays:
        chained = groupby(_sealed(), key=lambda seal: seal.day)
        booked = groupby(self._booked(), key=lambda entry: entry.day)
        sealed_day, of_day = next(chained, (None, iter(())))
        for day, entries in booked:
            while sealed_day is not None and sealed_day < day:
                self._day(sealed_day, list(of_day), ())
                sealed_day, of_day = next(chained, (None, iter(())))
            if sealed_day == day:
                self._day(day, list(of_day), entries)
                sealed_day, of_day = next(chained, (None, iter(())))
            else:
                self._day(day, [], entries)
        while sealed_day is not None:
            self._day(sealed_day, list(of_day), ())
            sealed_day, of_day = next(chained, (None, iter(())))
        return self.found

    def _booked(self) -> Iterator[seals.Written]:
        newest = Seal.objects.order_by("-day").values_list("day", flat=True).first()
        ends = [until for in_force in self.closed.values() for _n, until in in_force[-1:]]
        if newest is not None:
            ends.append(newest.isoformat())
        if not ends:
            return iter(())
        return seals.written(until=date.fromisoformat(max(ends)))

    def _day(self, day: str, sealed: list[Sealed], entries: Iterable[seals.Written]) -> None:
        """Compare the entries of one day with its seals, office by office."""
        homes: dict[str, _HomeDay] = {}
        for seal in sealed:
            homes.setdefault(seal.home, _HomeDay()).sealed.append(seal)
        for entry in entries:
            for home in entry.homes & self.relevant:
                homes.setdefault(home, _HomeDay()).take(entry)
        for home, seen in sorted(homes.items()):
            seen.end()
            for seal in seen.sealed:
                self._seal(seal, *seen.at[seal.n])
            closing = self._closing_of(home, day)
            if closing is not None:
                self._covered(home, day, seen, closing)

    def _closing_of(self, home: str, day: str) -> int | None:
        """The number of the closing by which this day is closed now; None: it is open."""
        for n, until in self.closed.get(home, ()):
            if day <= until:
                return n
        return None

    def _covered(self, home: str, day: str, seen: _HomeDay, closing: int) -> None:
        """A closed day is sealed by its closing, and has nothing outside its seals."""
        for key in seen.outside:
            self.found.uncovered.append(
                _now("%(home)s %(day)s: catatan %(key)s tidak tercakup segel harinya")
                % {"home": home, "day": day, "key": key}
            )
        if seen.sealed and closing not in {seal.closing for seal in seen.sealed}:
            self.found.uncovered.append(
                _now("%(home)s %(day)s: tidak ada segel dari penutupan nomor %(n)s")
                % {"home": home, "day": day, "n": closing}
            )

    def _seal(self, seal: Sealed, entries: int, upto: str, taken: str) -> None:
        found = self.found
        found.count += 1
        if seal.n != (seal.before or 0) + 1 or seal.previous != (seal.before_digest or seals.FIRST):
            found.unchained.append(
                _now("%(seal)s: tidak menyambung ke segel sebelumnya") % {"seal": seal.name}
            )
        if not seal.fits or seal.closing is None:
            found.misplaced.append(
                _now("%(seal)s: harinya tidak termasuk penutupan yang disebutnya")
                % {"seal": seal.name}
            )
        if self.keys is not None and not seals.genuine(seal.line, seal.mac, self.keys):
            found.unmarked.append(
                _now("%(seal)s: tidak ditandai dengan kunci segel komputer ini")
                % {"seal": seal.name}
            )
        if entries != seal.entries:
            found.broken.append(
                _now("%(seal)s: menyegel %(sealed)s catatan, kini ada %(there)s")
                % {"seal": seal.name, "sealed": seal.entries, "there": entries}
            )
        elif upto != seal.upto or seal.digest != self._digest(seal, taken):
            found.broken.append(
                _now("%(seal)s: isinya bukan yang disegel (ada yang diubah)") % {"seal": seal.name}
            )

    def _digest(self, seal: Sealed, taken: str) -> str:
        closings: list[object] = []
        if seal.closing is not None and seal.before_closing != seal.closing:
            closings = seals.closing_rows(seal.home, seal.before_closing or 0, seal.closing)
        return seals.digest_of(
            home=seal.home,
            n=seal.n,
            previous=seal.previous,
            day=seals.Day(seal.day, seal.entries, seal.upto, taken),
            closings=closings,
        )


def _closed() -> dict[str, list[tuple[int, str]]]:
    """Office → the closings in force, by number, each with the last day that it closes."""
    closed: dict[str, list[tuple[int, str]]] = {}
    rows = Closing.objects.order_by("home", "n").values_list("home", "n", "until", "reopening")
    for home, n, until, reopening in rows.iterator():
        in_force = closed.setdefault(home, [])
        if reopening is not None and in_force:
            in_force.pop()
        elif until is not None:
            in_force.append((n, until.isoformat()))
    return closed


def sealed_days() -> SealedDays:
    """Take every seal again (call it through `verify.once`)."""
    return _Reader().read()


# --- what always holds ---------------------------------------------------------------------------
@invariant(_("Setiap segel cocok dengan isi harinya, sampai ke setiap huruf"), group=SEALS)
def seals_fit_their_entries() -> list[str]:
    return once(sealed_days).broken


@invariant(_("Segel setiap kantor bersambung tanpa celah"), group=SEALS)
def seals_are_a_chain() -> list[str]:
    return once(sealed_days).unchained


@invariant(_("Setiap segel ditandai dengan kunci yang tidak ada di basis data"), group=SEALS)
def seals_are_marked_with_the_key() -> list[str]:
    return once(sealed_days).unmarked


@invariant(_("Setiap segel milik penutupan yang menutup harinya"), group=SEALS)
def seals_belong_to_their_closing() -> list[str]:
    return once(sealed_days).misplaced


@invariant(_("Tidak ada catatan pada hari tertutup di luar segelnya"), group=SEALS)
def closed_days_have_nothing_outside_their_seals() -> list[str]:
    return once(sealed_days).uncovered


@invariant(_("Penutupan setiap kantor berurutan, dan dibuka kembali oleh dua orang"), group=SEALS)
def closings_follow_each_other() -> list[str]:
    faults, before = [], None
    rows = Closing.objects.select_related("reopening__declined").order_by("home", "n")
    for row in rows.iterator():
        if before is not None and before.home != row.home:
            before = None
        if not _follows(row, before):
            faults.append(
                _now("%(home)s: penutupan nomor %(n)s tidak mengikuti yang sebelumnya")
                % {"home": row.home, "n": row.n}
            )
        before = row
    return faults


def _follows(row: Closing, before: Closing | None) -> bool:
    if row.n != (before.n + 1 if before else 1) or row.was != (before.until if before else None):
        return False
    asked = row.reopening
    if asked is None:
        return row.until is not None and (row.was is None or row.until > row.was)
    return (
        before is not None
        and before.reopening_id is None
        and asked.closing_id == before.pk
        and asked.by_id != row.by_id
        and row.until == before.was
        and getattr(asked, "declined", None) is None
    )


# --- lines that somebody kept --------------------------------------------------------------------
def compare(lines: Iterable[str]) -> list[str]:
    """What is wrong with kept lines: each must be there as it was printed.

    This finds what the chain cannot: the newest seals taken away with their closings, or all of
    them made again by somebody who also has the key. Empty lines and those that begin with `#`
    are passed over."""
    faults, count = [], 0
    chunk: list[seals.Kept] = []
    for number, text in enumerate(lines, 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        count += 1
        kept = seals.read_line(text)
        if kept is None:
            faults.append(_now("baris %(n)s tidak terbaca sebagai segel") % {"n": number})
            continue
        chunk.append(kept)
        if len(chunk) == CHUNK:
            faults += _compare(chunk)
            chunk = []
    faults += _compare(chunk)
    return faults if count else [_now("tidak ada satu baris segel pun di berkas itu")]


def kept_lines(lines: Iterable[str]) -> Finding:
    """What `compare` finds, beside the other invariants."""
    sentence = _("Setiap baris segel yang disimpan masih ada seperti tercetak")
    return Finding(str(sentence), tuple(compare(lines)[:MOST_FAULTS]))


def _compare(chunk: list[seals.Kept]) -> list[str]:
    homes, numbers = {kept.home for kept in chunk}, {kept.n for kept in chunk}
    found = Seal.objects.filter(home__in=homes, n__in=numbers)
    there = {(seal.home, seal.n): seal for seal in found}
    faults = []
    for kept in chunk:
        seal = there.get((kept.home, kept.n))
        name = f"{kept.home} {kept.day} n={kept.n}"
        if seal is None:
            faults.append(_now("%(seal)s: segel ini tidak ada lagi") % {"seal": name})
        elif seals.read_line(seals.line(seal)) != kept:
            faults.append(
                _now("%(seal)s: kini tertulis %(line)s") % {"seal": name, "line": seals.line(seal)}
            )
    return faults
