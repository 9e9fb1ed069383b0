"""The statement of an office: every piece is somewhere, every rupiah is explained."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.consignment import actions as consignment
from karyabina.consignment.models import Consignment, Receipt
from karyabina.ledger import queries as ledger
from karyabina.offices.models import Office
from karyabina.reports.statement import Statement, participation, statement
from karyabina.settlement.tests.world import World
from karyabina.staff.models import Role
from karyabina.stock import actions as stock
from karyabina.stock.models import Lot
from tests import make

AT: datetime = make.moment(18)


def lot_of(world: World, quantity: int, **more: object) -> Lot:
    product = make.product("MELON")
    make.price(product, 10_000)
    lot = make.lot(product, quantity, **more)
    world.prices[lot.code] = 10_000
    return lot


def take(world: World) -> Statement:
    return statement(world.office(), world.festival, AT)


def counts(world: World) -> dict[str, int]:
    (row,) = take(world).lots
    assert row.fits
    found = {name: n for name, n in vars(row.counts).items() if n}
    return found | ({"on_stand": row.counts.on_stand} if row.counts.on_stand else {})


def send_back(world: World, lot: Lot, quantity: int) -> Consignment:
    return consignment.send_back(
        key=new_key(),
        stand=world.stand,
        office=lot.office,
        lines=[consignment.Piece(lot, quantity)],
        by=world.cashier,
        at=make.moment(17),
    )


def receive(going, good: int, broken: int, missing: int, by) -> Receipt:
    return consignment.receive(
        key=new_key(),
        consignment=going,
        counts=[consignment.Counted(going.lines.get(), good, broken, missing)],
        by=by,
        at=make.moment(17, 30),
    )


def test_each_piece_is_in_exactly_one_place(world: World) -> None:
    workshop = make.officer(Role.WORKSHOP, "KLB")
    lot = lot_of(world, 100)
    world.hand_over(lot, 60, broken=2, missing=5)
    sale = world.sell({lot: 20})
    world.refund(sale, lot, 3, sellable=True)
    world.refund(sale, lot, 1, sellable=False)
    stock.break_pieces(
        key=new_key(),
        lot=lot,
        place=world.stand.account,
        quantity=4,
        reason="Jatuh",
        by=world.cashier,
        at=make.moment(16),
    )
    count = world.stand.consignments.get().receipt.counts.get()
    for outcome, quantity in (("found", 2), ("lost", 1)):
        consignment.clear(
            key=new_key(),
            count=count,
            outcome=outcome,
            quantity=quantity,
            reason="Dicari",
            by=make.officer(Role.REGIONAL, "NTT"),
            at=make.moment(16),
        )
    back = send_back(world, lot, 10)
    receive(back, 7, 1, 2, workshop)
    send_back(world, lot, 6)
    assert counts(world) == {
        "handed": 60,
        "received": 53,
        "travelling": 6,
        "sold": 20,
        "refunded": 4,
        "spoilt": 1,
        "sent_back": 16,
        "home": 7,
        "found": 2,
        "broken": 2 + 4 + 1,
        "lost": 1,
        "missing": 5 - 3 + 2,
        # 53 received + 2 found + 3 back on the stand − 20 sold − 4 broken − 16 sent back
        "on_stand": 18,
    }
    assert ledger.balance(world.stand.account, lot.code) == 18


def test_what_turned_round_on_the_way_is_home_again(world: World) -> None:
    lot = lot_of(world, 10)
    by = make.officer(Role.WORKSHOP, "KLB")
    offer = consignment.offer(
        key=new_key(), office=lot.office, stand=world.stand, by=by, at=make.moment(7),
        lines=[consignment.Piece(lot, 6)],
    )  # fmt: skip
    consignment.despatch(key=new_key(), consignment=offer, by=by, at=make.moment(8))
    assert counts(world) == {"handed": 6, "travelling": 6}
    consignment.turn_back(
        key=new_key(),
        consignment=offer,
        counts=[consignment.Counted(offer.lines.get(), 5, 1, 0)],
        by=by,
        at=make.moment(9),
    )
    assert counts(world) == {"handed": 6, "home": 5, "broken": 1}


def test_what_was_only_offered_was_not_handed_over(world: World) -> None:
    lot = lot_of(world, 10)
    consignment.offer(
        key=new_key(), office=lot.office, stand=world.stand, at=make.moment(7),
        lines=[consignment.Piece(lot, 6)], by=make.officer(Role.WORKSHOP, "KLB"),
    )  # fmt: skip
    assert take(world).lots == ()


def test_money_is_told_by_means_and_what_was_shared_apart_from_what_waits(world: World) -> None:
    lot = lot_of(world, 20, cost=40_000)
    world.hand_over(lot, 20)
    sale = world.sell({lot: 4})
    world.sell({lot: 5}, means="qris")
    world.refund(sale, lot, 1)
    world.settle()
    world.sell({lot: 2})
    told = take(world)
    assert {means.value: amount for means, amount in told.by_means} == {
        "cash": 60_000,
        "qris": 50_000,
    }
    assert (told.takings, told.given_back, told.turnover) == (110_000, 10_000, 100_000)
    assert (told.settled, told.waiting, told.due) == (80_000, 20_000, 100_000)
    # 8 melons: 80,000 less 16,000
    assert (told.cost, told.profit, told.premi, told.capital, told.state) == (
        16_000, 64_000, 32_000, 38_400, 9_600,
    )  # fmt: skip
    assert told.premi + told.capital + told.state == told.settled


def test_another_offices_goods_and_festivals_are_not_in_it(world: World) -> None:
    melon = world.lot("MELON", 10, cost=0, price=10_000)
    chips = world.lot("CHIPS", 10, cost=0, price=5_000, office="KFM")
    world.sell({melon: 1, chips: 2})
    told = take(world)
    assert [row.lot for row in told.lots] == [melon]
    assert told.turnover == 10_000
    elsewhere = make.stand(make.festival("PEKAN"), "PEKAN", invited=("KLB",))
    assert statement(world.office(), elsewhere.festival, AT).lots == ()


MOVES = st.lists(
    st.tuples(st.sampled_from(("sell", "good", "spoilt", "break", "back")), st.integers(1, 6)),
    max_size=8,
)


@given(MOVES)
@settings(max_examples=12)
def test_whatever_happens_the_statement_fits_the_ledger(world: World, moves) -> None:
    """Sales, refunds, breakages and returns in any order, as far as they are not refused."""
    lot = next(iter(Lot.objects.all()), None)
    if lot is None:
        lot = lot_of(world, 400)
    world.hand_over(lot, 20, broken=1, missing=2)
    sale = world.sell({lot: 6})
    for what, quantity in moves:
        there = ledger.balance(world.stand.account, lot.code)
        if what == "sell" and quantity <= there:
            sale = world.sell({lot: quantity})
        elif what in {"good", "spoilt"}:
            left = sale.lines.get().quantity - sum(
                line.quantity for line in sale.lines.get().refund_lines.all()
            )
            if left:
                world.refund(sale, lot, min(quantity, left), sellable=what == "good")
        elif what == "break" and quantity <= there:
            stock.break_pieces(
                key=new_key(), lot=lot, place=world.stand.account, quantity=quantity,
                reason="Jatuh", by=world.cashier, at=make.moment(16),
            )  # fmt: skip
        elif what == "back" and quantity <= there:
            send_back(world, lot, quantity)
    told = take(world)
    assert told.fits
    (row,) = told.lots
    assert row.counts.on_stand == ledger.balance(world.stand.account, lot.code)
    assert min(vars(row.counts).values()) >= 0
    assert told.turnover == ledger.balance("due:KLB", "IDR")


def test_a_long_statement_asks_no_more_than_a_short_one(world: World) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            take(world)
        return len(asked)

    world.sell({world.lot("A0", 5, cost=0, price=1_000): 1})
    few = questions()
    goods = [world.lot(f"A{n}", 5, cost=0, price=1_000) for n in range(1, 12)]
    world.sell(dict.fromkeys(goods, 1))
    assert questions() == few <= 14


@pytest.mark.parametrize(
    ("office", "festival"), [("KLB", "TIADA"), ("TIADA", "FEST"), ("SOE", "FEST")]
)
def test_who_takes_no_part_has_no_statement(world: World, office: str, festival: str) -> None:
    make.office("SOE")
    assert participation(Office.objects.all(), office, festival) is None
