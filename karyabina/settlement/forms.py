"""What a treasurer sends when posting a settlement."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import KeyedForm


class SettleForm(KeyedForm):
    """The button under a preview: `seen` is the fingerprint of what stood above it."""

    seen = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        validators=[
            RegexValidator(
                r"^[0-9a-f]{64}$",
                _("Formulir ini rusak. Buka lagi halamannya dan periksa angkanya."),
            )
        ],
    )
