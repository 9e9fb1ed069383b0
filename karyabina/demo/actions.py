"""The festival day of 29 October 2025 in Kupang, played through the rooms' own actions.

Every key is derived from what it stands for: playing it again books nothing twice, and a play
that was cut off goes on where it stopped.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import karyabina.catalogue as catalogue_room
import karyabina.offices as offices_room
from karyabina.base import spreadsheets
from karyabina.catalogue import actions as catalogue
from karyabina.catalogue.forms import COLUMNS as PRODUCT_COLUMNS
from karyabina.catalogue.forms import product_rows
from karyabina.consignment import actions as consignment
from karyabina.consignment.models import Clearance, Consignment, Line
from karyabina.demo.cast import HEADQUARTERS, REGION, STANDING, Cast, engage, of_office
from karyabina.demo.day import DAY, FESTIVAL, KUPANG, STAND, demo_key, moment
from karyabina.demo.goods import Good, goods
from karyabina.demo.making import Lots, produce
from karyabina.demo.selling import sell
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Festival, Stand
from karyabina.offices.actions import import_offices
from karyabina.offices.forms import COLUMNS as OFFICE_COLUMNS
from karyabina.offices.forms import office_rows
from karyabina.offices.models import Office
from karyabina.schemes import actions as schemes
from karyabina.settlement import actions as settlement
from karyabina.settlement import queries as proceeds
from karyabina.staff.models import Staff
from karyabina.stock import queries as stock

Offices = dict[str, Office]
Say = Callable[[str], None]


def play(say: Say) -> None:
    """Play the whole day: production, hand-over, stand, sales, returns, settlement."""
    table = goods()
    codes = list(dict.fromkeys(good.office for good in table))
    say("Kantor dan produk …")
    _import_offices()
    cast = engage(
        STANDING + tuple(part for code in codes for part in of_office(code)), at=moment(-60, 8)
    )
    _import_products(cast["pusat"])
    offices = {office.code: office for office in Office.objects.all()}
    say("Skema dan festival …")
    _agree(cast["pusat"], offices[HEADQUARTERS])
    stand = _announce(cast["wilayah"], offices, codes)
    say("Produksi di bengkel dan kebun …")
    lots = produce(table, cast, offices)
    say("Titipan ke gerai …")
    _hand_over(table, lots, cast, stand, offices)
    say("Penjualan sehari …")
    sell(table, lots, cast, stand)
    say("Barang kembali …")
    _return(cast, stand, offices, codes)
    say("Bagi hasil …")
    _settle(cast, stand.festival, offices, codes)


def _import_offices() -> None:
    with (Path(offices_room.__file__).parent / "data" / "offices.csv").open("rb") as file:
        rows = office_rows(spreadsheets.read(file, OFFICE_COLUMNS))
    import_offices(rows=rows, by=None, at=moment(-300, 8))


def _import_products(administrator: Staff) -> None:
    at = moment(-55, 8)
    with (Path(catalogue_room.__file__).parent / "data" / "products.csv").open("rb") as file:
        rows = product_rows(spreadsheets.read(file, PRODUCT_COLUMNS))
    catalogue.import_products(
        key=demo_key(at, "products"),
        rows=rows,
        offices=Office.objects.all(),
        file_name="products.csv",
        by=administrator,
        at=at,
    )


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


def _announce(regional: Staff, offices: Offices, codes: Iterable[str]) -> Stand:
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


def _hand_over(table: list[Good], lots: Lots, cast: Cast, stand: Stand, offices: Offices) -> None:
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
                outcome=Clearance.Outcome.LOST,
                quantity=count.missing,
                reason="Tidak ditemukan setelah ditanyakan ke kapal (contoh)",
                by=receiver,
                at=moment(0, 7),
            )


def _counted(line: Line) -> consignment.Counted:
    """One ship model broke on the way from Waikabubak; two melons from Kalabahi never arrived."""
    code = f"{line.lot.office.code}-{line.lot.product.code}"
    broken, missing = (code == "WKB-KAPAL") * 1, (code == "KLB-MELON") * 2
    return consignment.Counted(
        line=line, good=line.quantity - broken - missing, broken=broken, missing=missing
    )


def _return(cast: Cast, stand: Stand, offices: Offices, codes: list[str]) -> None:
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


def _left(stand: Stand, office: Office, key: UUID) -> list[consignment.Piece]:
    """The office's goods on the stand; when they went home already, what went."""
    gone = Consignment.objects.filter(pk=key).first()
    if gone:
        return [consignment.Piece(lot=x.lot, quantity=x.quantity) for x in gone.lines.all()]
    return [
        consignment.Piece(lot=there.lot, quantity=there.quantity)
        for there in stock.lots_at(stand.account)
        if there.lot.office_id == office.pk
    ]


def _settle(cast: Cast, festival: Festival, offices: Offices, codes: list[str]) -> None:
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
