"""Whatever is posted in whatever order: the books say what a plain dictionary says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given, note
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.ledger.models import CLASSES, Entry, Move
from karyabina.ledger.tests.make import AT, CHIPS, MELON, person, posted, world

pytestmark = pytest.mark.django_db

GOODS = ("store:KFM", "transit:T1", "stand:GOR", "difference:GOR", "outside:buyer")
MONEY = ("cash:S1", "bank:NTT", "difference:GOR", "outside:buyer", "outside:world")
CLAIMS = ("due:KFM", "due:KLB", "owed:NTT", "owed:KFM", "capital:KFM")
BELOW_ZERO = {"owed", "difference", "outside"}


def moves_among(accounts: tuple[str, ...], units: tuple[str, ...]) -> st.SearchStrategy[Move]:
    return (
        st.tuples(
            st.sampled_from(accounts),
            st.sampled_from(accounts),
            st.sampled_from(units),
            st.integers(1, 9),
        )
        .filter(lambda m: m[0] != m[1])
        .map(lambda m: Move(*m))
    )


MOVE = (
    moves_among(GOODS, (CHIPS, MELON))
    | moves_among(MONEY, ("IDR",))
    | moves_among(CLAIMS, ("IDR",))
)
STEP = st.one_of(
    st.tuples(st.just("post"), st.lists(MOVE, min_size=1, max_size=5)),
    st.tuples(st.just("again"), st.integers(0, 99)),
    st.tuples(st.just("other"), st.integers(0, 99)),
    st.tuples(st.just("reverse"), st.integers(0, 99)),
)


@dataclass
class Model:
    """The books as a dictionary, and what was posted."""

    held: dict[tuple[str, str], int] = field(default_factory=dict)
    done: list[tuple[UUID, list[Move]]] = field(default_factory=list)
    reversed: set[UUID] = field(default_factory=set)
    then: list[tuple[Entry, dict[tuple[str, str], int]]] = field(default_factory=list)

    def after(self, moves: list[Move]) -> dict[tuple[str, str], int]:
        held = dict(self.held)
        for move in moves:
            for code, change in ((move.source, -move.amount), (move.target, move.amount)):
                held[code, move.unit] = held.get((code, move.unit), 0) + change
        return held

    def allows(self, moves: list[Move]) -> bool:
        touched = {(code, m.unit) for m in moves for code in (m.source, m.target)}
        held = self.after(moves)
        return all(
            held[pair] >= 0 or CLASSES[pair[0].partition(":")[0]] in BELOW_ZERO for pair in touched
        )

    def book(self, entry: Entry, moves: list[Move]) -> None:
        self.held = self.after(moves)
        self.then.append((entry, self.held))


def play(model: Model, verb: str, what: object) -> None:
    if verb == "post":
        assert isinstance(what, list)
        post(model, what)
    elif model.done:
        assert isinstance(what, int)
        key, moves = model.done[what % len(model.done)]
        if verb == "again":
            assert posted(*moves[:1], key=key, request={"moves": len(moves)}).pk == key
        elif verb == "other":
            with pytest.raises(ledger.KeyReused):
                posted(*moves, key=key, request={"moves": -1})
        else:
            reverse(model, key, moves)


def post(model: Model, moves: list[Move]) -> None:
    key = new_key()
    if model.allows(moves):
        model.book(posted(*moves, key=key, request={"moves": len(moves)}), moves)
        model.done.append((key, moves))
    else:
        with pytest.raises(ledger.NotEnough) as no:
            posted(*moves, key=key, request={"moves": len(moves)})
        assert no.value.remains == model.after(moves)[no.value.account, no.value.unit] < 0


def reverse(model: Model, key: UUID, moves: list[Move]) -> None:
    back = [move.mirrored() for move in moves]
    want = None
    if key in model.reversed:
        want = (ledger.AlreadyReversed, ledger.NotEnough)
    elif not model.allows(back):
        want = (ledger.NotEnough,)
    given_ = {"key": new_key(), "by": person(), "occurred_at": AT, "reason": "Salah"}
    if want:
        with pytest.raises(want):
            ledger.reverse(original=key, **given_)
    else:
        model.book(ledger.reverse(original=key, **given_), back)
        model.reversed.add(key)


@contextmanager
def new_books() -> Iterator[None]:
    """Each example begins with empty books, and leaves none behind."""
    with transaction.atomic():
        world()
        yield
        transaction.set_rollback(True)


@given(st.lists(STEP, min_size=1, max_size=25))
def test_the_books_agree_with_a_dictionary(steps: list[tuple[str, object]]) -> None:
    with new_books():
        agree(steps)


def agree(steps: list[tuple[str, object]]) -> None:
    model = Model()
    for verb, what in steps:
        note(f"{verb} {what}")
        play(model, verb, what)
    inside = {pair: n for pair, n in model.held.items() if n and not pair[0].startswith("outside:")}
    assert books.balances() == inside
    for (code, unit), amount in model.held.items():
        assert books.balance(code, unit) == amount
    for entry, held in model.then:
        for (code, unit), amount in held.items():
            assert books.balance_at(code, unit, entry.recorded_at) == amount
    assert Entry.objects.count() == len(model.then)
    assert [f for f in verify.run(of="karyabina.ledger") if f.faults] == []


@given(st.lists(MOVE, min_size=1, max_size=12), st.data())
def test_the_order_within_an_entry_does_not_matter(moves: list[Move], data: st.DataObject) -> None:
    with new_books():
        same(moves, data.draw(st.permutations(moves)))


def same(moves: list[Move], shuffled: list[Move]) -> None:
    results = []
    for order in (moves, shuffled):
        try:
            entry = posted(*order)
        except ledger.NotEnough as no:
            results.append((no.account, no.unit, no.remains))
        else:
            results.append(books.balances())
            ledger.reverse(
                key=new_key(), original=entry, by=person(), occurred_at=AT, reason="Lagi"
            )
            assert books.balances() == {}
    assert results[0] == results[1]
