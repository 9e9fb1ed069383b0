"""What this room explains of the books: the receipt or the shift behind an entry."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from karyabina.ledger import explaining
from karyabina.ledger.explaining import Document
from karyabina.till.models import Close, Refund, Sale, Shift


def receipt(shift: str, number: int, holder: str) -> Document:
    """The receipt of a sale, where its refunds stand too."""
    title = _("Struk %(shift)s-%(number)s") % {"shift": shift, "number": number}
    return Document(title, reverse("till:receipt", args=[shift, number]), "till.see", (holder,))


def drawer(shift: str, holder: str) -> Document:
    title = _("Sif %(shift)s") % {"shift": shift}
    return Document(title, reverse("till:summary", args=[shift]), "till.see", (holder,))


def sales(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Sale.objects.filter(pk__in=keys).values_list(
        "pk", "shift__code", "number", "shift__stand__holder__code"
    )
    return {key: receipt(shift, number, holder) for key, shift, number, holder in found}


def refunds(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Refund.objects.filter(pk__in=keys).values_list(
        "pk", "sale__shift__code", "sale__number", "sale__shift__stand__holder__code"
    )
    return {key: receipt(shift, number, holder) for key, shift, number, holder in found}


def opened_shifts(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Shift.objects.filter(pk__in=keys).values_list("pk", "code", "stand__holder__code")
    return {key: drawer(shift, holder) for key, shift, holder in found}


def closed_shifts(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Close.objects.filter(pk__in=keys).values_list(
        "pk", "shift__code", "shift__stand__holder__code"
    )
    return {key: drawer(shift, holder) for key, shift, holder in found}


explaining.entries("sale", sales)
explaining.entries("refund", refunds)
explaining.entries("float_in", opened_shifts)
explaining.entries("shift_close", closed_shifts)
