"""`karya export-journal`: the books as a journal for hledger or beancount."""

import os
import re
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.journals import FORMATS, journal
from karyabina.ledger.journals.reading import Scope


def day(text: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(
        _("%(text)s bukan tanggal. Tulis seperti 2025-10-31.") % {"text": repr(text[:40])}
    )


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Tulis pembukuan, barang dan uang, sebagai jurnal teks untuk hledger atau beancount."
            " Isinya RAHASIA: memuat kode peserta pembinaan dan keterangan bebas."
        )
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument(
            "--until",
            type=day,
            metavar="DATE",
            help=_("hari pembukuan terakhir yang ikut, misalnya 2025-10-31"),
        )
        parser.add_argument(
            "--office",
            metavar="CODE",
            help=_("hanya catatan yang menyentuh akun milik kantor ini, misalnya KLB"),
        )
        parser.add_argument(
            "--output",
            metavar="FILE",
            help=_("berkas tujuan, hanya terbaca oleh pemiliknya; tanpa ini ke layar"),
        )
        parser.add_argument(
            "--force", action="store_true", help=_("ganti berkas tujuan bila sudah ada")
        )

    def handle(
        self,
        *args: object,
        format: str,
        until: date | None,
        office: str | None,
        output: str | None,
        force: bool,
        **options: object,
    ) -> None:
        try:
            pieces = journal(format, Scope(until=until, office=office))
        except Refusal as no:
            raise CommandError(str(no)) from no
        if output is None or output == "-":
            self.print(pieces)
        else:
            keep(pieces, Path(output), force=force)
            self.stdout.write(_("Jurnal ditulis ke %(file)s.") % {"file": output})

    def print(self, pieces: Iterator[str]) -> None:
        """To standard output, always as UTF-8; quiet when the reader has seen enough (`| head`)."""
        if self.stdout._out is sys.stdout and hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        try:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            self.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except OSError as fault:
            raise CommandError(
                _("Jurnal tidak selesai ditulis: %(why)s") % {"why": fault.strerror or fault}
            ) from fault


def keep(pieces: Iterator[str], target: Path, *, force: bool) -> None:
    """Into a file for its owner alone, which appears whole or not at all."""
    target = Path(os.path.realpath(target))
    try:
        _may_be_written(target, force=force)
        if not target.parent.is_dir():
            raise CommandError(_("Map %(folder)s tidak ada.") % {"folder": target.parent})
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            _may_be_written(target, force=force)
            os.replace(name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as fault:
        why = fault.strerror or fault
        raise CommandError(
            _("%(file)s tidak dapat ditulis: %(why)s") % {"file": target, "why": why}
        ) from fault


def _may_be_written(target: Path, *, force: bool) -> None:
    if target.exists() and not target.is_file():
        raise CommandError(_("%(file)s bukan berkas biasa.") % {"file": target})
    if target.exists() and not force:
        raise CommandError(
            _("%(file)s sudah ada dan tidak diganti. Pilih nama lain atau tambahkan --force.")
            % {"file": target}
        )
