"""How many sales a second the books take, against the same rows inserted plainly.

A sale is one entry with seven movements: three lots leave a stand, the money comes into a drawer,
and three offices are owed their part. *Spread* picks one of a hundred stands for each sale, *one
stand* always the same. *Plain* inserts rows of the same shape into tables that have a primary key
and no rule, no balance and no guard: what the rules cost is the ratio.
"""

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions import Move
from karyabina.ledger.models import Entry, Movement
from karyabina.staff import actions as staff
from karyabina.staff.models import Staff

STANDS = 100
OFFICES = ("KLB", "KFM", "LPP")
LOTS = tuple(f"{office}-CONTOH-251029-1" for office in OFFICES)
PLENTY = 1_000_000_000
AT = datetime(2025, 10, 29, 2, 0, tzinfo=UTC)
CLIENTS = (1, 4, 8)
PLAIN_TABLES = """
CREATE TABLE bench_entry (
  key {key} PRIMARY KEY, kind text NOT NULL, origin text NOT NULL, origin_seq bigint NOT NULL,
  by_id {key} NOT NULL, occurred_at text NOT NULL, booked_on text NOT NULL, size integer NOT NULL,
  digest text NOT NULL);
CREATE TABLE bench_movement (
  entry_key {key} NOT NULL, n integer NOT NULL, source_id bigint NOT NULL,
  target_id bigint NOT NULL, unit_id bigint NOT NULL, amount bigint NOT NULL,
  PRIMARY KEY (entry_key, n))
"""


@dataclass(frozen=True)
class Measured:
    name: str
    value: float
    unit: str
    reference: float

    @property
    def ratio(self) -> float:
        return self.value / self.reference


def set_up() -> None:
    """A hundred full stands and three offices that are owed."""
    person = staff.enlist(username="ukur", name="Pengukur", password=None, by=None, at=AT)
    homes = {f"stand:S{n:03d}": "NTT" for n in range(STANDS)}
    homes |= {f"cash:S{n:03d}": "NTT" for n in range(STANDS)}
    homes |= {f"due:{office}": office for office in OFFICES}
    homes |= {"owed:NTT": "NTT", "outside:buyer": "hub", "outside:workshop": "hub"}
    ledger.open_accounts(homes=homes, at=AT)
    ledger.add_units(codes=LOTS, kind="lot")
    for n in range(STANDS):
        ledger.post(
            key=new_key(),
            kind="production",
            by=person,
            occurred_at=AT,
            request={"fill": n},
            moves=[Move("outside:workshop", f"stand:S{n:03d}", lot, PLENTY) for lot in LOTS],
        )
    key = "uuid" if connection.vendor == "postgresql" else "text"
    with connection.cursor() as cursor:
        for statement in PLAIN_TABLES.format(key=key).split(";"):
            cursor.execute(statement)


def post_sale(person: Staff, stand: int, draw: random.Random, key: UUID) -> None:
    prices = [draw.randrange(5_000, 80_000, 500) for _ in LOTS]
    place = f"S{stand:03d}"
    ledger.post(
        key=key,
        kind="sale",
        by=person,
        occurred_at=AT,
        request={"stand": place, "prices": prices},
        moves=[
            *(Move(f"stand:{place}", "outside:buyer", lot, 1) for lot in LOTS),
            Move("outside:buyer", f"cash:{place}", "IDR", sum(prices)),
            *(
                Move("owed:NTT", f"due:{office}", "IDR", price)
                for office, price in zip(OFFICES, prices, strict=True)
            ),
        ],
    )


def spread(person: Staff, draw: random.Random, key: UUID) -> None:
    post_sale(person, draw.randrange(STANDS), draw, key)


def one_stand(person: Staff, draw: random.Random, key: UUID) -> None:
    post_sale(person, 0, draw, key)


def plain(person: Staff, draw: random.Random, key: UUID) -> None:
    """The same rows, two statements, no rule."""
    adapted: Any = key if connection.vendor == "postgresql" else key.hex
    by: Any = person.pk if connection.vendor == "postgresql" else person.pk.hex
    rows = [(adapted, n, 1, 2 + n, 3, draw.randrange(5_000, 80_000)) for n in range(1, 8)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_entry VALUES (%s, 'sale', 'hub', %s, %s, %s, '2025-10-29', 7, %s)",
            [adapted, draw.randrange(2**40), by, AT.isoformat(), "0" * 64],
        )
        marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
        cursor.execute(
            f"INSERT INTO bench_movement VALUES {marks}", [value for row in rows for value in row]
        )


Sell = Callable[[Staff, random.Random, UUID], None]


def client(sell: Sell, seed: int, seconds: float, start: Any, results: Any) -> None:
    """One process: warm up, wait for the others, sell until the time is over."""
    connection.close()
    draw = random.Random(seed)
    person = Staff.objects.get(username="ukur")
    for _ in range(5):
        sell(person, draw, new_key())
    start.wait()
    began = time.perf_counter()
    sold = 0
    while time.perf_counter() - began < seconds:
        sell(person, draw, new_key())
        sold += 1
    results.put(sold / (time.perf_counter() - began))
    connection.close()


def rate(sell: Sell, clients: int, seed: int, seconds: float) -> float:
    """Sales a second of so many clients together."""
    connection.close()
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(clients), fork.Queue()
    processes = [
        fork.Process(target=client, args=(sell, seed + n, seconds, start, results))
        for n in range(clients)
    ]
    for process in processes:
        process.start()
    total = sum(results.get(timeout=seconds + 120) for _ in processes)
    for process in processes:
        process.join()
    return float(total)


def check_books() -> None:
    """What was measured must also have happened: no entry without its seven movements."""
    sold = Entry.objects.filter(kind="sale").count()
    moved = Movement.objects.filter(entry__kind="sale").count()
    if not sold or moved != 7 * sold:
        raise RuntimeError(f"{sold} sales, but {moved} movements")


def measure(*, seed: int, quick: bool) -> Iterator[Measured]:
    set_up()
    seconds = 2.0 if quick else 10.0
    for clients in CLIENTS:
        reference = rate(plain, clients, seed, seconds)
        many = "1 client" if clients == 1 else f"{clients} clients"
        for name, sell in (("spread over 100 stands", spread), ("one stand", one_stand)):
            value = rate(sell, clients, seed, seconds)
            yield Measured(f"sales, {many}, {name}", value, "sales/s", reference)
    check_books()
