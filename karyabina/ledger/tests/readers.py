"""Other programs that read our journals, and what they say: hledger and bean-check."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from karyabina.ledger.journals import journal
from karyabina.ledger.journals.names import account_of, unit_of
from karyabina.ledger.journals.reading import Scope

Balances = dict[tuple[str, str], int]
CHECK = {
    "hledger": ("hledger", "check", "--strict", "ordereddates", "-f"),
    "beancount": (str(Path(sys.executable).parent / "bean-check"),),
}
# The lines at the end of a journal that state what an account holds.
STATED = {
    "hledger": r'^ +(?P<account>\S+)  0 "?(?P<unit>[^ "]+)"? = (?P<amount>-?\d+) ',
    "beancount": r"^\S+ balance (?P<account>\S+)  (?P<amount>-?\d+) (?P<unit>\S+)$",
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """A program on its own, which reads UTF-8; one that is missing fails the test."""
    return subprocess.run(
        command,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def text_of(name: str, scope: Scope | None = None) -> str:
    return "".join(journal(name, scope or Scope()))


def complaint(name: str, text: str, folder: Path) -> str:
    """What the program for this format says against a journal; nothing means it accepts."""
    path = folder / f"journal.{name}"
    path.write_text(text, encoding="utf-8", newline="\n")
    answer = run(*CHECK[name], str(path))
    said = answer.stdout + answer.stderr
    assert bool(answer.returncode) == bool(said), said
    return said


def counted_by_hledger(text: str, folder: Path) -> Balances:
    """(account, unit) → what hledger finds, of all that is not zero."""
    path = folder / "counted.journal"
    path.write_text(text, encoding="utf-8", newline="\n")
    answer = run("hledger", "-f", str(path), "balance", "--flat", "-O", "json")
    assert answer.returncode == 0, answer.stderr
    found: Balances = {}
    for account, _shown, _depth, amounts in json.loads(answer.stdout)[0]:
        for amount in amounts:
            assert amount["aquantity"]["decimalPlaces"] == 0
            if held := amount["aquantity"]["decimalMantissa"]:  # some zeros it shows
                found[account, amount["acommodity"]] = held
    return found


def stated(name: str, text: str) -> Balances:
    """(account, unit) → what the journal itself states at its end, in our own codes."""
    lines = list(re.finditer(STATED[name], text, re.MULTILINE))
    if name == "hledger":
        found = {(m["account"], m["unit"]): int(m["amount"]) for m in lines}
    else:
        found = {(account_of(m["account"]), unit_of(m["unit"])): int(m["amount"]) for m in lines}
    assert len(found) == len(lines), "something is stated twice"
    return found
