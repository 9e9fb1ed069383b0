"""One run of `karya verify`, from the command or from the page: looked at, then written down."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import translation

from karyabina.ledger import seal_checks, verify
from karyabina.ledger.passes import entries, movements
from karyabina.ledger.verify import BOOKS, SEALS, Finding, Rule

# What is written down is in the language of the books; a page says a sentence in its reader's.
LANGUAGE = "id"


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found, and how many entries and movements it looked at."""

    scope: str
    findings: tuple[Finding, ...]
    entries: int
    movements: int

    @property
    def wrong(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.faults]


def look(
    *,
    seals: bool = False,
    lines: Iterable[str] | None = None,
    tell: Callable[[int, Rule], None] | None = None,
    hear: Callable[[Finding], None] | None = None,
) -> Report:
    """Check every invariant in one state of the database. `tell` hears of each before it is
    checked, `hear` of what was found. `lines` are those of seals that somebody kept."""
    findings = []
    with translation.override(LANGUAGE), verify.one_state():
        for finding in verify.run(seals=seals, tell=tell):
            findings.append(finding)
            if hear is not None:
                hear(finding)
        if lines is not None:
            findings.append(seal_checks.kept_lines(lines))
            if hear is not None:
                hear(findings[-1])
        sizes = _sizes()
    return Report(SEALS if seals else BOOKS, tuple(findings), *sizes)


def _sizes() -> tuple[int, int]:
    """Nothing, where damage is such that they cannot even be counted."""
    try:
        return verify.once(entries).count, verify.once(movements).totals["movements"]
    except DatabaseError:
        return 0, 0
