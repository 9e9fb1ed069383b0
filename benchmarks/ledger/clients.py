"""Several clients at once, each a process of its own: how many sales a second.

All crews of a comparison are opened first and then take turns, a second each, round after round:
what else the machine does meanwhile meets them all alike.
"""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType

from django.db import connection

from benchmarks.ledger import plain, ways
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import PLACES, draw_sale

TIDY = 60  # seconds that a client may take besides measuring
LONGEST = 3600  # seconds that a crew may stay


def opened(books: Books, load: "Load", number: int) -> ways.Way:
    """The way of this load, with a connection and a cashier of its own."""
    if load.way == "plain":
        return plain.opened(books, number)
    return (ways.SINGLE | ways.BATCHES)[load.way](books, number)


@dataclass(frozen=True, slots=True)
class Load:
    """Who does what where: `each` sales are handed over at a time."""

    way: str
    place: str = "spread"
    each: int = 1


class Crew:
    """So many clients of one load, each with a connection of its own, ready and warm."""

    def __init__(self, books: Books, load: Load, clients: int, seed: int) -> None:
        connection.close()
        fork = multiprocessing.get_context("fork")
        self.pipes: list[Connection] = []
        self.processes = []
        for number in range(clients):
            here, there = fork.Pipe()
            process = fork.Process(
                target=_client,
                args=(books, load, number, f"{seed} {number}", there, os.getpid()),
                daemon=True,
            )
            process.start()
            there.close()
            self.pipes.append(here)
            self.processes.append(process)

    def __enter__(self) -> "Crew":
        for pipe in self.pipes:
            _answer(pipe, TIDY)
        return self

    def sell(self, seconds: float) -> float:
        """Sales a second of all together."""
        for pipe in self.pipes:
            pipe.send(seconds)
        return sum(_answer(pipe, seconds + TIDY) for pipe in self.pipes)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for process, pipe in zip(self.processes, self.pipes, strict=True):
            if error is None:
                pipe.send(0.0)
                process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()


def _answer(pipe: Connection, seconds: float) -> float:
    if not pipe.poll(seconds):
        raise RuntimeError("a client did not answer")
    try:
        said = pipe.recv()
    except EOFError:
        raise RuntimeError("a client ended without an answer") from None
    if isinstance(said, str):
        raise RuntimeError(f"a client could not go on: {said}")
    return float(said)


def _client(
    books: Books, load: Load, number: int, seed: str, pipe: Connection, parent: int
) -> None:
    """Sells for as long as it is told, again and again; whatever happens, it ends."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.alarm(LONGEST)
    draw = random.Random(seed)
    places = PLACES[load.place]
    try:
        way = opened(books, load, number)
        for _n in range(5 if load.each == 1 else 1):
            way([draw_sale(places, draw) for _n in range(load.each)])
        pipe.send(0.0)
        while os.getppid() == parent:
            if not pipe.poll(5):
                continue
            seconds = pipe.recv()
            if not seconds:
                break
            sold, began = 0, time.perf_counter()
            while time.perf_counter() - began < seconds:
                way([draw_sale(places, draw) for _n in range(load.each)])
                sold += load.each
            pipe.send(sold / (time.perf_counter() - began))
        connection.close()
    except Exception as error:  # noqa: BLE001 (told to whoever started it)
        pipe.send(f"{type(error).__name__}: {error}")


def interleaved(
    books: Books,
    loads: Sequence[Load],
    clients: int,
    rounds: int,
    seconds: float,
    seed: int,
    beside: Callable[[], float] | None = None,
) -> tuple[dict[Load, list[float]], list[float]]:
    """Every load once a round, and `beside` with them; a figure a round of each."""
    found: dict[Load, list[float]] = {load: [] for load in loads}
    other: list[float] = []
    with ExitStack() as stack:
        crews = {
            load: stack.enter_context(Crew(books, load, clients, seed + n))
            for n, load in enumerate(loads)
        }
        for _round in range(rounds):
            for load, crew in crews.items():
                found[load].append(crew.sell(seconds))
            if beside is not None:
                other.append(beside())
    return found, other
