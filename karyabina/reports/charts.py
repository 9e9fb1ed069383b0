"""Bars for the eye, drawn as SVG by templates: here is only their geometry.

Lengths across the page are percentages, so that a drawing fills any screen without its letters
shrinking; lengths down the page are pixels. Every bar starts at zero. A chart never stands
alone: its table is beside it, and a sentence says what it shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from karyabina.base.money import number_text

ROW = 48  # pixels of one bar lying down, its label above it
ROW_BAR = 16
COLUMN_SPACE = 200  # pixels for the highest standing bar
ABOVE, BELOW = 24, 28  # for the figure over a bar, and the label under it
COLUMN_WIDTH = 0.72  # of the space that a standing bar has


@dataclass(frozen=True)
class Datum:
    """One thing to compare: what it is called, how much, and how that is written beside it."""

    label: str
    value: int
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar; lengths as SVG wants them."""

    label: str
    text: str
    x: str
    y: int
    width: str
    height: int
    middle: str  # of a standing bar, for its texts
    label_y: int
    text_y: int


@dataclass(frozen=True)
class Chart:
    """Bars and the height of the drawing in pixels; `base` is where standing bars stand."""

    bars: tuple[Bar, ...]
    height: int
    base: int = 0


def percentage(part: float) -> str:
    """A length across the page, written the way SVG reads it whatever the language."""
    return f"{part:.2f}%"


def lying(of: Iterable[Datum]) -> Chart:
    """Bars from left to right, one below the other; the longest fills the width."""
    data = list(of)
    most = max((datum.value for datum in data), default=0)
    bars = tuple(
        Bar(
            label=datum.label,
            text=datum.text,
            x="0%",
            y=n * ROW + 22,
            width=percentage(100 * datum.value / most if most else 0),
            height=ROW_BAR,
            middle="0%",
            label_y=n * ROW + 15,
            text_y=n * ROW + 15,
        )
        for n, datum in enumerate(data)
    )
    return Chart(bars, len(bars) * ROW)


def standing(of: Iterable[Datum]) -> Chart:
    """Bars from below upwards, side by side; the highest fills the space."""
    data = list(of)
    most = max((datum.value for datum in data), default=0)
    base = ABOVE + COLUMN_SPACE
    space = 100 / len(data) if data else 0
    bars = []
    for n, datum in enumerate(data):
        height = round(COLUMN_SPACE * datum.value / most) if most else 0
        bars.append(
            Bar(
                label=datum.label,
                text=datum.text,
                x=percentage(space * (n + (1 - COLUMN_WIDTH) / 2)),
                y=base - height,
                width=percentage(space * COLUMN_WIDTH),
                height=height,
                middle=percentage(space * (n + 0.5)),
                label_y=base + 19,
                text_y=base - height - 7,
            )
        )
    return Chart(tuple(bars), base + BELOW, base)


def short_rupiah(amount: int) -> str:
    """An amount that fits over a narrow bar: 850, 45 rb, 1,2 jt; the table has it exactly."""
    if amount < 1_000:
        return number_text(amount)
    if amount < 999_500:
        return _("%(n)s rb") % {"n": number_text((amount + 500) // 1_000)}
    if amount >= 99_950_000:
        return _("%(n)s jt") % {"n": number_text((amount + 500_000) // 1_000_000)}
    whole, rest = divmod((amount + 50_000) // 100_000, 10)
    point = "." if (get_language() or "id").startswith("en") else ","
    return _("%(n)s jt") % {"n": f"{whole}{point}{rest}" if rest else str(whole)}
