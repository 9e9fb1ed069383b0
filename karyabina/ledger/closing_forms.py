"""What somebody asks and says when the books are closed or reopened."""

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import DayField, KeyedForm


class UntilForm(forms.Form):
    """Up to which day somebody thinks of closing the books."""

    sampai = DayField(label=_("Tutup buku sampai hari"))


class ClosingForm(KeyedForm):
    """The books are closed up to this day (of a month: any day of it)."""

    day = DayField(widget=forms.HiddenInput)


class ReopeningForm(KeyedForm):
    """Why the last closing should be taken back."""

    reason = forms.CharField(
        label=_("Mengapa perlu dibuka kembali?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Orang kedua yang berwenang membaca alasan ini sebelum menyetujui."),
    )


class AnswerForm(KeyedForm):
    """An answer to a request, with a reason where one is given."""

    reason = forms.CharField(label=_("Alasan"), max_length=500, required=False)
