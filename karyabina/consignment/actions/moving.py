"""What every way of sending has in common: lines, numbers, locks, and leaving for transit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base import times
from karyabina.base.refusal import Refusal
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.catalogue.models import LARGEST_QUANTITY
from karyabina.consignment import queries
from karyabina.consignment.models import Cancellation, Consignment, Despatch, Line, Receipt
from karyabina.festivals.models import Stand
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from karyabina.stock import queries as stock
from karyabina.stock.models import Lot

MOST_LINES = 300  # good, broken and missing are three movements; an entry holds a thousand
LONGEST_TEXT = 300
Made = TypeVar("Made", Consignment, Cancellation)


@dataclass(frozen=True)
class Piece:
    """So much of one lot, in the product's measure."""

    lot: Lot
    quantity: int


class NothingToSend(Refusal):
    status = 400
    message = gettext_lazy("Belum ada barang yang dipilih. Isi jumlah pada sedikitnya satu barang.")


class TooManyLines(Refusal):
    status = 400
    message = gettext_lazy(
        "Satu titipan memuat paling banyak 300 lot. Bagilah menjadi beberapa titipan."
    )


class LotNamedTwice(Refusal):
    status = 400
    message = gettext_lazy("Lot yang sama disebut dua kali. Gabungkan jumlahnya dalam satu baris.")


class NotASaneQuantity(Refusal):
    status = 400
    message = gettext_lazy("Jumlah harus bilangan bulat mulai dari 1, paling banyak 1.000.000.000.")


class TextTooLong(Refusal):
    status = 400
    message = gettext_lazy("Catatan paling panjang 300 huruf. Singkatlah, lalu kirim lagi.")


class GoodsOfAnotherOffice(Refusal):
    """A consignment carries the goods of one office, its own."""

    def __init__(self, lot: Lot, office: Office) -> None:
        super().__init__(
            _(
                "Lot %(lot)s milik %(owner)s, bukan milik %(office)s. Tidak ada yang dicatat; "
                "keluarkan barang itu dari titipan."
            )
            % {"lot": lot.code, "owner": lot.office.name, "office": office.name},
            field=lot.code,
        )


class StandIsClosed(Refusal):
    message = gettext_lazy(
        "Gerai ini sudah ditutup. Tidak ada yang dicatat; pilih gerai lain yang masih buka."
    )


class NotEnoughAtHand(Refusal):
    """Fewer pieces are there than were asked for."""

    def __init__(self, lot: Lot, *, wanted: int, free: int, place: str, advice: str = "") -> None:
        self.lot, self.wanted, self.free = lot, wanted, free
        happened = _(
            "%(product)s (lot %(lot)s): diminta %(wanted)s, di %(place)s tersedia %(free)s."
        ) % {
            "product": lot.product.name,
            "lot": lot.code,
            "wanted": amount_text(lot, wanted),
            "free": amount_text(lot, free),
            "place": place,
        }
        advice = advice or _("Tidak ada yang dicatat; kurangi jumlahnya.")
        super().__init__(f"{happened} {advice}", field=lot.code)


class AlreadyCancelled(Refusal):
    """Somebody took the offer back; says who and when."""

    def __init__(self, done: Cancellation) -> None:
        super().__init__(
            _("Titipan %(code)s sudah dibatalkan oleh %(who)s pada %(when)s.") % told(done)
        )


class AlreadyDespatched(Refusal):
    """The goods have left; says who sent them and when."""

    def __init__(self, done: Despatch) -> None:
        super().__init__(
            _("Titipan %(code)s sudah dikirim oleh %(who)s pada %(when)s.") % told(done)
        )


# --- said by several refusals --------------------------------------------------------------------
def amount_text(lot: Lot, quantity: int) -> str:
    """12 buah, 1.250 g."""
    return quantity_text(quantity, lot.product.measure)


def told(done: Cancellation | Despatch | Receipt) -> dict[str, str]:
    """Who did it and when, on the clock of the office whose goods they are."""
    consignment = done.consignment
    return {
        "code": consignment.code,
        "who": done.by.name,
        "when": times.moment_text(done.at, consignment.office.time_zone),
    }


# --- locks and guards ----------------------------------------------------------------------------
# Rows are locked in the order consignment, office, stand; the ledger's balances come last.
def hold(consignment: Consignment) -> Consignment:
    """Lock a consignment: what two people decide about it happens one after the other."""
    return (
        Consignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("office", "stand__holder")
        .get(pk=consignment.pk)
    )


