"""Recording a production: who made what, from material worth how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.catalogue.models import Measure, Product
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import Move
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from karyabina.stock.actions import make_lot
from karyabina.stock.queries import store_of
from karyabina.workshop.models import LARGEST_WORK, Production, Work

LONGEST = 366 * 24 * 60  # minutes; nobody works longer on one lot than a year has


@dataclass(frozen=True)
class WorkDone:
    """What one maker put in: minutes (basis hours) or pieces (basis pieces)."""

    maker: Maker
    amount: int


class ForeignProduct(Refusal):
    message = _("Produk ini milik kantor lain. Pilih produk kantor Anda sendiri.")


class NobodyMadeIt(Refusal):
    status = 400
    message = _(
        "Tuliskan siapa yang membuat barang ini: premi dibagi di antara mereka. "
        "Isi jam atau jumlah untuk sedikitnya satu peserta."
    )


class ForeignMaker(Refusal):
    message = _("Ada peserta dari kantor lain. Catat hanya peserta kantor ini.")


class MakerNamedTwice(Refusal):
    status = 400
    message = _("Satu peserta tertulis dua kali. Jumlahkan bagiannya dalam satu baris.")


class NotASaneWork(Refusal):
    status = 400
    message = _(
        "Jam kerja seorang peserta harus lebih dari 0 dan paling banyak 8.784 jam; "
        "jumlah barang harus lebih dari 0."
    )


class NotABasis(Refusal):
    status = 400
    message = _("Premi dibagi menurut jam kerja atau menurut jumlah yang dibuat. Pilih satu.")


class PiecesDoNotAddUp(Refusal):
    """`made` pieces in the lot, `named` pieces by makers."""

    status = 400

    def __init__(self, *, made: int, named: int) -> None:
        self.made, self.named = made, named
        super().__init__(
            _(
                "Jumlah per peserta (%(named)s) harus sama dengan jumlah yang dibuat (%(made)s). "
                "Periksa angkanya."
            )
            % {"named": named, "made": made}
        )


def produce(
    *,
    key: UUID,
    office: Office,
    product: Product,
    quantity: int,
    made_date: date,
    expiry_date: date | None,
    cost: int,
    basis: str,
    works: Sequence[WorkDone],
    by: Staff,
    at: datetime,
) -> Production:
    """The workshop hands a finished batch to the store: a new lot, its goods, and who made it.

    `quantity` is in the product's measure, `cost` (rupiah) is the material of the whole batch.
    `basis` says what the makers' amounts are, minutes or pieces, and so how premi will be shared.
    The lot has the production's key. The same key again returns the same production.

    Refuses another office's product or makers, nobody or somebody twice, work out of bounds,
    pieces that do not sum to the quantity of a product counted in pieces, and all that
    `stock.actions.make_lot` refuses.
    """
    request = {
        "office": office.code,
        "product": product.pk,
        "quantity": quantity,
        "made_date": made_date,
        "expiry_date": expiry_date,
        "cost": cost,
        "basis": str(basis),
        "works": sorted([work.maker.code, work.amount] for work in works),
    }
    with transaction.atomic():
        # One production of an office at a time: the second half of a double click waits here.
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        if ledger_queries.find(key=key, kind="production", request=request):
            return Production.objects.get(pk=key)
        if product.office_id != office.pk:
            raise ForeignProduct(field="product")
        _guard_works(office, product, quantity, basis, works)
        lot = make_lot(
            key=key,
            product=product,
            quantity=quantity,
            cost=cost,
            made_date=made_date,
            expiry_date=expiry_date,
            by=by,
            at=at,
        )
        entry = ledger.post(
            key=key,
            kind="production",
            by=by,
            occurred_at=at,
            request=request,
            moves=[Move("outside:workshop", store_of(office), lot.code, quantity)],
        )
        production = Production.objects.create(
            entry=entry, office=office, lot=lot, basis=basis, at=at, by=by
        )
        Work.objects.bulk_create(
            Work(production=production, maker=work.maker, amount=work.amount) for work in works
        )
    return production


def _guard_works(
    office: Office, product: Product, quantity: int, basis: str, works: Sequence[WorkDone]
) -> None:
    if basis not in Production.Basis.values:
        raise NotABasis(field="basis")
    if not works:
        raise NobodyMadeIt
    if any(work.maker.office_id != office.pk for work in works):
        raise ForeignMaker
    if len({work.maker.pk for work in works}) != len(works):
        raise MakerNamedTwice
    by_pieces = basis == Production.Basis.PIECES
    largest = LARGEST_WORK if by_pieces else LONGEST
    if any(not 1 <= work.amount <= largest for work in works):
        raise NotASaneWork
    named = sum(work.amount for work in works)
    if by_pieces and product.measure == Measure.PIECE and named != quantity:
        raise PiecesDoNotAddUp(made=quantity, named=named)
