"""Logging in and the second factor, as drawn in the house's own templates."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from karyabina.staff.models import Audit, Staff
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("karyabina.base.tests.urls")]
PASSWORD = "rahasia-sekali"  # what tests.make gives
NEW_PASSWORD = "lontar-dan-kapas-7"


@pytest.fixture(autouse=True)
def settled(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()


@pytest.fixture
def officer() -> Client:
    make.officer()
    browser = Client()
    answer = browser.post("/akun/masuk/", {"login": "workshop-klb", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/beranda/")
    return browser


def page(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, (address, answer.status_code, answer.get("Location"))
    return whole(answer.content.decode())


def whole(text: str) -> str:
    """A page of ours: the shell around it, one heading, nothing inline."""
    assert 'class="wordmark"' in text
    assert text.count("<h1>") == 1
    assert "style=" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    return text


def activated(browser: Client) -> str:
    """Turn the second factor on; the secret that the telephone would keep."""
    confirmed(browser)
    page(browser, "/akun/faktor-kedua/totp/activate/")
    secret = browser.session[auth.SECRET_SESSION_KEY]
    answer = browser.post("/akun/faktor-kedua/totp/activate/", {"code": code(secret)})
    assert answer.status_code == 302
    return str(secret)


def confirmed(browser: Client) -> None:
    """Say once more who one is, as grave acts demand."""
    assert browser.post("/akun/ulang/", {"password": PASSWORD}).status_code == 302


def code(secret: str) -> str:
    now = int(time.time()) // 30
    return auth.format_hotp_value(auth.hotp_value(secret, now))


def test_logging_in_is_in_indonesian_and_offers_no_sign_up() -> None:
    text = page(Client(), "/akun/masuk/")
    assert "Nama pengguna" in text
    assert "Administrator kantor Anda" in text
    assert "signup" not in text
    assert "reset" not in text


def test_a_wrong_password_is_said_on_top_and_the_name_is_kept() -> None:
    make.officer()
    answer = Client().post("/akun/masuk/", {"login": "workshop-klb", "password": "salah"})
    text = whole(answer.content.decode())
    assert answer.status_code == 200
    assert 'role="alert"' in text
    assert 'value="workshop-klb"' in text
    assert "salah" not in re.findall(r'value="([^"]*)"', text)


def test_too_many_wrong_passwords_are_stopped_for_a_while() -> None:
    make.officer()
    browser = Client()
    seen = set()
    for _ in range(12):
        answer = browser.post("/akun/masuk/", {"login": "workshop-klb", "password": "salah"})
        seen.add(answer.status_code)
        whole(answer.content.decode())
    assert "Terlalu banyak" in answer.content.decode()
    assert seen <= {200, 429}
    right = browser.post("/akun/masuk/", {"login": "workshop-klb", "password": PASSWORD})
    assert right.status_code != 302, "the right password must wait as well"


def test_a_flood_of_requests_gets_the_page_of_too_many_attempts() -> None:
    browser = Client()
    for _ in range(40):
        answer = browser.post("/akun/masuk/", {"login": "siapa", "password": "salah"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert "Terlalu banyak percobaan" in whole(answer.content.decode())


def test_the_account_page_shows_roles_and_security(officer: Client) -> None:
    text = page(officer, "/akun/faktor-kedua/")
    assert "Petugas bengkel kerja, Kantor KLB" in text
    assert "belum aktif" in text


def test_the_password_is_changed_by_whoever_knows_the_old_one(officer: Client) -> None:
    page(officer, "/akun/sandi/")
    wrong = {"oldpassword": "bukan", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    refused = officer.post("/akun/sandi/", wrong)
    assert 'role="alert"' in whole(refused.content.decode())
    done = officer.post("/akun/sandi/", wrong | {"oldpassword": PASSWORD}, follow=True)
    assert "Kata sandi Anda sudah diganti." in done.content.decode()


def test_who_has_no_password_is_told_where_to_get_one(officer: Client) -> None:
    person = Staff.objects.get(username="workshop-klb")
    person.set_unusable_password()
    person.save()
    officer.force_login(person)
    answer = officer.get("/akun/sandi/", follow=True)
    assert answer.redirect_chain[-1] == ("/akun/faktor-kedua/", 302)
    assert "Akun ini belum mempunyai kata sandi." in whole(answer.content.decode())


def test_leaving_asks_first_and_then_leaves(officer: Client) -> None:
    page(officer, "/akun/keluar/")
    answer = officer.post("/akun/keluar/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert officer.get("/akun/faktor-kedua/").status_code == 302


def test_the_second_factor_is_turned_on_used_and_turned_off(officer: Client) -> None:
    confirmed(officer)
    text = page(officer, "/akun/faktor-kedua/totp/activate/")
    assert 'src="data:image/svg+xml' in text
    assert "<h3" not in text, "the steps stand right below the heading of the page"
    wrong = officer.post("/akun/faktor-kedua/totp/activate/", {"code": "000000"})
    assert 'role="alert"' in whole(wrong.content.decode())
    assert "periksa jam ponsel Anda" in wrong.content.decode()
    secret = activated(officer)
    assert "Setiap kali masuk" in page(officer, "/akun/faktor-kedua/")
    officer.post("/akun/keluar/")

    cache.clear()  # a code is good once; here the clock has not moved on
    answer = officer.post("/akun/masuk/", {"login": "workshop-klb", "password": PASSWORD})
    assert answer["Location"] == "/akun/faktor-kedua/authenticate/"
    assert "Faktor kedua" in page(officer, "/akun/faktor-kedua/authenticate/")
    answer = officer.post("/akun/faktor-kedua/authenticate/", {"code": code(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/beranda/")

    officer.post("/akun/ulang/", {"password": PASSWORD})
    page(officer, "/akun/faktor-kedua/totp/deactivate/")
    off = officer.post("/akun/faktor-kedua/totp/deactivate/", follow=True)
    assert "belum aktif" in off.content.decode()


def test_spare_codes_are_made_shown_and_downloaded(officer: Client) -> None:
    activated(officer)
    page(officer, "/akun/faktor-kedua/recovery-codes/generate/")
    answer = officer.post("/akun/faktor-kedua/recovery-codes/generate/", follow=True)
    shown = re.findall(r"<li>([0-9a-f]{8})</li>", whole(answer.content.decode()))
    assert len(shown) == 10
    assert 'href="/beranda/"' in answer.content.decode(), "from here on to work"
    kept = officer.get("/akun/faktor-kedua/recovery-codes/download/").content.decode().split()
    assert kept == shown


def test_a_grave_act_asks_again_who_is_there(officer: Client) -> None:
    answer = officer.get("/akun/faktor-kedua/totp/activate/")
    assert answer.status_code == 302
    assert "Pastikan ini Anda" in page(officer, answer["Location"])
    wrong = officer.post("/akun/ulang/", {"password": "bukan"})
    assert 'role="alert"' in whole(wrong.content.decode())
    activated(officer)
    session = officer.session
    for record in session["account_authentication_methods"]:
        record["at"] = 1.0
    session.save()
    answer = officer.get("/akun/faktor-kedua/totp/deactivate/")
    assert answer.status_code == 302
    assert "kode dari aplikasi autentikator" in page(officer, "/akun/faktor-kedua/reauthenticate/")


def test_an_account_that_was_closed_is_told_so() -> None:
    person = make.officer()
    person.is_active = False
    person.save()
    browser = Client()
    answer = browser.post("/akun/masuk/", {"login": "workshop-klb", "password": PASSWORD})
    assert answer["Location"] == "/akun/tidak-aktif/"
    assert "Akun ini tidak aktif" in page(browser, "/akun/tidak-aktif/")
    assert browser.get("/akun/faktor-kedua/").status_code == 302


# --- written down ------------------------------------------------------------------------------
def acts() -> list[str]:
    """What the trail says of the officer since the account was made, oldest first."""
    found = Audit.objects.filter(about="workshop-klb").exclude(what="staff.login")
    return list(found.order_by("key").values_list("what", flat=True))[2:]


@pytest.mark.django_db(transaction=True)
def test_who_changes_the_lock_of_an_account_is_written_down(officer: Client) -> None:
    changed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    officer.post("/akun/sandi/", changed)
    officer.post("/akun/ulang/", {"password": NEW_PASSWORD})
    officer.get("/akun/faktor-kedua/totp/activate/")
    secret = officer.session[auth.SECRET_SESSION_KEY]
    officer.post("/akun/faktor-kedua/totp/activate/", {"code": code(secret)})
    officer.post("/akun/faktor-kedua/recovery-codes/generate/")
    officer.post("/akun/faktor-kedua/totp/deactivate/")
    assert acts() == [
        "staff.own_password", "staff.factor_on", "staff.spare_codes", "staff.factor_off",
    ]  # fmt: skip


def test_a_wrong_code_after_the_right_password_is_written_down(officer: Client) -> None:
    activated(officer)
    cache.clear()
    thief = Client()
    thief.post("/akun/masuk/", {"login": "workshop-klb", "password": PASSWORD})
    thief.post("/akun/faktor-kedua/authenticate/", {"code": "000000"})
    assert acts() == ["staff.factor_failed"]


def test_a_wrong_password_is_written_down_however_the_name_is_typed() -> None:
    make.officer()
    Client().post("/akun/masuk/", {"login": "Workshop-KLB", "password": "salah"})
    assert acts() == ["staff.login_failed"]
