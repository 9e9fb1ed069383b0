"""What tables may refer to, and how their parts are named: read from Django's own registry."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.architecture import source
from tests.architecture.source import PACKAGE, floor_of, report, where

# Rooms that know who made what. Nothing below may reach back into them through a relation.
PRIVATE = {"makers", "training", "workshop", "settlement"}
# Where a number with a fraction is right: places on a map.
FRACTIONS = {"latitude", "longitude"}
INSTANTS = {"at", "since", "until", "upto"}
DAYS = {"date", "day", "since", "until", "was"}
TRUTH = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+){2,}")
MERE_LABEL = re.compile(r"(?<!_is)_unique$|_(uniq|check|idx|ck|fk|constraint)$")


def our_models() -> Iterator[type[models.Model]]:
    for room in source.rooms():
        if apps.is_installed(f"karyabina.{room}"):
            yield from apps.get_app_config(room).get_models(include_auto_created=True)


def our_relations() -> Iterator[tuple[models.Field, str, str]]:
    """Each foreign key, one-to-one and many-to-many of a room: (field, own room, its target's)."""
    for model in our_models():
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model._meta.app_config
            if target.name.startswith("karyabina."):
                yield field, model._meta.app_label, target.label


def test_the_registry_is_read() -> None:
    """The tests below would pass on an empty registry: it must show what is surely there."""
    found = {(own, target) for _field, own, target in our_relations()}
    assert ("staff", "offices") in found
    assert ("till", "festivals") in found


def test_a_relation_points_to_the_same_or_a_lower_floor() -> None:
    faults = [
        f"{field} points from {own} (floor {floor_of(own)}) to {target} (floor {floor_of(target)})"
        for field, own, target in our_relations()
        if own != target and floor_of(target) >= floor_of(own)
    ]
    assert not faults, report(faults, "A room knows only rooms below it, in the database too.")


def test_a_private_room_leaves_no_way_back_in() -> None:
    faults = [
        f"{field} would be reached from {target} as {field.remote_field.related_name!r}"
        for field, own, target in our_relations()
        if own in PRIVATE
        and own != target
        and not str(field.remote_field.related_name or "").endswith("+")
    ]
    assert not faults, report(
        faults, "Say related_name='+': a template could otherwise print a maker through a lot."
    )


def test_nothing_points_at_just_anything() -> None:
    faults = [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.private_fields
    ]
    assert not faults, report(faults, "Generic foreign keys are not checked by any database.")


def test_amounts_are_whole_and_facts_have_columns() -> None:
    faults = [
        f"{field} is a {type(field).__name__}"
        for model in our_models()
        for field in model._meta.local_fields
        if (
            isinstance(field, models.FloatField | models.DecimalField)
            and field.name not in FRACTIONS
        )
        or isinstance(field, models.JSONField)
    ]
    assert not faults, report(
        faults, "Rupiah, pieces, grams and millilitres are whole numbers; rules need columns."
    )


def test_times_and_dates_are_named_so() -> None:
    faults = []
    for model in our_models():
        for field in model._meta.local_fields:
            if not model.__module__.startswith("karyabina.") or field.name == "last_login":
                continue
            if isinstance(field, models.DateTimeField):
                right = field.name in INSTANTS or field.name.endswith("_at")
            elif isinstance(field, models.DateField):
                right = field.name in DAYS or field.name.endswith(("_date", "_on"))
            else:
                continue
            if not right:
                faults.append(f"{field} is a {type(field).__name__}")
    assert not faults, report(faults, "An instant ends _at; a day ends _date (booked_on is one).")


def test_constraints_are_named_as_truths() -> None:
    faults = [
        f"{model.__name__}: {constraint.name}"
        for model in our_models()
        for constraint in model._meta.constraints
        if not TRUTH.fullmatch(constraint.name) or MERE_LABEL.search(constraint.name)
    ]
    assert not faults, report(faults, "For instance movement_amount_is_positive.")


def is_model(node: ast.ClassDef) -> bool:
    """Whether the registry knows a model of this name (abstract ones are met with their heirs)."""
    return any(node.name == model.__name__ for model in our_models())


@pytest.mark.parametrize("room", source.rooms())
def test_a_model_says_what_one_row_is(room: str) -> None:
    faults = [
        f"{where(path, node.lineno)} {node.name}"
        for path in [*(PACKAGE / room).glob("models.py"), *(PACKAGE / room).glob("models/*.py")]
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ClassDef) and is_model(node) and not ast.get_docstring(node)
    ]
    assert not faults, report(faults, "Say what one row is, and whether it may change.")
