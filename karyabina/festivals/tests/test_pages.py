"""The public door and stands, and what officers arrange: nothing private on any of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from karyabina.base.keys import new_key
from karyabina.base.times import local
from karyabina.catalogue.models import Product
from karyabina.festivals import actions, queries
from karyabina.festivals.models import Festival, Stand
from karyabina.ledger import actions as ledger
from karyabina.ledger.models import Move
from karyabina.staff.models import Role
from karyabina.stock.models import Lot
from tests import make

pytestmark = pytest.mark.django_db


def logged_in(role: Role = Role.REGIONAL, office: str = "NTT") -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def now() -> Stand:
    """A stand at a festival that runs today."""
    today = local(timezone.now()).date()
    at = timezone.now()
    running = make.festival(first_date=today, last_date=today + timedelta(3), at=at)
    actions.invite(
        key=new_key(),
        festival=running,
        office=make.office("KLB"),
        by=make.officer(Role.REGIONAL, "NTT"),
        at=at,
    )
    return actions.set_up(
        key=new_key(),
        code="GERAI",
        name="Gerai Karya",
        festival=running,
        holder=running.organiser,
        by=make.officer(Role.REGIONAL, "NTT"),
        at=at,
    )


def standing(stand: Stand, product: Product, quantity: int, **other: object) -> Lot:
    """Goods of a fresh lot on the stand, as a receipt would put them there."""
    today = local(timezone.now()).date()
    given = {"made_date": today, "expiry_date": today + timedelta(30), "at": timezone.now()}
    lot = make.lot(product, quantity, **(given | other))
    moved(lot, f"store:{product.office.code}", stand.account, quantity)
    return lot


def moved(lot: Lot, source: str, target: str, quantity: int) -> None:
    ledger.post(
        key=new_key(),
        kind="receipt",
        by=make.officer(),
        occurred_at=timezone.now(),
        request={"lot": lot.code, "to": target, "n": quantity},
        moves=[Move(source, target, lot.code, quantity)],
    )


# --- the front door -------------------------------------------------------------------------------
def test_every_festival_that_runs_can_be_found_from_the_front_door() -> None:
    """Two run today; one ended yesterday, after the first of them began; one is to come."""
    today = local(timezone.now()).date()
    for code, first, last in (
        ("LAMA", -3, 1),
        ("BARU", 0, 0),
        ("USAI", -5, -1),
        ("NANTI", 5, 6),
    ):
        where = make.festival(
            code, first_date=today + timedelta(first), last_date=today + timedelta(last)
        )
        make.stand(where, code=f"G{code}")
    text = Client().get("/").content.decode()
    for code in ("LAMA", "BARU", "USAI", "NANTI"):
        assert f"/gerai/G{code}/" in text
    beside, before = text.split("Festival lain")[1].split("Festival sebelumnya")
    assert "Festival NANTI" in beside
    assert "Festival USAI" in before


def test_the_front_door_opens_before_there_is_any_festival() -> None:
    answer = Client().get("/")
    assert answer.status_code == 200
    assert "Belum ada festival" in answer.content.decode()


def test_the_front_door_shows_the_festival_of_today_and_its_stand() -> None:
    standing(now(), make.product(), 12)
    text = Client().get("/").content.decode()
    for part in ("Festival FEST", "berlangsung sekarang", "Gerai Karya", "1 macam", "Kantor KLB"):
        assert part in text
    assert 'href="/gerai/GERAI/"' in text
    assert "Data contoh" in text


def test_the_front_door_answers_a_head_request() -> None:
    assert Client().head("/").status_code == 200


# --- a stand --------------------------------------------------------------------------------------
def test_a_buyer_sees_goods_prices_stock_and_origin() -> None:
    stand = now()
    melon, kopi = make.product(), make.product("KOPI", measure="gram")
    make.price(melon, 20_000)
    make.price(kopi, 95_000, 1_000)
    standing(stand, melon, 3)
    standing(stand, kopi, 5_000)
    text = Client().get("/gerai/GERAI/").content.decode()
    for part in ("Melon", "Rp 20.000", "tinggal 3", "Rp 95.000", "/ kg", "tersedia", "Kantor KLB"):
        assert part in text
    assert "5.000 g" not in text  # nobody needs to know how much of it there is


def test_what_is_sold_out_is_said_to_be_so() -> None:
    stand, melon = now(), make.product()
    lot = standing(stand, melon, 3)
    moved(lot, stand.account, "outside:buyer", 3)
    shop = queries.shops([stand], timezone.now())[0]
    assert [(one.product, one.stock) for one in shop.goods] == [(melon, "gone")]
    assert shop.there == 0
    assert "habis" in Client().get("/gerai/GERAI/").content.decode()


def test_lots_of_a_product_are_counted_together_and_expired_ones_not_at_all() -> None:
    stand, melon = now(), make.product()
    today = local(timezone.now()).date()
    old = today - timedelta(9)
    standing(stand, melon, 4, made_date=old, expiry_date=today - timedelta(1))
    standing(stand, melon, 2, made_date=old, expiry_date=today)
    standing(stand, melon, 7)
    (good,) = queries.shops([stand], timezone.now())[0].goods
    assert (good.quantity, good.first_expiry) == (9, today)


def test_goods_without_a_price_are_shown_without_one() -> None:
    standing(now(), make.product(), 3)
    assert "Tanyakan harganya" in Client().get("/gerai/GERAI/").content.decode()


def test_a_closed_stand_shows_what_was_sold_there_at_the_prices_of_then() -> None:
    stand, melon = now(), make.product()
    make.price(melon, 20_000)
    standing(stand, melon, 3)
    by = make.officer(Role.REGIONAL, "NTT")
    at = timezone.now()
    actions.close_stand(key=new_key(), stand=stand, by=by, at=at)
    make.price(melon, 99_000, since=at + timedelta(microseconds=1))
    text = Client().get("/gerai/GERAI/").content.decode()
    for part in ("gerai sudah tutup", "Melon", "Rp 20.000"):
        assert part in text
    for part in ("Rp 99.000", "tersedia", "tinggal"):
        assert part not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?cari=melon", True),
        ("?cari=timor melon", True),
        ("?cari=tomat", False),
        ("?jenis=pertanian", True),
        ("?jenis=makanan", False),
        ("?jenis=<script>", False),
        ("?kantor=KLB", True),
        ("?kantor=KFM", False),
        ("?halaman=-1", True),
        ("?cari=" + "x" * 3_000, False),
    ],
)
def test_goods_are_searched_and_filtered(query: str, found: bool) -> None:
    standing(now(), make.product(), 3)
    answer = Client().get("/gerai/GERAI/" + query)
    assert answer.status_code == 200
    assert ("<h2>Melon</h2>" in answer.content.decode()) is found
    assert "<script>" not in answer.content.decode()


def test_a_stand_page_says_nothing_that_is_not_for_the_public() -> None:
    stand, melon = now(), make.product()
    lot = standing(stand, melon, 3, works={make.maker(): 90}, cost=123_457)
    text = Client().get("/gerai/GERAI/").content.decode()
    for private in (lot.code, "KLB-001", "123.457", str(stand.pk), str(lot.pk), "stand:GERAI"):
        assert private not in text


def test_a_stand_that_is_not_there_is_not_found() -> None:
    for code in ("TIDAKADA", "gerai", "x" * 500):
        assert Client().get(f"/gerai/{code}/").status_code == 404


def test_an_address_with_a_nul_is_answered_and_breaks_nothing() -> None:
    make.stand()
    for address in ("/gerai/%00/", "/gerai/GERAI/?cari=%00", "/gerai/GERAI/?%00=1"):
        assert Client().get(address).status_code == 400


def test_a_stand_asks_as_often_for_ten_goods_as_for_many() -> None:
    stand = now()

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            assert Client().get("/gerai/GERAI/").status_code == 200
        return len(context)

    for n in range(3):
        product = make.product(f"BARANG{n}")
        make.price(product)
        standing(stand, product, 9)
    few = asked()
    for n in range(3, 30):
        product = make.product(f"BARANG{n}")
        make.price(product)
        standing(stand, product, 9)
    assert asked() == few <= 6


# --- what officers arrange ------------------------------------------------------------------------
def announced(**other: object) -> dict[str, object]:
    today = local(timezone.now()).date().isoformat()
    given = {
        "key": new_key(),
        "organiser": "NTT",
        "name": "Pekan Karya",
        "code": "pekan",
        "theme": "",
        "venue": "Alun-alun",
        "town": "Kupang",
        "first_date": today,
        "last_date": today,
        "time_zone": "Asia/Makassar",
    }
    return given | other


def test_a_festival_is_arranged_from_announcing_to_closing() -> None:
    client = logged_in()
    make.office("KLB")
    make.office("KFM")
    form = announced()
    for _ in range(2):
        assert client.post("/festival/baru/", form).status_code == 302
    assert Festival.objects.get().code == "PEKAN"
    invitation = {"key": new_key(), "offices": ["KLB", "KFM"]}
    for _ in range(2):
        assert client.post("/festival/PEKAN/peserta/", invitation).status_code == 302
    assert Festival.objects.get().participations.count() == 2
    stand = {"key": new_key(), "name": "Gerai", "code": "gpekan", "holder": "NTT"}
    for _ in range(2):
        assert client.post("/festival/PEKAN/gerai/", stand).status_code == 302
    closing = {"key": new_key()}
    for _ in range(2):
        assert client.post("/gerai/GPEKAN/penutupan/", closing).status_code == 302
    text = client.get("/festival/PEKAN/").content.decode()
    for part in ("Kantor KLB", "Kantor KFM", "GPEKAN", "tutup"):
        assert part in text


def test_all_offices_are_invited_by_one_button_and_none_of_another_region() -> None:
    client = logged_in()
    for code in ("KLB", "KFM"):
        make.office(code)
    make.office("DPS", "BALI")
    client.post("/festival/baru/", announced())
    festival = Festival.objects.get()
    address = f"/festival/{festival.code}/peserta/"
    assert "Undang semua (2 kantor)" in client.get(address).content.decode()
    client.post(address, {"key": new_key(), "offices": ["KLB"]})
    everybody = {"key": new_key(), "semua": "1"}
    for _ in range(2):
        assert client.post(address, everybody).status_code == 302
    invited = festival.participations.values_list("office__code", flat=True)
    assert sorted(invited) == ["KFM", "KLB"]
    assert "sudah diundang" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"organiser": "BALI"}, "dari daftar"),
        ({"code": "x"}, "code"),
        ({"code": "PE KAN"}, "huruf besar dan angka"),
        ({"last_date": "2020-01-01"}, "mendahului hari pertama"),
        ({"last_date": "2099-01-01"}, "366 hari"),
        ({"name": ""}, "name"),
        ({"time_zone": "Mars"}, "time_zone"),
    ],
)
def test_a_wrong_festival_is_refused_with_a_word(wrong: dict, said: str) -> None:
    make.office("BALI")
    answer = logged_in().post("/festival/baru/", announced(**wrong))
    assert answer.status_code in (400, 409)
    assert said in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert not Festival.objects.exists()


def test_another_regions_festival_is_seen_and_not_arranged() -> None:
    now()
    client = logged_in(Role.REGIONAL, "BALI")
    assert client.get("/festival/FEST/").status_code == 200
    assert "Dirikan gerai" not in client.get("/festival/FEST/").content.decode()
    for address in ("/festival/FEST/peserta/", "/festival/FEST/gerai/", "/gerai/GERAI/penutupan/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"key": new_key()}).status_code == 404


def test_who_closed_a_stand_first_is_told_to_the_second() -> None:
    stand = now()
    client = logged_in()
    client.post("/gerai/GERAI/penutupan/", {"key": new_key()})
    client.post("/gerai/GERAI/penutupan/", {"key": new_key()})
    text = client.get("/festival/FEST/").content.decode()
    assert f"sudah ditutup sebelumnya oleh {make.officer(Role.REGIONAL, 'NTT').name}" in text
    assert Stand.objects.get(pk=stand.pk).closure.by == make.officer(Role.REGIONAL, "NTT")


def test_the_list_asks_as_often_for_many_festivals() -> None:
    client = logged_in()

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            client.get("/festival/")
        return len(context)

    make.festival("SATU")
    asked()
    few = asked()
    for n in range(9):
        make.festival(f"FEST{n}")
    assert asked() == few
