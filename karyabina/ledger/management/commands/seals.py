"""`karya seals`: the seals of closed days, one on a line, to be printed or kept elsewhere."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from karyabina.base.times import NotADay, parse_day
from karyabina.ledger import seals
from karyabina.ledger.queries.closings import sealing_homes, seals_of
from karyabina.offices.models import Office


def day(text: str) -> date:
    try:
        return parse_day(text)
    except NotADay as no:
        raise ArgumentTypeError(str(no)) from no


class Command(BaseCommand):
    help = "Tulis segel hari yang sudah ditutup, satu baris satu segel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", metavar="KODE", help="hanya kantor ini")
        parser.add_argument(
            "--since", type=day, metavar="TANGGAL", help="hanya hari sejak tanggal ini"
        )

    def handle(
        self, *args: object, office: str | None = None, since: date | None = None, **_o: object
    ) -> None:
        homes = sealing_homes()
        if office is not None and office not in homes:
            no = _("Kantor %(code)s belum punya segel.")
            if not Office.objects.filter(code=office).exists():
                no = _("Tidak ada kantor dengan kode %(code)s. Periksa kodenya.")
            raise CommandError(no % {"code": office})
        for seal in seals_of(homes if office is None else [office], since=since).iterator():
            self.stdout.write(seals.line(seal))
