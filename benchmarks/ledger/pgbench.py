"""TPC-B as pgbench drives it, on the same server: the yardstick that everybody has."""

import math
import os
import re
import shutil
import subprocess

from benchmarks.cluster import binaries
from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books

SCALE = 10


def _run(books: Books, *words: str, seconds: float) -> str:
    program = shutil.which("pgbench") or str(binaries() / "pgbench")
    reach = databases.dsn(books)
    environment = dict(os.environ)
    for ours, theirs in (("host", "PGHOST"), ("port", "PGPORT"), ("user", "PGUSER")):
        if ours in reach:
            environment[theirs] = str(reach[ours])
    if "password" in reach:
        environment["PGPASSWORD"] = str(reach["password"])
    done = subprocess.run(
        [program, *words, books.name],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 120,
    )
    if done.returncode:
        raise RuntimeError(f"pgbench: {done.stderr[-500:]}")
    return done.stdout


def prepare(books: Books) -> None:
    _run(books, "-i", "-q", "-s", str(SCALE), seconds=60)


def tps(books: Books, clients: int, seconds: float) -> float:
    """Transactions a second; it counts whole seconds."""
    for_seconds = max(1, math.ceil(seconds))
    said = _run(
        books,
        *("-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))),
        *("-T", str(for_seconds)),
        seconds=for_seconds,
    )
    found = re.search(r"^tps = ([0-9.]+)", said, flags=re.MULTILINE)
    if found is None:
        raise RuntimeError(f"pgbench did not say its tps: {said[-500:]}")
    return float(found.group(1))
