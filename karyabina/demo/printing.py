"""The result of the day as tables of plain text, for the terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from karyabina.base.money import number_text
from karyabina.demo.day import FESTIVAL
from karyabina.demo.queries import office_codes
from karyabina.festivals.models import Festival
from karyabina.offices.models import Office
from karyabina.reports.statement import Counts, Statement, statement

Row = Sequence[str | int]


def table(headings: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """Lines of a table: the first column to the left, figures to the right, a rule below."""
    body = list(rows)
    numeric = [n > 0 for n in range(len(headings))]
    cells = [headings] + [
        [number_text(cell) if isinstance(cell, int) else cell for cell in row] for row in body
    ]
    widths = [max(len(row[n]) for row in cells) for n in range(len(headings))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cells
    ]
    return [lines[0], "  ".join("─" * width for width in widths), *lines[1:]]


def goods(statements: Sequence[Statement], *, weighed: bool) -> list[str]:
    """What became of the goods, office by office: those that are counted, or those weighed (kg)."""
    each: dict[str, Counts] = {}
    for one in statements:
        for row in one.lots:
            if (row.lot.product.measure == "gram") == weighed:
                each[one.office.code] = each.get(one.office.code, Counts()) + row.counts

    def line(name: str, counts: Counts) -> Row:
        unclear = counts.on_stand + counts.travelling + counts.missing
        figures = (counts.handed, counts.net, counts.wasted, counts.lost, counts.home, unclear)
        return (name, *(kilograms(grams) if weighed else grams for grams in figures))

    headings = (_("Dititipkan"), _("Terjual"), _("Rusak"), _("Hilang"), _("Pulang"), _("Sisa"))
    total = line(_("Jumlah"), sum(each.values(), Counts()))
    return table(
        (_("Kantor"), *headings), [*(line(code, counts) for code, counts in each.items()), total]
    )


def kilograms(grams: int) -> str:
    """12,250 for 12,250 grams, without passing through a fraction."""
    return f"{number_text(grams // 1000)},{grams % 1000:03d}"


def money(statements: Sequence[Statement]) -> list[str]:
    """What it brought and for whom, in rupiah."""
    names = ("turnover", "cost", "profit", "premi", "capital", "state", "waiting")
    rows: list[Row] = [
        (one.office.code, *(getattr(one, name) for name in names)) for one in statements
    ]
    totals = [sum(getattr(one, name) for one in statements) for name in names]
    return table(
        (
            _("Kantor"),
            _("Omzet"),
            _("Biaya bahan"),
            _("Laba"),
            _("Premi"),
            _("Modal kerja"),
            _("Negara"),
            _("Belum dibagi"),
        ),
        [*rows, (_("Jumlah"), *totals)],
    )


def result(at: datetime) -> list[str]:
    """The whole result: the goods, then the money."""
    festival = Festival.objects.get(code=FESTIVAL)
    offices = {office.code: office for office in Office.objects.all()}
    statements = [statement(offices[code], festival, at) for code in office_codes()]
    return [
        "",
        f"{festival.name}, {festival.town} — {_('Data contoh')}",
        "",
        _("Barang (buah)"),
        *goods(statements, weighed=False),
        "",
        _("Barang timbangan (kg)"),
        *goods(statements, weighed=True),
        "",
        _("Uang (rupiah)"),
        *money(statements),
        "",
    ]
