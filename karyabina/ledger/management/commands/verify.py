"""`karya verify`: are the books right? One line per invariant; exit 1 names what is wrong."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from karyabina.base.keys import new_key
from karyabina.ledger import checking, verify
from karyabina.ledger.actions.checks import record_check
from karyabina.ledger.models import Check
from karyabina.ledger.seals import read_line

WIDEST = 100  # of the line that says what is being checked


class Command(BaseCommand):
    help = (
        "Periksa apakah pembukuan benar; keluar dengan 1 bila ada yang salah, dengan 2 bila tidak"
        " dapat diperiksa."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="satu objek JSON")
        parser.add_argument(
            "--seals", action="store_true", help="periksa juga segel setiap hari yang ditutup"
        )
        parser.add_argument(
            "--lines",
            metavar="BERKAS",
            help="dan bandingkan dengan baris segel yang disimpan (- dari masukan)",
        )

    def handle(
        self, *args: object, json: bool, seals: bool, lines: str | None, **options: object
    ) -> None:
        kept_lines = None if lines is None else read_lines(lines)
        seals = seals or lines is not None
        began_at = timezone.now()
        self.all = len(verify.rules(seals=seals))
        self.lively = sys.stderr.isatty() and not json
        report = checking.look(
            seals=seals, lines=kept_lines, tell=self.tell, hear=None if json else self.say
        )
        self.tell_no_more()
        ended_at = timezone.now()
        kept = self.keep(report, began_at, ended_at)
        if json:
            seconds = (ended_at - began_at).total_seconds()
            self.stdout.write(as_json(report, seconds, kept))
        else:
            self.sum_up(report)
        if report.wrong:
            sys.exit(1)

    # --- on a terminal: what is being checked now, until its line is written ---------------------
    def tell(self, n: int, rule: verify.Rule) -> None:
        if self.lively:
            line = f"{n}/{self.all}  {rule.sentence} …"[:WIDEST]
            self.stderr.write(f"\r\033[K{line}", ending="")
            self.stderr.flush()

    def tell_no_more(self) -> None:
        if self.lively:
            self.stderr.write("\r\033[K", ending="")
            self.stderr.flush()

    def say(self, finding: verify.Finding) -> None:
        self.tell_no_more()
        mark = _("SALAH") if finding.faults else _("benar")
        self.stdout.write(f"{mark}  {finding.sentence}")
        for fault in finding.faults:
            self.stdout.write(f"       {fault}")
        if len(finding.faults) >= verify.MOST_FAULTS:
            self.stdout.write("       " + _("dan mungkin lebih banyak lagi"))

    def sum_up(self, report: checking.Report) -> None:
        if report.wrong:
            self.stdout.write(
                _("%(wrong)s dari %(all)s pernyataan tentang pembukuan salah.")
                % {"wrong": len(report.wrong), "all": len(report.findings)}
            )
        else:
            self.stdout.write(
                _("Pembukuan benar: %(all)s pernyataan diperiksa.") % {"all": len(report.findings)}
            )

    def keep(self, report: checking.Report, began_at: datetime, ended_at: datetime) -> Check | None:
        """Write the run down, once its snapshot has ended. On a copy that takes no writing the
        result is told all the same."""
        try:
            return record_check(
                key=new_key(),
                scope=report.scope,
                began_at=began_at,
                at=ended_at,
                by=None,
                entries=report.entries,
                movements=report.movements,
                findings=report.findings,
            )
        except DatabaseError as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            self.stderr.write(
                _("Hasil ini tidak dapat disimpan untuk halaman pemeriksaan: %(why)s")
                % {"why": why}
            )
            return None


def read_lines(name: str) -> list[str]:
    """The lines of a file that somebody kept; a bad byte makes a line unreadable, no more. A file
    without any seal is the wrong file, which says nothing of the books."""
    try:
        kept = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(
            _("Berkas %(name)s tidak terbaca, jadi tidak ada yang diperiksa: %(why)s")
            % {"name": name, "why": error.strerror},
            returncode=2,
        ) from error
    lines = kept.decode("utf-8-sig", errors="replace").splitlines()  # an editor's mark is none
    if not any(read_line(line) for line in lines):
        raise CommandError(
            _("Di %(name)s tidak ada satu baris segel pun, jadi tidak ada yang diperiksa.")
            % {"name": name},
            returncode=2,
        )
    return lines


def as_json(report: checking.Report, seconds: float, kept: Check | None) -> str:
    told: dict[str, Any] = {
        "right": not report.wrong,
        "scope": report.scope,
        "entries": report.entries,
        "movements": report.movements,
        "seconds": round(seconds, 3),
        "check": str(kept.pk) if kept else None,
        "invariants": [
            {"sentence": finding.sentence, "faults": finding.faults} for finding in report.findings
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
