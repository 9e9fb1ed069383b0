"""What the database refuses, whoever writes: raw SQL, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.models import Entry, Move, text_of
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.make import AT, CHIPS, MELON, made, posted, world
from karyabina.ledger.tests.raw import refused

pytestmark = pytest.mark.django_db
SALE = ("stand:GOR", "outside:buyer", CHIPS, "1")


@pytest.fixture(autouse=True)
def ten_chips_at_the_stand(db: None) -> Iterator[None]:
    world()
    made(10)
    yield
    raw.settle()


# --- what is written stays -----------------------------------------------------------------------
@pytest.mark.parametrize("table", ["account", "unit", "entry", "movement"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_{0}",
        "UPDATE ledger_{0} SET {1} = {1}",
    ],
)
def test_a_row_of_the_books_is_never_changed_or_removed(table: str, statement: str) -> None:
    column = "amount" if table == "movement" else "kind" if table != "account" else "home"
    with refused("append-only"):
        raw.run(statement.format(table, column))


@pytest.mark.parametrize("table", ["account", "unit", "entry", "movement", "balance"])
def test_a_table_of_the_books_is_never_truncated(table: str) -> None:
    raw.settle()
    if raw.sqlite():
        with refused("append-only|only movements"):  # its truncate is a DELETE without WHERE
            raw.run(f"DELETE FROM ledger_{table}")
    else:
        with refused("append-only|only movements"):
            raw.run(f"TRUNCATE ledger_{table} CASCADE")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("account", "id, code, cls, 'BALI', opened_at"),
        ("account", "id + 1000, code, cls, 'BALI', opened_at"),
        ("unit", "id, code, kind"),
        ("unit", "id + 1000, code, kind"),
        ("movement", "entry_key, n, source_id, target_id, unit_id, 3, recorded_at, booked_on"),
        ("balance", "account_id, unit_id, 3, upto"),
        ("balance", "account_id, unit_id, 0, NULL"),
    ],
)
def test_a_row_of_the_books_is_never_replaced(table: str, columns: str) -> None:
    if raw.sqlite():
        with refused("append-only|in order|only movements"):
            raw.run(f"INSERT OR REPLACE INTO ledger_{table} SELECT {columns} FROM ledger_{table}")
        return
    rule = {
        "account": ("(code)", "home = 'BALI'"),
        "unit": ("(code)", "kind = 'material'"),
        "movement": ("(entry_key, n)", "amount = 3"),
        "balance": ("(account_id, unit_id)", "amount = 3"),
    }[table]
    with refused("append-only|only movements|duplicate key"):
        raw.run(
            f"INSERT INTO ledger_{table} SELECT {columns} FROM ledger_{table}"
            f" ON CONFLICT {rule[0]} DO UPDATE SET {rule[1]}"
        )


def test_an_entry_is_never_replaced() -> None:
    there = Entry.objects.get()
    with refused("append-only: this row is already there|duplicate key"):
        raw.entry(key=there.pk)
    with refused("append-only: this row is already there|used_once"):
        raw.entry(origin=there.origin, origin_seq=there.origin_seq)


# --- accounts and units --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "cls"),
    [
        ("store:KFM2", "claim"),
        ("due:KFM2", "holding"),
        ("owed:KFM2", "claim"),
        ("difference:KFM2", "holding"),
        ("outside:KFM2", "holding"),
        ("shop:KFM2", "holding"),
        ("premi:KFM:X:saved", "owed"),
    ],
)
def test_the_class_of_an_account_follows_its_code(code: str, cls: str) -> None:
    with refused("account_class_follows_its_code"):
        raw.run(
            "INSERT INTO ledger_account (code, cls, home, opened_at) VALUES (%s, %s, 'NTT', %s)",
            [code, cls, text_of(AT) if raw.sqlite() else AT],
        )


@pytest.mark.parametrize(
    ("code", "cls"),
    [
        ("store", "holding"),
        ("store:", "holding"),
        ("store::KFM", "holding"),
        ("store:KFM:X", "holding"),
        ("store:-KFM", "holding"),
        ("store:KF M", "holding"),
        ("store:KFM\n", "holding"),
        ("Store:KFM", "holding"),
        ("store:É", "holding"),
        ("premi:KFM:X", "claim"),
        ("premi:KFM:X:spent", "claim"),
        ("state:KFM:4254", "claim"),
        ("state:KFM:42541a", "claim"),
        ("stand:" + "X" * 120, "holding"),
    ],
)
def test_the_code_of_an_account_is_well_formed(code: str, cls: str) -> None:
    with refused("account_code_is_well_formed|account_class_follows_its_code"):
        raw.run(
            "INSERT INTO ledger_account (code, cls, home, opened_at) VALUES (%s, %s, 'NTT', %s)",
            [code, cls, text_of(AT) if raw.sqlite() else AT],
        )


@pytest.mark.parametrize("home", ["", "X" * 61])
def test_an_account_has_a_home(home: str) -> None:
    with refused("account_has_a_home"):
        raw.run(
            "INSERT INTO ledger_account (code, cls, home, opened_at)"
            " VALUES ('store:X', 'holding', %s, %s)",
            [home, text_of(AT) if raw.sqlite() else AT],
        )


@pytest.mark.parametrize("code", ["", "kfm", "1KFM", "KFM CHIPS", "KFM_1", "K" * 25, "KFM\n"])
def test_the_code_of_a_unit_is_well_formed(code: str) -> None:
    with refused("unit_code_is_well_formed"):
        raw.run("INSERT INTO ledger_unit (code, kind) VALUES (%s, 'lot')", [code])


@pytest.mark.parametrize(
    ("code", "kind", "rule"),
    [
        ("KFM-2", "goods", "unit_kind_is_known"),
        ("USD", "money", "unit_of_money_is_the_rupiah"),
    ],
)
def test_a_unit_is_rupiah_lot_or_material(code: str, kind: str, rule: str) -> None:
    with refused(rule):
        raw.run("INSERT INTO ledger_unit (code, kind) VALUES (%s, %s)", [code, kind])


# --- amounts and entries -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "amount", ["0", "-1", "1.5", "0.4", "1000000000000000", "CAST(NULL AS bigint)"]
)
def test_an_amount_is_a_positive_whole_number(amount: str) -> None:
    key = raw.entry()
    with refused("movement_amount_is_a_positive_whole|REAL value|(NOT NULL|not-null) constraint"):
        raw.movements(key, [("outside:workshop", "store:KFM", CHIPS, amount)])
    raw.movements(key, [("outside:workshop", "store:KFM", CHIPS, "1")])


@pytest.mark.parametrize("amount", ["'x'", "1e300", "'1.5'"])
def test_an_amount_is_not_text_or_beyond_all_bounds(amount: str) -> None:
    key = raw.entry()
    with refused("positive_whole|cannot store|is of type text|out of range"):
        raw.movements(key, [("outside:workshop", "store:KFM", CHIPS, amount)])
    raw.movements(key, [("outside:workshop", "store:KFM", CHIPS, "1")])


def test_django_reads_whole_numbers() -> None:
    amounts = list(Entry.objects.get().movements.values_list("amount", flat=True))
    assert amounts == [10]
    assert type(amounts[0]) is int


def test_a_movement_goes_from_one_account_to_another() -> None:
    key = raw.entry()
    with refused("movement_changes_the_account"):
        raw.movements(key, [("stand:GOR", "stand:GOR", CHIPS, "1")])
    raw.movements(key, [SALE])


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"size": 0}, "entry_size_is_within_bounds"),
        ({"size": 1001}, "entry_size_is_within_bounds"),
        ({"kind": "Sale!"}, "entry_kind_is_a_word"),
        ({"origin": ""}, "entry_origin_is_named"),
        ({"origin_seq": 0}, "entry_origin_number_is_positive"),
        ({"occurred_offset": 900}, "entry_offset_is_on_earth"),
        ({"booked_on": "2025-10-28"}, "entry_is_not_booked_before_it_occurred"),
        ({"digest": "x" * 64}, "entry_digest_is_a_sha256"),
        ({"digest": "0" * 63}, "entry_digest_is_a_sha256"),
        ({"note": "x" * 501}, "entry_note_is_short"),
    ],
)
def test_an_entry_is_well_formed(columns: dict[str, object], rule: str) -> None:
    with refused(rule):
        raw.entry(**columns)  # type: ignore[arg-type]


def test_an_entry_is_recorded_by_somebody_who_exists() -> None:
    with refused("(?i:foreign key)"):
        raw.entry(by_id=new_key())
        raw.settle()


def test_the_recording_time_is_the_servers() -> None:
    """SQLite refuses another time; PostgreSQL puts its own."""
    said = text_of(AT) if raw.sqlite() else AT
    if raw.sqlite():
        with refused("recorded_at is the server's time"):
            raw.entry(recorded_at=said)
        return
    key = raw.entry(recorded_at=said)
    raw.movements(key, [SALE])
    assert Entry.objects.get(pk=key).recorded_at > Entry.objects.exclude(pk=key).get().recorded_at


def test_the_recording_time_never_goes_back() -> None:
    times = [posted(Move("stand:GOR", "outside:buyer", CHIPS, 1)).recorded_at for _ in range(9)]
    assert times == sorted(set(times))


def test_a_movement_carries_the_times_of_its_entry() -> None:
    for wrong in ("e.recorded_at, '2025-10-30'", "'2025-10-29 00:00:00.000000', e.booked_on"):
        times = wrong if raw.sqlite() else wrong.replace("'2025-10-30'", "date '2025-10-30'")
        times = times.replace("'2025-10-29 00", "timestamptz '2025-10-29 00")
        if raw.sqlite():
            times = times.replace("timestamptz ", "")
        with refused("carries the times of its entry"):
            key = raw.entry()
            raw.run(
                "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id,"
                f" amount, recorded_at, booked_on) SELECT e.key, 1, s.id, t.id, u.id, 1, {times}"
                " FROM ledger_entry AS e, ledger_account AS s, ledger_account AS t,"
                " ledger_unit AS u WHERE e.key = %s AND s.code = 'stand:GOR'"
                " AND t.code = 'outside:buyer' AND u.code = 'KFM-CHIPS-1'",
                [key],
            )


# --- whole entries -------------------------------------------------------------------------------
def test_an_entry_without_its_movements_does_not_stay() -> None:
    with refused("(?i:foreign key)"):
        raw.entry(size=2)
        raw.settle()


def test_an_entry_with_a_movement_missing_does_not_stay() -> None:
    with refused("(?i:foreign key)|in order, within the size"):
        key = raw.entry(size=2)
        raw.movements(key, [SALE])
        raw.settle()


def test_an_old_entry_never_grows() -> None:
    with refused("in order, within the size"):
        raw.movements(Entry.objects.get().pk, [SALE], first=2)


@pytest.mark.parametrize("first", [0, 2])
def test_movements_are_numbered_from_one(first: int) -> None:
    with refused("in order|movement_number_is_positive|(?i:foreign key)"):
        key = raw.entry(size=1)
        raw.movements(key, [SALE], first=first)
        raw.settle()


def test_movements_without_an_entry_are_refused() -> None:
    with refused("in order|(?i:foreign key)"):
        raw.run(
            "INSERT INTO ledger_movement SELECT %s, n, source_id, target_id, unit_id, amount,"
            " recorded_at, booked_on FROM ledger_movement",
            [new_key()],
        )


def test_accounts_and_units_of_a_movement_exist() -> None:
    for column in ("source_id", "target_id", "unit_id"):
        chosen = {"source_id": "s.id", "target_id": "t.id", "unit_id": "u.id"} | {column: "987654"}
        with refused("(?i:foreign key)|not there yet"):
            key = raw.entry()
            raw.run(
                "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
                f" recorded_at, booked_on) SELECT e.key, 1, {', '.join(chosen.values())}, 1,"
                " e.recorded_at, e.booked_on FROM ledger_entry AS e, ledger_account AS s,"
                " ledger_account AS t, ledger_unit AS u WHERE e.key = %s"
                " AND s.code = 'outside:workshop' AND t.code = 'store:KFM'"
                " AND u.code = 'KFM-CHIPS-1'",
                [key],
            )
            raw.settle()


def test_one_insert_does_not_mix_two_entries() -> None:
    """On SQLite the second entry cannot begin before the first is whole."""
    with refused("in order, within the size|the entry before is not whole"):
        first, second = raw.entry(), raw.entry()
        raw.run(
            "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
            " recorded_at, booked_on) SELECT e.key, 1, m.source_id, m.target_id, m.unit_id, 1,"
            " e.recorded_at, e.booked_on FROM ledger_entry AS e, ledger_movement AS m"
            " WHERE e.key IN (%s, %s)",
            [first, second],
        )


# --- balances ------------------------------------------------------------------------------------
def test_a_holding_is_never_below_zero() -> None:
    with refused("not enough"):
        raw.whole(("stand:GOR", "outside:buyer", CHIPS, "11"))
    assert books.balance("stand:GOR", CHIPS) == 10


def test_a_claim_is_never_below_zero() -> None:
    with refused("not enough"):
        raw.whole(("due:KFM", "owed:NTT", "IDR", "1"))


def test_what_is_owed_and_what_differs_may_be_below_zero() -> None:
    raw.whole(("owed:NTT", "due:KFM", "IDR", "5000"))
    raw.whole(("difference:GOR", "stand:GOR", CHIPS, "2"))
    assert books.balance("owed:NTT", "IDR") == -5000
    assert books.balance("difference:GOR", CHIPS) == -2


def test_an_entry_counts_as_a_whole() -> None:
    """Nothing is at the store before, during the entry it is emptied first and filled after."""
    raw.whole(
        ("store:KFM", "transit:T1", CHIPS, "4"),
        ("transit:T1", "stand:TWO", CHIPS, "4"),
        ("outside:workshop", "store:KFM", CHIPS, "4"),
    )
    assert books.holders(CHIPS) == {"stand:GOR": 10, "stand:TWO": 4}
    with refused("not enough"):
        raw.whole(
            ("store:KFM", "transit:T1", CHIPS, "5"), ("outside:workshop", "store:KFM", CHIPS, "4")
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_balance SET amount = amount + 1",
        "UPDATE ledger_balance SET amount = amount",
        "UPDATE ledger_balance SET upto = NULL",
        "UPDATE ledger_balance SET account_id = account_id + 1",
        "DELETE FROM ledger_balance",
        "INSERT INTO ledger_balance SELECT id, (SELECT max(id) FROM ledger_unit), 5, NULL"
        " FROM ledger_account WHERE code = 'store:KFM'",
        "INSERT INTO ledger_balance SELECT a.id, u.id, 0, e.recorded_at FROM ledger_account AS a,"
        " ledger_unit AS u, ledger_entry AS e WHERE a.code = 'store:KFM' AND u.code = 'IDR'",
        "INSERT INTO ledger_balance SELECT id, (SELECT max(id) FROM ledger_unit), 0, NULL"
        " FROM ledger_account WHERE code = 'outside:buyer'",
    ],
)
def test_only_movements_change_a_balance(statement: str) -> None:
    with refused("only movements change a balance"):
        raw.run(statement)


def test_a_balance_does_not_change_twice_for_one_entry() -> None:
    """Not even by what its last entry brought, and not with that entry's own time."""
    with refused("only movements change a balance"):
        raw.run(
            "UPDATE ledger_balance SET amount = amount + 10,"
            " upto = (SELECT max(recorded_at) FROM ledger_entry)"
        )


