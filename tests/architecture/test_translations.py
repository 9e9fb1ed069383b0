"""Both languages: nothing that is said escapes them, and the words of others become ours.

Whether each text has its English, with the same placeholders, is checked by tools.translations.
"""

import ast
import re
from pathlib import Path

import allauth
import django
import polib
import pytest

from tests.architecture import source
from tests.architecture.source import PACKAGE, report, where
from tools.translations import FUNCTIONS, gather, placeholders

LOCALES = PACKAGE / "locale"
OURS = LOCALES / "id" / "LC_MESSAGES" / "django.po"


def borrowed() -> list[polib.POEntry]:
    """Texts of Django and allauth that are said in our own words in Indonesian."""
    return list(polib.pofile(str(OURS)))


def known_elsewhere() -> set[tuple[str, str]]:
    found = set()
    for package in (django, allauth):
        folder = Path(package.__file__).parent
        for path in folder.rglob("locale/id/LC_MESSAGES/django.po"):
            found |= {(entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path))}
    return found


def test_every_name_that_marks_a_text_is_one_that_is_gathered() -> None:
    """`gettext as _soon` would hide its texts from the catalogue."""
    faults = [
        f"{where(path, node.lineno)} {one.asname or one.name}"
        for path in source.production_files()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
        if "gettext" in one.name and (one.asname or one.name) not in FUNCTIONS
    ]
    assert not faults, report(faults, "Name it in FUNCTIONS of tools/translations.py.")


def test_a_marked_text_is_a_literal() -> None:
    """A name or an f-string is not known before the program runs: it would stay Indonesian."""
    faults = []
    for path in source.production_files():
        for node in ast.walk(source.tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in FUNCTIONS and node.args:
                kinds = (ast.Constant,) if node.func.id != "_n" else (ast.Constant, ast.Name)
                if not isinstance(node.args[0], kinds):
                    faults.append(where(path, node.lineno))
    assert not faults, report(faults, "Mark the words themselves, and put values in with %.")


def test_indonesian_has_one_form_for_one_and_many() -> None:
    faults = [
        f"{places[0]} {text.singular!r} and {text.plural!r}"
        for text, places in gather().places.items()
        if text.plural is not None and text.plural != text.singular
    ]
    assert not faults, report(faults, "Say it the same way twice; English has two forms.")


def test_every_act_on_the_trail_has_words() -> None:
    """What `record(what="room.verb")` writes down, `trail.name` says on the page."""
    kept: dict[str, str] = {}
    named = set()
    for path in source.production_files():
        for node in ast.walk(source.tree(path)):
            if not isinstance(node, ast.Call):
                continue
            for one in node.keywords:
                if one.arg == "what" and isinstance(one.value, ast.Constant):
                    kept[str(one.value.value)] = where(path, node.lineno)
            function = node.func
            if isinstance(function, ast.Attribute) and ast.unparse(function) == "trail.name":
                named.add(ast.literal_eval(node.args[0]))
    assert kept
    faults = [f"{place} {what}" for what, place in kept.items() if what not in named]
    assert not faults, report(faults, "Say `trail.name(what, words)` beside the action.")


def test_words_of_others_are_said_in_ours() -> None:
    entries = borrowed()
    assert entries
    for entry in entries:
        assert entry.translated(), entry.msgid
        assert "fuzzy" not in entry.flags, entry.msgid
        assert not entry.obsolete, entry.msgid
        said = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
        asked = entry.msgid_plural or entry.msgid
        assert placeholders(said) == placeholders(asked), entry.msgid
        assert not re.search(r"(?<!kata )\bsandi\b", said, re.IGNORECASE), said


def test_words_of_others_are_still_theirs() -> None:
    known = known_elsewhere()
    gone = [one.msgid for one in borrowed() if (one.msgid, one.msgid_plural) not in known]
    assert not gone, report(gone, "Nobody says this any more.")


@pytest.mark.parametrize("path", sorted(LOCALES.rglob("*.po")), ids=where)
def test_a_catalogue_names_neither_person_nor_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "@" not in text
    assert "POT-Creation-Date" not in text
    assert "Translator" not in text
