"""The pages: what is typed is never lost, a click is one act, nonsense gets a sentence."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.catalogue.models import Product
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.staff import actions as staff
from karyabina.staff.models import Role
from karyabina.till import actions
from karyabina.till.models import Sale, Shift
from karyabina.till.tests.web import page, url
from tests import make

pytestmark = pytest.mark.django_db


def pay(**other: object) -> dict[str, object]:
    """What the payment page sends for one melon and a note of Rp 50.000."""
    given = {"key": new_key(), "expected_total": 20_000, "pay": "tunai:50000", "KLB.MELON": 1}
    return given | other


# --- shifts --------------------------------------------------------------------------------------
def test_a_cashier_opens_a_shift_and_stands_at_the_counter(till: Client, melon: Product) -> None:
    assert "Buka sif" in page(till.get("/kasir/"))
    sent = {"key": new_key(), "float_amount": "Rp 150.000"}
    response = till.post("/kasir/gerai/GERAI/sif/", sent, follow=True)
    assert Shift.objects.get().float_amount == 150_000
    assert "Melon" in page(response)
    assert "Rp 20.000" in page(response)
    again = till.post("/kasir/gerai/GERAI/sif/", sent)
    assert again.headers["Location"] == "/kasir/GERAI-251029-1/".replace(
        "GERAI-251029-1", Shift.objects.get().code
    )
    assert Shift.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "-5", "1,5", "banyak", "9" * 50, "10.000.000.001"])
def test_a_float_that_is_no_sum_is_told_and_kept(till: Client, stand: Stand, typed: str) -> None:
    response = till.post("/kasir/gerai/GERAI/sif/", {"key": new_key(), "float_amount": typed})
    assert response.status_code == 400
    assert f'value="{typed}"' in page(response) or not typed
    assert not Shift.objects.exists()


def test_a_second_shift_at_a_stand_leads_to_the_first(
    till: Client, shift: Shift, melon: Product
) -> None:
    sent = {"key": new_key(), "float_amount": 0}
    response = till.post("/kasir/gerai/GERAI/sif/", sent, follow=True)
    assert response.redirect_chain[-1][0] == url(shift)
    assert "Anda masih membuka sif" in page(response)


def test_a_drawer_that_is_not_counted_stays_in_sight_when_its_stand_is_closed(
    till: Client, shift: Shift, stand: Stand
) -> None:
    by = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=by, at=make.moment(18))
    shown = page(till.get("/kasir/"))
    assert "sudah ditutup, tetapi laci di bawah ini belum dihitung" in shown
    assert url(shift, "tutup/") in shown
    assert "Lanjut menjual" not in shown
    assert "Laci sif ini belum dihitung" in page(till.get(url(shift), follow=True))
    till.post(url(shift, "tutup/"), {"key": new_key(), "counted": "100.000"})
    assert "Belum ada gerai yang buka" in page(till.get("/kasir/"))


def test_the_first_page_says_when_there_is_no_stand(till: Client) -> None:
    assert "Belum ada gerai yang buka" in page(till.get("/kasir/"))


# --- the counter and the payment -----------------------------------------------------------------
def test_the_payment_page_shows_the_sum_and_the_notes_a_buyer_gives(
    till: Client, shift: Shift, melon: Product
) -> None:
    shown = page(till.get(url(shift, "bayar/"), {"KLB.MELON": "3"}))
    assert "Rp 60.000" in shown
    assert re.findall(r'value="tunai:(\d+)"', shown) == ["60000", "100000"]


def test_a_tapped_note_is_a_sale_and_the_change_is_large(
    till: Client, shift: Shift, melon: Product
) -> None:
    response = till.post(url(shift, "struk/"), pay(), follow=True)
    assert response.redirect_chain == [(url(shift, "struk/1/?baru=1"), 302)]
    assert '<p class="till-total">Rp 30.000</p>' in page(response)
    assert "Penjualan berikutnya" in page(response)
    assert Sale.objects.get().tendered == 50_000


def test_typed_money_and_qris_are_sales_too(till: Client, shift: Shift, melon: Product) -> None:
    till.post(url(shift, "struk/"), pay(pay="tunai", tendered="25.000"))
    till.post(url(shift, "struk/"), pay(pay="qris"))
    sales = Sale.objects.order_by("number").values_list("means", "tendered")
    assert list(sales) == [("cash", 25_000), ("qris", 20_000)]


def test_a_double_click_is_one_sale_also_when_it_took_the_last_piece(
    till: Client, shift: Shift, melon: Product
) -> None:
    sent = pay(expected_total=200_000, pay="qris", **{"KLB.MELON": 10})
    first = till.post(url(shift, "struk/"), sent)
    second = till.post(url(shift, "struk/"), sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Sale.objects.count() == 1


def test_another_note_tapped_after_the_first_shows_the_sale_that_was_made(
    till: Client, shift: Shift, melon: Product
) -> None:
    sent = pay()
    till.post(url(shift, "struk/"), sent)
    response = till.post(url(shift, "struk/"), sent | {"pay": "tunai:100000"})
    assert response.headers["Location"] == url(shift, "struk/1/?baru=1")
    assert Sale.objects.get().tendered == 50_000


def test_a_payment_page_that_was_left_and_sent_again_says_that_nothing_new_is_recorded(
    till: Client, shift: Shift, melon: Product
) -> None:
    """The way back leads through the last buyer's payment; the next one wants the same."""
    sent = pay()
    actions.sell(
        key=sent["key"],
        shift=shift,
        wants=[actions.Want(melon, 1)],
        means="cash",
        tendered=50_000,
        expected_total=20_000,
        by=shift.opened_by,
        at=make.moment(10, 15),
    )
    response = till.post(url(shift, "struk/"), sent, follow=True)
    assert response.redirect_chain == [(url(shift, "struk/1/?lagi=1"), 302)]
    assert "tidak ada penjualan baru yang dicatat" in page(response)
    assert "10.15" in page(response)
    assert "till-done" not in page(response)
    assert Sale.objects.count() == 1


