"""The pages on which an office closes its books, and two persons open them again."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from karyabina.base.keys import new_key
from karyabina.ledger import seal_checks
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Closing, Reopening, Seal
from karyabina.ledger.queries import closings as days
from karyabina.ledger.tests.closing import DAY, asked, closed, days_later, offices, sold
from karyabina.offices.models import Office
from karyabina.staff.models import Role
from tests import make
from tests.make import WITA

pytestmark = pytest.mark.django_db


def page(name: str, **arguments: object) -> str:
    return reverse(f"ledger:{name}", kwargs={"office": "KFM"} | arguments)


def logged_in(role: str = Role.TREASURER, at: str = "KFM") -> Client:
    client = Client()
    client.force_login(make.officer(role, at))
    return client


@pytest.fixture
def kfm(monkeypatch: pytest.MonkeyPatch) -> Office:
    """KFM on 30 October at ten, with sales of three days behind it."""
    now = datetime(2025, 10, 30, 10, tzinfo=WITA)
    monkeypatch.setattr(timezone, "now", lambda: now)
    here, _there = offices()
    for back in (2, 1, 0):
        sold(days_later(-back))
    return here


def close(client: Client, day: date, *, key: UUID | None = None, to: str = "close_day"):  # type: ignore[no-untyped-def]
    return client.post(page(to), {"key": key or new_key(), "day": day.isoformat()})


# --- looking -------------------------------------------------------------------------------------
def test_the_list_shows_each_office_with_books_and_what_waits(kfm: Office) -> None:
    make.office("KLB")  # without books
    text = logged_in(Role.REGIONAL, "NTT").get(reverse("ledger:closings")).content.decode()
    assert "Kantor KFM" in text
    assert "Kantor NTT" in text
    assert "Kantor KLB" not in text
    assert "menunggu sejak 1 Oktober 2025" in text


def test_the_list_takes_the_same_queries_for_any_number_of_offices(kfm: Office) -> None:
    client = logged_in(Role.REGIONAL, "NTT")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("ledger:closings"))
        return len(seen)

    queries()
    few = queries()
    for office in offices("KLB", "RKP", "LPP"):
        closed(office)
    assert queries() == few


def test_an_office_sees_what_closing_up_to_yesterday_would_freeze(kfm: Office) -> None:
    text = logged_in().get(page("closing")).content.decode()
    assert "Bila ditutup sampai 29 Oktober 2025" in text
    assert "Tutup sampai 29 Oktober 2025" in text
    assert "Rp 37.500" in text, "the sum of the claims of three sales"


def test_another_day_can_be_looked_at_first(kfm: Office) -> None:
    client = logged_in()
    text = client.get(page("closing"), {"sampai": "2025-10-28"}).content.decode()
    assert "Tutup sampai 28 Oktober 2025" in text
    assert "1 hari sesudahnya tetap terbuka" in text
    assert "Rp 25.000" in text


@pytest.mark.parametrize("day", ["2025-10-31", "x", "2025-02-30", ""])
def test_a_day_that_cannot_be_closed_is_not_offered(kfm: Office, day: str) -> None:
    response = logged_in().get(page("closing"), {"sampai": day})
    assert response.status_code == 400
    assert "Tutup sampai" not in response.content.decode()


def test_a_month_that_is_over_is_offered_whole(kfm: Office) -> None:
    client = logged_in()
    assert "Seluruh September 2025" in client.get(page("closing")).content.decode()
    text = client.get(page("closing"), {"bulan": "1"}).content.decode()
    assert "Tutup September 2025" in text
    response = close(client, date(2025, 9, 30), to="close_month")
    assert response.status_code == 302
    assert Closing.objects.get().period == "month"


def test_many_days_are_folded_into_one_row(kfm: Office) -> None:
    for back in range(3, 30):
        sold(days_later(-back, date(2025, 10, 30)))
    for back in range(30, 40):
        made = days_later(-back, date(2025, 10, 30))
        sold(made)
    text = logged_in().get(page("closing")).content.decode()
    assert "hari sebelumnya" in text
    assert text.count("<tr>") == 1 + 1 + 31 + 1


def test_an_auditor_sees_and_does_nothing(kfm: Office) -> None:
    client = logged_in(Role.AUDITOR)
    text = client.get(page("closing")).content.decode()
    assert "Bila ditutup sampai" in text
    assert "Tutup sampai" not in text
    assert close(client, DAY).status_code == 403
    assert not Closing.objects.exists()


def test_another_offices_books_are_not_found(kfm: Office) -> None:
    client = logged_in(Role.TREASURER, "KLB")
    assert client.get(page("closing")).status_code == 404
    assert close(client, DAY).status_code == 404


# --- closing -------------------------------------------------------------------------------------
def test_a_treasurer_closes_yesterday(kfm: Office) -> None:
    client = logged_in()
    response = close(client, DAY)
    assert response.status_code == 302
    text = client.get(response.url).content.decode()
    assert "Buku ditutup sampai 29 Oktober 2025. Hari yang disegel: 4." in text
    assert Closing.objects.get().by == make.officer(Role.TREASURER, "KFM")
    assert text.count("<code>KFM 2025-10-") == 4
    assert "?sampai=2025-10-30" in text, "now today can be closed"


def test_today_is_closed_only_by_who_asks_for_it(kfm: Office) -> None:
    treasurer, today = logged_in(), days_later(1)
    close(treasurer, DAY)
    sold(today)
    text = treasurer.get(page("closing")).content.decode()
    assert 'name="day"' not in text
    assert "sampai kemarin sudah ditutup" in text
    assert f"?sampai={today}" in text
    assert "hari ini sudah ditutup" not in text
    asked_for = treasurer.get(page("closing"), {"sampai": today.isoformat()}).content.decode()
    assert f'name="day" value="{today}"' in asked_for
    refused = treasurer.get(page("closing"), {"sampai": "2025-12-31"}).content.decode()
    assert "sudah ditutup." not in refused


def test_what_is_sold_after_the_day_was_closed_does_not_wait_yet(kfm: Office) -> None:
    treasurer = logged_in()
    today = days_later(1)
    close(treasurer, today)
    late = sold(today, hour=11)
    assert late.booked_on == days_later(2)
    text = treasurer.get(page("closing")).content.decode()
    assert "1 catatan sesudah penutupan dibukukan mulai 31 Oktober 2025" in text
    listed = treasurer.get(reverse("ledger:closings")).content.decode()
    assert "semua tertutup" in listed
    assert "menunggu sejak" not in listed
    said = treasurer.get(reverse("ledger:entry", args=[late.pk])).content.decode()
    assert "sudah ditutup di kantor yang akunnya tersangkut" in said
    book = treasurer.get(reverse("ledger:account", args=["due:KFM"])).content.decode()
    assert book.count("dibukukan 31 Oktober 2025") == 1


def test_a_double_click_closes_once(kfm: Office) -> None:
    client, key = logged_in(), new_key()
    for _ in range(2):
        assert close(client, DAY, key=key).status_code == 302
    assert Closing.objects.count() == 1


def test_a_refusal_is_told_on_the_page(kfm: Office) -> None:
    client = logged_in()
    response = close(client, days_later(2))
    assert response.status_code == 409
    assert str(closings.NotYet()) in response.content.decode()
    for sent in ({}, {"key": "x", "day": "2025-10-29"}, {"key": new_key(), "day": "x"}):
        assert client.post(page("close_day"), sent).status_code == 400
    assert not Closing.objects.exists()


# --- reopening -----------------------------------------------------------------------------------
def test_two_persons_reopen_a_closing(kfm: Office) -> None:
    treasurer, head = logged_in(), logged_in(Role.HEAD)
    close(treasurer, DAY)
    sent = {"key": new_key(), "reason": "Struk tertinggal"}
    assert treasurer.post(page("reopenings"), sent).status_code == 302
    request = Reopening.objects.get()
    mine = treasurer.get(page("closing")).content.decode()
    assert "Tarik permintaan" in mine
    assert "Setujui pembukaan" not in mine
    agree = page("reopening_agreement", key=request.pk)
    refused = treasurer.post(agree, {"key": new_key()})
    assert refused.status_code == 409
    assert str(closings.SamePerson()) in refused.content.decode()
    theirs = head.get(page("closing")).content.decode()
    assert "Struk tertinggal" in theirs
    assert "Setujui pembukaan" in theirs
    assert head.post(agree, {"key": new_key()}).status_code == 302
    assert days.closed_until(["KFM"]) == {}
    assert "dibuka kembali" in head.get(page("closing")).content.decode()


def test_the_region_may_be_the_second_person(kfm: Office) -> None:
    request = asked(closed(kfm))
    region = logged_in(Role.REGIONAL, "NTT")
    assert (
        region.post(page("reopening_agreement", key=request.pk), {"key": new_key()}).status_code
        == 302
    )


def test_a_request_without_a_reason_is_drawn_again(kfm: Office) -> None:
    closed(kfm)
    response = logged_in().post(page("reopenings"), {"key": new_key(), "reason": " "})
    assert response.status_code == 400
    assert not Reopening.objects.exists()


def test_a_request_where_nothing_is_closed_is_refused(kfm: Office) -> None:
    response = logged_in().post(page("reopenings"), {"key": new_key(), "reason": "x"})
    assert response.status_code == 400
    assert str(closings.NotTheLast()) in response.content.decode()


def test_a_request_is_declined_with_a_word(kfm: Office) -> None:
    request = asked(closed(kfm))
    response = logged_in(Role.HEAD).post(
        page("reopening_refusal", key=request.pk), {"key": new_key(), "reason": "Tidak perlu"}
    )
    assert response.status_code == 302
    assert request.declined.reason == "Tidak perlu"
    assert "Tidak perlu" in logged_in().get(page("closing")).content.decode()


def test_who_takes_a_request_back_is_told_so(kfm: Office) -> None:
    treasurer = logged_in()
    close(treasurer, DAY)
    treasurer.post(page("reopenings"), {"key": new_key(), "reason": "Keliru"})
    refusal = page("reopening_refusal", key=Reopening.objects.get().pk)
    said = treasurer.post(refusal, {"key": new_key()}, follow=True).content.decode()
    assert "Permintaan Anda ditarik" in said
    assert "Oktober 2025 ditarik" in said, "so does the history"
    assert "tidak disetujui" not in said


def test_two_lines_of_one_day_are_explained(kfm: Office) -> None:
    treasurer, head = logged_in(), logged_in(Role.HEAD)
    close(treasurer, DAY)
    why = "Keduanya benar"
    assert why not in treasurer.get(page("seals")).content.decode()
    treasurer.post(page("reopenings"), {"key": new_key(), "reason": "Keliru"})
    agree = page("reopening_agreement", key=Reopening.objects.get().pk)
    head.post(agree, {"key": new_key()})
    close(treasurer, DAY)
    assert why in treasurer.get(page("seals")).content.decode()


def test_a_request_of_another_office_is_not_found(kfm: Office) -> None:
    request = asked(closed(Office.objects.get(code="NTT")))
    response = logged_in(Role.HEAD).post(
        page("reopening_agreement", key=request.pk), {"key": new_key()}
    )
    assert response.status_code == 404


# --- seals ---------------------------------------------------------------------------------------
def test_seals_are_shown_by_month_and_read_back_from_the_file(kfm: Office) -> None:
    sold(date(2025, 9, 1))
    closed(kfm)
    client = logged_in(Role.AUDITOR)
    text = client.get(page("seals")).content.decode()
    assert text.count("<code>KFM 2025-10-") == 4
    earlier = client.get(page("seals"), {"bulan": "2025-09"}).content.decode()
    assert earlier.count("<code>KFM 2025-09-01 n=1 ") == 1
    file = client.get(page("seals_file"), {"bulan": "2025-10"})
    assert file["Content-Disposition"] == 'attachment; filename="segel-KFM-2025-10.txt"'
    lines = file.content.decode().splitlines()
    assert len(lines) == 4
    assert seal_checks.compare(lines) == []


def test_an_office_without_seals_says_so(kfm: Office) -> None:
    client = logged_in()
    assert "Belum ada segel" in client.get(page("seals")).content.decode()
    assert client.get(page("seals_file")).content == b""
    assert not Seal.objects.exists()


def test_the_latest_seals_are_ordered_by_their_chain(kfm: Office) -> None:
    closed(kfm, DAY, at=datetime(2025, 10, 29, 20, tzinfo=WITA) + timedelta(hours=1))
    assert [seal.n for seal in days.newest_seals("KFM", 3)] == [4, 3, 2]
