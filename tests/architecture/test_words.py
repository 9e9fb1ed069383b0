"""What the project's files may say: about itself, and nothing of where or how it is worked on."""

import re
from pathlib import Path

import pytest

from tests.architecture import source
from tests.architecture.source import PROJECT, report, where

# Written so that this file does not find itself.
WORKED_ON = re.compile(
    r"\b(sub-?agent[s]?|c[l]aude|chat[ ]?gpt|co-?pilo[t]|language mode[l]s?|L[L]Ms?"
    r"|AI assistan[t]s?|developer sessio[n]s?|C[E]O)\b",
    re.IGNORECASE,
)
PLACES = re.compile(r"(^|[\"' =(:`])/(wor[k]|far[m]|roo[t])/|\.\./share[d]\b", re.MULTILINE)
UNDONE = re.compile(r"\b(TO[D]O|FIXM[E])\b|(#|//|<!--).*\bXX[X]\b|raise NotImplemente[d]")
HOSTS = re.compile(r"https?://|--(extra-)?index-url|--find-links|pypi\.org|pythonhosted")
BINARY = {".png", ".jpg", ".webp", ".ico", ".xlsx", ".mo", ".woff2", ".pdf"}
# Its text is not ours.
FOREIGN = {"LICENSE"}


def texts() -> list[tuple[Path, str]]:
    return [
        (path, path.read_text(encoding="utf-8"))
        for path in source.tracked_files()
        if path.suffix not in BINARY and path.name not in FOREIGN
    ]


def found(pattern: re.Pattern[str], suffixes: set[str] | None = None) -> list[str]:
    return [
        f"{where(path, text.count(chr(10), 0, match.start()) + 1)} {match[0].strip()!r}"
        for path, text in texts()
        if suffixes is None or path.suffix in suffixes
        for match in pattern.finditer(text)
    ]


def test_the_project_speaks_of_itself_alone() -> None:
    faults = found(WORKED_ON) + found(PLACES)
    assert not faults, report(faults, "Say what the program is, not how it came about.")


def test_nothing_is_left_undone() -> None:
    faults = found(UNDONE, {".py", ".js", ".html", ".css", ".sh", ""})
    assert not faults, report(faults, "Do it, or file it where work is planned.")


@pytest.mark.parametrize("path", sorted((PROJECT / "requirements").iterdir()), ids=where)
def test_a_lock_names_no_host(path: Path) -> None:
    assert not HOSTS.search(path.read_text(encoding="utf-8")), (
        f"{where(path)} names where packages come from: lock it again as docs/dependencies.md says"
    )