def test_a_refused_sale_keeps_the_basket_and_what_was_typed(
    till: Client, shift: Shift, melon: Product
) -> None:
    sent = pay(pay="tunai", tendered="15.000")
    response = till.post(url(shift, "struk/"), sent)
    shown = page(response)
    assert response.status_code == 409
    assert "Uang yang diterima kurang Rp 5.000" in shown
    assert 'name="KLB.MELON" value="1"' in shown
    assert 'value="15.000"' in shown
    assert str(sent["key"]) in shown
    assert not Sale.objects.exists()


def test_a_changed_price_is_shown_before_it_is_taken(
    till: Client, shift: Shift, melon: Product
) -> None:
    make.price(melon, 25_000, since=make.moment(8, 30))
    response = till.post(url(shift, "struk/"), pay())
    shown = page(response)
    assert response.status_code == 409
    assert "Harga baru saja berubah" in shown
    assert 'name="expected_total" value="25000"' in shown
    key = re.search(r'name="key" value="([^"]+)"', shown)
    till.post(url(shift, "struk/"), pay(key=key[1], expected_total=25_000))
    assert Sale.objects.get().total == 25_000


def test_a_key_of_something_else_is_refused_and_a_fresh_one_is_drawn(
    till: Client, shift: Shift, melon: Product
) -> None:
    sent = pay(key=shift.key)  # the float's entry has this key
    response = till.post(url(shift, "struk/"), sent)
    assert response.status_code == 409
    assert str(shift.key) not in page(response)
    assert not Sale.objects.exists()


NONSENSE = [
    ({"KLB.MELON": "11"}, "Tinggal 10 buah, diminta 11 buah. Kurangi jumlahnya."),
    ({"KLB.MELON": "-1"}, "Paling sedikit"),
    ({"KLB.MELON": "1,5"}, "bilangan bulat"),
    ({"KLB.MELON": "dua"}, "bilangan bulat"),
    ({"KLB.MELON": "9" * 30}, "terlalu besar"),
    ({"KLB.MELON": "9" * 5_000}, "terlalu besar"),
    ({"KLB.MELON": "²"}, "bilangan bulat"),
    ({"KLB.MELON": ""}, "Keranjang masih kosong"),
    ({"KLB.MELON": "0"}, "Keranjang masih kosong"),
    ({}, "Keranjang masih kosong"),
    ({"KLB.MELON": "1", "XYZ.EMAS": "2"}, "tidak ada lagi di gerai ini: XYZ.EMAS"),
    ({"KLB.MELON": "1", "<b>.x": "2"}, "&lt;b&gt;.x"),
]


