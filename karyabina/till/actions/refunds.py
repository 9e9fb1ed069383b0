"""A refund: goods come back against a receipt, and their money goes out of the drawer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.keys import new_key
from karyabina.base.money import number_text, rupiah_text
from karyabina.base.refusal import Refusal
from karyabina.catalogue.models import Product
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import RUPIAH, Entry
from karyabina.staff.models import Staff
from karyabina.till import queries
from karyabina.till.actions.shifts import guard_selling, held
from karyabina.till.models import LARGEST_QUANTITY, Refund, RefundLine, Sale, SaleLine, Shift


@dataclass(frozen=True)
class Back:
    """So much of a line of the receipt came back; `sellable` goods go on the stand again."""

    sale_line: SaleLine
    quantity: int
    sellable: bool


class NothingComesBack(Refusal):
    status = 400
    message = _("Belum ada barang yang dipilih. Isi jumlah yang kembali.")


class NotASaneQuantity(Refusal):
    status = 400
    message = _(
        "Jumlah yang kembali harus bilangan bulat mulai dari 1. Pengembalian belum dicatat."
    )


class NeedsAReason(Refusal):
    status = 400
    message = _("Tuliskan alasan pengembalian, paling banyak 300 huruf.")


class NotOnThisReceipt(Refusal):
    status = 400
    message = _(
        "Ada barang yang bukan dari struk ini. Pengembalian belum dicatat; buka lagi struknya."
    )


class SoldAtAnotherStand(Refusal):
    message = _(
        "Struk ini dari gerai lain. Pengembalian hanya dapat dilakukan di gerai yang menjualnya."
    )


class MoreThanWasSold(Refusal):
    """`left` is what can still come back of this line."""

    def __init__(self, *, product: Product, left: int) -> None:
        self.product, self.left = product, left
        super().__init__(
            _(
                "%(product)s: yang masih dapat dikembalikan dari struk ini hanya %(left)s. "
                "Pengembalian belum dicatat; kurangi jumlahnya."
            )
            % {"product": product.name, "left": number_text(left)}
        )


class WorthTooLittle(Refusal):
    def __init__(self, product: Product) -> None:
        self.product = product
        super().__init__(
            _(
                "%(product)s sebanyak itu bernilai kurang dari Rp 1. Pengembalian belum dicatat; "
                "tambah jumlahnya."
            )
            % {"product": product.name}
        )


class NotEnoughCash(Refusal):
    """`have` is what lies in the drawer, `wanted` what is to be paid back, in rupiah."""

    def __init__(self, *, have: int, wanted: int) -> None:
        self.have, self.wanted = have, wanted
        super().__init__(
            _(
                "Uang di laci Anda hanya %(have)s, sedangkan yang harus dikembalikan %(wanted)s. "
                "Pengembalian belum dicatat; lakukan dari laci yang cukup."
            )
            % {"have": rupiah_text(have), "wanted": rupiah_text(wanted)}
        )


def refund(
    *,
    key: UUID,
    sale: Sale,
    shift: Shift,
    lines: Sequence[Back],
    reason: str,
    by: Staff,
    at: datetime,
) -> Refund:
    """A buyer brings goods back and is paid in cash, also where the sale was by QRIS.

    The money leaves the drawer of `shift`, an open one of the same stand, though not always the
    one of the sale; what the stand's holder owes the offices shrinks by as much. Pieces are paid
    back at what was paid for them, so that all of a line in whatever steps gives back exactly its
    amount. Sellable goods stand on the stand again, the others leave the books as broken. The
    same key again returns the same refund.

    Refuses a closed stand or shift, another cashier's shift, a receipt of another stand, lines of
    another receipt, more than is left of a line, no reason, and a drawer with too little cash.
    """
    reason = reason.strip()
    request: dict[str, object] = {
        "sale": sale.pk,
        "shift": shift.code,
        "lines": sorted([str(one.sale_line.pk), one.quantity, bool(one.sellable)] for one in lines),
        "reason": reason,
    }
    with transaction.atomic():
        shift = held(shift=shift)
        if ledger_queries.find(key=key, kind="refund", request=request):
            return Refund.objects.select_related("sale__shift", "shift").get(pk=key)
        guard_selling(shift=shift, by=by)
        if not lines:
            raise NothingComesBack
        if not 1 <= len(reason) <= 300:
            raise NeedsAReason(field="reason")
        sale = Sale.objects.select_related("shift").get(pk=sale.pk)
        if sale.shift.stand_id != shift.stand_id:
            raise SoldAtAnotherStand
        rows = _valued(key, sale, lines)
        total = sum(row.amount for row in rows)
        entry = _post(key, shift, rows, total, by, at, request, reason)
        RefundLine.objects.bulk_create(rows)
        return Refund.objects.create(
            entry=entry,
            sale=sale,
            shift=shift,
            total=total,
            reason=reason,
            occurred_at=at,
            by=by,
        )


def _valued(key: UUID, sale: Sale, lines: Sequence[Back]) -> list[RefundLine]:
    """The refund's lines with their money. Holds the sale's lines: no other refund values them."""
    list(SaleLine.objects.select_for_update(no_key=True).filter(sale=sale).order_by("n"))
    before = {one.line.pk: one for one in queries.lines_of(sale)}
    sold = dict(before)
    merged: dict[tuple[UUID, bool], int] = {}
    for back in lines:
        if not 1 <= back.quantity <= LARGEST_QUANTITY:
            raise NotASaneQuantity
        if back.sale_line.pk not in sold:
            raise NotOnThisReceipt
        name = (back.sale_line.pk, bool(back.sellable))
        merged[name] = merged.get(name, 0) + back.quantity
    rows: list[RefundLine] = []
    for (pk, sellable), quantity in merged.items():
        one = sold[pk]
        product = one.line.lot.product
        if quantity > one.left:
            raise MoreThanWasSold(product=product, left=before[pk].left)
        amount = one.worth(quantity)
        if amount == 0:
            raise WorthTooLittle(product)
        sold[pk] = queries.Sold(one.line, one.back + quantity, one.paid_back + amount)
        rows.append(
            RefundLine(
                key=new_key(),
                refund_id=key,
                sale_line=one.line,
                quantity=quantity,
                amount=amount,
                sellable=sellable,
            )
        )
    return rows


def _post(
    key: UUID,
    shift: Shift,
    rows: Sequence[RefundLine],
    total: int,
    by: Staff,
    at: datetime,
    request: dict[str, object],
    reason: str,
) -> Entry:
    holder = shift.stand.holder.code
    due: dict[str, int] = {}
    for row in rows:
        code = row.sale_line.lot.office.code
        due[code] = due.get(code, 0) + row.amount
    moves = [
        *(
            ledger.Move(
                "outside:buyer",
                shift.stand.account if row.sellable else "outside:broken",
                row.sale_line.lot.code,
                row.quantity,
            )
            for row in rows
        ),
        ledger.Move(shift.account, "outside:buyer", RUPIAH, total),
        *(
            ledger.Move(f"due:{office}", f"owed:{holder}", RUPIAH, amount)
            for office, amount in sorted(due.items())
        ),
    ]
    try:
        return ledger.post(
            key=key,
            kind="refund",
            by=by,
            occurred_at=at,
            request=request,
            moves=moves,
            note=reason,
        )
    except ledger.NotEnough as short:
        if short.account != shift.account:
            raise
        have = ledger_queries.balance(shift.account, RUPIAH)
        raise NotEnoughCash(have=have, wanted=total) from short
