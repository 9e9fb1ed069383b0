"""Whatever people do with the books, in whatever order: they say what plain dictionaries say.

Hypothesis draws long stories: posts and batches, again and with other content, reversals, refunds,
late news, closed days, days taken back. `model.py` says what must come of each; after each step the
books are asked, at the end all of their history, and `karya verify` with the seals."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID

import hypothesis
import pytest
from django.db import transaction
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import seal_checks, seals, verify
from karyabina.ledger.actions import Posting, closings
from karyabina.ledger.journals import journal
from karyabina.ledger.journals.reading import Scope
from karyabina.ledger.models import Closing, Entry, Move, Reopening, Seal
from karyabina.ledger.queries.closings import closed_until
from karyabina.ledger.queries.periods import balances_at, turnover
from karyabina.ledger.tests.closing import somebody
from karyabina.ledger.tests.make import AT, CHIPS, MELON, WITA
from karyabina.ledger.tests.model import HOMES, OFFICES, Model, is_as_booked, is_outside
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.seeded]

GOODS = ("outside:workshop", "store:KFM", "store:KLB", "stand:NTT", "transit:T1", "outside:buyer")
MONEY = ("outside:world", "cash:NTT", "bank:KLB", "difference:NTT", "outside:buyer")
CLAIMS = ("owed:NTT", "due:KFM", "due:KLB", "capital:KFM")
ZONES = [timezone(timedelta(hours=hours)) for hours in (0, 7, 8, 9)]
STEPS = 30  # of a story, at most
FEW = 15  # stories, but in a drill
PEOPLE = ("Pencatat", "Kepala", "Ketiga")


def moves_among(accounts: tuple[str, ...], *units: str) -> st.SearchStrategy[Move]:
    """From left to right as often as not, so that much of it is possible."""
    pairs = [(a, b) for a in accounts for b in accounts if a != b]
    likely = [(accounts[0], b) for b in accounts[1:]]
    return st.builds(
        lambda pair, unit, amount: Move(*pair, unit, amount),
        st.sampled_from(likely) | st.sampled_from(pairs),
        st.sampled_from(units),
        st.integers(1, 9),
    )


MOVES = st.lists(
    moves_among(GOODS, CHIPS, MELON) | moves_among(MONEY, "IDR") | moves_among(CLAIMS, "IDR"),
    min_size=1,
    max_size=4,
)
# When it happened: days before today, hour, clock.
WHEN = st.tuples(st.integers(0, 4) | st.just(20), st.integers(0, 23), st.sampled_from(ZONES))
WHICH = st.integers(0, 99)  # of those that are there, counted round
WISH = st.one_of(
    st.tuples(st.just("fresh"), MOVES, WHEN),
    st.tuples(st.just("fresh"), MOVES, WHEN),
    st.tuples(st.sampled_from(("again", "other", "reverse", "refund")), WHICH, WHEN),
    st.tuples(st.sampled_from(("twin", "twist")), WHICH, WHEN),  # of one in the same batch
    st.tuples(st.just("unfit"), st.sampled_from(("kind", "amount", "account")), WHEN),
)
OFFICE = st.sampled_from(OFFICES)
PERSON = st.sampled_from(PEOPLE)


class TheBooks(RuleBasedStateMachine):
    """Each example begins with empty books and leaves none behind."""

    @initialize()
    def begin(self) -> None:
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.model = Model()
        self.today = date(2025, 10, 29)
        self.frozen: dict[str, list[str]] = {home: [] for home in OFFICES}
        self.lines: list[str] = []  # of seals, as somebody would keep them

    def teardown(self) -> None:
        if not hasattr(self, "whole"):
            return
        try:
            self.closed_figures_are_the_same_bytes()
            self.all_history_is_as_it_was()
            faults = [f for f in verify.run(of="karyabina.ledger", seals=True) if f.faults]
            assert faults == []
            assert not self.lines or seal_checks.compare(self.lines) == []
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    # --- what is wanted --------------------------------------------------------------------------
    def wanted(self, wish: tuple[Any, ...], batch: list[Posting]) -> Posting:
        """What a drawn wish means by now; a fresh one where nothing is there yet."""
        verb, what, when = wish
        at = self.moment(*when)
        there = [booked.posting for booked in self.model.entries.values()]
        others = batch if verb in ("twin", "twist") else there
        if verb == "unfit":
            return unfit(what, at)
        if verb == "fresh" or not others:
            moves = [Move("outside:workshop", "store:KFM", CHIPS, 9)] if verb != "fresh" else what
            return Posting(new_key(), "sale", at, {"day": at.day}, moves)
        of = others[what % len(others)]
        back = [move.mirrored() for move in of.moves]
        if verb in ("again", "twin"):  # whatever else it says: the request is the same
            return Posting(of.key, of.kind, at, of.request, of.moves[:1])
        if verb in ("other", "twist"):
            return Posting(of.key, of.kind, at, {"other": True}, of.moves)
        if verb == "reverse":
            return Posting(new_key(), "reversal", at, {"of": of.key}, back, reverses=of.key)
        part = [Move(m.source, m.target, m.unit, (m.amount + 1) // 2) for m in back]
        return Posting(new_key(), "refund", at, {"of": of.key}, part)

    def moment(self, days_ago: int, hour: int, zone: timezone) -> datetime:
        return datetime.combine(self.today - timedelta(days=days_ago), time(hour), tzinfo=zone)

    def came(self, posting: Posting, entry: Entry) -> None:
        """The books returned an entry: a new one, after all others, or the one that is there."""
        if posting.key not in self.model.entries:
            last = max((b.recorded_at for b in self.model.entries.values()), default=None)
            assert last is None or entry.recorded_at > last
            self.model.book(posting, entry.recorded_at)
        assert is_as_booked(entry, self.model.entries[posting.key])

    # --- entries ---------------------------------------------------------------------------------
    @rule(wish=WISH)
    def post(self, wish: tuple[Any, ...]) -> None:
        posting = self.wanted(wish, [])
        want = self.model.judge(posting)
        parts = {name: getattr(posting, name) for name in Posting.__dataclass_fields__}
        entry = told(want, lambda: ledger.post(by=somebody(), **parts))
        if want is ledger.NotEnough:
            assert self.model.short(posting.moves)[entry.account, entry.unit] == entry.remains
        elif want is None:
            self.came(posting, entry)

    @rule(which=WHICH, when=WHEN)
    @precondition(lambda self: self.model.entries)
    def reverse(self, which: int, when: tuple[Any, ...]) -> None:
        posting = self.wanted(("reverse", which, when), [])
        want = self.model.judge(posting)
        entry = told(
            want,
            lambda: ledger.reverse(
                key=posting.key,
                original=posting.reverses,
                by=somebody(),
                occurred_at=posting.occurred_at,
                reason="Salah",
                request=posting.request,
            ),
        )
        if want is None:
            self.came(posting, entry)

    def batch(self, wishes: list[tuple[Any, ...]]) -> list[Posting]:
        postings: list[Posting] = []
        for wish in wishes:
            postings.append(self.wanted(wish, postings))
        return postings

    @rule(wishes=st.lists(WISH, min_size=1, max_size=8))
    def post_each(self, wishes: list[tuple[Any, ...]]) -> None:
        postings = self.batch(wishes)
        want = self.model.of_batch(postings)
        results = ledger.post_each(by=somebody(), postings=postings)
        assert [type(r) if isinstance(r, Refusal) else None for r in results] == want
        for posting, result in zip(postings, results, strict=True):
            if isinstance(result, Entry):
                self.came(posting, result)

    @rule(wishes=st.lists(WISH, min_size=1, max_size=8))
    def post_all(self, wishes: list[tuple[Any, ...]]) -> None:
        postings = self.batch(wishes)
        want = self.model.of_batch(postings)
        first = next((n for n, no in enumerate(want) if no), None)
        if first is None:
            entries = ledger.post_all(by=somebody(), postings=postings)
            for posting, entry in zip(postings, entries, strict=True):
                self.came(posting, entry)
            return
        with pytest.raises(Refusal) as no:
            ledger.post_all(by=somebody(), postings=postings)
        assert (type(no.value), no.value.position) == (want[first], first)

    # --- days ------------------------------------------------------------------------------------
    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    def close(self, key: UUID, home: str, period: str, day: date) -> Closing:
        return close(key, home, period, day, self.evening)

    @property
    def evening(self) -> datetime:
        return datetime.combine(self.today, time(20), tzinfo=WITA)

    @rule(home=OFFICE, period=st.sampled_from(("day", "day", "month")), ago=st.integers(-1, 9))
    def close_days(self, home: str, period: str, ago: int) -> None:
        day = self.today - timedelta(days=ago)
        until = day.replace(day=monthrange(day.year, day.month)[1]) if period == "month" else day
        want = self.model.judge_closing(home, period, until, self.today)
        key = new_key()
        told(want, lambda: self.close(key, home, period, day))
        if want is None:
            self.model.close(key, home, period, until)
            self.frozen[home].append(text_of(home, until))
            made = Seal.objects.filter(closing_id=key).order_by("n")
            self.lines += [seals.line(seal) for seal in made]

    @rule(home=OFFICE, which=WHICH)
    def close_again(self, home: str, which: int) -> None:
        rows = [row for row in self.model.rows[home] if not row.takes_back]
        if not rows:
            return
        row = rows[which % len(rows)]
        assert row.until
        assert self.close(row.key, home, row.period, row.until).pk == row.key
        before = row.until - timedelta(days=40)
        told(books.KeyReused, lambda: self.close(row.key, home, row.period, before))

    @rule(home=OFFICE, which=st.just(-1) | WHICH, by=PERSON)
    def ask_back(self, home: str, which: int, by: str) -> None:
        rows = self.model.rows[home]
        if not rows:
            return
        row = rows[which % len(rows)]
        key, want = new_key(), self.model.judge_asking(row)
        told(want, lambda: ask(key, row.key, by, self.evening))
        if want is None:
            self.model.ask(key, row, somebody(by).pk)

    @rule(which=st.just(-1) | WHICH, by=PERSON)
    @precondition(lambda self: self.model.requests)
    def agree(self, which: int, by: str) -> None:
        key, request = self.request(which)
        mine, want = new_key(), self.model.judge_agreeing(request, somebody(by).pk)
        told(want, lambda: agree(mine, key, by, self.evening))
        if want is None:
            self.model.take_back(request, mine)
            self.frozen[request.home].pop()

    @rule(which=st.just(-1) | WHICH, by=PERSON)
    @precondition(lambda self: self.model.requests)
    def decline(self, which: int, by: str) -> None:
        key, request = self.request(which)
        want = self.model.judge_declining(request, somebody(by).pk, "Tidak")
        told(want, lambda: decline(key, "Tidak", by, self.evening))
        if want is None:
            request.declined = (somebody(by).pk, "Tidak")

    @rule(home=OFFICE, ago=st.integers(0, 3), before=st.integers(0, 3))
    def close_and_take_back(self, home: str, ago: int, before: int) -> None:
        """What would seldom come about by chance: and then close less, and want that back."""
        self.close_days(home=home, period="day", ago=ago)
        asked = len(self.model.requests)
        self.ask_back(home=home, which=-1, by="Pencatat")
        if len(self.model.requests) > asked:
            self.agree(which=-1, by="Kepala")
            self.close_days(home=home, period="day", ago=ago + before)
            self.ask_back(home=home, which=-1, by="Ketiga")

    def request(self, which: int) -> tuple[UUID, Any]:
        found = list(self.model.requests.items())
        return found[which % len(found)]

    # --- what the books say ----------------------------------------------------------------------
    @invariant()
    def the_books_hold_what_the_model_holds(self) -> None:
        held = {pair: n for pair, n in self.model.held.items() if n and not is_outside(pair[0])}
        assert books.balances() == held

    @invariant()
    def days_are_closed_as_in_the_model(self) -> None:
        until = {home: self.model.until(home) for home in OFFICES}
        assert closed_until(OFFICES) == {home: day for home, day in until.items() if day}

    @invariant()
    def figures_of_closed_days_stay(self) -> None:
        for home in OFFICES:
            if until := self.model.until(home):
                self.figures_are_the_model_s(home, None, until)

    @rule(home=OFFICE, ago=st.integers(0, 9), days=st.integers(0, 9))
    def ask_for_a_period(self, home: str, ago: int, days: int) -> None:
        first = self.today - timedelta(days=ago)
        self.figures_are_the_model_s(home, first, first + timedelta(days=days))

    def figures_are_the_model_s(self, home: str, first: date | None, last: date) -> None:
        for code, at in HOMES.items():
            if at == home:
                found = turnover(code, first=first, last=last)
                assert found == self.model.turnover(code, first, last)

    @rule()
    def closed_figures_are_the_same_bytes(self) -> None:
        for home in OFFICES:
            rows = self.model.rows[home]
            if rows and rows[-1].until and self.frozen[home]:
                assert text_of(home, rows[-1].until) == self.frozen[home][-1]

    @rule(which=WHICH)
    @precondition(lambda self: self.model.entries)
    def ask_for_an_instant(self, which: int) -> None:
        entries = list(self.model.entries.values())
        booked = entries[which % len(entries)]
        for (code, unit), amount in booked.held.items():
            assert books.balance_at(code, unit, booked.recorded_at) == amount

    def all_history_is_as_it_was(self) -> None:
        model = self.model
        for (code, unit), amount in model.held.items():
            assert books.balance(code, unit) == amount
        then = dict.fromkeys(HOMES, AT)
        for booked in model.entries.values():
            for code in {code for code, _unit in booked.held}:
                then[code] = booked.recorded_at
                at = balances_at(code, booked.recorded_at)
                held = {u: n for (c, u), n in booked.held.items() if c == code}
                assert {unit: at.get(unit, 0) for unit in held} == held
        days = dict(Entry.objects.values_list("pk", "booked_on"))
        assert days == {key: booked.day for key, booked in model.entries.items()}
        for home in OFFICES:
            sealed = Seal.objects.filter(home=home).order_by("n").values_list("day", "entries")
            assert list(sealed) == model.seals[home]


def told(want: type[Refusal] | None, act: Callable[[], Any]) -> Any:
    """What an act returns; where it must be refused, the refusal."""
    event(want.__name__ if want else "done")
    if want is None:
        return act()
    with pytest.raises(want) as no:
        act()
    assert type(no.value) is want
    return no.value


def unfit(what: str, at: datetime) -> Posting:
    move = Move("outside:workshop", "store:KFM", CHIPS, 0 if what == "amount" else 1)
    if what == "account":
        move = Move("store:KFM", "store:NOWHERE", CHIPS, 1)
    kind = "nothing" if what == "kind" else "sale"
    return Posting(new_key(), kind, at, {"unfit": what}, [move])


def close(key: UUID, home: str, period: str, day: date, at: datetime) -> Closing:
    given = {"office": make.office(home), "by": somebody(), "at": at, "key": key}
    if period == "month":
        return closings.close_month(month=day, **given)
    return closings.close_day(day=day, **given)


def ask(key: UUID, closing: UUID, by: str, at: datetime) -> Reopening:
    return closings.ask_reopening(
        closing=Closing.objects.get(pk=closing),
        reason="Salah catat",
        by=somebody(by),
        at=at,
        key=key,
    )


def agree(key: UUID, asked: UUID, by: str, at: datetime) -> Closing:
    request = Reopening.objects.get(pk=asked)
    return closings.agree_to_reopening(asked=request, by=somebody(by), at=at, key=key)


def decline(asked: UUID, reason: str, by: str, at: datetime) -> object:
    request = Reopening.objects.get(pk=asked)
    return closings.decline_reopening(
        asked=request, reason=reason, by=somebody(by), at=at, key=new_key()
    )


def text_of(home: str, until: date) -> str:
    """An office's books to the end of a day, byte for byte."""
    return "".join(journal("hledger", Scope(until=until, office=home)))


def test_whatever_is_done_the_books_agree_with_a_dictionary() -> None:
    for home in OFFICES:
        make.office(home)
    for name in PEOPLE:
        somebody(name)
    ledger.open_accounts(homes=HOMES, at=AT)
    ledger.add_units(codes=[CHIPS, MELON], kind="lot")
    given = hypothesis.settings()
    drilled = hypothesis.settings.get_current_profile_name() == "drill"
    stories = given.max_examples if drilled else min(given.max_examples, FEW)
    run_state_machine_as_test(
        TheBooks, settings=hypothesis.settings(max_examples=stories, stateful_step_count=STEPS)
    )
