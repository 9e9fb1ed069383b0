"""An entry as it is handed to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from karyabina.ledger.models import Move


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that is ready to be written."""

    key: UUID
    kind: str
    origin: str
    origin_seq: int | None
    by: UUID
    occurred_at: datetime
    offset: int
    digest: str
    reverses: UUID | None
    note: str
    moves: Sequence[Move]
