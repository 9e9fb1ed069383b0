"""The shape of a scheme: percentages as people write them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import DayField, Digits, KeyedForm
from karyabina.offices.models import Office, OfficeSet
from karyabina.schemes.models import WHOLE, Scheme, percent


class PercentInput(Digits):
    """A percentage with at most two decimals."""

    def __init__(self) -> None:
        super().__init__({"inputmode": "decimal", "size": "8"})

    def format_value(self, value: Any) -> str | None:
        return percent(value).rstrip(" %") if isinstance(value, int) else value


class PercentField(forms.Field):
    """Reads "50", "33,33" or "50 %" into basis points (5000, 3333, 5000)."""

    widget = PercentInput

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip().removesuffix("%").strip()
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}([.,]\d{1,2})?", text, re.ASCII):
            raise ValidationError(
                _("Tulis persen dengan paling banyak dua angka di belakang koma, misalnya 33,33.")
            )
        whole, _point, rest = text.replace(",", ".").partition(".")
        points = int(whole) * 100 + int(rest.ljust(2, "0") or 0)
        if points > WHOLE:
            raise ValidationError(_("Paling banyak 100 %."))
        return points


class SchemeForm(KeyedForm):
    """How proceeds are split from a day on."""

    office = forms.ModelChoiceField(
        None, label=_("Kantor"), to_field_name="code", empty_label=_("Pilih kantor")
    )
    name = forms.CharField(
        label=_("Nama skema"), max_length=120, initial=_("Bagi hasil kegiatan kerja")
    )
    legal_basis = forms.CharField(
        label=_("Dasar hukum"),
        max_length=300,
        help_text=_("Peraturan atau perjanjian yang menetapkan pembagian ini."),
    )
    base = forms.ChoiceField(
        label=_("Yang dibagi"),
        choices=[
            (Scheme.Base.PROFIT, _("Laba (omzet dikurangi biaya bahan)")),
            (Scheme.Base.TURNOVER, _("Omzet (seluruh hasil penjualan)")),
        ],
        widget=forms.RadioSelect,
        initial=Scheme.Base.PROFIT,
    )
    premi_part = PercentField(label=_("Premi peserta (%)"), initial=5_000)
    capital_part = PercentField(label=_("Modal kerja (%)"), initial=3_500)
    state_part = PercentField(
        label=_("Negara, PNBP (%)"),
        initial=1_500,
        help_text=_("Ketiga bagian harus berjumlah tepat 100 %."),
    )
    usable_part = PercentField(
        label=_("Bagian premi yang dapat dipakai di dalam (%)"),
        initial=2_500,
        help_text=_(
            "Sisanya ditabung sampai bebas. Surat edaran tahun 2010 (PAS1.PK.01.04-87) menyebut "
            "paling banyak 25 %."
        ),
    )
    state_account = forms.RegexField(
        r"^425\d{3}$",
        label=_("Kode akun PNBP"),
        widget=Digits({"size": "8", "maxlength": "6"}),
        error_messages={"invalid": _("Kode akun terdiri atas enam angka, diawali 425.")},
    )
    from_date = DayField(
        label=_("Berlaku sejak"),
        help_text=_(
            "Hari ini atau sesudahnya. Yang terjual sebelum hari itu tetap memakai skema lama."
        ),
    )

    def __init__(self, *given: Any, offices: OfficeSet, **more: Any) -> None:
        super().__init__(*given, **more)
        choice = self.fields["office"]
        making = [office.pk for office in offices if office.makes_goods]
        choice.queryset = Office.objects.filter(pk__in=making)
        general = any(office.kind == Office.Kind.HEADQUARTERS for office in offices)
        self.possible = bool(making) or general
        if general:
            choice.required = False
            choice.empty_label = _("Semua kantor (skema umum)")
        elif len(making) == 1:
            choice.initial, choice.widget = choice.queryset[0].code, forms.HiddenInput()
