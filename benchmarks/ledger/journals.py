"""All balances of the same books: ours, hledger's and beancount's, each as a whole process.

hledger and beancount read the journal that `karya export-journal` writes, and must come to our
balances. beancount's own `bean-check` loads it, sums and compares; it prints nothing.
"""

import csv
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.db import connection

from benchmarks.figures import Aim, Figure, compared, single
from benchmarks.ledger import balances
from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from benchmarks.plan import Effort
from karyabina.ledger.journals import journal
from karyabina.ledger.journals.reading import Scope

AIM = Aim("ratio", least=20)
PATIENCE = 1800  # seconds that one program may take
HLEDGER = ("balance", "--flat", "--no-total", "--layout=bare", "--output-format=csv")


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def measure(books: Books, effort: Effort, tell: Callable[[str], None]) -> Iterator[Figure]:
    databases.use(books)
    ours = {
        f"ours, {way}": [sys.executable, "-m", "benchmarks.ledger.balances", books.name, way]
        for way in balances.WAYS
    }
    for way, read in balances.WAYS.items():
        times = [_timed(read) for _n in range(5)]
        yield single(f"ours, {way}, the query alone", statistics.median(times), "s")
    others = dict(_others(books, tell))
    connection.close()
    found: dict[str, list[float]] = {name: [] for name in (*ours, *others)}
    for _round in range(max(1, min(3, effort.rounds // 3))):
        for name, words in (*ours.items(), *others.items()):
            if not effort.quick:
                tell(f"journals: {name}")
            found[name].append(_timed(lambda words=words: run(words)))  # type: ignore[misc]
    for name in ours:
        yield single(f"{name}, whole process", statistics.median(found[name]), "s")
    for other in others:
        for name in ours:
            aim = AIM if other.startswith("hledger") else None
            yield compared(other, found[other], "s", found[name], name, aim)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def run(words: Sequence[str]) -> str:
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {(done.stderr or done.stdout)[-500:]}")
    return done.stdout


def _others(books: Books, tell: Callable[[str], None]) -> Iterator[tuple[str, list[str]]]:
    """The programs that are here, each with its journal, once it agrees with us."""
    hledger, bean_check = program("hledger"), program("bean-check")
    if hledger is None:
        tell("hledger is not installed and not measured (Debian: sudo apt-get install hledger)")
    else:
        file = _written(books, "hledger", tell)
        words = [hledger, "-f", str(file), *HLEDGER]
        _agrees(run(words))
        yield "hledger balance", words
    if bean_check is None:
        tell("beancount is not installed and not measured (requirements/test.txt)")
    else:
        file = _written(books, "beancount", tell)
        words = [bean_check, "--no-cache", str(file)]
        run(words)
        yield "bean-check", words


def _written(books: Books, name: str, tell: Callable[[str], None]) -> Path:
    databases.use(books)
    file = databases.FOLDER / f"journal.{name}"
    began = time.perf_counter()
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(journal(name, Scope(until=None, office=None)))
    took = time.perf_counter() - began
    tell(f"journals: wrote {file.stat().st_size / 1e6:.0f} MB for {name} in {took:.0f} s")
    return file


def _agrees(table: str) -> None:
    """What hledger says is what we say, account by account, unit by unit."""
    rows = list(csv.reader(table.splitlines()))[1:]
    said = {(code, unit): int(amount) for code, unit, amount in rows if int(amount)}
    if said != balances.summed():
        raise RuntimeError("hledger comes to other balances than ours")
