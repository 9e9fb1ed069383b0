"""Fields and widgets that several rooms need: key, rupiah, whole quantity, day.

They take what people type ("Rp 12.450", "29/10/2025") and give whole numbers and dates.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from karyabina.base import money, times
from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal

LARGEST = 999_999_999_999  # rupiah, pieces, grams: more is a slip of the finger


class Digits(forms.TextInput):
    """A box for a whole number. Text, not `type=number`: a browser empties such a box when it is
    drawn again with something that is no number, and what was typed must never be lost."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return money.number_text(value) if isinstance(value, int) else value


class Stepper(Digits):
    """A whole number with − and + beside it, wide enough for a thumb."""

    template_name = "base/forms/stepper.html"


class DayInput(forms.DateInput):
    """The browser's own calendar. What is no day is drawn again as plain text, because a
    calendar would show it empty."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, date):
            return value.isoformat()
        try:
            return times.parse_day(value).isoformat() if value else None
        except times.NotADay:
            return str(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not re.fullmatch(r"\d{4}-\d\d-\d\d", shown, re.ASCII):
            context["widget"]["type"] = "text"
        return context


class RupiahInput(Digits):
    """An amount with its "Rp" before it."""

    template_name = "base/forms/rupiah.html"


class KeyField(forms.UUIDField):
    """The hidden key of a form, made when it is first drawn and kept when it is drawn again."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("Kunci formulir tidak terkirim. Muat ulang halamannya, lalu kirim lagi."),
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(initial=new_key, **more)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(
                _("Kunci formulir ini rusak. Buka lagi halamannya, lalu isi kembali."),
                code="invalid",
            ) from None


class KeyedForm(forms.Form):
    """A form that records one act: sent twice, it is done once."""

    key = KeyField()

    def blame(self, refusal: Refusal) -> None:
        """Show a refusal beside the field that is to blame, or on top where none is."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


def whole(text: str) -> int:
    """A whole number from "12.450", "12,450" or "12 450"; ValueError for anything else.

    A point or comma may only part groups of three digits: "1.5" is not a whole number.
    """
    digits = text.strip().replace("\N{NO-BREAK SPACE}", " ").replace(money.MINUS, "-")
    if not re.fullmatch(r"-?(\d+|\d{1,3}([.,\s]\d{3})+)", digits, re.ASCII):
        raise ValueError(text)
    return int(re.sub(r"[.,\s]", "", digits))


class WholeField(forms.IntegerField):
    """A whole number as people write it, with or without marks between the thousands."""

    default_error_messages = {
        "invalid": _("Tulis bilangan bulat tanpa pecahan, misalnya 12 atau 1.250."),
        "max_value": _("Angka ini terlalu besar."),
    }
    widget = Digits
    prefix = ""

    def __init__(self, *, min_value: int = 0, max_value: int = LARGEST, **more: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"data-min": self.min_value, "data-max": self.max_value}

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if isinstance(value, int):
            return value
        text = value.strip()
        if len(text) > 40:
            raise ValidationError(self.error_messages["max_value"], code="max_value")
        if self.prefix and text.lower().startswith(self.prefix):
            text = text[len(self.prefix) :].lstrip(". ")
        try:
            return whole(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class QuantityField(WholeField):
    """Pieces, grams or millilitres; at least one unless said otherwise."""

    widget = Stepper

    def __init__(self, *, min_value: int = 1, **more: Any) -> None:
        super().__init__(min_value=min_value, **more)


class RupiahField(WholeField):
    """Whole rupiah; "Rp" before it is allowed."""

    widget = RupiahInput
    prefix = "rp"
    default_error_messages = {
        "invalid": _("Tulis jumlah rupiah tanpa sen, misalnya 12.450."),
    }


class DayField(forms.DateField):
    """A calendar day, typed or chosen."""

    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        try:
            return times.parse_day(str(value))
        except times.NotADay as refusal:
            raise ValidationError(refusal.message, code="invalid") from None
