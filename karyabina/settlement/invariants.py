"""What must always be true of settlements; `karya verify` asks."""

from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from karyabina.ledger import totals
from karyabina.ledger.verify import MOST_FAULTS, invariant
from karyabina.settlement.models import (
    LotResult,
    Premi,
    SettledRefund,
    SettledSale,
    Settlement,
)


def _sum(rows: QuerySet, settlement: str, column: str) -> Coalesce:
    """Sum of `column` over the rows of each settlement, 0 where there are none."""
    of_each = rows.filter(**{settlement: OuterRef("pk")}).order_by().values(settlement)
    return Coalesce(Subquery(of_each.annotate(sum=Sum(column)).values("sum")), 0)


def _settlements() -> QuerySet[Settlement]:
    return Settlement.objects.select_related("office", "festival").order_by("pk")


@invariant(_("Bagian setiap bagi hasil berjumlah sama dengan omzetnya"))
def parts_add_up() -> list[str]:
    lots = LotResult.objects.all()
    wrong = _settlements().annotate(
        sold=_sum(SettledSale.objects.all(), "settlement", "line__amount")
        - _sum(SettledRefund.objects.all(), "settlement", "line__amount"),
        lots_turnover=_sum(lots, "settlement", "turnover"),
        lots_cost=_sum(lots, "settlement", "cost"),
        lots_premi=_sum(lots, "settlement", "premi"),
    ).exclude(
        turnover=F("premi") + F("capital") + F("state"),
        sold=F("turnover"),
        lots_turnover=F("turnover"),
        lots_cost=F("cost"),
        lots_premi=F("premi"),
    )  # fmt: skip
    return [
        f"{one}: {one.turnover} | {one.sold} | {one.lots_turnover} {one.lots_cost} {one.lots_premi}"
        for one in wrong[:MOST_FAULTS]
    ]


@invariant(_("Premi setiap lot sama dengan premi para pembuatnya"))
def premi_of_a_lot_is_that_of_its_makers() -> list[str]:
    wrong = (
        LotResult.objects.select_related("lot")
        .annotate(
            paid=Coalesce(Sum("premi_lines__saved"), 0) + Coalesce(Sum("premi_lines__usable"), 0)
        )
        .exclude(paid=F("premi"))
    )
    return [f"{one.lot}: {one.premi} <> {one.paid}" for one in wrong[:MOST_FAULTS]]


@invariant(_("Setiap bagi hasil dibukukan sebesar bagian-bagiannya"))
def every_part_is_in_the_books() -> list[str]:
    to = "entry__movements__target__code__startswith"
    moved = {
        f"booked_{kind}": Coalesce(Sum("entry__movements__amount", filter=Q(**{to: f"{kind}:"})), 0)
        for kind in ("premi", "capital", "state")
    }
    wrong: QuerySet[Any] = (
        _settlements()
        .annotate(booked=Sum("entry__movements__amount"), **moved)
        .exclude(
            booked=F("turnover"),
            booked_premi=F("premi"),
            booked_capital=F("capital"),
            booked_state=F("state"),
        )
    )
    return [
        f"{one}: {one.booked} | {one.booked_premi} {one.booked_capital} {one.booked_state}"
        for one in wrong[:MOST_FAULTS]
    ]


@invariant(_("Setiap peserta dibukukan sebesar premi yang dijelaskan"))
def every_maker_gets_what_is_explained() -> list[str]:
    faults: list[str] = []
    for purse in ("saved", "usable"):
        booked = Settlement.objects.filter(
            pk=OuterRef("result__settlement"), entry__movements__target__code=OuterRef("account")
        ).values("entry__movements__amount")
        wrong = (
            Premi.objects.annotate(
                account=Concat(
                    Value("premi:"),
                    "result__settlement__office__code",
                    Value(":"),
                    "maker__code",
                    Value(f":{purse}"),
                    output_field=CharField(),
                )
            )
            .order_by()
            .values("result__settlement", "account")
            .annotate(explained=Sum(purse), booked=Coalesce(Subquery(booked), 0))
            .exclude(explained=F("booked"))
        )
        faults += [
            f"{row['account']}: {row['explained']} <> {row['booked']}"
            for row in wrong[:MOST_FAULTS]
        ]
    return faults[:MOST_FAULTS]


@invariant(_("Premi yang tersimpan untuk setiap kantor berasal dari bagi hasil"))
def premi_comes_from_settlements() -> list[str]:
    """Nothing is paid out yet: what the accounts of an office's makers hold is what was shared."""
    held = {office: amount for (_kind, office), amount in totals.by_owner(["premi"]).items()}
    shared = dict(
        Settlement.objects.order_by().values_list("office__code").annotate(sum=Sum("premi"))
    )
    return [
        f"{office}: {held.get(office, 0)} <> {shared.get(office, 0)}"
        for office in sorted(held.keys() | shared.keys())
        if held.get(office, 0) != shared.get(office, 0)
    ][:MOST_FAULTS]


@invariant(_("Biaya bahan lot yang sudah dibagi sesuai banyaknya yang terjual"))
def costs_follow_the_pieces() -> list[str]:
    """Over all settlements: the cost of n of Q pieces that cost C together is C × n ÷ Q, rounded
    down. Computed here, since C × n may be too large for the database's whole numbers."""
    faults: list[str] = []
    rows = (
        LotResult.objects.order_by()
        .values_list("lot__code", "lot__cost", "lot__quantity")
        .annotate(pieces=Sum("quantity"), shared=Sum("cost"))
    )
    for code, cost, made, pieces, shared in rows.iterator():
        if not 0 <= pieces <= made or shared != cost * pieces // made:
            faults.append(f"{code}: {pieces} / {made}, {shared} / {cost}")
            if len(faults) == MOST_FAULTS:
                break
    return faults
