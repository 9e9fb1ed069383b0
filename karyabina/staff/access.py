"""Who may do what where: one table, and the three ways a view says which row it needs.

A view without a declaration is refused to everybody (`AccessMiddleware`); a test walks every URL
as every role, at the own office and at a foreign one, against this table.
"""

from collections.abc import Callable
from enum import Enum

from karyabina.base import doors
from karyabina.base.doors import Open, View, public, signed_in
from karyabina.staff.models import Role

__all__ = ("TABLE", "Open", "Reach", "may", "public", "signed_in")


class Reach(Enum):
    """How far a role's permission goes."""

    OWN = "own"  # the office of the appointment
    BELOW = "below"  # that office and all under it
    ALL = "all"


OWN, BELOW, ALL = Reach.OWN, Reach.BELOW, Reach.ALL
ADMINISTRATOR, HEAD, TREASURER, WORKSHOP, INSTRUCTOR, CASHIER, REGIONAL, PRESS, EDITOR, AUDITOR = (
    Role.ADMINISTRATOR,
    Role.HEAD,
    Role.TREASURER,
    Role.WORKSHOP,
    Role.INSTRUCTOR,
    Role.CASHIER,
    Role.REGIONAL,
    Role.PRESS,
    Role.EDITOR,
    Role.AUDITOR,
)

TABLE: dict[str, dict[Role, Reach]] = {
    # offices and staff
    "offices.see": dict.fromkeys(Role, ALL),
    "offices.import": {ADMINISTRATOR: BELOW},
    "staff.manage": {ADMINISTRATOR: BELOW},
    "staff.audit": {ADMINISTRATOR: BELOW, AUDITOR: BELOW, HEAD: OWN},
    # the ledger
    "ledger.see": {AUDITOR: BELOW, TREASURER: OWN, HEAD: OWN, REGIONAL: BELOW},
    "ledger.close": {TREASURER: OWN, HEAD: OWN},
    "ledger.reopen": {TREASURER: OWN, HEAD: OWN, REGIONAL: BELOW},  # two different persons
    "ledger.check": {AUDITOR: BELOW, HEAD: OWN, REGIONAL: BELOW},
    # goods
    "catalogue.see": {
        WORKSHOP: OWN,
        INSTRUCTOR: OWN,
        TREASURER: OWN,
        HEAD: OWN,
        REGIONAL: BELOW,
        PRESS: OWN,
        EDITOR: OWN,
        AUDITOR: BELOW,
    },
    "catalogue.edit": {WORKSHOP: OWN},
    "catalogue.import": {WORKSHOP: OWN, REGIONAL: BELOW, ADMINISTRATOR: BELOW},
    "schemes.see": {TREASURER: OWN, HEAD: OWN, REGIONAL: BELOW, AUDITOR: BELOW},
    "schemes.set": {HEAD: OWN, REGIONAL: BELOW},
    "stock.see": {WORKSHOP: OWN, TREASURER: OWN, HEAD: OWN, REGIONAL: BELOW, AUDITOR: BELOW},
    "stock.break": {WORKSHOP: OWN},
    # people and work
    "makers.see": {WORKSHOP: OWN, INSTRUCTOR: OWN, TREASURER: OWN, HEAD: OWN},
    "makers.register": {WORKSHOP: OWN},
    "workshop.see": {WORKSHOP: OWN, INSTRUCTOR: OWN, TREASURER: OWN, HEAD: OWN, AUDITOR: BELOW},
    "workshop.produce": {WORKSHOP: OWN},
    # festivals and consignment
    "festivals.see": dict.fromkeys(Role, ALL),
    "festivals.arrange": {REGIONAL: OWN},
    "consignment.see": {
        WORKSHOP: OWN,
        TREASURER: OWN,
        HEAD: OWN,
        CASHIER: OWN,
        REGIONAL: BELOW,
        AUDITOR: BELOW,
    },
    "consignment.offer": {WORKSHOP: OWN},  # the office that owns the goods
    "consignment.receive": {REGIONAL: OWN, CASHIER: OWN},  # the holder of the stand
    "consignment.clear": {REGIONAL: BELOW},  # missing pieces
    # selling
    "till.sell": {CASHIER: OWN},
    "till.break": {CASHIER: OWN, REGIONAL: OWN},  # goods on the stand that the office holds
    "till.see": {CASHIER: OWN, REGIONAL: BELOW, TREASURER: OWN, HEAD: OWN, AUDITOR: BELOW},
    # sharing
    "settlement.see": {TREASURER: OWN, HEAD: OWN, AUDITOR: BELOW, REGIONAL: BELOW},
    "settlement.settle": {TREASURER: OWN},
    "settlement.trace": {TREASURER: OWN, HEAD: OWN, WORKSHOP: OWN, AUDITOR: BELOW},
    # reports
    "reports.stand_day": {
        CASHIER: OWN,
        REGIONAL: BELOW,
        TREASURER: OWN,
        HEAD: OWN,
        PRESS: OWN,
        AUDITOR: BELOW,
    },
    "reports.statement": {TREASURER: OWN, HEAD: OWN, REGIONAL: BELOW, AUDITOR: BELOW},
    "reports.owed": {TREASURER: OWN, HEAD: OWN, REGIONAL: BELOW, AUDITOR: BELOW},
}


def may(permission: str) -> Callable[[View], View]:
    """The view is for staff who hold `permission` at some office.

    Inside the view, `request.reach(permission)` is the queryset of those offices: every object is
    looked up within it, so that a foreign one is simply not found (404).
    """
    if permission not in TABLE:
        raise KeyError(f"{permission} is not in the access table")

    return doors.may(permission)
