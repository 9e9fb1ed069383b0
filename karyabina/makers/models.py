"""The people who make. The most private room: here a maker is a code and nothing else."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.models import Keyed
from karyabina.offices.models import Office

MAKER_CODE = r"^[A-Z][A-Z0-9]{1,8}-[0-9]{3,6}$"


class Maker(Keyed):
    """One person who makes goods at an office, known by a code (`KLB-014`). Never logs in."""

    class Status(models.TextChoices):
        CONVICTED = "narapidana", _("Narapidana")
        CHILD = "anak", _("Anak binaan")
        REMAND = "tahanan", _("Tahanan (sukarela)")
        CLIENT = "klien", _("Klien")

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    code = models.CharField(
        _("kode"), max_length=16, unique=True, validators=[RegexValidator(MAKER_CODE)]
    )
    status = models.CharField(_("status"), max_length=12, choices=Status)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="maker_status_is_known",
                condition=models.Q(status__in=("narapidana", "anak", "tahanan", "klien")),
            ),
        )

    def __str__(self) -> str:
        return self.code
