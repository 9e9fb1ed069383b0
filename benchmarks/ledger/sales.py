"""Sales one at a time and in batches of a hundred: spread, at one festival, at one stand."""

from collections.abc import Callable, Iterator
from contextlib import closing

from benchmarks.figures import Aim, Figure, compared
from benchmarks.ledger import books as databases
from benchmarks.ledger import pgbench, plain, ways
from benchmarks.ledger.books import Books
from benchmarks.ledger.clients import Load, interleaved
from benchmarks.ledger.world import MOVEMENTS, SAID
from benchmarks.plan import Effort

BATCH = 100
PLAIN = Load("plain")
UNIT = "sales/s"
BARE_AIM = {"postgresql": Aim("ratio", least=0.6), "sqlite": Aim("ratio", least=0.5)}
HOT_AIM = Aim("ratio", least=0.8)
BATCH_AIM = Aim("ratio", least=2.0)


def said(clients: int) -> str:
    who = "client" if databases.postgresql() else "process"
    return f"{clients} {who}" + ("" if clients == 1 else "es" if who == "process" else "s")


def engine() -> str:
    return "postgresql" if databases.postgresql() else "sqlite"


def clients_of(effort: Effort) -> tuple[int, ...]:
    """SQLite has one writer at a time: more than a few processes only wait."""
    return effort.clients if databases.postgresql() else effort.clients[:2]


def prepared(base: Books) -> Books:
    books = databases.copy(base, "sales")
    plain.make_tables(books)
    if databases.postgresql():
        pgbench.prepare(books)
    databases.settle(books)
    return books


def _tps(books: Books, clients: int, effort: Effort) -> Callable[[], float] | None:
    if not databases.postgresql():
        return None
    return lambda: pgbench.tps(books, clients, effort.seconds)


def one_at_a_time(base: Books, effort: Effort, seed: int) -> Iterator[Figure]:
    books = prepared(base)
    loads = [PLAIN, *(Load(way, place) for way in ways.SINGLE for place in SAID)]
    for clients in clients_of(effort):
        found, tps = interleaved(
            books,
            loads,
            clients,
            effort.rounds,
            effort.seconds,
            seed,
            beside=_tps(books, clients, effort),
        )
        who = said(clients)
        for load in loads[1:]:
            aim = BARE_AIM[engine()] if load == Load("bare") else None
            name = f"{who}, {SAID[load.place]}, {load.way}"
            yield compared(name, found[load], UNIT, found[PLAIN], "plain", aim)
        for way in ("bare", "action"):
            spread, hot = found[Load(way)], found[Load(way, "hot")]
            yield compared(
                f"{who}, one stand beside spread, {way}", hot, UNIT, spread, "spread", HOT_AIM
            )
        if tps:
            yield compared(
                f"{who}, over 100 stands beside TPC-B, bare",
                found[Load("bare")],
                UNIT,
                tps,
                "pgbench TPC-B",
            )
    check(books)
    databases.drop(books)


def in_batches(base: Books, effort: Effort, seed: int) -> Iterator[Figure]:
    books = prepared(base)
    together = Load("plain", each=BATCH)
    batches = [Load(way, place, BATCH) for way in ways.BATCHES for place in ("spread", "hot")]
    loads = [PLAIN, together, *batches]
    for clients in clients_of(effort):
        found, tps = interleaved(
            books,
            loads,
            clients,
            effort.rounds,
            effort.seconds,
            seed,
            beside=_tps(books, clients, effort),
        )
        who = said(clients)
        for load in batches:
            name = f"{who}, {SAID[load.place]}, {load.way}"
            if tps:
                beside = f"{name} beside TPC-B"
                yield compared(beside, found[load], UNIT, tps, "pgbench TPC-B", BATCH_AIM)
            yield compared(name, found[load], UNIT, found[together], "plain in batches")
            if load.place == "hot":
                spread = found[Load(load.way, each=BATCH)]
                beside = f"{name} beside spread"
                yield compared(beside, found[load], UNIT, spread, "spread", HOT_AIM)
        yield compared(f"{who}, plain in batches", found[together], UNIT, found[PLAIN], "plain")
    check(books)
    databases.drop(books)


def check(books: Books) -> None:
    """What was measured must also have happened: no sale without its seven movements."""
    counted = (
        "SELECT (SELECT count(*) FROM ledger_entry WHERE kind = 'sale'),"
        " (SELECT count(*) FROM ledger_movement AS m JOIN ledger_entry AS e"
        " ON e.key = m.entry_key WHERE e.kind = 'sale'),"
        " (SELECT sum(b.amount) FROM ledger_balance AS b JOIN ledger_account AS a"
        " ON a.id = b.account_id WHERE a.code LIKE 'due:%'),"
        " (SELECT sum(b.amount) FROM ledger_balance AS b JOIN ledger_account AS a"
        " ON a.id = b.account_id WHERE a.code LIKE 'cash:%')"
    )
    opened = databases.connect_postgresql if databases.postgresql() else databases.connect_sqlite
    with closing(opened(books)) as own:
        sold, moved, due, taken = own.execute(counted).fetchone()
    if not sold or moved != MOVEMENTS * sold or due != taken:
        raise RuntimeError(f"{sold} sales, {moved} movements, {due} due, {taken} taken")
