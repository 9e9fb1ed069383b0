"""Lists of products as offices send them, and what such a list would change."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from karyabina.base.spreadsheets import Problem
from karyabina.catalogue import queries
from karyabina.catalogue.models import Measure, Price, Product
from karyabina.offices.models import Office

# What a list may change on a product that is there; a blank cell changes nothing.
CHANGEABLE = ("name", "category", "note")


@dataclass(frozen=True)
class ProductRow:
    """One product as a list names it; `number` is its row there. Blank: empty or None."""

    number: int
    office: str  # code
    name: str
    category: str
    note: str = ""
    code: str = ""
    measure: str = ""
    amount: int | None = None  # rupiah
    per: int | None = None


@dataclass(frozen=True)
class Line:
    """What one row would do: add a product, change one, set a price, or nothing."""

    row: ProductRow
    office: Office
    product: Product | None  # None: it is new
    code: str
    changes: dict[str, tuple[str, str]]  # field: (now, then)
    price: tuple[int, int] | None  # the new price: rupiah, per
    old_price: Price | None = None

    @property
    def is_new(self) -> bool:
        return self.product is None

    @property
    def measure(self) -> str:
        if self.product is not None:
            return self.product.measure
        return self.row.measure or Measure.PIECE

    @property
    def does_nothing(self) -> bool:
        return self.product is not None and not self.changes and self.price is None


@dataclass(frozen=True)
class Plan:
    """What a list would do. With problems it does nothing."""

    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.is_new]

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.changes]

    @property
    def priced(self) -> list[Line]:
        return [line for line in self.lines if line.price]

    @property
    def unchanged(self) -> list[Line]:
        return [line for line in self.lines if line.does_nothing]

    @property
    def effective(self) -> list[Line]:
        return [line for line in self.lines if not line.does_nothing]


@dataclass
class Shelf:
    """What one office has already, while a list is compared with it."""

    office: Office
    by_code: dict[str, Product] = field(default_factory=dict)
    by_name: dict[str, Product] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)  # codes, those of new products too
    numbers: dict[str, int] = field(default_factory=dict)  # see queries.code_for
    rows: dict[str, int] = field(default_factory=dict)  # where the list named what


def compare(rows: Sequence[ProductRow], offices: QuerySet[Office], at: datetime) -> Plan:
    """Say what these rows would add, change and price at `at`; nothing is written. Three queries.

    `offices` are those for which the person may import: a row of any other is a problem.
    """
    wanted = {row.office for row in rows}
    shelves = {office.code: Shelf(office) for office in offices if office.code in wanted}
    known = list(
        Product.objects.filter(office__in=[shelf.office for shelf in shelves.values()])
        .select_related("office")
        .order_by("code")
    )
    for product in known:
        shelf = shelves[product.office.code]
        shelf.by_code[product.code] = product
        shelf.by_name[product.name.casefold()] = product
        shelf.taken.add(product.code)
    for row in rows:
        if row.code and row.office in shelves:
            shelves[row.office].taken.add(row.code)
    prices = queries.prices_at(known, at)
    problems: list[Problem] = []
    lines: list[Line] = []
    for row in rows:
        fault = fault_of(row, shelves.get(row.office))
        if fault:
            problems.append(fault)
        else:
            lines.append(line_of(row, shelves[row.office], prices))
    if problems:
        return Plan(problems=tuple(problems))
    return Plan(lines=tuple(lines))


def found_on(shelf: Shelf, row: ProductRow) -> Product | None:
    """The product that the row means: by its code where it has one, else by its name."""
    if row.code:
        return shelf.by_code.get(row.code)
    return shelf.by_name.get(row.name.casefold())


def fault_of(row: ProductRow, shelf: Shelf | None) -> Problem | None:
    """The first thing that stands against this row; notes the row as seen."""
    if shelf is None:
        text = _("Kantor ini tidak ada, atau di luar lingkup Anda.")
        return Problem(row.number, _("kantor"), row.office, text)
    if not shelf.office.makes_goods:
        text = _("Kantor ini tidak membuat barang.")
        return Problem(row.number, _("kantor"), row.office, text)
    return seen_before(row, shelf) or against_what_is_there(row, shelf)


def seen_before(row: ProductRow, shelf: Shelf) -> Problem | None:
    """Another row of the list names the same product."""
    product = found_on(shelf, row)
    marks = [(_("produk"), row.name, f"name {row.name.casefold()}")]
    if row.code:
        marks.append((_("kode"), row.code, f"code {row.code}"))
    if product is not None:
        marks.append((_("produk"), row.name, f"key {product.pk}"))
    for column, said, mark in marks:
        earlier = shelf.rows.setdefault(mark, row.number)
        if earlier != row.number:
            text = _("Sudah ada di baris %(row)d berkas ini.") % {"row": earlier}
            return Problem(row.number, column, said, text)
    return None


def against_what_is_there(row: ProductRow, shelf: Shelf) -> Problem | None:
    """The row does not go together with what the office has already."""
    product = found_on(shelf, row)
    namesake = shelf.by_name.get(row.name.casefold())
    if namesake is not None and product is not namesake:
        text = _("Produk dengan nama ini sudah ada di kantor ini, dengan kode %(code)s.")
        return Problem(row.number, _("kode"), row.code, text % {"code": namesake.code})
    if product is not None and row.measure not in ("", product.measure):
        text = _("Satuan produk ini %(measure)s dan tidak dapat diubah.")
        measure = product.get_measure_display()
        return Problem(row.number, _("satuan"), row.measure, text % {"measure": measure})
    if row.per is not None and row.amount is None:
        text = _("Isi harganya, atau kosongkan kolom per.")
        return Problem(row.number, _("harga"), "", text)
    return None


def line_of(row: ProductRow, shelf: Shelf, prices: dict[UUID, Price]) -> Line:
    """What a row without faults would do."""
    price = None if row.amount is None else (row.amount, row.per or 1)
    product = found_on(shelf, row)
    if product is None:
        code = row.code or queries.code_for(row.name, shelf.taken, shelf.numbers)
        shelf.taken.add(code)
        return Line(row, shelf.office, None, code, {}, price)
    old = prices.get(product.pk)
    if old is not None and price == (old.amount, old.per):
        price = None
    changes = {
        name: (getattr(product, name), getattr(row, name))
        for name in CHANGEABLE
        if getattr(row, name) and getattr(row, name) != getattr(product, name)
    }
    return Line(row, shelf.office, product, product.code, changes, price, old)


def by_office(lines: Sequence[Line]) -> dict[Office, list[Line]]:
    """Lines that do something, by office, for the audit trail."""
    found: dict[Office, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.does_nothing:
            found[line.office].append(line)
    return dict(found)
