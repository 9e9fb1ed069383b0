"""Databases of the measurements: made, copied and dropped here, never those of anybody else.

On PostgreSQL each is a database of its own on the server of DATABASE_URL, on SQLite a file in the
folder of the run. `use` turns this process's connection to one of them.
"""

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection

from benchmarks.ledger import world

FOLDER = Path(os.environ.get("KARYABINA_TEST_DATA", "."))
_PREFIX = f"karyabina_bench_{os.getpid()}_"
_GIVEN = dict(connection.settings_dict)
_made: list["Books"] = []


@dataclass(frozen=True, slots=True)
class Books:
    """One database: its name on PostgreSQL, its path on SQLite."""

    name: str


def postgresql() -> bool:
    return connection.vendor == "postgresql"


def use(books: Books) -> None:
    """From now on this process reads and writes these books."""
    connection.close()
    connection.settings_dict["NAME"] = books.name


def dsn(books: Books) -> dict[str, Any]:
    """How psycopg reaches them."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    found = {ours: _GIVEN[theirs] for theirs, ours in names.items() if _GIVEN.get(theirs)}
    return found | {"dbname": books.name, "connect_timeout": 10}


def connect_postgresql(books: Books) -> psycopg.Connection[Any]:
    return psycopg.connect(**dsn(books), autocommit=True)


def connect_sqlite(books: Books) -> sqlite3.Connection:
    """As the program itself opens it: WAL, every commit synced, foreign keys held."""
    made = sqlite3.connect(books.name, timeout=20, isolation_level=None)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("PRAGMA synchronous=FULL")
    made.execute("PRAGMA foreign_keys=ON")
    return made


def _server(statement: str) -> None:
    with connect_postgresql(Books(str(_GIVEN["NAME"]))) as server:
        server.execute(statement)


def _new(label: str) -> Books:
    name = f"{_PREFIX}{label}" if postgresql() else str(FOLDER / f"{label}.sqlite3")
    books = Books(name)
    if books not in _made:
        _made.append(books)
    return books


def create(label: str) -> Books:
    """New books with every table and guard, the stands full, nothing sold."""
    books = _new(label)
    if postgresql():
        _server(f'DROP DATABASE IF EXISTS "{books.name}"')
        _server(f'CREATE DATABASE "{books.name}" TEMPLATE template0')
        _server(f'ALTER DATABASE "{books.name}" SET synchronous_commit = off')
    use(books)
    call_command("migrate", verbosity=0, interactive=False)
    world.set_up()
    if postgresql():  # what is measured is a copy, and copies sync; this is only made sooner
        _server(f'ALTER DATABASE "{books.name}" RESET synchronous_commit')
    connection.close()
    return books


def copy(of: Books, label: str) -> Books:
    """The same books once more, under another name (what had that name is dropped)."""
    books = _new(label)
    connection.close()
    if postgresql():
        with connect_postgresql(Books(str(_GIVEN["NAME"]))) as server:
            by_files = " STRATEGY file_copy" if server.info.server_version >= 150000 else ""
            server.execute(f'DROP DATABASE IF EXISTS "{books.name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{books.name}" TEMPLATE "{of.name}"{by_files}')
    else:
        with closing(sqlite3.connect(of.name)) as original:
            original.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _remove(books)
        shutil.copyfile(of.name, books.name)
    return books


def room() -> float:
    """Bytes free where the databases are, as far as that can be known."""
    place = FOLDER
    if postgresql():
        with connect_postgresql(Books(str(_GIVEN["NAME"]))) as server:
            row = server.execute(
                "SELECT current_setting('data_directory', true) WHERE"
                " pg_has_role('pg_read_all_settings', 'member')"
            ).fetchone()
        place = Path(row[0]) if row else place
    while not os.access(place, os.X_OK) and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def size(books: Books) -> int:
    """Bytes on disk."""
    if postgresql():
        with connect_postgresql(books) as asked:
            row = asked.execute("SELECT pg_database_size(current_database())").fetchone()
            assert row is not None
            return int(row[0])
    return sum(file.stat().st_size for file in _files(books) if file.exists())


def drop(books: Books) -> None:
    if connection.settings_dict["NAME"] == books.name:
        connection.close()
    if postgresql():
        _server(f'DROP DATABASE IF EXISTS "{books.name}" WITH (FORCE)')
    else:
        _remove(books)
    if books in _made:
        _made.remove(books)


def drop_all() -> None:
    """Leave nothing behind."""
    connection.close()
    for books in list(reversed(_made)):
        try:
            drop(books)
        except psycopg.OperationalError as fault:
            print(f"{books.name} could not be dropped: {fault}", file=sys.stderr)


def settle(books: Books) -> None:
    """What autovacuum would have done by now, and every page written out. (SQLite does nothing
    by itself, and the program does not ask it to: no ANALYZE.)"""
    if postgresql():
        with connect_postgresql(books) as server:
            server.execute("VACUUM ANALYZE")
            server.execute("CHECKPOINT")
    else:
        with closing(connect_sqlite(books)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _files(books: Books) -> list[Path]:
    return [Path(books.name + end) for end in ("", "-wal", "-shm")]


def _remove(books: Books) -> None:
    for file in _files(books):
        file.unlink(missing_ok=True)


def synced() -> str:
    """That every commit reaches the disk before it is acknowledged, as the database says it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            if cursor.fetchone()[0] < 2:
                raise RuntimeError("SQLite does not sync its commits (PRAGMA synchronous)")
            return "synchronous=FULL, WAL"
        said = []
        for name, bad in (("fsync", "off"), ("synchronous_commit", "off")):
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
            if value == bad:
                raise RuntimeError(f"this server does not sync its commits: {name} = {value}")
            said.append(f"{name}={value}")
        return ", ".join(said)
