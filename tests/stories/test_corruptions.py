"""Somebody with the database's password damages the books, and `karya verify` finds it.

A small world is played through the rooms' acts: goods made, handed over, missed, sent back, sold,
counted and shared, and one entry reversed. Each test damages a copy of it in raw SQL with the
triggers off, and the copy is thrown away. What is changed so that everything still fits, only a
seal can tell: those changes are named at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from karyabina.base import guards
from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import verify
from karyabina.ledger.tests import raw
from karyabina.staff.models import Role
from tests import make
from tests.access import world as worlds
from tests.stories.damages import AMOUNT, CASES, SALE, Case, entry_of, filled, movement

pytestmark = pytest.mark.django_db  # within the transaction of the fixture below


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[worlds.World]:
    """The books of that world, for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = worlds.build()
        by = world.person(Role.WORKSHOP, world.office)
        broken = ledger.post(
            key=new_key(),
            kind="breakage",
            by=by,
            occurred_at=make.moment(11),
            request={"n": 1},
            moves=[ledger.Move("store:KLB", "outside:broken", world.lot.code, 2)],
        )
        ledger.reverse(
            key=new_key(), original=broken, by=by, occurred_at=make.moment(12), reason="Salah"
        )
        if not raw.sqlite():
            connection.check_constraints()  # else tables with events pending cannot be altered
        yield world
        transaction.set_rollback(True)


def found() -> set[str]:
    """Names of the checks that found something."""
    rules = verify.rules()
    findings = list(verify.run())
    for finding in findings:
        assert all(fault.strip() for fault in finding.faults)
        assert len(finding.faults) <= verify.MOST_FAULTS
    return {rule.check.__name__ for rule, one in zip(rules, findings, strict=True) if one.faults}


