"""Twelve jars travel from Kalabahi to the festival and back: who did what, and where they are.

Kalabahi (KLB) lies on Alor; its goods come to Kupang by ship. The regional office (NTT) holds the
stand and sells there. After each step every jar is in exactly one place.
"""

import pytest

from karyabina.base.keys import new_key
from karyabina.consignment import actions as consignment
from karyabina.consignment import queries
from karyabina.consignment.actions import Counted, Piece
from karyabina.consignment.models import Consignment, State
from karyabina.festivals import actions as festivals
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.staff.models import Role
from karyabina.stock import actions as stock
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from tests import make

PLACES = {
    "store": "store:KLB",
    "ship": "transit:KLB-GERAI-1",
    "stand": "stand:GERAI",
    "missing": "difference:KLB",
    "way_home": "transit:GERAI-KLB-B1",
    "sold": "outside:buyer",
    "broken": "outside:broken",
    "lost": "outside:lost",
}


def jars(lot: Lot) -> dict[str, int]:
    """Where the jars are, in the words of this story; nowhere else are any."""
    found = {name: books.balance(account, lot.code) for name, account in PLACES.items()}
    assert sum(found.values()) == lot.quantity, found
    return {name: number for name, number in found.items() if number}


def state_of(one: Consignment) -> str:
    return queries.story(one).state


@pytest.mark.django_db
def test_twelve_jars_go_to_the_festival_and_the_rest_comes_home():
    # Before: the region arranges a stand and invites Kalabahi, which has made twelve jars.
    stand = make.stand(invited=("KLB",))
    jar = make.product("SAMBAL", "KLB", name="Sambal lu'at", category="makanan")
    make.price(jar, 25_000)
    lot = make.lot(jar, 12)
    workshop = make.officer(Role.WORKSHOP, "KLB")
    cashier = make.officer(Role.CASHIER, "NTT")
    region = make.officer(Role.REGIONAL, "NTT")
    assert jars(lot) == {"store": 12}

    # Two days before, the workshop sets ten aside for the stand: nothing has moved yet.
    offered = consignment.offer(
        key=new_key(),
        office=lot.office,
        stand=stand,
        lines=[Piece(lot, 10)],
        note="Satu peti, kapal Minggu",
        by=workshop,
        at=make.moment(8, days=-2),
    )
    assert state_of(offered) == State.OFFERED
    assert jars(lot) == {"store": 12}

    # The ship leaves.
    consignment.despatch(
        key=new_key(), consignment=offered, by=workshop, at=make.moment(16, days=-2)
    )
    assert state_of(offered) == State.SENT
    assert jars(lot) == {"store": 2, "ship": 10}

    # In Kupang the crate is opened: one jar is broken, two are not there.
    arrived = consignment.receive(
        key=new_key(),
        consignment=offered,
        counts=[Counted(offered.lines.get(), good=7, broken=1, missing=2)],
        note="Peti terbuka",
        by=cashier,
        at=make.moment(7),
    )
    assert jars(lot) == {"store": 2, "stand": 7, "missing": 2, "broken": 1}

    # The crew finds one of the two; the region writes the other off. Both say why.
    count = arrived.counts.get()
    for outcome, reason in (("found", "Di kabin mualim"), ("lost", "Awak kapal tidak tahu")):
        consignment.clear(
            key=new_key(),
            count=count,
            outcome=outcome,
            quantity=1,
            reason=reason,
            by=region,
            at=make.moment(8),
        )
    assert jars(lot) == {"store": 2, "stand": 8, "broken": 1, "lost": 1}

    # Five are sold, one comes back unopened, and one falls from the table.
    drawer = make.shift(stand, cashier=cashier)
    bought = make.sale(drawer, (jar, 5), total=125_000)
    till.refund(
        key=new_key(),
        sale=bought,
        shift=drawer,
        lines=[till.Back(sale_line=bought.lines.get(), quantity=1, sellable=True)],
        reason="Terlalu pedas",
        by=cashier,
        at=make.moment(11),
    )
    fallen = {"lot": lot, "place": stand.account, "quantity": 1, "reason": "Jatuh dari meja"}
    stock.break_pieces(key=new_key(), by=cashier, at=make.moment(12), **fallen)
    assert jars(lot) == {"store": 2, "stand": 3, "sold": 4, "broken": 2, "lost": 1}

    # In the evening the stand closes; what is left goes home and is counted in Kalabahi.
    festivals.close_stand(key=new_key(), stand=stand, by=region, at=make.moment(20))
    back = consignment.send_back(
        key=new_key(),
        stand=stand,
        office=lot.office,
        lines=[Piece(lot, 3)],
        by=cashier,
        at=make.moment(21),
    )
    assert jars(lot) == {"store": 2, "way_home": 3, "sold": 4, "broken": 2, "lost": 1}
    consignment.receive(
        key=new_key(),
        consignment=back,
        counts=[Counted(back.lines.get(), good=3)],
        by=workshop,
        at=make.moment(10, days=3),
    )
    assert jars(lot) == {"store": 5, "sold": 4, "broken": 2, "lost": 1}

    # Both journeys are done, the region owes for four jars, and the books agree.
    assert {state_of(offered), state_of(back)} == {State.DONE}
    assert books.balance("due:KLB", "IDR") == 100_000
    assert [finding for finding in verify.run() if finding.faults] == []