def test_a_balance_does_not_change_before_its_entry_is_whole() -> None:
    with refused("only movements|in order"):
        key = raw.entry(size=2)
        raw.movements(key, [SALE])
        raw.run(
            "UPDATE ledger_balance SET amount = amount - 1,"
            " upto = (SELECT max(recorded_at) FROM ledger_entry)"
        )


@pytest.mark.parametrize("verb", ["INSERT OR IGNORE INTO", "INSERT OR REPLACE INTO"])
def test_no_kind_of_insert_slips_past_the_balance(verb: str) -> None:
    verb = verb if raw.sqlite() else "INSERT INTO"
    with refused("not enough"):
        key = raw.entry(size=1)
        raw.movements(key, [("stand:GOR", "outside:buyer", CHIPS, "11")], verb=verb)
    key = raw.entry(size=1)
    raw.movements(key, [("stand:GOR", "outside:buyer", CHIPS, "10")], verb=verb)
    assert books.balance("stand:GOR", CHIPS) == 0


def test_outside_has_no_balance() -> None:
    assert not raw.run(
        "SELECT 1 FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id"
        " WHERE a.cls = 'outside'"
    )


# --- what is held where --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "row",
    [
        ("outside:world", "store:KFM", "IDR", "1"),
        ("outside:world", "stand:GOR", "IDR", "1"),
        ("outside:world", "transit:T1", "IDR", "1"),
        ("outside:world", "cash:S1", CHIPS, "1"),
        ("outside:world", "bank:NTT", CHIPS, "1"),
        ("owed:NTT", "due:KFM", CHIPS, "1"),
    ],
)
def test_money_and_goods_are_in_their_own_accounts(row: tuple[str, str, str, str]) -> None:
    with refused("does not hold this unit"):
        raw.whole(row)


