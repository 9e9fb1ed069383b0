"""What a product is and what it costs. Knows nobody who makes it."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only, guard_sql
from karyabina.base.models import Keyed
from karyabina.offices.models import Office

PRODUCT_CODE = r"^[A-Z][A-Z0-9]{0,9}$"
LARGEST_PRICE = 1_000_000_000  # rupiah; a wardrobe costs a few million
LARGEST_PER = 1_000_000  # a price is said per piece, per 100 g, per litre
LARGEST_QUANTITY = 1_000_000_000  # pieces, grams or millilitres


class Category(models.TextChoices):
    CRAFT = "kerajinan", _("Kerajinan")
    FOOD = "makanan", _("Makanan olahan")
    FARM = "pertanian", _("Hasil pertanian")


class Measure(models.TextChoices):
    PIECE = "piece", _("buah")
    GRAM = "gram", _("gram")
    MILLILITRE = "millilitre", _("mililiter")


class Product(Keyed):
    """One thing that an office makes and sells. Its code and measure never change: lots carry
    the code, and quantities are counted in the measure. A product is retired, never removed.

    `digest` is of the request that added it: the same key again is the same product."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="products")
    code = models.CharField(_("kode"), max_length=10, validators=[RegexValidator(PRODUCT_CODE)])
    name = models.CharField(_("nama"), max_length=120)
    category = models.CharField(_("jenis"), max_length=12, choices=Category)
    measure = models.CharField(_("satuan"), max_length=10, choices=Measure, default=Measure.PIECE)
    note = models.CharField(_("catatan"), max_length=300, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("office__path", "name")
        constraints = (
            models.UniqueConstraint(fields=("office", "code"), name="product_code_is_unique"),
            models.UniqueConstraint("office", Lower("name"), name="product_name_is_unique"),
            models.CheckConstraint(
                name="product_category_is_known",
                condition=models.Q(category__in=("kerajinan", "makanan", "pertanian")),
            ),
            models.CheckConstraint(
                name="product_measure_is_known",
                condition=models.Q(measure__in=("piece", "gram", "millilitre")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Price(Keyed):
    """What a product costs from an instant on: rupiah per `per` pieces, grams or millilitres.

    Append-only; the newest one not later than the sale counts.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="prices")
    amount = models.PositiveBigIntegerField(_("harga"))
    per = models.PositiveIntegerField(_("per"))
    since = models.DateTimeField(_("berlaku sejak"))
    digest = models.CharField(max_length=64, editable=False)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-since", "-key")
        indexes = (models.Index(fields=("product", "-since"), name="price_by_product"),)
        constraints = (
            models.CheckConstraint(
                name="price_is_a_sane_amount",
                condition=models.Q(amount__gt=0, amount__lte=LARGEST_PRICE),
            ),
            models.CheckConstraint(
                name="price_per_is_positive",
                condition=models.Q(per__gt=0, per__lte=LARGEST_PER),
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} {self.amount}/{self.per}"


class Import(Keyed):
    """A list of products that was taken in from a file, whole: who, when, and what it changed.

    Append-only. `digest` is of the rows, so that confirming twice is importing once."""

    file_name = models.CharField(_("nama berkas"), max_length=120)
    digest = models.CharField(max_length=64, editable=False)
    added = models.PositiveIntegerField(_("produk baru"))
    changed = models.PositiveIntegerField(_("produk diubah"))
    priced = models.PositiveIntegerField(_("harga baru"))
    unchanged = models.PositiveIntegerField(_("tetap"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at", "-key")

    def __str__(self) -> str:
        return f"{self.file_name} {self.at:%Y-%m-%d}"


append_only("catalogue_price")
append_only("catalogue_import")

guard_sql(
    name="a product keeps its office, code and measure",
    table="catalogue_product",
    sqlite="""
DROP TRIGGER IF EXISTS catalogue_product_keeps;
--
CREATE TRIGGER catalogue_product_keeps BEFORE UPDATE ON catalogue_product
WHEN NEW.key <> OLD.key OR NEW.office_id <> OLD.office_id OR NEW.code <> OLD.code
  OR NEW.measure <> OLD.measure OR NEW.digest <> OLD.digest
BEGIN SELECT RAISE(ABORT, 'a product keeps its office, code and measure'); END;
--
DROP TRIGGER IF EXISTS catalogue_product_drives_none_out;
--
CREATE TRIGGER catalogue_product_drives_none_out BEFORE UPDATE ON catalogue_product
WHEN EXISTS (SELECT 1 FROM catalogue_product
  WHERE office_id = NEW.office_id AND lower(name) = lower(NEW.name) AND key <> OLD.key)
BEGIN SELECT RAISE(ABORT, 'this office has a product of this name already'); END;
--
DROP TRIGGER IF EXISTS catalogue_product_no_delete;
--
CREATE TRIGGER catalogue_product_no_delete BEFORE DELETE ON catalogue_product
BEGIN SELECT RAISE(ABORT, 'a product is retired, never removed'); END;
--
DROP TRIGGER IF EXISTS catalogue_product_no_replace;
--
CREATE TRIGGER catalogue_product_no_replace BEFORE INSERT ON catalogue_product
WHEN EXISTS (SELECT 1 FROM catalogue_product WHERE key = NEW.key
    OR (office_id = NEW.office_id AND (code = NEW.code OR lower(name) = lower(NEW.name))))
BEGIN SELECT RAISE(ABORT, 'this product is already there'); END;
""",
    postgresql="""
CREATE OR REPLACE FUNCTION catalogue_product_keeps() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE 'a product is retired, never removed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.key, NEW.office_id, NEW.code, NEW.measure, NEW.digest)
      IS DISTINCT FROM (OLD.key, OLD.office_id, OLD.code, OLD.measure, OLD.digest) THEN
    RAISE 'a product keeps its office, code and measure' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS catalogue_product_keeps ON catalogue_product;
--
CREATE TRIGGER catalogue_product_keeps BEFORE UPDATE OR DELETE ON catalogue_product
FOR EACH ROW EXECUTE FUNCTION catalogue_product_keeps();
--
DROP TRIGGER IF EXISTS catalogue_product_no_truncate ON catalogue_product;
--
CREATE TRIGGER catalogue_product_no_truncate BEFORE TRUNCATE ON catalogue_product
EXECUTE FUNCTION catalogue_product_keeps();
""",
)
