"""Reading a table that somebody sends: CSV as spreadsheet programs write it, or XLSX.

    sheet = spreadsheets.read(file, COLUMNS)

The kind of file is told by its content, never by its name. Columns may stand in any order, under
any of the headings a `Column` knows; a title above the headings is passed over. Formulas are not
evaluated: the value that the spreadsheet program kept counts. What is wrong with single cells
comes back in `Sheet.problems`; a file that is no table at all is refused.
"""

import csv
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base.cells import BadCell, Cell, Reader, plain, text
from karyabina.base.money import number_text
from karyabina.base.refusal import Refusal

LARGEST_FILE = 5 * 1024 * 1024  # bytes, as sent
LARGEST_UNPACKED = 40 * 1024 * 1024  # bytes of an XLSX, unpacked
LARGEST_WORDS = 16 * 1024 * 1024  # bytes of its table of words, which is read whole
MOST_PARTS = 300  # files inside an XLSX
MOST_ROWS = 20_000  # with something in them
MOST_COLUMNS = 50
LAST_ROW = 1_048_576  # where a spreadsheet program ends
HEADINGS_WITHIN = 10  # rows with something in them; above the headings may stand a title


class FileTooLarge(Refusal):
    status = 413
    message = gettext_lazy("Berkas ini lebih besar dari 5 MB. Bagi menjadi beberapa berkas.")


class TooManyRows(Refusal):
    status = 413
    message = gettext_lazy(
        "Berkas ini berisi lebih dari 20.000 baris. Bagi menjadi beberapa berkas."
    )


class NotATable(Refusal):
    status = 400
    message = gettext_lazy(
        "Berkas ini bukan tabel yang dapat dibaca. Simpan sebagai XLSX atau CSV, lalu kirim lagi."
    )


class NothingInside(Refusal):
    status = 400
    message = gettext_lazy("Berkas ini kosong: tidak ada baris data di bawah judul kolom.")


class ColumnsMissing(Refusal):
    """The headings are not those that were asked for; `count` of them are missing."""

    status = 400

    def __init__(self, message: str, *, count: int = 0) -> None:
        super().__init__(message)
        self.count = count


@dataclass(frozen=True)
class Column:
    """One column that is asked for: `name` in the answer, the headings it may stand under.

    A `needed` column must be there and filled in every row; any other may be absent or blank,
    which reads as `blank`. The first heading is the one shown to people.
    """

    name: str
    headings: tuple[str, ...]
    read: Reader = field(default_factory=text)
    needed: bool = True
    blank: Any = None


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place, and what to do. `row` is the spreadsheet's own number."""

    row: int
    column: str
    said: str  # what stands there now
    text: str


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet program counts: the headings usually are row 1
    values: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """What was read: whole rows, and the problems of all others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    present: frozenset[str]  # names of the columns that the file has
    ignored: tuple[str, ...]  # headings that nobody asked for


Line = tuple[int, list[Cell]]


def read(file: BinaryIO, columns: Sequence[Column]) -> Sheet:
    """Read a table. Refuses what is too large, no table, empty or without a needed column."""
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise FileTooLarge
    if not data.strip():
        raise NothingInside
    faults: list[Refusal] = []
    for lines in tables(data):
        rest = iter(lines)
        try:
            found = find_headings(rest, columns)
        except (ColumnsMissing, NotATable) as fault:  # perhaps only with this delimiter
            faults.append(fault)
            continue
        if found is not None:
            return understood(rest, columns, *found)
    # A near miss says most; else what is wrong when it is read the likeliest way.
    asked = sum(column.needed for column in columns)
    near = [one for one in faults if isinstance(one, ColumnsMissing) and one.count < asked]
    raise min(near, key=lambda one: one.count) if near else (faults or [NothingInside()])[0]


def find_headings(
    lines: Iterator[Line], columns: Sequence[Column]
) -> tuple[dict[str, int], list[str]] | None:
    """Go on to the line with the headings; None where there are no lines at all.

    Refuses ColumnsMissing where none of the first lines has all the needed headings.
    """
    fewest: list[Column] | None = None
    for _number, cells in itertools.islice(lines, HEADINGS_WITHIN):
        places, ignored = recognise(cells, columns)
        missing = [one for one in columns if one.needed and one.name not in places]
        if not missing:
            return places, ignored
        if fewest is None or len(missing) < len(fewest):
            fewest = missing
    if fewest is None:
        return None
    raise ColumnsMissing(
        _("Kolom ini tidak ada: %(missing)s. Baris pertama harus berisi judul kolom.")
        % {"missing": ", ".join(one.headings[0] for one in fewest)},
        count=len(fewest),
    )


def folded(heading: str) -> str:
    """A heading without case, accents, marks and spaces, for comparing."""
    bare = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(one for one in bare if one.isalnum())


def recognise(cells: list[Cell], columns: Sequence[Column]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands if this line holds the headings; and headings not asked for."""
    known = {folded(heading): one.name for one in columns for heading in one.headings}
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, cell in enumerate(cells):
        heading = plain(cell)
        name = known.get(folded(heading))
        if name is None:
            ignored += [heading[:60]] if heading else []
        elif name in places:
            raise ColumnsMissing(
                _("Kolom “%(heading)s” ada dua kali. Hapus salah satunya.") % {"heading": heading}
            )
        else:
            places[name] = place
    return places, ignored


