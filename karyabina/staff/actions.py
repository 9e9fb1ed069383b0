"""Giving and taking roles, and writing down what was done outside the ledger."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.offices.models import Office, OfficeSet
from karyabina.staff.models import Appointment, Audit, Role, Staff


class UsernameTaken(Refusal):
    message = _("Nama pengguna ini sudah dipakai. Pilih nama lain.")


class FormAlreadyUsed(Refusal):
    message = _(
        "Formulir ini sudah dipakai untuk petugas lain. Tidak ada yang dicatat; "
        "buka lagi halamannya."
    )


class ServesElsewhereToo(Refusal):
    message = _(
        "Petugas ini juga berperan di kantor di luar lingkup Anda. "
        "Mintalah administrator yang membawahi semua kantornya."
    )


class NotForYourself(Refusal):
    message = _("Anda tidak dapat mengubah peran Anda sendiri. Mintalah administrator lain.")


def record(
    *,
    by: Staff | None,
    at: datetime,
    office: Office | None,
    what: str,
    about: str,
    detail: str = "",
    key: UUID | None = None,
) -> Audit:
    """Write one audit row: `what` is `room.verb`, `about` the code of the thing."""
    return Audit.objects.create(
        key=key or new_key(),
        by=by,
        at=at,
        office=office,
        what=what,
        about=about[:200],
        detail=detail[:1000],
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
    a password the account exists but cannot log in until one is set. The same key again is the
    same person.
    """
    existing = Staff.objects.filter(pk=key).first() if key else None
    if existing:
        if existing.username != username:
            raise FormAlreadyUsed
        return existing
    if Staff.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(field="username")
    try:
        with transaction.atomic():
            person = Staff.objects.create_user(
                username=username, name=name, password=password, key=key or new_key()
            )
    except IntegrityError as raced:
        raise UsernameTaken(field="username") from raced
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
    try:
        with transaction.atomic():
            given = Appointment.objects.create(
                staff=staff, office=office, role=role, given_by=by, given_at=at
            )
    except IntegrityError:  # two administrators at once gave the same role
        return Appointment.objects.in_force().get(staff=staff, office=office, role=role)
    record(
        by=by, at=at, office=office, what="staff.appoint", about=staff.username, detail=str(role)
    )
    return given


@transaction.atomic
def dismiss(*, appointment: Appointment, by: Staff, at: datetime) -> None:
    """Take a role away from now on. Taking it again changes nothing."""
    if by.pk == appointment.staff_id:
        raise NotForYourself
    ended = (
        Appointment.objects.in_force().filter(pk=appointment.pk).update(ended_at=at, ended_by=by)
    )
    if ended:
        record(
            by=by,
            at=at,
            office=appointment.office,
            what="staff.dismiss",
            about=appointment.staff.username,
            detail=appointment.role,
        )


@transaction.atomic
def set_password(
    *, key: UUID, staff: Staff, password: str, within: OfficeSet, by: Staff, at: datetime
) -> None:
    """Give somebody who forgot it a new first password; whoever is logged in with the old one is
    logged out.

    Only for those who serve nowhere but at the offices `within`: else an administrator of one
    office could enter another in somebody's name. Never for oneself. The same key again changes
    nothing, whatever password comes with it.
    """
    if Audit.objects.filter(pk=key, what="staff.password", about=staff.username).exists():
        return
    if by.pk == staff.pk:
        raise NotForYourself
    held = Appointment.objects.in_force().filter(staff=staff)
    if held.exclude(office__in=within).exists():
        raise ServesElsewhereToo
    staff.set_password(password)
    staff.save(update_fields=("password",))
    home = held.select_related("office").order_by("office__path").first()
    office = home.office if home else None
    record(by=by, at=at, office=office, what="staff.password", about=staff.username, key=key)


@transaction.atomic
def reset_factor(*, staff: Staff, by: Staff | None, at: datetime) -> int:
    """Take away the second factor of somebody whose phone and spare codes are gone: the next
    log-in by password asks them to set a new one up. Returns how many keys were removed.

    Done at the command line of the server, after the person has been recognised face to face:
    whoever knows the password may then bind a phone of their own. Nothing to remove: no trace.
    """
    removed, _kinds = Authenticator.objects.filter(user=staff).delete()
    if removed:
        record(by=by, at=at, office=None, what="staff.factor_reset", about=staff.username)
    return removed


trail.name("staff.enlist", _("Petugas didaftarkan"))
trail.name("staff.appoint", _("Peran diberikan"))
trail.name("staff.dismiss", _("Peran dicabut"))
trail.name("staff.password", _("Kata sandi baru diberikan"))
trail.name("staff.login", _("Berhasil masuk"))
trail.name("staff.login_failed", _("Gagal masuk"))
trail.name("staff.own_password", _("Kata sandi sendiri diganti"))
trail.name("staff.factor_on", _("Faktor kedua diaktifkan"))
trail.name("staff.factor_off", _("Faktor kedua dimatikan"))
trail.name("staff.factor_failed", _("Kode faktor kedua salah"))
trail.name("staff.factor_reset", _("Faktor kedua dilepas karena hilang"))
trail.name("staff.spare_codes", _("Kode cadangan dibuat"))