@pytest.mark.parametrize(("typed", "said"), NONSENSE)
def test_a_basket_that_cannot_be_sold_comes_back_with_a_sentence(
    till: Client, shift: Shift, melon: Product, typed: dict[str, str], said: str
) -> None:
    for response in (
        till.get(url(shift, "bayar/"), typed),
        till.post(url(shift, "struk/"), {k: v for k, v in pay().items() if "." not in k} | typed),
    ):
        assert response.status_code == 409
        assert said in page(response)
    assert not Sale.objects.exists()


def test_goods_that_are_gone_are_named_as_people_name_them(
    till: Client, shift: Shift, melon: Product
) -> None:
    make.product("TAS", "KFM", name="Tas anyaman")
    typed = {"KLB.MELON": "1", "KFM.TAS": "1", "KFM.ADA": "1", "kfm.tas": "2"}
    shown = page(till.get(url(shift, "bayar/"), typed))
    assert "tidak ada lagi di gerai ini: Tas anyaman, KFM.ADA" in shown
    assert 'name="KLB.MELON" value="1"' in shown


def test_the_way_back_from_the_payment_keeps_the_basket(
    till: Client, shift: Shift, melon: Product
) -> None:
    shown = page(till.get(url(shift, "bayar/"), {"KLB.MELON": "3"}))
    ways = re.findall(rf'href="({url(shift)}\?[^"]*)"', shown)
    assert ways == [f"{url(shift)}?KLB.MELON=3"] * 2  # the arrow on top, and the words
    assert 'name="KLB.MELON" value="3"' in page(till.get(ways[0]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"pay": ""},
        {"pay": "bon"},
        {"pay": "tunai:"},
        {"pay": "tunai:-5"},
        {"pay": "tunai:²"},
        {"pay": "tunai:99999999999 "},
        {"pay": "tunai:" + "9" * 60},
        {"pay": "qris:5"},
        {"pay": "tunai", "tendered": ""},
        {"pay": "tunai", "tendered": "seratus"},
        {"pay": "tunai", "tendered": "9" * 60},
        {"expected_total": ""},
        {"expected_total": "x"},
        {"expected_total": "9" * 60},
        {"key": "bukan-kunci"},
        {"key": ""},
        {"key": "x" * 10_000},
    ],
)
def test_a_payment_that_makes_no_sense_is_told_and_the_basket_kept(
    till: Client, shift: Shift, melon: Product, wrong: dict[str, str]
) -> None:
    response = till.post(url(shift, "struk/"), pay() | wrong)
    assert response.status_code == 400
    assert 'name="KLB.MELON" value="1"' in page(response)
    assert not Sale.objects.exists()


def test_a_nul_byte_is_no_number(till: Client, shift: Shift, melon: Product) -> None:
    typed = {"KLB.MELON": "1\x00"}
    assert till.get(url(shift, "bayar/"), typed).status_code in {400, 409}
    assert till.post(url(shift, "struk/"), pay(**typed)).status_code in {400, 409}
    assert not Sale.objects.exists()


def test_ten_megabytes_in_a_field_are_refused_whole(
    till: Client, shift: Shift, melon: Product
) -> None:
    before = ledger.balances()
    for name in ("KLB.MELON", "tendered", "key"):
        response = till.post(url(shift, "struk/"), pay(**{name: "9" * 10_000_000}))
        assert response.status_code == 413
    assert ledger.balances() == before


