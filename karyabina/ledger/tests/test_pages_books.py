"""Pages and files of the books, as those see them who may."""

import csv
import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions import Move
from karyabina.ledger.explaining import documents_of
from karyabina.ledger.models import Entry
from karyabina.staff.models import Role
from tests import make
from tests.access.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_once: World, db: None) -> World:
    return made_once


def client(world: World, role: str = Role.TREASURER, office: str = "KLB") -> Client:
    one = Client()
    one.force_login(world.people[role, office])
    return one


def page(one: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    response = one.get(reverse(f"ledger:{name}", args=args), query)
    assert response.status_code == status, (name, args, query, response.status_code)
    return response.content.decode()


DAY_IN_CSV = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)[+-]\d\d:\d\d)?")


def file(one: Client, name: str, *args: object, **query: str) -> list[list[str]]:
    """The cells as text; days and times without their zone, which a workbook does not know."""
    response = one.get(reverse(f"ledger:{name}", args=args), query)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    data = b"".join(response)  # type: ignore[arg-type]
    if name.endswith("xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
    return [[plain(cell) for cell in row] for row in rows]


def plain(cell: str) -> str:
    day = DAY_IN_CSV.fullmatch(cell)
    return f"{day[1]} {day[2] or '00:00:00'}" if day else cell


def where(one: Client, text: str, **query: str) -> str:
    """Where a search leads straight to."""
    response = one.get(reverse("ledger:books"), {"cari": text, **query})
    assert response.status_code == 302, text
    return response["Location"]


def maker_accounts(text: str) -> set[str]:
    return set(re.findall(r"premi:[A-Z]+:[^\s<&:]+:(?:saved|usable)", text))


# --- the front page --------------------------------------------------------------------------
def test_the_front_page_lists_the_own_accounts_with_their_balances(world: World) -> None:
    text = page(client(world), "books")
    assert "store:KLB" in text
    assert "stand:" not in text
    assert f"premi:KLB:{world.maker.code}:saved" in text
    only = page(client(world), "books", jenis="store")
    assert "store:KLB" in only
    assert "owed:KLB" not in only
    assert "cash:" in page(client(world, Role.REGIONAL, "NTT"), "books", kosong="on")


def test_who_may_not_know_makers_sees_premi_as_one_sum(world: World) -> None:
    regional = client(world, Role.REGIONAL, "NTT")
    entry = world.settlement.pk
    account = reverse("ledger:account", args=["owed:KLB"])
    for text in (
        page(regional, "books"),
        page(regional, "entry", entry),
        regional.get(account).content.decode(),
        str(file(regional, "books_csv")),
        str(file(regional, "books_xlsx")),
        str(file(regional, "account_csv", "owed:KLB")),
        str(file(regional, "account_xlsx", "owed:KLB")),
        str(file(regional, "books_csv", cari=str(entry))),
        page(regional, "books", cari="premi"),
    ):
        assert world.maker.code not in text
    assert "premi:KLB" in page(regional, "books")
    assert "Premi peserta KLB" in page(regional, "entry", entry)
    hidden = f"premi:KLB:{world.maker.code}:saved"
    page(regional, "account", hidden, status=404)
    assert regional.get(reverse("ledger:account_csv", args=[hidden])).status_code == 404
    assert hidden in page(client(world, Role.AUDITOR, "NTT"), "account", hidden)
    assert maker_accounts(page(client(world), "books"))


def test_premi_are_found_as_a_sum_by_who_may_not_know_makers(world: World) -> None:
    region = client(world, Role.REGIONAL, "NTT")
    for text in ("premi", "premi:KLB", "Premi peserta KLB"):
        answer = page(region, "books", cari=text)
        assert "Premi peserta KLB" in answer, text
        assert not maker_accounts(answer)
    assert "Tidak ada akun, lot" in page(region, "books", cari="premi:KLB:KLB-001:saved")


def test_the_file_of_a_filtered_list_holds_what_the_page_shows(world: World) -> None:
    region = client(world, Role.REGIONAL, "NTT")
    text = page(region, "books", kantor="KLB", jenis="store")
    assert "data.csv?kantor=KLB&amp;jenis=store" in text
    _heading, *rows = file(region, "books_csv", kantor="KLB", jenis="store")
    assert {row[0] for row in rows} == {"store:KLB"}


def test_a_list_without_accounts_says_so(world: World) -> None:
    treasurer = client(world)
    assert "cocok dengan saringan ini" in page(treasurer, "books", jenis="partner")
    make.office("SOE")
    empty = Client()
    empty.force_login(make.officer(Role.TREASURER, "SOE"))
    assert "Belum ada akun yang berisi" in page(empty, "books")


def test_of_a_sale_the_office_sees_its_part_and_the_holder_all(world: World) -> None:
    own = page(client(world), "entry", world.sale.pk)
    assert "milik kantor lain" in own
    assert "cash:" not in own
    assert world.lot.code in own
    holder = page(client(world, Role.REGIONAL, "NTT"), "entry", world.sale.pk)
    assert "milik kantor lain" not in holder
    assert reverse("till:receipt", args=[world.closed_shift.code, world.sale.number]) in holder
    assert reverse("till:receipt", args=[world.closed_shift.code, world.sale.number]) not in own
    page(client(world, office="DPS"), "entry", world.sale.pk, status=404)


def test_every_kind_of_entry_leads_to_its_document(world: World) -> None:
    entries = list(Entry.objects.all())
    assert set(documents_of(entries)) == {entry.pk for entry in entries}
    with CaptureQueriesContext(connection) as seen:
        documents_of(entries)
    assert len(seen) <= len({entry.kind for entry in entries})


# --- finding ---------------------------------------------------------------------------------
def test_a_search_that_finds_one_thing_goes_straight_to_it(world: World) -> None:
    one = client(world)
    assert where(one, "store:KLB") == reverse("ledger:account", args=["store:KLB"])
    assert where(one, "gudang klb") == reverse("ledger:account", args=["store:KLB"])
    assert where(one, world.lot.code.lower()) == reverse("ledger:lot", args=[world.lot.code])
    assert where(one, str(world.sale.pk)) == reverse("ledger:entry", args=[world.sale.pk])
    assert where(one, "60.000", sampai="29-10-2025")


def test_a_search_finds_nothing_of_others(world: World) -> None:
    other = client(world, office="DPS")
    for text in ("store:KLB", world.lot.code, str(world.sale.pk), "60.000", "29-10-2025", "hub 1"):
        said = page(other, "books", cari=text)
        assert "Tidak ada akun, lot, atau catatan" in said
        assert len(file(other, "books_csv", cari=text)) == 1


def test_a_search_that_finds_many_lists_them(world: World) -> None:
    text = page(client(world, Role.REGIONAL, "NTT"), "books", cari="29-10-2025")
    assert reverse("ledger:entry", args=[world.sale.pk]) in text
    rows = file(client(world, Role.REGIONAL, "NTT"), "books_csv", cari="29-10-2025")
    assert str(world.sale.pk) in {row[4] for row in rows}
    assert len({len(row) for row in rows}) == 1


# --- an account ------------------------------------------------------------------------------
def test_an_account_shows_now_then_and_a_period(world: World) -> None:
    one = client(world, Role.REGIONAL, "NTT")
    code = f"cash:{world.closed_shift.code}"
    text = page(one, "account", code, dari="29-10-2025", sampai="29-10-2025")
    assert "Saldo awal" in text
    assert "Rp 160.000" in text  # the float and the sale came in
    assert reverse("ledger:entry", args=[world.sale.pk]) in text
    assert "Yang tercatat sampai" in page(one, "account", code, pada="29-10-2025", jam="14.05")
    assert "Tidak ada perpindahan" in page(one, "account", code, sampai="1-1-2020")
    page(one, "account", f"stand:{world.stand.code}", satuan=world.lot.code, urut="lama")


def test_a_file_of_an_account_ends_with_its_balance(world: World) -> None:
    one = client(world)
    for name in ("account_csv", "account_xlsx"):
        heading, *rows = file(one, name, "due:KLB")
        assert heading[-1] == "Saldo sesudahnya"
        balance = 0
        for row in rows:
            balance += int(row[-2])
            assert int(row[-1]) == balance
        assert rows


def test_a_file_tells_both_times_on_the_clock_of_the_place(world: World) -> None:
    response = client(world).get(reverse("ledger:account_csv", args=["due:KLB"]))
    text = b"".join(response).decode("utf-8-sig")  # type: ignore[arg-type]
    heading, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert rows
    for name in ("Dicatat pada", "Terjadi pada"):
        assert all(row[heading.index(name)].endswith("+08:00") for row in rows), name


def test_a_note_that_looks_like_a_formula_is_none(world: World) -> None:
    key = new_key()
    ledger.post(
        key=key,
        kind="breakage",
        by=world.person(Role.WORKSHOP, world.office),
        occurred_at=make.moment(20),
        request={},
        moves=[Move("store:KLB", "outside:broken", world.lot.code, 1)],
        note="=HYPERLINK(1)",
    )
    for name in ("account_csv", "account_xlsx"):
        rows = file(client(world), name, "store:KLB")
        note = next(row for row in rows if row[4] == str(key))[11]
        assert note == ("'" * name.endswith("csv")) + "=HYPERLINK(1)"


# --- a lot -----------------------------------------------------------------------------------
def test_a_lot_is_drawn_and_listed_for_all_who_ever_held_it(world: World) -> None:
    for role, office in ((Role.TREASURER, "KLB"), (Role.REGIONAL, "NTT")):
        text = page(client(world, role, office), "lot", world.lot.code)
        assert text.count("<svg") >= 2
        assert f"Gerai {world.stand.code}" in text
        assert "Bengkel kerja" in text
    text = page(client(world), "lot", world.lot.code, tempat=f"stand:{world.stand.code}")
    assert "Sampai di" in text
    rows = file(client(world), "lot_csv", world.lot.code)
    assert rows == file(client(world), "lot_xlsx", world.lot.code)
    assert {row[8] for row in rows[1:]} == {world.lot.code}
    page(client(world, office="DPS"), "lot", world.lot.code, status=404)
    page(client(world), "lot", "IDR", status=404)


# --- odd questions ---------------------------------------------------------------------------
ODD = ["'", "%", "\u202e", "\u200b", "💥" * 30, "9" * 400, "-1", "a" * 5_000, "../..", "=1+1", "٣",
       "1e9", "9999-12-31", "0001-01-01", "<script>", "hub 999999999999999", "{{ x }}"]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_questions_get_an_answer(world: World, odd: str) -> None:
    """Each field alone on the page that has most of them, all of them at once on every page."""
    one = client(world, Role.REGIONAL, "NTT")
    names = ("cari", "dari", "sampai", "jenis", "kantor", "kosong", "halaman", "sebelum", "satuan",
             "urut", "pada", "jam", "tempat")  # fmt: skip
    book = reverse("ledger:account", args=["owed:NTT"])
    pages = [
        reverse("ledger:books"),
        reverse("ledger:books_csv"),
        book,
        reverse("ledger:account_csv", args=["owed:NTT"]),
        reverse("ledger:lot", args=[world.lot.code]),
    ]
    asked = [(path, dict.fromkeys(names, odd)) for path in pages]
    for path, question in [*asked, *((book, {name: odd}) for name in names)]:
        response = one.get(path, question)
        if response.streaming:
            list(response)
        assert response.status_code in {200, 302, 400, 404}, (path, question)
    for name in ("account", "lot"):
        code = odd.replace("/", "") or "x"
        assert one.get(reverse(f"ledger:{name}", args=[code])).status_code == 404


def test_a_nul_is_answered_and_what_was_typed_is_kept(world: World) -> None:
    one = client(world)
    assert one.get("/buku/?cari=a%00b").status_code == 400
    assert one.get("/buku/akun/a%00b/").status_code == 400
    text = page(one, "books", status=400, cari="store:KLB", dari="31-31-2025")
    assert "31-31-2025" in text
    assert "store:KLB" in text
    assert "Tanggal tidak dikenali" in text
    assert "mendahului" in page(
        one, "account", "store:KLB", status=400, dari="2-1-2025", sampai="1-1-2025"
    )


# --- as many queries for few as for many -----------------------------------------------------
def test_pages_take_the_same_queries_for_few_and_for_many(world: World) -> None:
    paths = [
        reverse("ledger:books"),
        reverse("ledger:books") + "?cari=20.000",
        reverse("ledger:account", args=["store:KLB"]),
        reverse("ledger:account", args=[f"stand:{world.stand.code}"]),
        reverse("ledger:lot", args=[world.lot.code]),
    ]
    one = client(world, Role.REGIONAL, "NTT")

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert one.get(path).status_code == 200
        return len(seen)

    make.sale(world.shift, (world.product, 1), total=20_000)
    make.sale(world.shift, (world.product, 1), total=20_000)
    few = [asked(path) for path in paths]
    for _ in range(8):
        make.sale(world.shift, (world.product, 1), total=20_000)
    for n in range(5):
        make.lot(make.product(f"LAGI{n}", "KLB"))
    assert [asked(path) for path in paths] == few
