"""The list of offices as people send it."""

import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from karyabina.base import cells, spreadsheets
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
    return [OfficeRow(number=row.number, **row.values) for row in sheet.rows]


def read_offices(file: BinaryIO) -> tuple[Sheet, list[OfficeRow]]:
    """Read a list of offices; what is wrong with single cells stands in the sheet's problems."""
    sheet = spreadsheets.read(file, COLUMNS)
    return sheet, office_rows(sheet)
