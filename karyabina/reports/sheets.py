"""Tables as CSV files that a spreadsheet opens without surprises."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse, StreamingHttpResponse

Cell = str | int | None
# A text that begins so would be taken for a formula and run (CWE-1236).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\N{MINUS SIGN}", "＝", "＋", "－", "＠")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it, Excel does not take the file for UTF-8


def safe(cell: Cell) -> str:
    """The cell as text. Whole numbers stay numbers; other texts are never taken for formulas."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
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
    yield BOM + writer.writerow([safe(str(name)) for name in heading])  # type: ignore[operator]
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])  # type: ignore[misc]


def download(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse | HttpResponse:
    """A download of these rows; `name` is the file's, of letters, digits and dashes."""
    response = StreamingHttpResponse(lines(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
