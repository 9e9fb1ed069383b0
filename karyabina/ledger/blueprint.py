"""What the database should look like, drawn afresh, and where it differs.

Somebody with the database's password can replace a trigger by one of the same name that does
nothing, switch it off, or take a constraint away. So the guards and the ledger's tables are made
once more from the same SQL in a place of their own (SQLite: in memory; PostgreSQL: in a schema
that is rolled back, and no table of the books is locked), and both are compared as the database
itself writes them down. Nothing here can be fooled by a name.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from karyabina.base import guards

GUARDS, TABLES = "guards", "tables"
LONG_TABLES = ("ledger_entry", "ledger_movement")
Key = tuple[str, str]  # which kind of thing, and its name
Drawing = dict[Key, str]  # … as the database writes it down

# Kinds of things that belong to the guards; the others belong to the tables.
_OF_GUARDS = ("trigger", "function", "switch")


def own_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_app_config("ledger").get_models()]


def _statements() -> Iterator[str]:
    """The ledger's migrations in SQL, in their order."""
    folder = Path(__file__).parent / "migrations"
    for path in sorted(folder.glob(f"[0-9]*_{connection.vendor}.sql")):
        yield from path.read_text(encoding="utf-8").split(guards.BREAK)


def _guarded() -> set[str]:
    return {guard.table for guard in guards.GUARDS.values()}


_DRAWN: dict[str, Drawing] = {}  # by engine: what a program wants does not change while it runs


def drawn() -> tuple[Drawing, Drawing]:
    """What should be there and what is (call it through `verify.once`)."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if connection.vendor not in _DRAWN:
            wanted = _sqlite_wanted(cursor) if sqlite else _postgresql_wanted(cursor)
            _DRAWN[connection.vendor] = wanted
        there = _sqlite(connection.connection) if sqlite else _postgresql(cursor, _schema(cursor))
    return _DRAWN[connection.vendor], there


def differences(both: tuple[Drawing, Drawing], of: str) -> list[str]:
    """What is missing, what is otherwise, and what nobody put there."""
    wanted, there = ({k: v for k, v in one.items() if (k[0] in _OF_GUARDS) == (of == GUARDS)}
                     for one in both)  # fmt: skip
    missing = [name for (kind, name) in sorted(wanted.keys() - there.keys())]
    faults = [_("%(name)s tidak ada") % {"name": name} for name in missing]
    faults += [
        _("%(name)s berbeda dari aslinya") % {"name": key[1]}
        for key in sorted(wanted.keys() & there.keys())
        if wanted[key] != there[key]
    ]
    faults += [
        _("%(name)s tidak dikenal") % {"name": name}
        for kind, name in sorted(there.keys() - wanted.keys())
        if kind != "function"  # others may keep functions of theirs
    ]
    if of == TABLES:
        faults += _lost_of_models()
    return faults


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip(" ;")


# --- SQLite --------------------------------------------------------------------------------------
def _sqlite_wanted(cursor: CursorWrapper) -> Drawing:
    """The same statements once more, on empty tables in memory."""
    with closing(sqlite3.connect(":memory:")) as memory:
        for statement in _statements():
            memory.execute(statement)
        made = {name for (name,) in memory.execute("SELECT name FROM sqlite_master")}
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        others = {name: sql for name, sql in cursor.fetchall() if name in _guarded() - made}
        for sql in others.values():
            memory.execute(sql)
        for statement in guards.statements("sqlite", made | others.keys()):
            memory.execute(statement)
        drawing = _sqlite(memory)
    return {key: sql for key, sql in drawing.items() if key[0] != "table" or key[1] in made}


def _sqlite(of: Any) -> Drawing:
    rows = of.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    found = {(kind, name): (table, _plain(sql)) for kind, name, table, sql in rows}
    own = _own_in_sql()
    return {
        (kind, name): sql
        for (kind, name), (table, sql) in found.items()
        if (kind == "trigger" and table in _guarded()) or (kind == "table" and name in own)
    }


def _own_in_sql() -> set[str]:
    """Tables that the ledger's own SQL makes; the others are Django's."""
    made = set(re.findall(r"^CREATE TABLE (\w+)", "\n".join(_statements()), re.MULTILINE))
    return made & set(own_tables())


# --- PostgreSQL ----------------------------------------------------------------------------------
def _schema(cursor: CursorWrapper) -> str:
    cursor.execute("SELECT current_schema()")
    [name] = cursor.fetchone()
    return str(name)


SCRATCH = "karyabina_blueprint"


def _postgresql_wanted(cursor: CursorWrapper) -> Drawing:
    """The same statements once more, in a schema that nobody else ever sees."""
    here = _schema(cursor)
    with transaction.atomic():
        cursor.execute(f"CREATE SCHEMA {SCRATCH}")
        cursor.execute(f"SET LOCAL search_path = {SCRATCH}")
        cursor.execute("SET LOCAL client_min_messages = warning")
        own = _own_in_sql()
        pointed = set(re.findall(r"REFERENCES (\w+)", "\n".join(_statements())))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [here])
        there = {name for (name,) in cursor.fetchall()}
        for name in sorted((_guarded() | pointed) & there - own):
            cursor.execute(f'CREATE TABLE "{name}" (LIKE "{here}"."{name}" INCLUDING INDEXES)')
        for statement in _statements():
            cursor.execute(statement)
        guards.install(connection.alias)
        drawing = _postgresql(cursor, SCRATCH)
        transaction.set_rollback(True)
    # What is switched off for everybody is so here too, and is never wanted.
    return {key: text for key, text in drawing.items() if key[0] != "switch"}


_TRIGGERS = """
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = %s::regnamespace AND c.relname = ANY(%s)
UNION ALL SELECT 'switch', c.relname || ' (' || t.tgname || ')', 'off' FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
  AND c.relnamespace = %s::regnamespace AND c.relname = ANY(%s)
