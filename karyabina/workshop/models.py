"""Production: material and work in, a lot out. Here, and only from here up, makers meet goods."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only, guard_sql
from karyabina.base.models import Keyed
from karyabina.ledger.documents import Posted
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.stock.models import Lot

LARGEST_WORK = 1_000_000


class Production(Posted):
    """An office made one lot. Append-only; `basis` says how premi is shared among its makers."""

    class Basis(models.TextChoices):
        HOURS = "hours", _("jam kerja")
        PIECES = "pieces", _("buah yang dibuat")

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    lot = models.OneToOneField(Lot, models.PROTECT, related_name="+")
    basis = models.CharField(_("dasar pembagian premi"), max_length=8, choices=Basis)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                name="production_basis_is_known",
                condition=models.Q(basis__in=("hours", "pieces")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.lot}"


class Work(Keyed):
    """What one maker put into a production: minutes (basis hours) or pieces. Append-only."""

    production = models.ForeignKey(Production, models.PROTECT, related_name="works")
    maker = models.ForeignKey(Maker, models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField(_("menit atau buah"))

    class Meta:
        ordering = ("maker__code",)
        constraints = (
            models.UniqueConstraint(
                fields=("production", "maker"), name="work_names_each_maker_once"
            ),
            models.CheckConstraint(
                name="work_is_a_sane_amount",
                condition=models.Q(amount__gt=0, amount__lte=LARGEST_WORK),
            ),
        )

    def __str__(self) -> str:
        return f"{self.maker} {self.amount}"


append_only("workshop_production", unique=(("key",), ("lot_id",)))
append_only("workshop_work", unique=(("key",), ("production_id", "maker_id")))


def own_office(table: str, truth: str, condition: str) -> None:
    """Rows of `table` are refused at insert unless the SQL condition on NEW is true."""
    trigger = f"{table}_own_office"
    guard_sql(
        name=truth,
        table=table,
        sqlite=f"""
DROP TRIGGER IF EXISTS {trigger};
--
CREATE TRIGGER {trigger} BEFORE INSERT ON {table}
WHEN ({condition}) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, '{truth}'); END;
""",
        postgresql=f"""
CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF ({condition}) IS NOT TRUE THEN
    RAISE '{truth}' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS {trigger} ON {table};
--
CREATE TRIGGER {trigger} BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION {trigger}();
""",
    )


own_office(
    "workshop_production",
    "a production makes a lot of its own office",
    "NEW.office_id = (SELECT office_id FROM stock_lot WHERE key = NEW.lot_id)",
)
own_office(
    "workshop_work",
    "work is done by makers of the office of the production",
    "(SELECT office_id FROM workshop_production WHERE key = NEW.production_id)"
    " = (SELECT office_id FROM makers_maker WHERE key = NEW.maker_id)",
)
