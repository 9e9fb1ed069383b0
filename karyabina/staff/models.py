"""Who logs in, what they may do where, and what they did outside the ledger."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.guards import append_only
from karyabina.base.keys import new_key
from karyabina.base.models import Keyed
from karyabina.offices.models import Office


class Role(models.TextChoices):
    """What a member of staff is at an office. What each may do: `access.TABLE`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    HEAD = "head", _("Kepala")
    TREASURER = "treasurer", _("Bendahara")
    WORKSHOP = "workshop", _("Petugas bengkel kerja")
    INSTRUCTOR = "instructor", _("Instruktur")
    CASHIER = "cashier", _("Kasir")
    REGIONAL = "regional", _("Petugas wilayah")
    PRESS = "press", _("Humas")
    EDITOR = "editor", _("Redaktur")
    AUDITOR = "auditor", _("Auditor")


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str | None = None, **more: object) -> "Staff":
        person = self.model(username=username, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Staff(AbstractBaseUser):
    """One person of the service who may log in. Makers never do."""

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    username = models.CharField(
        _("nama pengguna"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
    )
    name = models.CharField(_("nama"), max_length=120)
    email = models.EmailField(_("surel"), blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StaffManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ("name", "username")
        constraints = (
            models.UniqueConstraint(Lower("username"), name="staff_username_is_unique_in_any_case"),
        )

    def __str__(self) -> str:
        return self.name


class AppointmentSet(models.QuerySet["Appointment"]):
    def in_force(self) -> "AppointmentSet":
        return self.filter(ended_at=None)


class Appointment(Keyed):
    """A role of a member of staff at an office, from when to when, and who said so."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="appointments")
    office = models.ForeignKey(Office, models.PROTECT, related_name="appointments")
    role = models.CharField(_("peran"), max_length=16, choices=Role)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AppointmentSet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("staff", "office", "role"),
                condition=models.Q(ended_at=None),
                name="appointment_is_held_once",
            ),
            models.CheckConstraint(
                name="appointment_ends_by_somebody",
                condition=models.Q(ended_at=None, ended_by=None) | models.Q(ended_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff} · {self.get_role_display()} · {self.office.code}"

    def in_force_at(self, instant: datetime) -> bool:
        return self.given_at <= instant and (self.ended_at is None or instant < self.ended_at)


class Audit(Keyed):
    """One act outside the ledger: who did what about what, when, for which office.

    Append-only. Holds codes, never a maker's name."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=60)
    about = models.CharField(max_length=200)
    detail = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("-at", "-key")

    def __str__(self) -> str:
        return f"{self.what} {self.about}"

    @property
    def words(self) -> str:
        """What was done, as the room that did it calls it."""
        return trail.named(self.what)

    @property
    def told(self) -> str:
        """The detail for people: a role by its name, anything else as it was written."""
        roles: dict[str, Any] = dict(Role.choices)
        return str(roles.get(self.detail, self.detail))


append_only("staff_audit")
