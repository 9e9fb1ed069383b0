"""A small notation for stories about the books.

    workshop -> store 12 KFM-CHIPS-1
    store -> stand 10 KFM-CHIPS-1 ; stand -> buyer 2 KFM-CHIPS-1     one entry of two movements
    refuse NotEnough stand -> buyer 99 KFM-CHIPS-1
    expect stand 8 KFM-CHIPS-1

A line is an entry, an expectation, or a comment (`#`); after `;` it goes on in the next line.
Short names stand for accounts (below); a full code may be written as well. Accounts and lots are
opened when they are first named.
"""

import re

import pytest

from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.models import RUPIAH, Move
from karyabina.ledger.tests.make import AT, posted

NAMES = {
    "workshop": "outside:workshop",
    "buyer": "outside:buyer",
    "world": "outside:world",
    "broken": "outside:broken",
    "store": "store:KFM",
    "transit": "transit:T1",
    "stand": "stand:GOR",
    "cash": "cash:S1",
    "bank": "bank:NTT",
    "due": "due:KFM",
    "owed": "owed:NTT",
    "difference": "difference:GOR",
}
MOVE = re.compile(r"(?P<source>\S+) -> (?P<target>\S+) (?P<amount>\d+) (?P<unit>\S+)")
EXPECT = re.compile(r"expect (?P<account>\S+) (?P<amount>-?\d+) (?P<unit>\S+)")
REFUSE = re.compile(r"refuse (?P<sentence>\w+) (?P<moves>.+)")


def tell(story: str) -> None:
    """Play a story line by line; the line that does not hold is named."""
    text = ""
    for number, line in enumerate(story.splitlines(), 1):
        text += line.partition("#")[0].strip()
        if text and not text.endswith(";"):
            try:
                _line(text)
            except Exception as error:
                error.add_note(f"in line {number}: {text}")
                raise
            text = ""


def _line(text: str) -> None:
    if expected := EXPECT.fullmatch(text):
        held = books.balance(_account(expected["account"]), expected["unit"])
        assert held == int(expected["amount"]), f"{text}, but it is {held}"
    elif refused := REFUSE.fullmatch(text):
        with pytest.raises(getattr(ledger, refused["sentence"])):
            posted(*_moves(refused["moves"]))
    else:
        posted(*_moves(text))


def _moves(text: str) -> list[Move]:
    found = [MOVE.fullmatch(part.strip()) for part in text.split(";")]
    if None in found:
        raise ValueError(f"not understood: {text}")
    return [
        Move(_account(m["source"]), _account(m["target"]), _unit(m["unit"]), int(m["amount"]))
        for m in found
        if m
    ]


def _account(name: str) -> str:
    code = NAMES.get(name, name)
    ledger.open_account(code=code, home="NTT", at=AT)
    return code


def _unit(code: str) -> str:
    if code != RUPIAH:
        ledger.add_unit(code=code, kind="lot")
    return code
