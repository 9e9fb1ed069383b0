"""Builders for tests: they go through the rooms' own actions, never through raw rows.

Each makes one thing with sensible values and takes only what a test wants otherwise. Asked again
for the same code, `office` and `officer` return what is there.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from karyabina.base.keys import new_key
from karyabina.catalogue import actions as catalogue
from karyabina.catalogue.models import Product
from karyabina.consignment import actions as consignments
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Festival, Stand
from karyabina.makers import actions as makers
from karyabina.makers.models import Maker
from karyabina.offices import actions as offices
from karyabina.offices.models import Office
from karyabina.schemes import actions as schemes
from karyabina.schemes.models import Scheme
from karyabina.staff import actions as staff
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from karyabina.till.models import Sale, Shift
from karyabina.workshop import actions as workshop
from karyabina.workshop.models import Production

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2025, 10, 29)
KINDS = {"DITJENPAS": "headquarters", "NTT": "region", "BALI": "region", "LPKA": "lpka",
         "LPP": "lpp", "BPS": "bapas", "RKP": "rutan", "KFM": "rutan"}  # fmt: skip


def moment(hour: int = 9, minute: int = 0, days: int = 0) -> datetime:
    """An instant on the festival's day (or `days` after it), on the clock of Kupang."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=WITA) + timedelta(days=days)


def office(code: str = "KLB", parent: str | None = None) -> Office:
    """An office of the tree, with those above it: KLB under NTT under DITJENPAS."""
    found = Office.objects.filter(code=code).first()
    if found:
        return found
    kind = KINDS.get(code, "lapas")
    above = parent or {"headquarters": None, "region": "DITJENPAS"}.get(kind, "NTT")
    return offices.add_office(
        code=code,
        name=f"Kantor {code}",
        kind=kind,
        class_name="",
        parent=office(above) if above else None,
        town="Kupang",
        island="Timor",
        latitude=Decimal("-10.17"),
        longitude=Decimal("123.61"),
        time_zone="Asia/Makassar",
        by=None,
        at=moment(days=-400),
    )


def officer(role: str = Role.WORKSHOP, at_office: str = "KLB") -> Staff:
    """A member of staff with this role at this office, and no other."""
    username = f"{role}-{at_office.lower()}"
    found = Staff.objects.filter(username=username).first()
    if found:
        return found
    at = moment(days=-300)
    person = staff.enlist(
        username=username, name=username, password="rahasia-sekali", by=None, at=at
    )
    staff.appoint(staff=person, office=office(at_office), role=Role(role), by=None, at=at)
    return person


def product(code: str = "MELON", at_office: str = "KLB", **other: Any) -> Product:
    """A product counted in pieces, of category pertanian, without a price."""
    given: dict[str, Any] = {
        "name": code.title(),
        "category": "pertanian",
        "measure": "piece",
        "note": "",
    }
    return catalogue.add_product(
        key=new_key(),
        office=office(at_office),
        code=code,
        by=officer(at_office=at_office),
        at=moment(days=-200),
        **(given | other),
    )


def price(of: Product, amount: int = 20_000, per: int = 1, since: datetime | None = None) -> None:
    catalogue.set_price(
        key=new_key(),
        product=of,
        amount=amount,
        per=per,
        since=since or moment(days=-100),
        by=officer(at_office=of.office.code),
        at=since or moment(days=-100),
    )


def maker(at_office: str = "KLB", code: str | None = None, status: str = "narapidana") -> Maker:
    return makers.register(
        key=new_key(),
        office=office(at_office),
        code=code,
        status=status,
        by=officer(at_office=at_office),
        at=moment(days=-100),
    )


def production(
    of: Product, quantity: int = 10, works: dict[Maker, int] | None = None, **other: Any
) -> Production:
    """A production of yesterday morning by hours; by one new maker unless `works` says who."""
    code = of.office.code
    at = moment(hour=7, days=-1)
    if works is None:
        works = {maker(code): 60}
    given: dict[str, Any] = {
        "key": new_key(),
        "made_date": at.date(),
        "expiry_date": at.date() + timedelta(days=30),
        "cost": 1_000 * quantity,
        "basis": "hours",
        "by": officer(at_office=code),
        "at": at,
    }
    return workshop.produce(
        office=of.office,
        product=of,
        quantity=quantity,
        works=[workshop.WorkDone(maker=who, amount=amount) for who, amount in works.items()],
        **(given | other),
    )


