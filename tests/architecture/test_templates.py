"""Templates: nothing inline that the content security policy would stop, no untranslated word."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError
from django.template.base import Lexer, TokenType
from django.template.loader import get_template

from tests.architecture import source
from tests.architecture.source import report, where

# Names and signs that are the same in every language.
UNTRANSLATED = {
    "Karyabina", "Rp", "WIB", "WITA", "WIT", "QRIS", "CSV", "XLSX", "PDF", "PNBP", "BAST", "UPT",
    "Indonesia", "English", "kg", "ml",
}  # fmt: skip
SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
WORD = re.compile(r"[^\W\d_]{2,}")
LITERAL = re.compile(r"""(?<!_\()(?P<quote>["'])(?P<text>[^"']*)(?P=quote)""")
DATA_BLOCKS = {"application/json", "application/ld+json"}


class Page(HTMLParser):
    """Reads the text and attributes that a template itself writes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[tuple[int, str]] = []
        self.inline: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        line = self.getpos()[0]
        if tag in {"script", "style"}:
            self.silent += 1
        if tag == "style":
            self.inline.append((line, "<style>"))
        if tag == "script" and "src" not in given and given.get("type") not in DATA_BLOCKS:
            self.inline.append((line, "<script> without src"))
        for name, value in given.items():
            if name == "style" or name.startswith(("on", "hx-on")) or "javascript:" in value:
                self.inline.append((line, f'{name}="{value}"'))
            spoken = name in SPOKEN or (
                name == "value" and tag == "input" and given.get("type") in {"submit", "button"}
            )
            if spoken:
                self.hear(line, value)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.hear(self.getpos()[0], data)

    def hear(self, line: int, text: str) -> None:
        words = set(WORD.findall(text)) - UNTRANSLATED
        if words:
            self.words.append((line, " ".join(text.split())))


def without_tags(text: str) -> str:
    """What the template writes itself, with what Django puts in taken out and lines kept."""
    kept: list[str] = []
    skipping = ""
    for token in Lexer(text).tokenize():
        empty = "\n" * token.contents.count("\n")
        name = (token.contents.split() or [""])[0]
        if token.token_type == TokenType.TEXT:
            kept.append(empty if skipping else token.contents)
        elif token.token_type == TokenType.BLOCK:
            if skipping and name == skipping:
                skipping = ""
            elif not skipping and name in {"blocktranslate", "blocktrans", "comment"}:
                skipping = f"end{name}"
            elif not skipping and name == "block" and token.contents.endswith("class"):
                skipping = "endblock"  # {% block body_class %} fills an attribute
            kept.append(empty)
        else:
            kept.append(empty)
    return "".join(kept)


def read(path: Path) -> Page:
    page = Page()
    page.feed(without_tags(path.read_text(encoding="utf-8")))
    page.close()
    return page


def untranslated_arguments(path: Path) -> Iterator[tuple[int, str]]:
    """Texts handed to an included template: `with heading="Selamat"` instead of `_("Selamat")`."""
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if token.token_type == TokenType.BLOCK and token.contents.startswith(("include ", "with ")):
            for match in LITERAL.finditer(token.contents):
                text = match["text"]
                if re.match(r"[A-Z][a-z]", text) or re.search(r"\w \w", text):
                    yield token.lineno, text


def test_the_reader_finds_what_it_should() -> None:
    """The tests below would pass if the reader read nothing."""
    page = Page()
    page.feed(
        without_tags(
            '<p style="color: red" onclick="go()">Selamat {% translate "datang" %}</p>'
            "<script>go()</script>{% blocktranslate %}Baik {{ n }}{% endblocktranslate %}"
            '<a title="Buka" class="{% if x %}satu{% endif %}">{{ name }}</a><style>a {}</style>'
        )
    )
    assert [text for _line, text in page.words] == ["Selamat", "Buka"]
    assert len(page.inline) == 4


def test_nothing_is_inline() -> None:
    faults = [
        f"{where(path, line)} {what}"
        for path in source.templates()
        for line, what in read(path).inline
    ]
    assert not faults, report(faults, "Put it into the room's own CSS or module under static/.")


def test_nothing_is_inline_in_what_python_draws() -> None:
    pattern = re.compile(r"<[a-z]+[^<>]*\s(style|on[a-z]+)=")
    faults = [
        where(path, number)
        for path in source.production_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not faults, report(
        faults, "The content security policy stops inline styles: use classes."
    )


def test_every_word_on_screen_can_be_translated() -> None:
    faults = []
    for path in source.templates():
        said = [*read(path).words, *untranslated_arguments(path)]
        faults += [f"{where(path, line)} {text!r}" for line, text in said]
    assert not faults, report(faults, "Mark it: {% translate … %} or {% blocktranslate %}.")


@pytest.mark.parametrize("path", source.templates(), ids=where)
def test_a_template_can_be_read(path: Path) -> None:
    name = path.relative_to(next(p for p in path.parents if p.name == "templates"))
    try:
        get_template(str(name))
    except TemplateSyntaxError as fault:
        pytest.fail(f"{where(path)}: {fault}")
