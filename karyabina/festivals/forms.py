"""The shape of a festival, an invitation and a stand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import DayField, KeyedForm
from karyabina.festivals.models import Festival
from karyabina.festivals.queries import may_take_part, to_invite
from karyabina.offices.models import Office, OfficeSet

ZONES = [
    ("Asia/Jakarta", _("WIB (Indonesia Barat)")),
    ("Asia/Makassar", _("WITA (Indonesia Tengah)")),
    ("Asia/Jayapura", _("WIT (Indonesia Timur)")),
]


class CodeField(forms.CharField):
    """A short code in capitals; small letters are taken as capitals."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_length=2, max_length=12, **more)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).upper()


class FestivalForm(KeyedForm):
    """A festival that the organiser will hold, or bring stands to."""

    organiser = forms.ModelChoiceField(
        None, label=_("Penyelenggara"), to_field_name="code", empty_label=_("Pilih kantor")
    )
    name = forms.CharField(label=_("Nama festival"), max_length=160)
    code = CodeField(
        label=_("Kode"),
        help_text=_("2–12 huruf besar dan angka, misalnya FKPUM25. Tetap selamanya."),
    )
    theme = forms.CharField(label=_("Tema"), max_length=160, required=False)
    venue = forms.CharField(label=_("Tempat"), max_length=120)
    town = forms.CharField(label=_("Kota"), max_length=60)
    first_date = DayField(label=_("Hari pertama"))
    last_date = DayField(label=_("Hari terakhir"))
    time_zone = forms.ChoiceField(label=_("Zona waktu"), choices=ZONES)

    def __init__(self, *given: Any, offices: OfficeSet, **more: Any) -> None:
        super().__init__(*given, **more)
        choice = self.fields["organiser"]
        choice.queryset = offices
        if len(offices) == 1:
            choice.initial, choice.widget = offices[0].code, forms.HiddenInput()
        self.fields["time_zone"].initial = offices[0].time_zone if offices else None


class InviteForm(KeyedForm):
    """The offices that are to take part. Those that do already are not offered, but taken: the
    second half of a double click finds them invited by the first."""

    offices = forms.ModelMultipleChoiceField(
        None,
        label=_("Kantor yang diundang"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih sedikitnya satu kantor.")},
    )

    def __init__(self, *given: Any, festival: Festival, **more: Any) -> None:
        super().__init__(*given, **more)
        choice = self.fields["offices"]
        choice.queryset = may_take_part(festival)
        choice.choices = [(office.code, office.name) for office in to_invite(festival)]
        self.everybody = "semua" in self.data
        choice.required = not self.everybody

    def clean_offices(self) -> OfficeSet:
        """Those that were ticked, or all of them by the one button."""
        return self.fields["offices"].queryset if self.everybody else self.cleaned_data["offices"]


class StandForm(KeyedForm):
    """A place of sale at a festival."""

    name = forms.CharField(label=_("Nama gerai"), max_length=120)
    code = CodeField(
        label=_("Kode gerai"),
        help_text=_("2–12 huruf besar dan angka, misalnya GERAINTT. Tetap selamanya."),
    )
    holder = forms.ModelChoiceField(
        None,
        label=_("Pengelola"),
        to_field_name="code",
        empty_label=_("Pilih kantor"),
        help_text=_("Kantor yang bertanggung jawab atas barang dan uang di gerai ini."),
    )

    def __init__(self, *given: Any, festival: Festival, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["holder"].queryset = Office.objects.below(festival.organiser)
        self.fields["holder"].initial = festival.organiser.code


class ClosingForm(KeyedForm):
    """Nothing but the key: who closes a stand says no more than that."""
