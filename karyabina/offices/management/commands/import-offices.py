"""`karya import-offices FILE`: take in a list of offices, for instance the first one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from karyabina.base import spreadsheets
from karyabina.base.refusal import Refusal
from karyabina.offices import actions
from karyabina.offices.forms import COLUMNS, office_rows


class Command(BaseCommand):
    help = "Take in a list of offices (CSV or XLSX), the whole of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        try:
            with file.open("rb") as table:
                sheet = spreadsheets.read(table, COLUMNS)
            if sheet.problems:
                raise actions.RowsHaveProblems(sheet.problems)
            taken = actions.import_offices(
                rows=office_rows(sheet), by=None, at=timezone.localtime()
            )
        except OSError as unreadable:
            raise CommandError(f"{file}: {unreadable.strerror}") from unreadable
        except actions.RowsHaveProblems as refusal:
            for one in refusal.problems:
                self.stderr.write(f"{file}:{one.row}: {one.column}: {one.text}")
            raise CommandError(str(refusal)) from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{taken.added} added, {taken.changed} changed, {taken.unchanged} unchanged"
        )
