"""The festival day of 29 October 2025 in Kupang, played through the rooms' own actions.

Every key is derived from what it stands for: playing it again books nothing twice, and a play
that was cut off goes on where it stopped.
"""

import random
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from karyabina.base.money import times_price
from karyabina.catalogue import actions as catalogue
from karyabina.catalogue.models import Product
from karyabina.consignment import actions as consignment
from karyabina.consignment.models import Consignment
from karyabina.demo.cast import HEADQUARTERS, REGION, STANDING, engage, of_office
from karyabina.demo.goods import Good, demo_key, goods
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Festival, Stand
from karyabina.makers import actions as makers
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.schemes import actions as schemes
from karyabina.settlement import actions as settlement
from karyabina.settlement import queries as proceeds
from karyabina.staff.models import Staff
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from karyabina.till.models import Means, Shift
from karyabina.workshop import actions as workshop

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2025, 10, 29)
FESTIVAL, STAND = "FKPUM25", "GERAINTT"
SEED = 20251029
BUYERS = 320
# How busy each hour was: the opening, the minister's visit before noon, a lull, the way home.
HOURS = {8: 5, 9: 9, 10: 14, 11: 13, 12: 8, 13: 7, 14: 9, 15: 10, 16: 8}
KUPANG = {"KPG", "LPP", "LPKA", "RKP"}
Say = Callable[[str], None]


def moment(days: int, hour: int, minute: int = 0) -> datetime:
    """A local instant, counted in days from the day of the festival."""
    on = DAY + timedelta(days=days)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=WITA)


def play(say: Say) -> None:
    """Play the whole day: production, hand-over, stand, sales, returns, settlement."""
    table = goods()
    codes = list(dict.fromkeys(good.office for good in table))
    cast = engage(
        STANDING + tuple(part for code in codes for part in of_office(code)), at=moment(-60, 8)
    )
    offices = {office.code: office for office in Office.objects.all()}
    say("Skema dan festival …")
    _agree(cast["pusat"], offices[HEADQUARTERS])
    stand = _announce(cast["wilayah"], offices, codes)
    say("Produksi di bengkel dan kebun …")
    lots = _produce(table, cast, offices)
    say("Titipan ke gerai …")
    _hand_over(table, lots, cast, stand, offices)
    say("Penjualan sehari …")
    _sell(table, lots, cast, stand)
    say("Barang kembali …")
    _return(cast, stand, offices, codes)
    say("Bagi hasil …")
    _settle(cast, stand.festival, offices, codes)


def _agree(head: Staff, headquarters: Office) -> None:
    at = moment(-300, 9)
    schemes.set_scheme(
        key=demo_key(at, "scheme"),
        office=None,
        name="Bagi hasil umum 50/35/15",
        legal_basis="Kepmenkeh M.01-PP.02.01 Tahun 1990",
        base="profit",
        premi_part=5_000,
        capital_part=3_500,
        state_part=1_500,
        usable_part=2_500,
        state_account="425000",
        from_date=date(2025, 1, 1),
        by=head,
        at=at,
    )


def _announce(regional: Staff, offices: dict[str, Office], codes: Iterable[str]) -> Stand:
    at = moment(-30, 9)
    festival = festivals.announce(
        key=demo_key(at, FESTIVAL),
        code=FESTIVAL,
        name="Festival Kemudahan dan Pelindungan Usaha Mikro",
        theme="Legal, Terlindungi, Berdaya",
        venue="GOR Flobamora",
        town="Kupang",
        organiser=offices[REGION],
        first_date=DAY,
        last_date=DAY,
        time_zone="Asia/Makassar",
        example=True,
        by=regional,
        at=at,
    )
    for code in codes:
        festivals.invite(
            key=demo_key(at, "invite", code),
            festival=festival,
            office=offices[code],
            by=regional,
            at=at,
        )
    return festivals.set_up(
        key=demo_key(at, STAND),
        code=STAND,
        name="Gerai Pemasyarakatan NTT",
        festival=festival,
        holder=offices[REGION],
        by=regional,
        at=at,
    )


def _makers(good_offices: Iterable[str], cast: dict[str, Staff], table: list[Good], offices):
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


