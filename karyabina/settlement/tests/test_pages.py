"""The pages of sharing, as the treasurer and others meet them."""

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from karyabina.base import guards
from karyabina.base.keys import new_key
from karyabina.offices.models import Office
from karyabina.settlement import queries, story
from karyabina.settlement.models import Premi, Settlement
from karyabina.settlement.tests.world import World
from karyabina.staff.models import Role
from tests import make


@pytest.fixture
def sold(world: World) -> World:
    world.melon = world.lot(
        "MELON", 10, cost=20_000, price=10_000, works={"KLB-001": 90, "KLB-002": 30}
    )
    world.first = world.sell({world.melon: 3}, at=make.moment(9, 5))
    return world


def log_in(role: str = Role.TREASURER, office: str = "KLB") -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def preview_url(office: str = "KLB") -> str:
    return reverse("settlement:preview", args=["FEST", office])


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that posts."""
    return dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]+)"', page))


def press(client: Client, fields: dict[str, str]):
    return client.post(reverse("settlement:settle", args=["FEST", "KLB"]), fields)


def test_the_preview_explains_every_figure(sold: World) -> None:
    page = log_in().get(preview_url()).content.decode()
    for sentence in (
        "Dari 1 baris penjualan yang menunggu.",
        "Terjual 3 buah, omzet Rp 30.000.",
        "Bahan seluruh lot (10 buah) seharga Rp 20.000; untuk 3 buah itu Rp 6.000,",
        "Premi lot: Rp 12.000 × laba lot Rp 24.000 ÷ laba semua lot yang untung Rp 24.000",
        "Rp 12.000 dibagi menurut kerja; seluruhnya 2 jam",
        "1 jam 30 menit",
        "Bukukan bagi hasil Rp 30.000",
    ):
        assert sentence in page, sentence
    assert Settlement.objects.count() == 0


def test_the_treasurer_posts_what_was_seen(sold: World) -> None:
    client = log_in()
    fields = hidden(client.get(preview_url()).content.decode())
    answer = press(client, fields)
    settlement = Settlement.objects.get()
    assert settlement.key == UUID(fields["key"])
    assert answer.url == reverse("settlement:detail", args=[settlement.pk])
    page = client.get(answer.url).content.decode()
    assert "Bagi hasil dibukukan." in page
    assert "KLB-001" in page
    assert "untuk 3 buah itu Rp 6.000" in page


def test_a_double_click_is_one_settlement(sold: World) -> None:
    client = log_in()
    fields = hidden(client.get(preview_url()).content.decode())
    assert press(client, fields).url == press(client, fields).url
    assert Settlement.objects.count() == 1


def test_two_tabs_settle_once_and_the_second_hears_by_whom(sold: World) -> None:
    client = log_in()
    one = hidden(client.get(preview_url()).content.decode())
    two = hidden(client.get(preview_url()).content.decode())
    assert one["key"] != two["key"]
    press(client, one)
    answer = press(client, two)
    assert answer.status_code == 409
    assert "sudah dibukukan oleh treasurer-klb" in answer.content.decode()
    assert Settlement.objects.count() == 1


def test_a_sale_meanwhile_draws_the_page_again_with_the_new_figures(sold: World) -> None:
    client = log_in()
    fields = hidden(client.get(preview_url()).content.decode())
    sold.sell({sold.melon: 1})
    answer = press(client, fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Sejak halaman ini dibuka" in page
    assert "Bukukan bagi hasil Rp 40.000" in page
    assert press(client, hidden(page)).status_code == 302
    assert Settlement.objects.get().turnover == 40_000


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"key": "kunci", "seen": "a" * 64},
        {"key": str(new_key()), "seen": "x" * 64},
        {"key": str(new_key()), "seen": "a" * 65},
        {"key": str(new_key()), "seen": "a" * 1_000_000},
        {"key": "\x00", "seen": "\x00"},
    ],
)
def test_a_broken_form_posts_nothing(sold: World, fields: dict[str, str]) -> None:
    answer = press(log_in(), fields)
    assert answer.status_code == 400
    assert "Tidak ada yang dibukukan" in answer.content.decode()
    assert Settlement.objects.count() == 0


def test_a_strange_fingerprint_posts_nothing(sold: World) -> None:
    answer = press(log_in(), {"key": str(new_key()), "seen": "0" * 64})
    assert answer.status_code == 409
    assert Settlement.objects.count() == 0


def test_another_offices_treasurer_finds_nothing(sold: World) -> None:
    settlement = sold.settle()
    premi = Premi.objects.first()
    client = log_in(office="KFM")
    for url in (
        preview_url(),
        reverse("settlement:detail", args=[settlement.pk]),
        reverse("settlement:story", args=[premi.pk]),
    ):
        assert client.get(url).status_code == 404
    assert press(client, {}).status_code == 404


@pytest.mark.parametrize("role", [Role.HEAD, Role.AUDITOR])
def test_who_may_see_but_not_settle_gets_no_button(sold: World, role: str) -> None:
    client = log_in(role)
    page = client.get(preview_url()).content.decode()
    assert "Rp 30.000" in page
    assert "Bukukan bagi hasil" not in page
    assert press(client, {}).status_code == 403


def test_the_region_sees_sums_and_no_maker(sold: World) -> None:
    client = log_in(Role.REGIONAL, "NTT")
    before = client.get(preview_url()).content.decode()
    settlement = sold.settle()
    after = client.get(reverse("settlement:detail", args=[settlement.pk])).content.decode()
    for page in (before, after):
        assert "Rp 30.000" in page
        assert "KLB-001" not in page
    trace = reverse("settlement:story", args=[Premi.objects.first().pk])
    assert client.get(trace).status_code == 403


def test_without_a_scheme_the_page_says_so(sold: World) -> None:
    """A sale of a day before any scheme was in force."""
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE schemes_scheme SET from_date = '2030-01-01'")
    answer = log_in().get(preview_url())
    assert answer.status_code == 200
    assert "Belum ada skema bagi hasil yang berlaku" in answer.content.decode()


def test_refunds_that_outweigh_the_sales_are_named(sold: World) -> None:
    sold.settle()
    sold.refund(sold.first, sold.melon, 1)
    page = log_in().get(preview_url()).content.decode()
    assert "Pengembalian uang sesudah bagi hasil: −Rp 10.000" in page
    assert "tidak ada yang dapat dibagi" in page
    assert "Tidak ada yang menunggu" not in page
    listing = log_in().get(reverse("settlement:list")).content.decode()
    assert "pengembalian menunggu" in listing


def test_sales_that_were_all_refunded_are_not_called_no_sales(sold: World) -> None:
    sold.refund(sold.first, sold.melon, 3)
    page = log_in().get(preview_url()).content.decode()
    assert "Belum ada penjualan" not in page
    assert "Penjualan yang seluruhnya dikembalikan" in page


def test_a_lot_with_profit_in_an_office_at_a_loss_is_told_why_it_gets_nothing(
    sold: World,
) -> None:
    tikar = sold.lot("TIKAR", 1, cost=500_000, price=10_000)
    sold.sell({tikar: 1})
    before = log_in().get(preview_url()).content.decode()
    settlement = sold.settle()
    assert settlement.premi == 0
    after = log_in().get(reverse("settlement:detail", args=[settlement.pk])).content.decode()
    for page in (before, after):
        assert page.count("Lot ini membawa laba, tetapi kantor secara keseluruhan tidak") == 1
        assert page.count("Lot ini tidak membawa laba") == 1
        assert "semua yang masuk kembali ke modal kerja" in page


def test_a_scheme_of_turnover_is_not_said_to_share_nothing_in_a_loss(world: World) -> None:
    make.scheme("KLB", base="turnover", from_date=make.moment(days=-1).date())
    melon = world.lot("MELON", 10, cost=500_000, price=10_000)
    world.sell({melon: 3})
    before = log_in().get(preview_url()).content.decode()
    settlement = world.settle()
    assert settlement.premi == 15_000
    after = log_in().get(reverse("settlement:detail", args=[settlement.pk])).content.decode()
    for page in (before, after):
        assert "Premi dan bagian negara nol" not in page
        assert "omzetnya tetap dibagi" in page


def test_an_empty_festival_says_what_will_be_seen(world: World) -> None:
    page = log_in().get(preview_url()).content.decode()
    assert "Belum ada penjualan kantor ini di festival ini." in page
    assert "belum ada penjualan" in log_in().get(reverse("settlement:list")).content.decode()


def test_the_list_can_be_searched(sold: World) -> None:
    client = log_in(Role.REGIONAL, "NTT")
    url = reverse("settlement:list")
    assert "Kantor KFM" in client.get(url).content.decode()
    found = client.get(url, {"cari": "klb fest"}).content.decode()
    assert "Kantor KLB" in found
    assert "Kantor KFM" not in found
    assert "tidak cocok" not in found
    assert "yang cocok" in client.get(url, {"cari": "x" * 5_000}).content.decode()
    assert client.get(url, {"cari": "\x00"}).status_code == 400
    assert client.get(url, {"cari": "%' OR 1=1", "halaman": "minus"}).status_code == 200


def test_the_entry_in_the_ledger_leads_to_the_stories(sold: World) -> None:
    settlement = sold.settle()
    url = reverse("settlement:detail", args=[settlement.pk])
    page = log_in().get(url).content.decode()
    assert "Semuanya dari akun" in page
    assert "owed:KLB" in page
    for premi in Premi.objects.select_related("maker"):
        assert f"premi:KLB:{premi.maker.code}:saved" in page
        # once with the lot, and once for each purse
        assert page.count(reverse("settlement:story", args=[premi.pk])) == 3
    region = log_in(Role.REGIONAL, "NTT").get(url).content.decode()
    assert "premi:KLB:…" in region
    assert "KLB-00" not in region


# --- the story ------------------------------------------------------------------------------------
def test_the_story_walks_from_the_premi_back_to_the_hours(sold: World) -> None:
    sold.refund(sold.first, sold.melon, 1)
    sold.sell({sold.melon: 2}, at=make.moment(16, 40), means="qris")
    settlement = sold.settle()
    premi = Premi.objects.get(maker__code="KLB-001")
    page = log_in().get(reverse("settlement:story", args=[premi.pk])).content.decode()
    # 4 melons: 40,000 − 8,000 = 32,000; premi 16,000; KLB-001 90 of 120 minutes: 12,000
    for sentence in (
        "Rp 12.000 untuk KLB-001",
        "KLB-001 mengerjakan 1 jam 30 menit dari 2 jam.",
        "Rp 16.000 × 1 jam 30 menit ÷ 2 jam",
        "Lot ini membawa Rp 40.000; bahannya Rp 8.000; labanya Rp 32.000.",
        "Rp 16.000 × Rp 32.000 ÷ Rp 32.000",
        "omzet Rp 40.000, biaya bahan Rp 8.000, laba Rp 32.000",
        str(sold.first),
        "29 Oktober 2025 09.05 WITA",
        "29 Oktober 2025 16.40 WITA",
        "−1 buah",
        "10 buah dengan titipan KLB-GERAI-1",
        "membuat 10 buah pada 28 Oktober 2025 (lot KLB-MELON-251028-1), bahannya Rp 20.000",
        "KLB-001: 1 jam 30 menit.",
    ):
        assert sentence in page, sentence
    told = story.story(story.find(premi.pk, Office.objects.all()))
    assert (told.of_lot.given, told.of_lot.is_exact) == (12_000, True)
    assert told.settlement == settlement


def test_the_story_says_where_the_odd_rupiah_went(world: World) -> None:
    lot = world.lot(
        "TIKAR", 10, cost=0, price=10_001, works={"KLB-001": 1, "KLB-002": 1, "KLB-003": 1}
    )
    world.sell({lot: 1})
    world.settle()  # premi 5,001 (of 5,000.5): 1,667 each
    raised = {
        line.maker.code: story.story(story.find(line.pk, Office.objects.all())).of_lot
        for line in Premi.objects.select_related("maker")
    }
    assert sum(part.given for part in raised.values()) == 5_001
    assert all(part.given - part.floor in (0, 1) for part in raised.values())


def test_a_story_is_told_with_the_same_questions_whatever_was_sold(sold: World) -> None:
    def questions() -> int:
        premi = Premi.objects.order_by("-key").first()
        client = log_in()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("settlement:story", args=[premi.pk]))
        return len(asked)

    sold.settle()
    few = questions()
    other = sold.lot(
        "TOMAT", 90, cost=1_000, price=1_000, works={f"KLB-{n:03d}": n for n in range(1, 13)}
    )
    for n in range(40):
        sold.sell({other: 2}, at=make.moment(12, n))
    sold.settle()
    assert questions() == few


def test_lists_and_pages_ask_the_same_whatever_the_size(sold: World) -> None:
    client = log_in(Role.REGIONAL, "NTT")
    treasurer = log_in()

    def questions(who: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert who.get(url).status_code == 200
        return len(asked)

    urls = [(client, reverse("settlement:list")), (treasurer, preview_url())]
    few = [questions(*pair) for pair in urls]
    for n in range(8):
        more = make.stand(make.festival(f"PEKAN{n}"), f"PEKAN{n}", invited=("KLB", "KFM"))
        assert more.festival.participations.count() == 2
    goods = [
        sold.lot(f"BARANG{n}", 10, cost=9_000, price=5_000, works={f"KLB-{n + 1:03d}": 60})
        for n in range(8)
    ]
    for lot in goods:
        sold.sell({lot: 2})
    assert [questions(*pair) for pair in urls] == few
    detail = reverse("settlement:detail", args=[sold.settle().pk])
    many = questions(treasurer, detail)
    sold.sell({goods[0]: 1})
    assert questions(treasurer, reverse("settlement:detail", args=[sold.settle().pk])) == many
    assert queries.waiting(sold.office(), sold.festival) == 0
