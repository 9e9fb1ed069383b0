"""Accounts and kinds of entry in the words of the trade."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The first word of an account's code → its heading in a list, in the order of the list.
PLACES: dict[str, str | Promise] = {
    "store": _("Gudang"),
    "transit": _("Dalam perjalanan"),
    "stand": _("Gerai"),
    "material": _("Bahan"),
    "difference": _("Selisih"),
    "cash": _("Laci kas"),
    "bank": _("Rekening bank"),
    "due": _("Hak kantor"),
    "owed": _("Kewajiban"),
    "capital": _("Modal kerja"),
    "state": _("Bagian negara"),
    "premi": _("Premi peserta"),
    "partner": _("Bagian mitra"),
    "outside": _("Di luar pembukuan"),
}
MONEY = ("cash", "bank", "due", "owed", "capital", "state", "premi", "partner")
OUTSIDE: dict[str, str | Promise] = {
    "outside:buyer": _("Pembeli"),
    "outside:broken": _("Rusak"),
    "outside:lost": _("Hilang"),
    "outside:workshop": _("Bengkel kerja"),
    "outside:supplier": _("Pemasok"),
    "outside:world": _("Di luar pembukuan"),
}
PURSES = {"saved": _("tabungan"), "usable": _("dapat dipakai")}

KINDS: dict[str, str | Promise] = {
    "production": _("Produksi"),
    "despatch": _("Pengiriman titipan"),
    "receipt": _("Penerimaan titipan"),
    "return_despatch": _("Pengiriman kembali"),
    "return_receipt": _("Penerimaan kembali"),
    "breakage": _("Barang rusak"),
    "loss": _("Dinyatakan hilang"),
    "found": _("Ditemukan kembali"),
    "float_in": _("Modal awal laci"),
    "sale": pgettext_lazy("kejadian", "Penjualan"),
    "refund": _("Pengembalian uang"),
    "shift_close": _("Penutupan sif"),
    "settlement": _("Bagi hasil"),
    "reversal": pgettext_lazy("catatan", "Pembatalan"),
}


def account_title(code: str) -> str:
    """Gudang KLB, Gerai GERAINTT, Premi KLB-004 (tabungan); what stands outside by its name."""
    if code in OUTSIDE:
        return str(OUTSIDE[code])
    kind, _colon, rest = code.partition(":")
    words = rest.split(":")
    if kind == "premi" and len(words) == 3:
        return _now("Premi %(maker)s (%(purse)s)") % {
            "maker": words[1],
            "purse": PURSES.get(words[2], words[2]),
        }
    return f"{PLACES.get(kind, kind)} {' '.join(words)}"


def kind_title(kind: str) -> str:
    """What happened, as pages say it."""
    return str(KINDS.get(kind, kind))
