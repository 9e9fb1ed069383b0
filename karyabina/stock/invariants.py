"""What `karya verify` asks of the stores."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from karyabina.ledger.passes import accounts_away_from_home
from karyabina.ledger.verify import MOST_FAULTS, invariant
from karyabina.stock.models import Breakage, Lot


@invariant(_("Setiap lot mempunyai satuannya sendiri dengan kode yang sama"))
def lots_are_their_units() -> list[str]:
    wrong = Lot.objects.exclude(code=F("unit__code"), unit__kind="lot").order_by("code")
    return list(wrong.values_list("code", flat=True)[:MOST_FAULTS])


@invariant(_("Setiap kerusakan yang dicatat sama dengan yang dibukukan"))
def breakages_are_booked() -> list[str]:
    booked = Breakage.objects.filter(
        entry__kind="breakage",
        entry__size=1,
        entry__movements__unit=F("lot__unit"),
        entry__movements__amount=F("quantity"),
        entry__movements__source__code=F("place"),
        entry__movements__target__code="outside:broken",
    )
    wrong = Breakage.objects.exclude(pk__in=booked).select_related("lot").order_by("at")
    return [str(breakage) for breakage in wrong[:MOST_FAULTS]]


@invariant(_("Setiap akun milik kantor berumah di kantor itu"))
def accounts_of_an_office_are_at_home_there() -> list[str]:
    """Its store, its bank, what is due to it, what it owes and shares: all are closed with it."""
    words = ("store", "material", "bank", "due", "owed", "capital", "premi", "state")
    return [f"{code}: {home}" for code, home in accounts_away_from_home(words)]
