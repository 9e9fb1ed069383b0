"""What this room explains of the books: what a lot is, and the lot behind a breakage."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from karyabina.ledger import explaining
from karyabina.ledger.explaining import About, Document
from karyabina.stock.models import Breakage, Lot


def lots(codes: Sequence[str]) -> dict[str, About]:
    found = Lot.objects.filter(code__in=codes).values_list(
        "code", "product__name", "product__measure", "office__code"
    )
    return {
        code: About(
            name,
            measure,
            url=reverse("stock:lot", args=[code]),
            permission="stock.see",
            office=office,
        )
        for code, name, measure, office in found
    }


def breakages(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Breakage.objects.filter(pk__in=keys).values_list("pk", "lot__code", "lot__office__code")
    return {
        key: Document(
            _("Lot %(lot)s") % {"lot": lot},
            reverse("stock:lot", args=[lot]),
            "stock.see",
            (office,),
        )
        for key, lot, office in found
    }


explaining.units(lots)
explaining.entries("breakage", breakages)
