"""`karya verify`: are the books right? One line per invariant; exit 1 names what is wrong."""

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from karyabina.ledger import verify


class Command(BaseCommand):
    help = "Periksa apakah pembukuan benar; keluar dengan 1 bila ada yang salah."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="satu objek JSON")

    def handle(self, *args: object, json: bool = False, **options: object) -> None:
        findings = []
        for finding in verify.run():
            findings.append(finding)
            if not json:
                self.tell(finding)
        wrong = [finding for finding in findings if finding.faults]
        if json:
            self.stdout.write(as_json(findings))
        elif wrong:
            self.stdout.write(
                _("%(wrong)s dari %(all)s pernyataan tentang pembukuan salah.")
                % {"wrong": len(wrong), "all": len(findings)}
            )
        else:
            self.stdout.write(
                _("Pembukuan benar: %(all)s pernyataan diperiksa.") % {"all": len(findings)}
            )
        if wrong:
            sys.exit(1)

    def tell(self, finding: verify.Finding) -> None:
        mark = _("SALAH") if finding.faults else _("benar")
        self.stdout.write(f"{mark}  {finding.sentence}")
        for fault in finding.faults:
            self.stdout.write(f"       {fault}")


def as_json(findings: list[verify.Finding]) -> str:
    return json.dumps(
        {
            "right": not any(finding.faults for finding in findings),
            "invariants": [
                {"sentence": finding.sentence, "faults": finding.faults} for finding in findings
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
