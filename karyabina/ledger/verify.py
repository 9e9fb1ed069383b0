"""Are the books right? One function per invariant; `karya verify` runs them all.

Each asks the database for counter-examples, at most a few of them, so that memory stays small
however long the books are. Another room adds its own in a module `invariants.py`:

    @invariant(_("Setiap struk punya nomor yang berurutan"))
    def receipts_have_no_gaps() -> list[str]: ...
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.base import guards
from karyabina.ledger.models import CLASSES

MOST_FAULTS = 10  # shown of one invariant

Check = Callable[[], list[str]]
_INVARIANTS: list[tuple[str | Promise, Check]] = []


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant and its counter-examples; none means that it holds."""

    sentence: str
    faults: tuple[str, ...]


def invariant(sentence: str | Promise) -> Callable[[Check], Check]:
    """Register a check under a sentence that says what always holds; it returns the faults."""

    def register(check: Check) -> Check:
        if check not in [there for _sentence, there in _INVARIANTS]:
            _INVARIANTS.append((sentence, check))
        return check

    return register


def run(*, of: str = "karyabina") -> Iterator[Finding]:
    """Check every invariant against one state of the database; `of` one room (its package), or
    of all."""
    autodiscover_modules("invariants")
    with _one_state():
        for sentence, check in _INVARIANTS:
            if f"{check.__module__}.".startswith(f"{of}."):
                yield Finding(str(sentence), _faults(check))


def _faults(check: Check) -> tuple[str, ...]:
    """What a check found; one that cannot be made (a table is missing) is a fault as well."""
    try:
        with transaction.atomic():
            return tuple(check())
    except DatabaseError as error:
        return (_now("tidak dapat diperiksa: %(why)s") % {"why": str(error).splitlines()[0]},)


@contextmanager
def _one_state() -> Iterator[None]:
    """Read a single snapshot, while others go on selling."""
    if connection.in_atomic_block:
        yield
        return
    wanted = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = wanted  # type: ignore[attr-defined]


def ask(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The first few rows of a query for counter-examples."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS found LIMIT {MOST_FAULTS}", params)
        return list(cursor.fetchall())


# --- balances ------------------------------------------------------------------------------------
# What every account got and gave, one row a side of each movement.
_SIDES = (
    "SELECT target_id AS account_id, unit_id, amount, recorded_at FROM ledger_movement"
    " UNION ALL SELECT source_id, unit_id, -amount, recorded_at FROM ledger_movement"
)


@invariant(_("Setiap saldo sama dengan jumlah perpindahannya"))
def balances_follow_movements() -> list[str]:
    rows = ask(
        "SELECT a.code, u.code AS unit, wrong.cached, wrong.summed FROM ("
        " SELECT account_id, unit_id, sum(cached) AS cached, sum(summed) AS summed FROM ("
        f" SELECT account_id, unit_id, 0 AS cached, amount AS summed FROM ({_SIDES}) AS s"
        " UNION ALL SELECT account_id, unit_id, amount, 0 FROM ledger_balance) AS d"
        " GROUP BY account_id, unit_id HAVING sum(cached) <> sum(summed)) AS wrong"
        " JOIN ledger_account AS a ON a.id = wrong.account_id AND a.cls <> 'outside'"
        " JOIN ledger_unit AS u ON u.id = wrong.unit_id"
    )
    return [
        _now("%(account)s: saldo %(cached)s %(unit)s, perpindahannya berjumlah %(summed)s")
        % {"account": account, "unit": unit, "cached": cached, "summed": summed}
        for account, unit, cached, summed in rows
    ]


