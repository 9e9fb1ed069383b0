"""What must always be true of shifts, sales and refunds; `karya verify` asks."""

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.ledger import queries as ledger
from karyabina.ledger.models import RUPIAH
from karyabina.ledger.verify import MOST_FAULTS, invariant
from karyabina.till.models import Means, Refund, RefundLine, Sale, SaleLine, Shift

AT_ONCE = 500  # shifts whose drawers are compared together


@invariant(_("Baris setiap struk berjumlah sama dengan struknya"))
def lines_add_up_to_their_sale() -> list[str]:
    wrong = (
        Sale.objects.select_related("shift")
        .annotate(added=Sum("lines__amount", default=0))
        .exclude(added=F("total"))
    )
    return [f"{sale}: {sale.total} <> {sale.added}" for sale in wrong[:MOST_FAULTS]]


@invariant(_("Struk setiap sif bernomor urut tanpa celah"))
def receipts_have_no_gaps() -> list[str]:
    wrong = Shift.objects.annotate(n=Count("sales"), last=Max("sales__number")).exclude(
        Q(n=F("last")) | Q(n=0)
    )
    return [f"{shift}: {shift.n} <> {shift.last}" for shift in wrong[:MOST_FAULTS]]


@invariant(_("Uang setiap struk masuk pembukuan sebesar jumlahnya"))
def every_sale_is_paid_in_the_books() -> list[str]:
    bought = Q(entry__movements__source__code="outside:buyer")
    wrong = (
        Sale.objects.select_related("shift")
        .annotate(paid=Sum("entry__movements__amount", filter=bought, default=0))
        .exclude(paid=F("total"))
    )
    return [f"{sale}: {sale.total} <> {sale.paid}" for sale in wrong[:MOST_FAULTS]]


@invariant(_("Barang setiap baris struk keluar dari pembukuan sebanyak itu"))
def every_sold_piece_left_the_books() -> list[str]:
    to_buyer = Q(
        sale__entry__movements__target__code="outside:buyer",
        sale__entry__movements__unit__code=F("lot__code"),
    )
    wrong = (
        SaleLine.objects.select_related("sale__shift", "lot")
        .annotate(moved=Sum("sale__entry__movements__amount", filter=to_buyer, default=0))
        .exclude(moved=F("quantity"))
    )
    return [f"{line.sale} {line}: {line.moved}" for line in wrong[:MOST_FAULTS]]


@invariant(_("Uang setiap pengembalian keluar dari laci sebesar jumlahnya"))
def every_refund_left_the_drawer() -> list[str]:
    to_buyer = Q(entry__movements__target__code="outside:buyer")
    wrong = (
        Refund.objects.select_related("sale__shift")
        .annotate(paid=Sum("entry__movements__amount", filter=to_buyer, default=0))
        .exclude(paid=F("total"))
    )
    return [f"{one}: {one.paid}" for one in wrong[:MOST_FAULTS]]


@invariant(_("Baris setiap pengembalian berjumlah sama dengan pengembaliannya"))
def lines_add_up_to_their_refund() -> list[str]:
    wrong = (
        Refund.objects.select_related("sale__shift")
        .annotate(added=Sum("lines__amount", default=0))
        .exclude(added=F("total"))
    )
    return [f"{one}: {one.added}" for one in wrong[:MOST_FAULTS]]


@invariant(_("Yang kembali tidak pernah lebih dari yang terjual"))
def no_more_comes_back_than_was_sold() -> list[str]:
    back = SaleLine.objects.select_related("sale__shift", "lot").annotate(
        pieces=Sum("refund_lines__quantity"), money=Sum("refund_lines__amount")
    )
    wrong = back.filter(
        Q(pieces__gt=F("quantity"))
        | Q(money__gt=F("amount"))
        | (Q(pieces=F("quantity")) & ~Q(money=F("amount")))
    )
    return [f"{line.sale} {line}: {line.pieces}, {line.money}" for line in wrong[:MOST_FAULTS]]


@invariant(_("Barang yang kembali masuk lagi ke pembukuan sebanyak itu"))
def every_returned_piece_came_back_to_the_books() -> list[str]:
    """A lot may come back twice in one refund: some of it sellable, some broken."""
    from_buyer = Q(
        refund__entry__movements__source__code="outside:buyer",
        refund__entry__movements__unit__code=F("sale_line__lot__code"),
    )
    on_the_stand = Q(refund__entry__movements__target__code__startswith="stand:")
    wrong = (
        RefundLine.objects.select_related("refund__sale__shift", "sale_line__lot")
        .annotate(
            good=Sum(
                "refund__entry__movements__amount", filter=from_buyer & on_the_stand, default=0
            ),
            bad=Sum(
                "refund__entry__movements__amount", filter=from_buyer & ~on_the_stand, default=0
            ),
        )
        .exclude(Q(sellable=True, good=F("quantity")) | Q(sellable=False, bad=F("quantity")))
    )
    return [f"{line.refund} {line}" for line in wrong[:MOST_FAULTS]]


@invariant(_("Isi setiap laci sama dengan modal, penjualan tunai, dan pengembaliannya"))
def drawers_hold_what_was_taken() -> list[str]:
    """An open drawer holds float + cash − refunds. Of a closed one that was the sum expected, and
    what stays is what was counted less the float."""
    faults: list[str] = []
    last = ""
    while len(faults) < MOST_FAULTS:
        shifts = list(_shifts_after(last))
        if not shifts:
            break
        last = shifts[-1].code
        cash = dict(
            Sale.objects.filter(shift__in=shifts, means=Means.CASH)
            .order_by()
            .values_list("shift")
            .annotate(Sum("total"))
        )
        back = dict(
            Refund.objects.filter(shift__in=shifts)
            .order_by()
            .values_list("shift")
            .annotate(Sum("total"))
        )
        holds = ledger.balances([shift.account for shift in shifts], unit=RUPIAH)
        for shift in shifts:
            taken = shift.float_amount + cash.get(shift.pk, 0) - back.get(shift.pk, 0)
            faults += _drawer(shift, taken, holds.get((shift.account, RUPIAH), 0))
    return faults[:MOST_FAULTS]


def _shifts_after(code: str) -> QuerySet[Shift]:
    return Shift.objects.filter(code__gt=code).select_related("close").order_by("code")[:AT_ONCE]


def _drawer(shift: Shift, taken: int, holds: int) -> list[str]:
    close = getattr(shift, "close", None)
    should = taken if close is None else close.counted - min(shift.float_amount, close.counted)
    if close is not None and close.expected != taken:
        return [
            _now("%(shift)s: tertulis %(written)s, seharusnya %(should)s")
            % {"shift": shift.code, "written": close.expected, "should": taken}
        ]
    if holds != should:
        return [
            _now("%(shift)s: di laci %(holds)s, seharusnya %(should)s")
            % {"shift": shift.code, "holds": holds, "should": should}
        ]
    return []
