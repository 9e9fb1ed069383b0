"""Offering, cancelling, despatching and sending back."""

from datetime import timedelta

import pytest

from karyabina.base.keys import new_key
from karyabina.consignment import actions, queries
from karyabina.consignment.actions import Piece, moving, sending
from karyabina.consignment.models import Consignment
from karyabina.festivals import actions as festivals
from karyabina.ledger.queries import KeyReused
from karyabina.staff.models import Audit, Role
from karyabina.stock import actions as stock
from tests import make


# --- offering ------------------------------------------------------------------------------------
def test_an_offer_moves_nothing_but_sets_goods_aside(world):
    consignment = world.offer(8)
    assert consignment.code == "KLB-GERAI-1"
    assert world.places() == {"store:KLB": 10}
    (there,) = queries.at_hand(world.office, make.moment(8))
    assert (there.quantity, there.promised, there.free) == (10, 8, 2)


def test_offers_are_numbered_per_office_and_stand(world):
    second = make.stand(world.stand.festival, code="TAMAN")
    codes = [world.offer(1).code, world.offer(1).code, world.offer(1, stand=second).code]
    assert codes == ["KLB-GERAI-1", "KLB-GERAI-2", "KLB-TAMAN-1"]


def test_an_offer_is_written_in_the_trail(world):
    world.offer()
    row = Audit.objects.get(what="consignment.offer")
    assert (row.about, row.office, row.by) == ("KLB-GERAI-1", world.office, world.sender)


def test_the_same_key_offers_once(world):
    key = new_key()
    assert world.offer(8, key=key) == world.offer(8, key=key)
    assert Consignment.objects.count() == 1


def test_the_same_key_with_other_goods_is_refused(world):
    key = new_key()
    world.offer(8, key=key)
    with pytest.raises(KeyReused):
        world.offer(7, key=key)


def test_the_same_key_is_answered_even_when_the_goods_are_gone(world):
    key = new_key()
    first = world.offer(10, key=key)
    world.despatch(first)
    assert world.offer(10, key=key) == first


def test_no_more_is_offered_than_lies_in_the_store(world):
    with pytest.raises(moving.NotEnoughAtHand, match=r"diminta 11 buah.*tersedia 10 buah"):
        world.offer(11)


def test_what_is_offered_cannot_be_offered_again(world):
    world.offer(8)
    with pytest.raises(moving.NotEnoughAtHand, match="tersedia 2 buah"):
        world.offer(3)


def test_goods_of_another_office_are_refused(world):
    with pytest.raises(moving.GoodsOfAnotherOffice, match="Kantor KFM"):
        world.offer(1, lot=world.foreign_lot)


def test_an_office_that_takes_no_part_is_refused(world):
    soe = make.office("SOE")
    lot = make.lot(make.product("JAHE", "SOE"), 5)
    with pytest.raises(sending.OfficeTakesNoPart):
        world.offer(1, office=soe, lot=lot)


def test_a_closed_stand_is_offered_nothing(world):
    festivals.close_stand(key=new_key(), stand=world.stand, by=world.region, at=make.moment(6))
    with pytest.raises(moving.StandIsClosed):
        world.offer(1)


def test_expired_goods_are_not_offered(world):
    lot = make.lot(world.lot.product, 5, expiry_date=make.DAY - timedelta(days=1))
    with pytest.raises(sending.LotHasExpired, match="28 Oktober 2025"):
        world.offer(1, lot=lot)


def test_on_their_last_day_goods_are_offered_still(world):
    lot = make.lot(world.lot.product, 5, expiry_date=make.DAY)
    assert world.offer(1, lot=lot).lines.get().quantity == 1


@pytest.mark.parametrize("quantity", [0, -1, 1_000_000_001])
def test_a_quantity_that_makes_no_sense_is_refused(world, quantity):
    with pytest.raises(moving.NotASaneQuantity):
        world.offer(quantity)


def test_an_empty_offer_is_refused(world):
    with pytest.raises(moving.NothingToSend):
        world.offer(lines=[])


def test_a_lot_named_twice_is_refused(world):
    with pytest.raises(moving.LotNamedTwice):
        world.offer(lines=[Piece(world.lot, 1), Piece(world.lot, 2)])


def test_an_offer_of_more_lines_than_an_entry_can_hold_is_refused(world):
    with pytest.raises(moving.TooManyLines):
        world.offer(lines=[Piece(world.lot, 1)] * 301)


def test_a_note_longer_than_its_column_is_refused(world):
    with pytest.raises(moving.TextTooLong):
        world.offer(1, note="x" * 301)


# --- cancelling ----------------------------------------------------------------------------------
def cancel(world, consignment, *, key=None, reason="Truk rusak"):
    return actions.cancel(
        key=key or new_key(),
        consignment=consignment,
        reason=reason,
        by=world.sender,
        at=make.moment(8),
    )


def test_a_cancelled_offer_sets_its_goods_free(world):
    cancel(world, world.offer(8))
    (there,) = queries.at_hand(world.office, make.moment(8))
    assert there.free == 10


