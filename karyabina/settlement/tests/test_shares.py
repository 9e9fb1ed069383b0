"""The arithmetic alone, on all sorts of figures: exact, fair, and blind to the order."""

import random

from hypothesis import given
from hypothesis import strategies as st

from karyabina.makers.models import Maker
from karyabina.schemes.models import WHOLE, Scheme
from karyabina.settlement.shares import Shares, Sold, among_makers, cost_of, shares
from karyabina.stock.models import Lot
from karyabina.workshop.models import Work


def scheme_of(premi: int, capital: int, base: str = "profit", usable: int = 2_500) -> Scheme:
    return Scheme(
        base=base,
        premi_part=premi,
        capital_part=capital,
        state_part=WHOLE - premi - capital,
        usable_part=usable,
        state_account="425000",
    )


USUAL = scheme_of(5_000, 3_500)


def works(*amounts: int) -> tuple[Work, ...]:
    return tuple(
        Work(maker=Maker(code=f"KLB-{n:03d}"), amount=amount)
        for n, amount in enumerate(amounts, start=1)
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    premi = draw(st.integers(0, WHOLE))
    capital = draw(st.integers(0, WHOLE - premi))
    return scheme_of(
        premi, capital, draw(st.sampled_from(("profit", "turnover"))), draw(st.integers(0, WHOLE))
    )


@st.composite
def lots(draw: st.DrawFn) -> list[Sold]:
    """Some lots that sold something, refunds of earlier sales among them."""
    found = []
    for n in range(draw(st.integers(1, 6))):
        made = draw(st.integers(1, 1_000))
        before = draw(st.integers(0, made))
        sold = draw(st.integers(0, made - before))
        refunded = draw(st.integers(0, min(before + sold, 5)))
        price = draw(st.integers(1, 500_000))
        found.append(
            Sold(
                lot=Lot(code=f"KLB-LOT{n}", quantity=made, cost=draw(st.integers(0, 5_000_000))),
                works=works(*draw(st.lists(st.integers(1, 3_000), min_size=1, max_size=5))),
                before=before,
                sold=sold,
                refunded=refunded,
                takings=sold * price,
                given_back=refunded * price,
            )
        )
    return found


def whole(parts: Shares) -> tuple[object, ...]:
    """All figures of a sharing, by the codes of lots and makers."""
    return (
        (parts.turnover, parts.cost, parts.profit, parts.premi, parts.capital, parts.state),
        {
            lot.sold.lot.code: (
                lot.premi,
                {share.work.maker.code: (share.saved, share.usable) for share in lot.makers},
            )
            for lot in parts.lots
        },
    )


@given(schemes(), lots())
def test_all_parts_add_up_to_the_rupiah_and_none_is_below_zero(
    scheme: Scheme, sold: list[Sold]
) -> None:
    if sum(one.turnover for one in sold) <= 0:
        return
    parts = shares(scheme, sold)
    assert parts.premi + parts.capital + parts.state == parts.turnover
    assert min(parts.premi, parts.capital, parts.state, parts.profit) >= 0
    assert 0 <= parts.profit <= parts.turnover
    assert sum(lot.premi for lot in parts.lots) == parts.premi
    for lot in parts.lots:
        assert lot.premi >= 0
        assert sum(share.amount for share in lot.makers) == lot.premi
        for share in lot.makers:
            assert share.saved >= 0
            assert 0 <= share.usable * WHOLE <= share.amount * scheme.usable_part


@given(schemes(), lots(), st.randoms(use_true_random=False))
def test_the_order_of_lots_and_works_does_not_matter(
    scheme: Scheme, sold: list[Sold], chance: random.Random
) -> None:
    if sum(one.turnover for one in sold) <= 0:
        return
    other = [
        Sold(
            lot=one.lot,
            works=tuple(chance.sample(one.works, len(one.works))),
            before=one.before,
            sold=one.sold,
            refunded=one.refunded,
            takings=one.takings,
            given_back=one.given_back,
        )
        for one in chance.sample(sold, len(sold))
    ]
    assert whole(shares(scheme, other)) == whole(shares(scheme, sold))


@given(schemes(), lots())
def test_no_lot_and_no_maker_is_a_rupiah_away_from_the_exact_share(
    scheme: Scheme, sold: list[Sold]
) -> None:
    if sum(one.turnover for one in sold) <= 0:
        return
    parts = shares(scheme, sold)
    for lot in parts.lots:
        if parts.weights:
            assert abs(lot.premi * parts.weights - parts.premi * lot.weight) < parts.weights
        for share in lot.makers:
            exact = lot.premi * share.work.amount
            assert abs(share.amount * share.whole - exact) < share.whole


@given(
    made=st.integers(1, 10_000),
    cost=st.integers(0, 100_000_000),
    steps=st.lists(st.integers(0, 2_000), max_size=12),
)
def test_the_cost_of_a_lot_sold_in_steps_adds_up_to_the_cost_of_the_lot(
    made: int, cost: int, steps: list[int]
) -> None:
    lot = Lot(code="KLB-LOT", quantity=made, cost=cost)
    before, shared = 0, 0
    for step in [*steps, made]:
        pieces = min(step, made - before)
        shared += cost_of(lot, before + pieces) - cost_of(lot, before)
        before += pieces
    assert before == made
    assert shared == cost


def sold_lot(code: str, *, takings: int, cost: int, made: int = 10, sold: int = 10) -> Sold:
    return Sold(
        lot=Lot(code=code, quantity=made, cost=cost),
        works=works(60),
        before=0,
        sold=sold,
        refunded=0,
        takings=takings,
        given_back=0,
    )


def test_a_loss_leaves_no_premi_and_nothing_for_the_state() -> None:
    parts = shares(USUAL, [sold_lot("A", takings=80_000, cost=100_000)])
    assert (parts.profit, parts.premi, parts.state, parts.capital) == (0, 0, 0, 80_000)
    assert parts.lots[0].makers == ()


def test_a_lot_at_a_loss_lowers_the_profit_of_its_office_and_gets_no_premi() -> None:
    parts = shares(
        USUAL,
        [
            sold_lot("A", takings=150_000, cost=50_000),
            sold_lot("B", takings=20_000, cost=60_000),
        ],
    )
    assert parts.profit == 60_000  # 170,000 − 110,000
    assert [lot.premi for lot in parts.lots] == [30_000, 0]


def test_a_scheme_of_turnover_shares_even_what_was_sold_at_a_loss() -> None:
    scheme = scheme_of(1_000, 8_000, base="turnover")
    parts = shares(scheme, [sold_lot("A", takings=80_000, cost=100_000)])
    assert (parts.premi, parts.capital, parts.state) == (8_000, 64_000, 8_000)


def test_a_refund_of_what_was_shared_before_cannot_share_more_than_came_in() -> None:
    back = Sold(
        lot=Lot(code="A", quantity=10, cost=90_000),
        works=works(60),
        before=10,
        sold=0,
        refunded=9,
        takings=0,
        given_back=90_000,
    )
    parts = shares(USUAL, [back, sold_lot("B", takings=100_000, cost=10_000)])
    # 10,000 came in; cost 10,000 − 81,000: the pieces are back, their material with them.
    assert (parts.turnover, parts.cost, parts.profit) == (10_000, -71_000, 10_000)
    assert (parts.premi, parts.capital, parts.state) == (5_000, 3_500, 1_500)


def test_equal_remainders_go_to_the_code_that_stands_first() -> None:
    parts = among_makers(USUAL, 100, works(1, 1, 1)[::-1])
    assert [(part.work.maker.code, part.amount) for part in parts] == [
        ("KLB-001", 34),
        ("KLB-002", 33),
        ("KLB-003", 33),
    ]
