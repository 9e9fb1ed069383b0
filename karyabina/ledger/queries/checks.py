"""When the books were last checked, and what was found: as far as somebody may see it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet
from django.utils import translation

from karyabina.ledger.models import CLASSES, Account, Check, Entry, Movement
from karyabina.ledger.queries.sight import Sight
from karyabina.ledger.verify import MOST_FAULTS
from karyabina.offices.models import Office

SMALL = 200_000  # movements that are checked while somebody waits
STALE = timedelta(days=7)

_WORD = re.compile(
    r"\b[A-Z][A-Z0-9]*\b"
)  # the code of an office, alone or before a hyphen or colon
_CODE = re.compile(rf"\b(?:{'|'.join(CLASSES)}):[A-Za-z0-9][A-Za-z0-9:._-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Told:
    """One invariant as a page says it: in the reader's language, with the faults that may be
    shown; `elsewhere` counts those that concern other offices only."""

    sentence: str
    faults: tuple[str, ...]
    elsewhere: int
    more: bool  # as many as are looked for: there may be others

    @property
    def holds(self) -> bool:
        return not self.faults and not self.elsewhere


def checks() -> QuerySet[Check]:
    """All runs, the newest first."""
    return Check.objects.select_related("by").order_by("-began_at", "-key")


def last_check() -> Check | None:
    return checks().first()


def is_stale(last: Check | None, at: datetime) -> bool:
    """Whether the books have gone unchecked for longer than a week; `last` is the last run."""
    if last is not None:
        return last.ended_at < at - STALE
    first: datetime | None = Entry.objects.aggregate(first=Min("recorded_at"))["first"]
    return first is not None and first < at - STALE


def are_small() -> bool:
    """Whether all movements can be looked at while somebody waits for the page."""
    return Movement.objects.order_by().values("n")[: SMALL + 1].count() <= SMALL


def told(check: Check, sight: Sight) -> list[Told]:
    """What a run found, as far as this person may see it: what is wrong first."""
    findings = json.loads(check.findings)
    owners = _owners([fault for _sentence, faults in findings for fault in faults])
    shown = []
    for sentence, faults in findings:
        # What names nobody's office is shown to everybody who may see this page.
        near = [
            fault
            for fault in faults
            if not owners[fault] or not owners[fault].isdisjoint(sight.homes)
        ]
        shown.append(
            Told(
                sentence=translation.gettext(sentence),
                faults=tuple(_CODE.sub(lambda code: sight.shown(code[0]), one) for one in near),
                elsewhere=len(faults) - len(near),
                more=len(faults) >= MOST_FAULTS,
            )
        )
    return sorted(shown, key=lambda one: one.holds)


def _owners(faults: Iterable[str]) -> dict[str, set[str]]:
    """The offices that each fault concerns: those that it names, by their code, by a lot of
    theirs, or by an account that is at home there."""
    accounts = {fault: set(_CODE.findall(fault)) for fault in faults}
    words = {fault: set(_WORD.findall(fault)) for fault in accounts}
    if not accounts:
        return {}
    codes = sorted(set().union(*accounts.values()))
    homes = dict(Account.objects.filter(code__in=codes).values_list("code", "home"))
    named = sorted(set().union(*words.values()) | set(homes.values()))
    offices = set(Office.objects.filter(code__in=named).values_list("code", flat=True))
    return {
        fault: ({homes[code] for code in found if code in homes} | words[fault]) & offices
        for fault, found in accounts.items()
    }
