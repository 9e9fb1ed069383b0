"""The books as plain dictionaries: what is held, what was posted, which days are closed.

It knows what `docs/ledger.md` and the actions promise, and nothing of how that is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from karyabina.base.refusal import Refusal
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions import Posting, closings
from karyabina.ledger.models import CLASSES, KINDS, Closing, Entry, Move
from karyabina.ledger.queries import KeyReused
from karyabina.ledger.queries.periods import Turnover

OFFICES = ("KFM", "KLB", "NTT")
# Code → home. Accounts outside are at home in the hub, which closes no day.
HOMES = {
    "store:KFM": "KFM",
    "store:KLB": "KLB",
    "stand:NTT": "NTT",
    "transit:T1": "hub",
    "cash:NTT": "NTT",
    "bank:KLB": "KLB",
    "due:KFM": "KFM",
    "due:KLB": "KLB",
    "owed:NTT": "NTT",
    "capital:KFM": "KFM",
    "difference:NTT": "NTT",
    "outside:workshop": "hub",
    "outside:buyer": "hub",
    "outside:world": "hub",
}
MAY_BE_BELOW_ZERO = {"owed", "difference", "outside"}
Held = dict[tuple[str, str], int]
No = type[Refusal]


def is_outside(code: str) -> bool:
    return code.startswith("outside:")


def homes_of(moves: Iterable[Move]) -> set[str]:
    """The offices that an entry of these movements touches."""
    codes = {code for move in moves for code in (move.source, move.target)}
    return {HOMES[code] for code in codes if not is_outside(code)}


@dataclass
class Booked:
    """An entry: what was asked for, the day it counts under, when the books say it came."""

    posting: Posting
    day: date
    recorded_at: datetime
    held: Held  # of what it touched, right after it

    @property
    def moves(self) -> Sequence[Move]:
        return self.posting.moves


@dataclass
class Request:
    """Somebody asked for a closing to be taken back."""

    home: str
    closing: UUID
    by: UUID
    agreed: UUID | None = None
    declined: tuple[UUID, str] | None = None


@dataclass
class Row:
    """A closing, or one that takes the one before back."""

    key: UUID
    home: str
    period: str
    was: date | None
    until: date | None
    takes_back: bool = False


@dataclass
class Model:
    """All that the books should say."""

    held: Held = field(default_factory=dict)
    entries: dict[UUID, Booked] = field(default_factory=dict)
    reversed: set[UUID] = field(default_factory=set)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {home: [] for home in OFFICES})
    seals: dict[str, list[tuple[date, int]]] = field(
        default_factory=lambda: {home: [] for home in OFFICES}
    )
    requests: dict[UUID, Request] = field(default_factory=dict)

    # --- entries ---------------------------------------------------------------------------------
    def after(self, moves: Iterable[Move]) -> Held:
        """What the accounts that are touched hold after these movements."""
        found: Held = {}
        for move in moves:
            for code, change in ((move.source, -move.amount), (move.target, move.amount)):
                pair = (code, move.unit)
                found[pair] = found.get(pair, self.held.get(pair, 0)) + change
        return found

    def short(self, moves: Iterable[Move]) -> Held:
        """What would be below zero and may not be."""
        after = self.after(moves).items()
        return {
            pair: amount
            for pair, amount in after
            if amount < 0 and CLASSES[pair[0].partition(":")[0]] not in MAY_BE_BELOW_ZERO
        }

    def same(self, posting: Posting) -> bool:
        """Whether this asks for the very entry that has its key."""
        there = self.entries[posting.key].posting
        return (there.kind, there.request) == (posting.kind, posting.request)

    def unfit(self, posting: Posting) -> No | None:
        """What can be said against a posting without looking who holds what."""
        if posting.key in self.entries:
            return None
        if posting.kind not in KINDS:
            return ledger.UnknownKind
        if any(move.amount < 1 for move in posting.moves):
            return ledger.BadAmount
        return None

    def judge(self, posting: Posting) -> No | None:
        """Why this is refused now, if it is."""
        if posting.key in self.entries:
            return None if self.same(posting) else KeyReused
        if no := self.unfit(posting):
            return no
        if any(code not in HOMES for m in posting.moves for code in (m.source, m.target)):
            return ledger.UnknownAccount
        if posting.reverses is not None:
            if self.entries[posting.reverses].posting.reverses is not None:
                return ledger.IsReversal
            if posting.reverses in self.reversed:
                return ledger.AlreadyReversed
        return ledger.NotEnough if self.short(posting.moves) else None

    def day_of(self, posting: Posting) -> date:
        """The first day, not before the occurrence, that is open wherever it touches."""
        closed = [self.until(home) for home in homes_of(posting.moves)]
        own = posting.occurred_at.date()  # on its own clock
        return max([own, *(day + timedelta(days=1) for day in closed if day)])

    def book(self, posting: Posting, recorded_at: datetime) -> Booked:
        after = self.after(posting.moves)
        booked = Booked(posting, self.day_of(posting), recorded_at, after)
        self.held |= after
        self.entries[posting.key] = booked
        if posting.reverses is not None:
            self.reversed.add(posting.reverses)
        return booked

    def copy(self) -> "Model":
        """Of what a batch changes."""
        return Model(dict(self.held), dict(self.entries), set(self.reversed), self.rows)

    def of_batch(self, postings: Sequence[Posting]) -> list[No | None]:
        """Why each is refused where they are posted each on its own, one after the other.

        A key has one meaning in a batch: that of the first fit posting which bears it, also where
        the books refuse that one."""
        trial, said = self.copy(), list[No | None]()
        first: dict[UUID, tuple[Posting, No | None]] = {}
        for posting in postings:
            no = self.unfit(posting)
            if no is None and posting.key in first:
                meant, no = first[posting.key]
                if (meant.kind, meant.request) != (posting.kind, posting.request):
                    no = KeyReused
            elif no is None:
                no = trial.judge(posting)
                first[posting.key] = (posting, no)
                if no is None and posting.key not in trial.entries:
                    trial.book(posting, datetime.min)  # noqa: DTZ901 (nobody asks)
            said.append(no)
        return said

    # --- days ------------------------------------------------------------------------------------
    def until(self, home: str) -> date | None:
        rows = self.rows.get(home)
        return rows[-1].until if rows else None

    def touching(self, home: str) -> Iterator[Booked]:
        return (booked for booked in self.entries.values() if home in homes_of(booked.moves))

    def judge_closing(self, home: str, period: str, until: date, today: date) -> No | None:
        if until > today or (period == Closing.MONTH and until == today):
            return closings.NotYet
        was = self.until(home)
        return closings.AlreadyClosed if was is not None and until <= was else None

    def close(self, key: UUID, home: str, period: str, until: date) -> None:
        was = self.until(home)
        self.rows[home].append(Row(key, home, period, was, until))
        days = [booked.day for booked in self.touching(home)]
        for day in sorted(set(days)):
            if day <= until and (was is None or day > was):
                self.seals[home].append((day, days.count(day)))

    def judge_return(self, row: Row) -> No | None:
        if self.rows[row.home][-1] is not row or row.takes_back:
            return closings.NotTheLast
        if any(row.until and day > row.until for day, _entries in self.seals[row.home]):
            return closings.LaterDaySealed
        return None

    def row(self, key: UUID) -> Row:
        return next(row for rows in self.rows.values() for row in rows if row.key == key)

    def judge_asking(self, row: Row) -> No | None:
        waiting = any(
            request.closing == row.key and not (request.agreed or request.declined)
            for request in self.requests.values()
        )
        return self.judge_return(row) or (closings.AlreadyAsked if waiting else None)

    def judge_agreeing(self, request: Request, by: UUID) -> No | None:
        if by == request.by:
            return closings.SamePerson
        if request.agreed or request.declined:
            return closings.AlreadyAnswered
        return self.judge_return(self.row(request.closing))

    def judge_declining(self, request: Request, by: UUID, reason: str) -> No | None:
        if request.declined == (by, reason):
            return None
        return closings.AlreadyAnswered if request.agreed or request.declined else None

    def ask(self, key: UUID, row: Row, by: UUID) -> None:
        self.requests[key] = Request(row.home, row.key, by)

    def take_back(self, request: Request, key: UUID) -> None:
        row = self.row(request.closing)
        request.agreed = key
        self.rows[row.home].append(Row(key, row.home, row.period, row.until, row.was, True))

    # --- figures of a period ---------------------------------------------------------------------
    def turnover(self, code: str, first: date | None, last: date) -> list[Turnover]:
        """What an account held before the first day, and what came and went until the last."""
        units: dict[str, list[int]] = {}
        for booked in self.entries.values():
            if booked.day > last:
                continue
            before = first is not None and booked.day < first
            for move in booked.moves:
                if code not in (move.source, move.target):
                    continue
                figures = units.setdefault(move.unit, [0, 0, 0])
                came = code == move.target
                if before:
                    figures[0] += move.amount if came else -move.amount
                else:
                    figures[1 if came else 2] += move.amount
        return [Turnover(unit, *units[unit]) for unit in sorted(units) if any(units[unit])]


def is_as_booked(entry: Entry, booked: Booked) -> bool:
    """Whether an entry that was returned is the one that the model knows."""
    return (entry.pk, entry.booked_on, entry.recorded_at) == (
        booked.posting.key,
        booked.day,
        booked.recorded_at,
    )
