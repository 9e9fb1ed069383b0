"""Enlisting, giving and taking roles, new passwords; what the database holds."""

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.offices.models import Office
from karyabina.staff import actions, queries
from karyabina.staff.access import TABLE, Reach
from karyabina.staff.duties import DUTIES, duties_of
from karyabina.staff.models import Appointment, Audit, Role, Staff
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "lontar-dan-kapas-7"


def enlist(username: str = "budi", **other: object) -> Staff:
    given = {"name": "Petugas", "password": PASSWORD, "by": None, "at": make.moment()}
    return actions.enlist(username=username, **(given | other))


def test_the_same_key_again_is_the_same_person() -> None:
    key = new_key()
    one = enlist(key=key)
    assert enlist(key=key).pk == one.pk
    assert Audit.objects.filter(what="staff.enlist").count() == 1
    with pytest.raises(actions.FormAlreadyUsed):
        enlist("wati", key=key)


def test_a_username_is_taken_in_whatever_case() -> None:
    enlist("budi")
    with pytest.raises(actions.UsernameTaken):
        enlist("BUDI")
    with pytest.raises(DatabaseError), transaction.atomic():
        Staff.objects.create(username="Budi", name="Lain")


def test_a_role_is_held_once_and_taken_once() -> None:
    admin, person, office = make.officer("administrator"), enlist(), make.office("KLB")
    given = {"staff": person, "office": office, "role": Role.CASHIER, "by": admin}
    one = actions.appoint(**given, at=make.moment(8))
    assert actions.appoint(**given, at=make.moment(9)).pk == one.pk
    actions.dismiss(appointment=one, by=admin, at=make.moment(10))
    actions.dismiss(appointment=one, by=admin, at=make.moment(11))
    one.refresh_from_db()
    assert (one.ended_at, one.ended_by) == (make.moment(10), admin)
    assert actions.appoint(**given, at=make.moment(12)).pk != one.pk
    assert Audit.objects.filter(what="staff.dismiss", about="budi").count() == 1


def test_nobody_changes_their_own_roles_or_password_here() -> None:
    admin, office = make.officer("administrator"), make.office("KLB")
    own = admin.appointments.get()
    for act in (
        lambda: actions.appoint(
            staff=admin, office=office, role=Role.TREASURER, by=admin, at=make.moment()
        ),
        lambda: actions.dismiss(appointment=own, by=admin, at=make.moment()),
        lambda: actions.set_password(
            key=new_key(),
            staff=admin,
            password=PASSWORD,
            within=Office.objects.all(),
            by=admin,
            at=make.moment(),
        ),
    ):
        with pytest.raises(actions.NotForYourself):
            act()


def test_a_new_password_only_for_who_serves_nowhere_else() -> None:
    admin, person = make.officer("administrator"), make.officer("cashier")
    within = Office.objects.filter(code="KLB")
    given = {"staff": person, "within": within, "by": admin, "at": make.moment()}
    key = new_key()
    actions.set_password(key=key, password=PASSWORD, **given)
    actions.set_password(key=key, password="lain-lagi-sekali", **given)  # the same form again
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert Audit.objects.filter(what="staff.password").count() == 1
    actions.appoint(
        staff=person, office=make.office("NTT"), role=Role.REGIONAL, by=None, at=make.moment()
    )
    with pytest.raises(actions.ServesElsewhereToo):
        actions.set_password(key=new_key(), password="lain-lagi-sekali", **given)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_the_trail_shows_what_was_done_within_reach_only() -> None:
    make.officer("cashier", "KLB")
    make.officer("cashier", "KFM")
    seen = queries.trail(Office.objects.filter(code="KLB"))
    assert {row.office.code for row in seen if row.office} == {"KLB"}
    assert "cashier-klb" in {row.about for row in seen}
    assert "cashier-kfm" not in {row.about for row in seen}
    assert {row.what for row in queries.trail(Office.objects.all(), what="staff.appoint")} == {
        "staff.appoint"
    }
    assert not queries.trail(Office.objects.all(), begin=make.moment()).exists()


def test_every_permission_is_told_in_words() -> None:
    assert DUTIES.keys() == TABLE.keys()
    duties = {
        str(duty.how_far): [str(what) for what in duty.what] for duty in duties_of(Role.CASHIER)
    }
    assert "Menjual di kasir" in duties["Di kantornya"]
    assert duties["Di semua kantor"][0] == "Melihat daftar kantor"
    for role in Role:
        told = sum(len(duty.what) for duty in duties_of(role))
        assert told == sum(role in row for row in TABLE.values())


def test_reach_is_own_office_below_it_or_all() -> None:
    for code in ("KLB", "KFM", "BALI"):
        make.office(code)
    below = queries.reach(queries.appointments(make.officer("regional", "NTT")), "catalogue.see")
    assert {one.code for one in below} == {"NTT", "KLB", "KFM"}
    own = queries.reach(queries.appointments(make.officer("workshop", "KLB")), "catalogue.edit")
    assert {one.code for one in own} == {"KLB"}
    everywhere = queries.reach(queries.appointments(make.officer("press", "KLB")), "offices.see")
    assert everywhere.count() == Office.objects.count()
    assert TABLE["catalogue.edit"] == {Role.WORKSHOP: Reach.OWN}
    none = queries.reach(queries.appointments(make.officer("head", "KLB")), "catalogue.edit")
    assert not none.exists()


def test_a_role_that_ended_opens_nothing() -> None:
    person = make.officer("workshop")
    actions.dismiss(
        appointment=person.appointments.get(), by=make.officer("administrator"), at=make.moment()
    )
    assert queries.permissions(queries.appointments(person)) == frozenset()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE staff_audit SET what = 'lain'",
        "DELETE FROM staff_audit",
        "UPDATE staff_appointment SET ended_by_id = staff_id",
        "INSERT INTO staff_appointment (key, staff_id, office_id, role, given_at)"
        " SELECT '{key}', staff_id, office_id, role, given_at FROM staff_appointment",
    ],
)
def test_the_database_refuses(sql: str) -> None:
    make.officer()
    key = new_key()
    said = key.hex if connection.vendor == "sqlite" else str(key)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(key=said))
    assert Appointment.objects.count() == 1
