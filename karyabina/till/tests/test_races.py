"""Several people at once: eight cashiers and the last pieces, a doubled click, a closing drawer."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.catalogue.models import Product
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger import actions as books
from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.staff import actions as staff
from karyabina.staff.models import Role, Staff
from karyabina.stock.queries import NotEnoughGoods
from karyabina.till import actions
from karyabina.till.actions.refunds import MoreThanWasSold
from karyabina.till.actions.sales import NotOnThisStand
from karyabina.till.actions.shifts import ShiftIsClosed, ShiftIsOpenAlready, StandIsClosed
from karyabina.till.models import Close, Refund, RefundLine, Sale, Shift
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
CASHIERS = 8


def together(doings: list[Callable[[], Any]]) -> list[Any]:
    """Do all at the same moment, each on its own connection: what each returned, or its refusal."""
    start = Barrier(len(doings))

    def one(doing: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return doing()
        except Refusal as no:
            return no
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as people:
        return list(people.map(one, doings))


def clean() -> None:
    assert [finding for finding in verify.run() if finding.faults] == []


@pytest.fixture
def stand() -> Stand:
    return make.stand(invited=("KLB",))


@pytest.fixture
def melon(stand: Stand) -> Product:
    """Ten melons in three lots."""
    product = make.product("MELON")
    make.price(product, 20_000)
    for quantity in (4, 3, 3):
        make.on_stand(make.lot(product, quantity), stand, quantity)
    return product


def cashier(n: int) -> Staff:
    return staff.enlist(
        username=f"kasir-{n}", name=f"kasir {n}", password="x", by=None, at=make.moment(1)
    )


def want(shift: Shift, product: Product, **other: Any) -> Callable[[], Sale]:
    given = {
        "key": new_key(),
        "wants": [actions.Want(product, 1)],
        "means": "cash",
        "tendered": 20_000,
        "expected_total": 20_000,
        "by": shift.opened_by,
        "at": make.moment(10),
    }
    return lambda: actions.sell(shift=shift, **(given | other))


def test_eight_cashiers_do_not_oversell_the_last_pieces(stand: Stand, melon: Product) -> None:
    """They use every lot to the end: nobody is refused while another lot still has some."""
    drawers = [make.shift(stand, cashier=cashier(n)) for n in range(CASHIERS)]
    sold, refused = 0, 0
    for _round in range(2):
        for done in together([want(shift, melon) for shift in drawers]):
            sold += isinstance(done, Sale)
            refused += isinstance(done, NotEnoughGoods | NotOnThisStand)
    assert (sold, refused) == (10, 2 * CASHIERS - 10)
    assert not [n for (code, _unit), n in ledger.balances(["stand:GERAI"]).items() if n]
    assert ledger.balance("due:KLB", "IDR") == 200_000
    clean()


def test_a_click_doubled_eight_times_is_one_sale_and_eight_screens_get_eight_numbers(
    stand: Stand, melon: Product
) -> None:
    key = new_key()
    shift = make.shift(stand)
    done = together([want(shift, melon, key=key) for _ in range(CASHIERS)])
    assert {getattr(sale, "pk", sale) for sale in done} == {key}
    assert Sale.objects.count() == 1
    done = together([want(shift, melon) for _ in range(CASHIERS)])
    assert sorted(sale.number for sale in done) == list(range(2, CASHIERS + 2))
    clean()


def around_the_actions(shift: Shift, sale: Sale) -> None:
    """Two transactions refund the one piece by hand: the second waits, and then is refused."""
    line = sale.lines.get()

    def by_hand() -> bool | str:
        entry = books.post(
            key=new_key(),
            kind="refund",
            by=shift.opened_by,
            occurred_at=make.moment(11),
            request={"by": "hand"},
            moves=[books.Move(shift.account, "outside:buyer", "IDR", 20_000)],
        )
        try:
            with transaction.atomic():
                RefundLine.objects.create(
                    refund_id=entry.pk, sale_line=line, quantity=1, amount=20_000, sellable=True
                )
                time.sleep(0.1)
                Refund.objects.create(
                    entry=entry,
                    sale=sale,
                    shift=shift,
                    total=20_000,
                    reason="x",
                    occurred_at=make.moment(11),
                    by=shift.opened_by,
                )
        except DatabaseError as no:
            return str(no)
        return True

    said = together([by_hand, by_hand])
    assert said.count(True) == 1
    assert any("no more comes back than was sold" in str(one) for one in said)


def test_eight_refunds_at_once_give_back_no_more_than_was_sold(
    stand: Stand, melon: Product
) -> None:
    """Nor do two that go around the actions: there the database alone decides."""
    sale = make.sale(make.shift(stand, 500_000), (melon, 3), total=60_000)
    line = sale.lines.get()
    drawers = [make.shift(stand, 100_000, cashier=cashier(n)) for n in range(CASHIERS)]

    def bring(shift: Shift) -> Callable[[], Refund]:
        return lambda: actions.refund(
            key=new_key(),
            sale=sale,
            shift=shift,
            lines=[actions.Back(line, 1, True)],
            reason="Salah pilih",
            by=shift.opened_by,
            at=make.moment(11),
        )

    done = together([bring(shift) for shift in drawers])
    assert sum(isinstance(one, Refund) for one in done) == 3
    assert sum(isinstance(one, MoreThanWasSold) for one in done) == CASHIERS - 3
    clean()
    shift = drawers[0]
    around_the_actions(shift, make.sale(shift, (melon, 1), total=20_000))


def test_opening_selling_and_closing_wait_for_each_other(stand: Stand, melon: Product) -> None:
    """One cashier on two phones has one shift. A drawer is counted with every sale that is in it,
    and none comes after; nor does any after the stand has closed."""
    who = make.officer(Role.CASHIER, "NTT")
    done = together(
        [
            lambda: actions.open_shift(
                key=new_key(), stand=stand, float_amount=0, by=who, at=make.moment(8)
            )
            for _ in range(CASHIERS)
        ]
    )
    (shift,) = [one for one in done if isinstance(one, Shift)]
    assert sum(isinstance(one, ShiftIsOpenAlready) for one in done) == CASHIERS - 1

    def count() -> Close:
        return actions.close_shift(
            key=new_key(), shift=shift, counted=0, note="", by=who, at=make.moment(17)
        )

    *sold, close = together([*[want(shift, melon) for _ in range(5)], count])
    assert all(isinstance(one, Sale | ShiftIsClosed) for one in sold)
    assert close.expected == 20_000 * sum(isinstance(one, Sale) for one in sold)

    def close_stand() -> object:
        regional = make.officer(Role.REGIONAL, "NTT")
        return festivals.close_stand(key=new_key(), stand=stand, by=regional, at=make.moment(18))

    drawers = [make.shift(stand, 0, cashier=cashier(n)) for n in range(5)]
    *sold, _closure = together([*[want(one, melon) for one in drawers], close_stand])
    assert all(isinstance(one, Sale | StandIsClosed) for one in sold)
    clean()
