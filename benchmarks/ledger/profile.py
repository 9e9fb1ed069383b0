"""`./run bench ledger --profile`: where the time of posting one sale goes.

Three looks at the same act, one client, in milliseconds a sale:

1. layers: an empty commit, the plain rows, the bare statement, the action;
2. one guard, constraint or index taken away at a time: what each costs (with commits that do not
   wait for the disk, so that they are not measured along; the median over single sales, because
   one that is disturbed must not count; a few hundredths are noise all the same);
3. PostgreSQL: every statement inside the functions and triggers, as auto_explain times it.
   Action: the Python functions that take longest, as cProfile sees them.
"""

import cProfile
import json
import pstats
import random
import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection

from benchmarks.ledger import books as databases
from benchmarks.ledger import plain, ways
from benchmarks.ledger.books import Books
from benchmarks.ledger.world import SPREAD, draw_sale

ROUNDS = 5
WARM = 8  # sales that are not counted: plans are made anew after a change


def show(base: Books, seed: int) -> Iterator[str]:
    books = databases.copy(base, "profile")
    plain.make_tables(books)
    draw = random.Random(seed)
    yield from _layers(books, draw)
    yield from _without(books, draw)
    if databases.postgresql():
        yield from _inside_postgresql(books, draw)
    yield from _python(books, draw)
    databases.drop(books)


def _each(way: ways.Way, draw: random.Random, sales: int) -> list[float]:
    """Milliseconds of each of so many sales."""
    took = []
    for _n in range(sales):
        sale = [draw_sale(SPREAD, draw)]
        began = time.perf_counter()
        way(sale)
        took.append((time.perf_counter() - began) * 1000)
    return took


# --- layers --------------------------------------------------------------------------------------
def _layers(books: Books, draw: random.Random, sales: int = 100) -> Iterator[str]:
    opened: dict[str, ways.Way] = {
        "an empty commit (one row)": _one_row(books),
        "plain: the same eight rows": plain.opened(books),
        "bare: the books' own statement": ways.bare(books),
        "action: ledger.actions.post": ways.action(books),
    }
    found: dict[str, list[float]] = defaultdict(list)
    for _round in range(ROUNDS):
        for name, way in opened.items():
            found[name] += _each(way, draw, sales)
    yield "1. Layers, every commit on disk (ms a sale, one client)"
    for name, times in found.items():
        yield f"   {statistics.median(times):8.3f}  {name}"
    yield ""
    connection.close()


def _one_row(books: Books) -> ways.Way:
    if databases.postgresql():
        own: Any = databases.connect_postgresql(books)
    else:
        own = databases.connect_sqlite(books)
    own.execute("CREATE TABLE plain_commit (n integer)")

    def write(_sales: object) -> None:
        own.execute("INSERT INTO plain_commit VALUES (1)")

    return write


# --- one thing less ------------------------------------------------------------------------------
Switch = tuple[str, list[str], list[str]]  # what, how to take it away, how to put it back


def _switches_sqlite(file: Any) -> list[Switch]:
    found = file.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')"
        " AND tbl_name IN ('ledger_entry', 'ledger_movement', 'ledger_balance')"
        " AND sql IS NOT NULL ORDER BY type DESC, name"
    )
    made: list[Switch] = [
        (f"{kind} {name}", [f"DROP {kind} {name}"], [sql]) for kind, name, sql in found
    ]
    every = [(off[0], on[0]) for what, off, on in made if what.startswith("trigger")]
    return [
        ("foreign keys", ["PRAGMA foreign_keys=OFF"], ["PRAGMA foreign_keys=ON"]),
        ("checks", ["PRAGMA ignore_check_constraints=ON"], ["PRAGMA ignore_check_constraints=OFF"]),
        *made,
        ("all triggers together", [off for off, _on in every], [on for _off, on in every]),
    ]


def _switches_postgresql(server: Any) -> list[Switch]:
    found = server.execute(
        "SELECT r.relname, t.tgname, c.conname FROM pg_trigger AS t"
        " JOIN pg_class AS r ON r.oid = t.tgrelid LEFT JOIN pg_constraint AS c"
        " ON c.oid = t.tgconstraint WHERE t.tgenabled = 'O' AND t.tgtype & 4 = 4 AND r.relname IN"
        " ('ledger_entry', 'ledger_movement', 'ledger_balance') ORDER BY 1, 3, 2"
    ).fetchall()
    by_name: dict[str, list[tuple[str, str]]] = {}
    for table, trigger, constraint in found:
        what = f"foreign key {constraint}" if constraint else f"trigger {trigger}"
        by_name.setdefault(what, []).append((table, trigger))
    made: list[Switch] = [
        (
            what,
            [f'ALTER TABLE {table} DISABLE TRIGGER "{name}"' for table, name in triggers],
            [f'ALTER TABLE {table} ENABLE TRIGGER "{name}"' for table, name in triggers],
        )
        for what, triggers in by_name.items()
    ]
    checks = server.execute(
        "SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint AS c"
        " JOIN pg_class AS r ON r.oid = c.conrelid WHERE c.contype = 'c'"
        " AND r.relname IN ('ledger_entry', 'ledger_movement', 'ledger_balance')"
    ).fetchall()
    made.append(
        (
            "checks",
            [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _sql in checks],
            [f"ALTER TABLE {table} ADD CONSTRAINT {name} {sql}" for table, name, sql in checks],
        )
    )
    indexes = server.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes AS i WHERE i.tablename IN"
        " ('ledger_entry', 'ledger_movement', 'ledger_balance') AND NOT EXISTS ("
        " SELECT 1 FROM pg_constraint WHERE conname = i.indexname) ORDER BY 1"
    ).fetchall()
    made += [(f"index {name}", [f"DROP INDEX {name}"], [sql]) for name, sql in indexes]
    functions = server.execute(
        "SELECT p.oid::regprocedure::text, p.proconfig[1] FROM pg_proc AS p"
        " WHERE p.proname LIKE 'ledger\\_%' AND p.proconfig IS NOT NULL"
    ).fetchall()
    made.append(
        (
            "search_path set by every function",
            [f"ALTER FUNCTION {name} RESET search_path" for name, _path in functions],
            [f"ALTER FUNCTION {name} SET {path.replace('=', ' = ')}" for name, path in functions],
        )
    )
    generic = "SET plan_cache_mode = force_generic_plan"
    made.append(("plans made for a single call", [generic], ["RESET plan_cache_mode"]))
    keys = [s for s in made if s[0].startswith("foreign key")]
    made.append(
        (
            "all foreign keys together",
            [o for s in keys for o in s[1]],
            [b for s in keys for b in s[2]],
        )
    )
    return made


