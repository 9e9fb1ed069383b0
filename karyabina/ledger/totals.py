"""What is owed in all, by kind of account and by whose it is: sums that the database makes."""

from collections.abc import Iterable

from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import StrIndex, Substr

from karyabina.ledger.models import RUPIAH, Balance

COLON = Value(":")
KIND = Substr("account__code", 1, StrIndex("account__code", COLON) - 1)
REST = Substr("account__code", StrIndex("account__code", COLON) + 1)


def by_owner(
    kinds: Iterable[str], *, owners: Iterable[str] | None = None, unit: str = RUPIAH
) -> dict[tuple[str, str], int]:
    """(kind, owner) → what all accounts of that kind and owner hold now: one query.

    `kinds` are first words of account codes (due, premi, owed …), an owner is the second word: the
    office of `premi:KLB:KLB-004:saved` is KLB. Zero sums are left out. Accounts of class
    `outside` have no balance and cannot be asked for."""
    found = (
        Balance.objects.filter(unit__code=unit)
        .annotate(kind=KIND, rest=REST)
        .annotate(
            owner=Case(
                When(rest__contains=":", then=Substr("rest", 1, StrIndex(F("rest"), COLON) - 1)),
                default=F("rest"),
            )
        )
        .filter(kind__in=list(kinds))
        .order_by()
    )
    if owners is not None:
        found = found.filter(owner__in=list(owners))
    rows = found.values_list("kind", "owner").annotate(sum=Sum("amount"))
    return {(kind, owner): int(amount) for kind, owner, amount in rows if amount}
