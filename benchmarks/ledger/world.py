"""What is sold in the measurements: stands, their goods and drawers, and whom each sale owes.

A *sale* is one entry with seven movements: three lots leave a stand, the buyer's money comes into
its drawer, and three offices are owed their part by whoever holds the stand. Where it happens
decides which rows two sellers meet in:

- *spread*: a hundred stands of a hundred holders, each with its own drawer, its own three lots and
  its own three offices. Two stands share nothing; it is the country on an ordinary day.
- *festival*: a hundred stands of one holder that sell the same lots of three offices. Stand and
  drawer are each stand's own; what is owed meets in four rows.
- *hot*: every sale at one and the same stand.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions import Move
from karyabina.staff import actions as staff
from karyabina.staff.models import Staff

STANDS = 100
MOVEMENTS = 7  # of one sale
PLENTY = 900_000_000_000
OPENED = datetime(2024, 1, 1, tzinfo=UTC)
WITA = timezone(timedelta(hours=8))
CASHIERS = 8  # different tills have different ones


@dataclass(frozen=True, slots=True)
class Place:
    """A stand, and everything that a sale at it touches."""

    stand: str
    drawer: str
    lots: tuple[str, ...]
    owed: str
    due: tuple[str, ...]
    home: str

    def sale(self, key: UUID, prices: Sequence[int], at: datetime) -> "Sale":
        return Sale(
            key=key,
            occurred_at=at,
            request={"stand": self.stand, "prices": list(prices)},
            moves=(
                *(Move(self.stand, "outside:buyer", lot, 1) for lot in self.lots),
                Move("outside:buyer", self.drawer, "IDR", sum(prices)),
                *(Move(self.owed, due, "IDR", p) for due, p in zip(self.due, prices, strict=True)),
            ),
        )


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale that is ready to be posted, whichever way."""

    key: UUID
    occurred_at: datetime
    request: dict[str, object]
    moves: tuple[Move, ...]


def _spread(number: int) -> Place:
    holder = f"H{number:02d}"
    offices = [f"{holder}{letter}" for letter in "ABC"]
    return Place(
        stand=f"stand:S{number:02d}",
        drawer=f"cash:S{number:02d}",
        lots=tuple(f"{office}-CONTOH-251029-1" for office in offices),
        owed=f"owed:{holder}",
        due=tuple(f"due:{office}" for office in offices),
        home=holder,
    )


def _festival(number: int) -> Place:
    offices = ("KLB", "KFM", "LPP")
    return Place(
        stand=f"stand:F{number:02d}",
        drawer=f"cash:F{number:02d}",
        lots=tuple(f"{office}-CONTOH-251029-1" for office in offices),
        owed="owed:NTT",
        due=tuple(f"due:{office}" for office in offices),
        home="NTT",
    )


SPREAD = tuple(_spread(n) for n in range(STANDS))
FESTIVAL = tuple(_festival(n) for n in range(STANDS))
PLACES = {"spread": SPREAD, "festival": FESTIVAL, "hot": SPREAD[:1]}
SAID = {
    "spread": "over 100 stands",
    "festival": "100 stands of one holder",
    "hot": "one stand",
}


def draw_sale(places: Sequence[Place], draw: random.Random) -> Sale:
    """A sale at a random one of `places`, now."""
    place = places[draw.randrange(len(places))]
    prices = [draw.randrange(5_000, 80_000, 500) for _ in place.lots]
    return place.sale(new_key(), prices, datetime.now(WITA))


def cashier(number: int) -> Staff:
    """Who sells at the till of this client."""
    return Staff.objects.get(username=f"ukur{number % CASHIERS}")


def set_up() -> None:
    """Every stand opened and full; nothing is sold yet."""
    for number in range(CASHIERS):
        name = f"Pengukur {number}"
        staff.enlist(username=f"ukur{number}", name=name, password=None, by=None, at=OPENED)
    person = cashier(0)
    homes = {"outside:buyer": "hub", "outside:workshop": "hub"}
    for place in (*SPREAD, *FESTIVAL):
        homes |= {place.stand: place.home, place.drawer: place.home, place.owed: place.home}
        homes |= {due: due.partition(":")[2] for due in place.due}
    ledger.open_accounts(homes=homes, at=OPENED)
    ledger.add_unit(code="IDR", kind="money")
    lots = dict.fromkeys(lot for place in (*SPREAD, *FESTIVAL) for lot in place.lots)
    ledger.add_units(codes=list(lots), kind="lot")
    for place in (*SPREAD, *FESTIVAL):
        ledger.post(
            key=new_key(),
            kind="production",
            by=person,
            occurred_at=OPENED,
            request={"fill": place.stand},
            moves=[Move("outside:workshop", place.stand, lot, PLENTY) for lot in place.lots],
        )
