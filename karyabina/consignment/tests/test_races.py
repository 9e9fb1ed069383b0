"""Two people at once, each on a connection of their own: on both engines one of them wins."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.consignment import actions
from karyabina.consignment.actions import arriving, moving
from karyabina.consignment.models import Clearance, Consignment, Despatch, Receipt
from karyabina.consignment.tests.world import World, build
from karyabina.festivals import actions as festivals
from karyabina.staff.models import Role
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db) -> World:
    return build()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start together; what each gave, or its refusal."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            results[n] = act()
        except Exception as problem:  # noqa: BLE001 whatever it was is looked at
            results[n] = problem
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def winner_and_refusal(results: list[object]) -> tuple[object, Refusal]:
    done = [one for one in results if not isinstance(one, Exception)]
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(done) == 1, results
    assert all(isinstance(one, Refusal) for one in refused), results
    return done[0], refused[0]


def test_two_receivers_with_different_counts(world):
    consignment = world.sent(8)
    other = make.officer(Role.REGIONAL, "NTT")
    done, refusal = winner_and_refusal(
        at_once(
            lambda: world.receive(consignment, (8, 0, 0)),
            lambda: world.receive(consignment, (6, 1, 1), by=other),
        )
    )
    assert isinstance(refusal, arriving.AlreadyReceived)
    assert done.by.name in str(refusal)
    assert Receipt.objects.get() == done
    good = done.counts.get().good
    assert world.places()["stand:GERAI"] == good


def test_two_despatchers(world):
    consignment = world.offer(8)
    done, refusal = winner_and_refusal(
        at_once(lambda: world.despatch(consignment), lambda: world.despatch(consignment))
    )
    assert isinstance(refusal, moving.AlreadyDespatched)
    assert Despatch.objects.get() == done
    assert world.places() == {"store:KLB": 2, f"transit:{consignment.code}": 8}


def test_one_despatches_while_another_cancels(world):
    consignment = world.offer(8)
    _done, refusal = winner_and_refusal(
        at_once(
            lambda: world.despatch(consignment),
            lambda: actions.cancel(
                key=new_key(),
                consignment=consignment,
                reason="Batal",
                by=world.sender,
                at=make.moment(8),
            ),
        )
    )
    assert isinstance(refusal, moving.AlreadyDespatched | moving.AlreadyCancelled)


def test_two_people_offer_more_than_there_is(world):
    results = at_once(*[lambda: world.offer(4)] * 4)
    made = [one for one in results if isinstance(one, Consignment)]
    assert sorted(one.code for one in made) == ["KLB-GERAI-1", "KLB-GERAI-2"]
    assert all(isinstance(one, moving.NotEnoughAtHand | Consignment) for one in results), results


def test_the_same_offer_twice_at_once_is_one(world):
    key = new_key()
    first, second = at_once(*[lambda: world.offer(4, key=key)] * 2)
    assert first == second == Consignment.objects.get()


def test_the_same_receipt_twice_at_once_is_one(world):
    consignment, key = world.sent(8), new_key()
    first, second = at_once(*[lambda: world.receive(consignment, (7, 0, 1), key=key)] * 2)
    assert first == second == Receipt.objects.get()


def test_two_people_clear_the_same_pieces(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 0, 3))
    _done, refusal = winner_and_refusal(
        at_once(
            lambda: world.clear(consignment, "lost", 2),
            lambda: world.clear(consignment, "found", 2),
        )
    )
    assert isinstance(refusal, arriving.MoreThanMissing)
    assert Clearance.objects.count() == 1


def test_two_people_send_the_same_pieces_home(world):
    world.receive(world.sent(8))
    _done, refusal = winner_and_refusal(
        at_once(lambda: world.send_back(5), lambda: world.send_back(5))
    )
    assert isinstance(refusal, moving.NotEnoughAtHand)
    assert world.places()["stand:GERAI"] == 3


def test_a_stand_closes_while_goods_are_received(world):
    consignment = world.sent(8)
    closed, received = at_once(
        lambda: festivals.close_stand(
            key=new_key(), stand=world.stand, by=world.region, at=make.moment(9)
        ),
        lambda: world.receive(consignment),
    )
    assert not isinstance(closed, Exception)
    if isinstance(received, Exception):
        assert isinstance(received, arriving.StandCannotReceive)
        assert world.places() == {"store:KLB": 2, f"transit:{consignment.code}": 8}
    else:
        assert world.places() == {"store:KLB": 2, "stand:GERAI": 8}
