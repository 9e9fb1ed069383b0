"""The pages: who sees and does what, double clicks, bad input, and the number of queries."""

import pytest
from django.test import Client
from django.urls import reverse

from karyabina.base.keys import new_key
from karyabina.consignment.actions import Piece
from karyabina.consignment.models import Consignment
from karyabina.festivals import actions as festivals
from karyabina.staff.models import Role, Staff
from tests import make


def as_(person: Staff) -> Client:
    client = Client()
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def url(name: str, **arguments: object) -> str:
    return reverse(f"consignment:{name}", kwargs=arguments)


@pytest.fixture
def fresh(world):
    """The world with goods that have not expired today, whenever today is."""
    world.lot = make.lot(make.product("TENUN", "KLB", category="kerajinan"), 10, expiry_date=None)
    return world


def offer_form(world, **more) -> dict[str, object]:
    given = {"key": new_key(), "kantor": "KLB", "gerai": "GERAI", f"lot-{world.lot.code}": "4"}
    return given | more


def count_form(consignment: Consignment, good="", broken="", missing="", **more):
    line = consignment.lines.get().pk
    typed = {f"good-{line}": good, f"broken-{line}": broken, f"missing-{line}": missing}
    return {"key": new_key()} | typed | more


# --- looking -------------------------------------------------------------------------------------
def test_the_list_shows_consignments_by_state_and_filter(world):
    sent, offered = world.sent(2), world.offer(1)
    client = as_(world.cashier)
    page = client.get(url("list"))
    assert [row.code for row in page.context["page"]] == [offered.code, sent.code]
    assert "Dikirim (1)" in page.content.decode()
    page = client.get(url("list"), {"keadaan": "dikirim"})
    assert [row.code for row in page.context["page"]] == [sent.code]
    page = client.get(url("list"), {"cari": offered.code.lower()})
    assert [row.code for row in page.context["page"]] == [offered.code]
    page = client.get(url("list"), {"kantor": "KFM"})
    assert "Tidak ada titipan yang cocok" in page.content.decode()


def test_a_foreign_office_sees_neither_list_nor_page(world):
    consignment = world.offer(1)
    client = as_(make.officer(Role.WORKSHOP, "KFM"))
    assert not client.get(url("list")).context["page"].object_list
    assert client.get(url("story", code=consignment.code)).status_code == 404


def test_the_list_asks_as_often_for_many_as_for_few(world, django_assert_max_num_queries):
    client = as_(world.cashier)
    world.offer(1)
    with django_assert_max_num_queries(100) as few:
        client.get(url("list"))
    for _each in range(7):
        world.sent(1)
    with django_assert_max_num_queries(len(few)):
        client.get(url("list"))


def test_the_page_tells_the_whole_story(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 1, 2), note="Dus basah")
    world.clear(consignment, "lost", 1)
    text = as_(world.region).get(url("story", code=consignment.code)).content.decode()
    for said in ("Ditawarkan oleh", "Dikirim dari", "Diterima di", "Hilang: 1 buah", "Dus basah"):
        assert said in text
    assert "1 buah Melon kurang" in text


def test_the_sheet_has_room_for_the_count_until_it_was_made(world):
    consignment = world.sent(8)
    client = as_(world.sender)
    text = client.get(url("sheet", code=consignment.code)).content.decode()
    assert "Lembar serah terima" in text
    assert text.count('<td class="box"></td>') == 3
    assert "BAST" not in text
    world.receive(consignment, (5, 1, 2))
    assert (
        '<td class="box">' not in client.get(url("sheet", code=consignment.code)).content.decode()
    )


def test_an_address_that_makes_no_sense_is_not_found_or_answered(world):
    client = as_(world.sender)
    assert client.get("/titipan/TIDAK-ADA-1/").status_code == 404
    assert client.get("/titipan/%00/").status_code == 404
    for name in ("keadaan", "kantor", "gerai", "cari", "halaman"):
        for page in ("list", "offer"):
            assert client.get(url(page), {name: "'\"%" * 20}).status_code == 200
            assert client.get(url(page), {name: "KLB\0"}).status_code in {200, 400}


# --- offering and sending ------------------------------------------------------------------------
def test_an_office_offers_and_despatches_by_two_forms(fresh):
    client = as_(fresh.sender)
    page = client.get(url("offer")).content.decode()
    assert f'name="lot-{fresh.lot.code}"' in page
    answer = client.post(url("offer"), offer_form(fresh))
    made = Consignment.objects.get()
    assert answer.url == url("story", code=made.code)
    client.post(url("despatch", code=made.code), {"key": new_key()})
    assert fresh.places() == {"store:KLB": 6, f"transit:{made.code}": 4}


