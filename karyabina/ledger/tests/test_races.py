"""Several people at once: nobody sells what another has sold, nothing is written twice.

What is drawn comes from the seed of the run, which pytest prints."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Event

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.actions import Posting, closings
from karyabina.ledger.models import Entry, Move
from karyabina.ledger.tests.closing import days_later, moment
from karyabina.ledger.tests.make import AT, CHIPS, MELON, made, person, posted, world
from karyabina.ledger.tests.racing import (
    HOT,
    SPREAD,
    WRITERS,
    Writer,
    as_words,
    faults,
    fill,
    never_below_zero,
    race,
    sound,
    whole,
)
from karyabina.ledger.tests.raw import run
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


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


# --- what is drawn from a seed -------------------------------------------------------------------
@pytest.mark.parametrize("stands", [HOT, SPREAD])
def test_one_at_a_time(seed: int, stands: int) -> None:
    fill(stands)

    def act(number: int) -> Writer:
        writer = Writer(seed, number, stands)
        for _ in range(15):
            writer.post(writer.posting())
        return writer

    sound(whole(race(act)), stands)


@pytest.mark.parametrize("stands", [HOT, SPREAD])
def test_in_batches_of_each_kind(seed: int, stands: int) -> None:
    fill(stands)

    def act(number: int) -> Writer:
        writer = Writer(seed, number, stands)
        for turn in range(6):
            batch = [writer.posting() for _ in range(writer.draw.randint(1, 12))]
            [writer.post_all, writer.post_each][(turn + number) % 2](batch)
            writer.post(writer.posting())
        return writer

    sound(whole(race(act)), stands)


def test_long_batches_among_single_entries(seed: int) -> None:
    """A batch of more than 64 accounts holds balances where a single entry holds accounts."""
    fill(SPREAD)

    def act(number: int) -> Writer:
        writer = Writer(seed, number, SPREAD)
        for turn in range(4):
            batch = [writer.posting() for _ in range(80)]
            if number % 2:
                [writer.post_all, writer.post_each][turn % 2](batch)
            else:
                for posting in batch[:20]:
                    writer.post(posting)
        return writer

    sound(whole(race(act)), SPREAD)


@pytest.mark.parametrize("stands", [HOT, SPREAD])
def test_several_entries_in_opposite_orders_in_one_transaction(seed: int, stands: int) -> None:
    """On PostgreSQL they get in each other's way; nobody who writes `together` hears of it."""
    fill(stands)

    def act(number: int) -> Writer:
        writer = Writer(seed, number, stands)
        for _ in range(3):
            several = writer.opposite(3)
            try:
                entries = ledger.together(
                    lambda those=several: [
                        ledger.post(by=person(), **as_words(posting)) for posting in those
                    ]
                )
            except ledger.NotEnough:
                writer.said["refused together"] += 1
            else:
                writer.keep(zip(several, entries, strict=True))
        return writer

    sound(whole(race(act)), stands)


def test_what_is_posted_together_stands_or_falls_together() -> None:
    made(3)

    def sell(*amounts: int) -> None:
        for amount in amounts:
            posted(Move("stand:GOR", "outside:buyer", CHIPS, amount))

    with pytest.raises(ledger.NotEnough):
        ledger.together(lambda: sell(2, 2))
    assert books.balance("stand:GOR", CHIPS) == 3
    with transaction.atomic():  # part of what is open already, which stays usable
        with pytest.raises(ledger.NotEnough):
            ledger.together(lambda: sell(1, 9))
        ledger.together(lambda: sell(1, 1))
    assert books.balance("stand:GOR", CHIPS) == 1
    if connection.vendor == "postgresql":
        assert run("SHOW lock_timeout") == [("0",)]  # it waits little only within


def test_keys_that_come_from_many_in_overlapping_batches_are_one_entry_each(seed: int) -> None:
    """As from tills that were offline and have told each other's sales."""
    fill(SPREAD)
    source = Writer(seed, WRITERS, SPREAD)
    known = [source.posting() for _ in range(12)]

    def act(number: int) -> Writer:
        writer = Writer(seed, number, SPREAD)
        for turn in range(4):
            batch = writer.draw.sample(known, writer.draw.randint(4, 12))
            [writer.post_all, writer.post_each][(turn + number) % 2](batch)
        return writer

    writers = whole(race(act))
    assert not any(writer.said["KeyReused"] for writer in writers)
    sound(writers, SPREAD)


