"""Two regions, their offices, somebody in every role at each, and one of everything at KLB.

KLB (Kalabahi) lies under the region NTT, which holds the stand. DPS lies under another region: a
stranger to all of them, whichever way a role reaches.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from karyabina.base.keys import new_key
from karyabina.catalogue.models import Product
from karyabina.consignment import actions as consignment
from karyabina.consignment.models import Consignment, Count
from karyabina.festivals.models import Stand
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.settlement import actions as settlement
from karyabina.settlement.models import Settlement
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from karyabina.till.models import Sale, Shift
from karyabina.workshop.models import Production
from tests import make


@dataclass
class World:
    """Who and what there is. Everything is made before the first door is tried."""

    office: Office
    region: Office
    stranger: Office
    people: dict[tuple[str, str], Staff] = field(default_factory=dict)
    sessions: dict[Staff, str] = field(default_factory=dict)

    product: Product = field(init=False)
    production: Production = field(init=False)
    maker: Maker = field(init=False)
    stand: Stand = field(init=False)
    offered: Consignment = field(init=False)
    on_its_way: Consignment = field(init=False)
    with_missing: Consignment = field(init=False)
    missing: Count = field(init=False)
    going_home: Consignment = field(init=False)
    shift: Shift = field(init=False)
    closed_shift: Shift = field(init=False)
    sale: Sale = field(init=False)
    settlement: Settlement = field(init=False)

    @property
    def lot(self) -> Lot:
        return self.production.lot

    def person(self, role: str, office: Office) -> Staff:
        return self.people[role, office.code]

    def secrets(self) -> list[str]:
        """What stands on a page only if something of KLB, or of the stand's holder, does."""
        return [
            self.lot.code,
            self.maker.code,
            self.offered.code,
            self.going_home.code,
            self.shift.code,
        ]

    def session(self, role: str, office: Office) -> str:
        """The key of a session in which this person is logged in."""
        person = self.person(role, office)
        if person not in self.sessions:
            self.sessions[person] = logged_in(person)
        return self.sessions[person]


def logged_in(person: Staff) -> str:
    """Log somebody in without a form; the key of the session."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def build() -> World:
    world = World(
        office=make.office("KLB"),
        region=make.office("NTT"),
        stranger=make.office("DPS", parent="BALI"),
    )
    for office in (world.office, world.region, world.stranger):
        for role in Role:
            world.people[role, office.code] = make.officer(role, office.code)
            world.session(role, office)
    make.scheme()
    world.maker = make.maker("KLB")
    world.product = make.product("MELON", "KLB")
    make.price(world.product, 20_000)
    world.production = make.production(world.product, 100, works={world.maker: 90})
    world.stand = make.stand(invited=("KLB",))
    hand_over(world)
    sell(world)
    return world


def offer(world: World) -> Consignment:
    return consignment.offer(
        key=new_key(),
        office=world.office,
        stand=world.stand,
        lines=[consignment.Piece(lot=world.lot, quantity=5)],
        by=world.person(Role.WORKSHOP, world.office),
        at=make.moment(6),
    )


def sent(world: World) -> Consignment:
    going = offer(world)
    by = world.person(Role.WORKSHOP, world.office)
    consignment.despatch(key=new_key(), consignment=going, by=by, at=make.moment(6, 30))
    return going


def hand_over(world: World) -> None:
    """A consignment in every state in which somebody has to do something."""
    make.on_stand(world.lot, world.stand, 40)
    world.offered = offer(world)
    world.on_its_way = sent(world)
    world.with_missing = sent(world)
    cashier = world.person(Role.CASHIER, world.region)
    receipt = consignment.receive(
        key=new_key(),
        consignment=world.with_missing,
        counts=[
            consignment.Counted(line=line, good=line.quantity - 1, broken=0, missing=1)
            for line in world.with_missing.lines.all()
        ],
        by=cashier,
        at=make.moment(7),
    )
    world.missing = receipt.counts.get()
    world.going_home = consignment.send_back(
        key=new_key(),
        stand=world.stand,
        office=world.office,
        lines=[consignment.Piece(lot=world.lot, quantity=2)],
        by=cashier,
        at=make.moment(8),
    )


def sell(world: World) -> None:
    """A closed shift with a sale that is shared, and an open one."""
    cashier = world.person(Role.CASHIER, world.region)
    world.closed_shift = make.shift(world.stand, cashier=cashier)
    world.sale = make.sale(world.closed_shift, (world.product, 3), total=60_000)
    till.close_shift(
        key=new_key(),
        shift=world.closed_shift,
        counted=160_000,
        note="",
        by=cashier,
        at=make.moment(12),
    )
    world.shift = make.shift(world.stand, cashier=cashier)
    world.settlement = settlement.settle(
        key=new_key(),
        office=world.office,
        festival=world.stand.festival,
        by=world.person(Role.TREASURER, world.office),
        at=make.moment(18),
    )
