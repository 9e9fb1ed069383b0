"""Goods arrive and are counted; a person says what became of those that were missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base import money
from karyabina.base.refusal import Refusal
from karyabina.consignment.actions import moving
from karyabina.consignment.actions.moving import (
    LONGEST_TEXT,
    AlreadyCancelled,
    TextTooLong,
    amount_text,
    told,
)
from karyabina.consignment.models import (
    Cancellation,
    Clearance,
    Consignment,
    Count,
    Despatch,
    Line,
    Receipt,
)
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.staff.models import Staff
from karyabina.stock import queries as stock

BROKEN = "outside:broken"
LOST = "outside:lost"


@dataclass(frozen=True)
class Counted:
    """What was counted of one line, in the product's measure."""

    line: Line
    good: int
    broken: int = 0
    missing: int = 0


class NotYetDespatched(Refusal):
    message = gettext_lazy(
        "Titipan ini belum dikirim, jadi belum dapat diterima. Mintalah kantor pemilik barang "
        "mencatat pengirimannya."
    )


class AlreadyReceived(Refusal):
    """Somebody counted the goods before; says who and when."""

    def __init__(self, done: Receipt) -> None:
        super().__init__(
            _(
                "Titipan %(code)s sudah dihitung dan diterima oleh %(who)s pada %(when)s. "
                "Hitungan Anda tidak dicatat."
            )
            % told(done)
        )


class StandCannotReceive(Refusal):
    message = gettext_lazy(
        "Gerai ini sudah ditutup, jadi tidak ada barang yang diterima di sana. Kantor pemilik "
        "barang mencatatnya sebagai barang yang kembali sebelum sampai."
    )


class OnlyGoodsOnTheirWayOut(Refusal):
    message = gettext_lazy(
        "Barang ini memang dalam perjalanan pulang. Catatlah sebagai penerimaan."
    )


class CountsDoNotFit(Refusal):
    status = 400
    message = gettext_lazy(
        "Hitungan tidak cocok dengan isi titipan: tiap barang harus dihitung tepat satu kali. "
        "Muat ulang halaman, lalu hitung kembali."
    )


class NegativeCount(Refusal):
    status = 400
    message = gettext_lazy("Jumlah baik, rusak, dan kurang tidak boleh kurang dari nol.")


class CountedMoreThanSent(Refusal):
    """More pieces than the paper says: the rest belongs on a consignment of its own."""

    status = 400

    def __init__(self, counted: Counted) -> None:
        super().__init__(
            _(
                "%(product)s: dikirim %(sent)s, terhitung %(counted)s. Tidak ada yang dicatat. "
                "Hitung ulang; bila memang lebih, terima sebanyak yang dikirim dan mintalah "
                "kantor pengirim membuat titipan baru untuk kelebihannya."
            )
            % _figures(counted),
            field=str(counted.line.pk),
        )


class CountedLessThanSent(Refusal):
    """Every piece sent is good, broken or missing."""

    status = 400

    def __init__(self, counted: Counted) -> None:
        super().__init__(
            _(
                "%(product)s: dikirim %(sent)s, terhitung %(counted)s. Tidak ada yang dicatat. "
                "Isikan sisanya sebagai rusak atau kurang."
            )
            % _figures(counted),
            field=str(counted.line.pk),
        )


class MoreThanMissing(Refusal):
    """Others may have cleared some of the missing pieces meanwhile."""

    def __init__(self, count: Count, left: int) -> None:
        super().__init__(
            _(
                "%(product)s: yang masih kurang hanya %(left)s. Tidak ada yang dicatat; kurangi "
                "jumlahnya."
            )
            % {
                "product": count.line.lot.product.name,
                "left": amount_text(count.line.lot, left),
            },
            field="quantity",
        )


class NeedsAnExplanation(Refusal):
    status = 400
    message = gettext_lazy("Tuliskan apa yang diketahui tentang barang yang kurang ini.")


def _figures(counted: Counted) -> dict[str, str]:
    lot = counted.line.lot
    total = counted.good + counted.broken + counted.missing
    return {
        "product": lot.product.name,
        "sent": amount_text(lot, counted.line.quantity),
        "counted": money.number_text(total),
    }


def receive(
    *,
    key: UUID,
    consignment: Consignment,
    counts: Sequence[Counted],
    note: str = "",
    by: Staff,
    at: datetime,
) -> Receipt:
    """The goods arrived and were counted: good ones stand at the stand (or, sent back, in the
    office's store), broken ones leave the books, missing ones wait in `difference:<office>`.

    The same key again returns the same receipt. Refuses what was not despatched or was received
    already (saying who and when), a closed stand, and counts that do not make up, line by line,
    exactly what was sent.
    """
    with transaction.atomic():
        held = moving.hold(consignment)
        if held.is_back:
            kind, place = "return_receipt", Receipt.Place.STORE
        else:
            kind, place = "receipt", Receipt.Place.STAND
        return _take_in(
            key=key, kind=kind, held=held, place=place, counts=counts, note=note, by=by, at=at
        )


def turn_back(
    *,
    key: UUID,
    consignment: Consignment,
    counts: Sequence[Counted],
    note: str = "",
    by: Staff,
    at: datetime,
) -> Receipt:
    """Goods on their way to a stand came home without having been taken in there: the ferry did
    not sail, the stand had closed. They are counted into the office's store.

    The same key again returns the same receipt. Refuses goods that were sent home by a stand
    (those are received), and whatever `receive` refuses but for the closed stand.
    """
    with transaction.atomic():
        held = moving.hold(consignment)
        if held.is_back:
            raise OnlyGoodsOnTheirWayOut
        return _take_in(
            key=key,
            kind="return_receipt",
            held=held,
            place=Receipt.Place.STORE,
            counts=counts,
            note=note,
            by=by,
            at=at,
        )


