"""The English words: `python -m tools.translations` checks them, `--update` brings them up to date.

The source of every text on screen is Indonesian (the msgid); English stands in
`karyabina/locale/en/LC_MESSAGES/django.po`. The check fails if a text has no translation, a
translation no text, or the two differ in their placeholders. `--update` adds what is missing
(empty, to be filled in), drops what is no longer said, and keeps the rest.

Texts are gathered by Babel from Python and by Django's own reader from templates, so no gettext
programs are needed.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract_from_file
from django.conf import settings
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "karyabina"
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
FUNCTIONS = {
    "_": None,
    "_now": None,
    "_n": (1, 2),
    "_p": ((1, "c"), 2),
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# A call in what templatize() makes of a template; all its arguments are literals.
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(
    rf"(?<![\w.])(n?p?gettext|_)\(({LITERAL}(?:,\s*{LITERAL})*)(?:,\s*count)?\)", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")


@dataclass(frozen=True)
class Text:
    """One text on screen: its context (often none), singular and plural."""

    context: str | None
    singular: str
    plural: str | None = None


@dataclass
class Gathered:
    """All texts, each with the places that say it."""

    places: dict[Text, list[str]] = field(default_factory=dict)

    def add(self, text: Text, place: str) -> None:
        self.places.setdefault(text, []).append(place)


def texts_of_python(path: Path) -> Iterator[tuple[Text, int]]:
    for line, message, _comments, context in extract_from_file("python", path, keywords=FUNCTIONS):
        if isinstance(message, tuple):
            yield Text(context, message[0], message[1]), line
        elif message:
            yield Text(context, message), line


def texts_of_template(path: Path) -> Iterator[tuple[Text, int]]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(source):
        words = ast.literal_eval(f"[{call[2]}]")
        context = words.pop(0) if "p" in call[1].replace("gettext", "") else None
        line = source.count("\n", 0, call.start()) + 1
        # templatize() doubles per cent signs, as Django does when it looks the text up.
        yield Text(context, *words), line


def gather() -> Gathered:
    gathered = Gathered()
    sources = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]
    for path in sorted(sources):
        parts = path.relative_to(PACKAGE).parts
        if "tests" in parts or "migrations" in parts:
            continue
        if path.suffix == ".py":
            found = texts_of_python(path)
        elif "templates" in parts:
            found = texts_of_template(path)
        else:
            continue
        for text, line in found:
            gathered.add(text, f"{path.relative_to(PROJECT)}:{line}")
    return gathered


def placeholders(text: str) -> list[str]:
    return sorted(match[0] for match in PLACEHOLDER.finditer(text))


def read_catalogue() -> polib.POFile:
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=98)
    catalogue = polib.POFile(wrapwidth=98)
    catalogue.metadata = {
        "Project-Id-Version": "Karyabina",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def text_of(entry: polib.POEntry) -> Text:
    return Text(entry.msgctxt, entry.msgid, entry.msgid_plural or None)


def faults(gathered: Gathered, catalogue: polib.POFile) -> Iterator[str]:
    """Everything that is wrong, one sentence each."""
    entries = {text_of(entry): entry for entry in catalogue if not entry.obsolete}
    for text, places in gathered.places.items():
        entry = entries.get(text)
        if entry is None:
            yield f"{places[0]}: {text.singular!r} is not in the catalogue"
        elif "fuzzy" in entry.flags:
            yield f"{places[0]}: {text.singular!r} is marked fuzzy: look at it"
        elif not entry.translated():
            yield f"{places[0]}: {text.singular!r} has no English"
        else:
            yield from differing_placeholders(text, entry, places[0])
    for entry in catalogue.obsolete_entries():
        yield f"{CATALOGUE.name}: {entry.msgid!r} is kept as obsolete: delete it"
    for text, entry in entries.items():
        if text not in gathered.places:
            yield f"{CATALOGUE.name}:{entry.linenum}: {text.singular!r} is said nowhere any more"


def differing_placeholders(text: Text, entry: polib.POEntry, place: str) -> Iterator[str]:
    said = [(text.singular, entry.msgstr)]
    if text.plural is not None:
        # "1 piece" may leave its number out; the plural may not.
        said = [(text.plural, entry.msgstr_plural.get(1, ""))]
    for source, translation in said:
        if placeholders(source) != placeholders(translation):
            yield f"{place}: {source!r} and {translation!r} differ in their placeholders"


def update(gathered: Gathered, catalogue: polib.POFile) -> tuple[int, int]:
    """Add and drop; returns how many of each. Places go without line numbers: quieter diffs."""
    entries = {text_of(entry): entry for entry in catalogue if not entry.obsolete}
    fresh = polib.POFile(wrapwidth=98)
    fresh.metadata = catalogue.metadata
    for text in sorted(
        gathered.places, key=lambda t: (gathered.places[t][0].split(":")[0], t.singular)
    ):
        entry = entries.get(text) or polib.POEntry(
            msgctxt=text.context,
            msgid=text.singular,
            msgid_plural=text.plural or "",
            msgstr_plural={0: "", 1: ""} if text.plural else {},
        )
        files = sorted({place.split(":")[0] for place in gathered.places[text]})
        entry.occurrences = [(file, "") for file in files]
        entry.flags = [flag for flag in entry.flags if flag != "python-format"]
        if "%" in text.singular and PLACEHOLDER.search(text.singular):
            entry.flags.append("python-format")
        fresh.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(CATALOGUE))
    return len(gathered.places.keys() - entries.keys()), len(
        entries.keys() - gathered.places.keys()
    )


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--update"]):
        print(__doc__, file=sys.stderr)
        return 2
    settings.configure(USE_I18N=False)
    gathered, catalogue = gather(), read_catalogue()
    if arguments:
        added, dropped = update(gathered, catalogue)
        print(f"{len(gathered.places)} texts; {added} added, {dropped} dropped")
        return 0
    found = list(faults(gathered, catalogue))
    for fault in found:
        print(fault)
    if found:
        print(f"{len(found)} faults. `python -m tools.translations --update` adds what is missing.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
