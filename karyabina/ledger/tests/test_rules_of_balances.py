"""What the database refuses of balances, claims and reversals: raw SQL, on both engines."""

from collections.abc import Iterator

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.models import Move
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
    with refused("what is reversed is not there yet"):
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
