"""The pages of products."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from karyabina.base.keys import new_key
from karyabina.catalogue.models import Import, Price, Product
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "kantor;produk;jenis;harga;catatan\n"


def browser(role: str = "workshop", at_office: str = "KLB") -> Client:
    client = Client()
    client.force_login(make.officer(role, at_office))
    return client


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def form(**other: object) -> dict[str, object]:
    return {
        "key": str(new_key()), "office": "KLB", "name": "Melon", "category": "pertanian",
        "measure": "piece", "code": "", "note": "", "amount": "20.000", "per": "1",
    } | other  # fmt: skip


def send(client: Client, data: str) -> HttpResponse:
    return client.post("/produk/impor/", {"file": SimpleUploadedFile("produk.csv", data.encode())})


def confirm(
    client: Client, shown: HttpResponse, key: str = "", file_name: str = "produk.csv"
) -> HttpResponse:
    given = {
        "rows": shown.context["rows"],
        "file_name": file_name,
        "key": key or str(new_key()),
    }
    return client.post("/produk/impor/", given, follow=True)


# --- the list ---------------------------------------------------------------------------------
def test_the_list_is_searched_filtered_and_paged() -> None:
    client = browser("regional", "NTT")
    make.price(make.product("MELON"), 20_000)
    make.product("KERIPIK", "KFM", name="Keripik pisang", category="makanan")
    for n in range(60):
        make.product(f"X{n}", name=f"Barang {n}")
    first = text(client.get("/produk/"))
    assert "Halaman 1 dari 2" in first
    found = text(client.get("/produk/?cari=pisang+keripik"))
    assert "Keripik pisang" in found
    assert "Melon" not in found
    assert "Rp 20.000" in text(client.get("/produk/?cari=melon"))
    assert "Keripik" in text(client.get("/produk/?jenis=makanan"))
    assert "Keripik" not in text(client.get("/produk/?kantor=KLB&cari=keripik"))
    assert "Tidak ada produk yang cocok" in text(client.get("/produk/?cari=zzz"))
    for strange in ("?jenis=obat", "?kantor=" + "x" * 500, "?halaman=-3", "?cari=%ff"):
        assert client.get(f"/produk/{strange}").status_code == 200


def test_an_empty_list_says_what_it_is_for() -> None:
    assert "Catat produk pertama" in text(browser().get("/produk/"))
    assert "Belum ada produk" in text(browser("head").get("/produk/"))


def test_what_cannot_be_sold_yet_has_its_own_tab() -> None:
    client = browser()
    make.price(make.product("MELON"))
    make.product("TOMAT")
    page = text(client.get("/produk/?keadaan=belum-berharga"))
    assert "Tomat" in page
    assert "Melon" not in page
    make.price(Product.objects.get(code="TOMAT"))
    assert "Semua produk sudah mempunyai harga" in text(
        client.get("/produk/?keadaan=belum-berharga")
    )
    assert client.get("/produk/?keadaan=lain").status_code == 200


def test_products_of_other_offices_are_not_shown() -> None:
    product = make.product("KERIPIK", "KFM")
    client = browser()
    assert "Keripik" not in text(client.get("/produk/"))
    assert client.get(f"/produk/{product.pk}/").status_code == 404
    assert client.post(f"/produk/{product.pk}/harga/", {}).status_code == 404
    assert client.post(f"/produk/{product.pk}/penghentian/").status_code == 404


@pytest.mark.parametrize("products", [3, 40])
def test_the_list_takes_the_same_queries_whatever_its_length(
    products: int, django_assert_num_queries
) -> None:
    client = browser()
    for n in range(products):
        make.price(make.product(f"X{n}", name=f"Barang {n}"))
    client.get("/produk/")
    with django_assert_num_queries(7):  # session, person, roles, count, page, prices, offices
        client.get("/produk/")


# --- one product ------------------------------------------------------------------------------
def test_a_product_is_named_with_its_first_price() -> None:
    client = browser()
    assert client.get("/produk/baru/").status_code == 200
    answer = client.post("/produk/baru/", form(), follow=True)
    product = Product.objects.get()
    assert answer.redirect_chain == [(f"/produk/{product.pk}/", 302)]
    assert "Produk Melon dicatat" in text(answer)
    assert "Rp 20.000" in text(answer)
    assert "per buah" in text(answer)


def test_a_double_click_names_it_once() -> None:
    client, given = browser(), form()
    client.post("/produk/baru/", given)
    again = client.post("/produk/baru/", given)
    assert again.status_code == 302
    assert (Product.objects.count(), Price.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"name": ""}, "perlu dibetulkan"),
        ({"name": "x" * 121}, "120"),
        ({"office": "KFM"}, "perlu dibetulkan"),
        ({"category": "obat"}, "perlu dibetulkan"),
        ({"code": "a!"}, "huruf besar"),
        ({"amount": "dua puluh"}, "tanpa sen"),
        ({"amount": "0"}, "perlu dibetulkan"),
        ({"amount": "9" * 30}, "perlu dibetulkan"),
        ({"key": "kein-schluessel"}, "Kunci formulir"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_stays(wrong: dict[str, str], word: str) -> None:
    client = browser()
    answer = client.post("/produk/baru/", form(note="catatan saya") | wrong)
    assert answer.status_code == 400
    assert word in text(answer)
    assert "catatan saya" in text(answer)
    assert not Product.objects.exists()


def test_a_name_that_is_taken_is_said_beside_the_field() -> None:
    client = browser()
    client.post("/produk/baru/", form())
    answer = client.post("/produk/baru/", form(name="melon"))
    assert answer.status_code == 400
    assert "sudah mempunyai produk dengan nama ini" in text(answer)


def test_a_price_is_changed_and_the_old_one_stays() -> None:
    client = browser()
    product = make.product()
    make.price(product, 20_000)
    address = f"/produk/{product.pk}/harga/"
    given = {"key": str(new_key()), "amount": "Rp 17.500", "per": "", "from_day": ""}
    answer = client.post(address, given, follow=True)
    assert "Harga Rp 17.500 dicatat" in text(answer)
    assert "Rp 20.000" in text(answer)
    assert client.post(address, given).status_code == 302  # the same click again
    assert [one.amount for one in product.prices.all()] == [17_500, 20_000]


def test_a_price_can_be_announced_but_not_backdated() -> None:
    client = browser()
    product = make.product()
    make.price(product, 20_000)
    address = f"/produk/{product.pk}/harga/"
    past = client.post(address, {"key": str(new_key()), "amount": "5", "from_day": "2025-01-01"})
    assert past.status_code == 400
    assert "berlaku surut" in text(past)
    later = {"key": str(new_key()), "amount": "25.000", "from_day": "1-1-2099"}
    assert "akan berlaku" in text(client.post(address, later, follow=True))
    assert "Rp 20.000" in text(client.get("/produk/"))


def test_who_may_not_edit_sees_no_form() -> None:
    product = make.product()
    client = browser("head")
    assert "Catat harga" not in text(client.get(f"/produk/{product.pk}/"))
    assert client.post(f"/produk/{product.pk}/harga/", {}).status_code == 403


def test_a_retired_product_moves_to_its_own_tab() -> None:
    client = browser()
    product = make.product()
    answer = client.post(f"/produk/{product.pk}/penghentian/", follow=True)
    assert "tidak dibuat lagi" in text(answer)
    assert "Melon" not in text(client.get("/produk/"))
    assert "Melon" in text(client.get("/produk/?keadaan=dihentikan"))


def test_ten_megabytes_in_a_field_are_refused_in_words() -> None:
    answer = browser().post("/produk/baru/", form(note="x" * 10_000_000))
    assert answer.status_code == 413
    assert "terlalu besar" in text(answer)
    assert not Product.objects.exists()


# --- a list -----------------------------------------------------------------------------------
def test_a_list_is_looked_at_before_it_counts() -> None:
    client = browser()
    shown = send(client, HEAD + "KLB;Melon;pertanian;20.000;\nKLB;Tomat;pertanian;;segar\n")
    assert shown.status_code == 200
    assert "Rp 20.000" in text(shown)
    assert not Product.objects.exists()
    done = confirm(client, shown)
    assert "2 baru, 0 diubah, 1 harga baru, 0 tetap" in text(done)
    assert Product.objects.count() == 2


def test_confirming_twice_is_importing_once() -> None:
    client = browser()
    shown = send(client, HEAD + "KLB;Melon;pertanian;20.000;\n")
    key = str(new_key())
    first, again = confirm(client, shown, key), confirm(client, shown, key)
    assert "1 baru" in text(first)
    assert "1 baru" in text(again)
    assert (Import.objects.count(), Product.objects.count(), Price.objects.count()) == (1, 1, 1)


def test_problems_are_shown_with_their_rows_and_nothing_can_be_confirmed() -> None:
    make.office("KFM")
    client = browser()
    shown = send(
        client, HEAD + "KLB;Melon;pertanian;20.000;\nKFM;Tempe;makanan;5,5;\nKFM;A;makanan;;\n"
    )
    page = text(shown)
    assert shown.status_code == 400
    assert "Baris 3" in page
    assert "bilangan bulat" in page
    assert "Baris 4" in page
    assert "di luar lingkup Anda" in page
    assert "rows" not in shown.context
    assert not Product.objects.exists()


def test_the_list_can_be_taken_out_filled_in_and_sent_back() -> None:
    make.price(make.product("MELON"), 20_000)
    make.product("TOMAT", measure="gram", name="=SUM(A1)", note="@rahasia")
    client = browser()
    table = client.get("/produk/daftar.csv").content.decode()
    assert "'=SUM(A1)" in table
    assert "'@rahasia" in table
    assert "KLB;Melon;pertanian;;MELON;buah;20000;1" in table
    shown = send(client, table.replace("20000", "21000"))
    assert shown.status_code == 200
    assert "Rp 21.000" in text(shown)


def test_a_confirmation_without_its_key_changes_nothing() -> None:
    client = browser()
    shown = send(client, HEAD + "KLB;Melon;pertanian;20.000;\n")
    answer = client.post("/produk/impor/", {"rows": shown.context["rows"]})
    assert answer.status_code == 400
    assert not Product.objects.exists()


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 5_000, "", "\u202egpj.csv", "\U0001f348.csv"])
def test_whatever_the_file_is_called_its_list_is_taken_in(name: str) -> None:
    client = browser()
    shown = send(client, HEAD + "KLB;Melon;pertanian;20.000;\n")
    done = confirm(client, shown, file_name=name)
    assert done.status_code == 200
    assert "1 baru" in text(done)
