"""The tree of offices, and what a list of offices would change in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from karyabina.base.spreadsheets import Problem
from karyabina.offices.models import Office, OfficeSet

LONGEST_PATH = 120


@dataclass(frozen=True)
class OfficeRow:
    """One office as a list names it; `number` is its row there. `parent` is a code or empty."""

    number: int
    code: str
    name: str
    kind: str
    class_name: str
    parent: str
    town: str
    island: str
    latitude: Decimal
    longitude: Decimal
    time_zone: str


# What an office may change; its code and its place in the tree stay.
CHANGEABLE = (
    "name", "kind", "class_name", "town", "island", "latitude", "longitude", "time_zone",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """An office that stands in the tree already, and what a list says differently."""

    office: Office
    row: OfficeRow
    fields: dict[str, tuple[object, object]]  # name of the field: (now, then)


@dataclass(frozen=True)
class Plan:
    """What a list would do. With problems it does nothing."""

    new: tuple[OfficeRow, ...] = ()  # parents before children
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        return not self.new and not self.changed


@dataclass
class Comparison:
    """Work in hand while a list is compared with the tree."""

    offices: dict[str, Office]
    reached: frozenset[str] | None  # codes; None: everything
    paths: dict[str, str] = field(default_factory=dict)  # of new offices
    problems: list[Problem] = field(default_factory=list)

    def fault(self, row: OfficeRow, column: str, said: str, text: str) -> None:
        self.problems.append(Problem(row.number, column, said, text))


def compare(rows: Sequence[OfficeRow], within: OfficeSet | None = None) -> Plan:
    """Say what these rows would add and change; nothing is written. Two queries.

    `within` are the offices that the person may change: a row of another office, and a new office
    that is not to stand under one of them, is a problem of that row. None means all.
    """
    work = Comparison(
        offices={office.code: office for office in Office.objects.select_related("parent")},
        reached=None if within is None else frozenset(within.values_list("code", flat=True)),
    )
    fresh: dict[str, OfficeRow] = {}
    changed: list[Change] = []
    unchanged = 0
    seen: dict[str, int] = {}
    for row in rows:
        if row.code in seen:
            work.fault(
                row,
                _("kode"),
                row.code,
                _("Kode ini sudah ada di baris %(row)d.") % {"row": seen[row.code]},
            )
            continue
        seen[row.code] = row.number
        office = work.offices.get(row.code)
        if office is None:
            fresh[row.code] = row
        elif change := compared(work, row, office):
            changed.append(change)
        else:
            unchanged += 1
    new = placed(work, fresh)
    if work.problems:
        return Plan(problems=tuple(sorted(work.problems, key=lambda one: one.row)))
    return Plan(tuple(new), tuple(changed), unchanged)


def compared(work: Comparison, row: OfficeRow, office: Office) -> Change | None:
    """What the row says differently from the office that has its code."""
    if work.reached is not None and row.code not in work.reached:
        work.fault(row, _("kode"), row.code, _("Kantor ini di luar lingkup Anda."))
        return None
    stands_under = office.parent.code if office.parent else ""
    if row.parent != stands_under:
        work.fault(
            row,
            _("induk"),
            row.parent,
            _("Kantor ini sudah tercatat di bawah “%(parent)s”. Induk tidak diubah lewat impor.")
            % {"parent": stands_under or "—"},
        )
        return None
    if (row.kind == Office.Kind.HEADQUARTERS) != (office.parent is None):
        work.fault(
            row,
            _("jenis"),
            row.kind,
            _("Kantor pusat tidak mempunyai induk; setiap kantor lain harus mempunyainya."),
        )
        return None
    differing = {
        name: (getattr(office, name), getattr(row, name))
        for name in CHANGEABLE
        if getattr(office, name) != getattr(row, name)
    }
    return Change(office, row, differing) if differing else None


def placed(work: Comparison, fresh: Mapping[str, OfficeRow]) -> list[OfficeRow]:
    """The new offices, parents before children; problems where one has no place in the tree."""
    order: list[OfficeRow] = []
    for row in fresh.values():
        chain = [row]
        while (parent := chain[-1].parent) in fresh and parent not in work.paths:
            chain.append(fresh[parent])
            if len(chain) > LONGEST_PATH:  # a path holds fewer: they stand in a ring
                work.fault(
                    row,
                    _("induk"),
                    row.parent,
                    _("Rantai induk kantor ini berputar dan tidak pernah sampai ke pusat."),
                )
                break
        else:
            for one in reversed(chain):
                if one.code not in work.paths:
                    put_in_place(work, one)
                    order.append(one)
    return order


def put_in_place(work: Comparison, row: OfficeRow) -> None:
    """Note where the office will stand, or why it cannot."""
    parent = work.offices.get(row.parent)
    above = parent.path if parent else work.paths.get(row.parent, "")
    work.paths[row.code] = f"{above}/{row.code}" if above else row.code
    is_root = row.kind == Office.Kind.HEADQUARTERS
    if is_root and row.parent:
        work.fault(row, _("induk"), row.parent, _("Kantor pusat tidak mempunyai induk."))
    elif not is_root and not row.parent:
        work.fault(row, _("induk"), "", _("Isi kode kantor induknya."))
    elif not is_root and not above:
        work.fault(
            row,
            _("induk"),
            row.parent,
            _("Tidak ada kantor dengan kode ini, baik di berkas maupun yang sudah tercatat."),
        )
    elif len(work.paths[row.code]) > LONGEST_PATH:
        work.fault(row, _("induk"), row.parent, _("Terlalu banyak tingkat kantor."))
    elif work.reached is not None and not work.reached & set(above.split("/")):
        work.fault(row, _("kode"), row.code, _("Kantor ini di luar lingkup Anda."))


def search(offices: OfficeSet, words: str) -> OfficeSet:
    """The offices that have all these words in code, name, town or island."""
    for word in words.split()[:8]:
        offices = offices.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(town__icontains=word)
            | Q(island__icontains=word)
        )
    return offices


def chain_above(office: Office) -> list[Office]:
    """The offices above this one, headquarters first. One query."""
    codes = office.path.split("/")[:-1]
    return list(Office.objects.filter(code__in=codes).order_by("path"))


def position(office: Office) -> str:
    """Where the town lies, as on a map: 10,17° LS 123,61° BT."""
    north, east = office.latitude >= 0, office.longitude >= 0
    return "{}° {} {}° {}".format(
        number_format(abs(office.latitude), 2),
        _("LU") if north else _("LS"),
        number_format(abs(office.longitude), 2),
        _("BT") if east else _("BB"),
    )
