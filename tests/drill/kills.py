"""Writers that are killed while they sell, and the books afterwards.

A writer does what every recorder of facts must do: it makes the key and writes it into a journal
on disk, then posts, then writes down that the post was acknowledged; some sales come one at a time
and some in batches. When it is killed (SIGKILL, at any instant) its successor reads the journal and
sends what was not acknowledged again, with the same keys. At the end each sale of the journals must
be in the books exactly once, and nothing else.
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

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import verify
from karyabina.ledger.actions import Posting
from karyabina.ledger.models import Entry, Move
from karyabina.ledger.tests.make import AT, CHIPS, MELON, person, world
from karyabina.ledger.tests.racing import never_below_zero
from karyabina.staff.models import Staff

WRITERS = 3
STANDS = 20
BATCH = 8  # sales at most
PLENTY = 1_000_000_000  # pieces of a lot at a stand


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


def set_up() -> None:
    """Twenty full stands, each with a drawer."""
    world()
    places = [f"{place}:N{n:02d}" for n in range(STANDS) for place in ("stand", "cash")]
    ledger.open_accounts(homes=dict.fromkeys(places, "NTT"), at=AT)
    full = [
        Posting(
            key=new_key(),
            kind="production",
            occurred_at=AT,
            request={"stand": place},
            moves=[Move("outside:workshop", place, lot, PLENTY) for lot in (CHIPS, MELON)],
        )
        for place in places
        if place.startswith("stand:")
    ]
    ledger.post_all(by=person(), postings=full)


def sale(key: UUID) -> Posting:
    """One sale, all of it drawn from its key: sent again it is the same request."""
    draw = random.Random(key.int)
    stand, price = f"N{draw.randrange(STANDS):02d}", draw.randrange(5_000, 80_000, 500)
    return Posting(
        key=key,
        kind="sale",
        occurred_at=AT,
        request={"stand": stand, "price": price},
        moves=[
            *(Move(f"stand:{stand}", "outside:buyer", lot, 1) for lot in (CHIPS, MELON)),
            Move("outside:buyer", f"cash:{stand}", "IDR", price),
            Move("owed:NTT", "due:KFM", "IDR", price),
        ],
    )


def sell(journal: Journal, keys: list[UUID], by: Staff) -> None:
    """Post these sales by one batch, until the books acknowledge them."""
    while True:
        try:
            ledger.post_all(by=by, postings=[sale(key) for key in keys])
        except OperationalError:
            # The killed one may still hold the database for a moment; nothing was acknowledged.
            time.sleep(0.01)
            connection.close()
            continue
        for key in keys:
            journal.note("done", key)
        return


def write(path: Path, stop: Path) -> None:
    connection.close()
    journal = Journal(path)
    by = person()
    if left := journal.open_intents():
        sell(journal, left, by)
    while not stop.exists():
        keys = [new_key() for _ in range(random.choice((1, BATCH)))]
        for key in keys:
            journal.note("intend", key)
        sell(journal, keys, by)
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
    never_below_zero()
    faults += [f"never acknowledged, though sent again: {key}" for key in meant - told]
    return Outcome(
        kills=kills,
        acknowledged=len(told),
        kept=len(told & booked),
        unasked=len(booked - meant),
        faults=tuple(faults),
    )
