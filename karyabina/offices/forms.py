"""The list of offices as people send it."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base import cells
from karyabina.base.importing import SheetField
from karyabina.base.spreadsheets import Column, Sheet
from karyabina.offices.models import OFFICE_CODE
from karyabina.offices.queries import OfficeRow

KINDS = {
    "lapas": "lapas",
    "lembaga pemasyarakatan": "lapas",
    "lapas perempuan": "lpp",
    "lpp": "lpp",
    "lpka": "lpka",
    "rutan": "rutan",
    "bapas": "bapas",
    "rupbasan": "rupbasan",
    "kantor wilayah": "region",
    "kanwil": "region",
    "region": "region",
    "pusat": "headquarters",
    "headquarters": "headquarters",
}
ZONES = {
    "WIB": "Asia/Jakarta",
    "WITA": "Asia/Makassar",
    "WIT": "Asia/Jayapura",
    "Asia/Jakarta": "Asia/Jakarta",
    "Asia/Pontianak": "Asia/Pontianak",
    "Asia/Makassar": "Asia/Makassar",
    "Asia/Jayapura": "Asia/Jayapura",
}


def code(cell: cells.Cell) -> str:
    """An office's code: KLB, NTT; small letters are made large."""
    said = cells.plain(cell).upper()
    if not re.fullmatch(OFFICE_CODE, said):
        raise cells.BadCell(_("Kode terdiri atas 2 sampai 9 huruf besar atau angka, huruf dulu."))
    return said


COLUMNS = (
    Column("code", ("kode", "kode kantor", "code"), code),
    Column("name", ("nama", "nama kantor", "name"), cells.text(120)),
    Column("kind", ("jenis", "jenis kantor", "kind", "type"), cells.one_of(KINDS)),
    Column("class_name", ("kelas", "class"), cells.text(8), needed=False, blank=""),
    Column("parent", ("induk", "kantor induk", "parent"), code, needed=False, blank=""),
    Column("town", ("kota", "kota/kabupaten", "town", "city"), cells.text(60)),
    Column("island", ("pulau", "island"), cells.text(60)),
    Column("latitude", ("lintang", "latitude", "lat"), cells.decimal(-90, 90, 5)),
    Column("longitude", ("bujur", "longitude", "lon", "lng"), cells.decimal(-180, 180, 5)),
    Column("time_zone", ("zona waktu", "zona", "time zone"), cells.one_of(ZONES)),
)


def office_rows(sheet: Sheet) -> list[OfficeRow]:
    """The rows for `actions.import_offices`."""
    rows = []
    for row in sheet.rows:
        values = dict(row.values)
        for degrees in ("latitude", "longitude"):
            values[degrees] = Decimal(values[degrees])  # text, where the rows were carried
        rows.append(OfficeRow(number=row.number, **values))
    return rows


class UploadForm(forms.Form):
    """A list of offices, to be looked at before anything is taken in."""

    file = SheetField(
        COLUMNS,
        label=gettext_lazy("Berkas XLSX atau CSV"),
        help_text=gettext_lazy("Paling besar 5 MB, paling banyak 20.000 baris."),
    )
