"""How our codes and texts are written in a journal, and how they are read back.

hledger takes account codes as they are. beancount wants parts that begin with a capital or a digit
and hold letters, digits and hyphens only, and units of at least two characters that end in a
letter or digit. Two codes never become one: each mapping here has its inverse."""

import re
from functools import lru_cache

from karyabina.ledger.models import CLASSES

# By class, so that the sign is the usual one: what is held and what is due to somebody is above
# zero, what is owed below. A claim is its creditor's asset: the books are those of all parties.
ROOTS = {
    "holding": "Assets",
    "claim": "Assets",
    "owed": "Liabilities",
    "difference": "Equity",
    "outside": "Equity",
}

_CAPITALS = re.compile(r"[A-Z0-9][A-Z0-9-]*")
_WORD = re.compile(r"[a-z][a-z0-9]*[a-z][a-z0-9]*")
_MARK = "Xx-"  # neither all capitals nor a word: no other part looks like it
_SET_WORDS = {"TRUE", "FALSE", "NULL"}  # beancount reads them as values


def _part(part: str) -> str:
    """One part of a code: capitals stay (KLB-004), a word gets its capital (buyer → Buyer), the
    rest is marked and spelt out (a → Xx-a, KLB_1 → Xx-KLBx5f1)."""
    if _CAPITALS.fullmatch(part):
        return part
    if _WORD.fullmatch(part):
        return part[0].upper() + part[1:]
    return _MARK + re.sub(r"[^A-Za-wyz0-9-]", lambda letter: f"x{ord(letter[0]):02x}", part)


def _part_back(part: str) -> str:
    if part.startswith(_MARK):
        spelt = part.removeprefix(_MARK)
        return re.sub("x([0-9a-f]{2})", lambda letter: chr(int(letter[1], 16)), spelt)
    return part if _CAPITALS.fullmatch(part) else part[0].lower() + part[1:]


@lru_cache(maxsize=20_000)
def beancount_account(code: str) -> str:
    """`premi:KLB:KLB-004:saved` → `Assets:Premi:KLB:KLB-004:Saved`."""
    first, *rest = code.split(":")
    return ":".join([ROOTS[CLASSES[first]], first.capitalize(), *map(_part, rest)])


def account_of(name: str) -> str:
    """The code of an account that a beancount journal names: the inverse."""
    _root, first, *rest = name.split(":")
    return ":".join([first.lower(), *map(_part_back, rest)])


@lru_cache(maxsize=20_000)
def beancount_unit(code: str) -> str:
    """A unit for beancount, at most 24 characters as our own; nearly always the code itself.

    Hyphens at the end move behind the first letter as `_` (`KOPI-` → `K_OPI`), a single letter
    says how many follow it (`K--` → `K.2`), and a word that means a value gets `'`."""
    stem = code.rstrip("-")
    hyphens = len(code) - len(stem)
    if len(stem) == 1:
        return f"{stem}.{hyphens}"
    if code in _SET_WORDS:
        return f"{code[0]}'{code[1:]}"
    return f"{stem[0]}{'_' * hyphens}{stem[1:]}"


def unit_of(name: str) -> str:
    """The code of a unit that a beancount journal names: the inverse."""
    if "." in name:
        stem, _point, hyphens = name.partition(".")
        return stem + "-" * int(hyphens)
    return name.replace("'", "").replace("_", "") + "-" * name.count("_")


def hledger_unit(code: str) -> str:
    """hledger wants a unit in quotes when it is more than letters."""
    return code if code.isalpha() else f'"{code}"'


_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG = {short: letter for letter, short in _SHORT.items()}


def escaped(text: str, beside: str = "") -> str:
    """Text on one line that looks like what it is: line breaks, control and invisible characters,
    those that turn the direction of writing, and those in `beside` are written as in a program
    (`\\n`, `\\u202e`)."""
    if text.isprintable() and text.strip(" ") == text and not set("\\" + beside) & set(text):
        return text
    inside = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - before - len(inside)
    middle = "".join(
        letter
        if letter.isprintable() and letter != "\\" and letter not in beside
        else _SHORT.get(letter) or _spelt(letter)
        for letter in inside
    )
    return _spelt(" ") * before + middle + _spelt(" ") * after


def _spelt(letter: str) -> str:
    number = ord(letter)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def unescaped(text: str) -> str:
    """What stood there before `escaped`."""
    return re.sub(
        r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|.)",
        lambda found: (
            chr(int(found[1] or found[2], 16)) if found[1] or found[2] else _LONG[found[0]]
        ),
        text,
    )
