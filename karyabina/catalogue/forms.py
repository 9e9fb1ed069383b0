"""What people send about products: one, its price, or a whole list."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base import cells, times
from karyabina.base.forms import DayField, KeyedForm, RupiahField, WholeField
from karyabina.base.importing import SheetField
from karyabina.base.spreadsheets import Column, Sheet
from karyabina.catalogue.lists import ProductRow
from karyabina.catalogue.models import (
    LARGEST_PER,
    LARGEST_PRICE,
    PRODUCT_CODE,
    Category,
    Measure,
    Product,
)
from karyabina.offices.models import Office

CATEGORIES = {
    "kerajinan": "kerajinan",
    "makanan": "makanan",
    "makanan olahan": "makanan",
    "pertanian": "pertanian",
    "hasil pertanian": "pertanian",
    "craft": "kerajinan",
    "food": "makanan",
    "farm": "pertanian",
}
MEASURES = {
    "buah": "piece",
    "gram": "gram",
    "mililiter": "millilitre",
    "pcs": "piece",
    "piece": "piece",
    "g": "gram",
    "ml": "millilitre",
    "millilitre": "millilitre",
}
MEASURE_WORDS = {"piece": "buah", "gram": "gram", "millilitre": "mililiter"}


def code(cell: cells.Cell) -> str:
    """A product's code: MELON, KAIN2; small letters are made large."""
    said = cells.plain(cell).upper()
    if not re.fullmatch(PRODUCT_CODE, said):
        raise cells.BadCell(_("Kode terdiri atas paling banyak 10 huruf besar atau angka."))
    return said


def office_code(cell: cells.Cell) -> str:
    return cells.plain(cell).upper()[:20]


COLUMNS = (
    Column("office", ("kantor", "kode kantor", "UPT", "office"), office_code),
    Column("name", ("produk", "nama produk", "nama", "product", "name"), cells.text(120)),
    Column("category", ("jenis", "kategori", "category"), cells.one_of(CATEGORIES)),
    Column("note", ("catatan", "keterangan", "note"), cells.text(300), needed=False, blank=""),
    Column("code", ("kode", "kode produk", "code"), code, needed=False, blank=""),
    Column(
        "measure", ("satuan", "measure", "unit"), cells.one_of(MEASURES), needed=False, blank=""
    ),
    Column("amount", ("harga", "price"), cells.whole(1, LARGEST_PRICE), needed=False),
    Column("per", ("per", "untuk"), cells.whole(1, LARGEST_PER), needed=False),
)


def product_rows(sheet: Sheet) -> list[ProductRow]:
    return [ProductRow(number=row.number, **row.values) for row in sheet.rows]


class ProductForm(KeyedForm):
    """A new product of one of the offices within reach."""

    office = forms.ModelChoiceField(
        Office.objects.none(), to_field_name="code", label=gettext_lazy("Kantor")
    )
    name = forms.CharField(label=gettext_lazy("Nama produk"), max_length=120)
    category = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=Category.choices)
    measure = forms.ChoiceField(
        label=gettext_lazy("Dihitung dalam"),
        choices=Measure.choices,
        help_text=gettext_lazy("Tidak dapat diubah kemudian: jumlah dan lot dihitung dengannya."),
    )
    code = forms.CharField(
        label=gettext_lazy("Kode"),
        required=False,
        max_length=10,
        help_text=gettext_lazy(
            "Pendek, huruf besar, misalnya MELON. Kosongkan, maka dibuat dari namanya."
        ),
    )
    note = forms.CharField(label=gettext_lazy("Catatan"), required=False, max_length=300)
    amount = RupiahField(
        label=gettext_lazy("Harga"),
        required=False,
        min_value=1,
        max_value=LARGEST_PRICE,
        help_text=gettext_lazy("Boleh menyusul. Tanpa harga barang belum dapat dijual."),
    )
    per = WholeField(
        label=gettext_lazy("Harga itu untuk"),
        initial=1,
        required=False,
        min_value=1,
        max_value=LARGEST_PER,
        help_text=gettext_lazy("Misalnya 1 buah, 500 gram, 1.000 mililiter."),
    )

    def __init__(self, *args: Any, offices: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        makers = [office for office in offices if office.makes_goods]
        field = self.fields["office"]
        field.queryset = offices  # type: ignore[attr-defined]
        field.choices = [(office.code, f"{office.code} · {office.name}") for office in makers]  # type: ignore[attr-defined]
        if len(makers) == 1:
            field.initial = makers[0].code

    def clean_code(self) -> str:
        said = self.cleaned_data["code"]
        if not said:
            return ""
        try:
            return code(said)
        except cells.BadCell as fault:
            raise forms.ValidationError(str(fault)) from fault


class PriceForm(KeyedForm):
    """What a product costs from now, or from the morning of a later day."""

    amount = RupiahField(label=gettext_lazy("Harga baru"), min_value=1, max_value=LARGEST_PRICE)
    per = WholeField(
        label=gettext_lazy("Untuk"), initial=1, min_value=1, max_value=LARGEST_PER, required=False
    )
    from_day = DayField(
        label=gettext_lazy("Berlaku mulai"),
        required=False,
        help_text=gettext_lazy("Kosongkan supaya berlaku sekarang juga."),
    )

    def __init__(self, *args: Any, product: Product, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.at = at
        self.zone = product.office.time_zone
        self.fields["per"].help_text = _("Jumlah dalam satuan %(measure)s.") % {
            "measure": product.get_measure_display()
        }

    def clean_from_day(self) -> datetime:
        """The instant from which the price counts."""
        day = self.cleaned_data["from_day"]
        today = times.local_day(self.at, self.zone)
        if day is None or day == today:
            return self.at
        if day < today:
            raise forms.ValidationError(
                _("Harga tidak dapat berlaku surut. Pilih hari ini atau sesudahnya.")
            )
        return times.start_of_day(day, self.zone)


class UploadForm(forms.Form):
    """A list of products, to be looked at before anything is taken in."""

    file = SheetField(
        COLUMNS,
        label=gettext_lazy("Berkas XLSX atau CSV"),
        help_text=gettext_lazy("Paling besar 5 MB, paling banyak 20.000 baris."),
    )


TABS = (
    ("dibuat", gettext_lazy("Masih dibuat")),
    ("belum-berharga", gettext_lazy("Belum berharga")),
    ("dihentikan", gettext_lazy("Tidak dibuat lagi")),
)


class SearchForm(forms.Form):
    """What to look for in the list of products."""

    cari = forms.CharField(required=False, max_length=100)
    jenis = forms.ChoiceField(required=False, choices=[("", ""), *Category.choices])
    kantor = forms.CharField(required=False, max_length=9)
    keadaan = forms.ChoiceField(required=False, choices=TABS)
