"""The measurements on one engine; `./run bench` starts this once for each."""

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import psycopg
from django.db import OperationalError, connection

from benchmarks.figures import HEAD, Figure
from benchmarks.ledger import (
    books,
    filling,
    growth,
    journals,
    profile,
    questions,
    sales,
    verifying,
)
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import MOVEMENTS
from benchmarks.plan import FULL, QUICK, SECTIONS, Effort


def tell(text: str) -> None:
    print(f"  … {text}", file=sys.stderr, flush=True)


class Shelf:
    """The books that several sections share, each filled when first asked for."""

    def __init__(self, effort: Effort, seed: int) -> None:
        self.effort = effort
        self.seed = seed
        self.base = books.create("base")
        self._filled: dict[int, Books] = {}
        self._past: Books | None = None

    @property
    def past(self) -> Books:
        if self._past is None:
            self._past = filling.open_past(self.base, "past", self.seed)
        return self._past

    @property
    def filled(self) -> dict[int, Books]:
        """Books of each size, smallest first; a larger one grows out of the smaller."""
        for size in self.effort.sizes:
            if size not in self._filled:
                smaller = [there for there in self._filled if there < size]
                of = self._filled[max(smaller)] if smaller else self.past
                self._filled[size] = filling.fill(of, f"n{size}", size, tell)
        return self._filled

    def journal(self) -> Books:
        return filling.fill(self.past, "journal", self.effort.entries * MOVEMENTS, tell)


def measured(name: str, shelf: Shelf) -> Iterator[Figure]:
    effort, seed = shelf.effort, shelf.seed
    if name == "sales":
        yield from sales.one_at_a_time(shelf.base, effort, seed)
    elif name == "batches":
        yield from sales.in_batches(shelf.base, effort, seed)
    elif name == "questions":
        for size, of in shelf.filled.items():
            yield from questions.ask(of, size, effort, seed, tell)
    elif name == "verify":
        for size, of in shelf.filled.items():
            yield from verifying.verified(of, size)
    elif name == "growth":
        yield from growth.measure(shelf.filled, effort, seed)
    elif name == "journals":
        of = shelf.journal()
        yield from journals.measure(of, effort, tell)
        books.drop(of)


def engine() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return "PostgreSQL " + cursor.fetchone()[0].split()[0]
        cursor.execute("SELECT sqlite_version()")
        return "SQLite " + cursor.fetchone()[0]


def local() -> None:
    """Only this machine is measured: over a network the network would be."""
    host = str(connection.settings_dict.get("HOST") or "")
    if books.postgresql() and not (
        host.startswith("/") or host in {"", "localhost", "127.0.0.1", "::1"}
    ):
        raise SystemExit(f"The database is on {host}: only a server on this machine is measured.")


def show(name: str, shelf: Shelf, line: Callable[[Figure], str]) -> None:
    began = time.perf_counter()
    for found in measured(name, shelf):
        figure = found.unjudged() if shelf.effort.quick else found
        print(line(figure), flush=True)
    tell(f"{name}: {time.perf_counter() - began:.0f} s")


def perform(chosen: argparse.Namespace, effort: Effort) -> None:
    local()
    connection.ensure_connection()
    shelf = Shelf(effort, chosen.seed)
    books.use(shelf.base)
    machine = (
        f"{engine()} ({books.synced()}), {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    if chosen.profile:
        print(machine)
        for text in profile.show(shelf.base, chosen.seed):
            print(text, flush=True)
        return
    if not chosen.json:
        print(f"\n{machine}, seed {chosen.seed}")
        if chosen.quick:
            print("quick: it all works; too short and too small to judge the aims")
        print(HEAD)
    for name in chosen.only.split(","):
        if not chosen.json:
            print(f"{name}: {SECTIONS[name]}, {effort.minutes(name, connection.vendor)}")
        as_json = partial(Figure.as_json, section=name, machine=machine, seed=chosen.seed)
        show(name, shelf, as_json if chosen.json else Figure.line)


def stop(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench", allow_abbrev=False)
    parser.add_argument("--only", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rounds", type=int)
    for switch in ("quick", "json", "profile"):
        parser.add_argument(f"--{switch}", action="store_true")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    effort = QUICK if chosen.quick else FULL
    if chosen.rounds:
        effort = replace(effort, rounds=chosen.rounds)
    try:
        perform(chosen, effort)
    except KeyboardInterrupt:
        return 130
    except (RuntimeError, OperationalError, psycopg.OperationalError) as fault:
        print(fault, file=sys.stderr)
        return 1
    finally:
        books.drop_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