UNION ALL SELECT 'switch', c.relname, 'rule' FROM pg_class AS c
WHERE (c.relhasrules OR c.relrowsecurity OR c.relpersistence <> 'p' OR c.relkind <> 'r')
  AND c.relnamespace = %s::regnamespace AND c.relname = ANY(%s)
UNION ALL SELECT 'switch', 'session_replication_role', 'off'
WHERE current_setting('session_replication_role') <> 'origin'
  OR EXISTS (SELECT 1 FROM pg_db_role_setting
    WHERE array_to_string(setconfig, ',') LIKE '%%session_replication_role%%')
"""

_FUNCTIONS = """
SELECT 'function', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
  concat_ws(' ', pg_get_function_result(p.oid), l.lanname, p.prosecdef, p.provolatile, p.prosrc),
  coalesce(p.proconfig, '{}')
FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = %s::regnamespace AND l.lanname IN ('plpgsql', 'sql')
"""

_TABLES = """
SELECT 'table', c.relname, concat_ws(' ', (SELECT string_agg(concat_ws(' ', a.attname,
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity), ', ' ORDER BY a.attname)
    FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_class AS c WHERE c.relnamespace = %s::regnamespace AND c.relname = ANY(%s)
UNION ALL SELECT 'constraint', k.conname,
  concat_ws(' ', c.relname, pg_get_constraintdef(k.oid), k.convalidated)
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
WHERE c.relnamespace = %s::regnamespace AND c.relname = ANY(%s) AND k.contype <> 'n'
UNION ALL SELECT 'unique index', x.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid),
  i.indisvalid, i.indisready)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_class AS x ON x.oid = i.indexrelid
WHERE i.indisunique AND c.relnamespace = %s::regnamespace AND c.relname = ANY(%s)
"""


def _postgresql(cursor: CursorWrapper, schema: str) -> Drawing:
    def plain(text: str) -> str:
        return _plain(re.sub(rf'"?\b{re.escape(schema)}\b"?\.', "", text))

    tables, guarded = sorted(_own_in_sql()), sorted(_guarded())
    cursor.execute(_TRIGGERS, [schema, guarded] * 3)
    found = {(kind, name): plain(text) for kind, name, text in cursor.fetchall()}
    cursor.execute(_TABLES, [schema, tables] * 3)
    found |= {(kind, name): plain(text) for kind, name, text in cursor.fetchall()}
    cursor.execute(_FUNCTIONS, [schema])
    for kind, name, text, settings in cursor.fetchall():
        paths = [_path(setting, schema) for setting in settings]
        found[kind, plain(name)] = plain(text) + " " + " ".join(sorted(paths))
    return found


def _path(setting: str, schema: str) -> str:
    """A setting of a function; where it looks for tables, only whether that is here."""
    name, _equals, value = setting.partition("=")
    if name != "search_path":
        return setting
    places = {place.strip(' "') for place in value.split(",")}
    return "here" if places <= {schema, "$user", "pg_temp", "pg_catalog"} else setting


# --- tables that Django made ---------------------------------------------------------------------
def _lost_of_models() -> list[str]:
    """Constraints that the models of the ledger name and the database does not hold."""
    named = {
        constraint.name
        for model in apps.get_app_config("ledger").get_models()
        for constraint in model._meta.constraints
    }
    return [_("%(name)s tidak ada") % {"name": name} for name in sorted(named - set(_held()))]


def _held() -> Iterable[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE convalidated"
                " AND connamespace = current_schema()::regnamespace"
            )
            return [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")
        return re.findall(r'CONSTRAINT "?(\w+)', " ".join(sql for (sql,) in cursor.fetchall()))
