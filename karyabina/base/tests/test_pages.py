import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from karyabina.base import views

pytestmark = [pytest.mark.django_db, pytest.mark.urls("karyabina.base.tests.urls")]


@pytest.fixture
def browser(settings: Settings) -> Client:
    """A browser that checks nothing for us: forgery checks on, errors become pages."""
    settings.CSRF_FAILURE_VIEW = "karyabina.base.views.csrf_failure"
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def token(browser: Client) -> str:
    browser.get("/gaya/")
    return browser.cookies["csrftoken"].value


def test_a_refusal_says_what_happened_and_that_nothing_was_recorded(
    browser: Client, token: str
) -> None:
    answer = browser.post("/tolak/", {"csrfmiddlewaretoken": token}, HTTP_REFERER="/jahat/")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "tinggal 3 buah, diminta 5" in text
    assert "Tidak ada yang dicatat" in text


def test_a_refusal_is_a_problem_document_for_a_machine(browser: Client) -> None:
    answer = browser.get("/tolak/", headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == 409
    assert document["refusal"] == "NotEnoughGoods"
    assert document["field"] == "quantity"


def test_a_refusal_is_a_fragment_for_a_part_of_a_page(browser: Client) -> None:
    answer = browser.get("/tolak/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert b"<html" not in answer.content
    assert b'role="alert"' in answer.content


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/tidak/ada/", 404, "Halaman tidak ditemukan"),
        ("/larang/", 403, "Bukan wewenang Anda"),
        ("/rusak/", 500, "Ada yang rusak pada kami"),
    ],
)
def test_each_error_has_its_page_and_its_document(
    browser: Client, address: str, status: int, words: str
) -> None:
    page = browser.get(address)
    assert page.status_code == status
    assert f"<h1>{words}</h1>" in page.content.decode()
    document = browser.get(address, headers={"Accept": "application/json"})
    assert document.status_code == status
    assert document.json()["title"] == words


def test_opening_the_address_of_a_form_leads_back_to_its_page(browser: Client) -> None:
    answer = browser.get("/gaya/kirim/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    text = answer.content.decode()
    assert "<h1>Formulirnya belum terkirim</h1>" in text
    assert "Tidak ada yang dicatat" in text
    assert 'href="/gaya/"' in text
    document = browser.get("/gaya/kirim/", headers={"Accept": "application/json"})
    assert (document.status_code, document.json()["status"]) == (405, 405)


def test_the_page_of_a_breakdown_asks_the_database_nothing(
    browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with django_assert_num_queries(0):
        assert browser.get("/rusak/").status_code == 500
    monkeypatch.setattr(views, "render_to_string", lambda *_: 1 / 0)
    answer = browser.get("/rusak/")
    assert answer.status_code == 500
    assert "Ada yang rusak" in answer.content.decode()


def test_a_form_without_its_token_is_explained(browser: Client) -> None:
    answer = browser.post("/hitung/", {"x": "1"})
    assert answer.status_code == 403
    assert "Formulir sudah tidak berlaku" in answer.content.decode()


def test_ten_megabytes_in_a_field_are_refused_with_words(browser: Client, token: str) -> None:
    big = {"x": "a" * 10_000_000}
    for kind in (None, "urlencoded"):
        data = big | {"csrfmiddlewaretoken": token}
        if kind:
            body = f"csrfmiddlewaretoken={token}&x={big['x']}"
            answer = browser.post("/hitung/", body, "application/x-www-form-urlencoded")
        else:
            answer = browser.post("/hitung/", data)
        assert answer.status_code == 413
        assert "Kiriman terlalu besar" in answer.content.decode()


def test_too_many_fields_are_refused_with_words(browser: Client, token: str) -> None:
    fields = {f"a{n}": "1" for n in range(6_000)} | {"csrfmiddlewaretoken": token}
    answer = browser.post("/hitung/", fields)
    assert answer.status_code == 413


def test_messages_are_spoken_in_their_kind(browser: Client) -> None:
    text = browser.get("/beranda/").content.decode()
    assert re.search(r'class="notice wrong" role="alert">.*?Tidak jadi &lt;b&gt;', text, re.DOTALL)
    assert re.search(r'class="notice right" role="status">.*?Selesai', text, re.DOTALL)


def test_every_page_has_its_landmarks_and_language(browser: Client) -> None:
    text = browser.get("/gaya/").content.decode()
    assert '<html lang="id"' in text
    assert 'href="#isi"' in text
    assert '<main id="isi"' in text
    assert text.count("<h1>") == 1
    assert "Data contoh" in text


def test_nothing_on_the_style_page_is_inline(browser: Client) -> None:
    for address in ("/gaya/", "/gaya/?salah=1", "/tolak/", "/rusak/"):
        text = browser.get(address).content.decode()
        assert not re.search(r"<[^>]+\sstyle=", text)
        assert not re.search(r"<[^>]+\son\w+=", text)
        assert "<style" not in text
        assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_the_style_page_is_for_demonstration_only(browser: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert browser.get("/gaya/").status_code == 404


def test_the_theme_is_remembered_by_a_cookie_that_the_server_reads(
    browser: Client, token: str
) -> None:
    choice = {"csrfmiddlewaretoken": token, "tema": "gelap", "next": "/gaya/"}
    answer = browser.post("/tema/", choice)
    assert (answer.status_code, answer["Location"]) == (302, "/gaya/")
    assert '<html lang="id" data-theme="dark"' in browser.get("/gaya/").content.decode()
    browser.post("/tema/", choice | {"tema": "otomatis"})
    assert "data-theme=" not in browser.get("/gaya/").content.decode().split(">", 2)[1]


def test_the_theme_switch_leads_nowhere_else(browser: Client, token: str) -> None:
    for wanted in ("https://jahat.example/", "//jahat.example", "javascript:alert(1)"):
        choice = {"csrfmiddlewaretoken": token, "tema": "gelap", "next": wanted}
        assert browser.post("/tema/", choice)["Location"] == "/"
    assert browser.get("/tema/").status_code == 405


def test_the_way_back_stays_in_the_house(browser: Client) -> None:
    kept = browser.get("/tolak/", headers={"Referer": "http://testserver/titipan/?halaman=2"})
    assert 'href="/titipan/?halaman=2"' in kept.content.decode()
    strange = browser.get("/tolak/", headers={"Referer": "https://jahat.example/x"})
    assert "jahat" not in strange.content.decode()


def test_the_language_is_the_one_that_was_chosen(browser: Client, token: str) -> None:
    browser.post("/bahasa/", {"csrfmiddlewaretoken": token, "language": "en", "next": "/gaya/"})
    text = browser.get("/gaya/").content.decode()
    assert '<html lang="en"' in text
    assert "Rp 4,225,000" in text
