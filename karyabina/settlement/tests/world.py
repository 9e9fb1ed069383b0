"""A small festival for tests of sharing: offices bring lots to one stand and sell there.

Everything goes through the rooms' actions. Prices are set lot by lot, so that a test can say what
each brought.
"""

from dataclasses import dataclass, field
from datetime import datetime

from karyabina.base.keys import new_key
from karyabina.consignment import actions as consignment
from karyabina.festivals.models import Festival, Stand
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.settlement import actions
from karyabina.settlement.models import Settlement
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from karyabina.till.models import Refund, Sale, Shift
from tests import make


@dataclass
class World:
    stand: Stand
    shift: Shift
    cashier: Staff
    prices: dict[str, int] = field(default_factory=dict)  # lot code → rupiah a piece

    @property
    def festival(self) -> Festival:
        return self.stand.festival

    def office(self, code: str = "KLB") -> Office:
        return make.office(code)

    def treasurer(self, code: str = "KLB") -> Staff:
        return make.officer(Role.TREASURER, code)

    def makers(self, *codes: str) -> list[Maker]:
        return [make.maker(code.split("-")[0], code) for code in codes]

    def lot(
        self,
        code: str,
        quantity: int,
        *,
        cost: int,
        price: int,
        office: str = "KLB",
        works: dict[str, int] | None = None,
        measure: str = "piece",
        category: str = "pertanian",
        basis: str = "hours",
    ) -> Lot:
        """A lot of a product of its own, all of it handed to the stand and received well.

        `works` are minutes (or pieces) by maker code.
        """
        known = {maker.code: maker for maker in Maker.objects.all()}
        workers = {
            known.get(name) or make.maker(office, name): minutes
            for name, minutes in (works or {f"{office}-001": 60}).items()
        }
        product = make.product(code, office, measure=measure, category=category)
        make.price(product, price)
        made = make.lot(product, quantity, works=workers, cost=cost, basis=basis)
        self.hand_over(made, quantity)
        self.prices[made.code] = price
        return made

    def hand_over(self, lot: Lot, quantity: int, broken: int = 0, missing: int = 0) -> None:
        """From the store to the stand, with what broke or went missing on the way."""
        by = make.officer(Role.WORKSHOP, lot.office.code)
        offer = consignment.offer(
            key=new_key(),
            office=lot.office,
            stand=self.stand,
            lines=[consignment.Piece(lot, quantity)],
            by=by,
            at=make.moment(7, days=-1),
        )
        consignment.despatch(key=new_key(), consignment=offer, by=by, at=make.moment(8, days=-1))
        consignment.receive(
            key=new_key(),
            consignment=offer,
            counts=[
                consignment.Counted(offer.lines.get(), quantity - broken - missing, broken, missing)
            ],
            by=self.cashier,
            at=make.moment(7),
        )

    def sell(
        self, sold: dict[Lot, int], *, at: datetime | None = None, means: str = "cash"
    ) -> Sale:
        """One receipt for these pieces."""
        total = sum(self.prices[lot.code] * pieces for lot, pieces in sold.items())
        return till.sell(
            key=new_key(),
            shift=self.shift,
            wants=[till.Want(product=lot.product, quantity=n) for lot, n in sold.items()],
            means=means,
            tendered=total,
            expected_total=total,
            by=self.cashier,
            at=at or make.moment(10),
        )

    def refund(
        self,
        sale: Sale,
        lot: Lot,
        pieces: int,
        *,
        sellable: bool = True,
        at: datetime | None = None,
    ) -> Refund:
        return till.refund(
            key=new_key(),
            sale=sale,
            shift=self.shift,
            lines=[
                till.Back(sale_line=sale.lines.get(lot=lot), quantity=pieces, sellable=sellable)
            ],
            reason="Kembali",
            by=self.cashier,
            at=at or make.moment(15),
        )

    def settle(self, office: str = "KLB", *, key=None, seen: str | None = None) -> Settlement:
        return actions.settle(
            key=key or new_key(),
            office=self.office(office),
            festival=self.festival,
            by=self.treasurer(office),
            at=make.moment(9, days=5),
            seen=seen,
        )


def open_stand(*offices: str) -> World:
    """A stand of NTT with these offices invited (KLB and KFM unless said), and an open shift with
    ten million rupiah of change."""
    stand = make.stand(invited=offices or ("KLB", "KFM"))
    cashier = make.officer(Role.CASHIER, "NTT")
    shift = till.open_shift(
        key=new_key(), stand=stand, float_amount=10_000_000, by=cashier, at=make.moment(7, 30)
    )
    return World(stand, shift, cashier)


def build(*offices: str) -> World:
    """Such a stand, and the usual scheme."""
    make.scheme()
    return open_stand(*offices)
