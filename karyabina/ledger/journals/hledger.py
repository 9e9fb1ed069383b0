"""The journal as hledger reads it: our codes as they are, units with more than letters in quotes.

Written after hledger 1.25, the one of Debian 12 (manual: "hledger", journal format)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from karyabina.ledger.journals.names import ROOTS, escaped, hledger_unit
from karyabina.ledger.journals.reading import Held, Told
from karyabina.ledger.models import Account, Unit

# hledger knows what an account is by a tag, so that its reports (`bs`) need no other names.
TYPES = {"Assets": "A", "Liabilities": "L", "Equity": "E"}


def about() -> Iterator[str]:
    """What the head of the file says of this format."""
    yield _("Nama akun sama dengan kode akun; jenisnya (type) menurut golongan akun.")
    yield _("Periksa dengan: hledger -f BERKAS check --strict ordereddates")


def options() -> str:
    return ""


def unit(unit: Unit, first: date) -> str:
    return f"commodity 1. {hledger_unit(unit.code)}  ; kind: {unit.kind}\n"


def account(account: Account, first: date) -> str:
    kind, home = TYPES[ROOTS[account.cls]], tag(account.home)
    return f"account {account.code}  ; type: {kind}, class: {account.cls}, home: {home}\n"


def entry(told: Told) -> str:
    """The movement takes from one account and gives to another: two lines each."""
    note = f" | {escaped(told.note, ';')}" if told.note else ""
    reverses = f", reverses: {told.reverses}" if told.reverses else ""
    moves = "".join(
        f"    {move.target}  {move.amount} {unit}\n    {move.source}  -{move.amount} {unit}\n"
        for move, unit in ((move, hledger_unit(move.unit)) for move in told.moves)
    )
    return (
        f"\n{told.booked_on} ({told.key}) {told.kind}{note}\n"
        f"    ; occurred_at: {told.occurred_at.isoformat()},"
        f" recorded_at: {told.recorded_at.isoformat()}\n"
        f"    ; origin: {tag(told.origin)}, origin_seq: {told.origin_seq},"
        f" by: {told.by}{reverses}\n{moves}"
    )


def balance(held: Held, last: date) -> str:
    """Nothing moves; hledger compares. Lines of a day count in the order of the file, so these,
    at its end and of its last day, come after all others."""
    lines = "".join(
        f"    {held.account}  0 {unit} = {amount} {unit}\n"
        for unit, amount in ((hledger_unit(unit), amount) for unit, amount in held.amounts)
    )
    what = _("Saldo akhir")
    return f"\n{last} {what}\n{lines}"


def tag(text: str) -> str:
    """The value of a tag ends at a comma; brackets could be taken for a date."""
    return escaped(text, ",;[]")
