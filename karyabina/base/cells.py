"""What one cell of a table says: readers that give a value or say what is wrong with it.

A cell is text as somebody typed it, or a Decimal where a spreadsheet program kept a number. The
two differ: the text "1.250" is twelve hundred and fifty, the number 1.25 is one and a quarter.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from karyabina.base.money import number_text
from karyabina.base.refusal import Refusal

Cell = str | Decimal
Reader = Callable[[Cell], Any]

LONGEST_TEXT = 2_000
FORMULA_FAULTS = {
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!",
}  # fmt: skip
NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?:"
    r"(?P<grouped>\d{1,3}(?P<mark>[., ])\d{3}(?:(?P=mark)\d{3})*)"
    r"|(?P<plain>\d+)"
    r")(?:(?P<point>[.,])(?P<part>\d+))?",
    re.ASCII,
)


class BadCell(Refusal):
    """The cell does not hold what its column asks for. Its message tells what to do."""

    status = 400


def plain(cell: Cell) -> str:
    """The text of a cell: one line, single spaces, no control characters.

    A number is written without an exponent or needless zeros (a code typed as 12 stays "12").
    """
    if isinstance(cell, Decimal):
        if not cell.is_finite():
            return str(cell)
        return f"{cell:f}".rstrip("0").rstrip(".") if "." in f"{cell:f}" else f"{cell:f}"
    spaced = "".join(" " if not one.isprintable() else one for one in cell)
    return " ".join(spaced.split())


def text(longest: int = 200) -> Reader:
    """Some words, at most `longest` characters."""

    def read(cell: Cell) -> str:
        said = plain(cell)
        if said.upper() in FORMULA_FAULTS:
            raise BadCell(
                _("Rumus di sel ini menghasilkan %(fault)s. Tulis isinya sebagai teks.")
                % {"fault": said}
            )
        if len(said) > longest:
            raise BadCell(
                _("Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.")
                % {"length": len(said), "longest": longest}
            )
        return said

    return read


def number(cell: Cell) -> Decimal:
    """A number as people write it: 1.250,50 or 1,250.50 or 1250.5; "Rp" before it is allowed.

    One mark alone parts groups of three digits ("15.000"), except after a leading zero; anything
    else is taken as the decimal mark.
    """
    if isinstance(cell, Decimal):
        if not cell.is_finite() or abs(cell) >= Decimal(10) ** 18:
            raise BadCell(_("Angka ini terlalu besar."))
        return cell
    said = plain(cell).replace("\N{MINUS SIGN}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    said = re.sub(r"^(rp|idr)\.?\s*", "", said, flags=re.IGNORECASE).removesuffix(",-")
    found = NUMBER.fullmatch(said) if len(said) <= 40 else None
    if found is None or (found["mark"] and found["point"] == found["mark"]):
        raise BadCell(_("Bukan angka. Tulis misalnya 1250 atau 1.250."))
    if (found["grouped"] or "").startswith("0"):
        if found["point"] or said.count(found["mark"]) > 1:
            raise BadCell(_("Bukan angka. Tulis misalnya 1250 atau 1.250."))
        return Decimal(re.sub(r"[., ]", ".", said, count=1))
    digits = found["plain"] or re.sub(r"[., ]", "", found["grouped"])
    return Decimal(f"{found['sign']}{digits}.{found['part'] or 0}")


def whole(least: int, most: int) -> Reader:
    """A whole number from `least` to `most`, for instance rupiah or pieces."""

    def read(cell: Cell) -> int:
        value = number(cell)
        if value != value.to_integral_value():
            raise BadCell(_("Harus bilangan bulat, tanpa pecahan."))
        if not least <= value <= most:
            raise BadCell(
                _("Harus antara %(least)s dan %(most)s.")
                % {"least": number_text(least), "most": number_text(most)}
            )
        return int(value)

    return read


def between(least: int, most: int) -> str:
    return _("Harus antara %(least)s dan %(most)s.") % {
        "least": number_text(least),
        "most": number_text(most),
    }


def decimal(least: int, most: int, places: int) -> Reader:
    """A number with a decimal mark, point or comma, rounded to `places` (for instance degrees).

    Here a mark that stands alone is always the decimal mark: "-10.170" is ten and 17 hundredths.
    """

    def read(cell: Cell) -> Decimal:
        said = plain(cell).replace("\N{MINUS SIGN}", "-")
        if not isinstance(cell, Decimal) and re.fullmatch(r"[-+]?\d+[.,]\d+", said, re.ASCII):
            value = Decimal(said.replace(",", "."))
        else:
            value = number(cell)
        if not least <= value <= most:
            raise BadCell(
                _("Harus antara %(least)s dan %(most)s.")
                % {"least": number_text(least), "most": number_text(most)}
            )
        return round(value, places)

    return read


def one_of(words: Mapping[str, str]) -> Reader:
    """One of some words; `words` says which value each stands for. Case does not matter.

    A refusal names the first word of each value.
    """
    offered = {value: word for word, value in reversed(list(words.items()))}
    known = {plain(word).casefold(): value for word, value in words.items()}

    def read(cell: Cell) -> str:
        said = plain(cell)
        value = known.get(said.casefold())
        if value is None:
            raise BadCell(
                _("“%(said)s” tidak dikenal. Pilih salah satu: %(words)s.")
                % {"said": said[:40], "words": ", ".join(reversed(list(offered.values())))}
            )
        return value

    return read
