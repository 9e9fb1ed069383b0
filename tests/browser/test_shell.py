"""The shell in a real browser: theme, steppers, finding, the menu, a form that is sent once."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("karyabina.base.tests.urls"),  # the shell alone, whatever the rooms do
]


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.goto("/gaya/")
    light = background(page)
    page.get_by_role("button", name="Gelap").click()
    dark = background(page)
    assert dark != light
    expect(page.get_by_role("button", name="Gelap")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert background(page) == dark
    page.get_by_role("button", name="Otomatis").click()
    page.reload()
    assert background(page) == light


def test_a_thumb_counts_up_and_down_within_the_limits(page: Page) -> None:
    page.goto("/gaya/")
    box = page.get_by_label("Banyaknya", exact=True)
    expect(box).to_have_value("1")
    page.get_by_role("button", name="Tambah").click()
    expect(box).to_have_value("2")
    for _ in range(3):
        page.get_by_role("button", name="Kurangi").click()
    expect(box).to_have_value("1")
    size = page.get_by_role("button", name="Tambah").bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 56


def test_tiles_are_found_while_typing(page: Page) -> None:
    page.goto("/gaya/")
    tiles = page.locator("#ubin > li:visible")
    expect(tiles).to_have_count(4)
    page.get_by_label("Cari produk").fill("TENUN kain")
    expect(tiles).to_have_count(1)
    expect(tiles).to_contain_text("Kain tenun ikat")
    page.get_by_label("Cari produk").fill("zzz")
    expect(page.get_by_text("Tidak ada produk yang cocok.")).to_be_visible()


def test_what_is_wrong_takes_the_focus(page: Page) -> None:
    page.goto("/gaya/?salah=1")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Harga").click()
    expect(page.get_by_label("Harga", exact=True)).to_have_value("12,5")


def test_the_keyboard_reaches_the_content_first(desk: Page) -> None:
    desk.goto("/gaya/")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_be_focused()


def test_the_language_changes_and_comes_back(page: Page) -> None:
    page.goto("/gaya/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/gaya/$"))
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_the_page_works_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(
        base_url=base_url, locale="id-ID", java_script_enabled=False, color_scheme="light"
    )
    page = context.new_page()
    page.goto("/gaya/")
    expect(page.get_by_label("Banyaknya", exact=True)).to_be_editable()
    expect(page.get_by_role("button", name="Tambah")).to_have_count(0)
    expect(page.get_by_role("button", name="Cetak")).to_have_count(0)
    page.get_by_role("button", name="Gelap").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(re.compile("/gaya/$"))
    context.close()


def test_logging_in_twice_by_an_impatient_finger_is_one_request(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.goto("/akun/masuk/")
    page.get_by_label("Nama pengguna").fill("siapa")
    page.locator("[name=password]").fill("salah")
    page.evaluate(
        """() => { const button = document.querySelector("main button");
        button.click(); button.click(); button.click(); }"""
    )
    expect(page.get_by_role("alert")).to_be_visible()
    assert len(sent) == 1
    expect(page.get_by_label("Nama pengguna")).to_have_value("siapa")
