"""Contrast of every pair of colours that the style sheets put on each other (WCAG 2.2)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[1] / "static" / "base"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
BODY_TEXT, LARGE_OR_SIGN = 4.5, 3.0
# what is written, on what, at least
PAIRS = [
    *[
        (word, ground, BODY_TEXT)
        for ground in ("paper", "cloth")
        for word in ("ink", "soft", "indigo", "mengkudu", "leaf")
    ],
    ("on-indigo", "indigo", BODY_TEXT),
    ("on-indigo", "press", BODY_TEXT),
    ("on-mengkudu", "mengkudu", BODY_TEXT),
    ("on-leaf", "leaf", BODY_TEXT),
    ("on-kunyit", "kunyit", BODY_TEXT),
    ("paper", "ink", BODY_TEXT),
    ("soft", "paper", LARGE_OR_SIGN),  # the border of a field
    ("dye-a", "paper", LARGE_OR_SIGN),
    ("dye-b", "paper", LARGE_OR_SIGN),
    ("dye-d", "paper", LARGE_OR_SIGN),
]
# As LOOK gives them; whoever changes one changes the other.
LIGHT = {
    "paper": "#fbf7ef", "cloth": "#f1e8d8", "line": "#d9ccb6", "ink": "#221c1a", "soft": "#5f544c",
    "indigo": "#22346b", "mengkudu": "#8e2b24", "leaf": "#2f6b3f", "kunyit": "#c98a16",
}  # fmt: skip
DARK = {
    "paper": "#171311", "cloth": "#221c19", "line": "#3a312b", "ink": "#f3ebdd", "soft": "#b9ab9a",
    "indigo": "#9db2f0", "mengkudu": "#f0948a", "leaf": "#8fcf9f", "kunyit": "#e8b54a",
}  # fmt: skip


def block(start: str) -> dict[str, str]:
    text = TOKENS[TOKENS.index(start) :]
    inside = text[text.index("{") + 1 : text.index("}")]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,8})\b", inside))


THEMES = {"light": block(":root {"), "dark": block(":root[data-theme=dark]")}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_values() -> None:
    assert round(contrast("#000", "#fff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground", "least"), PAIRS)
def test_words_can_be_read_on_their_ground(
    theme: str, word: str, ground: str, least: float
) -> None:
    colours = THEMES[theme]
    found = contrast(colours[word], colours[ground])
    assert found >= least, f"{word} on {ground} in {theme}: {found:.2f}"


def test_the_tokens_are_the_cloths_colours() -> None:
    for theme, wanted in (("light", LIGHT), ("dark", DARK)):
        assert {name: THEMES[theme][name] for name in wanted} == wanted


def test_dark_by_choice_is_dark_by_preference() -> None:
    assert block(":root:not([data-theme=light])") == THEMES["dark"]


def test_kunyit_is_never_the_colour_of_words() -> None:
    for sheet in CSS.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?<![-\w])color:\s*var\(--kunyit\)", text), sheet.name


def test_the_style_sheets_of_the_shell_stay_light() -> None:
    sheets = [CSS / f"{name}.css" for name in ("tokens", "shell", "forms", "parts", "print")]
    assert sum(sheet.stat().st_size for sheet in sheets) < 25 * 1024


def test_every_colour_that_is_used_is_a_token() -> None:
    named = set(re.findall(r"--([\w-]+):", TOKENS))
    for sheet in CSS.glob("*.css"):
        used = set(re.findall(r"var\(--([\w-]+)", sheet.read_text(encoding="utf-8")))
        assert used <= named, f"{sheet.name}: {used - named}"
