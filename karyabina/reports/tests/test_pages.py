"""The report pages and files, as different people meet them."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from karyabina.settlement.tests.world import World
from karyabina.staff.models import Role
from tests import make


@pytest.fixture
def sold(world: World) -> World:
    world.melon = world.lot("MELON", 20, cost=20_000, price=10_000)
    world.chips = world.lot("CHIPS", 20, cost=10_000, price=5_000, office="KFM")
    world.first = world.sell({world.melon: 3, world.chips: 2}, at=make.moment(9, 5))
    world.sell({world.chips: 4}, at=make.moment(11, 30), means="qris")
    return world


def log_in(role: str, office: str) -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def day_url(name: str = "stand_day", days: int = 0) -> str:
    return reverse(f"reports:{name}", args=["GERAI", make.DAY + timedelta(days=days)])


def statement_url(name: str = "statement", office: str = "KLB") -> str:
    return reverse(f"reports:{name}", args=[office, "FEST"])


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def table(client: Client, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    body = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body), delimiter=";"))


def test_the_stands_day_says_what_its_charts_show(sold: World) -> None:
    sold.refund(sold.first, sold.melon, 1, at=make.moment(12))
    page = text(log_in(Role.REGIONAL, "NTT"), day_url())
    for sentence in (
        "Rp 50.000",  # 30,000 + 10,000 + 20,000 − 10,000
        "sesudah pengembalian uang Rp 10.000",
        "Jam tersibuk 09.00–10.00: penjualan Rp 40.000.",
        "menurut jam kejadian",
        "Omzet terbesar: Kantor KFM, Rp 30.000 atau 60 % dari seluruhnya.",
        "Rabu, 29 Oktober 2025",
    ):
        assert sentence in page, sentence
    assert len(re.findall(r'<svg class="chart"[^>]* role="img" aria-label="[^"]+"', page)) == 3
    assert page.count("<table") == 3
    assert "Anda melihat barang kantor ini saja" not in page


def test_an_office_that_takes_part_sees_its_own_goods(sold: World) -> None:
    page = text(log_in(Role.HEAD, "KLB"), day_url())
    assert "Anda melihat barang kantor ini saja:" in page
    assert "Rp 30.000" in page
    assert "Kantor KFM" not in page
    rows = table(log_in(Role.HEAD, "KLB"), day_url("stand_day_file"))
    assert {row["Kode kantor"] for row in rows} == {"KLB"}


def test_a_quiet_day_says_what_will_be_seen(sold: World) -> None:
    page = text(log_in(Role.REGIONAL, "NTT"), day_url(days=3))
    assert "Tidak ada penjualan pada hari ini." in page
    assert '<svg class="chart"' not in page


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "0000-00-00", "hari-ini", "2025-1-1"])
def test_what_is_no_day_is_no_address(sold: World, day: str) -> None:
    assert log_in(Role.REGIONAL, "NTT").get(f"/laporan/gerai/GERAI/{day}/").status_code == 404


@pytest.mark.parametrize(
    ("day", "status"),
    [("0001-01-01", 404), ("9999-12-31", 404), ("0002-01-01", 200), ("9998-12-31", 200)],
)
def test_the_first_and_the_last_day_break_nothing(sold: World, day: str, status: int) -> None:
    for address in (f"/laporan/gerai/GERAI/{day}/", f"/laporan/gerai/GERAI/{day}/data.csv"):
        assert log_in(Role.REGIONAL, "NTT").get(address).status_code == status


def test_the_days_file_has_each_hour_office_and_kind(sold: World) -> None:
    rows = table(log_in(Role.REGIONAL, "NTT"), day_url("stand_day_file"))
    assert [
        (row["Jam"], row["Kode kantor"], row["Terjual"], row["Penjualan (Rp)"]) for row in rows
    ] == [
        ("09.00", "KFM", "2", "10000"),
        ("09.00", "KLB", "3", "30000"),
        ("11.00", "KFM", "4", "20000"),
    ]


def test_a_name_cannot_smuggle_a_formula_into_a_file(sold: World) -> None:
    lot = sold.lot("JAHAT", 5, cost=0, price=1_000)
    product = lot.product
    product.name = "=HYPERLINK(1)"
    product.save()
    sold.sell({lot: 1})
    rows = table(log_in(Role.TREASURER, "KLB"), statement_url("statement_file"))
    assert "'=HYPERLINK(1)" in {row["Produk"] for row in rows}


def test_the_statement_tells_goods_and_money(sold: World) -> None:
    sold.settle()
    page = text(log_in(Role.TREASURER, "KLB"), statement_url())
    for sentence in (
        "Pernyataan Kantor KLB",
        "cocok dengan buku",
        "Hak kantor ini atas pengelola gerai, dari semua festival: Rp 30.000.",
        "KLB-MELON-251028-1",
        "20 buah",
        "Penjualan, Tunai",
    ):
        assert sentence in page, sentence
    (row,) = table(log_in(Role.TREASURER, "KLB"), statement_url("statement_file"))
    assert (row["Diserahkan"], row["Terjual"], row["Masih di gerai"]) == ("20", "3", "17")


def test_an_office_without_goods_has_an_empty_statement(world: World) -> None:
    page = text(log_in(Role.TREASURER, "KLB"), statement_url())
    assert "Kantor ini belum menyerahkan barang untuk festival ini." in page


def test_who_is_owed_what_shows_makers_to_their_own_office_only(sold: World) -> None:
    sold.settle()
    url = reverse("reports:owed")
    makers = reverse("reports:makers", args=["KLB"])
    treasurer, region = log_in(Role.TREASURER, "KLB"), log_in(Role.REGIONAL, "NTT")
    assert "jumlahnya nol" in text(treasurer, url)
    assert makers in text(treasurer, url)
    assert makers not in text(region, url)
    assert "KLB-001" in text(treasurer, makers)
    assert region.get(makers).status_code == 403
    assert log_in(Role.TREASURER, "KFM").get(makers).status_code == 404
    assert "Kantor KFM" not in text(treasurer, url)
    rows = table(region, reverse("reports:owed_file"))
    assert [(row["Kode kantor"], row["Kewajiban (Rp)"]) for row in rows] == [
        ("NTT", "60000"),
        ("KFM", "0"),
        ("KLB", "30000"),
    ]


def test_nothing_owed_says_what_will_be_seen(world: World) -> None:
    assert "Belum ada hak atau kewajiban." in text(
        log_in(Role.TREASURER, "KLB"), reverse("reports:owed")
    )
    assert "Belum ada premi." in text(
        log_in(Role.TREASURER, "KLB"), reverse("reports:makers", args=["KLB"])
    )


def test_the_index_leads_to_what_one_may_see(sold: World) -> None:
    url = reverse("reports:index")
    press = text(log_in(Role.PRESS, "NTT"), url)
    assert day_url() in press
    assert statement_url() not in press
    assert reverse("reports:owed") not in press
    head = text(log_in(Role.HEAD, "KLB"), url)
    assert statement_url() in head
    assert statement_url(office="KFM") not in head
    make.office("SOE")
    assert "Belum ada festival" in text(log_in(Role.HEAD, "SOE"), url)


def test_what_happened_after_the_last_day_is_not_out_of_sight(sold: World) -> None:
    """The stand is still open: somebody brings a melon back, somebody buys another."""
    client = log_in(Role.REGIONAL, "NTT")
    index = reverse("reports:index")
    assert day_url(days=1) not in text(client, index)
    sold.refund(sold.first, sold.melon, 1, at=make.moment(0, 20, days=1))
    sold.sell({sold.melon: 1}, at=make.moment(23, 59, days=3))
    sold.sell({sold.melon: 1}, at=make.moment(0, 10, days=-1))
    page = text(client, index)
    assert [day_url(days=n) in page for n in (-2, -1, 0, 1, 2, 3, 4)] == [
        False, True, True, True, False, True, False,
    ]  # fmt: skip
    page = text(client, day_url())
    assert day_url(days=1) in page
    assert day_url(days=-1) in page
    assert "Rp 10.000" in text(client, day_url(days=1))


def test_pages_ask_the_same_whatever_the_size(sold: World) -> None:
    region, treasurer = log_in(Role.REGIONAL, "NTT"), log_in(Role.TREASURER, "KLB")

    def questions(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    pairs = [
        (region, day_url()),
        (region, reverse("reports:index")),
        (region, reverse("reports:owed")),
        (treasurer, statement_url()),
    ]
    few = [questions(*pair) for pair in pairs]
    for n in range(6):
        make.stand(make.festival(f"PEKAN{n}"), f"PEKAN{n}", invited=("KLB", "KFM"))
        office = ("KLB", "KFM")[n % 2]
        lot = sold.lot(f"BARANG{n}", 9, cost=1_000, price=2_000, office=office)
        sold.sell({lot: 3}, at=make.moment(8 + n))
    assert [questions(*pair) for pair in pairs] == few
