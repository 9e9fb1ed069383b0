"""A sale: goods to the buyer, money into the drawer or the bank, and each office's due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from karyabina.base.keys import new_key
from karyabina.base.money import rupiah_text, share
from karyabina.base.refusal import Refusal
from karyabina.catalogue.models import Product
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import RUPIAH, Entry
from karyabina.staff.models import Staff
from karyabina.stock.models import Lot
from karyabina.stock.queries import NotEnoughGoods
from karyabina.till import queries
from karyabina.till.actions.shifts import guard_selling, held
from karyabina.till.models import LARGEST_QUANTITY, LARGEST_SUM, Means, Sale, SaleLine, Shift

MOST_LINES = 200  # of one receipt: an entry holds at most 1,000 movements


@dataclass(frozen=True)
class Want:
    """So much of a product, in its measure (pieces, grams, millilitres)."""

    product: Product
    quantity: int


class NothingInTheBasket(Refusal):
    status = 400
    message = _("Keranjang masih kosong. Pilih barang dahulu.")


class NotASaneQuantity(Refusal):
    status = 400
    message = _(
        "Jumlah setiap barang harus bilangan bulat mulai dari 1, paling banyak 10.000.000. "
        "Penjualan belum dicatat."
    )


class TooManyLines(Refusal):
    message = _(
        "Satu struk memuat paling banyak 200 baris. Penjualan belum dicatat; bagilah menjadi "
        "beberapa struk."
    )


class NotOnThisStand(Refusal):
    def __init__(self, product: Product) -> None:
        self.product = product
        super().__init__(
            _(
                "%(product)s tidak ada di gerai ini atau sudah habis. Penjualan belum dicatat; "
                "keluarkan dari keranjang."
            )
            % {"product": product.name}
        )


class HasExpired(Refusal):
    def __init__(self, product: Product) -> None:
        self.product = product
        super().__init__(
            _(
                "%(product)s sudah lewat tanggal kedaluwarsa dan tidak boleh dijual. Penjualan "
                "belum dicatat; keluarkan dari keranjang."
            )
            % {"product": product.name}
        )


class HasNoPrice(Refusal):
    def __init__(self, product: Product) -> None:
        self.product = product
        super().__init__(
            _(
                "%(product)s belum mempunyai harga. Penjualan belum dicatat; keluarkan dari "
                "keranjang, atau mintalah kantor pembuatnya menetapkan harga."
            )
            % {"product": product.name}
        )


class CostsTooLittle(Refusal):
    def __init__(self, product: Product) -> None:
        self.product = product
        super().__init__(
            _(
                "%(product)s sebanyak itu berharga kurang dari Rp 1. Penjualan belum dicatat; "
                "tambah jumlahnya."
            )
            % {"product": product.name}
        )


class CostsTooMuch(Refusal):
    message = _(
        "Jumlah struk ini melebihi Rp 10.000.000.000. Penjualan belum dicatat; periksa jumlah "
        "setiap barang."
    )


class PriceChanged(Refusal):
    """`total` is what the basket costs now."""

    def __init__(self, *, total: int, expected: int) -> None:
        self.total = total
        super().__init__(
            _(
                "Harga baru saja berubah: jumlahnya kini %(total)s, bukan %(expected)s. Penjualan "
                "belum dicatat; beri tahu pembeli, lalu terima pembayarannya sekali lagi."
            )
            % {"total": rupiah_text(total), "expected": rupiah_text(expected)}
        )


class MeansIsUnknown(Refusal):
    status = 400
    message = _("Pilih cara bayar: tunai atau QRIS.")


class NotPaidInFull(Refusal):
    def __init__(self, short: int) -> None:
        self.short = short
        super().__init__(
            _("Uang yang diterima kurang %(short)s. Penjualan belum dicatat.")
            % {"short": rupiah_text(short)},
            field="tendered",
        )


class TooMuchMoney(Refusal):
    status = 400
    message = _("Uang yang diterima terlalu besar. Periksa angkanya; penjualan belum dicatat.")


class NotTheExactSum(Refusal):
    message = _(
        "Pembayaran QRIS harus tepat sebesar jumlah struk. Penjualan belum dicatat; muat ulang "
        "halaman pembayaran."
    )


@dataclass(frozen=True)
class Part:
    """Some of one lot in a basket, with its share of what the product costs."""

    lot: Lot
    quantity: int
    price: int
    per: int
    amount: int


def sell(
    *,
    key: UUID,
    shift: Shift,
    wants: Sequence[Want],
    means: str,
    tendered: int,
    expected_total: int,
    by: Staff,
    at: datetime,
) -> Sale:
    """A buyer takes goods from the stand and has paid for them; the receipt gets its number.

    Goods are taken from the lots that expire first. `expected_total` is the sum that the cashier
    and the buyer saw, `tendered` what the buyer gave: all amounts in whole rupiah. Cash goes into
    the shift's drawer, QRIS to the bank of the stand's holder, who from then on owes each office
    the price of its goods. The same key again returns the same sale, whatever has changed since.

    Refuses a closed stand or shift, another cashier's shift, an empty basket, quantities and sums
    out of bounds, goods that are not here, too few, expired or without a price, a total other than
    the one expected (PriceChanged), and money that is not enough or, by QRIS, not exact.
    """
    quantities = _merged(wants)
    request = {
        "shift": shift.code,
        "wants": sorted([str(pk), want.quantity] for pk, want in quantities.items()),
        "means": str(means),
        "tendered": tendered,
        "expected_total": expected_total,
    }
    with transaction.atomic():
        shift = held(shift=shift)
        if ledger_queries.find(key=key, kind="sale", request=request):
            return Sale.objects.select_related("shift").get(pk=key)
        guard_selling(shift=shift, by=by)
        parts = basket(shift=shift, wants=quantities, at=at)
        total = sum(part.amount for part in parts)
        _guard_payment(means, tendered, total, expected_total)
        entry = _post(key, shift, parts, means, by, at, request)
        SaleLine.objects.bulk_create(
            SaleLine(
                key=new_key(),
                sale_id=key,
                n=n,
                lot=part.lot,
                quantity=part.quantity,
                price=part.price,
                per=part.per,
                amount=part.amount,
            )
            for n, part in enumerate(parts, start=1)
        )
        last = Sale.objects.filter(shift=shift).aggregate(last=Max("number"))["last"]
        return Sale.objects.create(
            entry=entry,
            shift=shift,
            number=(last or 0) + 1,
            means=means,
            total=total,
            tendered=tendered,
            occurred_at=at,
            by=by,
        )


def _merged(wants: Sequence[Want]) -> dict[UUID, Want]:
    """One want a product, in the order in which they came first."""
    merged: dict[UUID, Want] = {}
    for want in wants:
        before = merged.get(want.product.pk)
        merged[want.product.pk] = (
            Want(want.product, before.quantity + want.quantity) if before else want
        )
    return merged


def basket(*, shift: Shift, wants: Mapping[UUID, Want], at: datetime) -> list[Part]:
    """The lots that make up a basket and what each costs now. Refuses what cannot be sold."""
    if not wants:
        raise NothingInTheBasket
    here = queries.goods_at(shift.stand, at)
    parts: list[Part] = []
    for pk, want in wants.items():
        if not 1 <= want.quantity <= LARGEST_QUANTITY:
            raise NotASaneQuantity
        goods = here.get(pk)
        if goods is None:
            raise NotOnThisStand(want.product)
        if not goods.lots:
            raise HasExpired(want.product)
        if goods.price is None:
            raise HasNoPrice(want.product)
        taken = goods.take(want.quantity)
        amount = goods.costs(want.quantity)
        if amount < len(taken):
            raise CostsTooLittle(want.product)
        if amount > LARGEST_SUM:
            raise CostsTooMuch
        price, per = goods.price.amount, goods.price.per
        amounts = spread(amount=amount, quantities=[quantity for _lot, quantity in taken])
        parts += [
            Part(lot, quantity, price, per, one)
            for (lot, quantity), one in zip(taken, amounts, strict=True)
        ]
    if len(parts) > MOST_LINES:
        raise TooManyLines
    return parts


def spread(*, amount: int, quantities: Sequence[int]) -> list[int]:
    """What a product costs, shared over the lots it is taken from: whole, exact, none for nothing.

    Largest remainder by quantity. A lot whose share would be 0 takes a rupiah from the largest
    share: its makers have sold something. `amount` must be at least the number of lots.
    """
    shares = share(amount, quantities)
    for n, one in enumerate(shares):
        if one == 0:
            largest = max(range(len(shares)), key=lambda other: shares[other])
            shares[largest] -= 1
            shares[n] = 1
    return shares


def _guard_payment(means: str, tendered: int, total: int, expected: int) -> None:
    if means not in Means.values:
        raise MeansIsUnknown(field="means")
    if total > LARGEST_SUM:
        raise CostsTooMuch
    if total != expected:
        raise PriceChanged(total=total, expected=expected)
    if tendered > LARGEST_SUM:
        raise TooMuchMoney(field="tendered")
    if means == Means.QRIS and tendered != total:
        raise NotTheExactSum
    if tendered < total:
        raise NotPaidInFull(total - tendered)


def _post(
    key: UUID,
    shift: Shift,
    parts: Sequence[Part],
    means: str,
    by: Staff,
    at: datetime,
    request: dict[str, object],
) -> Entry:
    holder = shift.stand.holder.code
    money_goes_to = shift.account if means == Means.CASH else f"bank:{holder}"
    due: dict[str, int] = {}
    for part in parts:
        code = part.lot.office.code
        due[code] = due.get(code, 0) + part.amount
    moves = [
        *(
            ledger.Move(shift.stand.account, "outside:buyer", part.lot.code, part.quantity)
            for part in parts
        ),
        ledger.Move("outside:buyer", money_goes_to, RUPIAH, sum(due.values())),
        *(
            ledger.Move(f"owed:{holder}", f"due:{office}", RUPIAH, amount)
            for office, amount in sorted(due.items())
        ),
    ]
    try:
        return ledger.post(
            key=key, kind="sale", by=by, occurred_at=at, request=request, moves=moves
        )
    except ledger.NotEnough as short:  # broken or sent back at this very moment
        gone = next((part for part in parts if part.lot.code == short.unit), None)
        if gone is None:
            raise
        raise NotEnoughGoods(
            product=gone.lot.product,
            have=ledger_queries.balance(shift.stand.account, short.unit),
            wanted=gone.quantity,
        ) from short
