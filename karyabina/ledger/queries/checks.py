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

SMALL = 200_000  # movements that are checked while somebody waits
STALE = timedelta(days=7)

_CODE = re.compile(rf"\b(?:{'|'.join(CLASSES)}):[A-Za-z0-9][A-Za-z0-9:._-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Told:
    """One invariant as a page says it: in the reader's language, with the faults that may be
    shown; `elsewhere` counts those that concern other offices only."""

    sentence: str
    faults: tuple[str, ...]
    elsewhere: int

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
    """What a run found, as far as this person may see it."""
    findings = json.loads(check.findings)
    homes = _homes(fault for _sentence, faults in findings for fault in faults)
    shown = []
    for sentence, faults in findings:
        near = [fault for fault in faults if _is_near(fault, homes, sight)]
        masked = tuple(_CODE.sub(lambda code: sight.shown(code[0]), fault) for fault in near)
        shown.append(Told(translation.gettext(sentence), masked, len(faults) - len(near)))
    return shown


def _homes(faults: Iterable[str]) -> dict[str, str]:
    """Where the accounts that these faults name are at home."""
    codes = {code for fault in faults for code in _CODE.findall(fault)}
    if not codes:
        return {}
    return dict(Account.objects.filter(code__in=sorted(codes)).values_list("code", "home"))


def _is_near(fault: str, homes: dict[str, str], sight: Sight) -> bool:
    """A fault that names accounts is shown to whom one of them belongs; what names none, or only
    what is nobody's, to everybody who may see this page."""
    owners = {homes[code] for code in _CODE.findall(fault) if code in homes} - {"hub"}
    return not owners or not owners.isdisjoint(sight.homes)
