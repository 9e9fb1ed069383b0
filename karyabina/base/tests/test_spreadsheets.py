"""Reading tables: what people send, and what nobody should send."""

import datetime as dt
import io
import random
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base import cells, spreadsheets
from karyabina.base.refusal import Refusal
from karyabina.base.spreadsheets import Column, Sheet

COLUMNS = (
    Column("office", ("kantor", "UPT", "office"), cells.text(9)),
    Column("product", ("nama produk", "product"), cells.text(120)),
    Column("price", ("harga", "price"), cells.whole(1, 1_000_000_000), needed=False),
    Column("kind", ("jenis",), cells.one_of({"kerajinan": "craft"}), needed=False, blank="craft"),
)


def read(data: str | bytes) -> Sheet:
    return spreadsheets.read(io.BytesIO(data.encode() if isinstance(data, str) else data), COLUMNS)


def workbook(*rows: list[object], more_sheets: int = 0) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _number in range(more_sheets):
        book.create_sheet().append(["catatan"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values(sheet: Sheet) -> list[tuple[object, ...]]:
    assert sheet.problems == ()
    return [(row.number, *(row.values[column.name] for column in COLUMNS)) for row in sheet.rows]


MELON = (2, "KLB", "Melon", 20_000, "craft")


@pytest.mark.parametrize(
    "data",
    [
        "kantor,nama produk,harga\nKLB,Melon,20000\n",
        "kantor;nama produk;harga\r\nKLB;Melon;20.000\r\n",
        "kantor\tnama produk\tharga\nKLB\tMelon\tRp 20.000,-\n",
        "\ufeffkantor;nama produk;harga\nKLB;Melon;20.000,00\n",
        "Harga;NAMA_PRODUK;upt;warna\n20,000.00;  Melon ;KLB;hijau\n",
        '"kantor","nama produk","harga"\n"KLB","Melon","20.000"',
        "kantor;nama produk;harga;;;\nKLB;Melon;20000;;;\n;;;;;\n\n",
        "office,product,price\nKLB,Melon,IDR 20000",
        "kantor;nama produk;harga\nKLB;Melon;20000".encode("utf-16"),
        workbook(["kantor", "nama produk", "harga"], ["KLB", "Melon", 20_000]),
        workbook(["Nama produk", "Harga", "UPT"], ["Melon", 20_000.0, "KLB"], more_sheets=2),
        workbook(["kantor", "nama produk", "harga"], ["KLB", "Melon", "Rp20.000"]),
    ],
)
def test_the_same_table_is_read_from_every_kind_of_file(data: str | bytes) -> None:
    assert values(read(data)) == [MELON]


def test_excels_own_first_line_names_the_delimiter() -> None:
    sheet = read("sep=;\nkantor;nama produk;harga\nKLB;Melon, manis;20000\n")
    assert values(sheet) == [(3, "KLB", "Melon, manis", 20_000, "craft")]


def test_letters_of_the_windows_code_page_are_kept() -> None:
    sheet = read("kantor;nama produk\nKLB;Café “Alor”\n".encode("cp1252"))
    assert sheet.rows[0].values["product"] == "Café “Alor”"


def test_a_title_above_the_headings_is_passed_over_and_rows_keep_their_numbers() -> None:
    sheet = read(workbook(["Daftar produk"], [], ["kantor", "nama produk"], [], ["KLB", "Melon"]))
    assert [(row.number, row.values["product"]) for row in sheet.rows] == [(5, "Melon")]


def test_headings_that_nobody_asked_for_are_named() -> None:
    assert read("kantor,nama produk,warna,\nKLB,Melon,hijau,\n").ignored == ("warna",)


def test_every_problem_of_every_row_is_said_with_its_place() -> None:
    sheet = read(
        "kantor;nama produk;harga;jenis\n"
        "KLB;;12,5;kerajinan\n"
        "KLB;Melon;dua puluh;kertas\n"
        "SANGATPANJANG;Melon;20.000;\n"
        "KLB;Tomat;0;\n"
    )
    assert sheet.rows == ()
    assert [(one.row, one.column) for one in sheet.problems] == [
        (2, "nama produk"),
        (2, "harga"),
        (3, "harga"),
        (3, "jenis"),
        (4, "kantor"),
        (5, "harga"),
    ]
    assert "bulat" in sheet.problems[1].text
    assert sheet.problems[1].said == "12,5"


def test_a_formula_is_read_as_the_value_that_was_kept_and_never_evaluated() -> None:
    without_values = workbook(["kantor", "nama produk", "harga"], ["KLB", "Melon", "=10000*2"])
    assert read(without_values).rows[0].values["price"] is None
    fault = workbook(["kantor", "nama produk"], ["KLB", "#REF!"])
    assert "#REF!" in read(fault).problems[0].text


def test_dates_and_truths_in_text_columns_are_written_out() -> None:
    day = dt.datetime(2025, 10, 29)  # noqa: DTZ001 - a spreadsheet knows no zones
    sheet = read(workbook(["kantor", "nama produk"], ["KLB", day], ["KLB", True], ["KLB", 12.0]))
    assert [row.values["product"] for row in sheet.rows] == ["2025-10-29", "ya", "12"]


@pytest.mark.parametrize(
    ("data", "refusal", "word"),
    [
        (b"", spreadsheets.NothingInside, "kosong"),
        (b"  \n\n", spreadsheets.NothingInside, "kosong"),
        (b"kantor,nama produk\n", spreadsheets.NothingInside, "kosong"),
        (b"%PDF-1.7 ...", spreadsheets.NotATable, "XLSX atau CSV"),
        (b"\x89PNG\r\n\x1a\n0000", spreadsheets.NotATable, "XLSX atau CSV"),
        (b"\xff\xd8\xff\xe0 JFIF", spreadsheets.NotATable, "XLSX atau CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", spreadsheets.NotATable, "sandi"),
        (b"PK\x03\x04 broken", spreadsheets.NotATable, "XLSX atau CSV"),
        (bytes(range(256)) * 20, spreadsheets.NotATable, "XLSX atau CSV"),
        (b"nama,umur\nAda,3\n", spreadsheets.ColumnsMissing, "kantor, nama produk"),
        (b"kantor,umur\nKLB,3\n", spreadsheets.ColumnsMissing, "nama produk"),
        (b"kantor,UPT,nama produk\n", spreadsheets.ColumnsMissing, "dua kali"),
        (b'kantor,nama produk\nKLB,"Melon\n', spreadsheets.NotATable, "kutip"),
        (b"kantor,nama produk" + b"," * 60 + b"x\n", spreadsheets.NotATable, "50 kolom"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(
    data: bytes, refusal: type[Refusal], word: str
) -> None:
    with pytest.raises(refusal) as no:
        read(data)
    assert word in str(no.value)


def test_a_file_over_five_megabytes_is_refused() -> None:
    with pytest.raises(spreadsheets.FileTooLarge):
        read(b"kantor,nama produk\n" + b"KLB,Melon\n" * 600_000)


def test_more_than_twenty_thousand_rows_are_refused() -> None:
    with pytest.raises(spreadsheets.TooManyRows):
        read(b"kantor,nama produk\n" + b"KLB,Melon\n" * 20_001)
    assert len(read(b"kantor,nama produk\n" + b"KLB,Melon\n" * 20_000).rows) == 20_000


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def replaced(data: bytes, part: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert part in parts
    return packed(parts | {part: content})


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 60_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(spreadsheets.FileTooLarge):
        read(bomb)
    with pytest.raises(spreadsheets.FileTooLarge):
        read(packed({f"xl/{number}.xml": b"" for number in range(400)}))


def test_another_packed_file_is_not_taken_for_a_table() -> None:
    with pytest.raises(spreadsheets.NotATable):
        read(packed({"word/document.xml": b"<x/>"}))


SHEET = "xl/worksheets/sheet1.xml"
XML = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_growing_entities_and_broken_xml_are_refused() -> None:
    whole = workbook(["kantor", "nama produk"], ["KLB", "Melon"])
    growing = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + XML + b"&b;"
    for content in (growing, XML + b"<row><c", b"", b"no xml"):
        with pytest.raises((spreadsheets.NotATable, spreadsheets.NothingInside)):
            read(replaced(whole, SHEET, content))


def test_a_row_number_beyond_all_sheets_does_not_keep_us_busy() -> None:
    far = XML + b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(Refusal):
        read(replaced(workbook(["kantor"]), SHEET, far))


def test_a_sheet_that_declares_too_few_rows_is_read_whole() -> None:
    whole = workbook(["kantor", "nama produk"], ["KLB", "Melon"], ["KLB", "Tomat"])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        short = archive.read(SHEET).replace(b"A1:B3", b"A1:A1")
    assert len(read(replaced(whole, SHEET, short)).rows) == 2


def outcome(data: bytes) -> Sheet | str:
    """What came of it: the sheet, or the sentence of the refusal; anything else is a mistake."""
    try:
        return read(data)
    except Refusal as refusal:
        return str(refusal)


@given(st.binary(max_size=400))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    for sent in (data, b"kantor,nama produk\n" + data, b"PK\x03\x04" + data):
        assert outcome(sent)


def test_a_workbook_with_any_byte_changed_is_read_or_refused(seed: int) -> None:
    whole = workbook(["kantor", "nama produk", "harga"], ["KLB", "Melon", 20_000])
    dice = random.Random(seed)
    for _turn in range(150):
        changed = bytearray(whole)
        for _change in range(dice.randint(1, 4)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        assert outcome(bytes(changed))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1250", 1250), ("1.250", 1250), ("1,250", 1250), ("1 250", 1250), ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"), ("1250.5", "1250.5"), ("1250,5", "1250.5"), ("12,5", "12.5"),
        ("1.250.000", 1_250_000), ("1,250,000", 1_250_000), ("1.250.000,75", "1250000.75"),
        ("Rp 15.000", 15_000), ("rp15.000,-", 15_000), ("IDR 15000", 15_000), ("-1.250", -1250),
        ("\N{MINUS SIGN}5", -5), ("0.125", "0.125"), ("0,5", "0.5"),
        ("1\N{NO-BREAK SPACE}250", 1250),
        (Decimal("1.250"), "1.25"), (Decimal(7), 7),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(said: str | Decimal, value: int | str) -> None:
    assert cells.number(said) == Decimal(value)


@pytest.mark.parametrize(
    "said",
    ["", "abc", "1.25.0", "1.250.50", "1,2,3", "12a", "1e5", "--3", "Rp", "٣", "9" * 60,
     "0.125.000", Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 30],
)  # fmt: skip
def test_what_is_no_number_is_said_to_be_none(said: str | Decimal) -> None:
    with pytest.raises(cells.BadCell):
        cells.number(said)


def test_degrees_take_a_lone_mark_as_the_decimal_mark() -> None:
    read_degrees = cells.decimal(-90, 90, 5)
    assert [read_degrees(said) for said in ("-10.170", "-10,170", Decimal("-10.17"), "8")] == [
        Decimal("-10.17"), Decimal("-10.17"), Decimal("-10.17"), Decimal(8),
    ]  # fmt: skip
    with pytest.raises(cells.BadCell):
        read_degrees("91")


def test_text_becomes_one_clean_line() -> None:
    assert cells.text()("  Kain\n tenun\t\x07ikat\u200b ") == "Kain tenun ikat"
    with pytest.raises(cells.BadCell):
        cells.text(5)("terlalu panjang")
