"""docs/ENTRIES.md and the code name the same kinds of entry and the same accounts."""

import re
from pathlib import Path

from karyabina.ledger.models import CLASSES, KINDS

PAGE = (Path(__file__).parents[3] / "docs" / "ENTRIES.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_page_lists_every_kind_in_order() -> None:
    assert tuple(row[0] for row in table("Kinds")) == KINDS


def test_the_page_lists_every_account_with_its_class() -> None:
    listed = {re.match(r"`(\w+):", row[0])[1]: row[1] for row in table("Accounts")}  # type: ignore[index]
    assert listed == CLASSES


def test_movements_on_the_page_name_known_accounts() -> None:
    named = set(re.findall(r"\b([a-z]+):", " ".join(row[1] for row in table("Kinds"))))
    assert named <= set(CLASSES)
    assert {"store", "stand", "due", "premi"} <= named
