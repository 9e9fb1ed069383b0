"""The stand's day: two cashiers, some hundred buyers, one thing brought back."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from karyabina.base.money import times_price
from karyabina.consignment.models import Count
from karyabina.demo.cast import Cast
from karyabina.demo.day import SEED, demo_key, moment
from karyabina.demo.goods import Good
from karyabina.demo.making import Lots
from karyabina.festivals.models import Stand
from karyabina.staff.models import Staff
from karyabina.till import actions as till
from karyabina.till.models import Means, SaleLine, Shift

Basket = list[tuple[Good, int]]
Left = dict[tuple[str, str], int]  # office code, product code → pieces still on the stand

BUYERS = 320
# How busy each hour was: the opening, the minister's visit before noon, a lull, the way home.
HOURS = {8: 5, 9: 9, 10: 14, 11: 13, 12: 8, 13: 7, 14: 9, 15: 10, 16: 8}


def sell(table: list[Good], lots: Lots, cast: Cast, stand: Stand) -> None:
    """Open two shifts, serve the buyers, take one thing back, count the drawers."""
    shifts = [
        till.open_shift(
            key=demo_key(moment(0, 7, 30), "shift", n),
            stand=stand,
            float_amount=500_000,
            by=cast[f"kasir-{n}"],
            at=moment(0, 7, 30),
        )
        for n in (1, 2)
    ]
    left = {
        (count.line.lot.office.code, count.line.lot.product.code): count.good
        for count in Count.objects.filter(
            line__consignment__stand=stand, line__consignment__direction="out"
        ).select_related("line__lot__office", "line__lot__product")
    }
    chance = random.Random(SEED)
    for n, at in enumerate(_arrivals(chance)):
        basket = _basket(chance, table, left)
        with transaction.atomic():
            _sale(chance, n, at, basket, lots, shifts[n % 2])
    _refund(cast, shifts[0])
    for n, shift in enumerate(shifts):
        _close(shift, cast[f"kasir-{n + 1}"], short=(0, 2_000)[n])


def _arrivals(chance: random.Random) -> list[datetime]:
    hours = chance.choices(list(HOURS), weights=list(HOURS.values()), k=BUYERS)
    return sorted(
        moment(0, hour, chance.randrange(60)) + timedelta(seconds=chance.randrange(60))
        for hour in hours
    )


def _basket(chance: random.Random, table: list[Good], left: Left) -> Basket:
    there = [good for good in table if left[good.office, good.code] >= good.step]
    wanted = chance.choices(
        there, weights=[good.likes for good in there], k=chance.choice((1, 1, 1, 2, 2, 3))
    )
    basket: Basket = []
    for good in dict.fromkeys(wanted):
        most = 4 if good.price < 100_000 else 1
        quantity = min(chance.randint(1, most) * good.step, left[good.office, good.code])
        left[good.office, good.code] -= quantity
        basket.append((good, quantity))
    return basket


def _sale(
    chance: random.Random, n: int, at: datetime, basket: Basket, lots: Lots, shift: Shift
) -> None:
    total = sum(times_price(quantity, good.price, good.per) for good, quantity in basket)
    means = Means.QRIS if chance.random() < 0.45 else Means.CASH
    note = next((note for note in (20_000, 50_000, 100_000) if note >= total), total)
    till.sell(
        key=demo_key(at, "sale", n),
        shift=shift,
        wants=[
            till.Want(product=lots[good.office, good.code].product, quantity=quantity)
            for good, quantity in basket
        ],
        means=means,
        tendered=total if means == Means.QRIS else note,
        expected_total=total,
        by=shift.opened_by,
        at=at,
    )


def _refund(cast: Cast, shift: Shift) -> None:
    """A buyer brings one thing back: the seam had come loose."""
    at = moment(0, 16, 59) + timedelta(seconds=30)
    line = SaleLine.objects.filter(
        sale__shift=shift, lot__product__code="TAS", sale__means=Means.CASH
    ).earliest("sale__occurred_at")
    till.refund(
        key=demo_key(at, "refund"),
        sale=line.sale,
        shift=shift,
        lines=[till.Back(sale_line=line, quantity=1, sellable=False)],
        reason="Jahitan lepas (contoh)",
        by=cast["kasir-1"],
        at=at,
    )


def _close(shift: Shift, cashier: Staff, *, short: int) -> None:
    at = moment(0, 17, 30)
    drawer = shift.float_amount
    drawer += sum(sale.total for sale in shift.sales.all() if sale.means == Means.CASH)
    drawer -= sum(refund.total for refund in shift.refunds.all())
    till.close_shift(
        key=demo_key(at, "close", shift.code),
        shift=shift,
        counted=drawer - short,
        note="Uang kembalian kurang Rp 2.000 (contoh)" if short else "",
        by=cashier,
        at=at,
    )
