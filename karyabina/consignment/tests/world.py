"""A small world of goods for this room's tests, made through actions: KLB and KFM take part in a
festival whose stand NTT holds; each has a lot of ten in its store."""

from dataclasses import dataclass

from karyabina.base.keys import new_key
from karyabina.consignment import actions
from karyabina.consignment.actions import Counted, Piece
from karyabina.consignment.models import Consignment, Receipt
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.offices.models import Office
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from tests import make


@dataclass
class World:
    stand: Stand
    office: Office
    lot: Lot
    foreign_lot: Lot
    sender: Staff
    cashier: Staff
    region: Staff

    def offer(self, quantity: int = 8, *, key=None, lot: Lot | None = None, **more) -> Consignment:
        given = {
            "key": key or new_key(),
            "office": self.office,
            "stand": self.stand,
            "lines": [Piece(lot or self.lot, quantity)],
            "by": self.sender,
            "at": make.moment(7),
        }
        return actions.offer(**(given | more))

    def despatch(self, consignment: Consignment, *, key=None, **more):
        given = {"key": key or new_key(), "by": self.sender, "at": make.moment(8)}
        return actions.despatch(consignment=consignment, **(given | more))

    def sent(self, quantity: int = 8, **more) -> Consignment:
        consignment = self.offer(quantity, **more)
        self.despatch(consignment)
        return consignment

    def receive(self, consignment, *counts: tuple[int, int, int], key=None, **more) -> Receipt:
        """Counts line by line: (good, broken, missing); all good when none is given."""
        lines = list(consignment.lines.order_by("lot__code"))
        numbers = counts or [(line.quantity, 0, 0) for line in lines]
        given = {
            "key": key or new_key(),
            "by": self.sender if consignment.is_back else self.cashier,
            "at": make.moment(9),
        }
        return actions.receive(
            consignment=consignment,
            counts=[Counted(line, *n) for line, n in zip(lines, numbers, strict=True)],
            **(given | more),
        )

    def turn_back(self, consignment, *counts: tuple[int, int, int], key=None, **more) -> Receipt:
        lines = list(consignment.lines.order_by("lot__code"))
        given = {"key": key or new_key(), "by": self.sender, "at": make.moment(9)}
        return actions.turn_back(
            consignment=consignment,
            counts=[Counted(line, *n) for line, n in zip(lines, counts, strict=True)],
            **(given | more),
        )

    def send_back(self, quantity: int = 3, *, key=None, **more) -> Consignment:
        given = {
            "key": key or new_key(),
            "stand": self.stand,
            "office": self.office,
            "lines": [Piece(self.lot, quantity)],
            "by": self.cashier,
            "at": make.moment(17),
        }
        return actions.send_back(**(given | more))

    def clear(self, consignment: Consignment, outcome: str, quantity: int = 1, *, key=None, **more):
        given = {
            "key": key or new_key(),
            "count": consignment.receipt.counts.get(),
            "reason": "Dicari di seluruh gerai",
            "by": self.region,
            "at": make.moment(18),
        }
        return actions.clear(outcome=outcome, quantity=quantity, **(given | more))

    def places(self, lot: Lot | None = None) -> dict[str, int]:
        """Where the pieces of the lot are, and what became of those that left the books."""
        code = (lot or self.lot).code
        gone = {name: ledger.balance(name, code) for name in ("outside:broken", "outside:lost")}
        return ledger.holders(code) | {name: n for name, n in gone.items() if n}


def build() -> World:
    stand = make.stand(invited=("KLB", "KFM"))
    return World(
        stand=stand,
        office=make.office("KLB"),
        lot=make.lot(make.product("MELON", "KLB"), 10),
        foreign_lot=make.lot(make.product("CHIPS", "KFM"), 10),
        sender=make.officer(Role.WORKSHOP, "KLB"),
        cashier=make.officer(Role.CASHIER, "NTT"),
        region=make.officer(Role.REGIONAL, "NTT"),
    )
