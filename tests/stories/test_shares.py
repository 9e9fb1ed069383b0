"""One festival of one office, with every figure worked out by hand.

Kalabahi (KLB) brings three lots to the stand in Kupang.

  MELON   200 pieces, material Rp 1,000,000, sold at Rp 15,000; made by KLB-001 (600 minutes),
          KLB-002 (300) and KLB-003 (100).
  TOMAT    30 pieces, material Rp   100,000, sold at Rp 10,000; made by KLB-002 (120 minutes) and
          KLB-004 (240).
  JAGUNG    7 pieces, material Rp   100,000, sold at Rp 10,001; made by KLB-001 alone (60 minutes).

Three melons and one tomato are refunded: two melons go back to the stand, one is spoilt.
The scheme: of the profit 50 % premi, 35 % working capital, 15 % state; a quarter of a premi usable.
"""

import pytest

from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.settlement import queries
from karyabina.settlement.models import Premi, Settlement
from karyabina.settlement.tests.world import World, build
from tests import make

MELON_WORK = {"KLB-001": 600, "KLB-002": 300, "KLB-003": 100}


@pytest.fixture
def day(db) -> World:
    world = build()
    melon = world.lot("MELON", 200, cost=1_000_000, price=15_000, works=MELON_WORK)
    tomat = world.lot(
        "TOMAT", 30, cost=100_000, price=10_000, works={"KLB-002": 120, "KLB-004": 240}
    )
    jagung = world.lot("JAGUNG", 7, cost=100_000, price=10_001, works={"KLB-001": 60})
    first = world.sell({melon: 10, tomat: 5}, at=make.moment(9, 5))
    world.sell({melon: 33, jagung: 2}, at=make.moment(11, 40), means="qris")
    last = world.sell({tomat: 3, jagung: 1}, at=make.moment(14, 20))
    world.refund(first, melon, 2, sellable=True)
    world.refund(first, melon, 1, sellable=False)
    world.refund(last, tomat, 1, sellable=True)
    return world


def accounts(*names: str) -> dict[str, int]:
    return {name: ledger.balance(name, "IDR") for name in names}


