"""Goods are offered to a stand, leave for it, and are sent home from it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base import times, trail
from karyabina.base.refusal import Refusal
from karyabina.consignment import queries
from karyabina.consignment.actions import moving
from karyabina.consignment.actions.moving import (
    LONGEST_TEXT,
    NotEnoughAtHand,
    Piece,
    TextTooLong,
)
from karyabina.consignment.models import Cancellation, Consignment, Despatch
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger_queries
from karyabina.offices.models import Office
from karyabina.staff.actions import record
from karyabina.staff.models import Staff
from karyabina.stock.models import Lot


class OfficeTakesNoPart(Refusal):
    message = gettext_lazy(
        "Kantor ini tidak ikut serta dalam festival gerai itu. Mintalah penyelenggara "
        "mengundangnya lebih dahulu."
    )


class LotHasExpired(Refusal):
    """Expired goods do not travel to a stand."""

    def __init__(self, lot: Lot) -> None:
        assert lot.expiry_date is not None  # noqa: S101 only such a lot expires
        super().__init__(
            _(
                "%(product)s (lot %(lot)s) kedaluwarsa sejak %(day)s dan tidak boleh dikirim ke "
                "gerai. Tidak ada yang dicatat; buat titipan tanpa barang itu."
            )
            % {
                "product": lot.product.name,
                "lot": lot.code,
                "day": times.day_text(lot.expiry_date),
            },
            field=lot.code,
        )


class NeedsAReason(Refusal):
    status = 400
    message = gettext_lazy("Tuliskan alasannya.")


def offer(
    *,
    key: UUID,
    office: Office,
    stand: Stand,
    lines: Sequence[Piece],
    note: str = "",
    by: Staff,
    at: datetime,
) -> Consignment:
    """An office sets goods of its own aside for a stand. Nothing moves yet.

    What is offered cannot be offered again elsewhere until it is despatched or cancelled.
    Quantities are in the products' measures. The same key again returns the same consignment.

    Refuses no or too many lines, a lot named twice, quantities out of bounds, goods of another
    office, an office that takes no part in the stand's festival, a closed stand, expired lots
    and more than is at hand (NotEnoughAtHand).
    """
    note = note.strip()
    digest = ledger_queries.digest_of("offer", moving.request(office, stand, lines, note))
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        existing = Consignment.objects.filter(pk=key).first()
        if existing:
            return moving.same(existing, digest)
        if len(note) > LONGEST_TEXT:
            raise TextTooLong(field="note")
        moving.guard_lines(office, lines)
        if not queries.takes_part(office, stand.festival):
            raise OfficeTakesNoPart(field="stand")
        moving.guard_open(stand)
        at_hand = {one.lot.pk: one for one in queries.at_hand(office, at)}
        for piece in lines:
            if piece.lot.expired_on(times.local_day(at, office.time_zone)):
                raise LotHasExpired(piece.lot)
            there = at_hand.get(piece.lot.pk)
            free = there.free if there else 0
            if piece.quantity > free:
                raise NotEnoughAtHand(
                    piece.lot, wanted=piece.quantity, free=free, place=_("gudang")
                )
        consignment = moving.write(
            key=key,
            office=office,
            stand=stand,
            direction=Consignment.Direction.OUT,
            lines=lines,
            note=note,
            digest=digest,
            by=by,
            at=at,
        )
        record(by=by, at=at, office=office, what="consignment.offer", about=consignment.code)
    return consignment


def cancel(
    *, key: UUID, consignment: Consignment, reason: str, by: Staff, at: datetime
) -> Cancellation:
    """An offer is taken back before the goods left; they can be offered elsewhere again.

    The same key again returns the same cancellation. Refuses what was cancelled or despatched
    already (saying who and when), and no reason.
    """
    reason = reason.strip()
    request = {"consignment": consignment.code, "reason": reason}
    digest = ledger_queries.digest_of("cancel", request)
    with transaction.atomic():
        held = moving.hold(consignment)
        existing = Cancellation.objects.filter(pk=key).first()
        if existing:
            return moving.same(existing, digest)
        moving.guard_not_done(held)
        if not reason:
            raise NeedsAReason(field="reason")
        if len(reason) > LONGEST_TEXT:
            raise TextTooLong(field="reason")
        cancelled = Cancellation.objects.create(
            key=key, consignment=held, reason=reason, digest=digest, at=at, by=by
        )
        record(
            by=by,
            at=at,
            office=held.office,
            what="consignment.cancel",
            about=held.code,
            detail=reason,
        )
    return cancelled


def despatch(*, key: UUID, consignment: Consignment, by: Staff, at: datetime) -> Despatch:
    """The goods leave the office's store for the stand: store → transit.

    The same key again returns the same despatch. Refuses what was cancelled or despatched
    already (saying who and when), a stand that has closed, lots that have expired since the
    offer, and goods that are no longer in the store (NotEnoughAtHand).
    """
    request: dict[str, object] = {"consignment": consignment.code}
    with transaction.atomic():
        held = moving.hold(consignment)
        if ledger_queries.find(key=key, kind="despatch", request=request):
            return Despatch.objects.get(pk=key)
        moving.guard_not_done(held)
        moving.guard_open(held.stand)
        lines = [
            Piece(line.lot, line.quantity) for line in held.lines.select_related("lot__product")
        ]
        for piece in lines:
            if piece.lot.expired_on(times.local_day(at, held.office.time_zone)):
                raise LotHasExpired(piece.lot)
        return moving.leave(
            key=key, kind="despatch", consignment=held, lines=lines, request=request, by=by, at=at
        )


def send_back(
    *,
    key: UUID,
    stand: Stand,
    office: Office,
    lines: Sequence[Piece],
    note: str = "",
    by: Staff,
    at: datetime,
) -> Consignment:
    """A stand sends an office's unsold goods home, and they leave at once: stand → transit.

    Expired goods may go home, and a closed stand may send what still stands there. `key` is the
    key of the consignment and of its despatch; the same key again returns the same consignment.

    Refuses no or too many lines, a lot named twice, quantities out of bounds, goods of another
    office and more than stands there (NotEnoughAtHand).
    """
    note = note.strip()
    request = moving.request(office, stand, lines, note)
    digest = ledger_queries.digest_of("return_despatch", request)
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        existing = Consignment.objects.filter(pk=key).first()
        if existing:
            return moving.same(existing, digest)
        if len(note) > LONGEST_TEXT:
            raise TextTooLong(field="note")
        moving.guard_lines(office, lines)
        consignment = moving.write(
            key=key,
            office=office,
            stand=stand,
            direction=Consignment.Direction.BACK,
            lines=lines,
            note=note,
            digest=digest,
            by=by,
            at=at,
        )
        moving.leave(
            key=key,
            kind="return_despatch",
            consignment=consignment,
            lines=lines,
            request=request,
            by=by,
            at=at,
        )
    return consignment


trail.name("consignment.offer", gettext_lazy("Titipan ditawarkan"))
trail.name("consignment.cancel", gettext_lazy("Titipan dibatalkan"))