def _take_in(
    *,
    key: UUID,
    kind: str,
    held: Consignment,
    place: Receipt.Place,
    counts: Sequence[Counted],
    note: str,
    by: Staff,
    at: datetime,
) -> Receipt:
    """Count the goods of a consignment, which the caller holds, into a place."""
    note = note.strip()
    request = {
        "consignment": held.code,
        "counts": sorted([c.line.lot.code, c.good, c.broken, c.missing] for c in counts),
        "note": note,
    }
    if ledger_queries.find(key=key, kind=kind, request=request):
        return Receipt.objects.get(pk=key)
    _guard_on_the_way(held)
    if place == Receipt.Place.STAND:
        _guard_stand_receives(held)
    if len(note) > LONGEST_TEXT:
        raise TextTooLong(field="note")
    _guard_counts(held, counts)
    entry = ledger.post(
        key=key,
        kind=kind,
        by=by,
        occurred_at=at,
        request=request,
        moves=_moves(held, _home(held, place), counts),
        note=note,
    )
    receipt = Receipt.objects.create(
        entry=entry, consignment=held, place=place, note=note, at=at, by=by
    )
    Count.objects.bulk_create(
        Count(receipt=receipt, line=c.line, good=c.good, broken=c.broken, missing=c.missing)
        for c in counts
    )
    return receipt


def _home(consignment: Consignment, place: str) -> str:
    """The ledger account where good pieces are put."""
    if place == Receipt.Place.STAND:
        return consignment.stand.account
    return stock.store_of(consignment.office)


def _moves(held: Consignment, home: str, counts: Sequence[Counted]) -> list[ledger.Move]:
    missing = f"difference:{held.office.code}"
    return [
        ledger.Move(held.account, target, counted.line.lot.code, amount)
        for counted in sorted(counts, key=lambda one: one.line.lot.code)
        for target, amount in (
            (home, counted.good),
            (BROKEN, counted.broken),
            (missing, counted.missing),
        )
        if amount
    ]


def _guard_on_the_way(consignment: Consignment) -> None:
    cancelled = Cancellation.objects.filter(consignment=consignment).select_related("by").first()
    if cancelled:
        raise AlreadyCancelled(cancelled)
    if not Despatch.objects.filter(consignment=consignment).exists():
        raise NotYetDespatched
    done = Receipt.objects.filter(consignment=consignment).select_related("by").first()
    if done:
        raise AlreadyReceived(done)


def _guard_stand_receives(consignment: Consignment) -> None:
    try:
        moving.guard_open(consignment.stand)
    except moving.StandIsClosed as closed:
        raise StandCannotReceive from closed


def _guard_counts(consignment: Consignment, counts: Sequence[Counted]) -> None:
    lines = set(consignment.lines.values_list("pk", flat=True))
    if len(counts) != len(lines) or {counted.line.pk for counted in counts} != lines:
        raise CountsDoNotFit
    for counted in counts:
        if min(counted.good, counted.broken, counted.missing) < 0:
            raise NegativeCount(field=str(counted.line.pk))
        total = counted.good + counted.broken + counted.missing
        if total > counted.line.quantity:
            raise CountedMoreThanSent(counted)
        if total < counted.line.quantity:
            raise CountedLessThanSent(counted)


def clear(
    *,
    key: UUID,
    count: Count,
    outcome: Clearance.Outcome,
    quantity: int,
    reason: str,
    by: Staff,
    at: datetime,
) -> Clearance:
    """A person says what became of missing pieces: lost for good (they leave the books), or found
    again (they go to where they should have been taken in).

    The same key again returns the same clearance. Refuses quantities below one, no reason, and
    more pieces than are still missing (MoreThanMissing).
    """
    reason = reason.strip()
    request = {
        "count": count.pk,
        "outcome": str(outcome),
        "quantity": quantity,
        "reason": reason,
    }
    kind = "found" if outcome == Clearance.Outcome.FOUND else "loss"
    with transaction.atomic():
        held = (
            Count.objects.select_for_update(of=("self",), no_key=True)
            .select_related("receipt__consignment__office", "receipt__consignment__stand")
            .select_related("line__lot__product")
            .get(pk=count.pk)
        )
        if ledger_queries.find(key=key, kind=kind, request=request):
            return Clearance.objects.get(pk=key)
        if not reason:
            raise NeedsAnExplanation(field="reason")
        if len(reason) > LONGEST_TEXT:
            raise TextTooLong(field="reason")
        if quantity < 1:
            raise moving.NotASaneQuantity(field="quantity")
        left = held.missing - sum(held.clearances.values_list("quantity", flat=True))
        if quantity > left:
            raise MoreThanMissing(held, left)
        consignment = held.receipt.consignment
        target = _home(consignment, held.receipt.place) if kind == "found" else LOST
        entry = ledger.post(
            key=key,
            kind=kind,
            by=by,
            occurred_at=at,
            request=request,
            moves=[
                ledger.Move(
                    f"difference:{consignment.office.code}", target, held.line.lot.code, quantity
                )
            ],
            note=reason,
        )
        return Clearance.objects.create(
            entry=entry,
            count=held,
            outcome=outcome,
            quantity=quantity,
            reason=reason,
            at=at,
            by=by,
        )
