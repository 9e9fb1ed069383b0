"""A run of `karya verify` is written down, for whoever asks when the books were last right."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from karyabina.ledger.models import Check
from karyabina.ledger.verify import Finding
from karyabina.staff.models import Staff


def record_check(
    *,
    key: UUID,
    scope: str,
    began_at: datetime,
    at: datetime,
    by: Staff | None,
    entries: int,
    movements: int,
    findings: Sequence[Finding],
) -> Check:
    """Somebody (nobody: the command on the server) looked whether the books are right, from
    `began_at` to `at`, and this was found. The same key again is the same run: what was written
    down first stays."""
    there = Check.objects.filter(pk=key).first()
    if there is not None:
        return there
    told = [[finding.sentence, list(finding.faults)] for finding in findings]
    try:
        with transaction.atomic():
            return Check.objects.create(
                key=key,
                scope=scope,
                began_at=began_at,
                ended_at=at,
                by=by,
                entries=entries,
                movements=movements,
                faults=sum(len(finding.faults) for finding in findings),
                findings=json.dumps(told, ensure_ascii=False),
            )
    except IntegrityError:  # a double click: the other one was first
        return Check.objects.get(pk=key)
