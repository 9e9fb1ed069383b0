"""Two people at once, each with a connection of their own."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from karyabina.base.keys import new_key
from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.settlement import queries
from karyabina.settlement.actions import AlreadySettled, SalesHaveChanged
from karyabina.settlement.models import Settlement
from karyabina.settlement.tests.world import World, build
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of these at the same time; what each returned or raised."""
    start, results = Barrier(len(acts)), [None] * len(acts)

    def do(n: int, act: Callable[[], object]) -> None:
        try:
            start.wait(20)
            results[n] = act()
        except Exception as refusal:  # noqa: BLE001 - the test looks at it
            results[n] = refusal
        finally:
            connection.close()

    threads = [Thread(target=do, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def sold() -> World:
    world = build()
    world.melon = world.lot(
        "MELON", 50, cost=77_777, price=10_001, works={"KLB-001": 60, "KLB-002": 35}
    )
    for n in range(10):
        world.sell({world.melon: 2}, at=make.moment(10, n))
    world.treasurer()
    return world


def clean() -> bool:
    return [finding for finding in verify.run() if finding.faults] == []


def test_of_two_treasurers_one_settles_and_the_other_hears_of_it(sold: World) -> None:
    seen = queries.preview(sold.office(), sold.festival).fingerprint
    results = at_once(*[lambda: sold.settle(seen=seen) for _ in range(2)])
    assert sorted(type(one) for one in results if isinstance(one, Exception)) == [AlreadySettled]
    assert Settlement.objects.count() == 1
    assert ledger.balance("owed:KLB", "IDR") == -200_020
    assert clean()


def test_a_double_click_settles_once(sold: World) -> None:
    key = new_key()
    results = at_once(*[lambda: sold.settle(key=key) for _ in range(4)])
    assert {one.pk for one in results} == {key}
    assert Settlement.objects.count() == 1
    assert clean()


def test_selling_goes_on_while_the_treasurer_settles(sold: World) -> None:
    """Each sale is shared once: by this settlement or by the next."""

    def sell() -> None:
        for n in range(5):
            sold.sell({sold.melon: 1}, at=make.moment(12, n))

    results = at_once(sell, sold.settle, sell)
    assert not [one for one in results if isinstance(one, Exception)]
    if queries.waiting(sold.office(), sold.festival):
        sold.settle()
    assert sum(Settlement.objects.values_list("turnover", flat=True)) == 30 * 10_001
    assert sum(Settlement.objects.values_list("cost", flat=True)) == 77_777 * 30 // 50
    assert clean()


def test_a_sale_between_the_look_and_the_click_is_noticed(sold: World) -> None:
    seen = queries.preview(sold.office(), sold.festival).fingerprint
    results = at_once(
        lambda: sold.sell({sold.melon: 1}, at=make.moment(13)), lambda: sold.settle(seen=seen)
    )
    settled = results[1]
    assert isinstance(settled, Settlement | SalesHaveChanged)
    if isinstance(settled, Settlement):
        assert settled.turnover == 200_020
    assert clean()


def test_two_offices_settle_side_by_side() -> None:
    world = build()
    melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    chips = world.lot("CHIPS", 10, cost=10_000, price=5_000, office="KFM")
    world.sell({melon: 2, chips: 4})
    world.treasurer("KLB"), world.treasurer("KFM")
    results = at_once(lambda: world.settle("KLB"), lambda: world.settle("KFM"))
    assert [one.turnover for one in results] == [20_000, 20_000]
    assert clean()
