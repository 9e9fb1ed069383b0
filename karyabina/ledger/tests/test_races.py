"""Several people at once: nobody sells what another has sold, nothing is written twice."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.ledger.models import Entry, Move
from karyabina.ledger.tests.make import AT, CHIPS, MELON, made, person, posted, world

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8


def race(act: Callable[[int], object], writers: int = WRITERS) -> list[object]:
    """Let eight people act at the same moment, each on a connection of their own.

    Returns what each got: a result, or the exception."""
    results: list[object] = [None] * writers
    start = threading.Barrier(writers)

    def one(number: int) -> None:
        try:
            start.wait()
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 (it is a result of the race)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    return results


def faults() -> list[verify.Finding]:
    return [finding for finding in verify.run(of="karyabina.ledger") if finding.faults]


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


@pytest.fixture(autouse=True)
def a_world(transactional_db: None) -> None:
    world()


def test_eight_writers_never_oversell_the_last_pieces() -> None:
    made(30)
    made(30, lot=MELON)

    def sell(number: int) -> Counter[str]:
        said: Counter[str] = Counter()
        for turn in range(10):
            lots = (CHIPS, MELON) if (number + turn) % 2 else (MELON, CHIPS)
            moves = [Move("stand:GOR", "outside:buyer", lot, 1) for lot in lots]
            money = Move("outside:buyer", "cash:S1", "IDR", 15_000)
            claim = Move("owed:NTT", "due:KFM", "IDR", 15_000)
            try:
                posted(*moves, money, claim)
                said["sold"] += 1
            except ledger.NotEnough as no:
                said[f"none left at {no.account}"] += 1
        return said

    results = race(sell)
    assert all(isinstance(result, Counter) for result in results), results
    total: Counter[str] = sum(results, Counter())  # type: ignore[call-overload]
    assert total == {"sold": 30, "none left at stand:GOR": WRITERS * 10 - 30}
    assert books.balances() == {
        ("cash:S1", "IDR"): 450_000,
        ("due:KFM", "IDR"): 450_000,
        ("owed:NTT", "IDR"): -450_000,
    }
    assert faults() == []


def test_movements_in_opposite_directions_do_not_deadlock() -> None:
    made(100)
    made(100, at="stand:TWO")

    def swap(number: int) -> int:
        there = ("stand:GOR", "stand:TWO") if number % 2 else ("stand:TWO", "stand:GOR")
        for _ in range(20):
            posted(Move(*there, CHIPS, 2), Move(*reversed(there), CHIPS, 1))
        return 20

    assert race(swap) == [20] * WRITERS
    assert books.holders(CHIPS) == {"stand:GOR": 100, "stand:TWO": 100}
    assert faults() == []


def test_accounts_that_never_held_the_lot_do_not_deadlock() -> None:
    """The first rows of a balance are made by whoever comes first."""
    lots = [f"KFM-NEW-{n}" for n in range(30)]
    ledger.add_units(codes=lots, kind="lot")

    def produce(number: int) -> int:
        for lot in lots if number % 2 else reversed(lots):
            posted(
                Move("outside:workshop", "store:KFM", lot, 1),
                Move("outside:workshop", "store:KLB", lot, 1),
                kind="production",
            )
        return len(lots)

    assert race(produce) == [len(lots)] * WRITERS
    assert set(books.balances().values()) == {WRITERS}
    assert len(books.balances()) == 60
    assert faults() == []


def test_one_key_sent_by_eight_at_once_is_one_entry() -> None:
    made(10)
    key = new_key()

    def send(number: int) -> object:
        move = Move("stand:GOR", "outside:buyer", CHIPS, 10)
        return posted(move, key=key, request={"pieces": 10}).recorded_at

    results = race(send)
    assert results == [Entry.objects.get(pk=key).recorded_at] * WRITERS
    assert books.balance("stand:GOR", CHIPS) == 0
    assert faults() == []


def test_one_key_with_eight_requests_is_one_entry_and_seven_refusals() -> None:
    made(100)
    key = new_key()

    def send(number: int) -> object:
        move = Move("stand:GOR", "outside:buyer", CHIPS, 1)
        return posted(move, key=key, request={"till": number})

    assert kinds(race(send)) == {"Entry": 1, "KeyReused": 7}
    assert books.balance("stand:GOR", CHIPS) == 99
    assert faults() == []


def test_one_entry_reversed_by_eight_at_once_is_reversed_once() -> None:
    made(100)
    sale = posted(Move("stand:GOR", "outside:buyer", CHIPS, 4))

    def take_back(number: int) -> object:
        return ledger.reverse(
            key=new_key(), original=sale, by=person(), occurred_at=AT, reason=str(number)
        )

    assert kinds(race(take_back)) == {"Entry": 1, "AlreadyReversed": 7}
    assert books.balance("stand:GOR", CHIPS) == 100
    assert faults() == []


def test_one_account_opened_by_eight_at_once_is_one_account() -> None:
    codes = [f"store:NEW{n}" for n in range(10)]

    def open_all(number: int) -> list[int]:
        order = codes if number % 2 else codes[::-1]
        opened = ledger.open_accounts(homes=dict.fromkeys(order, "NTT"), at=AT)
        ledger.add_units(codes=["KFM-NEW-1", "KFM-NEW-2"][:: 1 if number % 2 else -1], kind="lot")
        return [opened[code].pk for code in codes]

    results = race(open_all)
    assert all(result == results[0] for result in results), results


def test_for_each_balance_the_recorded_order_is_the_true_order() -> None:
    """A stand that is filled and emptied by many at once is never below zero in its history."""
    made(1)

    def fill_and_empty(number: int) -> int:
        for _ in range(15):
            made(1)
            posted(Move("stand:GOR", "outside:buyer", CHIPS, 1))
        return 15

    assert race(fill_and_empty) == [15] * WRITERS
    history = books.history("stand:GOR", CHIPS, limit=1000)
    assert len(history.lines) == WRITERS * 30 + 1
    assert min(line.running for line in history.lines) >= 0
    times = [line.line.recorded_at for line in history.lines]
    assert times == sorted(set(times), reverse=True)


def test_two_entries_in_one_transaction_may_clash_and_can_be_tried_again() -> None:
    """Whoever owns a transaction with several entries tries again; a clash writes nothing.

    (PostgreSQL takes a second to notice each: two people and few turns are enough.)"""
    made(200)
    made(200, at="stand:TWO")

    def two(number: int) -> int:
        first, second = ("stand:GOR", "stand:TWO")[:: 1 if number % 2 else -1]
        tries = 0
        for _ in range(3):
            while True:
                tries += 1
                try:
                    with transaction.atomic():
                        posted(Move(first, "outside:buyer", CHIPS, 1))
                        posted(Move(second, "outside:buyer", CHIPS, 1))
                    break
                except OperationalError:
                    assert connection.vendor == "postgresql"
        return tries

    results = race(two, writers=2)
    assert all(isinstance(result, int) and result >= 3 for result in results), results
    assert books.holders(CHIPS) == {"stand:GOR": 194, "stand:TWO": 194}
    assert faults() == []
