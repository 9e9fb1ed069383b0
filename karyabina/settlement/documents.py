"""What this room explains of the books: the settlement behind an entry."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from karyabina.ledger import explaining
from karyabina.ledger.explaining import Document
from karyabina.settlement.models import Settlement


def settlements(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Settlement.objects.filter(pk__in=keys).values_list(
        "pk", "office__code", "festival__name"
    )
    return {
        key: Document(
            _("Bagi hasil %(office)s, %(festival)s") % {"office": office, "festival": festival},
            reverse("settlement:detail", args=[key]),
            "settlement.see",
            (office,),
        )
        for key, office, festival in found
    }


explaining.entries("settlement", settlements)
