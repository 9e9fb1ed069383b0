"""The tree of offices: headquarters, regional offices, prisons and probation offices."""

from datetime import UTC, datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import guard_sql
from karyabina.base.models import Keyed
from karyabina.base.times import zone_abbreviation

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
                name="office_without_parent_is_headquarters",
                condition=models.Q(kind="headquarters", parent=None)
                | (~models.Q(kind="headquarters") & models.Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="office_lies_on_earth",
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone_abbreviation(self) -> str:
        """WIB, WITA or WIT, which never change with the season."""
        return zone_abbreviation(datetime(2025, 1, 1, tzinfo=UTC), self.time_zone)

    @property
    def depth(self) -> int:
        """How many offices stand above this one."""
        return self.path.count("/")

    @property
    def makes_goods(self) -> bool:
        """Prisons make goods; headquarters, regional and probation offices do not."""
        return self.kind in {"lapas", "lpp", "lpka", "rutan"}


guard_sql(
    name="an office keeps its code",
    table="offices_office",
    sqlite="""
DROP TRIGGER IF EXISTS offices_office_keeps;
--
CREATE TRIGGER offices_office_keeps BEFORE UPDATE ON offices_office
WHEN NEW.key <> OLD.key OR NEW.code <> OLD.code
BEGIN SELECT RAISE(ABORT, 'an office keeps its code'); END;
--
DROP TRIGGER IF EXISTS offices_office_drives_none_out;
--
CREATE TRIGGER offices_office_drives_none_out BEFORE UPDATE ON offices_office
WHEN EXISTS (SELECT 1 FROM offices_office WHERE path = NEW.path AND key <> OLD.key)
BEGIN SELECT RAISE(ABORT, 'another office stands there'); END;
--
DROP TRIGGER IF EXISTS offices_office_no_delete;
--
CREATE TRIGGER offices_office_no_delete BEFORE DELETE ON offices_office
BEGIN SELECT RAISE(ABORT, 'an office is never removed'); END;
--
DROP TRIGGER IF EXISTS offices_office_no_replace;
--
CREATE TRIGGER offices_office_no_replace BEFORE INSERT ON offices_office
WHEN EXISTS (SELECT 1 FROM offices_office
    WHERE key = NEW.key OR code = NEW.code OR path = NEW.path)
BEGIN SELECT RAISE(ABORT, 'this office is already there'); END;
""",
    postgresql="""
CREATE OR REPLACE FUNCTION offices_office_keeps() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE 'an office is never removed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.key, NEW.code) IS DISTINCT FROM (OLD.key, OLD.code) THEN
    RAISE 'an office keeps its code' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS offices_office_keeps ON offices_office;
--
CREATE TRIGGER offices_office_keeps BEFORE UPDATE OR DELETE ON offices_office
FOR EACH ROW EXECUTE FUNCTION offices_office_keeps();
--
DROP TRIGGER IF EXISTS offices_office_no_truncate ON offices_office;
--
CREATE TRIGGER offices_office_no_truncate BEFORE TRUNCATE ON offices_office
EXECUTE FUNCTION offices_office_keeps();
""",
)
