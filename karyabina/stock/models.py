"""Lots: batches of one provenance; and what breaks in a store."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only, guard_sql
from karyabina.base.models import Keyed
from karyabina.catalogue.models import LARGEST_PRICE, LARGEST_QUANTITY, Product
from karyabina.ledger.documents import Posted
from karyabina.offices.models import Office

LARGEST_COST = LARGEST_PRICE * 100


class Lot(Keyed):
    """A batch of one product, one office, one production, one date and one expiry.

    Append-only: a lot never changes owner, product, quantity or cost. `cost` is what the whole
    lot cost, in rupiah. Its unit in the ledger carries the same code.
    """

    code = models.CharField(_("kode"), max_length=24, unique=True)
    unit = models.OneToOneField("ledger.Unit", models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="lots")
    office = models.ForeignKey(Office, models.PROTECT, related_name="lots")
    made_date = models.DateField(_("tanggal produksi"))
    expiry_date = models.DateField(_("kedaluwarsa"), null=True, blank=True)
    quantity = models.PositiveBigIntegerField(_("jumlah"))
    cost = models.PositiveBigIntegerField(_("biaya bahan"))

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="lot_quantity_is_sane",
                condition=models.Q(quantity__gt=0, quantity__lte=LARGEST_QUANTITY),
            ),
            models.CheckConstraint(
                name="lot_cost_is_sane", condition=models.Q(cost__gte=0, cost__lte=LARGEST_COST)
            ),
            models.CheckConstraint(
                name="lot_expires_after_it_is_made",
                condition=models.Q(expiry_date=None)
                | models.Q(expiry_date__gte=models.F("made_date")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    def expired_on(self, day: date) -> bool:
        """Past its expiry date on that day; on the date itself it is still good."""
        return self.expiry_date is not None and self.expiry_date < day


class Breakage(Posted):
    """Pieces that broke or spoiled in a store or on a stand, and why. Append-only."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="breakages")
    place = models.CharField(_("tempat"), max_length=60)  # the ledger account that held them
    quantity = models.PositiveBigIntegerField(_("jumlah"))
    reason = models.CharField(_("alasan"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                name="breakage_is_of_some_pieces", condition=models.Q(quantity__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.lot} −{self.quantity}"


append_only("stock_lot", unique=(("key",), ("code",), ("unit_id",)))
append_only("stock_breakage")

guard_sql(
    name="a lot is of its product's office",
    table="stock_lot",
    sqlite="""
DROP TRIGGER IF EXISTS stock_lot_is_of_its_office;
--
CREATE TRIGGER stock_lot_is_of_its_office BEFORE INSERT ON stock_lot
WHEN NEW.office_id IS NOT (SELECT office_id FROM catalogue_product WHERE key = NEW.product_id)
BEGIN SELECT RAISE(ABORT, 'a lot is of its product''s office'); END;
""",
    postgresql="""
CREATE OR REPLACE FUNCTION stock_lot_is_of_its_office() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.office_id IS DISTINCT FROM
     (SELECT office_id FROM catalogue_product WHERE key = NEW.product_id) THEN
    RAISE 'a lot is of its product''s office' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS stock_lot_is_of_its_office ON stock_lot;
--
CREATE TRIGGER stock_lot_is_of_its_office BEFORE INSERT ON stock_lot
FOR EACH ROW EXECUTE FUNCTION stock_lot_is_of_its_office();
""",
)