def test_a_double_click_is_one_act(fresh):
    client, form = as_(fresh.sender), offer_form(fresh)
    first, second = client.post(url("offer"), form), client.post(url("offer"), form)
    assert first.url == second.url
    made, key = Consignment.objects.get(), {"key": new_key()}
    for _twice in range(2):
        assert client.post(url("despatch", code=made.code), key).status_code == 302
    form = count_form(made, "3", "1", "0")
    for _twice in range(2):
        answer = as_(fresh.cashier).post(url("receive", code=made.code), form)
        assert answer.status_code == 302
    form = {"key": new_key(), "kantor": "KLB", f"lot-{fresh.lot.code}": "3"}
    first, second = (
        as_(fresh.cashier).post(url("send_back", stand="GERAI"), form) for _twice in range(2)
    )
    assert first.url == second.url
    assert fresh.places() == {
        "store:KLB": 6,
        "transit:GERAI-KLB-B1": 3,
        "outside:broken": 1,
    }


def test_too_much_is_refused_beside_its_field_and_keeps_what_was_typed(fresh):
    form = offer_form(fresh, **{f"lot-{fresh.lot.code}": "99", "note": "Satu dus"})
    answer = as_(fresh.sender).post(url("offer"), form)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "diminta 99 buah, di gudang tersedia 10 buah" in text
    assert 'value="99"' in text
    assert "Satu dus" in text
    assert f'value="{form["key"]}"' in text


@pytest.mark.parametrize("typed", ["-1", "1,5", "dua", "9" * 50, "1e3", "\0", "∞"])
def test_a_quantity_that_is_no_number_is_refused_and_kept(fresh, typed):
    form = offer_form(fresh, **{f"lot-{fresh.lot.code}": typed})
    assert as_(fresh.sender).post(url("offer"), form).status_code == 400
    assert not Consignment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"key": ""},
        {"key": "bukan kunci"},
        {"note": "x" * 301},
        {"note": "a\0b"},
        {"lot-TIDAK-ADA": "1"},
    ],
)
def test_a_form_that_is_not_whole_is_refused(fresh, change):
    answer = as_(fresh.sender).post(url("offer"), offer_form(fresh) | change)
    assert answer.status_code == 400
    assert not Consignment.objects.exists()


def test_foreign_goods_are_refused_with_whose_they_are(fresh):
    form = offer_form(fresh, **{f"lot-{fresh.foreign_lot.code}": "1"})
    answer = as_(fresh.sender).post(url("offer"), form)
    assert answer.status_code == 409
    assert "milik Kantor KFM" in answer.content.decode()


def test_an_office_out_of_reach_offers_nothing(fresh):
    as_(fresh.sender).post(url("offer"), offer_form(fresh, kantor="KFM"))
    assert not Consignment.objects.exists()


def test_a_stand_that_closed_meanwhile_is_named_in_the_refusal(fresh):
    festivals.close_stand(key=new_key(), stand=fresh.stand, by=fresh.region, at=make.moment(20))
    answer = as_(fresh.sender).post(url("offer"), offer_form(fresh))
    assert answer.status_code == 409
    assert "sudah ditutup" in answer.content.decode()


def test_ten_megabytes_in_a_field_are_refused(fresh):
    answer = as_(fresh.sender).post(url("offer"), offer_form(fresh, note="x" * 10_000_000))
    assert answer.status_code in {400, 413}
    assert not Consignment.objects.exists()


def test_an_offer_is_cancelled_with_a_reason(fresh):
    made = fresh.offer(2)
    client = as_(fresh.sender)
    assert client.get(url("cancel", code=made.code)).status_code == 200
    assert client.post(url("cancel", code=made.code), {"key": new_key()}).status_code == 400
    client.post(url("cancel", code=made.code), {"key": new_key(), "reason": "Ombak tinggi"})
    assert "Ombak tinggi" in client.get(url("story", code=made.code)).content.decode()
    answer = client.post(url("despatch", code=made.code), {"key": new_key()})
    assert answer.status_code == 409
    assert "sudah dibatalkan oleh workshop-klb" in answer.content.decode()


# --- receiving -----------------------------------------------------------------------------------
def test_the_second_of_two_receivers_is_told_who_was_first(world):
    consignment = world.sent(8)
    first, second = world.cashier, make.officer(Role.REGIONAL, "NTT")
    as_(first).post(url("receive", code=consignment.code), count_form(consignment, "8", "0", "0"))
    answer = as_(second).post(
        url("receive", code=consignment.code), count_form(consignment, "7", "0", "1")
    )
    assert answer.status_code == 409
    assert "diterima oleh cashier-ntt" in answer.content.decode()
    assert world.places() == {"store:KLB": 2, "stand:GERAI": 8}


def test_more_than_was_sent_is_refused_and_kept(world):
    consignment = world.sent(8)
    answer = as_(world.cashier).post(
        url("receive", code=consignment.code), count_form(consignment, "9", "0", "0")
    )
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "dikirim 8 buah, terhitung 9" in text
    assert 'value="9"' in text


