"""What always holds between consignments and the ledger: checked by `karya verify`."""

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.consignment.models import Clearance, Count, Despatch, Line, Receipt
from karyabina.ledger import queries as ledger
from karyabina.ledger.verify import MOST_FAULTS, invariant

Amounts = Mapping[tuple[str, str], int]
OUT, BACK = Q(consignment__direction="out"), Q(consignment__direction="back")
TO_STAND = Q(place=Receipt.Place.STAND)


def _compare(said: Amounts, booked: Amounts) -> list[str]:
    """Where the documents say otherwise than the books."""
    return [
        _("%(account)s, %(lot)s: dokumen menyebut %(said)s, buku menyebut %(booked)s")
        % {"account": place[0], "lot": place[1], "said": said.get(place, 0), "booked": amount}
        for place in sorted(said.keys() | booked.keys())
        if (amount := booked.get(place, 0)) != said.get(place, 0)
    ][:MOST_FAULTS]


@invariant(gettext_lazy("Dalam perjalanan hanya ada titipan yang dikirim dan belum diterima"))
def only_what_travels_is_in_transit() -> list[str]:
    travelling = Line.objects.filter(
        consignment__despatch__isnull=False, consignment__receipt=None
    ).values_list("consignment__code", "lot__code", "quantity")
    said = {(f"transit:{code}", lot): quantity for code, lot, quantity in travelling.iterator()}
    return _compare(said, ledger.balances(prefix="transit:"))


@invariant(gettext_lazy("Selisih barang tiap kantor sama dengan yang kurang dan belum dijelaskan"))
def what_is_missing_is_in_difference() -> list[str]:
    said: dict[tuple[str, str], int] = {}
    missing = Count.objects.still_missing().filter(still_missing__gt=0)
    for office, lot, quantity in missing.values_list(
        "receipt__consignment__office__code", "line__lot__code", "still_missing"
    ).iterator():
        place = (f"difference:{office}", lot)
        said[place] = said.get(place, 0) + quantity
    booked = ledger.balances(prefix="difference:")
    return _compare(said, {place: n for place, n in booked.items() if place[1] != "IDR"})


@invariant(gettext_lazy("Tiap barang dalam titipan yang diterima telah dihitung"))
def every_line_received_is_counted() -> list[str]:
    forgotten = Line.objects.filter(consignment__receipt__isnull=False, count=None)
    return [
        _("%(code)s: %(lot)s tidak dihitung") % {"code": code, "lot": lot}
        for code, lot in forgotten.values_list("consignment__code", "lot__code")[:MOST_FAULTS]
    ]


@invariant(gettext_lazy("Tiap pengiriman, penerimaan, dan penyelesaian menjelaskan catatannya"))
def documents_explain_entries_of_their_kind() -> list[str]:
    """A document shares its key with the entry that it explains; here the kinds are compared."""
    strangers = (
        Despatch.objects.exclude(OUT, entry__kind="despatch")
        .exclude(BACK, entry__kind="return_despatch")
        .values_list("consignment__code", "entry__kind"),
        Receipt.objects.exclude(TO_STAND, entry__kind="receipt")
        .exclude(~TO_STAND, entry__kind="return_receipt")
        .values_list("consignment__code", "entry__kind"),
        Clearance.objects.exclude(outcome="lost", entry__kind="loss")
        .exclude(outcome="found", entry__kind="found")
        .values_list("count__receipt__consignment__code", "entry__kind"),
    )
    return [
        _("%(code)s: dokumennya menunjuk catatan berjenis %(kind)s") % {"code": code, "kind": kind}
        for found in strangers
        for code, kind in found[:MOST_FAULTS]
    ]
