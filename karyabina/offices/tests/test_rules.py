"""What the database itself holds of offices."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE offices_office SET code = 'LAIN' WHERE code = 'KLB'",
        "DELETE FROM offices_office WHERE code = 'KLB'",
        "UPDATE offices_office SET kind = 'benteng' WHERE code = 'KLB'",
        "UPDATE offices_office SET latitude = 91 WHERE code = 'KLB'",
        "UPDATE offices_office SET path = 'DITJENPAS/NTT' WHERE code = 'KLB'",
        "UPDATE offices_office SET kind = 'headquarters' WHERE code = 'KLB'",
        "UPDATE offices_office SET parent_id = NULL WHERE code = 'KLB'",
        "UPDATE offices_office SET kind = 'region' WHERE code = 'DITJENPAS'",
    ],
)
def test_an_office_keeps_its_code_and_its_sense(sql: str) -> None:
    make.office("KLB")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_office_cannot_be_replaced_or_emptied_away() -> None:
    office = make.office("KLB")
    sql = (
        "INSERT OR REPLACE INTO offices_office SELECT * FROM offices_office WHERE code = 'KLB'"
        if connection.vendor == "sqlite"
        else "TRUNCATE offices_office CASCADE"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    office.refresh_from_db()
    assert office.code == "KLB"


def test_an_office_is_not_driven_out_by_another() -> None:
    """On SQLite UPDATE OR REPLACE removes whoever stands in the way, and no DELETE fires."""
    make.office("KLB")
    make.office("LBB")
    verb = "UPDATE OR REPLACE" if connection.vendor == "sqlite" else "UPDATE"
    sql = f"{verb} offices_office SET path = 'DITJENPAS/NTT/LBB' WHERE code = 'KLB'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM offices_office WHERE code IN ('KLB', 'LBB')")
        assert cursor.fetchone() == (2,)


def test_a_name_may_change() -> None:
    make.office("KLB")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offices_office SET name = 'Lapas baru' WHERE code = 'KLB'")
    assert make.office("KLB").name == "Lapas baru"
