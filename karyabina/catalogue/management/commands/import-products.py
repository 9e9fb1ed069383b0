"""`karya import-products FILE --by USERNAME`: take in a list of products."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from karyabina.base import spreadsheets
from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.catalogue import actions
from karyabina.catalogue.forms import COLUMNS, product_rows
from karyabina.offices.models import Office
from karyabina.staff.models import Staff


class Command(BaseCommand):
    help = "Take in a list of products (CSV or XLSX), the whole of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who answers for it")

    def handle(self, *, file: Path, by: str, **_options: Any) -> None:
        person = Staff.objects.filter(username__iexact=by).first()
        if person is None:
            raise CommandError(f"nobody is called {by}: enlist them first (karya enlist)")
        try:
            with file.open("rb") as table:
                sheet = spreadsheets.read(table, COLUMNS)
            if sheet.problems:
                raise actions.RowsHaveProblems(sheet.problems)
            done = actions.import_products(
                key=new_key(),
                rows=product_rows(sheet),
                offices=Office.objects.all(),
                file_name=file.name,
                by=person,
                at=timezone.localtime(),
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
            f"{done.added} added, {done.changed} changed, {done.priced} prices,"
            f" {done.unchanged} unchanged"
        )
