"""`./run bench ledger --profile`: where the time of posting one sale goes.

Looks at the same act, one client, single and a hundred at once, in milliseconds a sale:

1. layers: an empty commit, the plain rows, the bare statement, the action;
2. one guard, constraint or index taken away at a time: what each costs (with commits that do not
   wait for the disk, so that they are not measured along; the median over single calls, because
   one that is disturbed must not count; a few hundredths are noise all the same);
3. PostgreSQL: every statement inside the functions and triggers, as auto_explain times it;
4. the Python functions that take longest, as cProfile sees them.
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
WARM = 8  # calls that are not counted: plans are made anew after a change
BATCH = 100
CALLS = {1: 60, BATCH: 6}  # in each round


def show(base: Books, seed: int) -> Iterator[str]:
    books = databases.copy(base, "profile")
    plain.make_tables(books)
    draw = random.Random(seed)
    yield from _layers(books, draw)
    for each in (1, BATCH):
        yield from _without(books, draw, each)
    if databases.postgresql():
        for each in (1, BATCH):
            yield from _inside_postgresql(books, draw, each)
    for name in ("bare batch", "action", "action batch"):
        yield from _python(books, draw, name)
    databases.drop(books)


def _calls(way: ways.Way, draw: random.Random, calls: int, each: int) -> list[float]:
    """Milliseconds a sale, of each of so many calls with so many sales."""
    took = []
    for _n in range(calls):
        sales = [draw_sale(SPREAD, draw) for _n in range(each)]
        began = time.perf_counter()
        way(sales)
        took.append((time.perf_counter() - began) * 1000 / each)
    return took


def _said(each: int) -> str:
    return "single" if each == 1 else f"{each} at once"


# --- layers --------------------------------------------------------------------------------------
def _layers(books: Books, draw: random.Random) -> Iterator[str]:
    opened: dict[str, tuple[ways.Way, int]] = {
        "a round trip (SELECT 1)": (_statement(books, "SELECT 1"), 1),
        "an empty commit (one row)": (_one_row(books), 1),
        "plain: the same eight rows": (plain.opened(books), 1),
        "bare: the books' own statement": (ways.bare(books), 1),
        "action: ledger.actions.post": (ways.action(books), 1),
        f"plain, {BATCH} at once": (plain.opened(books), BATCH),
        f"bare, {BATCH} at once": (ways.bare_batch(books), BATCH),
        f"action, {BATCH} at once: ledger.actions.post_all": (ways.action_batch(books), BATCH),
    }
    found: dict[str, list[float]] = defaultdict(list)
    busy: dict[str, float] = defaultdict(float)
    for _round in range(ROUNDS):
        for name, (way, each) in opened.items():
            began = time.process_time()
            times = _calls(way, draw, CALLS[each], each)
            busy[name] += (time.process_time() - began) * 1000 / len(times) / each / ROUNDS
            found[name] += times
    yield "1. Layers, every commit on disk (ms a sale, one client; then: of it busy in Python)"
    for name, times in found.items():
        yield f"   {statistics.median(times):8.3f} {busy[name]:8.3f}  {name}"
    yield ""
    connection.close()


def _statement(books: Books, sql: str) -> ways.Way:
    if databases.postgresql():
        own: Any = databases.connect_postgresql(books)
    else:
        own = databases.connect_sqlite(books)

    def write(_sales: object) -> None:
        own.execute(sql)

    return write


def _one_row(books: Books) -> ways.Way:
    _statement(books, "CREATE TABLE plain_commit (n integer)")([])
    return _statement(books, "INSERT INTO plain_commit VALUES (1)")


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


def _without(books: Books, draw: random.Random, each: int) -> Iterator[str]:
    way = ways.bare_batch(books)
    run = way.own.execute
    if databases.postgresql():
        run("SET synchronous_commit = off")
        switches = _switches_postgresql(way.own)
    else:
        run("PRAGMA synchronous=OFF")
        switches = _switches_sqlite(way.own)
    calls = CALLS[each]
    warm = WARM if each == 1 else 1
    _calls(way, draw, 5 * calls, each)
    saved: list[tuple[float, str]] = []
    whole: list[float] = []
    for what, off, on in switches:
        with_it: list[float] = []
        without: list[float] = []
        needed = ""
        for _round in range(ROUNDS):
            with_it += _calls(way, draw, calls + warm, each)[warm:]
            for statement in off:
                run(statement)
            try:
                slow = _calls(way, draw, 1, each)[0] > 20 * statistics.median(with_it)
                if slow and _calls(way, draw, 1, each)[0] > 20 * statistics.median(with_it):
                    needed = "  (without it nothing ends)"
                    break
                without += _calls(way, draw, calls + warm, each)[warm:]
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
    yield f"2. One thing less, {_said(each)} (ms a sale saved when it is taken away; commits not"
    yield "   waited for)"
    yield f"   {statistics.median(whole):8.3f}  with everything"
    for less, what in sorted(saved, reverse=True):
        yield f"   {less:8.3f}  {what}"
    yield ""


# --- inside the functions ------------------------------------------------------------------------
def _inside_postgresql(books: Books, draw: random.Random, each: int) -> Iterator[str]:
    way = ways.bare_batch(books)
    server = way.own
    _calls(way, draw, CALLS[each], each)
    sales = 200 if each == 1 else 10 * each
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
    _calls(way, draw, sales // each, each)
    server.close()
    yield f"3. Statements inside, {_said(each)}, as auto_explain times them, {sales} sales (ms a"
    yield "   sale; it slows each of them; a statement's time holds those of its triggers and"
    yield "   functions)"
    for text, found in sorted(times.items(), key=lambda item: -sum(item[1])):
        yield f"   {sum(found) / sales:8.3f}  {len(found) / sales:5.1f}×  {text[:150]}"
    yield "   Triggers:"
    for name, found in sorted(triggers.items(), key=lambda item: -sum(item[1])):
        yield f"   {sum(found) / sales:8.3f}  {len(found) / sales:5.1f}×  {name}"
    yield ""


# --- Python --------------------------------------------------------------------------------------
def _python(books: Books, draw: random.Random, name: str, sales: int = 500) -> Iterator[str]:
    way = (ways.SINGLE | ways.BATCHES)[name](books, 0)
    each = BATCH if name in ways.BATCHES else 1
    _calls(way, draw, 5, each)
    drawn = [[draw_sale(SPREAD, draw) for _n in range(each)] for _n in range(sales // each)]
    watch = cProfile.Profile()
    watch.enable()
    for together in drawn:
        way(together)
    watch.disable()
    connection.close()
    rows = pstats.Stats(watch).stats  # type: ignore[attr-defined]
    yield f"4. Python, {name}, as cProfile sees it, {sales} sales (ms a sale, itself)"
    ranked = sorted(rows.items(), key=lambda item: -item[1][2])[:18]
    for (file, line, function), (_primitive, count, own, cumulative, _callers) in ranked:
        place = f"{'/'.join(file.split('/')[-2:])}:{line} {function}" if line else function
        yield (
            f"   {own / sales * 1000:8.4f}  (with what it calls {cumulative / sales * 1000:7.4f})"
            f"  {count / sales:6.1f}×  {place}"
        )
    yield ""
