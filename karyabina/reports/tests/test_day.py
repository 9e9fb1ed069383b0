"""A stand's day, counted by hand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karyabina.festivals.models import Stand
from karyabina.offices.models import Office
from karyabina.reports import queries
from karyabina.settlement.tests.world import World
from tests import make


@pytest.fixture
def sold(world: World) -> World:
    """KLB: melons (farm) and rice by weight (farm); KFM: chips (food)."""
    world.melon = world.lot("MELON", 50, cost=0, price=10_000)
    world.beras = world.lot("BERAS", 9_000, cost=0, price=20, measure="gram")
    world.chips = world.lot("CHIPS", 50, cost=0, price=5_000, office="KFM", category="makanan")
    first = world.sell({world.melon: 3, world.chips: 2}, at=make.moment(9, 59))
    world.sell({world.beras: 1_500}, at=make.moment(10, 0), means="qris")
    world.sell({world.chips: 4}, at=make.moment(13, 30))
    world.refund(first, world.melon, 1, at=make.moment(14, 10))
    return world


def tallied(rows) -> dict[object, tuple[list[tuple[str, int]], int, int]]:
    return {
        getattr(name, "code", None) or name: (tally.quantities, tally.takings, tally.given_back)
        for name, tally in rows
    }


def test_a_day_is_summed_by_hour_office_and_kind(sold: World) -> None:
    day = queries.day(sold.stand, make.DAY)
    assert tallied(day.by_hour) == {
        9: ([("piece", 5)], 40_000, 0),
        10: ([("gram", 1_500)], 30_000, 0),
        11: ([], 0, 0),
        12: ([], 0, 0),
        13: ([("piece", 4)], 20_000, 0),
        14: ([], 0, 10_000),
    }
    assert tallied(day.by_office) == {
        "KLB": ([("piece", 3), ("gram", 1_500)], 60_000, 10_000),
        "KFM": ([("piece", 6)], 30_000, 0),
    }
    assert tallied(day.by_category) == {
        "pertanian": ([("piece", 3), ("gram", 1_500)], 60_000, 10_000),
        "makanan": ([("piece", 6)], 30_000, 0),
    }
    total = day.total
    assert (total.takings, total.given_back, total.turnover) == (90_000, 10_000, 80_000)
    assert total.quantities == [("piece", 9), ("gram", 1_500)]
    assert total.returns == [("piece", 1)]
    assert day.receipts == 3
    assert {means.value: amount for means, amount in day.by_means} == {
        "cash": 60_000,
        "qris": 30_000,
    }
    assert day.busiest is not None
    assert day.busiest[0] == 9


def test_a_day_and_its_hours_are_those_of_the_festivals_clock(world: World) -> None:
    """23.59 and 00.01 WITA are two days; in UTC both are the same one."""
    melon = world.lot("MELON", 50, cost=0, price=10_000)
    world.sell({melon: 1}, at=make.moment(23, 59))
    world.sell({melon: 2}, at=make.moment(0, 1, days=1))
    today, tomorrow = (queries.day(world.stand, make.DAY + timedelta(days=n)) for n in range(2))
    assert tallied(today.by_hour) == {23: ([("piece", 1)], 10_000, 0)}
    assert tallied(tomorrow.by_hour) == {0: ([("piece", 2)], 20_000, 0)}


def test_what_was_sold_today_and_came_back_tomorrow_counts_tomorrow(sold: World) -> None:
    sale = sold.sell({sold.chips: 3}, at=make.moment(15))
    sold.refund(sale, sold.chips, 3, at=make.moment(9, days=1))
    assert queries.day(sold.stand, make.DAY).total.given_back == 10_000
    after = queries.day(sold.stand, make.DAY + timedelta(days=1))
    assert (after.total.turnover, after.receipts, after.busiest) == (-15_000, 0, None)
    assert tallied(after.by_office) == {"KFM": ([], 0, 15_000)}


def test_a_quiet_day_has_nothing(sold: World) -> None:
    day = queries.day(sold.stand, make.DAY - timedelta(days=1))
    assert (day.cells, day.by_hour, day.receipts, day.by_means) == ((), [], 0, ())
    assert day.total.turnover == 0


def test_the_holder_sees_all_and_an_office_that_takes_part_its_own(sold: World) -> None:
    offices = Office.objects.all()
    mine = offices.filter(code="KLB")
    assert queries.shown(sold.stand, offices.filter(code="NTT")) is None
    seen = queries.shown(sold.stand, mine)
    assert [office.code for office in seen] == ["KLB"]
    day = queries.day(sold.stand, make.DAY, seen)
    assert tallied(day.by_office) == {"KLB": ([("piece", 3), ("gram", 1_500)], 60_000, 10_000)}
    assert (day.total.turnover, day.receipts) == (50_000, 2)


def test_a_stranger_finds_no_stand(sold: World) -> None:
    make.office("SOE")
    strangers = Office.objects.filter(code="SOE")
    assert not queries.stands(strangers).exists()
    assert not queries.festivals(strangers).exists()
    assert queries.stands(Office.objects.all()).count() == Stand.objects.count() == 1


def test_only_days_that_have_begun_are_offered(world: World) -> None:
    festival = world.festival
    festival.last_date = make.DAY + timedelta(days=60)
    assert queries.days_of(festival, make.moment(8, days=-1)) == []
    assert queries.days_of(festival, make.moment(0, days=1)) == [
        make.DAY,
        make.DAY + timedelta(days=1),
    ]
    late = queries.days_of(festival, make.moment(0, days=400))
    assert (len(late), late[-1]) == (31, festival.last_date)
    assert late == sorted(late)


def test_a_busy_day_asks_no_more_than_a_quiet_one(sold: World) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            queries.day(sold.stand, make.DAY)
        return len(asked)

    few = questions()
    for n in range(30):
        sold.sell({sold.chips: 1, sold.melon: 1}, at=make.moment(8 + n % 9, n))
    assert questions() == few <= 6