def lot(of: Product, quantity: int = 10, **other: Any) -> Lot:
    """A lot in its office's store, from a production."""
    return production(of, quantity, **other).lot


def festival(code: str = "FEST", organiser: str = "NTT", **other: Any) -> Festival:
    """A festival on the day, announced a month before."""
    given: dict[str, Any] = {
        "key": new_key(),
        "name": f"Festival {code}",
        "theme": "",
        "venue": "GOR Flobamora",
        "town": "Kupang",
        "first_date": DAY,
        "last_date": DAY,
        "time_zone": "Asia/Makassar",
        "example": True,
        "by": officer(Role.REGIONAL, organiser),
        "at": moment(days=-30),
    }
    return festivals.announce(code=code, organiser=office(organiser), **(given | other))


def stand(at: Festival | None = None, code: str = "GERAI", invited: tuple[str, ...] = ()) -> Stand:
    """A stand held by the organiser, with these offices invited to its festival."""
    where = at or festival()
    by = officer(Role.REGIONAL, where.organiser.code)
    for each in invited:
        festivals.invite(
            key=new_key(), festival=where, office=office(each), by=by, at=moment(days=-29)
        )
    return festivals.set_up(
        key=new_key(),
        code=code,
        name=f"Gerai {code}",
        festival=where,
        holder=where.organiser,
        by=by,
        at=moment(days=-29),
    )


def scheme(at_office: str | None = None, **other: Any) -> Scheme:
    """The usual split of the profit, 50/35/15, general unless an office is named."""
    given: dict[str, Any] = {
        "key": new_key(),
        "name": "Bagi hasil 50/35/15",
        "legal_basis": "Kepmenkeh M.01-PP.02.01 Tahun 1990",
        "base": "profit",
        "premi_part": 5_000,
        "capital_part": 3_500,
        "state_part": 1_500,
        "usable_part": 2_500,
        "state_account": "425000",
        "from_date": moment(days=-200).date(),
        "by": None,
        "at": moment(days=-200),
    }
    return schemes.set_scheme(office=office(at_office) if at_office else None, **(given | other))


def on_stand(of: Lot, where: Stand, quantity: int = 10) -> Lot:
    """So much of a lot is handed over to a stand and received whole, on the festival's morning."""
    by = officer(Role.WORKSHOP, of.office.code)
    consignment = consignments.offer(
        key=new_key(),
        office=of.office,
        stand=where,
        lines=[consignments.Piece(lot=of, quantity=quantity)],
        by=by,
        at=moment(6),
    )
    consignments.despatch(key=new_key(), consignment=consignment, by=by, at=moment(6, 30))
    consignments.receive(
        key=new_key(),
        consignment=consignment,
        counts=[consignments.Counted(line=line, good=line.quantity) for line in
                consignment.lines.all()],
        by=officer(Role.REGIONAL, where.holder.code),
        at=moment(7),
    )  # fmt: skip
    return of


def shift(where: Stand, float_amount: int = 100_000, cashier: Staff | None = None) -> Shift:
    """A cashier's open shift at a stand, with some change in the drawer."""
    return till.open_shift(
        key=new_key(),
        stand=where,
        float_amount=float_amount,
        by=cashier or officer(Role.CASHIER, where.holder.code),
        at=moment(8),
    )


def sale(within: Shift, *wants: tuple[Product, int], total: int, means: str = "cash") -> Sale:
    """So much of these products is sold for `total` rupiah, paid exactly."""
    return till.sell(
        key=new_key(),
        shift=within,
        wants=[till.Want(product=product, quantity=quantity) for product, quantity in wants],
        means=means,
        tendered=total,
        expected_total=total,
        by=within.opened_by,
        at=moment(9),
    )
