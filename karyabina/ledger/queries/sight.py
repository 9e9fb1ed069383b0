"""What somebody may see of the books: by offices, and by the offices whose makers they may know.

- An account is seen where its `home` is an office within reach.
- An account that names a maker (`premi:<office>:<maker>:…`) is seen only by who may also see the
  makers of that office; to others it is a part of `premi:<office>`, which names nobody.
- A lot is seen whole, from its making to its end, once some of it was in an account within reach:
  that of the office that made it, of those that held it.
- Of an entry those movements are seen that touch an account within reach, with the code of the
  other side, or that move a lot that is seen. How many others there are is said, not what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr

from karyabina.ledger.models import Account, Balance, Movement, Unit

COLON = Value(":")
REST = Substr("code", StrIndex("code", COLON) + 1)
OWNER = Case(
    When(rest__contains=":", then=Substr("rest", 1, StrIndex(F("rest"), COLON) - 1)),
    default=F("rest"),
)


@dataclass(frozen=True, slots=True)
class Sight:
    """`homes` are the codes of the offices within reach, `makers` of those whose makers may be
    named."""

    homes: tuple[str, ...]
    makers: frozenset[str]

    def hides(self, code: str) -> bool:
        """Whether this account names a maker who may not be named."""
        return code.startswith("premi:") and code.split(":")[1] not in self.makers

    def shown(self, code: str) -> str:
        """The code as it may be shown: all premi of an office are one where none may be named."""
        return ":".join(code.split(":")[:2]) if self.hides(code) else code


def _owned(accounts: QuerySet[Account]) -> QuerySet[Any]:
    return accounts.annotate(rest=REST).annotate(owner=OWNER)


def near(sight: Sight) -> QuerySet[Account]:
    """All accounts whose home is within reach, also those that are shown as a sum only. What is
    outside belongs to nobody."""
    return Account.objects.filter(home__in=sight.homes).exclude(cls="outside")


def seen(sight: Sight) -> QuerySet[Account]:
    """The accounts that are shown one by one."""
    return _owned(near(sight)).filter(
        ~Q(code__startswith="premi:") | Q(owner__in=sorted(sight.makers))
    )


def unnamed(sight: Sight) -> QuerySet[Account]:
    """Accounts anywhere that name a maker who may not be named."""
    found = _owned(Account.objects.filter(code__startswith="premi:"))
    return found.exclude(owner__in=sorted(sight.makers))


def account(code: str, sight: Sight) -> Account | None:
    """The account of this code, if it is seen."""
    return seen(sight).filter(code=code).first()


def units_seen(sight: Sight) -> QuerySet[Unit]:
    """Lots and materials of which something was ever in an account within reach."""
    held = Balance.objects.filter(unit=OuterRef("pk"), account__home__in=sight.homes)
    return Unit.objects.exclude(kind="money").filter(Exists(held))


def unit(code: str, sight: Sight) -> Unit | None:
    """The lot or material of this code, if it is seen."""
    return units_seen(sight).filter(code=code).first()


def entries_seen(sight: Sight) -> Q:
    """Entries of which at least one movement is seen."""
    of_entry = Movement.objects.filter(entry=OuterRef("pk"))
    mine = near(sight).values("pk")
    return Q(Exists(of_entry.filter(Q(source__in=mine) | Q(target__in=mine)))) | Q(
        Exists(of_entry.filter(unit__in=units_seen(sight)))
    )


def near_codes(codes: Iterable[str], sight: Sight) -> frozenset[str]:
    """Those of these accounts whose home is within reach."""
    found = near(sight).filter(code__in=sorted(set(codes)))
    return frozenset(found.order_by().values_list("code", flat=True))


def seen_codes(codes: Iterable[str], sight: Sight) -> frozenset[str]:
    """Those of these accounts that have a page for this person."""
    found = seen(sight).filter(code__in=sorted(set(codes)))
    return frozenset(found.order_by().values_list("code", flat=True))
