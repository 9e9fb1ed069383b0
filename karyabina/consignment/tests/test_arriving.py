"""Receiving, turning back, and saying what became of missing pieces."""

import pytest

from karyabina.base.keys import new_key
from karyabina.consignment import actions, queries
from karyabina.consignment.actions import Counted, arriving, moving
from karyabina.consignment.models import Consignment, Receipt, State
from karyabina.festivals import actions as festivals
from karyabina.ledger.queries import KeyReused
from tests import make


def state(consignment: Consignment) -> str:
    """As the list and the page say it: both must agree."""
    listed = Consignment.objects.with_state().get(pk=consignment.pk).state
    assert queries.story(Consignment.objects.get(pk=consignment.pk)).state == listed
    return listed


# --- receiving -----------------------------------------------------------------------------------
def test_each_piece_is_booked_where_it_was_found_to_be(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 2, 1))
    assert world.places() == {
        "store:KLB": 2,
        "stand:GERAI": 5,
        "outside:broken": 2,
        "difference:KLB": 1,
    }


def test_the_same_key_receives_once(world):
    consignment, key = world.sent(8), new_key()
    first = world.receive(consignment, (5, 2, 1), key=key)
    assert world.receive(consignment, (5, 2, 1), key=key) == first
    with pytest.raises(KeyReused):
        world.receive(consignment, (8, 0, 0), key=key)


def test_a_second_count_is_refused_and_told_who_counted_and_when(world):
    consignment = world.sent(8)
    world.receive(consignment, (8, 0, 0))
    with pytest.raises(
        arriving.AlreadyReceived, match=r"cashier-ntt pada 29 Oktober 2025 09.00 WITA"
    ):
        world.receive(consignment, (7, 1, 0))
    assert world.places() == {"store:KLB": 2, "stand:GERAI": 8}


def test_an_offer_is_not_received_before_it_was_sent(world):
    with pytest.raises(arriving.NotYetDespatched):
        world.receive(world.offer(8))


def test_a_cancelled_offer_is_not_received(world):
    consignment = world.offer(8)
    actions.cancel(
        key=new_key(), consignment=consignment, reason="Hujan", by=world.sender, at=make.moment(8)
    )
    with pytest.raises(moving.AlreadyCancelled):
        world.receive(consignment)


def test_more_than_was_sent_is_refused_with_what_to_do(world):
    consignment = world.sent(8)
    with pytest.raises(arriving.CountedMoreThanSent, match=r"mintalah.*titipan baru"):
        world.receive(consignment, (9, 0, 0))
    assert world.places()["transit:KLB-GERAI-1"] == 8


def test_less_than_was_sent_is_refused_with_what_to_do(world):
    with pytest.raises(arriving.CountedLessThanSent, match="rusak atau kurang"):
        world.receive(world.sent(8), (7, 0, 0))


def test_a_negative_count_is_refused(world):
    with pytest.raises(arriving.NegativeCount):
        world.receive(world.sent(8), (9, -1, 0))


def test_every_line_is_counted_once_and_no_other(world):
    consignment, other = world.sent(4), world.sent(4)
    line, foreign = consignment.lines.get(), other.lines.get()
    for counts in ([], [Counted(line, 4), Counted(line, 4)], [Counted(foreign, 4)]):
        with pytest.raises(arriving.CountsDoNotFit):
            actions.receive(
                key=new_key(),
                consignment=consignment,
                counts=counts,
                by=world.cashier,
                at=make.moment(9),
            )


def test_a_closed_stand_receives_nothing_but_the_goods_can_turn_back(world):
    consignment = world.sent(8)
    festivals.close_stand(key=new_key(), stand=world.stand, by=world.region, at=make.moment(9))
    with pytest.raises(arriving.StandCannotReceive, match="kembali sebelum sampai"):
        world.receive(consignment)
    world.turn_back(consignment, (7, 1, 0))
    assert world.places() == {"store:KLB": 9, "outside:broken": 1}
    assert state(consignment) == State.DONE


def test_goods_sent_home_are_received_in_the_store(world):
    world.receive(world.sent(8))
    back = world.send_back(3)
    assert world.receive(back, (2, 0, 1)).place == Receipt.Place.STORE
    assert world.places() == {"store:KLB": 4, "stand:GERAI": 5, "difference:KLB": 1}


# --- turning back --------------------------------------------------------------------------------
def test_goods_that_turned_back_are_not_received_as_well(world):
    consignment, key = world.sent(8), new_key()
    first = world.turn_back(consignment, (8, 0, 0), key=key)
    assert world.turn_back(consignment, (8, 0, 0), key=key) == first
    with pytest.raises(arriving.AlreadyReceived):
        world.receive(consignment)


def test_goods_on_their_way_home_do_not_turn_back(world):
    world.receive(world.sent(8))
    with pytest.raises(arriving.OnlyGoodsOnTheirWayOut):
        world.turn_back(world.send_back(3), (3, 0, 0))


# --- clearing what is missing --------------------------------------------------------------------
def test_missing_pieces_wait_until_a_person_says_what_became_of_them(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 0, 3))
    assert state(consignment) == State.RECEIVED
    world.clear(consignment, "found", 2)
    world.clear(consignment, "lost", 1)
    assert world.places() == {"store:KLB": 2, "stand:GERAI": 7, "outside:lost": 1}


def test_no_more_is_cleared_than_is_missing(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 0, 3))
    world.clear(consignment, "found", 2)
    with pytest.raises(arriving.MoreThanMissing, match="hanya 1 buah"):
        world.clear(consignment, "lost", 2)
    with pytest.raises(moving.NotASaneQuantity):
        world.clear(consignment, "lost", 0)
    with pytest.raises(arriving.NeedsAnExplanation):
        world.clear(consignment, "lost", 1, reason=" ")


def test_the_same_key_clears_once(world):
    consignment, key = world.sent(8), new_key()
    world.receive(consignment, (5, 0, 3))
    assert world.clear(consignment, "lost", key=key) == world.clear(consignment, "lost", key=key)
    with pytest.raises(KeyReused):
        world.clear(consignment, "found", key=key)
    assert world.places()["outside:lost"] == 1


def test_what_is_found_on_the_way_home_goes_to_the_store(world):
    world.receive(world.sent(8))
    back = world.send_back(3)
    world.receive(back, (2, 0, 1))
    assert state(back) == State.RECEIVED
    world.clear(back, "found")
    assert world.places() == {"store:KLB": 5, "stand:GERAI": 5}
    assert state(back) == State.DONE


# --- the states ----------------------------------------------------------------------------------
def test_a_consignment_goes_through_its_states(world):
    consignment = world.offer(8)
    assert state(consignment) == State.OFFERED
    world.despatch(consignment)
    assert state(consignment) == State.SENT
    world.receive(consignment)
    assert state(consignment) == State.RECEIVED
    festivals.close_stand(key=new_key(), stand=world.stand, by=world.region, at=make.moment(20))
    assert state(consignment) == State.DONE


def test_a_cancelled_offer_is_done(world):
    consignment = world.offer(8)
    actions.cancel(
        key=new_key(), consignment=consignment, reason="Hujan", by=world.sender, at=make.moment(8)
    )
    assert state(consignment) == State.DONE


def test_the_story_tells_what_happened_in_order(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 0, 3), note="Kotak terbuka")
    world.clear(consignment, "lost", 3)
    story = queries.story(Consignment.objects.get(pk=consignment.pk))
    assert [event.what for event in story.events] == ["offered", "despatched", "received", "lost"]
    assert story.events[2].note == "Kotak terbuka"
    assert story.rows[0].still_missing == 0
