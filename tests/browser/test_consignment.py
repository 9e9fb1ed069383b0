"""A consignment from the workshop's phone to the stand's: tapped, not posted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from karyabina.base.keys import new_key
from karyabina.consignment import actions
from karyabina.consignment.actions import Piece
from karyabina.consignment.models import Consignment, Receipt
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as books
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from tests import make
from tests.browser.conftest import Watch
from tests.browser.look import assert_accessible

LogIn = Callable[[Page, Staff], None]


@pytest.fixture
def stand(transactional_db: None) -> Stand:
    return make.stand(invited=("KLB",))


@pytest.fixture
def lot(stand: Stand) -> Lot:
    """Twelve melons that are good today, whenever today is."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return make.lot(make.product("MELON", "KLB"), 12, expiry_date=tomorrow)


@pytest.fixture
def sent(lot: Lot, stand: Stand) -> Consignment:
    by, key = make.officer(Role.WORKSHOP, "KLB"), new_key()
    one = actions.offer(
        key=key,
        office=lot.office,
        stand=stand,
        lines=[Piece(lot, 8)],
        by=by,
        at=make.moment(7),
    )
    actions.despatch(key=new_key(), consignment=one, by=by, at=make.moment(8))
    return one


def test_a_workshop_offers_and_sends_with_a_thumb(page: Page, log_in: LogIn, lot: Lot) -> None:
    log_in(page, make.officer(Role.WORKSHOP, "KLB"))
    page.goto("/titipan/")
    page.get_by_role("link", name="Titipan baru").click()
    plus = page.get_by_role("button", name="Tambah")
    for _each in range(3):
        plus.click()
    expect(page.get_by_label("Melon")).to_have_value("3")
    assert_accessible(page)
    page.get_by_role("button", name="Tawarkan kepada gerai").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("KLB-GERAI-1")
    assert_accessible(page)
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_role("status").first).to_contain_text("dikirim")
    assert books.balance("transit:KLB-GERAI-1", lot.code) == 3


def test_a_double_click_offers_once(page: Page, log_in: LogIn, lot: Lot) -> None:
    log_in(page, make.officer(Role.WORKSHOP, "KLB"))
    page.goto("/titipan/baru/")
    page.get_by_label("Melon").fill("2")
    page.get_by_role("button", name="Tawarkan kepada gerai").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("KLB-GERAI-1")
    assert Consignment.objects.count() == 1


def test_what_is_broken_comes_off_the_good_ones(
    page: Page, log_in: LogIn, lot: Lot, sent: Consignment
) -> None:
    log_in(page, make.officer(Role.CASHIER, "NTT"))
    page.goto(f"/titipan/{sent.code}/")
    page.get_by_role("link", name="Hitung dan terima").click()
    good, broken, missing = (page.get_by_label(name) for name in ("Baik", "Rusak", "Kurang"))
    expect(good).to_have_value("8")
    broken.fill("2")
    missing.fill("1")
    expect(good).to_have_value("5")
    assert_accessible(page)
    page.get_by_role("button", name="Terima barang").click()
    expect(page.get_by_role("heading", name="Diterima di Gerai GERAI")).to_be_visible()
    count = Receipt.objects.get().counts.get()
    assert (count.good, count.broken, count.missing) == (5, 2, 1)
    assert_accessible(page)


def test_a_count_that_does_not_add_up_is_said_at_once_and_kept(
    page: Page, watch: Watch, log_in: LogIn, sent: Consignment
) -> None:
    watch.expect("400")
    log_in(page, make.officer(Role.CASHIER, "NTT"))
    page.goto(f"/titipan/{sent.code}/penerimaan/")
    page.get_by_label("Baik").fill("9")
    expect(page.get_by_text("terhitung 9")).to_be_visible()
    page.get_by_role("button", name="Terima barang").click()
    expect(page.get_by_role("alert")).to_contain_text("titipan baru untuk kelebihannya")
    expect(page.get_by_label("Baik")).to_have_value("9")
    assert_accessible(page)
    assert not Receipt.objects.exists()


def test_what_is_missing_is_cleared_and_the_rest_goes_home(
    desk: Page, log_in: LogIn, lot: Lot, stand: Stand, sent: Consignment
) -> None:
    region = make.officer(Role.REGIONAL, "NTT")
    actions.receive(
        key=new_key(),
        consignment=sent,
        counts=[actions.Counted(sent.lines.get(), good=6, missing=2)],
        by=region,
        at=make.moment(9),
    )
    log_in(desk, region)
    desk.goto(f"/titipan/{sent.code}/")
    desk.get_by_role("link", name="Catat ditemukan atau hilang").click()
    desk.get_by_label("Hilang untuk seterusnya").check()
    desk.get_by_label("Keterangan").fill("Awak kapal tidak tahu")
    assert_accessible(desk)
    desk.get_by_role("button", name="Catat").click()
    expect(desk.get_by_role("heading", name="Hilang: 2 buah Melon")).to_be_visible()
    desk.goto(f"/titipan/gerai/{stand.code}/kembali/")
    assert_accessible(desk)
    desk.get_by_role("button", name="Kembalikan semua milik KLB").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("GERAI-KLB-B1")
    assert books.balance("transit:GERAI-KLB-B1", lot.code) == 6
    assert books.balance("outside:lost", lot.code) == 2


def test_without_scripts_a_consignment_is_counted_all_the_same(
    desk: Page, base_url: str, log_in: LogIn, sent: Consignment
) -> None:
    browser = desk.context.browser
    assert browser is not None
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, make.officer(Role.CASHIER, "NTT"))
    page.goto(f"/titipan/{sent.code}/penerimaan/")
    page.get_by_label("Baik").fill("7")
    page.get_by_label("Kurang").fill("1")
    page.get_by_role("button", name="Terima barang").click()
    expect(page.get_by_role("heading", name="Diterima di Gerai GERAI")).to_be_visible()
    context.close()
    assert Receipt.objects.get().counts.get().missing == 1
