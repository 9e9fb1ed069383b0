"""What the database refuses at commit, and to clients that prepare their connection oddly."""

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.ledger import queries as books
from karyabina.ledger.models import Entry
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.make import CHIPS, made, world
from karyabina.ledger.tests.raw import refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_entry_without_movements_is_refused_at_commit() -> None:
    world()
    with pytest.raises(DatabaseError, match=r"(?i:foreign key)"):
        raw.entry(size=2)
    assert not Entry.objects.filter(origin="raw").exists()


def test_a_client_without_foreign_keys_cannot_write_entries() -> None:
    """Only SQLite can be asked to forget them."""
    world()
    if raw.sqlite():
        connection.disable_constraint_checking()
        try:
            with pytest.raises(DatabaseError, match="foreign keys are off"):
                raw.entry(size=2)
        finally:
            connection.enable_constraint_checking()
    assert not Entry.objects.filter(origin="raw").exists()


def test_a_table_of_ones_own_does_not_stand_in_for_the_books() -> None:
    """A temporary table of the same name must not be what the triggers look at."""
    world()
    made(1)
    if not raw.sqlite():
        with transaction.atomic():
            raw.run(
                "CREATE TEMPORARY TABLE ledger_account AS SELECT id, code, 'outside' AS cls, home"
                " FROM ledger_account"
            )
            with refused("not enough"):
                raw.whole(("stand:GOR", "outside:buyer", CHIPS, "2"))
            transaction.set_rollback(True)
    assert books.balance("stand:GOR", CHIPS) == 1


def test_nothing_is_booked_on_an_older_picture_of_the_books() -> None:
    """Whether a day is closed would be read from before the closing that it waited for."""
    world()
    if not raw.sqlite():
        with refused("older picture"):
            raw.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            raw.whole(("outside:workshop", "stand:GOR", CHIPS, "1"))
    assert books.balance("stand:GOR", CHIPS) == 0