def test_only_the_holder_receives_and_only_the_owner_takes_home(world):
    consignment = world.sent(8)
    own_cashier = make.officer(Role.CASHIER, "KLB")
    form = count_form(consignment, "8", "0", "0")
    answer = as_(own_cashier).post(url("receive", code=consignment.code), form)
    assert answer.status_code == 404
    world.receive(consignment)
    back = world.send_back(3)
    assert as_(world.cashier).get(url("receive", code=back.code)).status_code == 404
    as_(world.sender).post(url("come_home", code=back.code), count_form(back, "3", "0", "0"))
    assert world.places() == {"store:KLB": 5, "stand:GERAI": 5}


def test_goods_that_turned_back_are_taken_home_by_their_owner(world):
    consignment = world.sent(8)
    client = as_(world.sender)
    page = client.get(url("come_home", code=consignment.code)).content.decode()
    assert "Kembali sebelum sampai" in page
    client.post(url("come_home", code=consignment.code), count_form(consignment, "8", "0", "0"))
    assert world.places() == {"store:KLB": 10}


def test_what_is_not_on_its_way_has_no_form_to_receive_it(world):
    consignment = world.offer(2)
    answer = as_(world.cashier).get(url("receive", code=consignment.code))
    assert answer.url == url("story", code=consignment.code)


# --- sending back, clearing ----------------------------------------------------------------------
def test_everything_of_an_office_goes_home_by_one_button(world):
    world.receive(world.sent(8))
    client = as_(world.cashier)
    page = client.get(url("send_back", stand="GERAI")).content.decode()
    assert "Kembalikan semua milik KLB" in page
    form = {"key": new_key(), "kantor": "KLB", f"lot-{world.lot.code}": "8"}
    client.post(url("send_back", stand="GERAI"), form)
    page = client.get(url("send_back", stand="GERAI")).content.decode()
    assert "Tidak ada barang lagi" in page
    answer = client.get(url("send_back", stand="GERAI"), {"kantor": "KLB"})
    assert answer.url == url("send_back", stand="GERAI")


def test_what_was_sold_meanwhile_cannot_go_home(world):
    world.receive(world.sent(5))
    form = {"key": new_key(), "kantor": "KLB", f"lot-{world.lot.code}": "8"}
    answer = as_(world.cashier).post(url("send_back", stand="GERAI"), form)
    assert answer.status_code == 409
    assert "tersedia 5 buah" in answer.content.decode()


def test_the_region_clears_what_is_missing(world):
    consignment = world.sent(8)
    world.receive(consignment, (5, 0, 3))
    count = consignment.receipt.counts.get()
    address = url("clear", code=consignment.code, count=count.pk)
    assert as_(world.cashier).get(address).status_code == 403
    client = as_(world.region)
    assert 'value="3"' in client.get(address).content.decode()
    form = {"key": new_key(), "outcome": "found", "quantity": "9", "reason": "Di bawah meja"}
    answer = client.post(address, form)
    assert answer.status_code == 409
    assert "hanya 3 buah" in answer.content.decode()
    client.post(address, form | {"quantity": "3"})
    assert world.places() == {"store:KLB": 2, "stand:GERAI": 8}
    assert client.post(address, {"outcome": "gone"}).status_code == 400


@pytest.mark.parametrize("page", ["story", "sheet", "receive"])
def test_a_page_asks_as_often_for_many_goods_as_for_few(world, page, django_assert_max_num_queries):
    client, few = as_(world.region), world.sent(1)
    lots = [make.lot(world.lot.product, 5) for _each in range(6)]
    many = world.sent(lines=[Piece(lot, 5) for lot in lots])
    with django_assert_max_num_queries(30) as asked:
        assert client.get(url(page, code=few.code)).status_code == 200
    with django_assert_max_num_queries(len(asked)):
        assert client.get(url(page, code=many.code)).status_code == 200


@pytest.mark.parametrize("page", ["offer", "send_back"])
def test_a_form_asks_as_often_for_many_lots_as_for_few(fresh, page, django_assert_max_num_queries):
    person = fresh.sender if page == "offer" else fresh.cashier
    arguments = {} if page == "offer" else {"stand": "GERAI"}
    fresh.receive(fresh.sent(1))
    client, address = as_(person), url(page, **arguments) + "?kantor=KLB"
    with django_assert_max_num_queries(30) as asked:
        assert client.get(address).status_code == 200
    lots = [make.lot(fresh.lot.product, 5, expiry_date=None) for _each in range(6)]
    fresh.receive(fresh.sent(lines=[Piece(lot, 2) for lot in lots]))
    with django_assert_max_num_queries(len(asked)):
        assert client.get(address).status_code == 200
