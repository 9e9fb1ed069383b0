"""How a room looks from outside: named, explained, of a size that fits in a head."""

import pytest

from tests.architecture import source
from tests.architecture.source import PACKAGE, report, where

BANNED = {
    "utils", "util", "helpers", "services", "managers", "signals", "exceptions", "constants",
    "common", "misc",
}  # fmt: skip
LINES_OF_A_FILE = 450
LINES_OF_A_FUNCTION = 70
LINES_OF_A_STORY = 100  # a worked example is read from top to bottom
LINES_OF_A_README = 70


@pytest.mark.parametrize("room", source.rooms())
def test_a_room_has_a_readme_of_one_screen(room: str) -> None:
    readme = PACKAGE / room / "README.md"
    assert readme.exists(), f"{where(readme)} is missing: purpose, words, invariants, actions"
    lines = readme.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# "), f"{where(readme)} does not begin with a title"
    assert 5 <= len(lines) <= LINES_OF_A_README, f"{where(readme)} has {len(lines)} lines"


def test_every_room_is_installed_and_every_installed_room_has_a_floor() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/apps.py")}
    assert folders == set(source.rooms())


def test_no_file_is_named_after_what_it_is_not() -> None:
    faults = [
        where(path)
        for path in source.python_files()
        if BANNED & {path.stem, *path.relative_to(source.PROJECT).parts}
    ]
    assert not faults, report(faults, "Name a file after what it holds; see docs/STYLE.md.")


def test_no_file_is_too_long() -> None:
    faults = [
        f"{where(path)} has {lines} lines"
        for path in source.python_files()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LINES_OF_A_FILE
    ]
    assert not faults, report(faults, f"Over {LINES_OF_A_FILE} lines: split it by noun.")


def test_no_function_is_too_long() -> None:
    faults = [
        f"{where(path, node.lineno)} {node.name} has {lines} lines"
        for path in source.python_files()
        for node in source.functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1)
        > (LINES_OF_A_STORY if node.name.startswith("test_") else LINES_OF_A_FUNCTION)
    ]
    assert not faults, report(faults, f"Over {LINES_OF_A_FUNCTION} lines: name its parts.")
