"""Whatever people do in whatever order, each piece is in one place and a no changes nothing."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import event, given
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.consignment import actions, invariants
from karyabina.consignment.actions import Counted, Piece
from karyabina.consignment.models import Consignment
from karyabina.consignment.tests.world import World, build
from karyabina.stock import actions as stock
from tests import make

ACTS = (
    "offer",
    "offer",
    "despatch",
    "despatch",
    "receive",
    "receive",
    "turn_back",
    "cancel",
    "send_back",
    "clear",
    "break",
)
STEP = st.tuples(
    st.sampled_from(ACTS), st.integers(0, 7), st.integers(0, 12), st.integers(0, 4)
)  # what, which consignment, how many, how many of them are amiss


@dataclass
class Shelf:
    """A plain account of where the pieces should be: what the books are compared with."""

    world: World
    places: Counter[str]
    made: list[Consignment] = field(default_factory=list)
    parts: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def move(self, source: str, target: str, amount: int) -> None:
        self.places[source] -= amount
        self.places[target] += amount

    def arrive(self, one: Consignment, home: str, counted: tuple[int, int, int]) -> None:
        for target, amount in zip((home, "outside:broken", "difference:KLB"), counted, strict=True):
            self.move(one.account, target, amount)
        self.parts[one.code] = counted


def take(shelf: Shelf, what: str, which: int, many: int, amiss: int) -> None:
    """One step in the books, and then the same on the shelf."""
    world = shelf.world
    if what == "offer":
        shelf.made.append(world.offer(many))
    elif what == "send_back":
        shelf.made.append(world.send_back(many))
        shelf.move("stand:GERAI", shelf.made[-1].account, many)
    elif what == "break":
        stock.break_pieces(
            key=new_key(),
            lot=world.lot,
            place=("store:KLB", "stand:GERAI")[which % 2],
            quantity=many,
            reason="Jatuh",
            by=world.sender,
            at=make.moment(10),
        )
        shelf.move(("store:KLB", "stand:GERAI")[which % 2], "outside:broken", many)
    elif shelf.made:
        one = shelf.made[which % len(shelf.made)]
        sent = one.lines.get().quantity
        counted = (sent - amiss, amiss // 2, amiss - amiss // 2)
        if what == "despatch":
            world.despatch(one)
            shelf.move("store:KLB", one.account, sent)
        elif what == "cancel":
            actions.cancel(
                key=new_key(), consignment=one, reason="x", by=world.sender, at=make.moment(8)
            )
        elif what == "receive":
            world.receive(one, counted)
            shelf.arrive(one, "store:KLB" if one.is_back else "stand:GERAI", counted)
        elif what == "turn_back":
            world.turn_back(one, counted)
            shelf.arrive(one, "store:KLB", counted)
        elif what == "clear" and one.code in shelf.parts:
            one = Consignment.objects.get(pk=one.pk)
            found = ("lost", "found")[amiss % 2]
            world.clear(one, found, many)
            home = "stand:GERAI" if one.receipt.place == "stand" else "store:KLB"
            shelf.move("difference:KLB", home if found == "found" else "outside:lost", many)


@pytest.mark.django_db
@given(st.lists(STEP, min_size=5, max_size=30))
def test_each_piece_is_in_one_place_whatever_is_done(steps):
    with transaction.atomic():
        world = build()
        world.receive(world.sent(5))
        shelf = Shelf(world, Counter({"store:KLB": 5, "stand:GERAI": 5}))
        for what, which, many, amiss in steps:
            with suppress(Refusal):  # then nothing has changed, as the next line sees
                take(shelf, what, which, many, amiss)
                event(f"{what} was done")
            assert world.places() == {p: n for p, n in shelf.places.items() if n}
            assert sum(world.places().values()) == world.lot.quantity
        assert invariants.only_what_travels_is_in_transit() == []
        assert invariants.what_is_missing_is_in_difference() == []
        assert invariants.every_line_received_is_counted() == []
        assert invariants.documents_explain_entries_of_their_kind() == []
        transaction.set_rollback(True)


@pytest.mark.django_db
@given(
    lots=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=5),
)
def test_a_consignment_of_several_lots_keeps_each_apart(lots):
    with transaction.atomic():
        world = build()
        lines = [
            Piece(make.lot(world.lot.product, quantity), quantity) for quantity, _amiss in lots
        ]
        one = world.offer(lines=lines)
        world.despatch(one)
        counts = {
            piece.lot.pk: min(amiss, n) for piece, (n, amiss) in zip(lines, lots, strict=True)
        }
        actions.receive(
            key=new_key(),
            consignment=one,
            counts=[
                Counted(line, line.quantity - counts[line.lot_id], 0, counts[line.lot_id])
                for line in one.lines.all()
            ],
            by=world.cashier,
            at=make.moment(9),
        )
        for piece in lines:
            missing = counts[piece.lot.pk]
            places = {"stand:GERAI": piece.quantity - missing, "difference:KLB": missing}
            assert world.places(piece.lot) == {place: n for place, n in places.items() if n}
        transaction.set_rollback(True)
