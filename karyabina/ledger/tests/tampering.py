"""Books that somebody with all powers has changed, and what the seals say of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from karyabina.base import guards
from karyabina.ledger import seal_checks, verify
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.closing import closed, days_later, offices, reopened, sold
from karyabina.ledger.tests.make import CHIPS
from karyabina.offices.models import Office

CHECKS = (
    seal_checks.seals_fit_their_entries,
    seal_checks.seals_are_a_chain,
    seal_checks.seals_are_marked_with_the_key,
    seal_checks.seals_belong_to_their_closing,
    seal_checks.closed_days_have_nothing_outside_their_seals,
    seal_checks.closings_follow_each_other,
)
FIT, CHAIN, MARK, PLACE, OUTSIDE, ORDER = (check.__name__ for check in CHECKS)


PIECES = f"(SELECT id FROM ledger_unit WHERE code = '{CHIPS}')"


def wrong() -> dict[str, list[str]]:
    """The check that found something → what it found."""
    with verify.one_state():
        found = {check.__name__: check() for check in CHECKS}
    return {name: faults for name, faults in found.items() if faults}


def sealed() -> Office:
    """KFM has sold on three days at NTT's stand; two are closed, and both have been sealed."""
    here, there = offices()
    for back in (2, 1, 0):
        sold(days_later(-back), note="Lunas")
        sold(days_later(-back), hour=10)
    closed(here, days_later(-1))
    reopened(closed(here))
    closed(here)
    closed(there, days_later(-1))
    return here


@contextmanager
def tampered(*statements: str | Callable[[], object]) -> Iterator[None]:
    """Books that somebody with all powers has changed, until the end of the block."""
    with transaction.atomic():
        with guards.lifted():
            for statement in statements:
                if callable(statement):
                    statement()
                else:
                    raw.run(statement)
        yield
        transaction.set_rollback(True)


def account(code: str) -> str:
    return f"(SELECT id FROM ledger_account WHERE code = '{code}')"
