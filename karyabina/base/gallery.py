"""What the style page shows: made-up figures for every part of the shell ("Data contoh")."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from karyabina.base import band, icons
from karyabina.base.forms import DayField, KeyedForm, QuantityField, RupiahField

KINDS = (("kerajinan", _("Kerajinan")), ("makanan", _("Makanan")), ("pertanian", _("Pertanian")))
CODES = ("KLB", "KPG", "LPP", "ATB", "KFM", "SOE", "LMB", "END", "WGP", "RTG", "MOF", "KARYABINA")


class ExampleForm(KeyedForm):
    """Every kind of field once."""

    product = forms.CharField(label=_("Nama produk"), max_length=40)
    kind = forms.ChoiceField(label=_("Jenis"), choices=KINDS)
    price = RupiahField(label=_("Harga"), help_text=_("Rupiah untuk satu buah."), min_value=500)
    quantity = QuantityField(label=_("Banyaknya"), initial=1, max_value=500)
    made_on = DayField(label=_("Tanggal produksi"), help_text=_("Hari di kantor Anda."))
    note = forms.CharField(
        label=_("Catatan"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    paid = forms.ChoiceField(
        label=_("Pembayaran"),
        choices=(("cash", _("Tunai")), ("qris", "QRIS")),
        widget=forms.RadioSelect,
    )
    whole = forms.BooleanField(label=_("Kemasan utuh"), required=False)


@dataclass(frozen=True)
class Row:
    name: str
    kind: str
    price: int
    left: int
    sold: int

    @property
    def turnover(self) -> int:
        return self.sold * self.price


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    y: int
    width: int
    css: str

    @property
    def middle(self) -> int:
        return self.y + 17

    @property
    def end(self) -> int:
        return 90 + self.width + 6


ROWS = (
    Row("Keripik pisang", "makanan", 15_000, 28, 42),
    Row("Kain tenun ikat", "kerajinan", 350_000, 3, 5),
    Row("Jagung pipil", "pertanian", 12_000, 0, 60),
    Row("Tas anyaman", "kerajinan", 125_000, 6, 9),
)


def bars() -> list[Bar]:
    totals = {kind: sum(row.turnover for row in ROWS if row.kind == kind) for kind, _label in KINDS}
    most = max(totals.values())
    css = dict(zip(totals, ("bar-a", "bar-b", "bar-c"), strict=True))
    return [
        Bar(str(label), totals[kind], 8 + 36 * n, totals[kind] * 210 // most, css[kind])
        for n, (kind, label) in enumerate(KINDS)
    ]


def examples(request: HttpRequest) -> dict[str, Any]:
    """Context of the style page. `?salah` draws the form as it looks after a mistake."""
    wrong = {"product": "", "kind": "makanan", "price": "12,5", "quantity": "0", "paid": "cash"}
    wrong |= {"made_on": "31-02-2025"}
    shown = bars()
    return {
        "form": ExampleForm(wrong) if "salah" in request.GET else ExampleForm(),
        "rows": ROWS,
        "turnover": sum(row.turnover for row in ROWS),
        "sold": sum(row.sold for row in ROWS),
        "bars": shown,
        "chart_height": 36 * len(shown) + 12,
        "page": Paginator(range(120), 20).get_page(request.GET.get("halaman")),
        "at": datetime(2025, 10, 29, 6, 5, tzinfo=UTC),
        "on": date(2025, 10, 29),
        "codes": [(code, band.weave(code).motif) for code in CODES],
        "signs": list(icons.SIGNS),
        "kinds": KINDS,
        "tokens": ("paper", "cloth", "line", "ink", "soft", "indigo", "mengkudu", "leaf", "kunyit"),
        "loss": -5_000,
        "lot": "KLB-MELON-251029-1",
    }