def understood(
    lines: Iterable[Line], columns: Sequence[Column], places: dict[str, int], ignored: list[str]
) -> Sheet:
    """Read the lines under the headings, cell by cell."""
    rows: list[Row] = []
    problems: list[Problem] = []
    count = 0
    for number, cells in lines:
        count += 1
        if count > MOST_ROWS:
            raise TooManyRows
        values: dict[str, Any] = {}
        faults: list[Problem] = []
        for column in columns:
            place = places.get(column.name)
            cell = cells[place] if place is not None and place < len(cells) else ""
            try:
                values[column.name] = value_of(cell, column)
            except BadCell as fault:
                said = plain(cell)[:60]
                faults.append(Problem(number, column.headings[0], said, str(fault)))
        problems += faults
        if not faults:
            rows.append(Row(number, values))
    if not count:
        raise NothingInside
    return Sheet(tuple(rows), tuple(problems), frozenset(places), tuple(ignored))


def value_of(cell: Cell, column: Column) -> Any:
    if cell == "" or (isinstance(cell, str) and not plain(cell)):
        if column.needed:
            raise BadCell(_("Belum diisi."))
        return column.blank
    return column.read(cell)


# --- kinds of file --------------------------------------------------------------------------
def tables(data: bytes) -> Iterator[Iterable[Line]]:
    """The ways in which these bytes can be read as lines of cells; empty lines are left out."""
    if data.startswith(b"PK"):
        yield from workbook_tables(data)
        return
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotATable(
            _(
                "Berkas ini berformat Excel lama (.xls) atau terkunci kata sandi. "
                "Simpan sebagai XLSX tanpa kata sandi, lalu kirim lagi."
            )
        )
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b")):
        raise NotATable
    written = decoded(data)
    for delimiter in delimiters(written):
        yield filled(comma_separated(written, delimiter))


def decoded(data: bytes) -> str:
    """Text as UTF-8, as UTF-16 with its mark, or else as the Windows code page 1252."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            written = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(one) == "Cc" and one not in "\t\r\n" for one in written)
        if strange * 100 > len(written) or "\0" in written:
            break
        return written
    raise NotATable


def delimiters(written: str) -> list[str]:
    """What may part the cells, likeliest first. Excel's own first line `sep=;` decides."""
    said = re.match(r"sep=(.)\r?\n", written)
    if said:
        return [said[1]]
    start = written[:20_000]
    return sorted(";,\t", key=start.count, reverse=True)


def comma_separated(written: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(
        io.StringIO(written, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1 and written.startswith("sep=") and len(cells) <= 2:
                continue
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                raise NotATable(too_wide())
            yield number, list(cells)
    except csv.Error as broken:
        raise NotATable(
            _("Baris %(row)s tidak dapat dibaca: periksa tanda kutipnya.")
            % {"row": number_text(number + 1)}
        ) from broken


def too_wide() -> str:
    return _("Tabel ini lebih dari %(most)d kolom. Hapus kolom yang tidak perlu.") % {
        "most": MOST_COLUMNS
    }


def filled(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with something in them."""
    for number, cells in lines:
        if any(not isinstance(cell, str) or cell.strip() for cell in cells):
            yield number, cells


# --- XLSX -----------------------------------------------------------------------------------
def workbook_tables(data: bytes) -> Iterator[Iterable[Line]]:
    """The visible sheets of an XLSX, one after the other."""
    check_parts(data)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
    except Exception as broken:  # openpyxl lets through whatever a broken part raises
        raise NotATable from broken
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield filled(sheet_lines(sheet))
    finally:
        book.close()


def check_parts(data: bytes) -> None:
    """Refuse what unpacks to too much, before anything is unpacked.

    Python's zipfile gives no more bytes of a part than its directory declares, so the declared
    sizes may be trusted as limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as broken:
        raise NotATable from broken
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > LARGEST_UNPACKED
        or any(
            part.file_size > LARGEST_WORDS and not part.filename.startswith("xl/worksheets/")
            for part in parts
        )
    ):
        raise FileTooLarge(
            _("Isi berkas ini terlalu besar setelah dibuka. Simpan hanya tabel yang diperlukan.")
        )
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise NotATable


def sheet_lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # some programs declare fewer rows than they write
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS + 1, values_only=True)
    number = 0
    while True:
        try:
            values = next(rows, None)
        except Exception as broken:  # see above
            raise NotATable from broken
        if values is None:
            return
        number += 1
        if any(value is not None for value in values):
            if values[-1] is not None:
                raise NotATable(too_wide())
            yield number, [as_cell(value) for value in values]


def as_cell(value: Any) -> Cell:
    """A cell's value as text, or as a Decimal where it is a number; dates as 2025-10-29."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


# --- writing --------------------------------------------------------------------------------
def write(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The same kind of table to send out: CSV with semicolons, as Excel in Indonesia opens it.

    Begins with the mark of UTF-8. A text that a spreadsheet program would take for a formula gets
    an apostrophe before it; numbers stay as they are.
    """
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([harmless(one) for one in headings])
    for row in rows:
        writer.writerow([harmless(one) for one in row])
    return out.getvalue()


def harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value
