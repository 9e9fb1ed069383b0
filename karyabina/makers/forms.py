"""The shape of a registration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import KeyedForm, QuantityField
from karyabina.makers.actions import MOST_AT_ONCE
from karyabina.makers.models import Maker
from karyabina.offices.models import OfficeSet


class RegisterForm(KeyedForm):
    """One person by a code of their own, or several by the office's next numbers."""

    office = forms.ModelChoiceField(
        None, label=_("Kantor"), to_field_name="code", empty_label=_("Pilih kantor")
    )
    status = forms.ChoiceField(label=_("Status"), choices=Maker.Status)
    count = QuantityField(
        label=_("Berapa orang"),
        initial=1,
        max_value=MOST_AT_ONCE,
        help_text=_("Paling banyak 50 sekaligus. Masing-masing mendapat kode berikutnya."),
    )
    code = forms.CharField(
        label=_("Kode"),
        required=False,
        max_length=16,
        help_text=_(
            "Hanya bila orang ini sudah mempunyai kode, misalnya KLB-014. "
            "Jangan menulis nama atau nomor registrasi."
        ),
    )

    def __init__(self, *given: Any, offices: OfficeSet, **more: Any) -> None:
        super().__init__(*given, **more)
        choice = self.fields["office"]
        choice.queryset = offices
        if len(offices) == 1:
            choice.initial, choice.widget = offices[0].code, forms.HiddenInput()

    def clean_code(self) -> str | None:
        return self.cleaned_data["code"].strip().upper() or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("code") and cleaned.get("count", 1) > 1:
            self.add_error("code", _("Satu kode hanya untuk satu orang."))
        return cleaned
