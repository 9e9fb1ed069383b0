"""Sharing the proceeds between state, prison and maker. All rows are append-only.

What a settlement shares is written before the settlement itself: its own row then seals them, and
the database checks that they add up (rules.py).
"""

from django.conf import settings
from django.db import models

from karyabina.base.guards import append_only
from karyabina.base.models import Keyed
from karyabina.festivals.models import Festival
from karyabina.ledger.documents import Posted
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.schemes.models import Scheme
from karyabina.settlement import rules
from karyabina.stock.models import Lot
from karyabina.till.models import RefundLine, SaleLine
from karyabina.workshop.models import Work


class Settlement(Posted):
    """The proceeds of one office at one festival, shared by one scheme. Amounts in rupiah.

    turnover = sales − refunds; profit = turnover − cost of the pieces sold, never below zero and
    never more than came in; premi + capital + state = turnover, exactly (capital gets the cost
    back too). Why each figure is as it is: docs/decisions/0020-settlement-arithmetic.md.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    festival = models.ForeignKey(Festival, models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    turnover = models.PositiveBigIntegerField()
    cost = models.BigIntegerField()
    profit = models.PositiveBigIntegerField()
    premi = models.PositiveBigIntegerField()
    capital = models.PositiveBigIntegerField()
    state = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                name="settlement_shares_make_the_turnover",
                condition=models.Q(
                    turnover=models.F("premi") + models.F("capital") + models.F("state")
                ),
            ),
            models.CheckConstraint(
                name="settlement_shares_something",
                condition=models.Q(turnover__gt=0),
            ),
            models.CheckConstraint(
                name="settlement_profit_is_turnover_less_cost",
                condition=models.Q(profit=models.F("turnover") - models.F("cost"), cost__gte=0)
                | models.Q(profit=0, cost__gt=models.F("turnover"))
                | models.Q(profit=models.F("turnover"), cost__lt=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.office.code} · {self.festival}"


class SettledSale(Keyed):
    """A sale line was shared: each one once, in one settlement."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="sales")
    line = models.OneToOneField(SaleLine, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.line)


class SettledRefund(Keyed):
    """A refund line was taken off: each one once, in one settlement."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="refunds")
    line = models.OneToOneField(RefundLine, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.line)


class LotResult(Keyed):
    """What one lot brought in one settlement, and the premi that fell to it. Rupiah."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()  # sold less refunded
    turnover = models.BigIntegerField()
    cost = models.BigIntegerField()
    premi = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("lot__code",)
        constraints = (
            models.UniqueConstraint(fields=("settlement", "lot"), name="lot_result_is_once"),
        )

    def __str__(self) -> str:
        return str(self.lot)


class Premi(Keyed):
    """What one maker earned by one lot in one settlement, and by which work. Rupiah."""

    result = models.ForeignKey(LotResult, models.PROTECT, related_name="premi_lines")
    maker = models.ForeignKey(Maker, models.PROTECT, related_name="+")
    work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    saved = models.PositiveBigIntegerField()
    usable = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("maker__code",)
        constraints = (
            models.UniqueConstraint(fields=("result", "work"), name="premi_pays_a_work_once"),
        )

    def __str__(self) -> str:
        return f"{self.maker} {self.amount}"

    @property
    def amount(self) -> int:
        return self.saved + self.usable


append_only("settlement_settlement")
append_only("settlement_settledsale", unique=(("key",), ("line_id",)))
append_only("settlement_settledrefund", unique=(("key",), ("line_id",)))
append_only("settlement_lotresult", unique=(("key",), ("settlement_id", "lot_id")))
append_only("settlement_premi", unique=(("key",), ("result_id", "work_id")))
rules.hold()
