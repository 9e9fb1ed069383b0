"""Rules that the database holds by triggers, on SQLite and on PostgreSQL.

A room says `append_only("till_sale")` or `guard_sql(...)` in its `models.py`; all guards are made
(again) after every `migrate`, because Django's table remake on SQLite drops triggers. `missing()`
names those that are not there: the system check refuses to start a server without them.
"""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction


@dataclass(frozen=True)
class Guard:
    """One named set of triggers: how to make it and how to drop it, per engine."""

    name: str
    table: str
    sqlite: str  # statements, each ending with ";\n--\n" between them
    postgresql: str
    triggers: tuple[str, ...]


GUARDS: dict[str, Guard] = {}
BREAK = "\n--\n"


def guard_sql(*, name: str, table: str, sqlite: str, postgresql: str) -> None:
    """Register triggers in SQL. Statements are parted by a line with just `--`.

    Each CREATE must be preceded by its own DROP ... IF EXISTS, so that it can run again.
    Trigger names must start with `table`, which keeps them unique on SQLite.
    """
    found: list[str] = []
    for text in (sqlite, postgresql):
        for statement in text.split(BREAK):
            words = statement.split()
            if words[:1] == ["CREATE"] and "TRIGGER" in words[:4]:
                trigger = words[words.index("TRIGGER") + 1].strip('"')
                if trigger not in found:
                    found.append(trigger)
    GUARDS[name] = Guard(name, table, sqlite, postgresql, tuple(found))


SQLITE_APPEND_ONLY = """
DROP TRIGGER IF EXISTS {t}_no_update;
--
CREATE TRIGGER {t}_no_update BEFORE UPDATE ON {t}
BEGIN SELECT RAISE(ABORT, '{t} is append-only: add a correcting row'); END;
--
DROP TRIGGER IF EXISTS {t}_no_delete;
--
CREATE TRIGGER {t}_no_delete BEFORE DELETE ON {t}
BEGIN SELECT RAISE(ABORT, '{t} is append-only: add a correcting row'); END;
--
DROP TRIGGER IF EXISTS {t}_no_replace;
--
CREATE TRIGGER {t}_no_replace BEFORE INSERT ON {t}
BEGIN
  SELECT RAISE(ABORT, '{t} is append-only: the checks of this connection are off')
    FROM pragma_ignore_check_constraints WHERE ignore_check_constraints;
  SELECT RAISE(ABORT, '{t} is append-only: this row is already there') WHERE {same};
END;
"""

POSTGRESQL_APPEND_ONLY = """
CREATE OR REPLACE FUNCTION karyabina_refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  RAISE '% is append-only: add a correcting row', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
--
DROP TRIGGER IF EXISTS {t}_no_update ON {t};
--
CREATE TRIGGER {t}_no_update BEFORE UPDATE OR DELETE ON {t}
FOR EACH ROW EXECUTE FUNCTION karyabina_refuse();
--
DROP TRIGGER IF EXISTS {t}_no_truncate ON {t};
--
CREATE TRIGGER {t}_no_truncate BEFORE TRUNCATE ON {t}
EXECUTE FUNCTION karyabina_refuse();
"""


def append_only(table: str, *, unique: tuple[tuple[str, ...], ...] = (("key",),)) -> None:
    """Rows of `table` are never changed and never removed.

    `unique` names every unique set of columns, the primary key included: SQLite's
    `INSERT OR REPLACE` deletes without firing delete triggers, so a row that would replace
    another is refused before it is inserted. Refused on SQLite is also a connection that was told
    to look at no CHECK, which PostgreSQL cannot be.
    """
    same = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in columns)
        + ")"
        for columns in unique
    )
    guard_sql(
        name=f"{table} is append-only",
        table=table,
        sqlite=SQLITE_APPEND_ONLY.format(t=table, same=same),
        postgresql=POSTGRESQL_APPEND_ONLY.format(t=table),
    )


def _statements(text: str) -> list[str]:
    return [part.strip() for part in text.split(BREAK) if part.strip()]


def statements(vendor: str, tables: Container[str]) -> Iterator[str]:
    """All that makes the guards of these tables on an engine, in order."""
    for guard in GUARDS.values():
        if guard.table in tables:
            yield from _statements(guard.sqlite if vendor == "sqlite" else guard.postgresql)


def install(using: str = "default") -> None:
    """Make all registered guards whose table exists; may be repeated."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in statements(connection.vendor, tables):
            cursor.execute(statement)


def drop(using: str = "default") -> None:
    """Take away the triggers that the guards make; `install` puts them back."""
    connection = connections[using]
    quote = connection.ops.quote_name
    there = existing(using)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for trigger in sorted({name for guard in GUARDS.values() for name in guard.triggers}):
            if trigger in there:
                on = "" if connection.vendor == "sqlite" else f" ON {quote(there[trigger])}"
                cursor.execute(f"DROP TRIGGER {quote(trigger)}{on}")


def existing(using: str = "default") -> dict[str, str]:
    """The triggers that the database has now, each with its table."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
                " AND relnamespace = current_schema()::regnamespace"
            )
        return dict(cursor.fetchall())


def expected(using: str = "default") -> set[str]:
    """Names of the triggers that the guards of this engine make."""
    vendor = connections[using].vendor
    names = set()
    for guard in GUARDS.values():
        text = guard.sqlite if vendor == "sqlite" else guard.postgresql
        names |= {trigger for trigger in guard.triggers if f"TRIGGER {trigger} " in text}
    return names


def missing(using: str = "default") -> list[str]:
    """Triggers that should be there and are not: the books could be edited."""
    return sorted(expected(using) - existing(using).keys())


def demand(using: str = "default") -> None:
    """Refuse to go on with books that could be edited: a server calls this when it starts."""
    gone = missing(using)
    if gone:
        raise ImproperlyConfigured(
            f"The database lacks {len(gone)} of its guards ({', '.join(gone[:3])} ...): its books"
            " could be edited. Run `./run karya migrate`, which makes the guards again."
        )


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """Take the guards away for a while and put them back: for tests alone.

    A test runner that empties the tables, and tests that damage the books to see the damage
    found, have no other way. Foreign keys are not held meanwhile either, except on SQLite inside
    a transaction, where they cannot be switched.
    """
    connection = connections[using]
    free = connection.vendor == "sqlite" and not connection.in_atomic_block
    if free:
        connection.disable_constraint_checking()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
    else:
        drop(using)
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = DEFAULT")
        elif missing(using):
            install(using)
        if free:
            connection.enable_constraint_checking()
