"""CSV files that do what they say and nothing else."""

import csv
import io
from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base import sheets
from karyabina.base.sheets import FORMULA, TooLongForASheet, download, lines, safe, workbook


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+62 812",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =HYPERLINK(1)",
        "\n=1",
        "＝1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_text_never_becomes_a_formula(text: str) -> None:
    assert safe(text) == "'" + text


def test_numbers_stay_numbers_and_names_stay_names() -> None:
    assert [safe(cell) for cell in (-5_000, 0, None, "Lapas Kelas IIB Kalabahi", "")] == [
        "-5000", "0", "", "Lapas Kelas IIB Kalabahi", "",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.text(max_size=30), st.integers()), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, int]]) -> None:
    text = "".join(lines(("Nama; kantor", 'Jumlah "Rp"'), rows))
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    read = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))
    assert read[0] == ["Nama; kantor", 'Jumlah "Rp"']
    assert read[1:] == [[safe(name), str(amount)] for name, amount in rows]
    assert not any(cell.startswith(FORMULA) for row in read for cell in row[:1])


def test_a_download_is_a_file_that_no_cache_keeps() -> None:
    response = download("hak", ("A",), [("x",)])
    assert response["Content-Disposition"] == 'attachment; filename="hak.csv"'
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response).endswith(b"x\r\n")


def opened(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    response = workbook("tabel", ("Akun", "Jumlah"), rows)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response)))  # type: ignore[arg-type]
    cells = [list(row) for row in book.active.iter_rows()]
    assert not [one for row in cells for one in row if one.data_type == "f"]
    return [tuple(one.value for one in row) for row in cells]


def test_a_workbook_keeps_texts_as_texts_and_numbers_as_numbers() -> None:
    found = opened([("=1+1", 45_000), ("stand:GOR", -5), ("a\x00b\x0bc", None), ("@x", 10**18)])
    assert found == [
        ("Akun", "Jumlah"),
        ("=1+1", 45_000),
        ("stand:GOR", -5),
        ("abc", None),
        ("@x", str(10**18)),
    ]


def test_days_and_times_stay_days_and_times() -> None:
    """A workbook knows no zones: it shows the clock of the place; a CSV file names the zone."""
    at = datetime(2025, 10, 29, 9, 30, 15, 999, tzinfo=timezone(timedelta(hours=8)))
    found = opened([(at, 1), (date(2025, 10, 29), 2)])
    shown = [(one.isoformat(), n) for one, n in found[1:]]
    assert shown == [("2025-10-29T09:30:15", 1), ("2025-10-29T00:00:00", 2)]
    assert (safe(at), safe(at.date())) == ("2025-10-29T09:30:15+08:00", "2025-10-29")


def test_a_workbook_that_no_sheet_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert len(opened([("a", 1)] * 2)) == 3
    with pytest.raises(TooLongForASheet):
        workbook("tabel", ("a", "b"), [("a", 1)] * 3)
