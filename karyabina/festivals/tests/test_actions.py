"""Festivals, invitations, stands: who may, when, and what the database holds."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.festivals import actions, queries
from karyabina.festivals.models import Closure, Festival, Participation, Stand
from karyabina.ledger.queries import KeyReused
from karyabina.staff.models import Audit, Role
from tests import make

pytestmark = pytest.mark.django_db


def invited(office: str, festival: Festival, **other: object) -> Participation:
    by = make.officer(Role.REGIONAL, "NTT")
    given = {"key": new_key(), "by": by, "at": make.moment(days=-1)}
    return actions.invite(festival=festival, office=make.office(office), **(given | other))


def closed(stand: Stand, **other: object) -> Closure:
    by = make.officer(Role.REGIONAL, "NTT")
    return actions.close_stand(
        stand=stand, **({"key": new_key(), "by": by, "at": make.moment(20)} | other)
    )


# --- announcing -----------------------------------------------------------------------------------
def test_announcing_with_one_key_announces_once() -> None:
    key = new_key()
    assert make.festival(key=key) == make.festival(key=key)
    with pytest.raises(KeyReused):
        make.festival(key=key, venue="Alun-alun")
    assert Audit.objects.filter(what="festivals.announce").count() == 1


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"code": "fest"}, actions.NotAPlaceCode),
        ({"code": "F"}, actions.NotAPlaceCode),
        ({"code": "A:B"}, actions.NotAPlaceCode),
        ({"code": "F" * 13}, actions.NotAPlaceCode),
        ({"name": ""}, actions.NotAFestival),
        ({"venue": "x" * 121}, actions.NotAFestival),
        ({"time_zone": "Mars/Utopia"}, actions.NotAFestival),
        ({"last_date": make.DAY - timedelta(1)}, actions.EndsBeforeItBegins),
        ({"last_date": make.DAY + timedelta(366)}, actions.LastsTooLong),
        ({"first_date": date.min, "last_date": date.min}, actions.NotAFestival),
        ({"first_date": date.max, "last_date": date.max}, actions.NotAFestival),
    ],
)
def test_a_festival_that_cannot_be_is_refused(
    wrong: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        make.festival(**wrong)
    assert refused.value.field in wrong
    assert not Festival.objects.exists()


def test_a_festivals_code_is_used_once() -> None:
    make.festival()
    with pytest.raises(actions.CodeIsTaken):
        make.festival()


# --- inviting -------------------------------------------------------------------------------------
def test_an_office_that_is_invited_twice_takes_part_once() -> None:
    festival = make.festival()
    assert invited("KLB", festival) == invited("KLB", festival)
    assert queries.takes_part(festival, make.office("KLB"))
    assert not queries.takes_part(festival, make.office("KFM"))


def test_a_key_invites_one_office() -> None:
    festival, key = make.festival(), new_key()
    invited("KLB", festival, key=key)
    with pytest.raises(KeyReused):
        invited("KFM", festival, key=key)


@pytest.mark.parametrize("code", ["NTT", "BPS", "BALI", "DITJENPAS"])
def test_only_offices_below_that_make_goods_are_invited(code: str) -> None:
    festival = make.festival()
    with pytest.raises(actions.OfficeIsNotBelow):
        invited(code, festival)


def test_an_office_of_another_region_is_not_invited() -> None:
    festival = make.festival()
    make.office("DPS", parent="BALI")
    with pytest.raises(actions.OfficeIsNotBelow):
        invited("DPS", festival)


def test_nobody_joins_a_festival_that_is_over() -> None:
    festival = make.festival()
    assert invited("KLB", festival, at=make.moment(23, 59))
    with pytest.raises(actions.FestivalIsOver):
        invited("KFM", festival, at=make.moment(0, 0, days=1))
    with pytest.raises(actions.FestivalIsOver):
        make_stand(festival, at=make.moment(days=1))


def test_those_that_may_be_invited_are_offered() -> None:
    festival = make.festival()
    for code in ("KLB", "KFM", "BPS", "LPKA"):
        make.office(code)
    make.office("DPS", parent="BALI")
    invited("KLB", festival)
    assert {office.code for office in queries.to_invite(festival)} == {"KFM", "LPKA"}


# --- stands ---------------------------------------------------------------------------------------
def make_stand(festival: Festival, code: str = "GERAI", **other: object) -> Stand:
    given = {
        "key": new_key(),
        "name": "Gerai",
        "holder": festival.organiser,
        "by": make.officer(Role.REGIONAL, "NTT"),
        "at": make.moment(days=-1),
    }
    return actions.set_up(code=code, festival=festival, **(given | other))


def test_a_stand_opens_its_accounts() -> None:
    make_stand(make.festival())
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM ledger_account WHERE home = 'NTT' ORDER BY code")
        codes = [row[0] for row in cursor.fetchall()]
    assert codes == ["bank:NTT", "difference:GERAI", "owed:NTT", "stand:GERAI"]


def test_setting_up_with_one_key_sets_up_once() -> None:
    festival, key = make.festival(), new_key()
    assert make_stand(festival, key=key) == make_stand(festival, key=key)
    with pytest.raises(KeyReused):
        make_stand(festival, key=key, name="Lain")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"code": "gerai"}, actions.NotAPlaceCode),
        ({"code": "NTT"}, actions.CodeIsTaken),
        ({"code": "ADA"}, actions.CodeIsTaken),
        ({"name": "  "}, actions.NotAStand),
        ({"name": "x" * 121}, actions.NotAStand),
    ],
)
def test_a_stand_that_cannot_be_is_refused(
    wrong: dict[str, object], refusal: type[Refusal]
) -> None:
    festival = make.festival()
    make_stand(festival, "ADA")
    with pytest.raises(refusal):
        make_stand(festival, **wrong)
    assert Stand.objects.count() == 1


def test_a_stand_is_held_by_the_organiser_or_an_office_below() -> None:
    festival = make.festival()
    assert make_stand(festival, "SATU", holder=make.office("KLB")).holder.code == "KLB"
    with pytest.raises(actions.HolderIsNotBelow):
        make_stand(festival, "DUA", holder=make.office("BALI"))


def test_a_stand_that_is_closed_twice_was_closed_by_the_first() -> None:
    stand = make_stand(make.festival())
    first = closed(stand)
    again = closed(stand, by=make.officer(Role.CASHIER, "NTT"), at=make.moment(21))
    assert again == first
    assert again.by == make.officer(Role.REGIONAL, "NTT")


def test_a_key_closes_one_stand() -> None:
    festival, key = make.festival(), new_key()
    closed(make_stand(festival, "SATU"), key=key)
    with pytest.raises(KeyReused):
        closed(make_stand(festival, "DUA"), key=key)


# --- which festival is shown ----------------------------------------------------------------------
def test_the_festival_of_today_is_shown_else_the_next_else_the_last() -> None:
    past = make.festival("LALU", first_date=make.DAY - timedelta(9), last_date=make.DAY)
    assert queries.now_or_last(make.DAY) == past
    assert queries.now_or_last(make.DAY + timedelta(50)) == past
    day = make.DAY + timedelta(30)
    coming = make.festival("NANTI", first_date=day, last_date=day)
    assert queries.now_or_last(make.DAY + timedelta(1)) == coming
    assert queries.now_or_last(make.DAY) == past


def test_without_festivals_none_is_shown() -> None:
    assert queries.now_or_last(make.DAY) is None


# --- what the database itself refuses -------------------------------------------------------------
def raw(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


FRESH = "'0198f5a0000070008000000000000001'"
STAND = (
    "INSERT INTO festivals_stand (key, code, name, festival_id, holder_id, digest, set_up_at,"
    " set_up_by_id) SELECT {key}, {code}, name, festival_id, holder_id, digest, set_up_at,"
    " set_up_by_id FROM festivals_stand"
)


def test_the_database_takes_a_sound_stand_under_a_new_name() -> None:
    make_stand(make.festival())
    raw(STAND.format(key=FRESH, code="'DUA'"))
    raw("UPDATE festivals_stand SET name = 'Gerai baru'")
    assert Stand.objects.filter(name="Gerai baru").count() == 2


@pytest.mark.parametrize(("key", "code"), [(FRESH, "'NTT'"), (FRESH, "code"), ("key", "'DUA'")])
def test_the_database_refuses_a_stand_with_anothers_code_or_key(key: str, code: str) -> None:
    make_stand(make.festival())
    sql = STAND.format(key=key, code=code)
    with pytest.raises(DatabaseError):
        raw(sql)
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError):
            raw(sql.replace("INSERT", "INSERT OR REPLACE"))


def test_the_database_refuses_an_office_with_a_stands_code() -> None:
    make_stand(make.festival())
    with pytest.raises(DatabaseError, match="no stand has"):
        make.office("GERAI")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("festivals_stand", "code = 'LAIN'"),
        ("festivals_stand", "holder_id = (SELECT key FROM offices_office WHERE code = 'KLB')"),
        ("festivals_stand", f"key = {FRESH}"),
        ("festivals_festival", "code = 'LAIN'"),
        ("festivals_festival", "organiser_id = (SELECT key FROM offices_office WHERE code='KLB')"),
    ],
)
def test_the_database_keeps_codes_and_holders(table: str, change: str) -> None:
    make_stand(make.festival())
    make.office("KLB")
    with pytest.raises(DatabaseError, match="never change"):
        raw(f"UPDATE {table} SET {change}")


def test_the_database_refuses_a_festival_that_ends_before_it_begins() -> None:
    make.festival()
    with pytest.raises(DatabaseError):
        raw("UPDATE festivals_festival SET last_date = '2025-10-01'")


def test_the_database_refuses_to_replace_a_festival() -> None:
    make.festival()
    columns = "name, theme, venue, town, organiser_id, first_date, last_date, time_zone, example,"
    columns += " digest, announced_at, announced_by_id"
    insert = (
        f"INSERT INTO festivals_festival (key, code, {columns})"
        f" SELECT key, 'LAIN', {columns} FROM festivals_festival"
    )
    with pytest.raises(DatabaseError):
        raw(insert)
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match="announced once"):
            raw(insert.replace("INSERT", "INSERT OR REPLACE"))


@pytest.mark.parametrize("code", ["NTT", "BALI", "DITJENPAS"])
def test_the_database_refuses_offices_that_are_not_below_the_organiser(code: str) -> None:
    invited("KLB", make.festival())
    make.office(code)
    with pytest.raises(DatabaseError, match="below the organiser"):
        raw(
            "INSERT INTO festivals_participation (key, festival_id, office_id, at, by_id)"
            f" SELECT {FRESH}, p.festival_id, o.key, p.at, p.by_id"
            f" FROM festivals_participation p, offices_office o WHERE o.code = '{code}'"
        )


@pytest.mark.parametrize("table", ["festivals_participation", "festivals_closure"])
def test_the_database_keeps_who_takes_part_and_who_closed(table: str) -> None:
    festival = make.festival()
    invited("KLB", festival)
    closed(make_stand(festival))
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET at = '2020-01-01 00:00:00+00'"):
        with pytest.raises(DatabaseError, match="append-only"):
            raw(sql)