@invariant(_("Setiap saldo tahu kapan perpindahan terakhirnya"))
def balances_know_their_last_movement() -> list[str]:
    rows = ask(
        "SELECT a.code, u.code AS unit FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        f" LEFT JOIN (SELECT account_id, unit_id, max(recorded_at) AS last FROM ({_SIDES}) AS s"
        " GROUP BY account_id, unit_id) AS m"
        " ON m.account_id = b.account_id AND m.unit_id = b.unit_id"
        " WHERE coalesce(b.upto <> m.last, (b.upto IS NULL) <> (m.last IS NULL))"
    )
    return [f"{account} {unit}" for account, unit in rows]


@invariant(_("Tidak ada persediaan, kas, atau hak yang kurang dari nol"))
def nothing_held_is_below_zero() -> list[str]:
    rows = ask(
        "SELECT a.code, b.amount, u.code AS unit FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        " WHERE b.amount < 0 AND a.cls IN ('holding', 'claim')"
    )
    return [f"{account}: {amount} {unit}" for account, amount, unit in rows]


@invariant(_("Akun di luar tidak punya saldo tersimpan"))
def outside_has_no_balance() -> list[str]:
    rows = ask(
        "SELECT a.code, u.code AS unit FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id WHERE a.cls = 'outside'"
    )
    return [f"{account} {unit}" for account, unit in rows]


@invariant(_("Semua hak dan semua kewajiban saling meniadakan"))
def claims_mirror_debts() -> list[str]:
    rows = ask(
        "SELECT u.code, sum(b.amount) AS over FROM ledger_balance AS b"
        " JOIN ledger_account AS a ON a.id = b.account_id"
        " JOIN ledger_unit AS u ON u.id = b.unit_id"
        " WHERE a.cls IN ('claim', 'owed') GROUP BY u.code HAVING sum(b.amount) <> 0"
    )
    return [f"{unit}: {over}" for unit, over in rows]


@invariant(_("Setiap lot: yang ada, yang selisih, dan yang keluar sama dengan yang masuk"))
def every_lot_is_somewhere() -> list[str]:
    rows = ask(
        "SELECT u.code, sum(d.amount) AS over FROM ("
        " SELECT unit_id, amount FROM ledger_balance"
        f" UNION ALL SELECT s.unit_id, s.amount FROM ({_SIDES}) AS s"
        " JOIN ledger_account AS a ON a.id = s.account_id AND a.cls = 'outside') AS d"
        " JOIN ledger_unit AS u ON u.id = d.unit_id GROUP BY u.code HAVING sum(d.amount) <> 0"
    )
    return [f"{unit}: {over}" for unit, over in rows]


# --- entries -------------------------------------------------------------------------------------
@invariant(_("Setiap catatan utuh, perpindahannya bernomor urut"))
def entries_are_whole() -> list[str]:
    rows = ask(
        "SELECT coalesce(e.key, m.entry_key) FROM ledger_entry AS e"
        " LEFT JOIN ledger_movement AS m ON m.entry_key = e.key GROUP BY e.key, e.size, m.entry_key"
        " HAVING count(m.n) <> e.size OR min(m.n) <> 1 OR max(m.n) <> e.size"
    )
    return [str(key) for (key,) in rows]


@invariant(_("Setiap perpindahan membawa waktu catatannya"))
def movements_carry_the_times_of_their_entry() -> list[str]:
    rows = ask(
        "SELECT m.entry_key, m.n FROM ledger_movement AS m"
        " JOIN ledger_entry AS e ON e.key = m.entry_key"
        " WHERE m.recorded_at <> e.recorded_at OR m.booked_on <> e.booked_on"
    )
    return [f"{key}/{n}" for key, n in rows]


@invariant(_("Setiap pembatalan adalah cermin catatan asalnya"))
def reversals_mirror_their_original() -> list[str]:
    rows = ask(
        "SELECT e.key FROM ledger_entry AS e"
        " JOIN ledger_entry AS o ON o.key = e.reverses"
        " WHERE o.reverses IS NOT NULL OR o.size <> e.size OR EXISTS ("
        " SELECT 1 FROM ledger_movement AS m LEFT JOIN ledger_movement AS was"
        " ON was.entry_key = o.key AND was.n = m.n AND was.source_id = m.target_id"
        " AND was.target_id = m.source_id AND was.unit_id = m.unit_id AND was.amount = m.amount"
        " WHERE m.entry_key = e.key AND was.n IS NULL)"
    )
    return [str(key) for (key,) in rows]


@invariant(_("Waktu pencatatan tidak pernah mundur dan tidak di masa depan"))
def recording_time_never_goes_back() -> list[str]:
    """On PostgreSQL two transactions at once may take number and time in either order, so there
    only the second half holds for all; for one balance the order is checked by its last time."""
    now = "clock_timestamp() + interval '1 minute'"
    if connection.vendor == "sqlite":
        now = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+1 minute')"
    faults = ask(f"SELECT key, recorded_at FROM ledger_entry WHERE recorded_at > {now}")
    if connection.vendor == "sqlite":
        faults += ask(
            "SELECT key, recorded_at FROM (SELECT key, recorded_at,"
            " lag(recorded_at) OVER (ORDER BY origin_seq) AS before"
            " FROM ledger_entry WHERE origin = 'hub') AS e WHERE recorded_at <= before"
        )
    return [f"{key} {recorded_at}" for key, recorded_at in faults]


# --- accounts and units --------------------------------------------------------------------------
@invariant(_("Kelas setiap akun sesuai kodenya"))
def classes_follow_codes() -> list[str]:
    cases = " ".join("WHEN a.code LIKE %s THEN %s" for _word in CLASSES)
    params = [text for word, cls in CLASSES.items() for text in (f"{word}:%", cls)]
    rows = ask(
        f"SELECT a.code, a.cls FROM ledger_account AS a"
        f" WHERE a.cls <> CASE {cases} ELSE 'unknown' END",
        params,
    )
    return [f"{code} {cls}" for code, cls in rows]


@invariant(_("Uang hanya di akun uang, barang hanya di akun barang"))
def accounts_hold_their_units() -> list[str]:
    rows = ask(
        "SELECT DISTINCT a.code, u.code AS unit FROM"
        f" (SELECT DISTINCT account_id, unit_id FROM ({_SIDES}) AS s) AS d"
        " JOIN ledger_account AS a ON a.id = d.account_id"
        " JOIN ledger_unit AS u ON u.id = d.unit_id"
        " WHERE CASE WHEN a.cls IN ('claim', 'owed') THEN u.kind <> 'money'"
        " WHEN a.cls <> 'holding' THEN 1 = 0"
        " WHEN a.code LIKE 'cash:%%' OR a.code LIKE 'bank:%%' THEN u.kind <> 'money'"
        " WHEN a.code LIKE 'material:%%' THEN u.kind <> 'material'"
        " ELSE u.kind = 'money' END"
    )
    return [f"{account} {unit}" for account, unit in rows]


@invariant(_("Hak hanya berpindah bersama kewajibannya"))
def claims_move_against_debts() -> list[str]:
    rows = ask(
        "SELECT m.entry_key, m.n FROM ledger_movement AS m"
        " JOIN ledger_account AS s ON s.id = m.source_id"
        " JOIN ledger_account AS t ON t.id = m.target_id"
        " WHERE (s.cls IN ('claim', 'owed')) <> (t.cls IN ('claim', 'owed'))"
    )
    return [f"{key}/{n}" for key, n in rows]


# --- the database itself -------------------------------------------------------------------------
_POINTS_TO = (
    ("ledger_entry", "by_id", "staff_staff", "key"),
    ("ledger_entry", "reverses", "ledger_entry", "key"),
    ("ledger_movement", "entry_key", "ledger_entry", "key"),
    ("ledger_movement", "source_id", "ledger_account", "id"),
    ("ledger_movement", "target_id", "ledger_account", "id"),
    ("ledger_movement", "unit_id", "ledger_unit", "id"),
    ("ledger_balance", "account_id", "ledger_account", "id"),
    ("ledger_balance", "unit_id", "ledger_unit", "id"),
)


@invariant(_("Setiap rujukan menunjuk baris yang ada"))
def references_lead_somewhere() -> list[str]:
    return [
        f"{table}.{column} = {value}"
        for table, column, other, key in _POINTS_TO
        for (value,) in ask(
            f"SELECT DISTINCT t.{column} FROM {table} AS t LEFT JOIN {other} AS o"
            f" ON o.{key} = t.{column} WHERE t.{column} IS NOT NULL AND o.{key} IS NULL"
        )
    ]


@invariant(_("Semua penjaga pembukuan terpasang"))
def guards_are_there() -> list[str]:
    return guards.missing(connection.alias)


@invariant(_("Semua batasan tabel pembukuan terpasang"))
def constraints_are_there() -> list[str]:
    """Django's own table remake on SQLite would lose them, and STRICT with them."""
    text = Path(__file__).parent / "migrations" / f"0001_{connection.vendor}.sql"
    wanted = re.findall(r"CONSTRAINT (\w+)", text.read_text(encoding="utf-8"))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE convalidated"
                " AND connamespace = current_schema()::regnamespace"
            )
            there = {name for (name,) in cursor.fetchall()}
            return [name for name in wanted if name not in there]
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'ledger_%'"
        )
        tables = dict(cursor.fetchall())
    said = " ".join(tables.values())
    lost = [name for name in wanted if not re.search(rf"CONSTRAINT {name}\b", said)]
    ours = re.findall(r"CREATE TABLE (\w+)", text.read_text(encoding="utf-8"))
    return lost + [f"{name}: STRICT" for name in ours if "STRICT" not in tables.get(name, "")]
