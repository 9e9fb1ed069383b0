"""Goods that an office hands to a stand: the office's own until sold; and their way back.

offered → despatched → received (good, broken, missing); later returned → received back.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only
from karyabina.base.models import Keyed
from karyabina.festivals.models import Stand
from karyabina.ledger.documents import Posted
from karyabina.offices.models import Office
from karyabina.stock.models import Lot

STAFF = settings.AUTH_USER_MODEL


class Consignment(Keyed):
    """An office offers goods to a stand, or (direction back) a stand sends them home.

    `code` names it on paper and in the ledger (`transit:<code>`). Append-only: what became of it
    are rows of their own.
    """

    class Direction(models.TextChoices):
        OUT = "out", _("ke gerai")
        BACK = "back", _("kembali ke kantor")

    code = models.CharField(_("nomor"), max_length=40, unique=True)
    direction = models.CharField(max_length=4, choices=Direction)
    office = models.ForeignKey(Office, models.PROTECT, related_name="consignments")
    stand = models.ForeignKey(Stand, models.PROTECT, related_name="consignments")
    note = models.CharField(_("catatan"), max_length=300, blank=True)
    digest = models.CharField(max_length=64)  # of the recorder's request: see the ledger
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-offered_at", "-key")
        constraints = (
            models.CheckConstraint(
                name="consignment_direction_is_known",
                condition=models.Q(direction__in=("out", "back")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def account(self) -> str:
        """The ledger account of these goods while they travel."""
        return f"transit:{self.code}"


class Line(Keyed):
    """Some pieces of one lot in a consignment. Append-only."""

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="consignment_lines")
    quantity = models.PositiveBigIntegerField(_("jumlah"))

    class Meta:
        ordering = ("lot__code",)
        constraints = (
            models.UniqueConstraint(fields=("consignment", "lot"), name="line_names_a_lot_once"),
            models.CheckConstraint(
                name="line_is_of_some_pieces", condition=models.Q(quantity__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.lot} {self.quantity}"


class Cancellation(Keyed):
    """An offer was taken back before it was despatched. Append-only."""

    consignment = models.OneToOneField(Consignment, models.PROTECT, related_name="cancellation")
    reason = models.CharField(_("alasan"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.consignment)


class Despatch(Posted):
    """The goods left: store (or stand) to transit. Append-only."""

    consignment = models.OneToOneField(Consignment, models.PROTECT, related_name="despatch")
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.consignment)


class Receipt(Posted):
    """The goods arrived and were counted. Append-only."""

    consignment = models.OneToOneField(Consignment, models.PROTECT, related_name="receipt")
    note = models.CharField(_("catatan"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.consignment)


class Count(Keyed):
    """What was counted of one line at the receipt: good + broken + missing = sent. Append-only."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="counts")
    line = models.OneToOneField(Line, models.PROTECT, related_name="count")
    good = models.PositiveBigIntegerField(_("baik"))
    broken = models.PositiveBigIntegerField(_("rusak"))
    missing = models.PositiveBigIntegerField(_("kurang"))

    class Meta:
        ordering = ("line__lot__code",)
        constraints = (
            models.CheckConstraint(
                name="count_is_of_something",
                condition=models.Q(good__gte=0, broken__gte=0, missing__gte=0)
                & ~models.Q(good=0, broken=0, missing=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.good}/{self.broken}/{self.missing}"


class Clearance(Posted):
    """A person settled pieces that were missing: found again or lost for good. Append-only."""

    class Outcome(models.TextChoices):
        LOST = "lost", _("hilang")
        FOUND = "found", _("ditemukan")

    count = models.ForeignKey(Count, models.PROTECT, related_name="clearances")
    outcome = models.CharField(max_length=5, choices=Outcome)
    quantity = models.PositiveBigIntegerField(_("jumlah"))
    reason = models.CharField(_("alasan"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                name="clearance_is_of_some_pieces", condition=models.Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="clearance_outcome_is_known",
                condition=models.Q(outcome__in=("lost", "found")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.quantity}"


append_only("consignment_consignment", unique=(("key",), ("code",)))
append_only("consignment_line", unique=(("key",), ("consignment_id", "lot_id")))
append_only("consignment_cancellation", unique=(("key",), ("consignment_id",)))
append_only("consignment_despatch", unique=(("key",), ("consignment_id",)))
append_only("consignment_receipt", unique=(("key",), ("consignment_id",)))
append_only("consignment_count", unique=(("key",), ("line_id",)))
append_only("consignment_clearance")
