from uuid import UUID

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base import money
from karyabina.base.forms import DayField, KeyedForm, QuantityField, RupiahField, whole


class Sale(KeyedForm):
    price = RupiahField(label="Harga")
    quantity = QuantityField(label="Jumlah", max_value=500)
    on = DayField(label="Hari")
    note = forms.CharField(label="Catatan", required=False, help_text="Boleh <kosong>")


def filled(**changes: str) -> Sale:
    right = {
        "key": "01890a5d-ac96-774b-bcce-b302099a8057",
        "price": "Rp 12.450",
        "quantity": "2",
        "on": "29-10-2025",
    }
    return Sale({**right, **changes})


def test_what_people_type_becomes_whole_numbers() -> None:
    form = filled()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["price"] == 12_450
    assert form.cleaned_data["quantity"] == 2
    assert form.cleaned_data["on"].isoformat() == "2025-10-29"
    assert form.cleaned_data["key"] == UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("price", "12,5"),
        ("price", "-1"),
        ("price", "1.5"),
        ("price", "9" * 500),
        ("price", "1000000000000"),
        ("price", "Rp"),
        ("quantity", "0"),
        ("quantity", "501"),
        ("quantity", "dua"),
        ("quantity", "٣"),
        ("on", "31-02-2025"),
        ("key", "bukan kunci"),
        ("key", ""),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(field: str, text: str) -> None:
    form = filled(**{field: text})
    assert list(form.errors) == [field]
    drawn = str(form)
    assert 'role="alert"' in drawn
    if field != "key":
        assert f'value="{text}"' in drawn
        assert f'id="id_{field}_error"' in drawn
        assert f'href="#id_{field}"' in drawn
        assert 'aria-invalid="true"' in drawn


def test_a_fresh_form_has_a_fresh_key_and_a_wrong_one_keeps_its_key() -> None:
    first, second = (Sale()["key"].value() for _ in range(2))
    assert first != second
    assert UUID(str(first)).version == 7
    again = filled(quantity="0")
    assert 'value="01890a5d-ac96-774b-bcce-b302099a8057"' in str(again["key"])


def test_help_is_joined_to_its_field_and_optional_fields_say_so() -> None:
    drawn = str(Sale())
    assert 'aria-describedby="id_note_helptext"' in drawn
    assert "(boleh kosong)" in drawn
    assert "style=" not in drawn


def test_a_day_that_is_none_is_drawn_as_text() -> None:
    assert 'type="text"' in str(filled(on="31-02-2025")["on"])
    assert 'type="date"' in str(filled()["on"])
    assert 'value="2025-10-29"' in str(filled()["on"])


@given(st.integers(-(10**12), 10**12))
def test_a_number_written_by_us_is_read_back(number: int) -> None:
    assert whole(money.number_text(number)) == number


@given(st.text(max_size=20))
def test_any_text_is_a_whole_number_or_an_error_of_the_field(text: str) -> None:
    form = filled(quantity=text)
    if form.is_valid():
        assert 1 <= form.cleaned_data["quantity"] <= 500
    else:
        assert set(form.errors) == {"quantity"}
