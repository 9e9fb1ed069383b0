"""The shape of verbs: named arguments, who did it, when, and the key that makes it happen once."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import source
from tests.architecture.source import report, where

# Actions that are done once by their nature: what they bring about is looked up first.
ONCE_WITHOUT_A_KEY: dict[str, str] = {
    "staff.record": "one row an act, called by the act, in its transaction",
    "staff.appoint": "a role that is held is not given again",
    "staff.dismiss": "a role that ended is not ended again",
    "staff.reset_factor": "a factor that is gone is not taken again",
    "offices.add_office": "a code that is taken is refused",
    "offices.import_offices": "the same list again changes nothing",
    "catalogue.retire": "what is retired stays as it was",
}
# What is the same whoever asks for it first; the entry that needs it says who and when.
NOBODYS: dict[str, str] = {
    "ledger.open_accounts": "an account",
    "ledger.add_units": "a unit",
}


def is_atomic(node: ast.FunctionDef) -> bool:
    """Whether the function opens a transaction: then it writes."""
    decorated = any("atomic" in ast.unparse(decorator) for decorator in node.decorator_list)
    inside = any(
        isinstance(part, ast.With) and "atomic" in ast.unparse(part.items[0].context_expr)
        for part in ast.walk(node)
    )
    return decorated or inside


def is_verb(node: ast.FunctionDef) -> bool:
    """Whether a public function does something of its own: in a transaction, or for somebody.

    What only prepares, compares or does a step for such functions may stand beside them.
    """
    for_somebody = "by" in named(node) and not node.args.args
    return not node.name.startswith("_") and (for_somebody or is_atomic(node))


def actions() -> Iterator[tuple[Path, str, ast.FunctionDef]]:
    """Every verb of every room's actions, as (file, `room.verb`, function).

    The demonstration has no verbs of its own: it plays those of the other rooms.
    """
    for path in source.production_files():
        if path.stem != "actions" and path.parent.name != "actions":
            continue
        room = path.relative_to(source.PACKAGE).parts[0]
        for node in source.tree(path).body:
            if isinstance(node, ast.FunctionDef) and is_verb(node) and room != "demo":
                yield path, f"{room}.{node.name}", node


def named(node: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in node.args.kwonlyargs}


def test_there_are_actions() -> None:
    assert {"staff.enlist", "staff.appoint"} <= {name for _path, name, _node in actions()}


def test_an_action_takes_named_arguments_only() -> None:
    faults = [
        f"{where(path, node.lineno)} {name}"
        for path, name, node in actions()
        if node.args.args or node.args.posonlyargs or node.args.vararg
    ]
    assert not faults, report(
        faults, "Begin the arguments with `*`; each call then explains itself."
    )


def test_an_action_says_who_and_when() -> None:
    faults = [
        f"{where(path, node.lineno)} {name} lacks {lacking}"
        for path, name, node in actions()
        if is_atomic(node) and name not in NOBODYS
        for lacking in ("by", "at")
        if lacking not in named(node) and f"occurred_{lacking}" not in named(node)
    ]
    assert not faults, report(faults, "Who did it and when come from outside.")


def test_an_action_happens_once_for_its_key() -> None:
    faults = [
        f"{where(path, node.lineno)} {name}"
        for path, name, node in actions()
        if is_atomic(node) and "key" not in named(node) and name not in ONCE_WITHOUT_A_KEY | NOBODYS
    ]
    assert not faults, report(
        faults, "Take a `key`, or say in ONCE_WITHOUT_A_KEY why doing it twice does it once."
    )


def test_an_action_says_what_it_does() -> None:
    faults = [
        f"{where(path, node.lineno)} {name}"
        for path, name, node in actions()
        if not ast.get_docstring(node)
    ]
    assert not faults, report(
        faults, "What happens in the real world, in which units, what refuses."
    )


def test_the_exceptions_exist() -> None:
    known = {name for _path, name, _node in actions()}
    gone = (ONCE_WITHOUT_A_KEY | NOBODYS).keys() - known
    assert not gone, report(sorted(gone), "These actions are no more: drop them from the list.")


def test_no_action_has_a_switch() -> None:
    faults = [
        f"{where(path, node.lineno)} {name}({argument.arg}: bool)"
        for path, name, node in actions()
        for argument in node.args.kwonlyargs
        if argument.annotation is not None and ast.unparse(argument.annotation) == "bool"
    ]
    assert not faults, report(faults, "Write two actions with two names.")
