"""The tree of offices: headquarters, regional offices, prisons and probation offices."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.models import Keyed

OFFICE_CODE = r"^[A-Z][A-Z0-9]{1,8}$"


class OfficeSet(models.QuerySet["Office"]):
    def below(self, *offices: "Office") -> "OfficeSet":
        """The given offices and all that stand under them in the tree."""
        wanted = models.Q()
        for office in offices:
            wanted |= models.Q(path=office.path) | models.Q(path__startswith=office.path + "/")
        return self.filter(wanted) if offices else self.none()


class Office(Keyed):
    """One office (UPT, kantor wilayah, pusat). Its code never changes: the ledger's accounts
    carry it. Name, class and place may; papers keep the name they were printed with."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters", _("Pusat")
        REGION = "region", _("Kantor wilayah")
        LAPAS = "lapas", _("Lapas")
        LPP = "lpp", _("Lapas perempuan")
        LPKA = "lpka", _("LPKA")
        RUTAN = "rutan", _("Rutan")
        BAPAS = "bapas", _("Bapas")
        RUPBASAN = "rupbasan", _("Rupbasan")

    code = models.CharField(
        _("kode"), max_length=9, unique=True, validators=[RegexValidator(OFFICE_CODE)]
    )
    name = models.CharField(_("nama"), max_length=120)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    class_name = models.CharField(_("kelas"), max_length=8, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=120, unique=True, editable=False)
    town = models.CharField(_("kota"), max_length=60)
    island = models.CharField(_("pulau"), max_length=60)
    latitude = models.DecimalField(_("lintang"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("bujur"), max_digits=8, decimal_places=5)
    time_zone = models.CharField(_("zona waktu"), max_length=40, default="Asia/Makassar")

    objects = OfficeSet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = (
            models.CheckConstraint(
                name="office_kind_is_known",
                condition=models.Q(
                    kind__in=(
                        "headquarters",
                        "region",
                        "lapas",
                        "lpp",
                        "lpka",
                        "rutan",
                        "bapas",
                        "rupbasan",
                    )
                ),
            ),
            models.CheckConstraint(
                name="office_lies_on_earth",
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def makes_goods(self) -> bool:
        """Prisons make goods; headquarters, regional and probation offices do not."""
        return self.kind in {"lapas", "lpp", "lpka", "rutan"}
