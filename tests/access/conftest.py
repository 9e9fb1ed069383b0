"""One world for all doors: it is made once, and each test leaves it as it was.

The world stands in a transaction around all tests of the folder; `django_db` puts each test into
one of its own within it.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.access.world import World, build


@pytest.fixture(scope="package")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_once: World, db: None) -> World:
    return made_once
