"""An entry's whole story: its times, its movements, what it undoes and what undid it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from karyabina.ledger.models import Entry, Movement
from karyabina.ledger.queries.lines import Line, lines_of
from karyabina.ledger.queries.sight import Sight, near_codes, units_seen


@dataclass(frozen=True, slots=True)
class Story:
    """An entry with its movements, what it reverses and what reversed it.

    `others` are movements that are not told, because they are other offices'."""

    entry: Entry
    lines: tuple[Line, ...]
    reversed_by: UUID | None
    others: int = 0


def story(key: UUID) -> Story | None:
    """The entry of this key with its movements in order, or None."""
    entry = Entry.objects.select_related("by", "reverses").filter(pk=key).first()
    if entry is None:
        return None
    lines = lines_of(Movement.objects.filter(entry_id=key).order_by("n"))
    reversal = Entry.objects.filter(reverses_id=key).values_list("key", flat=True).first()
    return Story(entry, tuple(lines), reversal)


def story_for(key: UUID, sight: Sight) -> Story | None:
    """The same as far as it may be seen; None where nothing of it may. Five queries."""
    whole = story(key)
    if whole is None:
        return None
    told = shown_lines(whole.lines, sight)
    return replace(whole, lines=tuple(told[0]), others=told[1]) if told[0] else None


def shown_lines(lines: Sequence[Line], sight: Sight) -> tuple[list[Line], int]:
    """Those of these movements that may be seen, and how many others there are. Two queries."""
    near = near_codes((code for line in lines for code in (line.source, line.target)), sight)
    codes = sorted({line.unit for line in lines})
    units = set(units_seen(sight).filter(code__in=codes).values_list("code", flat=True))
    seen = [
        line for line in lines if line.source in near or line.target in near or line.unit in units
    ]
    return summed(seen, sight), len(lines) - len(seen)


def lines_of_entries(keys: Iterable[UUID], upto: int) -> list[Line]:
    """The first `upto` movements of each of these entries: one query."""
    found = Movement.objects.filter(entry__in=list(keys), n__lte=upto)
    return lines_of(found.order_by("entry_id", "n"))


def summed(lines: Iterable[Line], sight: Sight) -> list[Line]:
    """The same lines with no maker named who may not be: what an entry moved between an account
    and the premi of an office becomes one line, in the place of the first."""
    found: dict[object, Line] = {}
    for line in lines:
        if not (sight.hides(line.source) or sight.hides(line.target)):
            found[line.entry_key, line.n] = line
            continue
        source, target = sight.shown(line.source), sight.shown(line.target)
        place = (line.entry_key, source, target, line.unit)
        before = found.get(place)
        amount = line.amount + (before.amount if before else 0)
        found[place] = replace(before or line, source=source, target=target, amount=amount)
    return list(found.values())
