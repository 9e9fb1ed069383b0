"""Tables as CSV and XLSX files that a spreadsheet opens without surprises.

Rows may come from a generator: neither kind of file is ever whole in memory."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from karyabina.base.refusal import Refusal

Cell = str | int | date | None  # a datetime is a date as well, on the clock of its own zone
# A text that begins so would be taken for a formula and run (CWE-1236).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\N{MINUS SIGN}", "＝", "＋", "－", "＠")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it, Excel does not take the file for UTF-8


def safe(cell: Cell) -> str:
    """The cell as text. Whole numbers and days stay what they are; texts are never formulas."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if cell.lstrip(" \n").startswith(FORMULA):
        return "'" + cell
    return cell


class _Echo:
    """A file that hands back what is written, line by line."""

    def write(self, text: str) -> str:
        return text


def lines(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file, line by line. Semicolons: where the comma parts decimals, as in Indonesia,
    spreadsheets expect them."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield BOM + writer.writerow([safe(str(name)) for name in heading])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def download(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse | HttpResponse:
    """A download of these rows; `name` is the file's, of letters, digits and dashes."""
    response = StreamingHttpResponse(lines(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


# --- workbooks -----------------------------------------------------------------------------------
MOST_ROWS = 1_000_000  # a sheet ends at 1,048,576
LONGEST_CELL = 32_767
EXACT = 999_999_999_999_999  # a spreadsheet keeps fifteen digits of a number
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooLongForASheet(Refusal):
    """More rows than a sheet holds; a CSV file has no end."""

    status = 413
    message = _("Tabel ini lebih dari 1.000.000 baris. Unduh sebagai CSV, atau persempit masanya.")


def _kept(sheet: Any, value: Cell) -> Any:
    """A cell as the sheet keeps it: what looks like a formula stays a text."""
    if value is None or (isinstance(value, int) and abs(value) <= EXACT):
        return value
    if isinstance(value, datetime):  # a workbook knows no zones: the clock where it happened
        moment = WriteOnlyCell(sheet, value.replace(tzinfo=None, microsecond=0))
        moment.number_format = "yyyy-mm-dd hh:mm:ss"
        return moment
    if isinstance(value, date):
        day = WriteOnlyCell(sheet, value)
        day.number_format = "yyyy-mm-dd"
        return day
    made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_CELL])
    made.data_type = "s"
    return made


def workbook(name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """The same rows as a workbook of one sheet, its heading kept in sight.

    Whole numbers are numbers and days are days, all else is text: a formula is never one.
    Refuses TooLongForASheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"

    titles = [_kept(sheet, str(title)) for title in heading]
    for title in titles:
        title.font = Font(bold=True)
    try:
        sheet.append(titles)
        for number, row in enumerate(rows):
            if number >= MOST_ROWS:
                raise TooLongForASheet
            sheet.append([_kept(sheet, value) for value in row])
    except BaseException:  # openpyxl keeps the rows in a file of its own until it saves them
        sheet.close()
        sheet._writer.cleanup()
        raise
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response