def _produce(table: list[Good], cast: dict[str, Staff], offices) -> dict[tuple[str, str], Lot]:
    codes = list(dict.fromkeys(good.office for good in table))
    everybody = _makers(codes, cast, table, offices)
    products = {
        (product.office_id, product.name): product for product in Product.objects.all()
    }
    lots: dict[tuple[str, str], Lot] = {}
    for good in table:
        chance = random.Random(f"{SEED} {good.office} {good.code}")  # noqa: S311 - a play
        officer = cast[f"bengkel-{good.office.lower()}"]
        at = moment(-(1 if good.life and good.life < 20 else chance.randrange(3, 20)), 7)
        product = products.get((offices[good.office].pk, good.name)) or catalogue.add_product(
            key=demo_key(at, "product", good.office, good.code),
            office=offices[good.office],
            code=good.code,
            name=good.name,
            category="kerajinan",
            measure=good.measure,
            note="",
            by=officer,
            at=at,
        )
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
            workshop.WorkDone(maker=maker, amount=chance.randrange(240, 1200, 30))
            for maker in team
        ]
    left, works = good.made, []
    for place, maker in enumerate(team):
        after = len(team) - place - 1
        most = max(1, 2 * left // (after + 2))
        pieces = left if not after else min(chance.randint(max(1, most // 2), most), left - after)
        works.append(workshop.WorkDone(maker=maker, amount=pieces))
        left -= pieces
    return works


def _hand_over(table: list[Good], lots, cast, stand: Stand, offices) -> None:
    for code in dict.fromkeys(good.office for good in table):
        officer, receiver = cast[f"bengkel-{code.lower()}"], cast["wilayah"]
        sent = moment(-1, 8) if code in KUPANG else moment(-1, 7, 30)
        offer = consignment.offer(
            key=demo_key(sent, "offer", code),
            office=offices[code],
            stand=stand,
            lines=[
                consignment.Piece(lot=lots[good.office, good.code], quantity=good.handed)
                for good in table
                if good.office == code
            ],
            note="",
            by=officer,
            at=sent,
        )
        consignment.despatch(
            key=demo_key(sent, "despatch", code),
            consignment=offer,
            by=officer,
            at=sent + timedelta(minutes=20),
        )
        arrived = moment(-1, 13) if code in KUPANG else moment(-1, 18)
        receipt = consignment.receive(
            key=demo_key(arrived, "receipt", code),
            consignment=offer,
            counts=[_counted(line) for line in offer.lines.select_related("lot__product")],
            note="",
            by=receiver,
            at=arrived,
        )
        for count in receipt.counts.filter(missing__gt=0):
            consignment.clear(
                key=demo_key(moment(0, 7), "clear", code, count.line.lot.code),
                count=count,
                outcome="lost",
                quantity=count.missing,
                reason="Tidak ditemukan setelah ditanyakan ke kapal (contoh)",
                by=receiver,
                at=moment(0, 7),
            )


def _counted(line) -> consignment.Counted:
    """One ship model broke on the way from Waikabubak; two melons from Kalabahi never arrived."""
    code = f"{line.lot.office.code}-{line.lot.product.code}"
    broken, missing = (code == "WKB-KAPAL") * 1, (code == "KLB-MELON") * 2
    return consignment.Counted(
        line=line, good=line.quantity - broken - missing, broken=broken, missing=missing
    )


def _sell(table: list[Good], lots: dict, cast: dict[str, Staff], stand: Stand) -> None:
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
        (good.office, good.code): good.handed
        - (good.office == "WKB" and good.code == "KAPAL")
        - 2 * (good.office == "KLB" and good.code == "MELON")
        for good in table
    }
    chance = random.Random(SEED)  # noqa: S311 - a play
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


def _basket(chance: random.Random, table: list[Good], left: dict) -> list[tuple[Good, int]]:
    there = [good for good in table if left[good.office, good.code] >= good.step]
    wanted = chance.choices(
        there, weights=[good.likes for good in there], k=chance.choice((1, 1, 1, 2, 2, 3))
    )
    basket = []
    for good in dict.fromkeys(wanted):
        most = 4 if good.price < 100_000 else 1
        quantity = min(chance.randint(1, most) * good.step, left[good.office, good.code])
        left[good.office, good.code] -= quantity
        basket.append((good, quantity))
    return basket


def _sale(chance, n: int, at: datetime, basket, lots, shift: Shift) -> None:
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


def _refund(cast: dict[str, Staff], shift: Shift) -> None:
    """A buyer brings one thing back: the seam had come loose."""
    at = moment(0, 16, 59) + timedelta(seconds=30)
    sale = (
        shift.sales.filter(lines__lot__product__code="TAS").order_by("occurred_at").first()
        or shift.sales.order_by("occurred_at").first()
    )
    line = sale.lines.filter(lot__product__code="TAS").first() or sale.lines.first()
    till.refund(
        key=demo_key(at, "refund"),
        sale=sale,
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


def _return(cast, stand: Stand, offices: dict[str, Office], codes: list[str]) -> None:
    """What was not sold goes home, office by office, and is counted there."""
    for code in codes:
        sent = moment(1, 9)
        back = consignment.send_back(
            key=demo_key(sent, "back", code),
            stand=stand,
            office=offices[code],
            lines=_left(stand, offices[code], demo_key(sent, "back", code)),
            note="",
            by=cast["wilayah"],
            at=sent,
        )
        at = moment(1, 15) if code in KUPANG else moment(4, 10)
        consignment.receive(
            key=demo_key(at, "back received", code),
            consignment=back,
            counts=[
                consignment.Counted(line=line, good=line.quantity, broken=0, missing=0)
                for line in back.lines.all()
            ],
            note="",
            by=cast[f"bengkel-{code.lower()}"],
            at=at,
        )
    festivals.close_stand(
        key=demo_key(moment(4, 12), "closure"), stand=stand, by=cast["wilayah"], at=moment(4, 12)
    )


def _left(stand: Stand, office: Office, key) -> list[consignment.Piece]:
    """The office's goods on the stand; when they went home already, what went."""
    from karyabina.stock import queries as stock

    gone = Consignment.objects.filter(pk=key).first()
    if gone:
        return [consignment.Piece(lot=x.lot, quantity=x.quantity) for x in gone.lines.all()]
    return [
        consignment.Piece(lot=there.lot, quantity=there.quantity)
        for there in stock.lots_at(stand.account)
        if there.lot.office_id == office.pk
    ]


def _settle(cast, festival: Festival, offices: dict[str, Office], codes: list[str]) -> None:
    for n, code in enumerate(codes):
        at = moment(5, 9, n)
        if proceeds.waiting(offices[code], festival):
            settlement.settle(
                key=demo_key(at, "settlement", code),
                office=offices[code],
                festival=festival,
                by=cast[f"bendahara-{code.lower()}"],
                at=at,
            )
