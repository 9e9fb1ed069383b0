"""`karya verify` finds what somebody with the keys to the database may have broken."""

from collections.abc import Callable

import pytest
from django.db import connection

from karyabina.base import guards
from karyabina.ledger import verify
from karyabina.settlement import invariants
from karyabina.settlement.tests.world import World

FAULTS = {
    "UPDATE settlement_settlement SET premi = premi - 1, state = state + 1": (
        invariants.parts_add_up,
        invariants.every_part_is_in_the_books,
        invariants.premi_comes_from_settlements,
    ),
    "UPDATE settlement_lotresult SET turnover = turnover + 1": (invariants.parts_add_up,),
    "UPDATE settlement_lotresult SET premi = premi - 1": (
        invariants.parts_add_up,
        invariants.premi_of_a_lot_is_that_of_its_makers,
    ),
    "UPDATE settlement_lotresult SET cost = cost + 1": (
        invariants.parts_add_up,
        invariants.costs_follow_the_pieces,
    ),
    "UPDATE settlement_premi SET saved = saved + 1, usable = usable - 1": (
        invariants.every_maker_gets_what_is_explained,
    ),
    "DELETE FROM settlement_settledrefund": (invariants.parts_add_up,),
    "UPDATE settlement_lotresult SET quantity = quantity + 1": (
        invariants.costs_follow_the_pieces,
    ),
}
OURS = (
    invariants.parts_add_up,
    invariants.premi_of_a_lot_is_that_of_its_makers,
    invariants.every_part_is_in_the_books,
    invariants.every_maker_gets_what_is_explained,
    invariants.premi_comes_from_settlements,
    invariants.costs_follow_the_pieces,
)


@pytest.fixture
def settled(world: World) -> World:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000, works={"KLB-001": 60, "KLB-002": 30})
    sale = world.sell({melon: 5})
    world.refund(sale, melon, 1)
    world.settle()
    return world


def test_true_books_are_found_true(settled: World) -> None:
    assert {check.__name__: check() for check in OURS} == {check.__name__: [] for check in OURS}
    sentences = [finding.sentence for finding in verify.run()]
    assert "Bagian setiap bagi hasil berjumlah sama dengan omzetnya" in sentences


@pytest.mark.parametrize(("broken", "finders"), FAULTS.items(), ids=list(FAULTS))
def test_what_was_broken_by_force_is_found(
    settled: World, broken: str, finders: tuple[Callable[[], list[str]], ...]
) -> None:
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute(broken)
        found = {check.__name__ for check in OURS if check()}
    assert found == {check.__name__ for check in finders}