def test_every_share_of_a_festival_is_as_worked_out_by_hand(day: World) -> None:
    settlement = day.settle()

    # MELON   sold 10 + 33 − 3 = 40 at 15,000 = 600,000; cost 1,000,000 × 40 ÷ 200 = 200,000
    # TOMAT   sold 5 + 3 − 1 = 7 at 10,000    =  70,000; cost   100,000 ×  7 ÷  30 =  23,333.3
    # JAGUNG  sold 2 + 1 = 3 at 10,001        =  30,003; cost   100,000 ×  3 ÷   7 =  42,857.1
    lots = {
        result.lot.product.code: (result.quantity, result.turnover, result.cost, result.premi)
        for result in settlement.lots.select_related("lot__product")
    }
    # Turnover 600,000 + 70,000 + 30,003               = 700,003
    # Cost     200,000 + 23,333 + 42,857               = 266,190
    # Profit   700,003 − 266,190                       = 433,813
    assert (settlement.turnover, settlement.cost) == (700_003, 266_190)
    assert settlement.profit == 433_813
    # 50 %: 216,906.5, 35 %: 151,834.55, 15 %: 65,071.95; rounded down 433,811: two rupiah left.
    # The largest remainders are those of the state (.95) and of the capital (.55).
    # Capital gets the cost back: 151,835 + 266,190    = 418,025
    assert (settlement.premi, settlement.state, settlement.capital) == (216_906, 65_072, 418_025)
    # Lots by profit: MELON 400,000, TOMAT 46,667; JAGUNG lost 12,854 and takes no part.
    # MELON 216,906 × 400,000 ÷ 446,667 = 194,244.03…; TOMAT 216,906 × 46,667 ÷ 446,667 = 22,661.96…
    assert lots == {
        "MELON": (40, 600_000, 200_000, 194_244),
        "TOMAT": (7, 70_000, 23_333, 22_662),
        "JAGUNG": (3, 30_003, 42_857, 0),
    }

    # MELON by minutes of 1,000: 600 → 116,546.4; 300 → 58,273.2; 100 → 19,424.4; one rupiah left.
    # The remainders of KLB-001 and KLB-003 are equal: it goes to the code that stands first.
    # TOMAT by minutes of 360: 120 → 7,554; 240 → 15,108.
    paid = {
        (premi.result.lot.product.code, premi.maker.code): (premi.saved, premi.usable)
        for premi in Premi.objects.select_related("maker", "result__lot__product")
    }
    # A quarter, rounded down, is usable:
    # 116,547 → 29,136 (29,136.75); 58,273 → 14,568 (14,568.25); 19,424 → 4,856;
    # 7,554 → 1,888 (1,888.5); 15,108 → 3,777.
    assert paid == {
        ("MELON", "KLB-001"): (87_411, 29_136),
        ("MELON", "KLB-002"): (43_705, 14_568),
        ("MELON", "KLB-003"): (14_568, 4_856),
        ("TOMAT", "KLB-002"): (5_666, 1_888),
        ("TOMAT", "KLB-004"): (11_331, 3_777),
    }

    # And so they stand in the books, one account a maker and purse:
    assert accounts(
        "premi:KLB:KLB-001:saved",
        "premi:KLB:KLB-001:usable",
        "premi:KLB:KLB-002:saved",
        "premi:KLB:KLB-002:usable",
        "premi:KLB:KLB-003:saved",
        "premi:KLB:KLB-003:usable",
        "premi:KLB:KLB-004:saved",
        "premi:KLB:KLB-004:usable",
        "capital:KLB",
        "state:KLB:425000",
        "owed:KLB",
        "due:KLB",
    ) == {
        "premi:KLB:KLB-001:saved": 87_411,
        "premi:KLB:KLB-001:usable": 29_136,
        "premi:KLB:KLB-002:saved": 49_371,  # 43,705 + 5,666
        "premi:KLB:KLB-002:usable": 16_456,  # 14,568 + 1,888
        "premi:KLB:KLB-003:saved": 14_568,
        "premi:KLB:KLB-003:usable": 4_856,
        "premi:KLB:KLB-004:saved": 11_331,
        "premi:KLB:KLB-004:usable": 3_777,
        "capital:KLB": 418_025,
        "state:KLB:425000": 65_072,
        "owed:KLB": -700_003,
        "due:KLB": 700_003,  # what the stand's holder still has to hand over
    }
    assert queries.waiting(day.office(), day.festival) == 0
    assert [finding for finding in verify.run() if finding.faults] == []


def test_what_is_sold_later_is_shared_later_and_the_cost_adds_up(day: World) -> None:
    """All the melons: the parts of their cost must make the million, whatever the steps."""
    melon = next(lot for lot in day.prices if "MELON" in lot)
    lot = day.stand.consignments.get(lines__lot__code=melon).lines.get().lot
    day.settle()
    # 199 melons are fit for sale (one was spoilt): 40 of them are sold, 159 are left.
    day.sell({lot: 100}, at=make.moment(16))
    second = day.settle()
    # 100 × 15,000 = 1,500,000; cost 1,000,000 × 140 ÷ 200 − 200,000 = 500,000; profit 1,000,000
    assert (second.turnover, second.cost, second.premi, second.state, second.capital) == (
        1_500_000,
        500_000,
        500_000,
        150_000,
        850_000,
    )
    day.sell({lot: 59}, at=make.moment(16, 30))
    third = day.settle()
    assert (third.turnover, third.cost) == (885_000, 295_000)
    # 199 of 200 pieces: the spoilt one is borne by the working capital, 5,000 rupiah.
    assert 200_000 + 500_000 + 295_000 == 1_000_000 - 5_000
    assert Settlement.objects.count() == 3
    assert [finding for finding in verify.run() if finding.faults] == []
