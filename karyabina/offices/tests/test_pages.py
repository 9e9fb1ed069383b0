"""The pages of the tree of offices."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape

from karyabina.base import importing
from karyabina.offices.models import Office
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "kode;nama;jenis;induk;kota;pulau;lintang;bujur;zona waktu\n"
SOE = "SOE;Rutan Kelas IIB SoE;rutan;NTT;SoE;Timor;-9,86;124,28;WITA\n"


def browser(role: str = "administrator", at_office: str = "NTT") -> Client:
    make.office("KLB")
    client = Client()
    client.force_login(make.officer(role, at_office))
    return client


def send(client: Client, data: str | bytes, name: str = "kantor.csv") -> HttpResponse:
    content = data.encode() if isinstance(data, str) else data
    return client.post("/kantor/impor/", {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, shown: HttpResponse) -> HttpResponse:
    return client.post("/kantor/impor/", {"rows": shown.context["rows"]}, follow=True)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_list_is_searched_and_paged() -> None:
    client = browser()
    for n in range(60):
        make.office(f"X{n}")
    first = client.get("/kantor/")
    assert len(first.context["page"]) == 50
    assert "Halaman 1 dari 2" in text(first)
    assert "Kantor KLB" in text(client.get("/kantor/?cari=klb"))
    assert "Kantor KLB" not in text(client.get("/kantor/?cari=zzz"))
    assert "Tidak ada kantor yang cocok" in text(client.get("/kantor/?cari=zzz"))
    assert client.get("/kantor/?halaman=nirgends").status_code == 200


def test_an_office_shows_what_stands_above_and_below() -> None:
    client = browser()
    page = text(client.get("/kantor/NTT/"))
    assert "Kantor DITJENPAS" in page
    assert "/kantor/KLB/" in page
    assert "WITA" in page
    assert client.get("/kantor/TIADA/").status_code == 404


@pytest.mark.parametrize("offices", [3, 40])
def test_the_list_takes_the_same_queries_whatever_its_length(
    offices: int, django_assert_num_queries
) -> None:
    client = browser()
    for n in range(offices):
        make.office(f"X{n}")
    client.get("/kantor/")
    with django_assert_num_queries(5):  # session, person, roles, how many, the page
        client.get("/kantor/")


def test_a_list_is_looked_at_before_it_counts() -> None:
    client = browser()
    shown = send(client, HEAD + SOE)
    assert shown.status_code == 200
    assert "SOE · Rutan Kelas IIB SoE" in text(shown)
    assert not Office.objects.filter(code="SOE").exists()
    done = confirm(client, shown)
    assert "1 baru, 0 diubah, 0 tetap" in text(done)
    assert str(Office.objects.get(code="SOE").latitude) == "-9.86000"


def test_confirming_twice_is_importing_once() -> None:
    client = browser()
    shown = send(client, HEAD + SOE)
    confirm(client, shown)
    again = confirm(client, shown)
    assert "Tidak ada yang berubah" in text(again)
    assert Office.objects.filter(code="SOE").count() == 1
    assert "Tidak ada yang perlu diubah" in text(send(client, HEAD + SOE))


def test_every_problem_is_shown_with_its_row_and_nothing_can_be_confirmed() -> None:
    client = browser()
    shown = send(client, HEAD + SOE + "x;;benteng;ZZZ;Kota;Pulau;abc;500;WITA\n" + SOE)
    page = text(shown)
    assert shown.status_code == 400
    assert "Baris 3" in page
    assert "benteng" in page
    assert "rows" not in shown.context
    assert not Office.objects.filter(code="SOE").exists()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "kosong"),
        (b"%PDF-1.4", "bukan tabel"),
        (b"\x89PNG\r\n\x1a\n", "bukan tabel"),
        (b"PK\x03\x04kaputt", "bukan tabel"),
        (b"nama;umur\nA;1\n", "Kolom ini tidak ada"),
    ],
)
def test_a_wrong_file_gets_one_clear_sentence(data: bytes, word: str) -> None:
    shown = send(browser(), data)
    assert shown.status_code == 400
    assert word in text(shown)


def test_no_file_at_all_gets_a_sentence() -> None:
    answer = browser().post("/kantor/impor/", {})
    assert answer.status_code == 400
    assert "Pilih dulu berkasnya" in text(answer)


def test_an_xlsx_is_taken_in_too() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Zona", "Kode", "Nama", "Jenis", "Induk", "Kota", "Pulau", "lat", "lon"])
    book.active.append(["WITA", "SOE", "Rutan SoE", "rutan", "NTT", "SoE", "Timor", -9.86, 124.28])
    out = io.BytesIO()
    book.save(out)
    client = browser()
    confirm(client, send(client, out.getvalue(), "kantor.xlsx"))
    assert str(Office.objects.get(code="SOE").longitude) == "124.28000"


def test_a_region_imports_nothing_for_another() -> None:
    make.office("BALI")
    shown = send(browser(), HEAD + "DPS;Lapas;lapas;BALI;Denpasar;Bali;-8;115;WITA\n")
    assert shown.status_code == 400
    assert "di luar lingkup Anda" in text(shown)


def test_rows_that_were_not_shown_to_this_person_are_refused() -> None:
    mine, other = browser(), browser("administrator", "DITJENPAS")
    shown = send(mine, HEAD + SOE)
    for client, rows in ((other, shown.context["rows"]), (mine, "x" + shown.context["rows"])):
        answer = client.post("/kantor/impor/", {"rows": rows})
        assert answer.status_code == 409
        assert "Pratinjau ini sudah tidak berlaku" in text(answer)
    assert not Office.objects.filter(code="SOE").exists()


def test_a_preview_lasts_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    shown = send(client, HEAD + SOE)
    monkeypatch.setattr(importing, "PREVIEW_LASTS", -1)
    assert client.post("/kantor/impor/", {"rows": shown.context["rows"]}).status_code == 409


def test_what_changed_since_the_preview_is_shown_and_nothing_is_taken_in() -> None:
    client = browser()
    shown = send(client, HEAD + SOE)
    make.office("SOE", parent="BALI")
    answer = client.post("/kantor/impor/", {"rows": shown.context["rows"]})
    assert answer.status_code == 400
    assert "lingkup" in text(answer)


def test_the_list_can_be_taken_out_filled_in_and_sent_back() -> None:
    client = browser()
    table = client.get("/kantor/daftar.csv")
    assert table["Content-Disposition"] == 'attachment; filename="kantor.csv"'
    shown = send(client, table.content)
    assert "Tidak ada yang perlu diubah" in text(shown)
    changed = table.content.replace(b"Kantor KLB", "Lapas “Kalabahi”".encode())
    assert escape("Kantor KLB → Lapas “Kalabahi”") in text(send(client, changed))


def test_a_list_over_what_a_page_can_carry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LARGEST_CARRIED", 100)
    answer = send(browser(), HEAD + SOE)
    assert answer.status_code == 413
    assert "Daftar ini terlalu panjang" in text(answer)
