"""Accounts and units: opened once, for ever."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _now

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import CLASSES, Account, Unit, text_of


class BadCode(Refusal):
    """A code of an account or unit that does not have the agreed form."""

    status = 400

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_now("Kode %(code)s tidak sesuai bentuknya.") % {"code": code[:120]})


class CodeTaken(Refusal):
    """The account has another home, or the unit is of another kind: neither ever changes."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            _now("Kode %(code)s sudah dipakai untuk hal lain dan tidak dapat diubah.")
            % {"code": code}
        )


def _storable(text: str) -> bool:
    return text.isascii() and "\0" not in text


def open_account(*, code: str, home: str, at: datetime) -> Account:
    """Open an account, or return the one that is open; it stays for ever.

    `home` is the office (its code), the device or the hub that may post out of it. Refuses: a
    malformed code (BadCode), an account that has another home (CodeTaken)."""
    return open_accounts(homes={code: home}, at=at)[code]


@transaction.atomic
def open_accounts(*, homes: Mapping[str, str], at: datetime) -> dict[str, Account]:
    """Open several accounts (code → home) at once; returns them all, old and new, by code."""
    for code, home in homes.items():
        if code.partition(":")[0] not in CLASSES or not _storable(code + home):
            raise BadCode(code)
    there = Account.objects.in_bulk(list(homes), field_name="code")
    fresh = sorted(set(homes) - set(there))  # sorted: two that open the same cannot deadlock
    for code in fresh:
        cls = CLASSES[code.partition(":")[0]]
        _insert(
            "INSERT INTO ledger_account (code, cls, home, opened_at) VALUES (%s, %s, %s, %s)",
            [code, cls, homes[code], text_of(at) if connection.vendor == "sqlite" else at],
            code,
        )
    if fresh:
        there |= Account.objects.in_bulk(fresh, field_name="code")
    for code, account in there.items():
        if account.home != homes[code]:
            raise CodeTaken(code)
    return there


def add_unit(*, code: str, kind: str) -> Unit:
    """Add a lot or a material, or return the one that is there; it stays for ever.

    Refuses: a malformed code (BadCode), a unit that is of another kind (CodeTaken)."""
    return add_units(codes=[code], kind=kind)[code]


@transaction.atomic
def add_units(*, codes: Sequence[str], kind: str) -> dict[str, Unit]:
    """Add several units of one kind; returns them all, old and new, by code."""
    for code in codes:
        if not _storable(code + kind):
            raise BadCode(code)
    there = Unit.objects.in_bulk(list(codes), field_name="code")
    fresh = sorted(set(codes) - set(there))
    for code in fresh:
        _insert("INSERT INTO ledger_unit (code, kind) VALUES (%s, %s)", [code, kind], code)
    if fresh:
        there |= Unit.objects.in_bulk(fresh, field_name="code")
    for code, unit in there.items():
        if unit.kind != kind:
            raise CodeTaken(code)
    return there


def _insert(sql: str, params: list[str | datetime], code: str) -> None:
    """Insert one row; somebody else may do the same at the same time (PostgreSQL)."""
    if connection.vendor == "postgresql":
        sql += " ON CONFLICT (code) DO NOTHING"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except IntegrityError as error:
        raise BadCode(code) from error
