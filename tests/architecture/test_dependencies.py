"""What others wrote: each part wanted, explained and locked."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, report

REQUIREMENTS = PROJECT / "requirements"
REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?", re.MULTILINE)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(name: str) -> set[str]:
    """The packages that `requirements/NAME.in` names, without those it takes from another file."""
    lines = (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith(("#", "-r"))]
    return {normal(match[1]) for line in kept if (match := REQUIREMENT.match(line))}


def locked(name: str) -> dict[str, str]:
    """What `requirements/NAME.txt` installs: package to version."""
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    return {normal(package): version for package, version in found}


def test_each_dependency_is_explained() -> None:
    page = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = {normal(name) for name in re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)}
    needed = wanted("demo") | wanted("test")
    assert not needed - explained, report(
        sorted(needed - explained),
        "Add a row to docs/dependencies.md: what for, what else, licence.",
    )
    assert not explained - needed, report(
        sorted(explained - needed), "docs/dependencies.md explains what is no longer used."
    )


@pytest.mark.parametrize("name", ["demo", "test"])
def test_a_lock_holds_what_is_wanted(name: str) -> None:
    assert not wanted(name) - locked(name).keys(), "lock again as docs/dependencies.md says"


def test_the_tests_use_what_the_demo_uses() -> None:
    ours, theirs = locked("demo"), locked("test")
    differing = {p: (v, theirs.get(p)) for p, v in ours.items() if theirs.get(p) != v}
    assert not differing, f"Lock both again: {differing}"


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.txt")), ids=lambda p: p.name)
def test_every_locked_package_has_a_hash(path: Path) -> None:
    blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    bare = [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
    assert not bare, report(bare, "pip --require-hashes refuses them.")