def test_material_is_in_its_own_account() -> None:
    ledger.open_account(code="material:KFM", home="KFM", at=AT)
    ledger.add_unit(code="BANANA", kind="material")
    raw.whole(("outside:world", "material:KFM", "BANANA", "500"))
    with refused("does not hold this unit"):
        raw.whole(("outside:world", "material:KFM", CHIPS, "1"))


@pytest.mark.parametrize(
    "row",
    [
        ("outside:world", "due:KFM", "IDR", "1"),
        ("owed:NTT", "cash:S1", "IDR", "1"),
        ("difference:GOR", "due:KFM", "IDR", "1"),
    ],
)
def test_a_claim_moves_only_against_a_claim_or_a_debt(row: tuple[str, str, str, str]) -> None:
    with refused("a claim moves only against a claim or a debt"):
        raw.whole(row)


# --- reversals -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rows",
    [
        [("outside:buyer", "stand:GOR", CHIPS, "1")],
        [("outside:buyer", "stand:GOR", CHIPS, "2"), ("cash:S1", "outside:buyer", "IDR", "4999")],
        [("outside:buyer", "stand:TWO", CHIPS, "2"), ("cash:S1", "outside:buyer", "IDR", "5000")],
        [("outside:buyer", "stand:GOR", MELON, "2"), ("cash:S1", "outside:buyer", "IDR", "5000")],
        [("cash:S1", "outside:buyer", "IDR", "5000"), ("outside:buyer", "stand:GOR", CHIPS, "2")],
    ],
)
def test_a_reversal_mirrors_its_original(rows: list[tuple[str, str, str, str]]) -> None:
    original = posted(
        Move("stand:GOR", "outside:buyer", CHIPS, 2), Move("outside:buyer", "cash:S1", "IDR", 5000)
    )
    with refused("a reversal mirrors its original"):
        raw.whole(*rows, reverses=original.pk)
    raw.whole(
        ("outside:buyer", "stand:GOR", CHIPS, "2"),
        ("cash:S1", "outside:buyer", "IDR", "5000"),
        reverses=original.pk,
    )


