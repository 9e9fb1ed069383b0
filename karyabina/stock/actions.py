"""Lots come into being; pieces break."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.base.times import local_day
from karyabina.catalogue.models import LARGEST_QUANTITY, Category, Product
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import HUB, Move
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from karyabina.stock.models import LARGEST_COST, Breakage, Lot
from karyabina.stock.queries import OUTSIDE, NotEnoughGoods, store_of

CODE_LENGTH = 24
MOST_LOTS = 99  # of one product on one day


class NotASaneQuantity(Refusal):
    status = 400
    message = _("Jumlah harus bilangan bulat mulai dari 1, paling banyak 1.000.000.000.")


class NotASaneCost(Refusal):
    status = 400
    message = _("Biaya bahan harus bilangan bulat rupiah, dari 0 sampai 100.000.000.000.")


class OfficeMakesNoGoods(Refusal):
    message = _("Kantor ini tidak membuat barang. Produksi dicatat di lapas, rutan, atau LPKA.")


class ProductIsRetired(Refusal):
    message = _("Produk ini sudah tidak dibuat lagi. Pilih produk lain, atau tambahkan yang baru.")


class MadeInTheFuture(Refusal):
    message = _("Tanggal produksi belum tiba. Catat produksi pada hari barang selesai dibuat.")


class NeedsAnExpiryDate(Refusal):
    message = _("Makanan harus mempunyai tanggal kedaluwarsa. Isi tanggal pada label.")


class ExpiresBeforeItIsMade(Refusal):
    message = _("Tanggal kedaluwarsa mendahului tanggal produksi. Periksa kedua tanggal.")


class TooManyLots(Refusal):
    message = _(
        "Sudah ada 99 lot produk ini pada tanggal itu. Gabungkan hasil produksinya dalam satu lot."
    )


class NeedsAReason(Refusal):
    status = 400
    message = _("Tuliskan alasannya, paling banyak 300 huruf.")


class NotAPlaceOfTheseGoods(Refusal):
    message = _("Barang lot ini tidak disimpan di tempat itu. Tidak ada yang dicatat.")


def make_lot(
    *,
    key: UUID,
    product: Product,
    quantity: int,
    cost: int,
    made_date: date,
    expiry_date: date | None,
    by: Staff,
    at: datetime,
) -> Lot:
    """A batch is finished: it gets its code, its unit in the ledger and its office's accounts.

    `quantity` is in the product's measure, `cost` in whole rupiah for all of it. The caller
    posts the entry that puts the goods into the store. The same key again returns the same lot.

    Refuses quantities and costs out of bounds, a retired product, an office that makes no
    goods, a production date after today, food without an expiry date, an expiry date before
    the production date, and a hundredth lot of a product on one day.
    """
    given = (product.pk, quantity, cost, made_date, expiry_date)
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=product.office_id)
        existing = Lot.objects.filter(pk=key).first()
        if existing:
            same = (
                existing.product_id,
                existing.quantity,
                existing.cost,
                existing.made_date,
                existing.expiry_date,
            )
            if same != given:
                raise ledger_queries.KeyReused
            return existing
        if not 1 <= quantity <= LARGEST_QUANTITY:
            raise NotASaneQuantity(field="quantity")
        if not 0 <= cost <= LARGEST_COST:
            raise NotASaneCost(field="cost")
        if not office.makes_goods:
            raise OfficeMakesNoGoods(field="product")
        if product.retired_at is not None and product.retired_at <= at:
            raise ProductIsRetired(field="product")
        if made_date > local_day(at, office.time_zone):
            raise MadeInTheFuture(field="made_date")
        if expiry_date is None and product.category == Category.FOOD:
            raise NeedsAnExpiryDate(field="expiry_date")
        if expiry_date is not None and expiry_date < made_date:
            raise ExpiresBeforeItIsMade(field="expiry_date")
        code = _next_code(office, product, made_date)
        open_accounts(office=office, at=at)
        return Lot.objects.create(
            key=key,
            code=code,
            unit=ledger.add_unit(code=code, kind="lot"),
            product=product,
            office=office,
            made_date=made_date,
            expiry_date=expiry_date,
            quantity=quantity,
            cost=cost,
        )


def open_accounts(*, office: Office, at: datetime) -> None:
    """The accounts that an office with goods needs, and those of the world outside; opening them
    again changes nothing."""
    kinds = ("store", "difference", "due", "owed", "capital")
    own = {f"{kind}:{office.code}": office.code for kind in kinds}
    ledger.open_accounts(homes=own | dict.fromkeys(OUTSIDE, HUB), at=at)


def _next_code(office: Office, product: Product, made: date) -> str:
    """KLB-MELON-251029-1. The caller holds the office's row, so that numbers do not collide.

    A long product code is cut so that the whole fits: the number keeps it unique.
    """
    tail = f"-{made:%y%m%d}-"
    room = CODE_LENGTH - len(office.code) - 1 - len(tail) - len(str(MOST_LOTS))
    head = f"{office.code}-{product.code[:room]}{tail}"
    taken = Lot.objects.filter(code__startswith=head).values_list("code", flat=True)
    number = 1 + max((int(code.removeprefix(head)) for code in taken), default=0)
    if number > MOST_LOTS:
        raise TooManyLots(field="made_date")
    return f"{head}{number}"


def break_pieces(
    *, key: UUID, lot: Lot, place: str, quantity: int, reason: str, by: Staff, at: datetime
) -> Breakage:
    """Pieces of a lot broke or spoiled where they stood: they leave the books, with the reason.

    `place` is the ledger account that held them: the office's own store, or a stand. What they
    cost is borne by the office's working capital. The same key again returns the same breakage.

    Refuses quantities out of bounds, no reason, a place that is no store of that office nor a
    stand, and more pieces than are there (NotEnoughGoods).
    """
    reason = reason.strip()
    request = {"lot": lot.code, "place": place, "quantity": quantity, "reason": reason}
    with transaction.atomic():
        # The second half of a double click waits here until the first is written.
        Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)
        if ledger_queries.find(key=key, kind="breakage", request=request):
            return Breakage.objects.get(pk=key)
        if not 1 <= quantity <= LARGEST_QUANTITY:
            raise NotASaneQuantity(field="quantity")
        if not 1 <= len(reason) <= 300:
            raise NeedsAReason(field="reason")
        if place != store_of(lot.office) and not place.startswith("stand:"):
            raise NotAPlaceOfTheseGoods(field="place")
        try:
            entry = ledger.post(
                key=key,
                kind="breakage",
                by=by,
                occurred_at=at,
                request=request,
                moves=[Move(place, "outside:broken", lot.code, quantity)],
                note=reason,
            )
        except ledger.NotEnough as short:
            have = ledger_queries.balance(place, lot.code)
            raise NotEnoughGoods(product=lot.product, have=have, wanted=quantity) from short
        return Breakage.objects.create(
            entry=entry, lot=lot, place=place, quantity=quantity, reason=reason, at=at, by=by
        )
