"""Products, their prices at an instant, and what a list of products would change."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from karyabina.catalogue.models import Price, Product
from karyabina.offices.models import Office

DERIVED = 8  # letters of a code that is made from a name; lots have more to carry
LONGEST_CODE = 10


def prices_at(products: Iterable[Product], instant: datetime) -> dict[UUID, Price]:
    """The price of each product at that instant, by the product's key. One query.

    Products without a price yet are left out. What some pieces cost:
    `base.money.times_price(quantity, price.amount, price.per)`.
    """
    keys = [product.pk for product in products]
    newest = (
        Price.objects.filter(product=OuterRef("pk"), since__lte=instant)
        .order_by("-since", "-key")
        .values("pk")[:1]
    )
    wanted = Product.objects.filter(pk__in=keys).annotate(newest=Subquery(newest))
    found = Price.objects.filter(pk__in=wanted.values("newest"))
    return {price.product_id: price for price in found}


def unpriced(offices: QuerySet[Office], instant: datetime) -> QuerySet[Product]:
    """Products of these offices that are made but cannot be sold yet: they have no price."""
    priced = Price.objects.filter(product=OuterRef("pk"), since__lte=instant)
    return Product.objects.filter(~Exists(priced), office__in=offices, retired_at=None)


def search(
    offices: QuerySet[Office], words: str = "", category: str = "", office: str = ""
) -> QuerySet[Product]:
    """Products of these offices that have all the words in name, code or note."""
    found = Product.objects.filter(office__in=offices).select_related("office")
    if office:
        found = found.filter(office__code=office)
    if category:
        found = found.filter(category=category)
    for word in words.split()[:8]:
        found = found.filter(
            Q(name__icontains=word) | Q(code__icontains=word) | Q(note__icontains=word)
        )
    return found


def code_for(name: str, taken: Collection[str], numbers: dict[str, int] | None = None) -> str:
    """A code made from a product's name that is not among those `taken` at its office.

    Its first word where that is free ("Melon" gives MELON), else with the start of the second,
    else with a number. `numbers` remembers, for whoever asks for many codes, how far each word
    was counted.
    """
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = re.findall(r"[A-Z0-9]+", bare.replace("'", "")) or ["PRODUK"]
    if not words[0][0].isalpha():
        words[0] = "P" + words[0]
    first = words[0][:DERIVED]
    wishes = [first]
    if len(words) > 1:
        wishes.append((words[0][:4] + words[1])[:DERIVED])
    for wish in wishes:
        if wish not in taken:
            return wish
    numbers = {} if numbers is None else numbers
    number = numbers.get(first, 2)
    while (code := f"{first[: LONGEST_CODE - len(str(number))]}{number}") in taken:
        number += 1
    numbers[first] = number
    return code
