"""Giving and taking roles, and writing down what was done outside the ledger."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.offices.models import Office
from karyabina.staff.models import Appointment, Audit, Role, Staff


class UsernameTaken(Refusal):
    message = _("Nama pengguna ini sudah dipakai. Pilih nama lain.")


class NotForYourself(Refusal):
    message = _("Anda tidak dapat mengubah peran Anda sendiri. Mintalah administrator lain.")


def record(
    *, by: Staff | None, at: datetime, office: Office | None, what: str, about: str, detail: str = ""
) -> Audit:
    """Write one audit row: `what` is `room.verb`, `about` the code of the thing."""
    return Audit.objects.create(
        by=by, at=at, office=office, what=what, about=about[:200], detail=detail[:1000]
    )


@transaction.atomic
def enlist(
    *,
    username: str,
    name: str,
    password: str | None,
    by: Staff | None,
    at: datetime,
    key: UUID | None = None,
) -> Staff:
    """Let a new member of staff log in; without a role they see nothing yet.

    Refuses a username that is taken. The first one is enlisted by nobody (command line). Without
    a password the account exists but cannot log in until one is set.
    """
    if Staff.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(field="username")
    person = Staff.objects.create_user(
        username=username, name=name, password=password, key=key or new_key()
    )
    record(by=by, at=at, office=None, what="staff.enlist", about=username)
    return person


@transaction.atomic
def appoint(
    *, staff: Staff, office: Office, role: Role, by: Staff | None, at: datetime
) -> Appointment:
    """Give a role at an office. Giving it again changes nothing. Nobody appoints themselves."""
    if by is not None and by.pk == staff.pk:
        raise NotForYourself
    held = Appointment.objects.in_force().filter(staff=staff, office=office, role=role).first()
    if held:
        return held
    given = Appointment.objects.create(
        staff=staff, office=office, role=role, given_by=by, given_at=at
    )
    record(
        by=by, at=at, office=office, what="staff.appoint", about=staff.username, detail=str(role)
    )
    return given


@transaction.atomic
def dismiss(*, appointment: Appointment, by: Staff, at: datetime) -> None:
    """Take a role away from now on. Taking it again changes nothing."""
    if by.pk == appointment.staff_id:
        raise NotForYourself
    ended = Appointment.objects.in_force().filter(pk=appointment.pk).update(ended_at=at, ended_by=by)
    if ended:
        record(
            by=by,
            at=at,
            office=appointment.office,
            what="staff.dismiss",
            about=appointment.staff.username,
            detail=appointment.role,
        )