def test_a_day_is_closed_while_eight_write(seed: int) -> None:
    """No entry stands on a closed day outside its seal."""
    office = make.office("NTT")
    fill(SPREAD)
    days = [days_later(n) for n in range(-3, 3)]

    def act(number: int) -> object:
        if number == 0:
            for day in days[:-1]:
                closings.close_day(
                    office=office, day=day, by=person(), at=moment(days[-1], 22), key=new_key()
                )
                time.sleep(0.02)
            return "closed"
        writer = Writer(seed, number, SPREAD)
        for turn in range(6):
            batch = [
                replace(writer.posting(), occurred_at=moment(writer.draw.choice(days)))
                for _ in range(writer.draw.randint(1, 5))
            ]
            [writer.post_all, writer.post_each][(turn + number) % 2](batch)
        return writer

    closer, *writers = race(act)
    assert closer == "closed"
    whole(writers)
    never_below_zero()
    assert faults(seals=True) == []


def test_killed_connections_lose_nothing_and_double_nothing(seed: int) -> None:
    """Writers whose connection is cut in the middle (on SQLite: whose statement is interrupted)
    send what was not acknowledged again, with the same key."""
    fill(SPREAD)
    alive: dict[int, Callable[[], object]] = {}

    def act(number: int) -> Writer:
        writer = Writer(seed, number, SPREAD)
        for turn in range(12):
            batch = [writer.posting() for _ in range(writer.draw.randint(1, 6))]
            insist(lambda those=batch, turn=turn: write(writer, those, turn), alive, number)
        return writer

    stop = threading.Event()
    killer = threading.Thread(target=kill, args=(random.Random(seed), alive, stop))
    killer.start()
    try:
        writers = whole(race(act))
    finally:
        stop.set()
        killer.join()
    sound(writers, SPREAD)


def write(writer: Writer, batch: list[Posting], turn: int) -> None:
    if turn % 3 == 0:
        for posting in batch:
            writer.post(posting)
    else:
        [writer.post_all, writer.post_each][turn % 3 - 1](batch)


def insist(act: Callable[[], None], alive: dict[int, Callable[[], object]], number: int) -> None:
    """Act until it is done, on a new connection each time the one before was cut."""
    for _ in range(200):
        try:
            connection.ensure_connection()
            alive[number] = way_to_kill()
            return act()
        except (OperationalError, InterfaceError):
            connection.close()
    raise AssertionError("never let through")


def way_to_kill() -> Callable[[], object]:
    raw = connection.connection
    if connection.vendor == "sqlite":
        return raw.interrupt
    return lambda: run("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])


def kill(draw: random.Random, alive: dict[int, Callable[[], object]], stop: Event) -> None:
    """Cut somebody off, again and again."""
    while not stop.wait(draw.uniform(0.005, 0.03)):
        victims = list(alive.values())
        if victims:
            with suppress(Exception):  # it has just gone by itself
                draw.choice(victims)()
    connection.close()


def test_a_clash_reaches_whoever_owns_the_transaction_and_writes_nothing() -> None:
    """Two entries in a transaction of one's own, in opposite orders: one of two is ended.

    (PostgreSQL takes a second to notice each: two people and few turns are enough.)"""
    made(200)
    made(200, at="stand:TWO")

    def two(number: int) -> int:
        first, second = ("stand:GOR", "stand:TWO")[:: 1 if number % 2 else -1]
        done = 0
        for _ in range(2):
            with suppress(OperationalError), transaction.atomic():
                posted(Move(first, "outside:buyer", CHIPS, 1))
                posted(Move(second, "outside:buyer", CHIPS, 1))
                done += 1
        return done

    results = race(two, writers=2)
    assert all(isinstance(result, int) for result in results), results
    left = 200 - sum(results)  # type: ignore[arg-type]
    assert books.holders(CHIPS) == {"stand:GOR": left, "stand:TWO": left}
    assert faults() == []
