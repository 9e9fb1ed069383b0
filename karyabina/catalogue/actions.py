"""Naming products, giving them a price, retiring them."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.catalogue import queries
from karyabina.catalogue.models import (
    LARGEST_PER,
    LARGEST_PRICE,
    Category,
    Measure,
    Price,
    Product,
)
from karyabina.ledger.queries import KeyReused, digest_of
from karyabina.offices.models import Office
from karyabina.staff.actions import record
from karyabina.staff.models import Staff


class OfficeMakesNoGoods(Refusal):
    message = _("Kantor ini tidak membuat barang. Pilih lapas, rutan atau LPKA.")


class ProductNameTaken(Refusal):
    message = _("Kantor ini sudah mempunyai produk dengan nama ini.")


class ProductCodeTaken(Refusal):
    message = _("Kantor ini sudah mempunyai produk dengan kode ini. Pilih kode lain.")


class ProductNotWellFormed(Refusal):
    status = 400


class PriceNotSane(Refusal):
    status = 400
    message = _("Harga harus lebih dari nol dan paling banyak Rp 1.000.000.000.")


class PriceInThePast(Refusal):
    message = _(
        "Harga tidak dapat berlaku surut: yang sudah terjual tetap dengan harga waktu itu. "
        "Pilih waktu mulai sekarang atau sesudahnya."
    )


@transaction.atomic
def add_product(
    *,
    key: UUID,
    office: Office,
    code: str | None,
    name: str,
    category: Category | str,
    measure: Measure | str,
    note: str,
    by: Staff,
    at: datetime,
) -> Product:
    """Name one thing that an office makes. Without `code` one is made from the name.

    The same key with the same request gives the same product again. Refuses offices that make
    nothing, a name or code that the office has already, and what is not well formed.
    """
    name = " ".join(name.split())
    digest = digest_of(
        "product",
        {
            "office": office.code,
            "code": code or "",
            "name": name,
            "category": str(category),
            "measure": str(measure),
            "note": note,
        },
    )
    existing = Product.objects.filter(pk=key).first()
    if existing:
        if existing.digest != digest:
            raise KeyReused
        return existing
    if not office.makes_goods:
        raise OfficeMakesNoGoods(field="office")
    # Two people naming products of one office at once wait for each other here.
    Office.objects.select_for_update().get(pk=office.pk)
    taken = set(Product.objects.filter(office=office).values_list("code", flat=True))
    if code and code in taken:
        raise ProductCodeTaken(field="code")
    if Product.objects.filter(office=office, name__iexact=name).exists():
        raise ProductNameTaken(field="name")
    product = Product(
        key=key,
        office=office,
        code=code or queries.code_for(name, taken),
        name=name,
        category=category,
        measure=measure,
        note=note,
        digest=digest,
    )
    checked(product)
    product.save(force_insert=True)
    about = f"{office.code} {product.code}"
    record(by=by, at=at, office=office, what="catalogue.add", about=about, detail=name)
    return product


def checked(product: Product) -> None:
    """Refuse what the fields themselves do not allow (lengths, code, category, measure)."""
    try:
        product.clean_fields(exclude=("office", "retired_by"))
    except ValidationError as faults:
        raise ProductNotWellFormed("; ".join(faults.messages)) from faults


@transaction.atomic
def set_price(
    *,
    key: UUID,
    product: Product,
    amount: int,
    per: int,
    since: datetime,
    by: Staff,
    at: datetime,
) -> Price:
    """Say what a product costs from `since` on: `amount` rupiah per `per` of its measure.

    Earlier prices stay, and sales keep the price they were made at. Only a product's first price
    may begin before `at`: without a price nothing can have been sold. A price that is announced
    for later counts from then on, also when another is set for the time between; said again for
    the same instant, the later word counts.

    The same key with the same request gives the same price again. Refuses amounts of nothing or
    out of all proportion, and a beginning in the past.
    """
    digest = digest_of(
        "price", {"product": product.pk, "amount": amount, "per": per, "since": since}
    )
    existing = Price.objects.filter(pk=key).first()
    if existing:
        if existing.digest != digest:
            raise KeyReused
        return existing
    if not 0 < amount <= LARGEST_PRICE:
        raise PriceNotSane(field="amount")
    if not 0 < per <= LARGEST_PER:
        raise PriceNotSane(field="per")
    Product.objects.select_for_update().get(pk=product.pk)
    if since < at and Price.objects.filter(product=product).exists():
        raise PriceInThePast(field="since")
    try:
        with transaction.atomic():
            price = Price.objects.create(
                key=key,
                product=product,
                amount=amount,
                per=per,
                since=since,
                digest=digest,
                set_at=at,
                set_by=by,
            )
    except IntegrityError:  # the same request, twice at once
        return Price.objects.get(pk=key, digest=digest)
    return price


@transaction.atomic
def retire(*, product: Product, by: Staff, at: datetime) -> Product:
    """The office makes this no longer. What is left of it may still be sold, its price changed.

    Retiring it again changes nothing.
    """
    now = Product.objects.select_for_update().get(pk=product.pk)
    if now.retired_at is None:
        now.retired_at = at
        now.retired_by = by
        now.save(update_fields=("retired_at", "retired_by"))
        about = f"{now.office.code} {now.code}"
        record(by=by, at=at, office=now.office, what="catalogue.retire", about=about)
    return now
