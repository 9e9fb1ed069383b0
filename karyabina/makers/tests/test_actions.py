"""Makers are codes: given out in order, of their office, never changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.ledger.queries import KeyReused
from karyabina.makers import actions
from karyabina.makers.models import Maker
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db


def many(count: int = 3, at_office: str = "KLB", **other: object) -> list[Maker]:
    given = {"key": new_key(), "status": "narapidana", "at": make.moment()}
    by = make.officer(at_office=at_office)
    return actions.register_many(
        office=make.office(at_office), count=count, by=by, **(given | other)
    )


def test_codes_count_up_from_the_highest() -> None:
    assert make.maker().code == "KLB-001"
    assert make.maker(code="KLB-0127").code == "KLB-0127"
    assert make.maker().code == "KLB-128"
    assert make.maker("KFM").code == "KFM-001"


def test_many_are_registered_at_once() -> None:
    make.maker()
    assert [maker.code for maker in many(3)] == ["KLB-002", "KLB-003", "KLB-004"]
    assert Audit.objects.filter(what="makers.register").first().about == "KLB-002 – KLB-004"


def test_the_same_key_again_is_the_same_makers() -> None:
    key = new_key()
    assert many(key=key) == many(key=key)
    assert Maker.objects.count() == 3
    with pytest.raises(KeyReused):
        many(4, key=key)
    with pytest.raises(KeyReused):
        actions.register(
            key=key,
            office=make.office(),
            code=None,
            status="narapidana",
            by=make.officer(),
            at=make.moment(),
        )


@pytest.mark.parametrize("count", [0, -1, 51, 10**9])
def test_too_many_or_none_at_once_are_refused(count: int) -> None:
    with pytest.raises(actions.NotASaneNumber):
        many(count)
    assert not Maker.objects.exists()


@pytest.mark.parametrize("code", ["KLB-1", "KFM-001", "klb-001", "KLB-1234567", "KLB 001", "BUDI"])
def test_a_code_that_is_no_code_of_this_office_is_refused(code: str) -> None:
    with pytest.raises(actions.NotAMakerCode):
        make.maker(code=code)


def test_a_code_is_used_once() -> None:
    make.maker(code="KLB-014")
    with pytest.raises(actions.CodeIsTaken):
        make.maker(code="KLB-014")


@pytest.mark.parametrize(
    ("office", "status"),
    [("LPKA", "narapidana"), ("BPS", "narapidana"), ("KLB", "klien"), ("KLB", "direktur")],
)
def test_a_status_that_does_not_exist_at_an_office_is_refused(office: str, status: str) -> None:
    with pytest.raises(actions.StatusDoesNotFit):
        make.maker(office, status=status)


@pytest.mark.parametrize(
    ("office", "status"),
    [("LPKA", "anak"), ("BPS", "klien"), ("RKP", "tahanan"), ("KLB", "narapidana")],
)
def test_each_office_registers_its_own_people(office: str, status: str) -> None:
    assert make.maker(office, status=status).status == status


def test_nobody_makes_goods_at_a_regional_office() -> None:
    refusal: type[Refusal] = actions.NobodyMakesGoodsHere
    with pytest.raises(refusal):
        make.maker("NTT")


# --- what the database itself refuses -------------------------------------------------------------
def raw(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


INSERT = """
INSERT INTO makers_maker (key, office_id, code, status, digest, registered_at, registered_by_id)
SELECT {key}, office_id, {code}, {status}, digest, registered_at, registered_by_id
FROM makers_maker
"""
FRESH = "'0198f5a0000070008000000000000001'"


def test_the_database_takes_a_sound_maker_and_a_new_status() -> None:
    make.maker()
    raw(INSERT.format(key=FRESH, code="'KLB-002'", status="status"))
    raw("UPDATE makers_maker SET status = 'tahanan'")
    assert Maker.objects.filter(status="tahanan").count() == 2


@pytest.mark.parametrize(
    ("key", "code", "status"),
    [
        (FRESH, "'KFM-001'", "status"),
        (FRESH, "'KLB-01'", "status"),
        (FRESH, "'KLBX-001'", "status"),
        (FRESH, "'KLB-001x'", "status"),
        (FRESH, "'KLB-0010 Nama'", "status"),
        (FRESH, "'KLB-0000001'", "status"),
        (FRESH, "code", "status"),
        ("key", "'KLB-002'", "status"),
        (FRESH, "'KLB-002'", "'direktur'"),
    ],
)
def test_the_database_refuses_an_unsound_maker(key: str, code: str, status: str) -> None:
    make.maker()
    with pytest.raises(DatabaseError):
        raw(INSERT.format(key=key, code=code, status=status))
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError):
            raw(
                INSERT.format(key=key, code=code, status=status).replace(
                    "INSERT", "INSERT OR REPLACE"
                )
            )
    assert Maker.objects.get().code == "KLB-001"


@pytest.mark.parametrize(
    "change",
    ["code = 'KLB-777'", f"key = {FRESH}", "office_id = (SELECT key FROM offices_office LIMIT 1)"],
)
def test_the_database_keeps_a_makers_code_and_office(change: str) -> None:
    make.maker()
    with pytest.raises(DatabaseError, match="never change"):
        raw(f"UPDATE makers_maker SET {change}")


def test_the_database_takes_no_maker_of_an_office_that_is_not_there_yet() -> None:
    """Foreign keys are looked at when the transaction ends; the code is looked at now."""
    make.maker()
    strange = INSERT.replace("SELECT {key}, office_id", f"SELECT {{key}}, {FRESH}")
    with pytest.raises(DatabaseError, match="begins with their office"):
        raw(strange.format(key=FRESH, code="'XYZ-002'", status="status"))


@pytest.mark.parametrize("statement", ["DELETE FROM makers_maker", "TRUNCATE makers_maker CASCADE"])
def test_the_database_never_gives_a_code_again(statement: str) -> None:
    make.maker()
    if connection.vendor == "sqlite" and "TRUNCATE" in statement:
        return  # there is no such statement
    connection.check_constraints()  # what is put off to the end would stop a TRUNCATE by itself
    with pytest.raises(DatabaseError, match=r"no row is removed|append-only"):
        raw(statement)
