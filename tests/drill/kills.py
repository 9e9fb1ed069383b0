"""Writers that are killed while they sell, and the books afterwards.

A writer does what every recorder of facts must do: it makes the key and writes it into a journal
on disk, then posts, then writes down that the post was acknowledged. When it is killed (SIGKILL,
at any instant) its successor reads the journal and sends the unacknowledged sale again, with the
same key. At the end each sale of the journals must be in the books exactly once, and nothing else.
"""

import multiprocessing
import os
import random
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID

from django.db import OperationalError, connection

from benchmarks.sales import set_up, spread
from karyabina.base.keys import new_key
from karyabina.ledger import verify
from karyabina.ledger.models import Entry
from karyabina.staff.models import Staff

WRITERS = 3


@dataclass(frozen=True)
class Outcome:
    kills: int
    acknowledged: int
    kept: int
    unasked: int
    faults: tuple[str, ...]


class Journal:
    """What a writer means to record and what it knows to be recorded, on disk before anything."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, word: str, key: UUID) -> None:
        with self.path.open("a") as file:
            file.write(f"{word} {key}\n")
            file.flush()
            os.fsync(file.fileno())

    def keys(self, word: str) -> list[UUID]:
        if not self.path.exists():
            return []
        lines = self.path.read_text().splitlines()
        # A line that was cut off by the kill was never acted upon.
        parts = [line.split(" ") for line in lines if line.count(" ") == 1]
        return [UUID(key) for noted, key in parts if noted == word and len(key) == 36]

    def open_intents(self) -> list[UUID]:
        done = set(self.keys("done"))
        return [key for key in self.keys("intend") if key not in done]


def sell(journal: Journal, key: UUID, person: Staff) -> None:
    """One sale, all of it drawn from its key: sent again it is the same request."""
    while True:
        try:
            spread(person, random.Random(key.int), key)
        except OperationalError:
            # The killed one may still hold the database for a moment; nothing was acknowledged.
            time.sleep(0.01)
            connection.close()
            continue
        journal.note("done", key)
        return


def write(path: Path, stop: Path) -> None:
    connection.close()
    journal = Journal(path)
    person = Staff.objects.get(username="ukur")
    for key in journal.open_intents():
        sell(journal, key, person)
    while not stop.exists():
        key = new_key()
        journal.note("intend", key)
        sell(journal, key, person)
    connection.close()


def drill(*, times: int, seed: int) -> Outcome:
    """Kill writers so many times, let them finish, and compare."""
    set_up()
    connection.close()
    draw = random.Random(seed)
    fork = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        stop = Path(folder) / "stop"
        journals = [Path(folder) / f"writer-{n}" for n in range(WRITERS)]

        def start(path: Path) -> BaseProcess:
            process = fork.Process(target=write, args=(path, stop))
            process.start()
            return process

        writers = [start(path) for path in journals]
        for _ in range(times):
            time.sleep(draw.uniform(0.02, 0.25))
            number = draw.randrange(WRITERS)
            writers[number].kill()
            writers[number].join()
            writers[number] = start(journals[number])
        stop.touch()
        for process in writers:
            process.join(timeout=60)
            if process.is_alive():
                process.kill()
                raise RuntimeError("a writer did not come to its end")
        return compare(times, [Journal(path) for path in journals])


def compare(kills: int, journals: list[Journal]) -> Outcome:
    told = {key for journal in journals for key in journal.keys("done")}
    meant = {key for journal in journals for key in journal.keys("intend")}
    booked = set(Entry.objects.filter(kind="sale").values_list("pk", flat=True))
    faults = [f"{f.sentence}: {fault}" for f in verify.run() for fault in f.faults]
    faults += [f"never acknowledged, though sent again: {key}" for key in meant - told]
    return Outcome(
        kills=kills,
        acknowledged=len(told),
        kept=len(told & booked),
        unasked=len(booked - meant),
        faults=tuple(faults),
    )
