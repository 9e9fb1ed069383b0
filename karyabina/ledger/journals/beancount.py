"""The journal as beancount reads it: accounts under its roots, units in its letters (`names.py`).

Written after beancount 3, whose own programs alone read it: no code of it is used here. Units also
keep to the narrower rule of beancount 2 (2 to 24 characters, the last a letter or a digit)."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from karyabina.ledger.journals.names import beancount_account, beancount_unit, escaped
from karyabina.ledger.journals.reading import Held, Told
from karyabina.ledger.models import RUPIAH, Account, Unit


def about() -> Iterator[str]:
    """What the head of the file says of this format."""
    yield _(
        "Nama akun: akar menurut golongan, lalu bagian-bagian kode akun. KLB-004 tetap; buyer"
        " menjadi Buyer; bagian lain diberi tanda Xx- dan hurufnya yang lain dieja (x5f = _)."
    )
    yield _("Kode aslinya ada pada setiap akun (code) dan pada setiap satuan yang lain namanya.")
    yield _("Periksa dengan: bean-check BERKAS")


def options() -> str:
    return f'option "title" "Karyabina"\noption "operating_currency" "{RUPIAH}"\n'


def unit(unit: Unit, first: date) -> str:
    name = beancount_unit(unit.code)
    code = f"  code: {quoted(unit.code)}\n" if name != unit.code else ""
    return f"{first} commodity {name}\n{code}  kind: {quoted(unit.kind)}\n"


def account(account: Account, first: date) -> str:
    """All accounts open on the first day: an entry that came late may be booked before the day
    on which its account was opened here."""
    return (
        f"{first} open {beancount_account(account.code)}\n"
        f"  code: {quoted(account.code)}\n"
        f"  class: {quoted(account.cls)}\n"
        f"  home: {quoted(account.home)}\n"
    )


def entry(told: Told) -> str:
    """The movement takes from one account and gives to another: two lines each. The link leads
    from an entry to its reversal and back."""
    back = f" ^{told.reverses}" if told.reverses else ""
    reverses = f'  reverses: "{told.reverses}"\n' if told.reverses else ""
    moves = "".join(
        f"  {beancount_account(move.target)}  {move.amount} {unit}\n"
        f"  {beancount_account(move.source)}  -{move.amount} {unit}\n"
        for move, unit in ((move, beancount_unit(move.unit)) for move in told.moves)
    )
    return (
        f'\n{told.booked_on} * "{told.kind}" {quoted(told.note)} ^{told.key}{back}\n'
        f'  occurred_at: "{told.occurred_at.isoformat()}"\n'
        f'  recorded_at: "{told.recorded_at.isoformat()}"\n'
        f"  origin: {quoted(told.origin)}\n"
        f'  origin_seq: "{told.origin_seq}"\n'
        f'  by: "{told.by}"\n{reverses}{moves}'
    )


def balance(held: Held, last: date) -> str:
    """beancount compares at the start of a day: of the day after the last."""
    name, day = beancount_account(held.account), last + timedelta(days=1)
    lines = (
        f"{day} balance {name}  {amount} {beancount_unit(unit)}\n" for unit, amount in held.amounts
    )
    return "".join(lines)


def quoted(text: str) -> str:
    return '"' + escaped(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
