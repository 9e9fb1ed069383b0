"""`karya verify` finds books that say otherwise than the consignments."""

import pytest
from django.db import connection

from karyabina.base import guards
from karyabina.base.keys import new_key
from karyabina.consignment import invariants
from karyabina.consignment.models import Count, Receipt
from karyabina.ledger import actions as ledger
from tests import make

CHECKS = (
    invariants.only_what_travels_is_in_transit,
    invariants.what_is_missing_is_in_difference,
    invariants.every_line_received_is_counted,
    invariants.documents_explain_entries_of_their_kind,
)


def faults() -> dict[str, list[str]]:
    return {check.__name__: found for check in CHECKS if (found := check())}


@pytest.fixture
def busy(world):
    """Something in every state."""
    world.offer(1)
    world.consignment = world.sent(4)
    world.receive(world.consignment, (1, 1, 2))
    world.clear(world.consignment, "lost", 1)
    world.clear(world.consignment, "found", 1)
    world.travelling = world.sent(2)
    world.receive(world.sent(2))
    world.receive(world.send_back(1), (0, 0, 1))
    return world


def test_books_kept_by_the_actions_are_right(busy):
    assert faults() == {}


def test_goods_that_vanish_from_transit_are_found(busy):
    ledger.post(
        key=new_key(),
        kind="breakage",
        by=busy.sender,
        occurred_at=make.moment(12),
        request={},
        moves=[ledger.Move(busy.travelling.account, "outside:broken", busy.lot.code, 1)],
    )
    (fault,) = faults()["only_what_travels_is_in_transit"]
    assert f"transit:{busy.travelling.code}" in fault
    assert "2" in fault
    assert "1" in fault


def test_a_difference_that_no_count_explains_is_found(busy):
    ledger.post(
        key=new_key(),
        kind="loss",
        by=busy.sender,
        occurred_at=make.moment(12),
        request={},
        moves=[ledger.Move("difference:KLB", "outside:lost", busy.lot.code, 3)],
    )
    (fault,) = faults()["what_is_missing_is_in_difference"]
    assert "difference:KLB" in fault


@pytest.mark.django_db(transaction=True)
def test_a_line_that_was_not_counted_is_found(busy):
    with guards.lifted():
        Count.objects.filter(receipt__consignment=busy.travelling).delete()
        count = busy.consignment.receipt.counts.get()
        with connection.cursor() as cursor:
            key = count.pk.hex if connection.vendor == "sqlite" else str(count.pk)
            cursor.execute("DELETE FROM consignment_clearance")
            cursor.execute("DELETE FROM consignment_count WHERE key = %s", [key])
    assert busy.consignment.code in faults()["every_line_received_is_counted"][0]


def test_a_document_that_borrows_a_strangers_entry_is_found(busy):
    entry = ledger.post(
        key=new_key(),
        kind="breakage",
        by=busy.sender,
        occurred_at=make.moment(12),
        request={},
        moves=[ledger.Move("store:KLB", "outside:broken", busy.lot.code, 1)],
    )
    Receipt.objects.create(
        entry=entry,
        consignment=busy.travelling,
        place="stand",
        at=make.moment(12),
        by=busy.sender,
    )
    (fault,) = faults()["documents_explain_entries_of_their_kind"]
    assert busy.travelling.code in fault
    assert "breakage" in fault
