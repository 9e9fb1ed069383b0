"""Measure; each figure is printed with what it is compared with.

A machine alone decides the value, the ratio travels. DATABASE_URL says on which engine; without it
SQLite is measured, and then PostgreSQL on a server that is started for it. Everything happens in
databases of its own, on this machine, every commit synced to disk, all guards and indexes on.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks import cluster
from benchmarks.plan import SECTIONS

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE = 90  # seconds that what is measured may take to tidy up


def whole_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"not a whole number: {text!r}")
    return int(text)


def rounds(text: str) -> int:
    number = whole_number(text)
    if not 1 <= number <= 100:
        raise argparse.ArgumentTypeError(f"rounds are 1 to 100, not {number}")
    return number


def sections(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in SECTIONS:
            known = ", ".join(SECTIONS)
            raise argparse.ArgumentTypeError(f"there is no {name!r}; there are {known}")
    return [name for name in SECTIONS if name in names]


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="sections:\n" + "\n".join(f"  {n:10} {what}" for n, what in SECTIONS.items()),
    )
    parser.add_argument("subject", nargs="?", choices=["ledger"], default="ledger")
    parser.add_argument("--only", type=sections, metavar="NAME[,NAME]", default=list(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], help="without: both")
    parser.add_argument("--rounds", type=rounds, help="how often everybody has a turn")
    parser.add_argument("--seed", type=whole_number, default=None)
    parser.add_argument("--json", action="store_true", help="one object a figure")
    parser.add_argument(
        "--profile", action="store_true", help="instead: where the time of one posting goes"
    )
    chosen = parser.parse_args(arguments)
    given = os.environ.get("DATABASE_URL", "")
    if given and not given.startswith(("sqlite:", "postgres")):
        parser.error("DATABASE_URL names neither SQLite nor PostgreSQL")
    if given in {"sqlite:", "sqlite://", "sqlite:///", "sqlite://:memory:", "sqlite:///:memory:"}:
        parser.error("DATABASE_URL names no file: what is only in memory is not synced to disk")
    if given and chosen.engine and not given.startswith(chosen.engine[:8]):
        parser.error("DATABASE_URL names the other engine")
    if chosen.seed is None:
        chosen.seed = random.SystemRandom().randrange(2**31)
    return chosen


@contextmanager
def servers(engine: str | None) -> Iterator[list[str]]:
    """DATABASE_URL of each engine to measure; an empty one is SQLite in a file of the run."""
    given = os.environ.get("DATABASE_URL", "")
    if given:
        yield [given]
        return
    if engine == "sqlite":
        yield [""]
        return
    with cluster.running() as url:
        yield [url] if engine else ["", url]


def measure(url: str, chosen: argparse.Namespace) -> int:
    """One engine in a process of its own, because settings are read once."""
    words = ["--seed", str(chosen.seed), "--only", ",".join(chosen.only)]
    if chosen.rounds:
        words += ["--rounds", str(chosen.rounds)]
    words += [f"--{name}" for name in ("quick", "json", "profile") if getattr(chosen, name)]
    work = tempfile.mkdtemp(prefix="karyabina-bench-")
    environment = os.environ | {"DATABASE_URL": url, "KARYABINA_TEST_DATA": work}
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ledger", *words],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            print("It does not end by itself and is ended.", file=sys.stderr)
        with suppress(ProcessLookupError):  # whatever it may have left running
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        shutil.rmtree(work, ignore_errors=True)


def stop(_number: int, _frame: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # once is enough: tidying up is not disturbed
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    chosen = asked(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        with servers(chosen.engine) as urls:
            for url in urls:
                status = measure(url, chosen)
                if status:
                    return status
    except cluster.NotInstalled as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing is left behind.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
