"""A demonstration touches no database but its own: --fresh empties it."""

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from karyabina.demo.management.commands.demo import BEGUN, guard_other_peoples_data
from karyabina.staff import actions as staff
from tests import make

pytestmark = pytest.mark.django_db


def test_an_empty_database_may_be_played_in() -> None:
    guard_other_peoples_data()


def test_a_database_with_tables_of_others_is_left_alone() -> None:
    """Also when our own, still empty, stand beside them."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE payroll (id integer)")
    with pytest.raises(CommandError, match="tabel lain"):
        guard_other_peoples_data()


def test_offices_that_nobody_serves_at_yet_are_somebodys_work() -> None:
    make.office("KLB")
    with pytest.raises(CommandError, match="bukan basis data peragaan"):
        guard_other_peoples_data()
    staff.record(by=None, at=timezone.now(), office=None, what=BEGUN, about="demo")
    guard_other_peoples_data()


def test_staff_that_a_demonstration_did_not_enlist_are_left_alone() -> None:
    make.officer()
    with pytest.raises(CommandError, match="bukan basis data peragaan"):
        guard_other_peoples_data()
