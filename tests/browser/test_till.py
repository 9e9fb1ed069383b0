"""A cashier's day in a real browser: with one thumb, by keyboard, and without JavaScript."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from karyabina.festivals.models import Stand
from karyabina.ledger import verify
from karyabina.staff.models import Role, Staff
from karyabina.till.models import Close, Refund, Sale, Shift
from tests import make
from tests.browser.look import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
LogIn = Callable[[Page, Staff], None]
TOUCH, THUMB = 44, 56  # pixels


@pytest.fixture
def stand() -> Stand:
    """Melons, chips and chilli by weight on a stand that the region holds."""
    stand = make.stand(invited=("KLB", "KFM"))
    goods = (
        (make.product("MELON", name="Melon"), 20_000, 1, 10),
        (make.product("CHIPS", "KFM", name="Keripik pisang", category="makanan"), 15_000, 1, 40),
        (make.product("CABAI", "KFM", name="Cabai", measure="gram"), 35_000, 500, 5_000),
        (make.product("TENUN", name="Kain tenun", category="kerajinan"), 450_000, 1, 3),
    )
    for product, amount, per, quantity in goods:
        make.price(product, amount, per)
        expiry = None if product.category != "makanan" else make.moment(days=3_000).date()
        make.on_stand(make.lot(product, quantity, expiry_date=expiry), stand, quantity)
    return stand


@pytest.fixture
def cashier() -> Staff:
    return make.officer(Role.CASHIER, "NTT")


def tile(page: Page, name: str) -> Locator:
    return page.locator(".till-good", has_text=name)


def height(of: Locator) -> float:
    return float(of.evaluate("it => it.getBoundingClientRect().height"))


def faults() -> list[str]:
    return [finding.sentence for finding in verify.run() if finding.faults]


def test_a_day_with_one_thumb(
    page: Page, log_in: LogIn, stand: Stand, cashier: Staff, watch
) -> None:  # type: ignore[no-untyped-def]
    """Open, sell by tapping, take a melon back, count and close: every page accessible."""
    watch.expect("409")  # the drawer is counted a second time
    log_in(page, cashier)
    page.goto("/kasir/")
    assert_accessible(page)
    page.get_by_label("Modal awal di laci").fill("100.000")
    page.get_by_role("button", name="Buka sif").tap()

    # Tap melon twice, chilli once (the price is for 500 g), and one of them away again.
    expect(page.get_by_text("Keranjang kosong")).to_be_visible()
    tile(page, "Melon").locator(".face").tap()
    tile(page, "Melon").locator(".face").tap()
    tile(page, "Cabai").get_by_role("button", name="Tambah").tap()
    tile(page, "Kain tenun").locator(".face").tap()
    tile(page, "Kain tenun").get_by_role("button", name="Kurangi").tap()
    expect(page.locator(".till-sum")).to_contain_text("2 barang")
    expect(page.locator(".till-sum")).to_contain_text("Rp 75.000")
    assert_accessible(page)
    for button in page.locator("button:visible, .till-dock .button:visible").all():
        assert height(button) >= TOUCH, button.inner_text()
    assert min(height(step) for step in page.locator(".step:visible").all()) >= THUMB
    pay = page.get_by_role("button", name="Bayar")
    assert height(pay) >= THUMB
    assert pay.evaluate("it => it.getBoundingClientRect().bottom > 0.8 * innerHeight"), "no reach"
    pay.tap()

    page.wait_for_url("**/bayar/**")
    expect(page.locator("h1")).to_contain_text("Rp 75.000")
    page.locator("input[name=tendered]").fill("76.500")
    expect(page.locator(".till-change")).to_have_text("Kembalian Rp 1.500")
    page.locator("input[name=tendered]").fill("70.000")
    expect(page.locator(".till-change")).to_have_text("Masih kurang Rp 5.000")
    page.locator(".till-qris summary").tap()
    expect(page.get_by_role("button", name="Sudah diterima")).to_be_in_viewport(ratio=1)
    assert_accessible(page)
    page.get_by_role("button", name="Rp 100.000").tap()

    page.wait_for_url("**/struk/1/**")
    expect(page.locator(".till-done")).to_contain_text("Rp 25.000")
    assert_accessible(page)
    page.get_by_role("link", name="Barang kembali").tap()
    page.locator(".till-back-line", has_text="Melon").get_by_role(
        "button", name="Tambah"
    ).first.tap()
    expect(page.locator(".till-sum")).to_contain_text("Rp 20.000")
    page.get_by_label("Alasan").fill("Salah pilih")
    assert_accessible(page)
    page.get_by_role("button", name="Kembalikan uang").tap()
    expect(page.get_by_text("Serahkan Rp 20.000 kepada pembeli")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Menjual").tap()
    expect(tile(page, "Melon")).to_contain_text("sisa 9 buah")
    page.locator(".till-menu summary").tap()
    assert_accessible(page)
    page.get_by_role("link", name="Struk sif ini").tap()
    expect(page.get_by_role("link", name="0001")).to_be_visible()
    assert_accessible(page)
    page.locator(".till-menu summary").tap()
    page.get_by_role("link", name="Hitung laci dan tutup sif").tap()
    page.locator(".till-coins summary").tap()
    page.get_by_label("100.000").fill("1")
    page.get_by_label("50.000").fill("1")
    expect(page.locator(".till-sum")).to_contain_text("Rp 150.000")
    assert_accessible(page)
    page.get_by_role("button", name="Tutup sif").tap()
    expect(page.get_by_role("alert")).to_contain_text("Hitung sekali lagi")
    assert_accessible(page)
    page.get_by_role("button", name="Tutup sif").tap()
    expect(page.get_by_text("Laci kurang Rp 5.000")).to_be_visible()
    assert_accessible(page)

    assert Sale.objects.get().total == 75_000
    assert Refund.objects.get().total == 20_000
    assert Close.objects.get().difference == -5_000
    assert faults() == []


def test_a_piece_that_broke_is_written_off_between_two_buyers(
    page: Page, log_in: LogIn, stand: Stand, cashier: Staff, watch
) -> None:  # type: ignore[no-untyped-def]
    watch.expect("400")
    shift = make.shift(stand, 0, cashier=cashier)
    log_in(page, cashier)
    page.goto(f"/kasir/{shift.code}/")
    page.locator(".till-menu summary").tap()
    page.get_by_role("link", name="Barang rusak").tap()
    page.wait_for_url("**/kerusakan/")
    assert_accessible(page)
    assert page.locator(".till-pick a").first.bounding_box()["height"] >= THUMB
    page.get_by_role("link", name="Melon").tap()
    page.get_by_role("button", name="Catat sebagai rusak").tap()
    expect(page.get_by_role("alert")).to_contain_text("Sebabnya")
    assert_accessible(page)
    page.get_by_role("button", name="Tambah").tap()
    page.get_by_label("Pecah atau patah").tap()
    page.get_by_role("button", name="Catat sebagai rusak").dblclick()
    page.wait_for_url(f"**/kasir/{shift.code}/")
    expect(page.get_by_text("Dicatat rusak: 2 buah Melon")).to_be_visible()
    expect(tile(page, "Melon")).to_contain_text("sisa 8 buah")
    assert faults() == []


def test_by_keyboard_on_a_desktop_in_the_dark(
    desk: Page, log_in: LogIn, stand: Stand, cashier: Staff
) -> None:
    """Find as one types, count with the arrows, pay with Enter; the basket survives a refusal."""
    shift = make.shift(stand, 0, cashier=cashier)
    desk.emulate_media(color_scheme="dark")
    log_in(desk, cashier)
    desk.goto(f"/kasir/{shift.code}/")
    assert_accessible(desk)
    desk.get_by_label("Cari barang").focus()
    desk.keyboard.type("kerip")
    expect(tile(desk, "Keripik")).to_be_visible()
    expect(tile(desk, "Melon")).to_be_hidden()
    desk.keyboard.press("Enter")  # looks, does not pay
    assert "/bayar/" not in desk.url
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_label("Keripik pisang", exact=True)).to_be_focused()
    desk.get_by_label("Cari barang").focus()
    desk.keyboard.press("Escape")
    expect(tile(desk, "Melon")).to_be_visible()
    desk.get_by_label("Melon", exact=True).focus()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    expect(desk.locator(".till-sum")).to_contain_text("Rp 40.000")
    desk.get_by_role("button", name="Keranjang").click()
    expect(tile(desk, "Keripik")).to_be_hidden()
    desk.get_by_label("Melon", exact=True).press("Enter")
    desk.wait_for_url("**/bayar/**")
    assert "CHIPS" not in desk.url, "only what is in the basket is in the address"
    assert_accessible(desk)
    desk.get_by_label("Uang lain yang diterima").fill("50000")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/struk/1/**")
    expect(desk.locator(".till-done")).to_contain_text("Rp 10.000")
    assert_accessible(desk)
    assert Sale.objects.get().tendered == 50_000


def test_an_impatient_finger_makes_one_sale_and_a_refused_one_keeps_the_basket(
    page: Page, log_in: LogIn, stand: Stand, cashier: Staff, watch: Any
) -> None:
    watch.expect("409")
    shift = make.shift(stand, 0, cashier=cashier)
    log_in(page, cashier)
    page.goto(f"/kasir/{shift.code}/bayar/?KLB.MELON=1")
    page.get_by_role("button", name="Uang pas").dblclick()
    page.wait_for_url("**/struk/1/**")
    assert Sale.objects.count() == 1

    page.goto(f"/kasir/{shift.code}/bayar/?KLB.MELON=9")
    page.locator("input[name=tendered]").fill("100.000")
    page.get_by_role("button", name="Terima").tap()
    expect(page.get_by_role("alert")).to_contain_text("kurang Rp 80.000")
    assert_accessible(page)
    page.get_by_role("link", name="Ubah keranjang").tap()
    expect(page.get_by_label("Melon", exact=True)).to_have_value("9")

    page.goto(f"/kasir/{shift.code}/bayar/?KLB.MELON=10&KFM.CHIPS=2")
    expect(page.get_by_role("alert")).to_contain_text("Tinggal 9 buah, diminta 10 buah")
    expect(page.get_by_label("Keripik pisang", exact=True)).to_have_value("2")
    assert_accessible(page)
    assert Sale.objects.count() == 1


@pytest.fixture
def bare(browser: Browser, base_url: str) -> Iterator[Page]:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(
        base_url=base_url,
        locale="id-ID",
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_without_javascript(bare: Page, log_in: LogIn, stand: Stand, cashier: Staff) -> None:
    """The same forms; the server adds up. A doubled click sends twice and is one sale."""
    log_in(bare, cashier)
    bare.goto("/kasir/")
    bare.get_by_label("Modal awal di laci").fill("0")
    bare.get_by_role("button", name="Buka sif").click()
    bare.get_by_label("Keripik pisang", exact=True).fill("3")
    bare.get_by_label("Cabai", exact=True).fill("1.250")
    bare.get_by_role("button", name="Bayar").click()
    expect(bare.locator("h1")).to_contain_text("Rp 132.500")
    bare.get_by_role("button", name="Rp 150.000").dblclick()
    expect(bare.locator(".till-done")).to_contain_text("Rp 17.500")
    assert Sale.objects.count() == 1
    bare.get_by_role("link", name="Barang kembali").click()
    bare.locator("input[name=good-1]").fill("1")
    bare.get_by_label("Alasan").fill("Salah")
    bare.get_by_role("button", name="Kembalikan uang").click()
    expect(bare.get_by_role("status").filter(has_text="Serahkan")).to_be_visible()
    bare.goto(f"/kasir/{Shift.objects.get().code}/tutup/")
    bare.locator(".till-coins summary").click()
    bare.get_by_label("100.000").fill("1")
    bare.get_by_role("button", name="Tutup sif").click()
    expect(bare.get_by_role("alert")).to_contain_text("Hitung sekali lagi")
    bare.get_by_role("button", name="Tutup sif").click()
    expect(bare.get_by_text("Untuk diserahkan")).to_be_visible()
    assert Refund.objects.count() == Close.objects.count() == 1
    assert faults() == []
