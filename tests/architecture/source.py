"""The source, as the tests of this folder read it: rooms, floors, files, trees."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "karyabina"


@cache
def floors() -> tuple[frozenset[str], ...]:
    """The rooms by floor, the lowest first, as the import contract in pyproject.toml says."""
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configuration["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["id"] == "floors")
    return tuple(frozenset(part.strip() for part in layer.split("|")) for layer in reversed(layers))


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(floors()) if room in rooms)


def rooms() -> list[str]:
    """Every room, lowest first; `config` composes and is none."""
    return [room for floor in floors() for room in sorted(floor) if room != "config"]


@cache
def python_files() -> tuple[Path, ...]:
    """All Python of the project but migrations, which Django writes."""
    folders = [PACKAGE, PROJECT / "tests", PROJECT / "tools", PROJECT / "benchmarks"]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    kept = [path for path in found if "migrations" not in path.parts]
    return tuple(sorted([*kept, PROJECT / "conftest.py"]))


def production_files() -> list[Path]:
    """Python that runs in an installation: the rooms without their tests."""
    return [p for p in python_files() if PACKAGE in p.parents and "tests" not in p.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def templates() -> list[Path]:
    return sorted(PACKAGE.glob("*/templates/**/*.html"))


def where(path: Path, line: int | None = None) -> str:
    """`karyabina/till/views.py:12`, as an editor opens it."""
    place = str(path.relative_to(PROJECT))
    return f"{place}:{line}" if line else place


def tracked_files() -> list[Path]:
    """What belongs to the project: all that Git follows, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def report(faults: list[str], advice: str) -> str:
    """A message for people: every fault with its place, then what to do."""
    return "\n".join(["", *sorted(faults), "", advice])
