"""Taking in a list of products: the whole of it or nothing."""

import io
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

import karyabina.catalogue
from karyabina.base import spreadsheets
from karyabina.base.keys import new_key
from karyabina.catalogue import actions, lists, queries
from karyabina.catalogue.forms import COLUMNS, product_rows
from karyabina.catalogue.lists import ProductRow
from karyabina.catalogue.models import Import, Price, Product
from karyabina.ledger.queries import KeyReused
from karyabina.offices.models import Office
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "kantor;produk;jenis;catatan;kode;satuan;harga;per\n"
LIST = (
    "KLB;Melon;pertanian;200 buah;;;20.000;\n"
    "KLB;Tomat;pertanian;;TOMAT;gram;6.000;500\n"
    "KFM;Keripik pisang;makanan;;;;;\n"
)


def rows(text: str) -> list[ProductRow]:
    sheet = spreadsheets.read(io.BytesIO((HEAD + text).encode()), COLUMNS)
    assert sheet.problems == ()
    return product_rows(sheet)


def take_in(text: str, *, hour: int = 9, **other: object) -> Import:
    for code in ("KLB", "KFM", "BPS"):
        make.office(code)
    given = {
        "key": new_key(), "rows": rows(text), "offices": Office.objects.all(),
        "file_name": "produk.csv", "by": make.officer(), "at": make.moment(hour),
    }  # fmt: skip
    return actions.import_products(**(given | other))


def counts(done: Import) -> tuple[int, int, int, int]:
    return done.added, done.changed, done.priced, done.unchanged


def everything() -> list[object]:
    return [list(Product.objects.values()), list(Price.objects.values()), Import.objects.count()]


def refused(text: str, **other: object) -> list[tuple[int, str, str]]:
    make.officer()
    before = everything()
    with pytest.raises(actions.RowsHaveProblems) as no:
        take_in(text, **other)
    assert everything() == before
    return [(one.row, one.column, one.text) for one in no.value.problems]


def test_a_list_makes_products_with_their_prices() -> None:
    assert counts(take_in(LIST)) == (3, 0, 2, 0)
    tomato = Product.objects.get(office__code="KLB", code="TOMAT")
    assert (tomato.measure, tomato.category, tomato.note) == ("gram", "pertanian", "")
    found = queries.prices_at([tomato], make.moment())[tomato.pk]
    assert (found.amount, found.per, found.set_by) == (6_000, 500, make.officer())
    assert Product.objects.get(name="Keripik pisang").code == "KERIPIK"


def test_the_same_list_again_changes_nothing() -> None:
    take_in(LIST)
    before = everything()[:2]
    trail = Audit.objects.count()
    assert counts(take_in(LIST, hour=11)) == (0, 0, 0, 3)
    assert everything()[:2] == before
    assert Audit.objects.count() == trail


def test_the_same_key_again_is_the_same_import() -> None:
    key = new_key()
    done = take_in(LIST, key=key)
    assert take_in(LIST, key=key, hour=12).pk == done.pk
    assert Import.objects.count() == 1
    with pytest.raises(KeyReused):
        take_in("KLB;Semangka;pertanian;;;;;\n", key=key)


def test_what_differs_is_brought_up_to_date_and_written_down() -> None:
    take_in(LIST)
    changed = (
        "klb;melon;makanan;dikeringkan;;;21.000;\n"  # by name; the case of a name may change
        "KLB;Tomat ceri;pertanian;;TOMAT;gram;6000;500\n"  # by code
    )
    assert counts(take_in(changed, hour=12)) == (0, 2, 1, 0)
    melon = Product.objects.get(code="MELON")
    assert (melon.name, melon.category, melon.note) == ("melon", "makanan", "dikeringkan")
    assert [one.amount for one in melon.prices.all()] == [21_000, 20_000]
    row = Audit.objects.get(what="catalogue.change", about="KLB TOMAT")
    assert row.detail == "nama: Tomat → Tomat ceri"
    told = Audit.objects.filter(what="catalogue.import", office__code="KLB").first()
    assert told is not None
    assert told.detail == "baru 0, diubah 2, harga 1"


