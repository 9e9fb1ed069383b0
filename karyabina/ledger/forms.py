"""What somebody asks of the books: the shape of their questions."""

from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from karyabina.base.forms import DayField
from karyabina.ledger.naming import PLACES
from karyabina.ledger.queries import Period

LONGEST_QUESTION = 120
KINDS = [(kind, label) for kind, label in PLACES.items() if kind != "outside"]


class PeriodFields(forms.Form):
    """Days under which entries count, the first and the last included; each may be left open."""

    dari = DayField(required=False, label=_("Dari hari"))
    sampai = DayField(required=False, label=_("Sampai hari"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("dari"), given.get("sampai")
        if first and last and first > last:
            self.add_error("sampai", _("Hari terakhir mendahului hari pertama."))
        return given

    def period(self) -> Period | None:
        """The period that was asked for; None for all time."""
        first: date | None = self.cleaned_data.get("dari")
        last: date | None = self.cleaned_data.get("sampai")
        return Period(first, last) if first or last else None


class SearchForm(PeriodFields):
    """What to find in the books, and which accounts to list."""

    cari = forms.CharField(required=False, max_length=LONGEST_QUESTION, label=_("Cari"))
    jenis = forms.ChoiceField(
        required=False, label=_("Jenis akun"), choices=[("", _("Semua jenis")), *KINDS]
    )
    kantor = forms.CharField(required=False, max_length=9, label=_("Kantor"))
    kosong = forms.BooleanField(required=False, label=_("Juga akun yang kosong"))


class BookForm(PeriodFields):
    """Which part of an account's book, and from which end."""

    ORDERS = [
        ("", pgettext_lazy("urutan", "Terbaru dahulu")),
        ("lama", pgettext_lazy("urutan", "Terlama dahulu")),
    ]

    satuan = forms.CharField(required=False, max_length=24, label=_("Satuan"))
    urut = forms.ChoiceField(required=False, label=_("Urutan"), choices=ORDERS)


class InstantForm(forms.Form):
    """A moment: a day, and a time on the clock of the account's office (its end without one)."""

    pada = DayField(required=False, label=_("Pada hari"))
    jam = forms.TimeField(
        required=False,
        label=_("Pukul"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Tulis jam seperti 14.05.")},
    )

    def clean_pada(self) -> date | None:
        day: date | None = self.cleaned_data["pada"]
        if day and not 1900 <= day.year <= 9998:
            raise ValidationError(_("Tahun ini di luar kalender pembukuan."))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("jam") and not given.get("pada") and "pada" not in self.errors:
            self.add_error("pada", _("Pilih harinya juga."))
        return given

    def moment(self) -> tuple[date, time] | None:
        """The day and time that were asked for, if any were."""
        day = self.cleaned_data.get("pada")
        return (day, self.cleaned_data.get("jam") or time.max) if day else None