def _without(books: Books, draw: random.Random, sales: int = 60) -> Iterator[str]:
    way = ways.bare(books)
    run = way.own.execute
    if databases.postgresql():
        run("SET synchronous_commit = off")
        switches = _switches_postgresql(way.own)
    else:
        run("PRAGMA synchronous=OFF")
        switches = _switches_sqlite(way.own)
    _each(way, draw, 300)
    saved: list[tuple[float, str]] = []
    whole: list[float] = []
    for what, off, on in switches:
        with_it: list[float] = []
        without: list[float] = []
        needed = ""
        for _round in range(ROUNDS):
            with_it += _each(way, draw, sales + WARM)[WARM:]
            for statement in off:
                run(statement)
            try:
                without += _each(way, draw, sales + WARM)[WARM:]
            except (psycopg.Error, sqlite3.Error, RuntimeError):
                needed = "  (without it nothing is posted at all)"
                break
            finally:
                for statement in on:
                    run(statement)
        whole += with_it
        less = 0.0 if needed else statistics.median(with_it) - statistics.median(without)
        saved.append((less, what + needed))
    way.own.close()
    yield "2. One thing less (ms a sale saved when it is taken away; commits not waited for)"
    yield f"   {statistics.median(whole):8.3f}  with everything"
    for less, what in sorted(saved, reverse=True):
        yield f"   {less:8.3f}  {what}"
    yield ""


# --- inside the functions ------------------------------------------------------------------------
def _inside_postgresql(books: Books, draw: random.Random, sales: int = 200) -> Iterator[str]:
    way = ways.bare(books)
    server = way.own
    for _n in range(50):
        way([draw_sale(SPREAD, draw)])
    server.execute("LOAD 'auto_explain'")
    for setting in (
        "log_min_duration = 0",
        "log_nested_statements = on",
        "log_analyze = on",
        "log_triggers = on",
        "log_format = json",
        "log_level = notice",
    ):
        server.execute(f"SET auto_explain.{setting}")
    times: dict[str, list[float]] = defaultdict(list)
    triggers: dict[str, list[float]] = defaultdict(list)

    def heard(notice: Any) -> None:
        said = notice.message_primary or ""
        if not said.startswith("duration:"):
            return
        took, _word, plan = said.partition("plan:")
        told = json.loads(plan)
        text = " ".join(told["Query Text"].split())
        times[text].append(float(took.split()[1]))
        for trigger in told.get("Triggers", ()):
            name = trigger.get("Constraint Name") or trigger["Trigger Name"]
            triggers[name].append(trigger["Time"])

    server.add_notice_handler(heard)
    for _n in range(sales):
        way([draw_sale(SPREAD, draw)])
    server.close()
    yield f"3. Statements inside, as auto_explain times them, {sales} sales (ms a sale; it slows"
    yield "   each of them; a statement's time holds those of its triggers and functions)"
    for text, found in sorted(times.items(), key=lambda item: -sum(item[1])):
        yield f"   {sum(found) / sales:8.3f}  {len(found) / sales:5.1f}×  {text[:150]}"
    yield "   Triggers:"
    for name, found in sorted(triggers.items(), key=lambda item: -sum(item[1])):
        yield f"   {sum(found) / sales:8.3f}  {len(found) / sales:5.1f}×  {name}"
    yield ""


# --- Python --------------------------------------------------------------------------------------
def _python(books: Books, draw: random.Random, sales: int = 500) -> Iterator[str]:
    way = ways.action(books)
    for _n in range(20):
        way([draw_sale(SPREAD, draw)])
    drawn = [draw_sale(SPREAD, draw) for _n in range(sales)]
    watch = cProfile.Profile()
    watch.enable()
    way(drawn)
    watch.disable()
    connection.close()
    rows = pstats.Stats(watch).stats  # type: ignore[attr-defined]
    yield f"4. Python under the action, as cProfile sees it, {sales} sales (ms a sale, itself)"
    ranked = sorted(rows.items(), key=lambda item: -item[1][2])[:25]
    for (file, line, name), (_calls, count, own, cumulative, _callers) in ranked:
        place = f"{'/'.join(file.split('/')[-2:])}:{line} {name}" if line else name
        yield (
            f"   {own / sales * 1000:8.4f}  (with what it calls {cumulative / sales * 1000:7.4f})"
            f"  {count / sales:6.1f}×  {place}"
        )
    yield ""
