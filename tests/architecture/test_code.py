"""What code may not do, whichever room it stands in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import source
from tests.architecture.source import PACKAGE, report, where

LEDGER = {"Account", "Unit", "Entry", "Movement", "Balance"}
# A guard of another room may look at the ledger's tables (in models.py), never write to them.
LEDGER_WRITE = re.compile(
    r"\b(INSERT INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE)\s+ledger_", re.IGNORECASE
)
LEDGER_TABLE = re.compile(r"\bledger_(account|unit|entry|movement|balance)\b", re.IGNORECASE)
SIGNALS = {"receiver", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update",
          "delete", "save"}  # fmt: skip


def test_saving_a_row_does_only_that() -> None:
    faults = [
        f"{where(path, node.lineno)} {owner.name}.{node.name}"
        for path in source.production_files()
        for owner in ast.walk(source.tree(path))
        if isinstance(owner, ast.ClassDef) and not owner.name.endswith("Form")
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    assert not faults, report(faults, "What happens belongs into an action, where it is read.")


def test_no_domain_signals() -> None:
    """`post_migrate` alone is heard: it makes the guards again."""
    faults = [
        f"{where(path, node.lineno)} imports {name.name}"
        for path in source.production_files()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name in SIGNALS
    ]
    assert not faults, report(faults, "An action calls what follows; nothing happens unseen.")


def strings(path: Path) -> Iterator[ast.Constant]:
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def imported_from_ledger(path: Path) -> set[str]:
    """The names under which this file knows the ledger's models."""
    return {
        alias.asname or alias.name
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "karyabina.ledger.models"
        for alias in node.names
        if alias.name in LEDGER
    }


def test_only_the_ledger_touches_its_tables() -> None:
    faults = []
    for path in source.production_files():
        if PACKAGE / "ledger" in path.parents:
            continue
        faults += [
            f"{where(path, node.lineno)} names the table {match[0]}"
            for node in strings(path)
            if (
                match := (LEDGER_WRITE if path.stem == "models" else LEDGER_TABLE).search(
                    node.value
                )
            )
        ]
        names = imported_from_ledger(path)
        faults += [
            f"{where(path, node.lineno)} asks {node.value.id}.objects"
            for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and isinstance(node.value, ast.Name)
            and node.value.id in names
        ]
    assert not faults, report(faults, "Call ledger.actions and ledger.queries instead.")


def test_views_and_queries_write_nothing() -> None:
    """A view calls an action; a query reads. `.save()` of a form or a session is another matter."""
    faults = []
    for path in source.production_files():
        if path.stem not in {"queries", "views", "api"} and path.parent.name not in {
            "queries",
            "views",
        }:
            continue
        faults += [
            f"{where(path, node.lineno)} calls .objects.….{node.func.attr}()"
            for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            and ".objects" in ast.unparse(node.func.value)
        ]
    assert not faults, report(faults, "Writing belongs into actions.py.")


def test_an_action_reads_no_clock_no_request_and_no_settings() -> None:
    forbidden = {
        "django.utils.timezone": {"now", "localtime", "localdate"},
        "django.conf": {"settings"},
        "django.http": {"HttpRequest", "HttpResponse"},
        "time": {"time"},
    }
    faults = []
    for path in source.production_files():
        if path.stem != "actions" and path.parent.name != "actions":
            continue
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.ImportFrom):
                bad = forbidden.get(node.module or "", set()) & {a.name for a in node.names}
                faults += [f"{where(path, node.lineno)} imports {name}" for name in bad]
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {
                "timezone.now",
                "datetime.now",
                "date.today",
                "datetime.utcnow",
            }:
                faults.append(f"{where(path, node.lineno)} reads the clock")
    assert not faults, report(faults, "Pass `at`, `by` and what else is needed into the action.")