def guard_open(stand: Stand) -> None:
    """Lock the stand, so that it is not closed meanwhile; refuses StandIsClosed."""
    Stand.objects.select_for_update(no_key=True).get(pk=stand.pk)
    if queries.is_closed(stand):
        raise StandIsClosed(field="stand")


def guard_not_done(consignment: Consignment) -> None:
    """Neither cancelled nor despatched; refuses AlreadyCancelled, AlreadyDespatched."""
    cancelled = Cancellation.objects.filter(consignment=consignment).select_related("by").first()
    if cancelled:
        raise AlreadyCancelled(cancelled)
    gone = Despatch.objects.filter(consignment=consignment).select_related("by").first()
    if gone:
        raise AlreadyDespatched(gone)


def guard_lines(office: Office, lines: Sequence[Piece]) -> None:
    if not lines:
        raise NothingToSend(field="lines")
    if len(lines) > MOST_LINES:
        raise TooManyLines(field="lines")
    if len({piece.lot.pk for piece in lines}) < len(lines):
        raise LotNamedTwice(field="lines")
    for piece in lines:
        if not 1 <= piece.quantity <= LARGEST_QUANTITY:
            raise NotASaneQuantity(field="lines")
        if piece.lot.office_id != office.pk:
            raise GoodsOfAnotherOffice(piece.lot, office)


def request(office: Office, stand: Stand, lines: Sequence[Piece], note: str) -> dict[str, object]:
    """What was asked for, in an order of its own, so that asking again is the same request."""
    return {
        "office": office.code,
        "stand": stand.code,
        "lines": sorted([piece.lot.code, piece.quantity] for piece in lines),
        "note": note,
    }


def write(
    *,
    key: UUID,
    office: Office,
    stand: Stand,
    direction: Consignment.Direction,
    lines: Sequence[Piece],
    note: str,
    digest: str,
    by: Staff,
    at: datetime,
) -> Consignment:
    """The consignment with its number and lines. The caller holds the office's row."""
    before = Consignment.objects.filter(office=office, stand=stand, direction=direction).count()
    if direction == Consignment.Direction.OUT:
        code = f"{office.code}-{stand.code}-{before + 1}"
    else:
        code = f"{stand.code}-{office.code}-B{before + 1}"
    consignment = Consignment.objects.create(
        key=key,
        code=code,
        direction=direction,
        office=office,
        stand=stand,
        note=note,
        digest=digest,
        offered_at=at,
        offered_by=by,
    )
    Line.objects.bulk_create(
        Line(consignment=consignment, lot=piece.lot, quantity=piece.quantity)
        for piece in sorted(lines, key=lambda piece: piece.lot.code)
    )
    return consignment


def leave(
    *,
    key: UUID,
    kind: str,
    consignment: Consignment,
    lines: Sequence[Piece],
    request: dict[str, object],
    by: Staff,
    at: datetime,
) -> Despatch:
    """The goods go from where they are into transit; refuses what is not there."""
    back = consignment.is_back
    source = consignment.stand.account if back else stock.store_of(consignment.office)
    taker = consignment.office if back else consignment.stand.holder
    ledger.open_account(code=consignment.account, home=taker.code, at=at)
    try:
        entry = ledger.post(
            key=key,
            kind=kind,
            by=by,
            occurred_at=at,
            request=request,
            moves=[
                ledger.Move(source, consignment.account, piece.lot.code, piece.quantity)
                for piece in sorted(lines, key=lambda piece: piece.lot.code)
            ],
        )
    except ledger.NotEnough as short:
        there = ledger_queries.balances([source])
        for piece in lines:
            free = there.get((source, piece.lot.code), 0)
            if free < piece.quantity:
                raise NotEnoughAtHand(
                    piece.lot,
                    wanted=piece.quantity,
                    free=free,
                    place=consignment.stand.name if back else _("gudang"),
                    advice="" if back else _("Batalkan titipan ini, lalu buat yang baru."),
                ) from short
        raise
    return Despatch.objects.create(entry=entry, consignment=consignment, at=at, by=by)


def same(existing: Made, digest: str) -> Made:
    """What the key already stands for; refuses another request (KeyReused)."""
    if existing.digest != digest:
        raise ledger_queries.KeyReused
    return existing
