"""Events, the stands at them, and who takes part."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.models import Keyed
from karyabina.offices.models import Office

PLACE_CODE = r"^[A-Z][A-Z0-9]{1,11}$"


class Festival(Keyed):
    """An event on some days at a place, to which an office brings a stand."""

    code = models.CharField(
        _("kode"), max_length=12, unique=True, validators=[RegexValidator(PLACE_CODE)]
    )
    name = models.CharField(_("nama"), max_length=160)
    theme = models.CharField(_("tema"), max_length=160, blank=True)
    venue = models.CharField(_("tempat"), max_length=120)
    town = models.CharField(_("kota"), max_length=60)
    organiser = models.ForeignKey(Office, models.PROTECT, related_name="festivals")
    first_date = models.DateField(_("hari pertama"))
    last_date = models.DateField(_("hari terakhir"))
    time_zone = models.CharField(_("zona waktu"), max_length=40, default="Asia/Makassar")
    example = models.BooleanField(_("data contoh"), default=False)

    class Meta:
        ordering = ("-first_date", "name")
        constraints = (
            models.CheckConstraint(
                name="festival_ends_after_it_begins",
                condition=models.Q(last_date__gte=models.F("first_date")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Participation(Keyed):
    """An office takes part in a festival: it may hand goods to its stands."""

    festival = models.ForeignKey(Festival, models.PROTECT, related_name="participations")
    office = models.ForeignKey(Office, models.PROTECT, related_name="participations")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("office__path",)
        constraints = (
            models.UniqueConstraint(fields=("festival", "office"), name="participation_is_once"),
        )

    def __str__(self) -> str:
        return f"{self.festival} · {self.office.code}"


class Stand(Keyed):
    """A place of sale. The holder answers for the goods and the money on it."""

    code = models.CharField(
        _("kode"), max_length=12, unique=True, validators=[RegexValidator(PLACE_CODE)]
    )
    name = models.CharField(_("nama"), max_length=120)
    festival = models.ForeignKey(Festival, models.PROTECT, related_name="stands")
    holder = models.ForeignKey(Office, models.PROTECT, related_name="stands")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> str:
        """The ledger account of the goods that stand here."""
        return f"stand:{self.code}"


class Closure(Keyed):
    """A stand is closed: nothing is received or sold there any more. Who and when."""

    stand = models.OneToOneField(Stand, models.PROTECT, related_name="closure")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.stand} {self.at:%Y-%m-%d}"
