"""What the workshops and gardens made for the festival: codes of makers, lots, prices."""

import random
from collections.abc import Iterable
from datetime import timedelta

from karyabina.catalogue import actions as catalogue
from karyabina.catalogue.models import Product
from karyabina.demo.cast import Cast
from karyabina.demo.day import SEED, demo_key, moment
from karyabina.demo.goods import Good
from karyabina.makers import actions as makers
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.stock.models import Lot
from karyabina.workshop import actions as workshop

Lots = dict[tuple[str, str], Lot]  # office code, product code → the lot that was made


def _makers(
    good_offices: Iterable[str], cast: Cast, table: list[Good], offices: dict[str, Office]
) -> dict[str, list[Maker]]:
    """As many makers an office as its busiest product needs, and two more: codes only."""
    found: dict[str, list[Maker]] = {}
    at = moment(-50, 8)
    for code in good_offices:
        status = {"LPKA": "anak", "RKP": "tahanan", "KFM": "tahanan"}.get(code, "narapidana")
        number = max(good.makers for good in table if good.office == code) + 2
        found[code] = [
            makers.register(
                key=demo_key(at, "maker", code, n),
                office=offices[code],
                code=f"{code}-{n:03d}",
                status=status,
                by=cast[f"bengkel-{code.lower()}"],
                at=at,
            )
            for n in range(1, number + 1)
        ]
    return found


def produce(table: list[Good], cast: Cast, offices: dict[str, Office]) -> Lots:
    """Register the makers, set the prices and make one lot of each good."""
    codes = list(dict.fromkeys(good.office for good in table))
    everybody = _makers(codes, cast, table, offices)
    products = {(product.office_id, product.code): product for product in Product.objects.all()}
    lots: Lots = {}
    for good in table:
        chance = random.Random(f"{SEED} {good.office} {good.code}")
        officer = cast[f"bengkel-{good.office.lower()}"]
        at = moment(-(1 if good.life and good.life < 20 else chance.randrange(3, 20)), 7)
        product = products[offices[good.office].pk, good.code]
        catalogue.set_price(
            key=demo_key(at, "price", good.office, good.code),
            product=product,
            amount=good.price,
            per=good.per,
            since=at,
            by=officer,
            at=at,
        )
        team = chance.sample(everybody[good.office], good.makers)
        made = workshop.produce(
            key=demo_key(at, "production", good.office, good.code),
            office=offices[good.office],
            product=product,
            quantity=good.made,
            made_date=at.date(),
            expiry_date=at.date() + timedelta(days=good.life) if good.life else None,
            cost=good.cost,
            basis=good.basis,
            works=_works(good, team, chance),
            by=officer,
            at=at,
        )
        lots[good.office, good.code] = made.lot
    return lots


def _works(good: Good, team: list[Maker], chance: random.Random) -> list[workshop.WorkDone]:
    if good.basis == "hours":
        return [
            workshop.WorkDone(maker=maker, amount=chance.randrange(240, 1200, 30)) for maker in team
        ]
    left, works = good.made, []
    for place, maker in enumerate(team):
        after = len(team) - place - 1
        most = max(1, 2 * left // (after + 2))
        pieces = left if not after else min(chance.randint(max(1, most // 2), most), left - after)
        works.append(workshop.WorkDone(maker=maker, amount=pieces))
        left -= pieces
    return works
