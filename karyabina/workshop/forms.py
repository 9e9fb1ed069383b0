"""The shape of a production: what was made, and a row for every maker of the office."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import DayField, KeyedForm, RupiahField, WholeField, whole
from karyabina.catalogue.models import LARGEST_QUANTITY, Category, Product
from karyabina.makers.models import Maker
from karyabina.offices.models import Office
from karyabina.stock.models import LARGEST_COST
from karyabina.workshop.actions import WorkDone
from karyabina.workshop.models import Production

LONGEST_INPUT = 20
HOURS_UNREAD = _("Tulis jam lebih dari 0, misalnya 7,5 atau 7:30.")
PIECES_UNREAD = _("Tulis bilangan bulat lebih dari 0.")


def minutes(text: str) -> int:
    """Hours as people write them, in whole minutes: 7, 7,5 or 7.5, 7:30. ValueError otherwise.

    "7.30" may mean 7 hours 30 or 7 hours 18: it is refused rather than guessed.
    """
    plain = text.strip().removesuffix("jam").strip()
    clock = re.fullmatch(r"(\d{1,5}):([0-5]\d)", plain, re.ASCII)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    decimal = re.fullmatch(r"(\d{1,5})(?:,(\d{1,2})|\.(\d))?", plain, re.ASCII)
    if not decimal:
        raise ValueError(text)
    hundredths = (decimal[2] or decimal[3] or "").ljust(2, "0")
    return (int(decimal[1]) * 6_000 + int(hundredths) * 60 + 50) // 100


class ProductChoice(forms.ModelChoiceField):
    """Products named with the unit that their quantity is counted in."""

    def label_from_instance(self, product: Product) -> str:
        return f"{product.name} ({product.get_measure_display()})"


class WorkRow:
    """One maker's row: what was typed, and what is wrong with it."""

    def __init__(self, maker: Maker, typed: str) -> None:
        self.maker = maker
        self.typed = typed[:LONGEST_INPUT]
        self.fault = ""

    @property
    def name(self) -> str:
        return f"kerja-{self.maker.code}"


class ProductionForm(KeyedForm):
    """A finished batch. `rows` are the office's makers; empty rows did not take part."""

    product = ProductChoice(
        None,
        label=_("Produk"),
        empty_label=_("Pilih produk"),
        help_text=_("Jumlahnya dihitung dalam satuan yang tertulis."),
    )
    quantity = WholeField(label=_("Jumlah yang dibuat"), min_value=1, max_value=LARGEST_QUANTITY)
    made_date = DayField(label=_("Tanggal produksi"))
    expiry_date = DayField(
        label=_("Kedaluwarsa"),
        required=False,
        help_text=_("Wajib untuk makanan. Kosongkan bila barang tidak kedaluwarsa."),
    )
    cost = RupiahField(
        label=_("Biaya bahan"),
        max_value=LARGEST_COST,
        help_text=_("Seluruh bahan untuk jumlah ini, dalam rupiah. Isi 0 bila tanpa biaya."),
    )
    basis = forms.ChoiceField(
        label=_("Premi dibagi menurut"),
        choices=[
            (Production.Basis.HOURS, _("Jam kerja")),
            (Production.Basis.PIECES, _("Jumlah yang dibuat masing-masing")),
        ],
        widget=forms.RadioSelect,
        initial=Production.Basis.HOURS,
    )

    def __init__(
        self,
        *given: Any,
        office: Office,
        products: Any,
        makers: list[Maker],
        today: date,
        **more: Any,
    ) -> None:
        super().__init__(*given, **more)
        self.office = office
        self.fields["product"].queryset = products
        self.fields["made_date"].initial = today
        typed = self.data if self.is_bound else {}
        self.rows = [WorkRow(maker, str(typed.get(f"kerja-{maker.code}", ""))) for maker in makers]
        self.works: list[WorkDone] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        product = cleaned.get("product")
        food = product is not None and product.category == Category.FOOD
        if food and "expiry_date" in cleaned and not cleaned["expiry_date"]:
            self.add_error("expiry_date", _("Makanan harus mempunyai tanggal kedaluwarsa."))
        self._read_rows(cleaned.get("basis"))
        return cleaned

    def _read_rows(self, basis: str | None) -> None:
        read = minutes if basis == Production.Basis.HOURS else whole
        for row in self.rows:
            if not row.typed.strip():
                continue
            try:
                amount = read(row.typed)
            except ValueError:
                amount = -1
            if amount <= 0:
                row.fault = str(HOURS_UNREAD if basis == Production.Basis.HOURS else PIECES_UNREAD)
            else:
                self.works.append(WorkDone(row.maker, amount))
        if any(row.fault for row in self.rows):
            self.add_error(None, _("Ada jam atau jumlah peserta yang tidak terbaca."))
        elif not self.works:
            self.add_error(None, _("Isi jam atau jumlah untuk sedikitnya satu peserta."))
