"""The accounts that somebody sees, with what is in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from karyabina.ledger.models import RUPIAH, Account, Balance
from karyabina.ledger.queries.sight import Sight, seen
from karyabina.ledger.totals import by_owner


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds now: rupiah, and how many lots or materials there is some of."""

    account: Account
    money: int
    units: int


def accounts(
    sight: Sight,
    order: Iterable[str],
    *,
    kind: str = "",
    home: str = "",
    words: Iterable[tuple[str, Iterable[str]]] = (),
    empty: bool = False,
) -> QuerySet[Account]:
    """Accounts that are seen, by kind in the given order of kinds, then by code.

    Of one `kind` (the first word of their codes) or `home` only; with the `empty` ones only if
    they are asked for. Each of `words` is in the code, or names one of the kinds beside it."""
    found = seen(sight)
    if kind:
        found = found.filter(code__startswith=f"{kind}:")
    if home:
        found = found.filter(home=home)
    for word, kinds in words:
        fits = Q(code__icontains=word)
        for one in kinds:
            fits |= Q(code__startswith=f"{one}:")
        found = found.filter(fits)
    if not empty:
        found = found.filter(
            Exists(Balance.objects.filter(account=OuterRef("pk")).exclude(amount=0))
        )
    ranks = [When(code__startswith=f"{one}:", then=Value(n)) for n, one in enumerate(order)]
    rank = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    return found.annotate(rank=rank).order_by("rank", "code")


def held(found: Iterable[Account]) -> list[Held]:
    """What these accounts hold: one query for all of them."""
    wanted = list(found)
    money = Q(unit__code=RUPIAH)
    rows = (
        Balance.objects.filter(account__in=[one.pk for one in wanted])
        .exclude(amount=0)
        .order_by()
        .values_list("account")
        .annotate(money=Sum("amount", filter=money, default=0), units=Count("unit", ~money))
    )
    sums = {pk: (int(rupiah), units) for pk, rupiah, units in rows}
    return [Held(one, *sums.get(one.pk, (0, 0))) for one in wanted]


def all_balances(found: QuerySet[Account]) -> Iterator[tuple[str, str, str, int]]:
    """(account, home, unit, amount) of all these accounts, read bit by bit: for files."""
    rows = Balance.objects.filter(account__in=found.order_by().values("pk")).exclude(amount=0)
    ordered = rows.order_by("account__code", "unit__code")
    yield from ordered.values_list(
        "account__code", "account__home", "unit__code", "amount"
    ).iterator(chunk_size=2_000)


def premi_sums(sight: Sight) -> list[tuple[str, int]]:
    """(office, rupiah) of the premi whose makers may not be named: one query."""
    owners = sorted(set(sight.homes) - sight.makers)
    sums = by_owner(("premi",), owners=owners) if owners else {}
    return sorted((owner, amount) for (_kind, owner), amount in sums.items())
