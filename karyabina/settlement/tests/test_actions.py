from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.ledger import queries as ledger
from karyabina.schemes.queries import NoScheme
from karyabina.settlement import actions, queries
from karyabina.settlement.models import Premi, SettledRefund, SettledSale, Settlement
from karyabina.settlement.tests.world import World, build, open_stand
from tests import make


def figures(settlement: Settlement) -> tuple[int, ...]:
    return (
        settlement.turnover,
        settlement.cost,
        settlement.profit,
        settlement.premi,
        settlement.capital,
        settlement.state,
    )


def premi(settlement: Settlement) -> dict[tuple[str, str], tuple[int, int]]:
    """(lot's product, maker) → (saved, usable)."""
    return {
        (line.result.lot.product.code, line.maker.code): (line.saved, line.usable)
        for line in Premi.objects.filter(result__settlement=settlement).select_related(
            "maker", "result__lot__product"
        )
    }


def test_an_office_shares_its_own_goods_only(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    chips = world.lot("CHIPS", 10, cost=10_000, price=5_000, office="KFM")
    world.sell({melon: 2, chips: 4})
    settlement = world.settle("KLB")
    assert figures(settlement) == (20_000, 4_000, 16_000, 8_000, 9_600, 2_400)
    assert queries.waiting(world.office("KFM"), world.festival) == 20_000
    assert ledger.balance("due:KFM", "IDR") == 20_000
    assert ledger.balance("owed:KFM", "IDR") == 0


def test_the_same_key_again_is_the_same_settlement(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    world.sell({melon: 2})
    key = new_key()
    first = world.settle(key=key)
    world.sell({melon: 3})
    assert world.settle(key=key) == first
    assert Settlement.objects.count() == 1
    assert ledger.balance("owed:KLB", "IDR") == -20_000


def test_a_key_that_stands_for_something_else_is_refused(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    chips = world.lot("CHIPS", 10, cost=10_000, price=5_000, office="KFM")
    world.sell({melon: 1, chips: 1})
    key = new_key()
    world.settle("KLB", key=key)
    with pytest.raises(ledger.KeyReused):
        world.settle("KFM", key=key)
    assert Settlement.objects.count() == 1


def test_what_was_settled_is_not_settled_again(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    world.sell({melon: 2})
    world.settle()
    with pytest.raises(actions.AlreadySettled, match="treasurer-klb"):
        world.settle()
    assert ledger.balance("owed:KLB", "IDR") == -20_000


def test_nothing_sold_is_nothing_to_settle(world: World) -> None:
    with pytest.raises(actions.NothingToSettle):
        world.settle()


def test_a_sale_that_was_refunded_whole_leaves_nothing_to_settle(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    sale = world.sell({melon: 2})
    world.refund(sale, melon, 2)
    with pytest.raises(actions.NothingToSettle):
        world.settle()
    assert Settlement.objects.count() == 0


def test_a_refund_after_the_settlement_waits_and_lowers_the_next_one(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    sale = world.sell({melon: 3})
    world.settle()
    world.refund(sale, melon, 1)
    with pytest.raises(actions.NothingToSettle, match=r"10\.000"):
        world.settle()
    assert queries.waiting(world.office(), world.festival) == 0
    world.sell({melon: 4})
    second = world.settle()
    # 4 − 1 = 3 melons: 30,000 less their cost 6,000
    assert figures(second) == (30_000, 6_000, 24_000, 12_000, 14_400, 3_600)
    assert SettledRefund.objects.count() == 1
    assert SettledSale.objects.count() == 2


def test_only_what_was_seen_is_posted(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    sale = world.sell({melon: 2})
    seen = queries.preview(world.office(), world.festival).fingerprint
    refund = world.refund(sale, melon, 1)
    with pytest.raises(actions.SalesHaveChanged):
        world.settle(seen=seen)
    assert Settlement.objects.count() == 0
    again = queries.preview(world.office(), world.festival).fingerprint
    assert again != seen
    assert world.settle(seen=again).turnover == 20_000 - refund.total


def test_looking_twice_sees_the_same(world: World) -> None:
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    world.sell({melon: 2})
    looks = {queries.preview(world.office(), world.festival).fingerprint for _ in range(3)}
    assert len(looks) == 1
    assert len(looks.pop()) == 64


def test_a_loss_goes_to_the_capital_and_no_account_gets_nothing(world: World) -> None:
    melon = world.lot("MELON", 10, cost=200_000, price=10_000)
    world.sell({melon: 2})
    settlement = world.settle()
    assert figures(settlement) == (20_000, 40_000, 0, 0, 20_000, 0)
    assert premi(settlement) == {}
    assert settlement.entry.size == 1


def test_what_breaks_and_gets_lost_is_borne_by_the_capital(world: World) -> None:
    """The makers' profit counts the material of what was sold, not of what broke on the way."""
    product = make.product("MELON")
    make.price(product, 10_000)
    lot = make.lot(product, 10, cost=20_000)
    world.prices[lot.code] = 10_000
    world.hand_over(lot, 10, broken=3, missing=1)
    world.sell({lot: 2})
    assert figures(world.settle())[:3] == (20_000, 4_000, 16_000)


def test_makers_share_by_minutes_or_by_pieces(world: World) -> None:
    hours = world.lot("MELON", 10, cost=0, price=10_000, works={"KLB-001": 90, "KLB-002": 30})
    pieces = world.lot(
        "TIKAR", 10, cost=0, price=10_000, works={"KLB-001": 2, "KLB-003": 8}, basis="pieces"
    )
    world.sell({hours: 4, pieces: 4})
    assert premi(world.settle()) == {
        ("MELON", "KLB-001"): (11_250, 3_750),  # 20,000 × 90 ÷ 120
        ("MELON", "KLB-002"): (3_750, 1_250),
        ("TIKAR", "KLB-001"): (3_000, 1_000),  # 20,000 × 2 ÷ 10
        ("TIKAR", "KLB-003"): (12_000, 4_000),
    }


def test_goods_by_weight_are_shared_by_weight(world: World) -> None:
    """Price 20,000 for 500 g: sold 1,500 of 4,000 g."""
    product = make.product("BERAS", measure="gram")
    make.price(product, 20_000, per=500)
    lot = make.lot(product, 4_000, cost=80_000)
    world.hand_over(lot, 4_000)
    world.prices[lot.code] = 40
    world.sell({lot: 1_500})
    assert figures(world.settle())[:3] == (60_000, 30_000, 30_000)


def test_the_scheme_of_the_day_of_sale_counts(world: World) -> None:
    """From the second day on KLB shares otherwise: each scheme has its own settlement."""
    melon = world.lot("MELON", 10, cost=0, price=10_000)
    make.scheme(
        "KLB",
        name="Kesepakatan 2025",
        premi_part=6_000,
        capital_part=3_000,
        state_part=1_000,
        from_date=make.moment(days=1).date(),
        at=make.moment(6),
    )
    sale = world.sell({melon: 3}, at=make.moment(10))
    world.sell({melon: 2}, at=make.moment(10, days=1))
    world.refund(sale, melon, 1, at=make.moment(11, days=1))
    preview = queries.preview(world.office(), world.festival)
    assert [(group.turnover, group.comes_next) for group in preview.waiting] == [(20_000, True)]
    # The refund belongs to the sale of the first day.
    assert figures(world.settle()) == (20_000, 0, 20_000, 10_000, 7_000, 3_000)
    assert figures(world.settle()) == (20_000, 0, 20_000, 12_000, 6_000, 2_000)
    with pytest.raises(actions.AlreadySettled):
        world.settle()


def test_a_refund_after_its_scheme_has_ended_is_taken_off_the_next_settlement(
    world: World,
) -> None:
    melon = world.lot("MELON", 10, cost=0, price=10_000)
    make.scheme("KLB", from_date=make.moment(days=1).date(), at=make.moment(6))
    sale = world.sell({melon: 3}, at=make.moment(10))
    world.settle()
    world.refund(sale, melon, 1, at=make.moment(11, days=1))
    world.sell({melon: 2}, at=make.moment(12, days=1))
    preview = queries.preview(world.office(), world.festival)
    assert preview.waiting == ()
    assert world.settle().turnover == 10_000
    with pytest.raises(actions.AlreadySettled):
        world.settle()


def test_refunds_that_outweigh_new_sales_wait_and_block_nothing(world: World) -> None:
    melon = world.lot("MELON", 10, cost=0, price=10_000)
    make.scheme("KLB", from_date=make.moment(days=1).date(), at=make.moment(6))
    sale = world.sell({melon: 3}, at=make.moment(10))
    world.settle()
    world.refund(sale, melon, 2, at=make.moment(11, days=1))
    world.sell({melon: 1}, at=make.moment(12, days=1))
    preview = queries.preview(world.office(), world.festival)
    assert [(group.turnover, group.comes_next) for group in preview.waiting] == [(-20_000, False)]
    assert world.settle().turnover == 10_000
    world.sell({melon: 3}, at=make.moment(13, days=1))
    assert world.settle().turnover == 10_000


def test_without_a_scheme_nothing_is_posted(db) -> None:
    world = open_stand()
    melon = world.lot("MELON", 10, cost=0, price=10_000)
    world.sell({melon: 1})
    with pytest.raises(NoScheme):
        world.settle()
    assert Settlement.objects.count() == 0


def test_an_entry_that_cannot_carry_all_makers_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = {f"KLB-{n:03d}": 60 for n in range(1, 7)}
    melon = world.lot("MELON", 10, cost=0, price=10_000, works=works)
    world.sell({melon: 5})
    monkeypatch.setattr(actions, "LONGEST", 13)
    with pytest.raises(actions.TooManyMakers, match="14"):
        world.settle()
    assert Settlement.objects.count() == 0
    assert SettledSale.objects.count() == 0


def test_a_settlement_of_a_hundred_makers_asks_no_more_than_one_of_three(
    world: World, django_assert_max_num_queries
) -> None:
    works = {f"KLB-{n:03d}": 60 + n for n in range(1, 101)}
    melon = world.lot("MELON", 10, cost=0, price=10_000, works=works)
    world.sell({melon: 5})
    with django_assert_max_num_queries(8):
        queries.preview(world.office(), world.festival)
    settlement = world.settle()
    assert settlement.entry.size == 202
    assert sum(saved + usable for saved, usable in premi(settlement).values()) == 25_000


BASKETS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 3), st.booleans()), min_size=1, max_size=5
)


@given(BASKETS)
@settings(max_examples=10)
def test_the_order_of_sales_does_not_change_a_share(db, baskets) -> None:
    """The same baskets, sold first to last and last to first, one of them partly refunded."""
    seen = []
    for order in (baskets, baskets[::-1]):
        with transaction.atomic():
            world = build()
            goods = [
                world.lot("MELON", 20, cost=70_001, price=10_007, works={"KLB-001": 7}),
                world.lot(
                    "TOMAT", 20, cost=1_003, price=5_003, works={"KLB-001": 3, "KLB-002": 11}
                ),
                world.lot("TAS", 20, cost=990_000, price=77_777, works={"KLB-003": 5}),
            ]
            for n, pieces, back in order:
                sale = world.sell({goods[n]: pieces})
                if back:
                    world.refund(sale, goods[n], 1)
            if queries.waiting(world.office(), world.festival):
                settlement = world.settle()
                seen.append((figures(settlement), premi(settlement)))
            else:
                seen.append(None)
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_sharing_in_two_steps_shares_the_same_turnover_and_cost(world: World, cut: int) -> None:
    """Shares of single rupiah may fall otherwise; turnover and cost may not."""
    melon = world.lot("MELON", 7, cost=10_000, price=10_001)
    for n in range(1, 5):
        world.sell({melon: 1}, at=make.moment(10, n))
        if n == cut:
            world.settle()
    world.settle()
    both = list(Settlement.objects.values_list("turnover", "cost", "premi", "capital", "state"))
    turnover, cost, *parts = (sum(column) for column in zip(*both, strict=True))
    assert (turnover, cost) == (40_004, 10_000 * 4 // 7)
    assert sum(parts) == turnover


def test_every_order_of_three_settlements_and_sales_leaves_the_books_whole(db) -> None:
    for order in permutations(("KLB", "KFM", "SOE")):
        with transaction.atomic():
            world = build("KLB", "KFM", "SOE")
            goods = {
                code: world.lot("TIKAR", 5, cost=999, price=3_333, office=code) for code in order
            }
            world.sell(dict.fromkeys(goods.values(), 2))
            shares = {code: figures(world.settle(code)) for code in order}
            assert len(set(shares.values())) == 1
            transaction.set_rollback(True)
