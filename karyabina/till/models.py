"""Selling at a stand: shifts, sales, refunds. All rows are append-only.

Lines are inserted before the sale (or refund) that they belong to; the sale's own row then seals
them: the database compares the sums and takes no further line (`rules.py`).
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only
from karyabina.base.models import Keyed
from karyabina.festivals.models import Stand
from karyabina.ledger.documents import Posted
from karyabina.stock.models import Lot
from karyabina.till import rules

STAFF = settings.AUTH_USER_MODEL
LARGEST_SUM = 10_000_000_000  # rupiah in one sale or one drawer
LARGEST_QUANTITY = 10_000_000  # pieces, grams or millilitres in one line: ten tonnes


class Means(models.TextChoices):
    CASH = "cash", _("Tunai")
    QRIS = "qris", _("QRIS")


class Shift(Keyed):
    """A cashier's turn at a stand, with the float that lay in the drawer at its start (rupiah).

    `code` names its drawer in the ledger (`cash:<code>`) and begins its receipts' numbers.
    """

    code = models.CharField(_("nomor"), max_length=24, unique=True)
    stand = models.ForeignKey(Stand, models.PROTECT, related_name="shifts")
    float_amount = models.PositiveBigIntegerField(_("modal awal"))
    digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-opened_at", "-key")
        constraints = (
            models.CheckConstraint(
                name="shift_float_is_sane", condition=models.Q(float_amount__lte=LARGEST_SUM)
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def account(self) -> str:
        """The ledger account of the money in this drawer."""
        return f"cash:{self.code}"


class Close(Keyed):
    """The drawer was counted and the shift ended. Amounts in rupiah, the float included.

    `difference` = counted − expected; booked against the stand's difference account.
    """

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="close")
    expected = models.PositiveBigIntegerField()
    counted = models.PositiveBigIntegerField(_("uang terhitung"))
    difference = models.BigIntegerField()
    note = models.CharField(_("keterangan"), max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="close_difference_is_counted_less_expected",
                condition=models.Q(difference=models.F("counted") - models.F("expected")),
            ),
            models.CheckConstraint(
                name="close_counts_a_sane_sum", condition=models.Q(counted__lte=LARGEST_SUM)
            ),
        )

    def __str__(self) -> str:
        return str(self.shift)


class Sale(Posted):
    """One purchase at a stand, paid at once. `number` is the receipt's: shift and running number.

    `tendered` is what the buyer gave (cash), the total itself for QRIS."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sales")
    number = models.PositiveIntegerField()
    means = models.CharField(_("cara bayar"), max_length=4, choices=Means)
    total = models.PositiveBigIntegerField()
    tendered = models.PositiveBigIntegerField(_("uang diterima"))
    occurred_at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-occurred_at", "-number")
        constraints = (
            models.UniqueConstraint(fields=("shift", "number"), name="sale_number_is_unique"),
            models.CheckConstraint(
                name="sale_is_paid_in_full",
                condition=models.Q(total__gt=0, tendered__gte=models.F("total")),
            ),
            models.CheckConstraint(
                name="sale_is_of_a_sane_sum", condition=models.Q(tendered__lte=LARGEST_SUM)
            ),
            models.CheckConstraint(
                name="sale_by_qris_is_paid_exactly",
                condition=~models.Q(means="qris") | models.Q(tendered=models.F("total")),
            ),
            models.CheckConstraint(
                name="sale_means_is_known", condition=models.Q(means__in=("cash", "qris"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.shift.code}-{self.number:04d}"

    @property
    def change(self) -> int:
        """What the buyer got back, in rupiah."""
        return self.tendered - self.total


class SaleLine(Keyed):
    """Some pieces of one lot in a sale. `price` is rupiah per `per`; `amount` what they cost."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="lines")
    n = models.PositiveSmallIntegerField()
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="sale_lines")
    quantity = models.PositiveBigIntegerField()
    price = models.PositiveBigIntegerField()
    per = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("sale", "n")
        constraints = (
            models.UniqueConstraint(fields=("sale", "n"), name="sale_line_number_is_unique"),
            models.CheckConstraint(
                name="sale_line_is_of_something",
                condition=models.Q(quantity__gt=0, amount__gt=0, per__gt=0),
            ),
            models.CheckConstraint(
                name="sale_line_is_sane",
                condition=models.Q(quantity__lte=LARGEST_QUANTITY, amount__lte=LARGEST_SUM),
            ),
        )

    def __str__(self) -> str:
        return f"{self.lot} {self.quantity}"


class Refund(Posted):
    """Money went back to a buyer against a receipt, from an open shift of the same stand."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="refunds")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="refunds")
    total = models.PositiveBigIntegerField()
    reason = models.CharField(_("alasan"), max_length=300)
    occurred_at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-occurred_at",)
        constraints = (
            models.CheckConstraint(name="refund_is_of_something", condition=models.Q(total__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.sale} −{self.total}"


class RefundLine(Keyed):
    """Pieces of one sale line that came back; `sellable` ones stand on the stand again.

    Of three jars one may be broken: a refund names a line once for each of the two.
    """

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    sale_line = models.ForeignKey(SaleLine, models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveBigIntegerField()
    amount = models.PositiveBigIntegerField()
    sellable = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("refund", "sale_line", "sellable"), name="refund_names_a_line_once"
            ),
            models.CheckConstraint(
                name="refund_line_is_of_something",
                condition=models.Q(quantity__gt=0, amount__gt=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sale_line} −{self.quantity}"


append_only("till_shift", unique=(("key",), ("code",)))
append_only("till_close", unique=(("key",), ("shift_id",)))
append_only("till_sale", unique=(("key",), ("shift_id", "number")))
append_only("till_saleline", unique=(("key",), ("sale_id", "n")))
append_only("till_refund")
append_only("till_refundline", unique=(("key",), ("refund_id", "sale_line_id", "sellable")))
for noun in rules.TILL_RULES:
    rules.holds(noun)
