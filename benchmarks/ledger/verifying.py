"""How long `karya verify` takes, as a whole and each of its invariants."""

import time

from django.db import connection

from benchmarks.figures import Aim, Figure, single
from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from karyabina.ledger import verify

AIM = Aim("value", most=5.0)
WORTH = 0.05  # a single invariant is named from this part of the whole on


def verified(books: Books, size: int) -> list[Figure]:
    """Every figure of one run; an invariant that does not hold is an error of the measurement."""
    databases.use(books)
    took: list[tuple[float, str]] = []
    began = last = time.perf_counter()
    for finding in verify.run():
        now = time.perf_counter()
        took.append((now - last, finding.sentence))
        last = now
        if finding.faults:
            raise RuntimeError(f"{finding.sentence}: {', '.join(finding.faults[:3])}")
    whole = time.perf_counter() - began
    connection.close()
    n = f"{size:,} movements"
    figures = [single(f"{n}, all {len(took)} invariants", whole, "s", AIM)]
    figures += [
        single(f"{n}, {sentence[:38]}", seconds, "s")
        for seconds, sentence in sorted(took, reverse=True)
        if seconds > WORTH * whole
    ]
    return figures
