"""`./run bench [--quick] [--seed N] [--json]`: measure on the engine of DATABASE_URL.

Everything happens in a database of its own, made for the run and dropped after it. Each figure is
printed with what it is compared with: a machine alone decides the value, the ratio travels.
"""

import argparse
import json
import os
import platform
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from benchmarks import sales


@dataclass(frozen=True)
class Figure:
    """One measured number: `ratio` is `value / reference`, both in `unit`."""

    name: str
    value: float
    unit: str
    reference: float
    ratio: float


def engine() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return "PostgreSQL " + cursor.fetchone()[0].split()[0]
        cursor.execute("SELECT sqlite_version()")
        return "SQLite " + cursor.fetchone()[0]


def whole_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed is a whole number, not {text!r}")
    return int(text)


def as_table(figures: Sequence[Figure]) -> str:
    width = max(len(figure.name) for figure in figures)
    head = f"{'':{width}}  {'value':>10}  {'plain':>10}  {'ratio':>6}"
    rows = [
        f"{f.name:{width}}  {f.value:>10.0f}  {f.reference:>10.0f}  {f.ratio:>6.2f}  {f.unit}"
        for f in figures
    ]
    return "\n".join([head, *rows])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    parser.add_argument("--seed", type=whole_number, default=None)
    parser.add_argument("--json", action="store_true", help="one object a figure")
    chosen = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**31) if chosen.seed is None else chosen.seed

    made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        machine = f"{engine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        if not chosen.json:
            print(f"{machine}, seed {seed}")
        figures = [
            Figure(m.name, round(m.value, 1), m.unit, round(m.reference, 1), round(m.ratio, 3))
            for m in sales.measure(seed=seed, quick=chosen.quick)
        ]
    finally:
        teardown_databases(made, verbosity=0)
    if chosen.json:
        for figure in figures:
            print(json.dumps(asdict(figure) | {"machine": machine, "seed": seed}))
    else:
        print(as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
