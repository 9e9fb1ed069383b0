"""What a question costs in books of each size: median and 95th percentile, in milliseconds."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from benchmarks.figures import Aim, Figure, single
from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import SPREAD
from benchmarks.plan import Effort
from karyabina.ledger import queries
from karyabina.ledger.models import Entry

INSTANT_AIM = Aim("value", most=5.0)
BUSIEST_AIM = Aim("value", most=100.0)
LONG = 0.5  # seconds after which a question is asked fewer times


def ask(
    books: Books, size: int, effort: Effort, seed: int, tell: Callable[[str], None]
) -> Iterator[Figure]:
    databases.use(books)
    draw = random.Random(seed)
    found = Entry.objects.aggregate(first=Min("recorded_at"), last=Max("recorded_at"))
    first, last = found["first"], found["last"]
    code, unit, lines = busiest()
    tell(f"the busiest account is {code} with {lines:,} movements of {unit}")
    drawer = SPREAD[0].drawer
    n = f"{size:,} movements"

    def instant() -> datetime:
        return first + timedelta(seconds=draw.uniform(0, (last - first).total_seconds()))

    def ordinary() -> str:
        return SPREAD[draw.randrange(len(SPREAD))].drawer

    asked: list[tuple[str, Callable[[], Any], Aim | None]] = [
        ("balance now", lambda: queries.balance(ordinary(), "IDR"), None),
        (
            "balance at an instant",
            lambda: queries.balance_at(ordinary(), "IDR", instant()),
            INSTANT_AIM,
        ),
        (
            "balance at an instant, busiest account",
            lambda: queries.balance_at(code, unit, instant()),
            BUSIEST_AIM,
        ),
        ("page of history", lambda: queries.history(drawer, "IDR"), None),
        ("page of history, busiest account", lambda: queries.history(code, unit), None),
    ]
    for what, question, aim in asked:
        times = _times(question, effort.asked)
        yield single(f"{n}, {what}", statistics.median(times), "ms", aim)
        yield single(f"{n}, {what}, p95", _p95(times), "ms")
    connection.close()


def busiest() -> tuple[str, str, int]:
    """Code, unit and number of lines of the account with the most movements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, u.code, s.lines FROM (SELECT account_id, unit_id, count(*) AS lines"
            " FROM (SELECT target_id AS account_id, unit_id FROM ledger_movement"
            " UNION ALL SELECT source_id, unit_id FROM ledger_movement) AS m"
            " GROUP BY account_id, unit_id ORDER BY lines DESC, account_id LIMIT 1) AS s"
            " JOIN ledger_account AS a ON a.id = s.account_id"
            " JOIN ledger_unit AS u ON u.id = s.unit_id"
        )
        code, unit, lines = cursor.fetchone()
    return code, unit, lines


def _times(question: Callable[[], Any], times: int) -> list[float]:
    question()  # the first one prepares
    took: list[float] = []
    began = time.perf_counter()
    while len(took) < times and (len(took) < 5 or time.perf_counter() - began < LONG * 20):
        start = time.perf_counter()
        question()
        took.append((time.perf_counter() - start) * 1000)
    return took


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
