"""Pages of the workshop: recording a production from a form, by people in a hurry."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.ledger import queries as ledger
from karyabina.staff.models import Role
from karyabina.stock.models import Lot
from karyabina.workshop.forms import minutes
from karyabina.workshop.models import Production
from tests import make

pytestmark = pytest.mark.django_db


def asked(client: Client) -> int:
    """How many queries the list asks, once it is warm."""
    client.get("/produksi/")
    with CaptureQueriesContext(connection) as context:
        client.get("/produksi/")
    return len(context)


def logged_in(role: Role = Role.WORKSHOP, office: str = "KLB") -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def filled(**other: object) -> dict[str, object]:
    product = make.product("KUE", category="makanan")
    make.maker()
    make.maker()
    return {
        "key": new_key(),
        "product": product.pk,
        "quantity": "1.200",
        "made_date": "28-10-2025",
        "expiry_date": "2025-11-28",
        "cost": "Rp 350.000",
        "basis": "hours",
        "kerja-KLB-001": "7,5",
        "kerja-KLB-002": "2:15",
    } | other


def test_a_production_is_recorded_and_a_double_click_records_it_once() -> None:
    client, form = logged_in(), filled()
    for _ in range(2):
        answer = client.post("/produksi/baru/", form)
        assert answer.status_code == 302
    made = Production.objects.get()
    assert answer["Location"] == f"/produksi/{made.lot.code}/"
    assert (made.lot.quantity, made.lot.cost) == (1_200, 350_000)
    assert [work.amount for work in made.works.all()] == [450, 135]
    assert ledger.balance("store:KLB", made.lot.code) == 1_200


def test_the_page_of_a_production_shows_codes_and_shares() -> None:
    client = logged_in()
    client.post("/produksi/baru/", filled())
    text = client.get(f"/produksi/{Lot.objects.get().code}/").content.decode()
    for part in ("KLB-001", "7 jam 30 menit", "76,92 %", "23,08 %", "9 jam 45 menit"):
        assert part in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kerja-KLB-001": "", "kerja-KLB-002": ""}, "sedikitnya satu peserta"),
        ({"kerja-KLB-001": "tujuh"}, "misalnya 7,5 atau 7:30"),
        ({"kerja-KLB-001": "-3"}, "misalnya 7,5 atau 7:30"),
        ({"kerja-KLB-001": "99999"}, "8.784 jam"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1,5"}, "bilangan bulat"),
        ({"quantity": "99999999999"}, "quantity"),
        ({"expiry_date": ""}, "tanggal kedaluwarsa"),
        ({"expiry_date": "2025-10-01"}, "mendahului tanggal produksi"),
        ({"made_date": "2099-01-01", "expiry_date": "2099-02-01"}, "belum tiba"),
        ({"basis": "pieces", "kerja-KLB-001": "5", "kerja-KLB-002": "6"}, "harus sama dengan"),
        ({"basis": "rasa"}, "basis"),
        ({"cost": "-1"}, "cost"),
        ({"product": "bukan"}, "product"),
        ({"key": "bukan"}, "Kunci formulir"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(wrong: dict, said: str) -> None:
    answer = logged_in().post("/produksi/baru/", filled(**wrong))
    text = answer.content.decode()
    assert answer.status_code in (400, 409)
    assert said in text
    assert 'role="alert"' in text
    assert not Production.objects.exists()
    assert not Lot.objects.exists()


def test_what_was_typed_stays_in_the_form() -> None:
    answer = logged_in().post("/produksi/baru/", filled(quantity="banyak"))
    text = answer.content.decode()
    for typed in ('value="banyak"', 'value="7,5"', 'value="2:15"', "Rp 350.000"):
        assert typed in text


def test_another_offices_product_and_makers_cannot_be_named() -> None:
    foreign = make.product("LAIN", "KFM")
    make.maker("KFM")
    form = filled() | {"product": foreign.pk}
    assert logged_in().post("/produksi/baru/", form).status_code == 400
    form = filled_for_foreign_maker()
    assert logged_in().post("/produksi/baru/", form).status_code == 400
    assert not Production.objects.exists()


def filled_for_foreign_maker() -> dict[str, object]:
    product = make.product("ROTI", category="makanan")
    return {
        "key": new_key(),
        "product": product.pk,
        "quantity": "5",
        "made_date": "28-10-2025",
        "expiry_date": "2025-11-28",
        "cost": "0",
        "basis": "hours",
        "kerja-KFM-001": "7",
    }


def test_an_office_without_products_or_makers_is_told_what_to_do_first() -> None:
    client = logged_in()
    assert "belum mempunyai produk" in client.get("/produksi/baru/").content.decode()
    make.product()
    assert "belum mempunyai peserta" in client.get("/produksi/baru/").content.decode()


def test_a_foreign_production_is_not_found() -> None:
    lot = make.lot(make.product("KOPI", "KFM"))
    assert logged_in().get(f"/produksi/{lot.code}/").status_code == 404
    assert lot.code not in logged_in().get("/produksi/").content.decode()


def test_the_list_asks_as_often_for_many() -> None:
    client, product, who = logged_in(), make.product(), make.maker()
    make.production(product, works={who: 60})
    few = asked(client)
    for _ in range(9):
        make.production(product, works={who: 60})
    assert asked(client) == few


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 420),
        ("7,5", 450),
        ("7.5", 450),
        ("7:30", 450),
        ("0,25", 15),
        ("7,33", 440),
        (" 8 jam ", 480),
        ("1200", 72_000),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert minutes(text) == expected


@pytest.mark.parametrize("text", ["", "7.30", "7:60", "-7", "7,555", "1e3", "٧", "7 30", "x"])
def test_what_could_mean_two_things_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        minutes(text)
