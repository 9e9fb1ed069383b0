"""What this room explains of the books: the consignment behind an entry."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from karyabina.consignment.models import Clearance, Despatch, Receipt
from karyabina.ledger import explaining
from karyabina.ledger.explaining import Document

OF_COUNT = "count__receipt__consignment"


def consignments(
    model: type[models.Model], path: str
) -> Callable[[Sequence[UUID]], dict[UUID, Document]]:
    """The consignments of papers of this kind, which they name by `path`."""

    def explain(keys: Sequence[UUID]) -> dict[UUID, Document]:
        columns = ("pk", f"{path}__code", f"{path}__office__code", f"{path}__stand__holder__code")
        return {
            key: Document(
                _("Titipan %(code)s") % {"code": code},
                reverse("consignment:story", args=[code]),
                "consignment.see",
                (office, holder),
            )
            for key, code, office, holder in model._default_manager.filter(pk__in=keys).values_list(
                *columns
            )
        }

    return explain


explaining.entries("despatch", consignments(Despatch, "consignment"))
explaining.entries("return_despatch", consignments(Despatch, "consignment"))
explaining.entries("receipt", consignments(Receipt, "consignment"))
explaining.entries("return_receipt", consignments(Receipt, "consignment"))
explaining.entries("loss", consignments(Clearance, OF_COUNT))
explaining.entries("found", consignments(Clearance, OF_COUNT))
