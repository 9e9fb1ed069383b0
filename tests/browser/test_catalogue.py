"""Products in a real browser: finding while typing, a price, a list from a file."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from karyabina.catalogue.models import Product
from karyabina.staff.models import Staff
from tests import make
from tests.browser.look import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
LogIn = Callable[[Page, Staff], None]


def test_products_are_found_while_typing(page: Page, log_in: LogIn) -> None:
    for name in ("Melon", "Tomat", "Keripik pisang"):
        make.price(make.product(name.split()[0].upper(), name=name))
    log_in(page, make.officer())
    page.goto("/produk/")
    found = page.locator("#produk-ditemukan tbody tr")
    expect(found).to_have_count(3)
    page.get_by_label("Cari nama, kode, atau catatan").fill("pis")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Keripik pisang")
    assert page.url.endswith("?cari=pis")
    page.get_by_label("Cari nama, kode, atau catatan").fill("zzz")
    expect(page.locator("#produk-ditemukan")).to_contain_text("Tidak ada produk yang cocok")
    page.get_by_label("Cari nama, kode, atau catatan").fill("")
    expect(found).to_have_count(3)
    assert_accessible(page)


def test_a_product_is_named_and_its_price_changed_with_a_double_click(
    page: Page, log_in: LogIn
) -> None:
    log_in(page, make.officer())
    page.goto("/produk/baru/")
    page.get_by_label("Nama produk").fill("Melon")
    page.get_by_label("Jenis").select_option("pertanian")
    page.get_by_label("Harga (boleh kosong)").fill("20.000")
    page.get_by_role("button", name="Catat produk").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Melon")
    page.get_by_label("Harga baru").fill("Rp 17.500")
    page.get_by_role("button", name="Catat harga").dblclick()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("berlaku sekarang")
    assert [price.amount for price in Product.objects.get().prices.all()] == [17_500, 20_000]
    assert_accessible(page)


def table(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in (["Kantor", "Nama produk", "Jenis", "Harga"], *rows):
        book.active.append(row)
    book.save(path)
    return path


def test_a_list_is_shown_before_it_counts(desk: Page, log_in: LogIn, tmp_path: Path, watch) -> None:
    watch.expect("400")
    log_in(desk, make.officer())
    desk.goto("/produk/impor/")
    wrong = table(tmp_path / "salah.xlsx", ["KLB", "Melon", "pertanian", 20_000.5])
    desk.get_by_label("Berkas XLSX atau CSV").set_input_files(wrong)
    desk.get_by_role("button", name="Baca berkas").click()
    expect(desk.locator("tbody")).to_contain_text("Harus bilangan bulat")
    assert_accessible(desk)
    right = table(
        tmp_path / "benar.xlsx",
        ["KLB", "Melon", "pertanian", 20_000],
        ["KLB", "Tomat", "Hasil pertanian", None],
    )
    desk.get_by_label("Berkas XLSX atau CSV").set_input_files(right)
    desk.get_by_role("button", name="Baca berkas").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Periksa sebelum disahkan")
    assert not Product.objects.exists()
    assert_accessible(desk)
    desk.get_by_role("button", name="Sahkan impor").dblclick()
    expect(desk.get_by_role("status").first).to_contain_text("2 baru, 0 diubah, 1 harga baru")
    assert Product.objects.count() == 2
