"""Goods that an office hands to a stand: the office's own until sold; and their way back.

offered → despatched → received (good, broken, missing); later returned → received back. What
became of a consignment is told by rows that are only ever added, and the database holds that they
fit together (`rules.py`).
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only
from karyabina.base.models import Keyed
from karyabina.consignment.rules import fit_together
from karyabina.festivals.models import Stand
from karyabina.ledger.documents import Posted
from karyabina.offices.models import Office
from karyabina.stock.models import Lot

STAFF = settings.AUTH_USER_MODEL


class State(models.TextChoices):
    """How far a consignment is: the tabs of its list, in the order of life."""

    OFFERED = "ditawarkan", _("Ditawarkan")
    SENT = "dikirim", _("Dikirim")
    RECEIVED = "diterima", _("Diterima")
    DONE = "selesai", _("Selesai")


class ConsignmentSet(models.QuerySet["Consignment"]):
    def within(self, offices: models.QuerySet[Office]) -> "ConsignmentSet":
        """Those whose goods belong to one of these offices or whose stand one of them holds."""
        return self.filter(models.Q(office__in=offices) | models.Q(stand__holder__in=offices))

    def with_state(self) -> "ConsignmentSet":
        """Adds `missing_open` (somebody must still say what became of missing pieces) and `state`:
        done is what was cancelled, and what arrived with nothing missing at home or at a stand
        that has closed since."""
        return self.annotate(
            missing_open=models.Exists(
                Count.objects.still_missing().filter(
                    receipt__consignment=models.OuterRef("pk"), still_missing__gt=0
                )
            )
        ).annotate(
            state=models.Case(
                models.When(cancellation__isnull=False, then=models.Value(State.DONE)),
                models.When(despatch__isnull=True, then=models.Value(State.OFFERED)),
                models.When(receipt__isnull=True, then=models.Value(State.SENT)),
                models.When(missing_open=True, then=models.Value(State.RECEIVED)),
                models.When(receipt__place=Receipt.Place.STORE, then=models.Value(State.DONE)),
                models.When(stand__closure__isnull=False, then=models.Value(State.DONE)),
                default=models.Value(State.RECEIVED),
                output_field=models.CharField(),
            )
        )


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

    objects = ConsignmentSet.as_manager()

    class Meta:
        ordering = ("-offered_at", "-key")
        indexes = (models.Index(fields=("-offered_at", "-key"), name="consignment_by_time"),)
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

    @property
    def is_back(self) -> bool:
        """The goods travel from the stand home to their office."""
        return self.direction == self.Direction.BACK


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
    digest = models.CharField(max_length=64)
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
    """The goods arrived and were counted. Append-only.

    `place` is where they were taken in: at the stand, or in the office's own store (goods sent
    back, and goods that turned round before they reached the stand).
    """

    class Place(models.TextChoices):
        STAND = "stand", _("gerai")
        STORE = "store", _("gudang")

    place = models.CharField(_("tempat"), max_length=5, choices=Place)
    consignment = models.OneToOneField(Consignment, models.PROTECT, related_name="receipt")
    note = models.CharField(_("catatan"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="receipt_place_is_known", condition=models.Q(place__in=("stand", "store"))
            ),
        )

    def __str__(self) -> str:
        return str(self.consignment)


class CountSet(models.QuerySet["Count"]):
    def still_missing(self) -> "CountSet":
        """Adds `still_missing`: pieces that nobody has yet booked as found or as lost."""
        cleared = Clearance.objects.filter(count=models.OuterRef("pk")).order_by().values("count")
        return self.annotate(
            still_missing=models.F("missing")
            - Coalesce(models.Subquery(cleared.annotate(n=models.Sum("quantity")).values("n")), 0)
        )


class Count(Keyed):
    """What was counted of one line at the receipt: good + broken + missing = sent. Append-only."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="counts")
    line = models.OneToOneField(Line, models.PROTECT, related_name="count")
    good = models.PositiveBigIntegerField(_("baik"))
    broken = models.PositiveBigIntegerField(_("rusak"))
    missing = models.PositiveBigIntegerField(_("kurang"))

    objects = CountSet.as_manager()

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
for _noun in ("line", "cancellation", "despatch", "receipt", "count", "clearance"):
    fit_together(_noun)