def test_goods_without_a_price_or_past_their_date_cannot_be_tapped(
    till: Client, stand: Stand, shift: Shift, melon: Product
) -> None:
    old, priceless = make.product("LAMA"), make.product("BARU")
    make.price(old, 1_000)
    make.on_stand(make.lot(old, 3), stand, 3)  # good for a month after the festival
    make.on_stand(make.lot(priceless, 3, expiry_date=None), stand, 3)
    shown = page(till.get(url(shift)))
    assert 'name="KLB.MELON"' in shown
    assert 'name="KLB.LAMA"' not in shown
    assert "kedaluwarsa" in shown
    assert 'name="KLB.BARU"' not in shown
    assert "belum ada harga" in shown
    response = till.get(url(shift, "bayar/"), {"KLB.LAMA": 1, "KLB.BARU": 1})
    assert "lewat tanggal kedaluwarsa" in page(response)
    assert "Belum ada harganya" in page(response)


def test_the_counter_asks_the_same_number_of_questions_for_more_goods(
    till: Client, stand: Stand, shift: Shift, melon: Product
) -> None:
    def queries() -> int:
        till.get(url(shift))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            till.get(url(shift))
        return len(seen)

    few = queries()
    for n in range(8):
        product = make.product(f"P{n}", "KFM", category="kerajinan")
        make.price(product, 1_000)
        for _lot in range(2):
            make.on_stand(make.lot(product, 1, expiry_date=None), stand, 1)
    assert queries() == few


# --- who may -------------------------------------------------------------------------------------
def test_a_colleague_looks_on_but_does_not_sell(
    client: Client, shift: Shift, melon: Product
) -> None:
    client.force_login(make.officer(Role.REGIONAL, "NTT"))
    assert client.get(url(shift)).headers["Location"] == url(shift, "ringkasan/")
    assert client.get(url(shift, "penjualan/")).status_code == 200
    assert client.post(url(shift, "struk/"), pay()).status_code == 403
    assert not Sale.objects.exists()


def test_another_cashier_of_the_office_cannot_sell_in_my_shift(
    client: Client, stand: Stand, shift: Shift, melon: Product
) -> None:
    other = staff.enlist(username="lain", name="lain", password="x", by=None, at=make.moment(1))
    staff.appoint(staff=other, office=stand.holder, role=Role.CASHIER, by=None, at=make.moment(1))
    client.force_login(other)
    assert client.get(url(shift)).headers["Location"] == url(shift, "ringkasan/")
    response = client.post(url(shift, "struk/"), pay(), follow=True)
    assert "Sif ini dibuka oleh kasir lain" in page(response)
    assert not Sale.objects.exists()


def test_a_cashier_of_another_office_finds_nothing(client: Client, shift: Shift) -> None:
    client.force_login(make.officer(Role.CASHIER, "KLB"))
    for rest in ("", "bayar/", "penjualan/", "ringkasan/", "tutup/", "struk/1/"):
        assert client.get(url(shift, rest)).status_code == 404
    assert client.post("/kasir/gerai/GERAI/sif/", {"float_amount": 0}).status_code == 404


def test_a_shift_that_closed_meanwhile_sells_nothing_and_says_so(
    till: Client, shift: Shift, melon: Product
) -> None:
    actions.close_shift(
        key=new_key(), shift=shift, counted=100_000, note="", by=shift.opened_by, at=make.moment(17)
    )
    response = till.post(url(shift, "struk/"), pay(), follow=True)
    assert response.redirect_chain[-1][0] == url(shift, "ringkasan/")
    assert "Sif ini sudah ditutup" in page(response)


def test_a_stand_that_closed_meanwhile_sells_nothing_and_the_drawer_can_still_be_counted(
    till: Client, stand: Stand, shift: Shift, melon: Product
) -> None:
    regional = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=regional, at=make.moment(17))
    assert "Gerai ini sudah ditutup" in page(till.post(url(shift, "struk/"), pay(), follow=True))
    response = till.post(url(shift, "tutup/"), {"key": new_key(), "counted": "100.000"})
    assert response.headers["Location"] == url(shift, "ringkasan/")


def test_unknown_shifts_and_strange_addresses_are_not_found(till: Client, shift: Shift) -> None:
    for address in ("/kasir/TIDAK-ADA/", "/kasir/%00/", f"/kasir/{uuid4()}/tutup/", "/kasir/a b/"):
        assert till.get(address).status_code == 404
