"""An object for every address that takes one: its arguments, and an office at which it opens."""

from collections.abc import Callable
from dataclasses import dataclass

from karyabina.base.keys import new_key
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Reopening
from karyabina.offices.models import Office
from karyabina.settlement.models import Premi
from karyabina.staff.models import Role, Staff
from tests import make
from tests.access.world import World


@dataclass(frozen=True)
class Sample:
    """The arguments of an address, and an office at which a permission opens it."""

    arguments: dict[str, object]
    office: Office


Samples = Callable[[World], list[Sample]]


def of_maker_office(**arguments: Callable[[World], object]) -> Samples:
    """What belongs to the office whose goods they are (KLB)."""
    return lambda world: [
        Sample({name: take(world) for name, take in arguments.items()}, world.office)
    ]


def of_holder(**arguments: Callable[[World], object]) -> Samples:
    """What belongs to the office that holds the stand (NTT)."""
    return lambda world: [
        Sample({name: take(world) for name, take in arguments.items()}, world.region)
    ]


def of_both(**arguments: Callable[[World], object]) -> Samples:
    """What both of them may see."""
    return lambda world: [
        *of_maker_office(**arguments)(world),
        *of_holder(**arguments)(world),
    ]


def colleague(world: World) -> Staff:
    """Somebody with a role at KLB alone."""
    return world.person(Role.CASHIER, world.office)


def premi(world: World) -> Premi:
    return Premi.objects.filter(result__settlement=world.settlement).first()


def asked_back(world: World) -> Reopening:
    """A request of KLB's head to reopen the last closing; it waits for a second person."""
    waiting = Reopening.objects.filter(closing__home=world.office.code, declined=None).first()
    if waiting is not None:
        return waiting
    by = world.person(Role.HEAD, world.office)
    given = {"by": by, "at": make.moment(20)}
    closing = closings.close_day(office=world.office, day=make.DAY, key=new_key(), **given)
    return closings.ask_reopening(closing=closing, reason="Salah catat", key=new_key(), **given)


SAMPLES: dict[str, Samples] = {
    "offices:office": of_maker_office(code=lambda w: w.office.code),
    **dict.fromkeys(
        ("staff:person", "staff:appointments", "staff:password"),
        of_maker_office(key=lambda w: colleague(w).key),
    ),
    "staff:dismissal": of_maker_office(
        key=lambda w: colleague(w).key,
        appointment=lambda w: colleague(w).appointments.get().key,
    ),
    **dict.fromkeys(
        (
            "ledger:closing",
            "ledger:close_day",
            "ledger:close_month",
            "ledger:reopenings",
            "ledger:seals",
            "ledger:seals_file",
        ),
        of_maker_office(office=lambda w: asked_back(w).closing.home),
    ),
    **dict.fromkeys(
        ("ledger:reopening_agreement", "ledger:reopening_refusal"),
        of_maker_office(office=lambda w: w.office.code, key=lambda w: asked_back(w).pk),
    ),
    "workshop:production": of_maker_office(code=lambda w: w.lot.code),
    "catalogue:product": of_maker_office(key=lambda w: w.product.key),
    "catalogue:prices": of_maker_office(key=lambda w: w.product.key),
    "catalogue:retirement": of_maker_office(key=lambda w: w.product.key),
    "stock:lot": of_maker_office(code=lambda w: w.lot.code),
    "stock:breakage": of_maker_office(code=lambda w: w.lot.code),
    **dict.fromkeys(
        ("festivals:festival", "festivals:invitations", "festivals:stands"),
        of_holder(code=lambda w: w.stand.festival.code),
    ),
    **dict.fromkeys(
        ("festivals:stand", "festivals:closure"), of_holder(code=lambda w: w.stand.code)
    ),
    "consignment:send_back": of_holder(stand=lambda w: w.stand.code),
    "consignment:story": of_both(code=lambda w: w.on_its_way.code),
    "consignment:despatch": of_maker_office(code=lambda w: w.offered.code),
    "consignment:cancel": of_maker_office(code=lambda w: w.offered.code),
    "consignment:receive": of_holder(code=lambda w: w.on_its_way.code),
    "consignment:come_home": of_maker_office(code=lambda w: w.going_home.code),
    "consignment:clear": of_holder(
        code=lambda w: w.with_missing.code, count=lambda w: w.missing.key
    ),
    "consignment:sheet": of_both(code=lambda w: w.on_its_way.code),
    **dict.fromkeys(
        ("till:begin", "till:breakages"),
        of_holder(stand=lambda w: w.stand.code),
    ),
    "till:breakage": of_holder(stand=lambda w: w.stand.code, lot=lambda w: w.lot.code),
    **dict.fromkeys(
        (
            "till:counter",
            "till:payment",
            "till:receipts",
            "till:sell",
            "till:summary",
            "till:close",
        ),
        of_holder(code=lambda w: w.shift.code),
    ),
    **dict.fromkeys(
        ("till:receipt", "till:refund"),
        of_holder(code=lambda w: w.closed_shift.code, number=lambda w: w.sale.number),
    ),
    "settlement:detail": of_maker_office(key=lambda w: w.settlement.pk),
    "settlement:story": of_maker_office(key=lambda w: premi(w).pk),
    **dict.fromkeys(
        ("settlement:preview", "settlement:settle", "reports:statement", "reports:statement_file"),
        of_maker_office(festival=lambda w: w.stand.festival.code, office=lambda w: w.office.code),
    ),
    **dict.fromkeys(
        ("reports:stand_day", "reports:stand_day_file"),
        of_holder(stand=lambda w: w.stand.code, on=lambda w: make.DAY),
    ),
    **dict.fromkeys(
        ("ledger:account", "ledger:account_csv", "ledger:account_xlsx"),
        of_maker_office(code=lambda w: f"store:{w.office.code}"),
    ),
    **dict.fromkeys(
        ("ledger:lot", "ledger:lot_csv", "ledger:lot_xlsx"),
        of_both(code=lambda w: w.lot.code),
    ),
    "ledger:entry": of_both(key=lambda w: w.sale.pk),
    "reports:makers": of_maker_office(office=lambda w: w.office.code),
}
