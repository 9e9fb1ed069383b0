"""The rules that the database holds, tried with raw SQL that goes around the actions."""

from datetime import UTC

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.consignment import actions
from karyabina.consignment.models import Consignment
from karyabina.festivals import actions as festivals
from karyabina.ledger import actions as ledger
from tests import make


def sql(statement: str, **values: object) -> None:
    """Run one statement with named values, as this engine stores them."""
    for name, value in values.items():
        if connection.vendor == "sqlite" and hasattr(value, "hex") and not isinstance(value, float):
            values[name] = value.hex
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, says: str | None, **values: object) -> None:
    with pytest.raises(DatabaseError, match=says):
        sql(statement, **values)


LINE = """INSERT INTO consignment_line (key, consignment_id, lot_id, quantity)
    VALUES (%(key)s, %(consignment)s, %(lot)s, %(quantity)s)"""
CANCELLATION = """INSERT INTO consignment_cancellation
    (key, consignment_id, reason, digest, at, by_id)
    VALUES (%(key)s, %(consignment)s, 'x', 'x', %(at)s, %(by)s)"""
DESPATCH = """INSERT INTO consignment_despatch (key, consignment_id, at, by_id)
    VALUES (%(key)s, %(consignment)s, %(at)s, %(by)s)"""
RECEIPT = """INSERT INTO consignment_receipt (key, consignment_id, place, note, at, by_id)
    VALUES (%(key)s, %(consignment)s, %(place)s, '', %(at)s, %(by)s)"""
COUNT = """INSERT INTO consignment_count (key, receipt_id, line_id, good, broken, missing)
    VALUES (%(key)s, %(receipt)s, %(line)s, %(good)s, %(broken)s, %(missing)s)"""
CLEARANCE = """INSERT INTO consignment_clearance
    (key, count_id, outcome, quantity, reason, at, by_id)
    VALUES (%(key)s, %(count)s, 'lost', %(quantity)s, 'x', %(at)s, %(by)s)"""


@pytest.fixture
def who(world) -> dict[str, object]:
    """Values that every row here has."""
    return {"at": make.moment(9).astimezone(UTC), "by": world.sender.pk}


def an_entry(world) -> object:
    """The key of some entry: a raw document needs one to be the reason of."""
    return ledger.post(
        key=new_key(),
        kind="breakage",
        by=world.sender,
        occurred_at=make.moment(9),
        request={"raw": str(new_key())},
        moves=[ledger.Move("store:KLB", "outside:broken", world.lot.code, 1)],
    ).pk


def bare(world, direction: str = "out") -> Consignment:
    """A consignment without lines, as no action makes it."""
    return Consignment.objects.create(
        code=f"KLB-GERAI-{direction.upper()}9",
        direction=direction,
        office=world.office,
        stand=world.stand,
        digest="x",
        offered_at=make.moment(7),
        offered_by=world.sender,
    )


def test_a_line_carries_goods_of_its_own_office(world):
    refused(
        LINE,
        "goods of the office",
        key=new_key(),
        consignment=bare(world).pk,
        lot=world.foreign_lot.pk,
        quantity=1,
    )


def test_no_line_is_added_after_the_despatch_or_the_cancellation(world):
    sent, taken_back = world.sent(1), world.offer(1)
    actions.cancel(
        key=new_key(), consignment=taken_back, reason="x", by=world.sender, at=make.moment(8)
    )
    other = make.lot(world.lot.product, 5)
    for consignment in (sent, taken_back):
        refused(
            LINE,
            "only offered",
            key=new_key(),
            consignment=consignment.pk,
            lot=other.pk,
            quantity=1,
        )


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_line_is_of_some_pieces(world, quantity):
    given = {"key": new_key(), "consignment": bare(world).pk, "lot": world.lot.pk}
    refused(LINE, "line_is_of_some_pieces|quantity", quantity=quantity, **given)


def test_a_fraction_of_a_piece_is_not_kept(world):
    consignment = bare(world)
    given = {"key": new_key(), "consignment": consignment.pk, "lot": world.lot.pk}
    if connection.vendor == "sqlite":
        refused(LINE, "whole numbers", quantity=1.5, **given)
    else:  # a bigint column rounds; the ledger's own amounts refuse fractions there
        sql(LINE, quantity=1.5, **given)
        assert consignment.lines.get().quantity == 2


def test_what_was_despatched_is_not_cancelled(world, who):
    refused(CANCELLATION, "not cancelled", key=new_key(), consignment=world.sent().pk, **who)


