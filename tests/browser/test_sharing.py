"""Sharing and reports in a real browser: the treasurer's way, and pages that anybody can read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from karyabina.ledger import queries as ledger
from karyabina.settlement.models import Settlement
from karyabina.settlement.tests.world import World, build
from karyabina.staff.models import Role, Staff
from tests import make
from tests.browser.look import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
LogIn = Callable[[Page, Staff], None]


@pytest.fixture
def sold() -> World:
    world = build()
    world.melon = world.lot(
        "MELON", 10, cost=20_000, price=10_000, works={"KLB-001": 90, "KLB-002": 30}
    )
    first = world.sell({world.melon: 3}, at=make.moment(9, 5))
    world.sell({world.melon: 2}, at=make.moment(13, 40), means="qris")
    world.refund(first, world.melon, 1)
    return world


def test_a_treasurer_shares_with_one_thumb_and_reads_the_story(
    page: Page, log_in: LogIn, sold: World
) -> None:
    log_in(page, sold.treasurer())
    page.goto("/bagi-hasil/")
    assert_accessible(page)
    page.get_by_role("link", name="Kantor KLB").click()
    expect(page.get_by_text("Terjual 5 buah seharga Rp 50.000")).to_be_visible()
    assert_accessible(page)
    button = page.get_by_role("button", name="Bukukan bagi hasil Rp 40.000")
    expect(button).to_be_in_viewport()  # docked at the thumb
    assert button.bounding_box()["height"] >= 56
    button.dblclick()
    expect(page.get_by_text("Bagi hasil dibukukan.")).to_be_visible()
    assert Settlement.objects.count() == 1
    assert ledger.balance("owed:KLB", "IDR") == -40_000
    assert_accessible(page)
    page.get_by_role("link", name="KLB-001").click()
    # 40,000 − 8,000 = 32,000; premi 16,000; 90 of 120 minutes
    expect(page.get_by_role("heading", level=1)).to_have_text("Rp 12.000 untuk KLB-001")
    expect(page.get_by_text("29 Oktober 2025 09.05 WITA")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="KLB-002").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rp 4.000 untuk KLB-002")


def test_going_back_and_pressing_again_shares_nothing_more(
    page: Page, log_in: LogIn, sold: World
) -> None:
    log_in(page, sold.treasurer())
    page.goto("/bagi-hasil/FEST/KLB/")
    page.get_by_role("button", name="Bukukan bagi hasil").click()
    expect(page.get_by_text("Bagi hasil dibukukan.")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_text("Semua penjualan sudah dibagi.")).to_be_visible()
    assert Settlement.objects.count() == 1


def test_without_scripts_sharing_works_all_the_same(page: Page, log_in: LogIn, sold: World) -> None:
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    log_in(page, sold.treasurer())
    page.goto("/bagi-hasil/FEST/KLB/")
    page.get_by_role("button", name="Bukukan bagi hasil").click()
    expect(page.get_by_text("Bagi hasil dibukukan.")).to_be_visible()


@pytest.mark.parametrize("screen", ["page", "desk"])
def test_the_stands_day_can_be_read_by_everybody(
    request: pytest.FixtureRequest, log_in: LogIn, sold: World, screen: str
) -> None:
    page: Page = request.getfixturevalue(screen)
    log_in(page, make.officer(Role.REGIONAL, "NTT"))
    page.goto("/laporan/")
    assert_accessible(page)
    page.get_by_role("link", name="29 Oktober 2025").click()
    expect(page.get_by_role("img", name="Penjualan menurut jam")).to_be_visible()
    assert_accessible(page)
    box = page.get_by_role("img", name="Penjualan menurut kantor").bounding_box()
    assert box["width"] > 300
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh CSV").click()
    assert download.value.suggested_filename == "gerai-GERAI-2025-10-29.csv"


@pytest.mark.parametrize("screen", ["page", "desk"])
def test_statement_and_claims_can_be_read_by_everybody(
    request: pytest.FixtureRequest, log_in: LogIn, sold: World, screen: str
) -> None:
    sold.settle()
    page: Page = request.getfixturevalue(screen)
    log_in(page, sold.treasurer())
    for address in ("/laporan/kantor/KLB/FEST/", "/laporan/hak/", "/laporan/hak/KLB/"):
        page.goto(address)
        assert_accessible(page)


def test_paper_shows_the_figures_and_no_buttons(desk: Page, log_in: LogIn, sold: World) -> None:
    settlement = sold.settle()
    log_in(desk, sold.treasurer())
    for address in (f"/bagi-hasil/{settlement.pk}/", "/laporan/kantor/KLB/FEST/"):
        desk.goto(address)
        desk.emulate_media(media="print")
        expect(desk.get_by_role("button", name="Cetak")).to_be_hidden()
        expect(desk.get_by_text("Bendahara", exact=True).last).to_be_visible()  # to be signed
        expect(desk.get_by_text("Rp 40.000").first).to_be_visible()
        desk.emulate_media(media="screen")
