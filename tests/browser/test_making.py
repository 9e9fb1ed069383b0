"""From the workshop to the public stand in a real browser: schemes, makers, a lot, a breakage."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from karyabina.base.times import local
from karyabina.ledger import queries as ledger
from karyabina.makers.models import Maker
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from tests import make
from tests.browser.look import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
LogIn = Callable[[Page, Staff], None]


def test_makers_are_registered_with_a_double_click(page: Page, log_in: LogIn) -> None:
    log_in(page, make.officer())
    page.goto("/peserta/baru/")
    assert_accessible(page)
    page.get_by_role("button", name="Tambah").dblclick()
    page.get_by_role("button", name="Daftarkan").dblclick()
    expect(page.get_by_role("status").first).to_contain_text("KLB-001 sampai KLB-003")
    assert Maker.objects.count() == 3
    assert_accessible(page)


def test_a_production_is_recorded_by_thumb(page: Page, log_in: LogIn, watch) -> None:
    watch.expect("400")
    make.product("KUE", name="Kue kering", category="makanan")
    for _ in range(12):
        make.maker()
    log_in(page, make.officer())
    page.goto("/produksi/baru/")
    page.get_by_label("Produk", exact=True).select_option(label="Kue kering (buah)")
    page.get_by_label("Jumlah yang dibuat", exact=True).fill("60")
    page.get_by_label("Biaya bahan").fill("Rp 350.000")
    rows = page.locator("#peserta li:visible")
    expect(rows).to_have_count(12)
    page.get_by_label("Cari kode").fill("012")
    expect(rows).to_have_count(1)
    rows.locator("input").fill("7,5")
    page.get_by_label("Cari kode").fill("")
    page.get_by_role("button", name="Catat produksi").click()
    expect(page.get_by_role("alert")).to_contain_text("Makanan harus mempunyai")
    expect(page.get_by_label("KLB-012")).to_have_value("7,5")
    assert_accessible(page)
    expiry = local(timezone.now()).date() + timedelta(60)
    page.get_by_label("Kedaluwarsa").fill(expiry.isoformat())
    page.get_by_role("button", name="Catat produksi").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kue kering")
    expect(page.locator("tbody")).to_contain_text("7 jam 30 menit")
    assert ledger.balance("store:KLB", Lot.objects.get().code) == 60
    assert_accessible(page)


def test_a_breakage_is_written_off_once(page: Page, log_in: LogIn, watch) -> None:
    watch.expect("409")
    lot = make.lot(make.product(), 12)
    log_in(page, make.officer())
    page.goto("/gudang/")
    assert_accessible(page)
    page.get_by_role("link", name="Melon").click()
    page.get_by_role("link", name="Catat kerusakan").click()
    page.get_by_label("Jumlah yang rusak").fill("13")
    page.get_by_label("Alasan").fill("Jatuh dari rak")
    page.get_by_role("button", name="Catat sebagai rusak").click()
    expect(page.get_by_role("alert")).to_contain_text("diminta 13 buah, tersedia 12 buah")
    assert_accessible(page)
    page.get_by_label("Jumlah yang rusak").fill("2")
    page.get_by_role("button", name="Catat sebagai rusak").dblclick()
    expect(page.get_by_role("status").first).to_contain_text("2 buah Melon")
    expect(page.locator(".steps")).to_contain_text("Jatuh dari rak")
    assert ledger.balance("store:KLB", lot.code) == 10
    assert_accessible(page)


def test_a_scheme_is_set_and_played(desk: Page, log_in: LogIn) -> None:
    make.scheme()
    log_in(desk, make.officer(Role.HEAD))
    desk.goto("/skema/baru/")
    desk.get_by_label("Dasar hukum").fill("Keputusan Kepala Nomor 1")
    desk.get_by_label("Premi peserta").fill("45,5")
    desk.get_by_label("Modal kerja").fill("39,5")
    desk.get_by_label("Kode akun").fill("425999")
    desk.get_by_label("Berlaku sejak").fill(local(timezone.now()).date().isoformat())
    desk.get_by_role("button", name="Tetapkan").dblclick()
    own = desk.locator(".scheme", has_text="Kantor KLB")
    expect(own).to_contain_text("45,5 % premi, 39,5 % modal kerja, 15 % negara")
    expect(own).to_contain_text("Rp 182.000")
    assert_accessible(desk)


def test_a_visitor_finds_goods_at_a_stand(page: Page) -> None:
    today = local(timezone.now()).date()
    at = timezone.now()
    running = make.festival(first_date=today, last_date=today, at=at)
    stand = make.stand(running, invited=("KLB",))
    melon, tomato = make.product("MELON"), make.product("TOMAT", measure="gram")
    make.price(melon, 20_000)
    make.price(tomato, 18_000, 1_000)
    for product, quantity in ((melon, 3), (tomato, 9_000)):
        lot = make.lot(product, quantity, expiry_date=today + timedelta(5))
        make.on_stand(lot, stand, quantity)
    page.goto("/")
    assert_accessible(page)
    page.get_by_role("link", name="2 macam barang dapat dibeli").click()
    goods = page.locator(".goods > li")
    expect(goods).to_have_count(2)
    expect(goods.first).to_contain_text("tinggal 3")
    expect(goods.last).to_contain_text("Rp 18.000 / kg")
    page.get_by_label("Cari barang").fill("tomat")
    page.get_by_role("button", name="Cari").click()
    expect(goods).to_have_count(1)
    assert_accessible(page)
