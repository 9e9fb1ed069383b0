"""A shift begins with a float in the drawer and ends with the drawer counted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.base.times import local_day
from karyabina.festivals.models import Stand
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import RUPIAH
from karyabina.staff.models import Staff
from karyabina.till import queries
from karyabina.till.models import LARGEST_SUM, Close, Shift

MOST_SHIFTS = 999  # of one stand on one day: the number ends the shift's code


class NotASaneSum(Refusal):
    status = 400
    message = _("Isi jumlah uang dalam rupiah penuh, dari 0 sampai Rp 10.000.000.000.")


class StandIsClosed(Refusal):
    message = _("Gerai ini sudah ditutup. Tidak ada yang dicatat.")


class ShiftIsOpenAlready(Refusal):
    """`shift` is the one that is open."""

    def __init__(self, shift: Shift) -> None:
        self.shift = shift
        super().__init__(
            _(
                "Anda masih membuka sif %(shift)s di gerai ini. Lanjutkan sif itu, atau hitung "
                "lacinya dan tutup dahulu."
            )
            % {"shift": shift.code}
        )


class ShiftIsClosed(Refusal):
    message = _(
        "Sif ini sudah ditutup dan lacinya sudah dihitung. Tidak ada yang dicatat; buka sif baru "
        "untuk melanjutkan."
    )


class NotYourShift(Refusal):
    status = 403
    message = _(
        "Sif ini dibuka oleh kasir lain. Tidak ada yang dicatat; buka sif Anda sendiri di gerai "
        "ini."
    )


class TooManyShifts(Refusal):
    message = _("Sudah ada 999 sif di gerai ini hari ini. Lanjutkan besok.")


class SayWhy(Refusal):
    status = 400
    message = _(
        "Anda menutup sif kasir lain. Tuliskan alasannya pada keterangan, paling banyak 300 huruf."
    )


def held(*, shift: Shift) -> Shift:
    """The shift with its stand, both locked until the transaction ends: the stand first."""
    stand = (
        Stand.objects.select_for_update(of=("self",), no_key=True)
        .select_related("festival", "holder")
        .get(pk=shift.stand_id)
    )
    found = (
        Shift.objects.select_for_update(of=("self",), no_key=True)
        .select_related("opened_by")
        .get(pk=shift.pk)
    )
    found.stand = stand
    return found


def guard_selling(*, shift: Shift, by: Staff) -> None:
    """Money moves only in one's own open shift at an open stand."""
    if queries.is_closed(shift.stand):
        raise StandIsClosed
    if Close.objects.filter(shift=shift).exists():
        raise ShiftIsClosed
    if shift.opened_by_id != by.pk:
        raise NotYourShift


def open_shift(*, key: UUID, stand: Stand, float_amount: int, by: Staff, at: datetime) -> Shift:
    """A cashier begins to sell at a stand, with some change in the drawer.

    `float_amount` in rupiah, may be 0; it comes from outside the books and goes back there when
    the shift is closed. Several cashiers may each have a shift at the same stand. The same key
    again returns the same shift.

    Refuses a closed stand, a second open shift of the same cashier here, and sums out of bounds.
    """
    request = {"stand": stand.code, "float": float_amount}
    digest = ledger_queries.digest_of("shift", request)
    with transaction.atomic():
        stand = (
            Stand.objects.select_for_update(of=("self",), no_key=True)
            .select_related("festival", "holder")
            .get(pk=stand.pk)
        )
        existing = Shift.objects.filter(pk=key).select_related("stand").first()
        if existing:
            if existing.digest != digest:
                raise ledger_queries.KeyReused
            return existing
        if queries.is_closed(stand):
            raise StandIsClosed
        if not 0 <= float_amount <= LARGEST_SUM:
            raise NotASaneSum(field="float_amount")
        mine = queries.open_shift(stand, by)
        if mine:
            raise ShiftIsOpenAlready(mine)
        shift = Shift.objects.create(
            key=key,
            code=_next_code(stand, at),
            stand=stand,
            float_amount=float_amount,
            digest=digest,
            opened_at=at,
            opened_by=by,
        )
        home = stand.holder.code
        for account in (shift.account, f"bank:{home}", f"owed:{home}", f"difference:{stand.code}"):
            ledger.open_account(code=account, home=home, at=at)
        if float_amount:
            ledger.post(
                key=key,
                kind="float_in",
                by=by,
                occurred_at=at,
                request=request,
                moves=[ledger.Move("outside:world", shift.account, RUPIAH, float_amount)],
            )
    return shift


def _next_code(stand: Stand, at: datetime) -> str:
    """GERAI-251029-1: the stand, its local day, a running number. The caller holds the stand."""
    head = f"{stand.code}-{local_day(at, queries.zone_of(stand)):%y%m%d}-"
    taken = Shift.objects.filter(code__startswith=head).values_list("code", flat=True)
    number = 1 + max((int(code.removeprefix(head)) for code in taken), default=0)
    if number > MOST_SHIFTS:
        raise TooManyShifts
    return f"{head}{number}"


def close_shift(
    *, key: UUID, shift: Shift, counted: int, note: str, by: Staff, at: datetime
) -> Close:
    """The drawer is counted, and nothing is sold or refunded in this shift any more.

    `counted` is all the money in the drawer, in rupiah, the float included. Where it differs from
    what the books expect, the difference is booked against the stand's difference account and
    stands there until a person clears it. The float leaves the books again (as much of it as is
    there); the takings stay in the drawer's account until they are handed over. A closed stand
    does not stand in the way. The same key again returns the same close.

    Refuses a shift that is closed already, sums out of bounds, and closing a colleague's shift
    without saying why.
    """
    note = note.strip()
    request = {"shift": shift.code, "counted": counted, "note": note}
    digest = ledger_queries.digest_of("shift_close", request)
    with transaction.atomic():
        shift = held(shift=shift)
        existing = Close.objects.filter(pk=key).select_related("shift").first()
        if existing:
            if existing.digest != digest:
                raise ledger_queries.KeyReused
            return existing
        if Close.objects.filter(shift=shift).exists():
            raise ShiftIsClosed
        if not 0 <= counted <= LARGEST_SUM:
            raise NotASaneSum(field="counted")
        if len(note) > 300 or (not note and shift.opened_by_id != by.pk):
            raise SayWhy(field="note")
        expected = ledger_queries.balance(shift.account, RUPIAH)
        moves = _closing_moves(shift, expected, counted)
        if moves:
            ledger.post(
                key=key,
                kind="shift_close",
                by=by,
                occurred_at=at,
                request=request,
                moves=moves,
                note=note,
            )
        return Close.objects.create(
            key=key,
            shift=shift,
            expected=expected,
            counted=counted,
            difference=counted - expected,
            note=note,
            digest=digest,
            at=at,
            by=by,
        )


def _closing_moves(shift: Shift, expected: int, counted: int) -> list[ledger.Move]:
    drawer, difference = shift.account, f"difference:{shift.stand.code}"
    moves = []
    if counted > expected:
        moves.append(ledger.Move(difference, drawer, RUPIAH, counted - expected))
    if counted < expected:
        moves.append(ledger.Move(drawer, difference, RUPIAH, expected - counted))
    float_back = min(shift.float_amount, counted)
    if float_back:
        moves.append(ledger.Move(drawer, "outside:world", RUPIAH, float_back))
    return moves
