"""A stand that is open today, so that whoever looks around as an officer finds something to do:
a consignment to despatch, one to receive, goods to sell, proceeds to share."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from karyabina.base.money import times_price
from karyabina.catalogue.models import Product
from karyabina.consignment import actions as consignment
from karyabina.demo.cast import REGION, Cast
from karyabina.demo.day import demo_key
from karyabina.demo.goods import Good, goods
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Festival, Stand
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from karyabina.till.models import Means
from karyabina.workshop import actions as workshop

CODE = "COBA"
BRINGS = {
    "KFM": {"KERIPIK": 60, "STIK": 40},
    "LPP": {"KUEKERING": 40, "TAS": 10},
    "KLB": {"MELON": 30},
    "MOF": {"GELANG": 40, "BINGKAI": 12},
}
SOLD = (("KERIPIK", 3), ("TAS", 1), ("STIK", 2), ("KUEKERING", 4), ("KERIPIK", 2))


@transaction.atomic
def open_today(now: datetime) -> None:
    """Set the stand up once; on a later day it stays as people left it."""
    if Festival.objects.filter(code=CODE).exists():
        return
    cast = {person.username: person for person in Staff.objects.all()}
    offices = {office.code: office for office in Office.objects.filter(code__in=[*BRINGS, REGION])}
    stand = _stand(cast["wilayah"], offices, now)
    table = {(good.office, good.code): good for good in goods()}
    lots: dict[str, Lot] = {}
    for code, brings in BRINGS.items():
        officer = cast[f"bengkel-{code.lower()}"]
        for product, quantity in brings.items():
            lots[product] = _lot(table[code, product], quantity, offices[code], officer, now)
        _send(offices[code], stand, [(lots[p], n) for p, n in brings.items()], cast, now)
    _sell(stand, lots, table, cast["kasir-2"], now)


def _stand(regional: Staff, offices: dict[str, Office], now: datetime) -> Stand:
    festival = festivals.announce(
        key=demo_key(now, CODE),
        code=CODE,
        name="Pekan Pemasyarakatan Produktif (contoh)",
        theme="",
        venue="Halaman kantor wilayah",
        town="Kupang",
        organiser=offices[REGION],
        first_date=now.date(),
        last_date=now.date() + timedelta(days=30),
        time_zone="Asia/Makassar",
        example=True,
        by=regional,
        at=now,
    )
    for code in BRINGS:
        festivals.invite(
            key=demo_key(now, CODE, code),
            festival=festival,
            office=offices[code],
            by=regional,
            at=now,
        )
    return festivals.set_up(
        key=demo_key(now, CODE, "stand"),
        code=CODE,
        name="Gerai percobaan",
        festival=festival,
        holder=offices[REGION],
        by=regional,
        at=now,
    )


def _lot(good: Good, quantity: int, office: Office, officer: Staff, now: datetime) -> Lot:
    made = 2 * quantity
    team = list(Maker.objects.filter(office=office)[: good.makers])
    pieces = [made // len(team) + (n < made % len(team)) for n in range(len(team))]
    return workshop.produce(
        key=demo_key(now, CODE, office.code, good.code),
        office=office,
        product=Product.objects.get(office=office, name=good.name),
        quantity=made,
        made_date=now.date(),
        expiry_date=now.date() + timedelta(days=max(good.life, 30)) if good.life else None,
        cost=good.cost * made // good.made,
        basis=good.basis,
        works=[
            workshop.WorkDone(
                maker=maker, amount=pieces[n] if good.basis == "pieces" else 240 + 30 * n
            )
            for n, maker in enumerate(team)
        ],
        by=officer,
        at=now,
    ).lot


def _send(
    office: Office, stand: Stand, pieces: list[tuple[Lot, int]], cast: Cast, now: datetime
) -> None:
    """Maumere's goods wait to be despatched, Kalabahi's to be received; the others stand there."""
    officer = cast[f"bengkel-{office.code.lower()}"]
    offer = consignment.offer(
        key=demo_key(now, CODE, "offer", office.code),
        office=office,
        stand=stand,
        lines=[consignment.Piece(lot=lot, quantity=quantity) for lot, quantity in pieces],
        note="",
        by=officer,
        at=now,
    )
    if office.code == "MOF":
        return
    consignment.despatch(
        key=demo_key(now, CODE, "despatch", office.code), consignment=offer, by=officer, at=now
    )
    if office.code == "KLB":
        return
    consignment.receive(
        key=demo_key(now, CODE, "receipt", office.code),
        consignment=offer,
        counts=[
            consignment.Counted(line=line, good=line.quantity, broken=0, missing=0)
            for line in offer.lines.all()
        ],
        note="",
        by=cast["wilayah"],
        at=now,
    )


def _sell(
    stand: Stand,
    lots: dict[str, Lot],
    table: dict[tuple[str, str], Good],
    cashier: Staff,
    now: datetime,
) -> None:
    chance = random.Random(CODE)
    shift = till.open_shift(
        key=demo_key(now, CODE, "shift"), stand=stand, float_amount=200_000, by=cashier, at=now
    )
    for n, (code, quantity) in enumerate(SOLD):
        good = next(good for good in table.values() if good.code == code)
        total = times_price(quantity, good.price, good.per)
        till.sell(
            key=demo_key(now, CODE, "sale", n),
            shift=shift,
            wants=[till.Want(product=lots[code].product, quantity=quantity)],
            means=chance.choice((Means.CASH, Means.QRIS)),
            tendered=total,
            expected_total=total,
            by=cashier,
            at=now,
        )
