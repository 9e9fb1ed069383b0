"""How much is where: now, and at an instant.

Amounts are whole: rupiah, pieces, grams or millilitres."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from karyabina.ledger.queries.sql import among, ask
from karyabina.ledger.queries.sql import instant as moment


def balance(code: str, unit: str) -> int:
    """What the account holds of the unit now; nothing known means 0.

    An account of class `outside` has no cached balance: it is summed from its movements."""
    rows = ask(
        "SELECT a.cls, b.amount FROM ledger_account AS a"
        " JOIN ledger_unit AS u ON u.code = %s"
        " LEFT JOIN ledger_balance AS b ON b.account_id = a.id AND b.unit_id = u.id"
        " WHERE a.code = %s",
        [unit, code],
    )
    if not rows:
        return 0
    cls, amount = rows[0]
    return _summed(code, unit) if cls == "outside" else int(amount or 0)


def balances(
    codes: Iterable[str] | None = None, *, prefix: str | None = None, unit: str | None = None
) -> dict[tuple[str, str], int]:
    """(account, unit) → amount now, of these accounts or of all whose code starts with `prefix`.

    One query. Only what is not zero; accounts of class `outside` are not in it."""
    where, params = ["b.amount <> 0"], list[Any]()
    if codes is not None:
        text, values = among("a.code", codes)
        where.append(text)
        params += values
    if prefix is not None:
        where.append("substr(a.code, 1, %s) = %s")
        params += [len(prefix), prefix]
    if unit is not None:
        where.append("u.code = %s")
        params.append(unit)
    rows = ask(
        "SELECT a.code, u.code, b.amount FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        f" WHERE {' AND '.join(where)} ORDER BY a.code, u.code",
        params,
    )
    return {(code, of): int(amount) for code, of, amount in rows}


def ever_held(codes: Iterable[str]) -> dict[tuple[str, str], int]:
    """(account, unit) → amount now, of all that these accounts ever held, what is gone as 0.

    One query. Accounts of class `outside` are not in it."""
    text, values = among("a.code", codes)
    rows = ask(
        "SELECT a.code, u.code, b.amount FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        f" WHERE {text} ORDER BY a.code, u.code",
        values,
    )
    return {(code, of): int(amount) for code, of, amount in rows}


def balance_at(code: str, unit: str, instant: datetime) -> int:
    """What the books said at `instant` (by `recorded_at`, inclusive) that the account holds.

    On PostgreSQL a transaction that was still open at `instant` may yet add to it: the figure is
    settled once those have ended, which takes seconds."""
    return _summed(code, unit, instant)


def _summed(code: str, unit: str, instant: datetime | None = None) -> int:
    until, params = "", list[Any]([code, unit])
    if instant is not None:
        until = " AND m.recorded_at <= %s"
        params.append(moment(instant))
    side = (
        "SELECT coalesce(sum(m.amount), 0) FROM ledger_movement AS m WHERE m.{side} ="
        " (SELECT id FROM ledger_account WHERE code = %s)"
        " AND m.unit_id = (SELECT id FROM ledger_unit WHERE code = %s)" + until
    )
    sql = f"SELECT ({side.format(side='target_id')}) - ({side.format(side='source_id')})"
    return int(ask(sql, params + params)[0][0])


def holders(unit: str) -> dict[str, int]:
    """Account → amount: where the pieces of a lot (or the money) are now, not counting outside."""
    return {code: amount for (code, _unit), amount in balances(unit=unit).items()}
