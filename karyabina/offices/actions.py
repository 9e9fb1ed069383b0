"""Putting offices into the tree, one by one or from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.refusal import Refusal
from karyabina.base.spreadsheets import Problem
from karyabina.offices import queries
from karyabina.offices.models import Office, OfficeSet
from karyabina.offices.queries import OfficeRow, Plan


class OfficeCodeTaken(Refusal):
    message = _("Kode kantor ini sudah dipakai. Pilih kode lain.")


class OfficeHasNoPlace(Refusal):
    status = 400
    message = _("Kantor pusat tidak mempunyai induk; setiap kantor lain harus mempunyainya.")


class OfficeNotWellFormed(Refusal):
    status = 400


class RowsHaveProblems(Refusal):
    """Nothing of the list was taken in; `problems` says what is wrong in which row."""

    status = 400
    message = _("Berkas ini belum dapat diimpor: ada baris yang bermasalah. Tidak ada yang diubah.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class ListChangedMeanwhile(Refusal):
    message = _("Daftar kantor baru saja diubah orang lain. Tidak ada yang diubah; ulangi impor.")


@dataclass(frozen=True)
class Taken:
    """What an import did."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def add_office(
    *,
    code: str,
    name: str,
    kind: str,
    class_name: str,
    parent: Office | None,
    town: str,
    island: str,
    latitude: Decimal,
    longitude: Decimal,
    time_zone: str,
    by: Any,
    at: datetime,
) -> Office:
    """Put one office into the tree, under `parent`. `by` is the member of staff, or None when
    the list is set up from the command line.

    Refuses a code that is taken, an office without its place, and what is not well formed.
    """
    if Office.objects.filter(code=code).exists():
        raise OfficeCodeTaken(field="code")
    if (parent is None) != (kind == Office.Kind.HEADQUARTERS):
        raise OfficeHasNoPlace(field="parent")
    office = Office(
        code=code,
        name=name,
        kind=kind,
        class_name=class_name,
        parent=parent,
        path=f"{parent.path}/{code}" if parent else code,
        town=town,
        island=island,
        latitude=latitude,
        longitude=longitude,
        time_zone=time_zone,
    )
    checked(office)
    office.save(force_insert=True)
    trail.record(by=by, at=at, office=office, what="offices.add", about=code, detail=name)
    return office


@transaction.atomic
def import_offices(
    *, rows: Sequence[OfficeRow], by: Any, at: datetime, within: OfficeSet | None = None
) -> Taken:
    """Take in a whole list of offices, or nothing of it.

    New codes are added; of known ones name, kind, class and place are brought up to date, each
    change with an audit row. The same list again changes nothing. `within` are the offices that
    `by` may change; None means all.

    Refuses RowsHaveProblems, with every problem; ListChangedMeanwhile.
    """
    plan: Plan = queries.compare(rows, within)
    if plan.problems:
        raise RowsHaveProblems(plan.problems)
    try:
        with transaction.atomic():
            for row in plan.new:
                add_row(row, by=by, at=at)
            for change in plan.changed:
                bring_up_to_date(change, by=by, at=at)
    except (IntegrityError, OfficeCodeTaken) as raced:
        raise ListChangedMeanwhile from raced
    return Taken(len(plan.new), len(plan.changed), plan.unchanged)


def add_row(row: OfficeRow, *, by: Any, at: datetime) -> None:
    given = {name: getattr(row, name) for name in queries.CHANGEABLE}
    parent = Office.objects.get(code=row.parent) if row.parent else None
    try:
        add_office(code=row.code, parent=parent, by=by, at=at, **given)
    except OfficeNotWellFormed as refusal:
        raise RowsHaveProblems([Problem(row.number, row.code, "", str(refusal))]) from refusal


def bring_up_to_date(change: queries.Change, *, by: Any, at: datetime) -> None:
    office = Office.objects.select_for_update(no_key=True).get(pk=change.office.pk)
    for name, (_now, then) in change.fields.items():
        setattr(office, name, then)
    try:
        checked(office)
    except OfficeNotWellFormed as refusal:
        problem = Problem(change.row.number, office.code, "", str(refusal))
        raise RowsHaveProblems([problem]) from refusal
    office.save(update_fields=list(change.fields))
    trail.record(
        by=by,
        at=at,
        office=office,
        what="offices.change",
        about=office.code,
        detail=trail.changes(Office, change.fields),
    )


def checked(office: Office) -> None:
    """Refuse what the fields themselves do not allow (lengths, code, kind, coordinates)."""
    try:
        office.clean_fields(exclude=("parent", "path"))
        ZoneInfo(office.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise OfficeNotWellFormed(_("Zona waktu ini tidak dikenal.")) from unknown
    except ValidationError as faults:
        raise OfficeNotWellFormed("; ".join(faults.messages)) from faults


trail.name("offices.add", _("Kantor dicatat"))
trail.name("offices.change", _("Kantor diubah"))
