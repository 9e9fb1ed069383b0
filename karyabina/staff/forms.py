"""What an administrator fills in about staff."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base.forms import DayField, KeyedForm
from karyabina.offices.models import Office, OfficeSet
from karyabina.staff.models import Role, Staff


class RoleFields(KeyedForm):
    """A role at one of the offices within reach."""

    office = forms.ModelChoiceField(
        Office.objects.none(), to_field_name="code", label=gettext_lazy("Kantor")
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Peran"), choices=[("", gettext_lazy("Pilih peran")), *Role.choices]
    )

    def __init__(self, *args: Any, offices: OfficeSet, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["office"]
        field.queryset = offices  # type: ignore[attr-defined]
        known = [(one.code, f"{one.code} · {one.name}") for one in offices.order_by("path")]
        field.choices = known if len(known) == 1 else [("", _("Pilih kantor")), *known]  # type: ignore[attr-defined]


class PasswordFields(forms.Form):
    """A first password, checked as every other; it is never shown again."""

    password = forms.CharField(
        label=gettext_lazy("Kata sandi pertama"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Sekali lagi"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["password"].help_text = " ".join(
            [
                *password_validators_help_texts(),
                _("Serahkan langsung kepada orangnya; ia menggantinya sesudah masuk."),
            ]
        )

    def whose(self) -> Staff:
        """Whose name the password must not resemble."""
        return Staff(
            username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", "")
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        password = given.get("password")
        if password and given.get("again") and password != given["again"]:
            self.add_error("again", _("Kedua kata sandi tidak sama. Ketik lagi."))
        elif password:
            try:
                validate_password(password, self.whose())
            except ValidationError as weak:
                self.add_error("password", weak)
        return given


class EnlistForm(PasswordFields, RoleFields):
    """A new member of staff with a first role."""

    name = forms.CharField(label=gettext_lazy("Nama"), max_length=120)
    username = forms.CharField(
        label=gettext_lazy("Nama pengguna"),
        max_length=60,
        validators=[UnicodeUsernameValidator()],
        help_text=gettext_lazy("Huruf, angka, dan . + - _ tanpa spasi. Dipakai untuk masuk."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    field_order = ("name", "username", "office", "role", "password", "again")


class NewPasswordForm(PasswordFields, KeyedForm):
    """A new first password for somebody who forgot theirs."""

    def __init__(self, *args: Any, person: Staff, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person

    def whose(self) -> Staff:
        return self.person


class AppointForm(RoleFields):
    """Another role for somebody who is known already."""


class KnownForm(RoleFields):
    """A role for somebody who serves elsewhere, found by the username."""

    username = forms.CharField(
        label=gettext_lazy("Nama pengguna"),
        max_length=60,
        help_text=gettext_lazy("Tepat seperti yang dipakainya untuk masuk."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("username", "office", "role")

    person: Staff | None = None

    def clean_username(self) -> str:
        said: str = self.cleaned_data["username"]
        self.person = Staff.objects.filter(username__iexact=said).first()
        if self.person is None:
            raise forms.ValidationError(
                _("Tidak ada petugas dengan nama pengguna ini. Daftarkan sebagai petugas baru.")
            )
        return said


class TrailForm(forms.Form):
    """What to look for in the trail."""

    kantor = forms.CharField(required=False, max_length=9)
    perbuatan = forms.CharField(required=False, max_length=60)
    dari = DayField(required=False)
    sampai = DayField(required=False)