def test_what_was_cancelled_is_not_despatched(world, who):
    consignment = world.offer(2)
    sql(CANCELLATION, key=new_key(), consignment=consignment.pk, **who)
    entry = an_entry(world)
    refused(DESPATCH, "not despatched", key=entry, consignment=consignment.pk, **who)


def test_a_despatch_carries_something(world, who):
    entry = an_entry(world)
    refused(DESPATCH, "carries something", key=entry, consignment=bare(world).pk, **who)


def test_a_despatch_happens_once(world, who):
    consignment = world.sent(2)
    refused(DESPATCH, None, key=an_entry(world), consignment=consignment.pk, **who)


def test_nothing_is_despatched_to_nor_received_at_a_closed_stand(world, who):
    offered, sent = world.offer(2), world.sent(2)
    festivals.close_stand(key=new_key(), stand=world.stand, by=world.region, at=make.moment(9))
    entry = an_entry(world)
    refused(DESPATCH, "closed stand", key=entry, consignment=offered.pk, **who)
    refused(RECEIPT, "closed stand", key=entry, consignment=sent.pk, place="stand", **who)
    sql(RECEIPT, key=entry, consignment=sent.pk, place="store", **who)


def test_only_what_was_despatched_is_received_and_only_once(world, who):
    entry = an_entry(world)
    refused(RECEIPT, "despatched", key=entry, consignment=world.offer(2).pk, place="stand", **who)
    received = world.sent(2)
    world.receive(received)
    refused(RECEIPT, None, key=entry, consignment=received.pk, place="stand", **who)


def test_goods_sent_back_are_received_in_the_store(world, who):
    world.receive(world.sent(4))
    back, entry = world.send_back(2), an_entry(world)
    refused(RECEIPT, "sent back", key=entry, consignment=back.pk, place="stand", **who)
    out = world.sent(1).pk
    refused(RECEIPT, "receipt_place_is_known", key=entry, consignment=out, place="sea", **who)


@pytest.mark.parametrize(
    "numbers", [(3, 0, 0), (5, 0, 0), (1, 1, 1), (5, -1, 0), (0, 0, 0), (3.5, 1.5, 0)]
)
def test_a_count_makes_up_what_was_sent(world, who, numbers):
    consignment, entry = world.sent(4), an_entry(world)
    sql(RECEIPT, key=entry, consignment=consignment.pk, place="stand", **who)
    given = {"key": new_key(), "receipt": entry, "line": consignment.lines.get().pk}
    good, broken, missing = numbers
    refused(COUNT, None, good=good, broken=broken, missing=missing, **given)


def test_a_count_is_of_a_line_of_its_own_consignment(world, who):
    mine, other, entry = world.sent(4), world.sent(4), an_entry(world)
    sql(RECEIPT, key=entry, consignment=mine.pk, place="stand", **who)
    line = other.lines.get().pk
    given = {"key": new_key(), "receipt": entry, "good": 4, "broken": 0, "missing": 0}
    refused(COUNT, "make up what was sent", line=line, **given)


def test_all_clearances_of_a_count_stay_within_what_is_missing(world, who):
    consignment = world.sent(4)
    world.receive(consignment, (1, 0, 3))
    world.clear(consignment, "found", 2)
    count, entry = consignment.receipt.counts.get().pk, an_entry(world)
    refused(CLEARANCE, "are missing", key=entry, count=count, quantity=2, **who)
    refused(CLEARANCE, None, key=entry, count=count, quantity=0, **who)
    sql(CLEARANCE, key=entry, count=count, quantity=1, **who)


@pytest.mark.parametrize(
    "table",
    ["consignment", "line", "cancellation", "despatch", "receipt", "count", "clearance"],
)
def test_no_row_is_changed_or_removed(world, table):
    taken_back = world.offer(1)
    actions.cancel(
        key=new_key(), consignment=taken_back, reason="x", by=world.sender, at=make.moment(8)
    )
    consignment = world.sent(4)
    world.receive(consignment, (1, 0, 3))
    world.clear(consignment, "found", 2)
    refused(f"UPDATE consignment_{table} SET key = key", "append-only")
    refused(f"DELETE FROM consignment_{table}", "append-only")
    if connection.vendor == "sqlite":
        replace = f"INSERT OR REPLACE INTO consignment_{table} SELECT * FROM consignment_{table}"
        refused(replace, None)
    else:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        refused(f"TRUNCATE consignment_{table} CASCADE", "append-only")
