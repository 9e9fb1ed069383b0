"""Guards are set aside for migrations and back after them; without them no server starts."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from karyabina.base import guards
from karyabina.base.apps import install_guards, set_guards_aside

pytestmark = pytest.mark.django_db


def test_all_guards_stand_after_migrating() -> None:
    assert guards.missing() == []
    assert len(guards.expected()) > 40


def test_guards_stay_while_there_is_nothing_to_migrate() -> None:
    set_guards_aside(using="default", plan=[])
    assert guards.missing() == []


def test_guards_are_set_aside_for_migrations_on_sqlite_and_put_back() -> None:
    set_guards_aside(using="default", plan=[("a migration", False)])
    if connection.vendor == "sqlite":
        assert set(guards.missing()) == guards.expected()
    else:
        assert guards.missing() == []
    install_guards(using="default")
    assert guards.missing() == []


def test_a_server_refuses_a_database_whose_guards_are_gone() -> None:
    guards.demand()
    guards.drop()
    with pytest.raises(ImproperlyConfigured, match="could be edited"):
        guards.demand()
    guards.install()
    guards.demand()
