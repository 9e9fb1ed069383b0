"""What `karya verify` asks of the workshops."""

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from karyabina.ledger.verify import MOST_FAULTS, invariant
from karyabina.stock.models import Lot
from karyabina.workshop.models import Production


@invariant(_("Setiap produksi membukukan seluruh lotnya dari bengkel ke gudang"))
def productions_are_booked() -> list[str]:
    booked = Production.objects.filter(
        entry__kind="production",
        entry__size=1,
        entry__movements__unit=F("lot__unit"),
        entry__movements__amount=F("lot__quantity"),
        entry__movements__source__code="outside:workshop",
    )
    wrong = Production.objects.exclude(pk__in=booked).order_by("lot__code")
    return list(wrong.values_list("lot__code", flat=True)[:MOST_FAULTS])


@invariant(_("Setiap lot dibuat oleh satu produksi yang menyebut pembuatnya"))
def lots_are_made_by_somebody() -> list[str]:
    made = Production.objects.filter(works__isnull=False).values("lot")
    wrong = Lot.objects.exclude(pk__in=made).order_by("code")
    return list(wrong.values_list("code", flat=True)[:MOST_FAULTS])


@invariant(_("Jumlah per pembuat sama dengan jumlah yang dibuat"))
def pieces_add_up() -> list[str]:
    wrong = (
        Production.objects.filter(basis="pieces", lot__product__measure="piece")
        .annotate(named=Sum("works__amount"))
        .exclude(named=F("lot__quantity"))
        .order_by("lot__code")
    )
    return list(wrong.values_list("lot__code", flat=True)[:MOST_FAULTS])
