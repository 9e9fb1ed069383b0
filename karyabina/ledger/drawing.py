"""A lot's journey as a picture: here is only its geometry, a template draws it.

Twice the same: on a wide screen places stand in columns in the order in which the lot reached
them, with ribbons between them; on a narrow one they stand below each other, with arcs at the
side. What goes back to where it was before is a broken line. Lengths are pixels."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _now
from django.utils.translation import ngettext

from karyabina.base.money import number_text
from karyabina.ledger.naming import PLACES, account_title
from karyabina.ledger.queries import Flow, Journey
from karyabina.ledger.rows import Abouts, amount_text

MOST_ALIKE = 6  # places of one kind in a column; the smaller ones beyond are drawn as one
LOSSES = ("difference:", "outside:broken", "outside:lost")
LONGEST = 20  # letters in a line of the wide picture; a name may take two
WIDE, APART = 172, 66  # a place in its column, and the room between columns
SLOT, LEAST, BETWEEN = 30, 66, 16  # a ribbon's room, the least place, and between two of them
LANE = 30  # for each line that goes back
THICKEST, THINNEST = 14, 2
GUTTER, ARC = 62, 50  # of the narrow picture: the room for arcs, and the widest of them
HEAD, LINE, REST = 24, 20, 18  # a name, a line below it, and the room after the last


@dataclass(eq=False)
class Place:
    """A place of the journey: one account, or several alike that are drawn as one."""

    title: str
    column: int
    good: bool  # neither lost nor missing
    outside: bool = False  # beyond the books
    came: int = 0
    now: int = 0
    now_text: str = ""
    x: int = 0
    y: int = 0
    height: int = LEAST
    at: int = 0  # how far down the narrow picture
    told: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[tuple[int, str]]:
        """The name in one or two lines, each with how far down it stands."""
        first, rest = self.title, ""
        if len(first) > LONGEST and " " in first:
            first, _space, rest = first.rpartition(" ")
        lines = [_cut(one) for one in (first, rest) if one]
        return [(self.y + 20 + 17 * n, one) for n, one in enumerate(lines)]

    @property
    def short(self) -> str:
        """The name as a narrow line can hold it: of a long one the code alone."""
        return self.title if len(self.title) <= LONGEST else self.title.split()[-1]

    @property
    def text_x(self) -> int:
        return self.x + 12

    @property
    def now_y(self) -> int:
        return self.y + self.height - 10

    @property
    def dot(self) -> str:
        """The sign of a place in the narrow picture, as the house draws its steps."""
        return f"M{GUTTER} {self.at - 12}l7 7-7 7-7-7z"

    @property
    def lines(self) -> list[tuple[int, str]]:
        """What stands below the name in the narrow picture, and how far down."""
        return [(self.at + (n + 1) * LINE, text) for n, text in enumerate(self.told)]


@dataclass(eq=False)
class Ribbon:
    """What went from one place to another."""

    source: Place
    target: Place
    amount: int
    text: str = ""
    width: float = THINNEST
    path: str = ""
    arc: str = ""
    text_x: int = 0
    text_y: int = 0

    @property
    def back(self) -> bool:
        """It goes to where the lot was before."""
        return self.target.column <= self.source.column

    @property
    def kind(self) -> str:
        lost, back = " lost" * (not self.target.good), " back" * self.back
        return f"flow{lost}{back}"

    @property
    def thick(self) -> str:
        """Its width as SVG reads it, whatever the language."""
        return f"{self.width:.1f}"


@dataclass(frozen=True)
class Picture:
    places: tuple[Place, ...]
    ribbons: tuple[Ribbon, ...]
    width: int
    height: int
    tall: int
    text_x: int = GUTTER + 18

    @property
    def turns_back(self) -> bool:
        """Something goes back to where the lot was before: there is a broken line to explain."""
        return any(one.back for one in self.ribbons)


def picture(journey: Journey, abouts: Abouts) -> Picture:
    """The journey, drawn both ways."""
    columns = _columns(journey.flows)
    of_code = _places(journey, columns)
    ribbons = _ribbons(journey.flows, of_code)
    places = sorted(dict.fromkeys(of_code.values()), key=lambda one: one.column)
    most = max((one.amount for one in ribbons), default=1)
    for ribbon in ribbons:
        ribbon.width = max(THINNEST, THICKEST * ribbon.amount / most)
        ribbon.text = amount_text(ribbon.amount, journey.unit, abouts)
    for place in places:
        if place.now:
            now = amount_text(place.now, journey.unit, abouts)
            place.now_text = _now("kini %(amount)s") % {"amount": now}
        elif place.outside and place.came:
            place.now_text = amount_text(place.came, journey.unit, abouts)
    width, height = _stand(places, ribbons)
    return Picture(tuple(places), tuple(ribbons), width, height, _stack(places, ribbons))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _columns(flows: Iterable[Flow]) -> dict[str, int]:
    """Account → column: one further than the place from which it was first reached."""
    columns: dict[str, int] = {}
    for flow in flows:
        columns.setdefault(flow.source, 0)
        columns.setdefault(flow.target, columns[flow.source] + 1)
    return columns


def _places(journey: Journey, columns: dict[str, int]) -> dict[str, Place]:
    """Account → its place; the smallest of many alike share one."""
    came = dict.fromkeys(columns, 0)
    for flow in journey.flows:
        came[flow.target] += flow.amount
    alike: dict[tuple[int, str], list[str]] = {}
    for code, column in columns.items():
        alike.setdefault((column, code.partition(":")[0]), []).append(code)
    found: dict[str, Place] = {}
    for (column, kind), codes in alike.items():
        ranked = sorted(codes, key=lambda code: -came[code])
        alone = (
            ranked if len(ranked) <= MOST_ALIKE or kind == "outside" else ranked[: MOST_ALIKE - 1]
        )
        for code in alone:
            good = not code.startswith(LOSSES)
            found[code] = Place(account_title(code), column, good, kind == "outside")
        rest = ranked[len(alone) :]
        if rest:
            many = ngettext("%(n)s %(kind)s lain", "%(n)s %(kind)s lain", len(rest))
            title = many % {"n": number_text(len(rest)), "kind": str(PLACES[kind]).lower()}
            found |= dict.fromkeys(rest, Place(title, column, kind != "difference"))
    for code, place in found.items():
        place.came += came[code]
        place.now += journey.now.get(code, 0)
    return {code: found[code] for code in columns}


def _ribbons(flows: Iterable[Flow], of_code: dict[str, Place]) -> list[Ribbon]:
    found: dict[tuple[int, int], Ribbon] = {}
    for flow in flows:
        source, target = of_code[flow.source], of_code[flow.target]
        if source is not target:
            ribbon = found.setdefault((id(source), id(target)), Ribbon(source, target, 0))
            ribbon.amount += flow.amount
    return list(found.values())


def _stand(places: list[Place], ribbons: list[Ribbon]) -> tuple[int, int]:
    """Put the places into columns and draw the ribbons between them; width and height."""
    forth = [one for one in ribbons if not one.back]
    back = [one for one in ribbons if one.back]
    bottoms: dict[int, int] = {}
    for place in places:
        inward = sum(1 for one in forth if one.target is place)
        outward = sum(1 for one in forth if one.source is place)
        place.height = max(LEAST + 17 * (len(place.names) - 1), SLOT * max(inward, outward) + 8)
        place.x = place.column * (WIDE + APART)
        place.y = bottoms.get(place.column, 4)
        bottoms[place.column] = place.y + place.height + BETWEEN
    for place in places:
        ins = [one for one in forth if one.target is place]
        outs = [one for one in forth if one.source is place]
        for side in (sorted(ins, key=lambda one: one.source.y), sorted(outs, key=_lands)):
            for n, ribbon in enumerate(side):
                y = place.y + (place.height - SLOT * len(side)) // 2 + SLOT * n + 20
                if side and ribbon.target is place:
                    ribbon.text_y = y
                else:
                    ribbon.text_x = y  # kept until the ribbon is drawn
    for ribbon in forth:
        start, end = ribbon.text_x, ribbon.text_y
        x, beyond = ribbon.source.x + WIDE, ribbon.target.x
        bend = (beyond - x) // 2
        ribbon.path = f"M{x} {start}C{x + bend} {start} {beyond - bend} {end} {beyond} {end}"
        ribbon.text_x, ribbon.text_y = beyond - 6, end - int(ribbon.width / 2) - 4
    height = max(bottoms.values(), default=0)
    for n, ribbon in enumerate(back):
        lane = height + LANE * n + 12
        x, to = ribbon.source.x + WIDE * 3 // 4, ribbon.target.x + WIDE // 4
        ribbon.path = f"M{x} {ribbon.source.y + ribbon.source.height}V{lane}H{to}V"
        ribbon.path += str(ribbon.target.y + ribbon.target.height)
        ribbon.text_x, ribbon.text_y = max(x, to) - 8, lane - int(ribbon.width / 2) - 4
    last = max((place.column for place in places), default=0)
    return last * (WIDE + APART) + WIDE, height + LANE * len(back)


def _lands(ribbon: Ribbon) -> tuple[int, int]:
    return ribbon.target.column, ribbon.target.y


def _stack(places: list[Place], ribbons: list[Ribbon]) -> int:
    """Put the places below each other and draw the arcs beside them; the height."""
    top = HEAD
    for place in places:
        place.at = top
        for ribbon in ribbons:
            if ribbon.target is place:
                source = {"amount": ribbon.text, "place": ribbon.source.short}
                place.told.append(_now("%(amount)s dari %(place)s") % source)
        if place.now_text and not place.outside:
            place.told.append(place.now_text)
        top += len(place.told) * LINE + HEAD + REST
    longest = max((abs(one.target.at - one.source.at) for one in ribbons), default=1) or 1
    for ribbon in ribbons:
        start, end = ribbon.source.at - 5, ribbon.target.at - 5
        reach = 14 + (ARC - 14) * abs(end - start) // longest
        x = GUTTER - 7
        ribbon.arc = f"M{x} {start}C{x - reach} {start} {x - reach} {end} {x} {end}"
    return top - HEAD
