"""Naming products, giving them a price, retiring them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.base.spreadsheets import Problem
from karyabina.catalogue import lists, queries
from karyabina.catalogue.lists import Line, Plan, ProductRow
from karyabina.catalogue.models import (
    LARGEST_PER,
    LARGEST_PRICE,
    Category,
    Import,
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


class RowsHaveProblems(Refusal):
    """Nothing of the list was taken in; `problems` says what is wrong in which row."""

    status = 400
    message = _("Berkas ini belum dapat diimpor: ada baris yang bermasalah. Tidak ada yang diubah.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class NothingToImport(Refusal):
    status = 400
    message = _("Tidak ada baris untuk diimpor.")


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
    digest = product_digest(office.code, code or "", name, str(category), str(measure), note)
    existing = Product.objects.filter(pk=key).first()
    if existing:
        if existing.digest != digest:
            raise KeyReused
        return existing
    if not office.makes_goods:
        raise OfficeMakesNoGoods(field="office")
    # Two people naming products of one office at once wait for each other here.
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
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


def product_digest(
    office: str, code: str, name: str, category: str, measure: str, note: str
) -> str:
    request = {
        "office": office,
        "code": code,
        "name": name,
        "category": category,
        "measure": measure,
        "note": note,
    }
    return digest_of("product", request)


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
    digest = price_digest(product, amount, per, None if since == at else since)
    existing = Price.objects.filter(pk=key).first()
    if existing:
        if existing.digest != digest:
            raise KeyReused
        return existing
    if not 0 < amount <= LARGEST_PRICE:
        raise PriceNotSane(field="amount")
    if not 0 < per <= LARGEST_PER:
        raise PriceNotSane(field="per")
    Product.objects.select_for_update(no_key=True).get(pk=product.pk)
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


def price_digest(product: Product, amount: int, per: int, since: datetime | None) -> str:
    """Of what was asked for; None means at once, whenever that is."""
    request = {"product": product.pk, "amount": amount, "per": per, "since": since}
    return digest_of("price", request)


@transaction.atomic
def retire(*, product: Product, by: Staff, at: datetime) -> Product:
    """The office makes this no longer. What is left of it may still be sold, its price changed.

    Retiring it again changes nothing.
    """
    now = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if now.retired_at is None:
        now.retired_at = at
        now.retired_by = by
        now.save(update_fields=("retired_at", "retired_by"))
        about = f"{now.office.code} {now.code}"
        record(by=by, at=at, office=now.office, what="catalogue.retire", about=about)
    return now


@transaction.atomic
def import_products(
    *,
    key: UUID,
    rows: Sequence[ProductRow],
    offices: QuerySet[Office],
    file_name: str,
    by: Staff,
    at: datetime,
) -> Import:
    """Take in a whole list of products, or nothing of it.

    A product is known by its code, or where the row has none by its name. New ones are added; of
    known ones name, category and note are brought up to date, and a price that differs from
    today's counts from `at` on. The same list again changes nothing. `offices` are those for
    which `by` may import.

    The same key with the same rows gives the same import again. Refuses an empty list and, with
    every problem, a list that has any (RowsHaveProblems).
    """
    digest = digest_of("import", {"rows": [asdict(row) for row in rows]})
    existing = Import.objects.filter(pk=key).first()
    if existing:
        if existing.digest != digest:
            raise KeyReused
        return existing
    if not rows:
        raise NothingToImport
    named = offices.filter(code__in={row.office for row in rows})
    list(
        Office.objects.select_for_update(no_key=True)
        .filter(pk__in=named.values("pk"))
        .order_by("pk")
    )
    plan = lists.compare(rows, named, at)
    if plan.problems:
        raise RowsHaveProblems(plan.problems)
    carry_out(plan, by=by, at=at)
    return Import.objects.create(
        key=key,
        file_name=file_name[:120],
        digest=digest,
        added=len(plan.new),
        changed=len(plan.changed),
        priced=len(plan.priced),
        unchanged=len(plan.unchanged),
        at=at,
        by=by,
    )


def carry_out(plan: Plan, *, by: Staff, at: datetime) -> None:
    """Add, change and price what the plan says, in a few statements whatever its length."""
    products = {line.row.number: product_of(line) for line in plan.new}
    Product.objects.bulk_create(products.values(), batch_size=500)
    for line in plan.lines:
        if line.product is not None:
            products[line.row.number] = line.product
            bring_up_to_date(line.product, line, by=by, at=at)
    prices = []
    for line in plan.lines:
        if line.price is not None:
            amount, per = line.price
            product = products[line.row.number]
            prices.append(
                Price(
                    key=new_key(),
                    product=product,
                    amount=amount,
                    per=per,
                    since=at,
                    digest=price_digest(product, amount, per, None),
                    set_at=at,
                    set_by=by,
                )
            )
    Price.objects.bulk_create(prices, batch_size=500)
    for office, lines in lists.by_office(plan.lines).items():
        counts = (
            sum(line.is_new for line in lines),
            sum(bool(line.changes) for line in lines),
            sum(line.price is not None for line in lines),
        )
        told = "baru {}, diubah {}, harga {}".format(*counts)
        record(by=by, at=at, office=office, what="catalogue.import", about=office.code, detail=told)


def bring_up_to_date(product: Product, line: Line, *, by: Staff, at: datetime) -> None:
    for name, (_now, then) in line.changes.items():
        setattr(product, name, then)
    if line.changes:
        checked(product)
        product.save(update_fields=list(line.changes))
        record(
            by=by,
            at=at,
            office=line.office,
            what="catalogue.change",
            about=f"{line.office.code} {product.code}",
            detail=trail.changes(Product, line.changes),
        )


def product_of(line: Line) -> Product:
    """The new product of a line, not yet saved."""
    row = line.row
    product = Product(
        key=new_key(),
        office=line.office,
        code=line.code,
        name=row.name,
        category=row.category,
        measure=line.measure,
        note=row.note,
        digest=product_digest(
            line.office.code, line.code, row.name, row.category, line.measure, row.note
        ),
    )
    checked(product)
    return product


trail.name("catalogue.add", _("Produk dicatat"))
trail.name("catalogue.change", _("Produk diubah"))
trail.name("catalogue.retire", _("Produk dihentikan"))
trail.name("catalogue.import", _("Daftar produk diimpor"))
