"""What always holds in the books themselves; `karya verify` asks (`verify.py`).

Most answers come from one look at all movements and one at all entries (`passes.py`); only where
their counts say that something is wrong is it looked for by name."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.ledger import blueprint, passes
from karyabina.ledger.models import Account, Entry, Unit
from karyabina.ledger.passes import entries, entry_rules, movements
from karyabina.ledger.verify import MOST_FAULTS, ask, beforehand, invariant, once

if TYPE_CHECKING:
    from django.db.models import ForeignKey

beforehand(blueprint.drawn)


def _sentences(sentence: str, names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [sentence % dict(zip(names, row, strict=False)) for row in rows]


def _lines(condition: str) -> list[str]:
    """Movements of which this is not true, as `<key of the entry>/<number>`."""
    rows = ask(
        "SELECT m.entry_key, m.n FROM ledger_movement AS m"
        " LEFT JOIN ledger_entry AS e ON e.key = m.entry_key"
        " LEFT JOIN ledger_account AS s ON s.id = m.source_id"
        " LEFT JOIN ledger_account AS t ON t.id = m.target_id"
        f" WHERE ({condition}) IS NOT TRUE"
    )
    return [f"{key}/{n}" for key, n in rows]


def _entries(rule: str) -> list[str]:
    """Entries of which this is not true, by their keys."""
    rows = ask(f"SELECT e.key FROM ledger_entry AS e WHERE ({entry_rules()[rule]}) IS NOT TRUE")
    return [str(key) for (key,) in rows]


# --- balances ------------------------------------------------------------------------------------
@invariant(_("Setiap saldo sama dengan jumlah perpindahannya"))
def balances_follow_movements() -> list[str]:
    return _sentences(
        _now("%(account)s: saldo %(cached)s %(unit)s, perpindahannya berjumlah %(summed)s"),
        ("account", "unit", "cached", "summed"),
        once(movements).faults.get("balance", ()),
    )


@invariant(_("Setiap saldo tahu kapan perpindahan terakhirnya"))
def balances_know_their_last_movement() -> list[str]:
    return _sentences(
        _now("%(account)s, %(unit)s: tertulis %(upto)s, seharusnya %(last)s"),
        ("account", "unit", "upto", "last"),
        [
            (account, unit, upto or "—", last or "—")
            for account, unit, upto, last in once(movements).faults.get("last", ())
        ],
    )


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
    return [f"{unit}: {over}" for unit, over, *_rest in once(movements).faults.get("lot", ())]


# --- movements -----------------------------------------------------------------------------------
@invariant(_("Setiap jumlah yang berpindah bulat dan lebih dari nol"))
def amounts_are_positive_and_whole() -> list[str]:
    return _lines(passes.whole()) if once(movements).wrong("whole") else []


@invariant(_("Setiap perpindahan berpindah dari satu akun ke akun lain"))
def movements_change_the_account() -> list[str]:
    return _lines("m.source_id <> m.target_id") if once(movements).wrong("moving") else []


@invariant(_("Hak hanya berpindah bersama kewajibannya"))
def claims_move_against_debts() -> list[str]:
    return _lines(passes.MIRRORED) if once(movements).wrong("mirrored") else []


@invariant(_("Uang hanya di akun uang, barang hanya di akun barang"))
def accounts_hold_their_units() -> list[str]:
    return [f"{code} {unit}" for code, unit, *_rest in once(movements).faults.get("unit", ())]


@invariant(_("Setiap perpindahan membawa waktu catatannya"))
def movements_carry_the_times_of_their_entry() -> list[str]:
    if not once(movements).wrong("sound"):
        return []
    return _lines(f"e.key IS NULL OR ({passes.TIMED})")


# --- entries -------------------------------------------------------------------------------------
@invariant(_("Setiap catatan utuh, perpindahannya bernomor urut"))
def entries_are_whole() -> list[str]:
    seen = once(movements)
    sizes = once(entries).size == seen.totals["movements"]
    if sizes and not seen.wrong("sound") and not once(entries).wrong("sized"):
        return []
    rows = ask(
        "SELECT e.key, e.size, coalesce(m.count, 0) FROM ledger_entry AS e LEFT JOIN ("
        " SELECT entry_key, count(*) AS count, count(DISTINCT n) AS numbers,"
        " min(n) AS first, max(n) AS last FROM ledger_movement GROUP BY entry_key) AS m"
        " ON m.entry_key = e.key"
        " WHERE coalesce(m.count = e.size AND m.numbers = e.size AND m.first = 1"
        " AND m.last = e.size, 1 = 0) IS NOT TRUE"
    )
    return _sentences(
        _now("%(key)s: %(count)s perpindahan, seharusnya %(size)s"), ("key", "size", "count"), rows
    )


@invariant(_("Setiap pembatalan adalah cermin catatan asalnya, satu kali"))
def reversals_mirror_their_original() -> list[str]:
    rows = ask(
        "SELECT e.key FROM ledger_entry AS e"
        " JOIN ledger_entry AS o ON o.key = e.reverses"
        " WHERE e.reverses IS NOT NULL"
        " AND (o.reverses IS NOT NULL OR o.size <> e.size OR EXISTS ("
        " SELECT 1 FROM ledger_movement AS m LEFT JOIN ledger_movement AS was"
        " ON was.entry_key = o.key AND was.n = m.n AND was.source_id = m.target_id"
        " AND was.target_id = m.source_id AND was.unit_id = m.unit_id AND was.amount = m.amount"
        " WHERE m.entry_key = e.key AND was.n IS NULL))"
        " UNION SELECT e.reverses FROM ledger_entry AS e WHERE e.reverses IS NOT NULL"
        " GROUP BY e.reverses HAVING count(*) > 1"
    )
    return [str(key) for (key,) in rows]


@invariant(_("Jenis setiap catatan dikenal, dan hanya pembatalan yang menunjuk catatan asal"))
def kinds_are_known() -> list[str]:
    return _entries("known") if once(entries).wrong("known") else []


@invariant(_("Setiap catatan dibukukan pada hari kejadiannya atau sesudahnya"))
def entries_are_not_booked_before_they_occurred() -> list[str]:
    return _entries("booked") if once(entries).wrong("booked") else []


@invariant(_("Nomor urut setiap asal positif dan dipakai satu kali"))
def numbers_of_an_origin_are_used_once() -> list[str]:
    faults = _entries("numbered") if once(entries).wrong("numbered") else []
    rows = ask(
        "SELECT origin, origin_seq FROM ledger_entry GROUP BY origin, origin_seq"
        " HAVING count(*) > 1"
    )
    return faults + [f"{origin} {number}" for origin, number in rows]


@invariant(_("Sidik setiap catatan berbentuk SHA-256"))
def digests_are_well_formed() -> list[str]:
    """It is that of the recorder's request, which is not kept: whether somebody changed it, only
    a seal can tell (`karya verify --seals`)."""
    if connection.vendor == "sqlite":
        good = "length(e.digest) = 64 AND e.digest NOT GLOB '*[^0-9a-f]*'"
    else:
        # There and back by the database's own table of digits, five times faster.
        there_and_back = "encode(decode(e.digest::text, 'hex'), 'hex') <> e.digest"
        quick = f"SELECT 1 FROM ledger_entry AS e WHERE length(e.digest) <> 64 OR {there_and_back}"
        with suppress(DatabaseError), transaction.atomic():
            if not ask(quick):
                return []
        good = "e.digest ~ '^[0-9a-f]{64}$'"
    rows = ask(f"SELECT e.key FROM ledger_entry AS e WHERE ({good}) IS NOT TRUE")
    return [str(key) for (key,) in rows]


@invariant(_("Waktu pencatatan tidak pernah mundur dan tidak di masa depan"))
def recording_time_never_goes_back() -> list[str]:
    """On PostgreSQL two transactions at once may take number and time in either order, so there
    only the second half holds for all; for one balance the order is checked by its last time."""
    faults = _entries("recorded") if once(entries).wrong("recorded") else []
    if connection.vendor == "sqlite":
        rows = ask(
            "SELECT key, recorded_at FROM (SELECT key, recorded_at,"
            " lag(recorded_at) OVER (ORDER BY origin_seq) AS before"
            " FROM ledger_entry WHERE origin = 'hub') AS e WHERE recorded_at <= before"
        )
        faults += [f"{key} {recorded_at}" for key, recorded_at in rows]
    return faults


# --- accounts, units, references -----------------------------------------------------------------
@invariant(_("Kelas setiap akun sesuai kodenya"))
def classes_follow_codes() -> list[str]:
    rows = ask(
        "SELECT a.code, a.cls FROM ledger_account AS a"
        f" WHERE a.cls <> {passes.class_of('a.code')} OR a.home = ''"
    )
    return [f"{code} {cls}" for code, cls in rows]


@invariant(_("Setiap satuan adalah rupiah, lot, atau bahan"))
def kinds_of_units_are_known() -> list[str]:
    rows = ask(
        "SELECT u.code, u.kind FROM ledger_unit AS u"
        " WHERE u.kind NOT IN ('money', 'lot', 'material')"
        " OR (u.kind = 'money') <> (u.code = 'IDR')"
    )
    return [f"{code} {kind}" for code, kind in rows]


_POINTS_TO = (
    ("ledger_entry", "by_id", "staff_staff", "key"),
    ("ledger_entry", "reverses", "ledger_entry", "key"),
    ("ledger_balance", "account_id", "ledger_account", "id"),
    ("ledger_balance", "unit_id", "ledger_unit", "id"),
)


def _lost(table: str, column: str, other: str, key: str) -> list[str]:
    rows = ask(
        f"SELECT DISTINCT t.{column} FROM {table} AS t LEFT JOIN {other} AS o"
        f" ON o.{key} = t.{column} WHERE t.{column} IS NOT NULL AND o.{key} IS NULL"
    )
    return [f"{table}.{column} = {value}" for (value,) in rows]


@invariant(_("Setiap rujukan menunjuk baris yang ada"))
def references_lead_somewhere() -> list[str]:
    seen = once(movements)
    faults = [
        f"ledger_movement.{column} = {value}"
        for label, column in (("account", "source_id/target_id"), ("nounit", "unit_id"))
        for value, *_rest in seen.faults.get(label, ())
    ]
    if seen.wrong("sound"):
        faults += _lost("ledger_movement", "entry_key", "ledger_entry", "key")
    for points in _POINTS_TO:
        faults += _lost(*points)
    return faults


@invariant(_("Setiap dokumen mempunyai catatan, akun, dan satuannya dalam pembukuan"))
def documents_have_their_entries() -> list[str]:
    """Rows of other rooms that name an entry, an account or a unit; rooms see to the rest."""
    faults: list[str] = []
    for model in apps.get_models():
        if model._meta.app_label == "ledger" or model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if field.remote_field and field.remote_field.model in (Entry, Account, Unit):
                other = field.remote_field.model._meta
                faults += _lost(
                    model._meta.db_table,
                    field.column,
                    other.db_table,
                    cast("ForeignKey[Any, Any]", field).target_field.column,
                )
    return faults


# --- the database itself -------------------------------------------------------------------------
@invariant(_("Semua penjaga pembukuan terpasang, aktif, dan berisi seperti aslinya"))
def guards_are_there() -> list[str]:
    return blueprint.differences(once(blueprint.drawn), blueprint.GUARDS)


@invariant(_("Semua tabel dan batasan pembukuan terpasang seperti aslinya"))
def constraints_are_there() -> list[str]:
    """Django's own table remake on SQLite would lose them, and STRICT with them."""
    return blueprint.differences(once(blueprint.drawn), blueprint.TABLES)