def test_the_same_key_cancels_once_and_another_is_told_who_did(world):
    consignment, key = world.offer(8), new_key()
    assert cancel(world, consignment, key=key) == cancel(world, consignment, key=key)
    with pytest.raises(moving.AlreadyCancelled, match=r"workshop-klb.*29 Oktober 2025 08.00 WITA"):
        cancel(world, consignment)
    with pytest.raises(KeyReused):
        cancel(world, consignment, key=key, reason="Alasan lain")


def test_what_was_despatched_is_not_cancelled(world):
    with pytest.raises(moving.AlreadyDespatched):
        cancel(world, world.sent())


def test_a_cancellation_needs_a_reason(world):
    with pytest.raises(sending.NeedsAReason):
        cancel(world, world.offer(), reason="  ")


# --- despatching ---------------------------------------------------------------------------------
def test_despatched_goods_are_on_their_way_and_still_the_offices(world):
    consignment = world.sent(8)
    assert world.places() == {"store:KLB": 2, "transit:KLB-GERAI-1": 8}
    assert consignment.despatch.by == world.sender


def test_the_same_key_despatches_once_and_another_is_told_who_did(world):
    consignment, key = world.offer(8), new_key()
    assert world.despatch(consignment, key=key) == world.despatch(consignment, key=key)
    with pytest.raises(moving.AlreadyDespatched, match="workshop-klb"):
        world.despatch(consignment)
    assert world.places()["transit:KLB-GERAI-1"] == 8


def test_a_cancelled_offer_is_not_despatched(world):
    consignment = world.offer()
    cancel(world, consignment)
    with pytest.raises(moving.AlreadyCancelled):
        world.despatch(consignment)


def test_goods_that_broke_since_the_offer_are_not_despatched(world):
    consignment = world.offer(8)
    stock.break_pieces(
        key=new_key(),
        lot=world.lot,
        place="store:KLB",
        quantity=5,
        reason="Terjatuh",
        by=world.sender,
        at=make.moment(7, 30),
    )
    with pytest.raises(moving.NotEnoughAtHand, match=r"tersedia 5 buah.*Batalkan titipan ini"):
        world.despatch(consignment)
    assert world.places() == {"store:KLB": 5, "outside:broken": 5}


def test_goods_that_expired_since_the_offer_are_not_despatched(world):
    lot = make.lot(world.lot.product, 5, expiry_date=make.DAY)
    consignment = world.offer(1, lot=lot)
    with pytest.raises(sending.LotHasExpired):
        world.despatch(consignment, at=make.moment(8, days=1))


def test_nothing_is_despatched_to_a_stand_that_closed_since_the_offer(world):
    consignment = world.offer()
    festivals.close_stand(key=new_key(), stand=world.stand, by=world.region, at=make.moment(8))
    with pytest.raises(moving.StandIsClosed):
        world.despatch(consignment)


# --- sending back --------------------------------------------------------------------------------
def test_unsold_goods_leave_the_stand_at_once(world):
    world.receive(world.sent(8))
    back = world.send_back(3)
    assert back.code == "GERAI-KLB-B1"
    assert world.places() == {"store:KLB": 2, "stand:GERAI": 5, "transit:GERAI-KLB-B1": 3}
    assert back.despatch.key == back.key


def test_the_same_key_sends_back_once(world):
    world.receive(world.sent(8))
    key = new_key()
    assert world.send_back(3, key=key) == world.send_back(3, key=key)
    with pytest.raises(KeyReused):
        world.send_back(4, key=key)
    assert world.places()["stand:GERAI"] == 5


def test_no_more_is_sent_back_than_stands_there(world):
    world.receive(world.sent(8))
    with pytest.raises(moving.NotEnoughAtHand, match="di Gerai GERAI tersedia 8 buah"):
        world.send_back(9)
    assert not Consignment.objects.filter(direction="back").exists()


def test_goods_go_home_to_their_own_office_only(world):
    world.receive(world.sent(8))
    with pytest.raises(moving.GoodsOfAnotherOffice):
        world.send_back(3, office=make.office("KFM"))


def test_a_closed_stand_still_sends_goods_home(world):
    world.receive(world.sent(8))
    festivals.close_stand(key=new_key(), stand=world.stand, by=world.region, at=make.moment(16))
    world.receive(world.send_back(8))
    assert world.places() == {"store:KLB": 10}


def test_expired_goods_may_go_home(world):
    lot = make.lot(world.lot.product, 5, expiry_date=make.DAY)
    world.receive(world.sent(5, lot=lot))
    back = world.send_back(lines=[Piece(lot, 5)], at=make.moment(9, days=2))
    assert world.places(lot) == {f"transit:{back.code}": 5}


def test_who_may_look_is_told_what_each_office_has_at_the_stand(world):
    world.receive(world.sent(8))
    kfm = make.office("KFM")
    sender = make.officer(Role.WORKSHOP, "KFM")
    world.receive(world.sent(4, office=kfm, lot=world.foreign_lot, by=sender))
    here = queries.at_stand(world.stand)
    found = [(office.code, [(one.lot, one.quantity) for one in lots]) for office, lots in here]
    assert found == [("KFM", [(world.foreign_lot, 4)]), ("KLB", [(world.lot, 8)])]
