"""The page of `karya verify`: the last result, as far as somebody may see it, and a new run."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions.checks import record_check
from karyabina.ledger.models import Check
from karyabina.ledger.queries import checks as queries
from karyabina.ledger.tests.make import AT
from karyabina.ledger.verify import Finding
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/buku/pemeriksaan/"


def client(role: str = "head", at_office: str = "KLB") -> Client:
    found = Client()
    found.force_login(make.officer(role, at_office))
    return found


def checked(*findings: Finding, **other: object) -> Check:
    given = {
        "key": new_key(),
        "scope": "books",
        "began_at": AT,
        "at": AT,
        "by": None,
        "entries": 2,
        "movements": 1_234,
    } | other
    return record_check(findings=list(findings), **given)  # type: ignore[arg-type]


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_books_that_were_never_checked_say_so() -> None:
    assert "belum pernah diperiksa" in client().get(PAGE).content.decode()


def test_the_last_result_is_shown_with_when_and_by_whom() -> None:
    checked(Finding("Setiap catatan utuh, perpindahannya bernomor urut", ()))
    page = client().get(PAGE).content.decode()
    assert "Pembukuan benar." in page
    assert "Setiap catatan utuh, perpindahannya bernomor urut" in page
    assert "2 catatan dengan 1.234 perpindahan" in page
    assert "Oleh perintah di server." in page
    assert "29 Oktober 2025" in page


def test_the_sentences_are_said_in_the_language_of_the_reader() -> None:
    checked(Finding("Setiap saldo sama dengan jumlah perpindahannya", ()))
    head = client()
    head.cookies["bahasa"] = "en"
    with translation.override("id"):  # the request leaves its language on this thread
        page = head.get(PAGE).content.decode()
    assert "Each balance equals the sum of its movements" in page


def test_looking_now_takes_one_click_and_a_double_click_is_one_run() -> None:
    make.lot(make.product())
    head, key = client(), str(new_key())
    answer = head.post(PAGE, {"key": key})
    assert answer.status_code == 302
    assert "Pembukuan benar." in head.get(PAGE).content.decode()
    assert head.post(PAGE, {"key": key}).status_code == 302
    check = Check.objects.get()
    assert (str(check.pk), check.by, check.faults) == (key, make.officer("head"), 0)
    assert check.movements == 1


def test_long_books_are_checked_by_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    make.lot(make.product())
    monkeypatch.setattr(queries, "SMALL", 0)
    head = client()
    page = head.get(PAGE).content.decode()
    assert "./run karya verify" in page
    assert "Periksa sekarang" not in page
    answer = head.post(PAGE, {"key": str(new_key())})
    assert "terlalu panjang" in said(answer)[0]
    assert not Check.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "\0"])
def test_a_broken_form_checks_nothing(key: str) -> None:
    answer = client().post(PAGE, {"key": key})
    assert answer.status_code == 302
    assert "rusak" in said(answer)[0]
    assert not Check.objects.exists()


def test_earlier_runs_can_be_opened() -> None:
    first = checked(Finding("Selalu", ("salah sekali",)))
    checked(Finding("Selalu", ()), began_at=make.moment(20), at=make.moment(20))
    head = client()
    page = head.get(PAGE).content.decode()
    assert "Pembukuan benar." in page
    assert "salah sekali" not in page
    assert f"?kunci={first.pk}" in page
    assert "salah sekali" in head.get(PAGE, {"kunci": str(first.pk)}).content.decode()
    assert head.get(PAGE, {"kunci": str(new_key())}).status_code == 404
    assert head.get(PAGE, {"kunci": "x"}).status_code == 404


def test_faults_are_shown_as_far_as_the_office_and_its_makers_may_be_seen() -> None:
    offices = {code: make.office(code) for code in ("KLB", "KFM")}
    maker = make.maker("KLB")
    mine, theirs = f"premi:KLB:{maker.code}:saved", "store:KFM"
    ledger.open_accounts(homes={mine: "KLB", theirs: "KFM", "outside:buyer": "hub"}, at=AT)
    checked(
        Finding("Satu", (f"{mine}: saldo 5 IDR", f"{theirs}: saldo 77 X")),
        Finding("Dua", (f"{offices['KLB'].pk.hex}/1", "outside:buyer IDR")),
        Finding("Tiga", ("KFM-CHIPS-1: 66", "KLB-MELON-1: 55", "KFM: 44 <> 45")),
    )
    head = client("head", "KLB").get(PAGE).content.decode()
    assert f"{mine}: saldo 5 IDR" in head
    assert "saldo 77" not in head
    assert "1 kesalahan menyangkut kantor lain." in head
    assert "2 kesalahan menyangkut kantor lain." in head
    assert "KLB-MELON-1: 55" in head
    assert "KFM" not in head
    assert f"{offices['KLB'].pk.hex}/1" in head
    assert "outside:buyer IDR" in head
    region = client("regional", "NTT").get(PAGE).content.decode()
    assert maker.code not in region
    assert "premi:KLB: saldo 5 IDR" in region
    assert "saldo 77" in region


def test_the_page_takes_as_many_queries_for_many_runs_and_faults() -> None:
    make.office("KFM")
    ledger.open_accounts(homes={"store:KFM": "KFM", "store:KLB": "KLB"}, at=AT)
    head = client()

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert head.get(PAGE).status_code == 200
        return len(seen)

    checked(Finding("Satu", ("store:KFM: saldo 1",)))
    head.get(PAGE)
    few = asked()
    for _ in range(15):
        checked(*(Finding(f"Ke-{n}", ("store:KFM: 1", "store:KLB: 2") * 5) for n in range(9)))
    assert asked() == few