@invariant(_("Setiap baris memenuhi batasan tabelnya"))
def rows_keep_the_constraints() -> list[str]:
    """Though the constraints are there: on SQLite a connection may have been told to look at
    none, on PostgreSQL they may have been away for a while."""
    faults = _entries("shaped") if once(entries).wrong("shaped") else []
    if once(movements).totals["apart"]:
        faults.append(_now("indeks perpindahan tidak cocok dengan tabelnya"))
    return faults + (_unkept_sqlite() if connection.vendor == "sqlite" else _unkept_postgresql())


def _unkept_sqlite() -> list[str]:
    faults: list[str] = []
    with connection.cursor() as cursor:
        for table in blueprint.own_tables():
            cursor.execute(f"PRAGMA quick_check({table})")
            faults += [said for (said,) in cursor.fetchmany(MOST_FAULTS) if said != "ok"]
    return faults


def _unkept_postgresql() -> list[str]:
    """Entries and movements are asked by invariants of their own: these tables are short."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_expr(conbin, conrelid)"
            " FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = current_schema()::regnamespace"
            " AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            [[name for name in blueprint.own_tables() if name not in blueprint.LONG_TABLES]],
        )
        asked = cursor.fetchall()
    return [
        f"{table}: {name}"
        for table, name, holds in asked
        if ask(f"SELECT 1 FROM {table} WHERE NOT ({holds})".replace("%", "%%"))
    ]
