"""`karya verify` finds what somebody with the database's own keys has done to the receipts."""

from collections.abc import Callable

import pytest
from django.db import connection

from karyabina.base import guards
from karyabina.base.keys import new_key
from karyabina.ledger import verify
from karyabina.till import actions, invariants
from karyabina.till.models import Sale, Shift
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift() -> Shift:
    """Two sales, a refund of a good and a broken piece, and a closed shift beside an open one."""
    stand = make.stand(invited=("KLB",))
    melon = make.product("MELON")
    make.price(melon, 20_000)
    make.on_stand(make.lot(melon, 10, expiry_date=None), stand)
    first = make.shift(stand, 100_000)
    sale = make.sale(first, (melon, 3), total=60_000)
    make.sale(first, (melon, 1), total=20_000, means="qris")
    line = sale.lines.get()
    actions.refund(
        key=new_key(),
        sale=sale,
        shift=first,
        lines=[actions.Back(line, 1, True), actions.Back(line, 1, False)],
        reason="Busuk",
        by=first.opened_by,
        at=make.moment(11),
    )
    actions.close_shift(
        key=new_key(),
        shift=first,
        counted=119_000,
        note="",
        by=first.opened_by,
        at=make.moment(12),
    )
    second = make.shift(stand, 50_000)
    make.sale(second, (melon, 1), total=20_000)
    return second


def faults() -> list[str]:
    return [found.sentence for found in verify.run() if found.faults]


def test_books_that_nobody_touched_are_right(shift: Shift) -> None:
    assert faults() == []


DAMAGE: list[tuple[Callable[[], list[str]], str]] = [
    (
        invariants.lines_add_up_to_their_sale,
        "UPDATE till_saleline SET amount = amount + 1 WHERE n = 1",
    ),
    (invariants.receipts_have_no_gaps, "UPDATE till_sale SET number = 7 WHERE number = 2"),
    (
        invariants.every_sale_is_paid_in_the_books,
        "UPDATE till_sale SET total = total - 1 WHERE means = 'cash'",
    ),
    (
        invariants.every_sold_piece_left_the_books,
        "UPDATE till_saleline SET quantity = quantity + 1 WHERE quantity = 3",
    ),
    (invariants.every_refund_left_the_drawer, "UPDATE till_refund SET total = total + 1"),
    (
        invariants.lines_add_up_to_their_refund,
        "UPDATE till_refundline SET amount = amount - 1 WHERE sellable",
    ),
    (invariants.no_more_comes_back_than_was_sold, "UPDATE till_refundline SET quantity = 4"),
    (
        invariants.no_more_comes_back_than_was_sold,
        "UPDATE till_saleline SET quantity = 2 WHERE quantity = 3",
    ),
    (
        invariants.every_returned_piece_came_back_to_the_books,
        "UPDATE till_refundline SET quantity = 2 WHERE sellable",
    ),
    (
        invariants.drawers_hold_what_was_taken,
        "UPDATE till_sale SET means = 'cash' WHERE means = 'qris'",
    ),
    (
        invariants.drawers_hold_what_was_taken,
        "UPDATE till_close SET expected = expected + 5, counted = counted + 5",
    ),
    (invariants.drawers_hold_what_was_taken, "UPDATE till_shift SET float_amount = 49999"),
    (invariants.drawers_hold_what_was_taken, "DELETE FROM till_close"),
]


@pytest.mark.parametrize(("check", "damage"), DAMAGE, ids=[sql[:50] for _check, sql in DAMAGE])
def test_damage_is_found(check: Callable[[], list[str]], damage: str, shift: Shift) -> None:
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute(damage)
        assert cursor.rowcount > 0
        found = check()
    assert found
    assert all(found)


def test_every_invariant_is_tried() -> None:
    room = {rule.check for rule in verify.rules(of="karyabina.till")}
    assert room == {check for check, _damage in DAMAGE}


def test_many_drawers_are_compared_a_few_at_a_time(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "AT_ONCE", 1)
    assert invariants.drawers_hold_what_was_taken() == []
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE till_shift SET float_amount = float_amount + 1")
        assert len(invariants.drawers_hold_what_was_taken()) == Shift.objects.count()
    assert Sale.objects.count() == 3
