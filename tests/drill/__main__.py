"""`./run drill [--quick] [--seed N] [--json]`: hard use, on the engine of DATABASE_URL.

First writers are killed in the middle of their work, again and again, and the books are compared
with what the writers had been told. Then every test that draws random cases, and every race, runs
with many more cases than usual, once a seed; the races again with seeds of their own. The seed is
printed; with it a failure comes again (of a race: what was drawn, not who came first).
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases

from tests.drill import kills

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figure:
    """One count and what it should be; `ratio` is 1 where all is well."""

    name: str
    value: int
    unit: str
    reference: int

    @property
    def ratio(self) -> float:
        if self.reference:
            return round(self.value / self.reference, 3)
        return 1.0 if self.value == 0 else 0.0


@dataclass(frozen=True)
class Size:
    """How hard: how many kills, how many seeds, how many more for the races alone, how many cases a
    test and seed, whose tests."""

    kills: int
    seeds: int
    races: int
    cases: int
    tests: str


FULL = Size(kills=300, seeds=10, races=50, cases=1_000, tests="karyabina")
QUICK = Size(kills=10, seeds=1, races=0, cases=10, tests="karyabina/ledger")


def whole_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed is a whole number, not {text!r}")
    return int(text)


def drill_kills(size: Size, seed: int) -> tuple[list[Figure], list[str]]:
    made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        outcome = kills.drill(times=size.kills, seed=seed)
    finally:
        teardown_databases(made, verbosity=0)
    figures = [
        Figure("writers killed", outcome.kills, "kills", size.kills),
        Figure("acknowledged sales in the books", outcome.kept, "sales", outcome.acknowledged),
        Figure("sales that nobody recorded", outcome.unasked, "sales", 0),
        Figure("faults that karya verify finds", len(outcome.faults), "faults", 0),
    ]
    return figures, list(outcome.faults)


def drill_cases(size: Size, seed: int, what: str, quiet: bool) -> tuple[int, int]:
    """Run the tests marked so with one seed; returns (passed, failed)."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        settings = {
            "KARYABINA_PROFILE": "drill",
            "KARYABINA_EXAMPLES": str(size.cases),
            "KARYABINA_SEED": str(seed),
            "KARYABINA_COUNTS": str(counts),
        }
        given = {k: v for k, v in os.environ.items() if k != "KARYABINA_TEST_DATA"}
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", what, size.tests],
            cwd=PROJECT,
            env=given | settings,
            stdout=subprocess.DEVNULL if quiet else None,
            check=False,
        )
        found = json.loads(counts.read_text()) if counts.exists() else {"error": 1}
    return found.get("passed", 0), found.get("failed", 0) + found.get("error", 0)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill", description=__doc__, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    parser.add_argument("--seed", type=whole_number, default=None)
    parser.add_argument("--json", action="store_true", help="one object a figure")
    chosen = parser.parse_args(arguments)
    size = QUICK if chosen.quick else FULL
    seed = random.SystemRandom().randrange(2**31) if chosen.seed is None else chosen.seed
    if not chosen.json:
        print(
            f"seed {seed}: {size.kills} kills, {size.seeds} x {size.cases} cases a test,"
            f" seeds of the races: {size.seeds + size.races}"
        )

    figures, faults = drill_kills(size, seed)
    passed = failed = 0
    for number in range(size.seeds + size.races):
        what = "seeded or race" if number < size.seeds else "race"
        good, bad = drill_cases(size, seed + number, what, quiet=chosen.json)
        passed, failed = passed + good, failed + bad
    figures.append(Figure("random tests and races that hold", passed, "tests", passed + failed))

    for figure in figures:
        if chosen.json:
            print(json.dumps(asdict(figure) | {"ratio": figure.ratio, "seed": seed}))
        else:
            print(f"{figure.name:36} {figure.value:>8} of {figure.reference} {figure.unit}")
    for fault in faults:
        print(fault, file=sys.stderr)
    sound = passed > 0 and all(figure.ratio == 1.0 for figure in figures)
    if not chosen.json:
        print(f"{passed} passed, {failed} failed")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
