"""What the database refuses, whoever writes: raw SQL, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger.models import Entry, Move, text_of
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.make import AT, CHIPS, made, posted, world
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


def test_one_insert_writes_only_whole_entries() -> None:
    """On SQLite the second entry cannot begin before the first is whole."""
    with refused("in order, within the size|the entry before is not whole"):
        first, second = raw.entry(), raw.entry(size=2)
        raw.run(
            "INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,"
            " recorded_at, booked_on) SELECT e.key, 1, m.source_id, m.target_id, m.unit_id, 1,"
            " e.recorded_at, e.booked_on FROM ledger_entry AS e, ledger_movement AS m"
            " WHERE e.key IN (%s, %s)",
            [first, second],
        )