@contextmanager
def copied() -> Iterator[None]:
    """What is done within is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def unchecked(*constraints: str) -> Iterator[None]:
    """Without these constraints: on SQLite without any check, on PostgreSQL they are gone."""
    if not raw.sqlite():
        for constraint in constraints:
            table = {"a": "account", "u": "unit", "e": "entry", "m": "movement"}[constraint[0]]
            raw.run(f"ALTER TABLE ledger_{table} DROP CONSTRAINT {constraint}")
        yield
        return
    raw.run("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        raw.run("PRAGMA ignore_check_constraints = OFF")


# --- entries, movements, balances ----------------------------------------------------------------
def damage(one: Case) -> None:
    with guards.lifted(), unchecked(*one.without):
        for statement in one.sql:
            raw.run(filled(statement))


def test_nothing_is_found_in_books_that_nobody_damaged(played: worlds.World) -> None:
    assert found() == set()


@pytest.mark.parametrize("one", CASES, ids=str)
def test_damage_is_found(played: worlds.World, one: Case) -> None:
    with copied():
        if raw.sqlite():
            raw.run("PRAGMA defer_foreign_keys = ON")
        damage(one)
        assert one.noticed_by in found(), one.words


def test_there_are_many_ways_to_damage_books() -> None:
    assert len({one.words for one in CASES}) == len(CASES) > 50


# --- half a rupiah, and numbers used twice -------------------------------------------------------
def test_half_a_rupiah_is_found_on_postgresql_and_cannot_be_on_sqlite(
    played: worlds.World,
) -> None:
    half = filled(movement("amount = 0.5", "n = 1"))
    with copied(), guards.lifted(), unchecked(*AMOUNT):
        if raw.sqlite():
            with raw.refused("cannot store REAL value in INTEGER column"):
                raw.run(half)
        else:
            raw.run(half)
            assert "amounts_are_positive_and_whole" in found()


def remade(table: str, old: str, new: str) -> None:
    """On SQLite a table's rules change only with the table: it is made anew and filled again."""
    [(sql,)] = raw.run(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'")
    assert old in sql
    raw.run("PRAGMA legacy_alter_table = ON")
    raw.run(f"ALTER TABLE {table} RENAME TO gone")
    raw.run(sql.replace(old, new).replace("%", "%%"))
    raw.run(f"INSERT INTO {table} SELECT * FROM gone")
    raw.run("DROP TABLE gone")
    raw.run("PRAGMA legacy_alter_table = OFF")


def test_a_number_used_twice_is_found(played: worlds.World) -> None:
    twice = (
        "UPDATE ledger_entry SET origin_seq ="
        " (SELECT min(origin_seq) FROM ledger_entry WHERE origin = 'hub') WHERE key = {sale}"
    )
    with copied():
        with guards.lifted():
            if raw.sqlite():
                raw.run("PRAGMA defer_foreign_keys = ON")
                rule = "CONSTRAINT entry_origin_number_is_used_once UNIQUE (origin, origin_seq),"
                remade("ledger_entry", rule, "")
            else:
                raw.run("ALTER TABLE ledger_entry DROP CONSTRAINT entry_origin_number_is_used_once")
            raw.run(filled(twice))
        assert {"numbers_of_an_origin_are_used_once", "constraints_are_there"} <= found()


# --- the guards themselves -----------------------------------------------------------------------
EMPTY = "CREATE TRIGGER ledger_movement_no_update BEFORE UPDATE ON ledger_movement "
GUARD_CASES: dict[str, tuple[list[str], list[str]]] = {
    # in words: on SQLite, on PostgreSQL
    "a trigger is taken away": (
        ["DROP TRIGGER ledger_movement_books"],
        ["DROP TRIGGER ledger_movement_books ON ledger_movement"],
    ),
    "a trigger is replaced by an empty one": (
        ["DROP TRIGGER ledger_movement_no_update", EMPTY + "BEGIN SELECT 1; END"],
        [
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$",
            "DROP TRIGGER ledger_movement_no_update ON ledger_movement",
            EMPTY + "FOR EACH ROW EXECUTE FUNCTION nothing()",
        ],
    ),
    "a trigger is narrowed to what never happens": (
        ["DROP TRIGGER ledger_movement_no_update", EMPTY + "WHEN 1 = 0 BEGIN SELECT 1; END"],
        [
            "DROP TRIGGER ledger_movement_no_update ON ledger_movement",
            "CREATE TRIGGER ledger_movement_no_update BEFORE UPDATE OR DELETE ON ledger_movement"
            " FOR EACH ROW WHEN (1 = 0) EXECUTE FUNCTION karyabina_refuse()",
        ],
    ),
    "a trigger of a stranger is added": (
        ["CREATE TRIGGER strange BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(IGNORE); END"],
        [
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER strange BEFORE INSERT ON ledger_entry"
            " FOR EACH ROW EXECUTE FUNCTION swallow()",
        ],
    ),
    "a trigger of another room is emptied": (
        [
            "DROP TRIGGER till_sale_no_update",
            "CREATE TRIGGER till_sale_no_update BEFORE UPDATE ON till_sale BEGIN SELECT 1; END",
        ],
        ["ALTER TABLE till_sale DISABLE TRIGGER till_sale_no_update"],
    ),
}


@pytest.mark.parametrize("words", GUARD_CASES)
def test_a_damaged_guard_is_found(played: worlds.World, words: str) -> None:
    with copied():
        for statement in GUARD_CASES[words][0 if raw.sqlite() else 1]:
            raw.run(statement)
        assert found() == {"guards_are_there"}


ON_POSTGRESQL = {
    "a trigger is switched off": (
        "guards_are_there",
        "ALTER TABLE ledger_movement DISABLE TRIGGER ledger_movement_books",
    ),
    "all triggers of a table are switched off, foreign keys with them": (
        "guards_are_there",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    ),
    "a function of the books is emptied": (
        "guards_are_there",
        "CREATE OR REPLACE FUNCTION karyabina_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$",
    ),
    "triggers are off for whoever logs in": (
        "guards_are_there",
        "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
    ),
    "a constraint is no longer asked of old rows": (
        "constraints_are_there",
        "ALTER TABLE ledger_movement DROP CONSTRAINT movement_number_is_positive,"
        " ADD CONSTRAINT movement_number_is_positive CHECK (n > 0) NOT VALID",
    ),
    "a constraint keeps its name and asks nothing": (
        "constraints_are_there",
        "ALTER TABLE ledger_movement DROP CONSTRAINT movement_number_is_positive,"
        " ADD CONSTRAINT movement_number_is_positive CHECK (n > -9999)",
    ),
    "a rule swallows what is written": (
        "guards_are_there",
        "CREATE RULE swallow AS ON INSERT TO ledger_seal DO INSTEAD NOTHING",
    ),
    "a column may be empty": (
        "constraints_are_there",
        "ALTER TABLE ledger_entry ALTER COLUMN note DROP NOT NULL",
    ),
    "the primary key is gone": (
        "constraints_are_there",
        "ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_pkey",
    ),
}
ON_SQLITE = {
    "a constraint is gone": ("CONSTRAINT movement_number_is_positive CHECK (n > 0),", ""),
    "a constraint keeps its name and asks nothing": ("CHECK (n > 0)", "CHECK (1)"),
    "a table takes any type": (") STRICT, WITHOUT ROWID", ") WITHOUT ROWID"),
}


@pytest.mark.parametrize("words", sorted(ON_POSTGRESQL.keys() | ON_SQLITE.keys()))
def test_a_damaged_constraint_is_found(played: worlds.World, words: str) -> None:
    """Each engine has its own ways; on the other one the books stay as they are."""
    with copied(), guards.lifted() if raw.sqlite() else nullcontext():
        expected = set()
        if raw.sqlite() and words in ON_SQLITE:
            raw.run("PRAGMA defer_foreign_keys = ON")
            remade("ledger_movement", *ON_SQLITE[words])
            expected = {"constraints_are_there"}
        elif not raw.sqlite() and words in ON_POSTGRESQL:
            check, statement = ON_POSTGRESQL[words]
            raw.run(statement)
            expected = {check}
        assert expected <= found()


# --- what only a seal can tell -------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        "note = 'lain'",
        "occurred_offset = 479",
        "digest = reverse_of_it",
        "by_id = (SELECT min(key{text}) FROM staff_staff){uuid}",
    ],
)
def test_what_still_fits_is_left_to_the_seals(played: worlds.World, change: str) -> None:
    """Nothing else in the books says otherwise: `karya verify --seals` compares the bytes."""
    text, uuid = ("", "") if raw.sqlite() else ("::text", "::uuid")
    change = change.replace("reverse_of_it", f"'{'ab' * 32}'")
    with copied():
        with guards.lifted():
            raw.run(
                f"UPDATE ledger_entry SET {change.format(text=text, uuid=uuid)}"
                f" WHERE key = {entry_of(SALE)}"
            )
        assert found() == set()
