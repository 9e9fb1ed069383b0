"""Builders for the ledger's tests: a person, a moment, a world of a store, a stand and a till."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from uuid import UUID

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.models import Entry, Move
from karyabina.staff.models import Staff

WITA = timezone(timedelta(hours=8))
AT = datetime(2025, 10, 29, 9, 30, tzinfo=WITA)
CHIPS = "KFM-CHIPS-1"
MELON = "KLB-MELON-251029-1"
ACCOUNTS = (
    "store:KFM",
    "store:KLB",
    "transit:T1",
    "stand:GOR",
    "stand:TWO",
    "cash:S1",
    "bank:NTT",
    "due:KFM",
    "due:KLB",
    "owed:NTT",
    "owed:KFM",
    "capital:KFM",
    "state:KFM:425411",
    "premi:KFM:KFM-001:saved",
    "difference:GOR",
    "outside:workshop",
    "outside:buyer",
    "outside:world",
    "outside:broken",
)


def person() -> Staff:
    """Somebody who records things."""
    return Staff.objects.get_or_create(username="pencatat", defaults={"name": "Pencatat"})[0]


def world() -> Staff:
    """Accounts and two lots, with nothing in them; returns who records."""
    ledger.open_accounts(homes=dict.fromkeys(ACCOUNTS, "NTT"), at=AT)
    ledger.add_units(codes=[CHIPS, MELON], kind="lot")
    return person()


def posted(
    *moves: Move,
    kind: str = "sale",
    key: UUID | None = None,
    request: Mapping[str, object] | None = None,
    occurred_at: datetime = AT,
    **other: object,
) -> Entry:
    """One entry of these movements; a fresh key and a request of its own unless given."""
    key = key or new_key()
    return ledger.post(
        key=key,
        kind=kind,
        by=person(),
        occurred_at=occurred_at,
        request={"for": key} if request is None else request,
        moves=moves,
        **other,  # type: ignore[arg-type]
    )


def made(amount: int, *, at: str = "stand:GOR", lot: str = CHIPS) -> Entry:
    """So many pieces, made and brought to an account."""
    return posted(Move("outside:workshop", at, lot, amount), kind="production")