def test_a_reversal_happens_once_and_is_not_reversed() -> None:
    original = posted(Move("stand:GOR", "outside:buyer", CHIPS, 2))
    back = ("outside:buyer", "stand:GOR", CHIPS, "2")
    reversal = raw.whole(back, reverses=original.pk)
    with refused("append-only: this row is already there|reverses_key"):
        raw.whole(back, reverses=original.pk)
    with refused("a reversal cannot be reversed"):
        raw.whole(("stand:GOR", "outside:buyer", CHIPS, "2"), reverses=reversal)


def test_a_reversal_has_an_original() -> None:
    key = new_key()
    with refused("(?i:foreign key)|entry_does_not_reverse_itself"):
        raw.whole(SALE, key=key, reverses=key)
    with refused("(?i:foreign key)|not there yet"):
        raw.whole(SALE, reverses=new_key())


def deferred() -> None:
    """Let references lead nowhere until the end of the transaction, as a client may ask."""
    raw.run("PRAGMA defer_foreign_keys = ON" if raw.sqlite() else "SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("side", ["source_id", "target_id", "unit_id"])
def test_a_movement_never_runs_ahead_of_its_account_or_unit(side: str) -> None:
    """Booked before the account is there, it would have no class, no balance and no bottom."""
    deferred()
    chosen = {"source_id": "s.id", "target_id": "t.id", "unit_id": "u.id"} | {side: "987654"}
    with refused("(?i:foreign key)|not there yet"):
        key = raw.entry()
        raw.run(
            "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
            f" recorded_at, booked_on) SELECT e.key, 1, {', '.join(chosen.values())}, 1,"
            " e.recorded_at, e.booked_on FROM ledger_entry AS e, ledger_account AS s,"
            " ledger_account AS t, ledger_unit AS u WHERE e.key = %s"
            " AND s.code = 'outside:workshop' AND t.code = 'stand:GOR'"
            " AND u.code = 'KFM-CHIPS-1'",
            [key],
        )


def test_a_reversal_never_runs_ahead_of_its_original() -> None:
    deferred()
    later = new_key()
    with refused("(?i:foreign key)|not there yet"):
        raw.entry(reverses=later)
        if not raw.sqlite():
            raw.movements(later, [SALE])


def test_a_reversal_is_not_reversed_by_one_that_was_there_before_it() -> None:
    """Two entries in one INSERT, the reversal of the reversal first."""
    if raw.sqlite():
        return  # the first of them is not whole when the second begins
    original = posted(Move("stand:GOR", "outside:buyer", CHIPS, 2))
    second, first = new_key(), new_key()
    with refused("a reversal cannot be reversed"):
        raw.run(
            "INSERT INTO ledger_entry SELECT new.key, kind, 'raw', new.seq, by_id, occurred_at,"
            " occurred_offset, recorded_at, booked_on, size, digest, new.of, note"
            " FROM ledger_entry AS e, (VALUES (1, %s::uuid, %s::uuid), (2, %s::uuid, %s::uuid))"
            " AS new (seq, key, of) WHERE e.key = %s ORDER BY new.seq",
            [second, first, first, original.pk, original.pk],
        )
        raw.movements(first, [("outside:buyer", "stand:GOR", CHIPS, "2")])
        raw.movements(second, [("stand:GOR", "outside:buyer", CHIPS, "2")])
        raw.settle()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_account (code, cls, home, opened_at)"
        " SELECT 'store:BOTTOMLESS', 'outside', home, opened_at FROM ledger_account LIMIT 1",
        "INSERT INTO ledger_unit (code, kind) VALUES ('USD', 'money')",
    ],
)
def test_a_connection_that_checks_nothing_writes_nothing(statement: str) -> None:
    """SQLite alone can be told to look at no CHECK: a movement of less than nothing."""
    if not raw.sqlite():
        return
    raw.run("PRAGMA ignore_check_constraints = ON")
    try:
        with refused("the checks of this connection are off"):
            raw.run(statement)
        with refused("the checks of this connection are off"):
            raw.entry(size=0)
    finally:
        raw.run("PRAGMA ignore_check_constraints = OFF")


def test_checks_cannot_be_put_off_in_the_middle_of_an_entry() -> None:
    if not raw.sqlite():
        return
    key = raw.entry()
    raw.run("PRAGMA ignore_check_constraints = ON")
    try:
        with refused("the checks of this connection are off"):
            raw.movements(key, [("stand:GOR", "outside:buyer", CHIPS, "-5")])
    finally:
        raw.run("PRAGMA ignore_check_constraints = OFF")
    raw.movements(key, [SALE])
