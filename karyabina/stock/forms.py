"""The shape of a breakage."""

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import KeyedForm, QuantityField


class BreakageForm(KeyedForm):
    """Pieces that broke or spoiled in the store, and why."""

    quantity = QuantityField(label=_("Jumlah yang rusak"))
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Apa yang terjadi, misalnya pecah saat dipindahkan atau busuk."),
    )
