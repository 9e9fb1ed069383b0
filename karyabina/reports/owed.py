"""Who is to get what, and who has to give it: straight from the ledger's balances. Rupiah."""

from collections import defaultdict
from dataclasses import dataclass, field

from karyabina.ledger import queries as ledger
from karyabina.ledger import totals
from karyabina.ledger.models import RUPIAH
from karyabina.offices.models import Office, OfficeSet

CLAIMS = ("due", "premi", "capital", "state", "partner")
OWED = "owed"


@dataclass
class Owner:
    """One office: what it is to get from stands (`due`), what it has set aside for makers,
    capital and state, and what it owes for all that as office and as holder of stands."""

    office: Office
    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def due(self) -> int:
        return self.sums["due"]

    @property
    def premi(self) -> int:
        return self.sums["premi"]

    @property
    def capital(self) -> int:
        return self.sums["capital"]

    @property
    def state(self) -> int:
        return self.sums["state"]

    @property
    def owes(self) -> int:
        """What it has to give; the ledger keeps it as the mirror of claims, below zero."""
        return -self.sums[OWED]


@dataclass(frozen=True)
class Everything:
    """All claims of the books and all that is owed for them."""

    claims: int
    owed: int

    @property
    def fits(self) -> bool:
        """Every claim has its debtor: together they are nothing."""
        return self.claims + self.owed == 0


def owners(offices: OfficeSet) -> list[Owner]:
    """The offices among these for which the books hold anything, by their place in the tree.

    Two queries; one row an office, however many makers it has."""
    reached = {office.code: Owner(office) for office in offices.order_by("path")}
    for (kind, code), amount in totals.by_owner((*CLAIMS, OWED)).items():
        if code in reached:
            reached[code].sums[kind] += amount
    return [owner for owner in reached.values() if owner.sums]


def total(of: list[Owner]) -> dict[str, int]:
    """The sums of some offices, by column."""
    columns = ("due", "premi", "capital", "state", "owes")
    return {column: sum(getattr(owner, column) for owner in of) for column in columns}


def everything() -> Everything:
    """The whole book, whoever asks: only whether it fits is shown. One query."""
    sums = totals.by_owner((*CLAIMS, OWED))
    owed = sum(amount for (kind, _owner), amount in sums.items() if kind == OWED)
    return Everything(sum(sums.values()) - owed, owed)


@dataclass(frozen=True)
class MakerClaim:
    """What one maker is to get, by code: saved until discharge, and usable before."""

    code: str
    saved: int
    usable: int

    @property
    def amount(self) -> int:
        return self.saved + self.usable


def makers(office: Office) -> list[MakerClaim]:
    """The makers of an office to whom premi is owed: one query."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"saved": 0, "usable": 0})
    held = ledger.balances(prefix=f"premi:{office.code}:", unit=RUPIAH)
    for (account, _unit), amount in held.items():
        _premi, _office, code, purse = account.split(":")
        sums[code][purse] += amount
    return [MakerClaim(code, **purses) for code, purses in sorted(sums.items())]


def treasury(office: Office) -> list[tuple[str, int]]:
    """What the office owes the state, by the six-digit account of the treasury: one query."""
    held = ledger.balances(prefix=f"state:{office.code}:", unit=RUPIAH)
    return [(account.rpartition(":")[2], amount) for (account, _unit), amount in held.items()]
