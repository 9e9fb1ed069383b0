"""What this room explains of the books: the production behind an entry."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from karyabina.ledger import explaining
from karyabina.ledger.explaining import Document
from karyabina.workshop.models import Production


def productions(keys: Sequence[UUID]) -> dict[UUID, Document]:
    found = Production.objects.filter(pk__in=keys).values_list("pk", "lot__code", "office__code")
    return {
        key: Document(
            _("Produksi %(lot)s") % {"lot": lot},
            reverse("workshop:production", args=[lot]),
            "workshop.see",
            (office,),
        )
        for key, lot, office in found
    }


explaining.entries("production", productions)
