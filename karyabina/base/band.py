"""The woven edge: a narrow band whose motif follows from an office's code, always the same.

The motifs are stepped, as ikat is: a quarter is drawn in characters and mirrored both ways.
`.` is the ground, `a` `b` `c` the three dyes of the chosen set. The choice is taken from a
SHA-256 of the code, so that it needs no table and no office can be without one.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Each motif: the upper left quarter; its last row and last column are the middle of the whole.
MOTIFS: dict[str, tuple[str, ...]] = {
    "wajik": (
        "........a",
        "......aaa",
        "....aaa..",
        "..aaa..bb",
        "aaa..bbbb",
        "a..bbb.cc",
    ),
    "kaif": (
        "aaa.....a",
        "a.a...aaa",
        "a....aa..",
        "aaaaaa..b",
        "....aa.bb",
        "...aa.bbc",
    ),
    "bintang": (
        "a.....bb",
        ".a...bb.",
        "..a.bb.a",
        "...abbaa",
        ".bbbaa.c",
        "bbb.aacc",
    ),
    "tumpal": (
        "aaaaaaaa",
        "..aaaaaa",
        "b...aaaa",
        "bb....aa",
        "bbbb....",
        "bbbbbb.c",
    ),
    "mata": (
        "aaaaaaaa",
        "a.......",
        "a.bbbbbb",
        "a.b.....",
        "a.b.cccc",
        "a.b.c..a",
    ),
    "jala": (
        "a.......a",
        ".a.....a.",
        "..a...a..",
        "...a.a..b",
        "....a..bb",
        "...a..bcc",
    ),
    "sulur": (
        "aaaaa...b",
        "a...a..bb",
        "a.a.a.bb.",
        "a.aaa.b.c",
        "a.....bcc",
        "aaaaaabc.",
    ),
    "anyam": (
        "aa..bb..a",
        "aa..bb..a",
        "..cc..aa.",
        "..cc..aa.",
        "bb..aa..c",
        "bb..aa..c",
    ),
    "kaki": (
        "a...a...a",
        ".a..a..a.",
        "..a.a.a..",
        "...aaa..b",
        "bbb.a..bb",
        "...bbb.bc",
    ),
}
SPACERS = ("", ".", ".b.", ".c.c.", ".aba.", ".b.c.b.")
SELVEDGES = (".a", "b.", "ac.", "b.a.", "cb.")  # stripes from the outside in

COTTON, INK = "#f1e8d8", "#221c1a"
INDIGO, MENGKUDU, KUNYIT, RUST = "#22346b", "#8e2b24", "#c98a16", "#bd5b3e"
# ground, a, b, c
DYES = (
    (INDIGO, COTTON, KUNYIT, RUST),
    (MENGKUDU, COTTON, KUNYIT, INK),
    (INK, COTTON, RUST, KUNYIT),
    (COTTON, INDIGO, MENGKUDU, KUNYIT),
    (INDIGO, KUNYIT, COTTON, RUST),
    (MENGKUDU, KUNYIT, COTTON, INDIGO),
)
LONG = 8_000  # cells; enough for any screen, the rest is cut off


@dataclass(frozen=True)
class Band:
    """One repeat of the cloth: rows of characters, and the colour of each character."""

    motif: str
    rows: tuple[str, ...]
    ground: str
    colours: dict[str, str]

    @property
    def width(self) -> int:
        return len(self.rows[0])

    @property
    def height(self) -> int:
        return len(self.rows)


def mirrored(quarter: tuple[str, ...]) -> list[str]:
    half = [row + row[-2::-1] for row in quarter]
    return half + half[-2::-1]


@lru_cache(maxsize=1024)
def weave(code: str) -> Band:
    """The band of this code; letter case does not matter."""
    numbers = sha256(f"pita:{code.strip().upper()}".encode()).digest()
    names = list(MOTIFS)
    motif = names[numbers[0] % len(names)]
    ground, a, b, c = DYES[numbers[1] % len(DYES)]
    spacer = SPACERS[numbers[2] % len(SPACERS)]
    stripes = SELVEDGES[numbers[3] % len(SELVEDGES)]
    body = [row + spacer for row in mirrored(MOTIFS[motif])]
    edge = [stripe * len(body[0]) for stripe in stripes]
    return Band(motif, (*edge, *body, *edge[::-1]), ground, {"a": a, "b": b, "c": c})


def paths(band: Band) -> SafeString:
    """The coloured cells of one repeat as SVG paths, one a colour, a run of cells at a time."""
    strokes: dict[str, list[str]] = {}
    for y, row in enumerate(band.rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end] == row[x]:
                end += 1
            if row[x] != ".":
                strokes.setdefault(row[x], []).append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = end
    return mark_safe(
        "".join(
            f'<path fill="{band.colours[dye]}" d="{"".join(runs)}"/>'
            for dye, runs in sorted(strokes.items())
        )
    )


def svg(code: str, *, identifier: str = "pita") -> SafeString:
    """The band as inline SVG: as wide as its box, its height set by the style sheet.

    `identifier` must be unique on the page; it names the repeat inside the drawing.
    """
    band = weave(code)
    return format_html(
        '<svg class="band" viewBox="0 0 {long} {height}" preserveAspectRatio="xMidYMid slice"'
        ' aria-hidden="true" focusable="false" shape-rendering="crispEdges"><defs>'
        '<pattern id="{name}" width="{width}" height="{height}" patternUnits="userSpaceOnUse">'
        '<rect width="{width}" height="{height}" fill="{ground}"/>{cells}</pattern></defs>'
        '<rect width="{long}" height="{height}" fill="url(#{name})"/></svg>',
        long=LONG,
        height=band.height,
        width=band.width,
        name=identifier,
        ground=band.ground,
        cells=paths(band),
    )