def test_a_blank_cell_changes_nothing() -> None:
    take_in(LIST)
    assert counts(take_in("KLB;Melon;pertanian;;;;;\n")) == (0, 0, 0, 1)
    assert Product.objects.get(code="MELON").note == "200 buah"


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("ZZZ;Melon;pertanian;;;;;\n", "kantor", "lingkup"),
        ("BPS;Melon;pertanian;;;;;\n", "kantor", "tidak membuat"),
        ("KLB;MELON;pertanian;;;;;\n", "produk", "baris 2"),
        ("KLB;Lain;pertanian;;TOMAT;;;\n", "kode", "baris 3"),
        ("KLB;Semangka;pertanian;;;;;500\n", "harga", "Isi harganya"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken_in(line: str, column: str, word: str) -> None:
    ((row, said, text),) = refused(LIST + line)
    assert (row, said) == (5, column)
    assert word in text


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("KLB;Melon;pertanian;;MLN;;;\n", "kode", "MELON"),
        ("KLB;Melon;pertanian;;;gram;;\n", "satuan", "buah"),
        ("KLB;Melon;pertanian;;TOMAT;;;\n", "kode", "MELON"),
        ("KLB;Melon;pertanian;;;;;\nKLB;Melon madu;pertanian;;MELON;;;\n", "produk", "baris 2"),
    ],
)
def test_a_row_that_contradicts_what_is_there_is_named(line: str, column: str, word: str) -> None:
    take_in(LIST)
    ((_row, said, text),) = refused(line)
    assert said == column
    assert word in text


def test_every_problem_of_a_list_is_said_at_once() -> None:
    assert len(refused("ZZZ;A;makanan;;;;;\nBPS;B;makanan;;;;;\nZZZ;C;makanan;;;;;\n")) == 3


def test_only_for_offices_within_reach() -> None:
    own = Office.objects.filter(code="KLB")
    ((row, _column, text),) = refused(LIST, offices=own)
    assert row == 4
    assert "lingkup" in text


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(actions.NothingToImport):
        take_in(LIST, rows=[])


def test_new_codes_do_not_take_those_the_list_gives_to_others() -> None:
    take_in("KLB;Melon kering;makanan;;;;;\nKLB;Semangka;pertanian;;MELON;;;\n")
    assert Product.objects.get(name="Semangka").code == "MELON"
    assert Product.objects.get(name="Melon kering").code == "MELOKERI"


def test_a_long_list_takes_no_more_queries_than_a_short_one(
    django_assert_max_num_queries,
) -> None:
    take_in(LIST)
    long = "".join(f"KLB;Barang {n};makanan;;;;{n + 1};\n" for n in range(400))
    with django_assert_max_num_queries(25):
        assert take_in(long, by=make.officer()).added == 400
    with django_assert_max_num_queries(4):
        lists.compare(rows(long), Office.objects.all(), make.moment())


def test_the_list_that_comes_with_the_program_is_taken_in_whole() -> None:
    path = Path(karyabina.catalogue.__file__).parent / "data" / "products.csv"
    with path.open("rb") as file:
        sheet = spreadsheets.read(file, COLUMNS)
    assert sheet.problems == ()
    for row in sheet.rows:
        make.office(row.values["office"])
    done = actions.import_products(
        key=new_key(), rows=product_rows(sheet), offices=Office.objects.all(),
        file_name="products.csv", by=make.officer(), at=make.moment(),
    )  # fmt: skip
    assert done.added == Product.objects.count() == 55
    assert done.priced == 0


def test_the_record_of_an_import_is_never_changed() -> None:
    take_in(LIST)
    for sql in ("UPDATE catalogue_import SET added = 9", "DELETE FROM catalogue_import"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
