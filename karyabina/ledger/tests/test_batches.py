"""Many entries at once: all of them or none, or each on its own."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.ledger.actions import Move, Posting
from karyabina.ledger.models import Entry
from karyabina.ledger.tests.make import AT, CHIPS, MELON, made, person, posted, world

pytestmark = pytest.mark.django_db

BUY = ("stand:GOR", "outside:buyer", CHIPS)
MAKE = ("outside:workshop", "stand:GOR", CHIPS)


@pytest.fixture(autouse=True)
def _world() -> None:
    world()


def wish(source: str, target: str, unit: str, amount: int, **other: object) -> Posting:
    values: dict = {
        "key": new_key(),
        "kind": "sale",
        "occurred_at": AT,
        "request": {"amount": amount},
        "moves": [Move(source, target, unit, amount)],
    } | other
    return Posting(**values)


def every(*wishes: Posting) -> list[Entry]:
    return ledger.post_all(by=person(), postings=wishes)


def each(*wishes: Posting) -> list[Entry | Refusal]:
    return ledger.post_each(by=person(), postings=wishes)


def test_all_are_written_in_their_order() -> None:
    wishes = [wish(*MAKE, 5), wish(*BUY, 2), wish(*BUY, 3)]
    entries = every(*wishes)
    assert [entry.pk for entry in entries] == [w.key for w in wishes]
    times = [entry.recorded_at for entry in entries]
    assert times == sorted(set(times))
    assert [entry.origin_seq for entry in entries] == sorted(e.origin_seq for e in entries)
    assert books.balance("stand:GOR", CHIPS) == 0
    assert books.balance_at("stand:GOR", CHIPS, times[1]) == 3


def test_one_that_is_bad_undoes_all_and_is_named() -> None:
    made(3)
    with pytest.raises(ledger.NotEnough) as no:
        every(wish(*BUY, 2), wish(*BUY, 1), wish(*BUY, 1), wish(*MAKE, 9))
    assert (no.value.position, no.value.short) == (2, 1)
    assert books.balance("stand:GOR", CHIPS) == 3
    assert Entry.objects.count() == 1


def test_the_first_bad_one_is_named_with_its_own_reason() -> None:
    """Whatever else is wrong further on, and whether it is seen sooner."""
    made(2)
    taken = wish(*BUY, 1)
    every(taken)
    later = [
        wish(*BUY, 1, kind="nothing"),
        wish("stand:NONE", "outside:buyer", CHIPS, 1),
        wish(*BUY, 3, key=taken.key),
    ]
    for bad in later:
        with pytest.raises(ledger.NotEnough) as no:
            every(wish(*BUY, 1), wish(*BUY, 1), bad)
        assert (no.value.position, no.value.short) == (1, 1)
    for bad, want in zip(
        later, (ledger.UnknownKind, ledger.UnknownAccount, ledger.KeyReused), strict=True
    ):
        with pytest.raises(want) as said:
            every(wish(*BUY, 1), bad, wish(*BUY, 1))
        assert said.value.position == 1
    assert books.balance("stand:GOR", CHIPS) == 1


def test_they_count_one_after_the_other_not_all_together() -> None:
    """What is made afterwards cannot be sold before, though it would even out in the end."""
    with pytest.raises(ledger.NotEnough) as no:
        every(wish(*BUY, 2), wish(*MAKE, 5))
    assert (no.value.position, no.value.account, no.value.remains) == (0, "stand:GOR", -2)


def test_each_on_its_own_leaves_the_bad_ones_out() -> None:
    made(3)
    results = each(
        wish(*BUY, 2),
        wish(*BUY, 2),
        wish(*BUY, 1, kind="nothing"),
        wish("stand:NONE", "outside:buyer", CHIPS, 1),
        wish(*BUY, 1),
        wish(*BUY, 1),
    )
    assert [type(result).__name__ for result in results] == [
        "Entry",
        "NotEnough",
        "UnknownKind",
        "UnknownAccount",
        "Entry",
        "NotEnough",
    ]
    assert books.balance("stand:GOR", CHIPS) == 0


def test_what_was_refused_is_not_there_for_those_after_it() -> None:
    results = each(
        wish("stand:TWO", "stand:GOR", CHIPS, 1),  # nothing is there
        wish(*BUY, 1),  # so nothing came
        wish(*MAKE, 1),
        wish(*BUY, 1),
    )
    assert [isinstance(result, Entry) for result in results] == [False, False, True, True]


def test_a_batch_sent_again_is_the_same_batch() -> None:
    wishes = [wish(*MAKE, 5), wish(*BUY, 2)]
    first = every(*wishes)
    again = every(*wishes, wish(*BUY, 1))
    assert [entry.pk for entry in again[:2]] == [entry.pk for entry in first]
    assert [entry.recorded_at for entry in again[:2]] == [entry.recorded_at for entry in first]
    assert [entry.pk for entry in each(*wishes)] == [entry.pk for entry in first]
    assert Entry.objects.count() == 3


def test_a_key_that_comes_twice_is_written_once() -> None:
    made(5)
    wanted = wish(*BUY, 2)
    one, two = every(wanted, wanted)
    assert one.pk == two.pk
    assert books.balance("stand:GOR", CHIPS) == 3


def test_a_key_with_other_content_is_refused() -> None:
    made(5)
    wanted = wish(*BUY, 2)
    other = wish(*BUY, 3, key=wanted.key)
    with pytest.raises(ledger.KeyReused) as no:
        every(wanted, other)
    assert no.value.position == 1
    first, second = each(wanted, other)
    assert isinstance(first, Entry)
    assert isinstance(second, ledger.KeyReused)
    with pytest.raises(ledger.KeyReused):
        every(wish(*BUY, 1), other)
    assert books.balance("stand:GOR", CHIPS) == 3


def test_a_batch_is_neither_empty_nor_endless() -> None:
    for wishes in ([], [wish(*MAKE, 1)] * 1_001):
        for act in (ledger.post_all, ledger.post_each):
            with pytest.raises(ledger.BadBatch):
                act(by=person(), postings=wishes)


def test_a_thousand_entries_are_one_batch() -> None:
    every(wish(*MAKE, 1_000), *(wish(*BUY, 1) for _ in range(999)))
    assert books.balance("stand:GOR", CHIPS) == 1
    assert [f for f in verify.run(of="karyabina.ledger") if f.faults] == []


def test_a_batch_may_reverse() -> None:
    sale = posted(Move(*MAKE, 4), kind="production")
    back = wish("stand:GOR", "outside:workshop", CHIPS, 4, kind="reversal", reverses=sale.pk)
    twice = wish("stand:GOR", "outside:workshop", CHIPS, 4, kind="reversal", reverses=sale.pk)
    first, second = each(back, twice)
    assert isinstance(first, Entry)
    assert isinstance(second, ledger.AlreadyReversed | ledger.NotEnough)
    assert books.balance("stand:GOR", CHIPS) == 0


def test_a_refused_batch_leaves_the_transaction_usable() -> None:
    with transaction.atomic():
        made(1)
        with pytest.raises(ledger.NotEnough):
            every(wish(*BUY, 1), wish(*BUY, 1))
        each(wish(*BUY, 9))
        made(1)
    assert books.balance("stand:GOR", CHIPS) == 2


PLACES = ("outside:workshop", "stand:GOR", "stand:TWO", "outside:buyer")
WISHES = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.sampled_from(PLACES),
        st.sampled_from((CHIPS, MELON)),
        st.integers(1, 4),
    ).filter(lambda move: move[0] != move[1]),
    min_size=1,
    max_size=12,
)


@given(WISHES)
def test_a_batch_is_what_its_entries_are_one_by_one(moves: list[tuple]) -> None:
    wishes = [wish(*move) for move in moves]
    outcomes = []
    for act in (each, lambda *all_: [_alone(wanted) for wanted in all_]):
        with transaction.atomic():
            results = act(*wishes)
            outcomes.append(([type(r) for r in results], books.balances(prefix="stand:")))
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


def _alone(wanted: Posting) -> Entry | Refusal:
    try:
        return every(wanted)[0]
    except Refusal as refusal:
        return refusal
