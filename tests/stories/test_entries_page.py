"""The festival day moves goods and money as docs/ENTRIES.md says, and in no other way."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from karyabina.demo.actions import play
from karyabina.ledger.models import Movement

pytestmark = pytest.mark.django_db

Moves = dict[str, set[tuple[str, str, str]]]  # kind → source, target, unit
PAGE = (Path(__file__).parents[2] / "docs" / "ENTRIES.md").read_text(encoding="utf-8")
PART = re.compile(r"(?P<arrow>→)|\b(?P<word>[a-z]+):(?P<rest>\S*)|\b(?P<unit>Rp|lot)\b")
# A good day does without these; the tests of the rooms do them.
NOT_ON_THIS_DAY = {"breakage", "found", "reversal"}


def documented() -> Moves:
    """The movements that the page lists, an account by its first word, `outside` in full."""
    table = PAGE.split("## Kinds\n")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    found: Moves = {}
    for row in rows:
        kind, cell = (part.strip() for part in row.strip("|").split("|")[:2])
        found[kind] = set(read(cell))
    return found


def read(cell: str) -> Iterator[tuple[str, str, str]]:
    """An arrow without a source goes on from the source before it."""
    sources: list[str] = []
    before: list[str] = []
    targets: list[str] | None = None
    for part in PART.finditer(cell):
        if part["arrow"]:
            before, targets = sources or before, []
        elif part["unit"] and targets:
            yield from product(before, targets, [part["unit"]])
            sources, targets = [], None
        elif part["word"]:
            rest = part["rest"].rstrip(",;")
            name = f"outside:{rest}" if part["word"] == "outside" else part["word"]
            (sources if targets is None else targets).append(name)


def word(code: str) -> str:
    return code if code.startswith("outside:") else code.partition(":")[0]


@pytest.fixture(scope="module")
def happened(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Moves]:
    """What the day really moved, by kind of entry."""
    found: Moves = defaultdict(set)
    with django_db_blocker.unblock(), transaction.atomic():
        play(lambda line: None)
        for kind, source, target, unit in Movement.objects.values_list(
            "entry__kind", "source__code", "target__code", "unit__kind"
        ):
            found[kind].add((word(source), word(target), "Rp" if unit == "money" else "lot"))
        yield found
        transaction.set_rollback(True)


def test_the_page_can_be_read() -> None:
    page = documented()
    assert page["float_in"] == {("outside:world", "cash", "Rp")}
    assert ("transit", "difference", "lot") in page["receipt"]
    assert {target for _source, target, _unit in page["settlement"]} == {
        "capital",
        "state",
        "premi",
    }
    assert [kind for kind, moves in page.items() if not moves] == ["reversal"]


def test_nothing_moves_that_is_not_on_the_page(happened: Moves) -> None:
    page = documented()
    beyond = {kind: moves - page[kind] for kind, moves in happened.items() if kind != "reversal"}
    assert {kind: moves for kind, moves in beyond.items() if moves} == {}


def test_a_reversal_moves_something_the_other_way_round(happened: Moves) -> None:
    all_of_them = set().union(*documented().values())
    for source, target, unit in happened.get("reversal", ()):
        assert (target, source, unit) in all_of_them


def test_every_kind_on_the_page_happens(happened: Moves) -> None:
    assert {kind for kind in documented() if kind not in happened} == NOT_ON_THIS_DAY
