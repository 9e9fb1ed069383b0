"""Random entries: what the machine of `test_machine.py` does not ask."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.models import Move
from karyabina.ledger.tests.make import AT, CHIPS, MELON, person, posted, world

pytestmark = pytest.mark.django_db

GOODS = ("store:KFM", "transit:T1", "stand:GOR", "difference:GOR", "outside:buyer")
MONEY = ("cash:S1", "bank:NTT", "difference:GOR", "outside:buyer", "outside:world")
CLAIMS = ("due:KFM", "due:KLB", "owed:NTT", "owed:KFM", "capital:KFM")


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


@contextmanager
def new_books() -> Iterator[None]:
    """Each example begins with empty books, and leaves none behind."""
    with transaction.atomic():
        world()
        yield
        transaction.set_rollback(True)


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
