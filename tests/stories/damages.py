"""The ways in which `test_corruptions.py` damages the books: in words, in SQL, and who notices."""

from dataclasses import dataclass

from karyabina.ledger.tests import raw


def entry_of(kind: str) -> str:
    text, uuid = ("", "") if raw.sqlite() else ("::text", "::uuid")
    return f"(SELECT max(key{text}) FROM ledger_entry WHERE kind = '{kind}'){uuid}"


def account(code: str) -> str:
    return f"(SELECT min(id) FROM ledger_account WHERE code LIKE '{code}')"


IDR = "(SELECT id FROM ledger_unit WHERE code = 'IDR')"
LOT = "(SELECT min(id) FROM ledger_unit WHERE kind = 'lot')"
SALE, SETTLED, REVERSAL = "sale", "settlement", "reversal"


def movement(change: str, where: str, kind: str = SALE) -> str:
    return f"UPDATE ledger_movement SET {change} WHERE entry_key = {{{kind}}} AND {where}"


@dataclass(frozen=True)
class Case:
    """One way to damage the books: in words, in SQL, and which check has to notice."""

    words: str
    noticed_by: str
    sql: tuple[str, ...]
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.words


def case(words: str, noticed_by: str, *sql: str, without: tuple[str, ...] = ()) -> Case:
    return Case(words, noticed_by, sql, without)


AMOUNT = ("movement_amount_is_a_positive_whole",)
MONEY_AT = "n = (SELECT min(n) FROM ledger_movement WHERE entry_key = {sale} AND unit_id = {idr})"
OTHER_KEY = "'00000000000070008000000000000001'"
SET_RIGHT = (
    "UPDATE ledger_balance SET amount = coalesce((SELECT sum(CASE WHEN m.target_id = account_id"
    " THEN m.amount ELSE -m.amount END) FROM ledger_movement AS m"
    " WHERE m.unit_id = ledger_balance.unit_id"
    " AND account_id IN (m.source_id, m.target_id)), 0),"
    " upto = (SELECT max(m.recorded_at) FROM ledger_movement AS m"
    " WHERE m.unit_id = ledger_balance.unit_id AND account_id IN (m.source_id, m.target_id))"
)

CASES = [
    # balances
    case("a balance is raised", "balances_follow_movements",
         "UPDATE ledger_balance SET amount = amount + 1 WHERE account_id = {store}"),
    case("money appears in a drawer", "every_lot_is_somewhere",
         "UPDATE ledger_balance SET amount = amount + 1000 WHERE account_id = {cash}"),
    case("a store falls below zero", "nothing_held_is_below_zero",
         "UPDATE ledger_balance SET amount = -1 WHERE account_id = {store}"),
    case("a debt is forgiven", "claims_mirror_debts",
         "UPDATE ledger_balance SET amount = 0 WHERE account_id = {owed}"),
    case("a balance is taken away", "balances_follow_movements",
         "DELETE FROM ledger_balance WHERE amount <> 0 AND account_id = {store}"),
    case("an empty balance is taken away", "balances_know_their_last_movement",
         "DELETE FROM ledger_balance WHERE amount = 0 AND upto IS NOT NULL"),
    case("a balance is kept for the world outside", "outside_has_no_balance",
         "INSERT INTO ledger_balance VALUES ({buyer}, {lot}, 0, NULL)"),
    case("a balance appears that nothing moved into", "balances_follow_movements",
         "INSERT INTO ledger_balance VALUES ({cash}, {lot}, 5, NULL)"),
    case("a balance forgets its last movement", "balances_know_their_last_movement",
         "UPDATE ledger_balance SET upto = NULL WHERE account_id = {store}"),
    case("a balance claims a later movement", "balances_know_their_last_movement",
         "UPDATE ledger_balance SET upto = '2026-01-01 00:00:00.000000+00'"
         " WHERE account_id = {store}"),
    # movements
    case("an amount is changed", "balances_follow_movements",
         movement("amount = amount + 1", "n = 1")),
    case("an amount is changed and the balances with it", "every_sold_piece_left_the_books",
         movement("amount = amount + 1", "n = 1"), SET_RIGHT),
    case("an amount is made negative", "amounts_are_positive_and_whole",
         movement("amount = -amount", "n = 1"), without=AMOUNT),
    case("an amount is made nothing", "amounts_are_positive_and_whole",
         movement("amount = 0", "n = 1"), SET_RIGHT, without=AMOUNT),
    case("an amount is made too large to be true", "amounts_are_positive_and_whole",
         movement("amount = 1000000000000000", "n = 1"), without=AMOUNT),
    case("a movement goes in a circle", "movements_change_the_account",
         movement("target_id = source_id", "n = 1"), without=("movement_changes_the_account",)),
    case("the goods come out of another stand", "balances_follow_movements",
         movement("source_id = {store}", "n = 1")),
    case("another lot was sold", "balances_follow_movements",
         "INSERT INTO ledger_unit (code, kind) VALUES ('LAIN-1', 'lot')",
         movement("unit_id = (SELECT id FROM ledger_unit WHERE code = 'LAIN-1')", "n = 1")),
    case("a movement is taken away", "entries_are_whole",
         "DELETE FROM ledger_movement WHERE entry_key = {sale} AND n = 1"),
    case("a movement is taken away and the balances set right", "entries_are_whole",
         "DELETE FROM ledger_movement WHERE entry_key = {sale} AND n = 1", SET_RIGHT),
    case("the last movement of an entry is taken away", "entries_are_whole",
         "DELETE FROM ledger_movement WHERE entry_key = {settlement} AND n ="
         " (SELECT size FROM ledger_entry WHERE key = {settlement})"),
    case("a movement is added", "entries_are_whole",
         "INSERT INTO ledger_movement SELECT key, size + 1, {buyer}, {cash}, {idr}, 500,"
         " recorded_at, booked_on FROM ledger_entry WHERE key = {sale}", SET_RIGHT),
    case("a movement changes its number", "entries_are_whole",
         movement("n = 900", "n = 1")),
    case("a movement changes its entry", "entries_are_whole",
         movement("entry_key = {settlement}, n = 900", "n = 1")),
    case("money lies in a store", "accounts_hold_their_units",
         movement("target_id = {store}", MONEY_AT), SET_RIGHT),
    case("goods lie in a drawer", "accounts_hold_their_units",
         movement("target_id = {cash}", "n = 1"), SET_RIGHT),
    case("a claim moves without its debt", "claims_move_against_debts",
         movement("source_id = {cash}", "source_id = {owed}"), SET_RIGHT),
    case("a movement names an account that is not there", "references_lead_somewhere",
         movement("source_id = 999999", "n = 1")),
    case("a movement names a unit that is not there", "references_lead_somewhere",
         movement("unit_id = 999999", "n = 1")),
    case("a lot is made out of nothing", "productions_are_booked",
         movement("source_id = {difference}", "n = 1", "production"), SET_RIGHT),
    # entries
    case("an entry is taken away, its movements stay", "references_lead_somewhere",
         "DELETE FROM ledger_entry WHERE key = {sale}"),
    case("an entry is taken away with its movements", "balances_follow_movements",
         "DELETE FROM ledger_movement WHERE entry_key = {sale}",
         "DELETE FROM ledger_entry WHERE key = {sale}"),
    case("an entry is taken away and the balances set right", "documents_have_their_entries",
         "DELETE FROM ledger_movement WHERE entry_key = {sale}",
         "DELETE FROM ledger_entry WHERE key = {sale}", SET_RIGHT),
    case("an entry changes its size", "entries_are_whole",
         "UPDATE ledger_entry SET size = size + 1 WHERE key = {sale}"),
    case("two entries change their sizes against each other", "entries_are_whole",
         "UPDATE ledger_entry SET size = size + 1 WHERE key = {sale}",
         "UPDATE ledger_entry SET size = size - 1 WHERE key = {settlement}"),
    case("an entry changes its day", "movements_carry_the_times_of_their_entry",
         "UPDATE ledger_entry SET booked_on = '2025-12-01' WHERE key = {sale}"),
    case("a movement changes its day", "movements_carry_the_times_of_their_entry",
         movement("booked_on = '2025-12-01'", "n = 2")),
    case("an entry is booked before it happened", "entries_are_not_booked_before_they_occurred",
         "UPDATE ledger_entry SET booked_on = '2025-01-01' WHERE key = {sale}",
         movement("booked_on = '2025-01-01'", "n > 0"),
         without=("entry_is_not_booked_before_it_occurred",)),
    case("an entry changes its time", "movements_carry_the_times_of_their_entry",
         "UPDATE ledger_entry SET recorded_at = '2020-01-01 00:00:00.000000+00'"
         " WHERE key = {sale}"),
    case("a movement changes its time", "movements_carry_the_times_of_their_entry",
         movement("recorded_at = '2020-01-01 00:00:00.000000+00'", "n = 1")),
    case("an entry and its movements are put back in time", "balances_know_their_last_movement",
         "UPDATE ledger_entry SET recorded_at = '2020-01-01 00:00:00.000000+00'"
         " WHERE key = {settlement}",
         movement("recorded_at = '2020-01-01 00:00:00.000000+00'", "n > 0", SETTLED)),
    case("an entry and its movements lie in the future", "recording_time_never_goes_back",
         "UPDATE ledger_entry SET recorded_at = '2999-01-01 00:00:00.000000+00'"
         " WHERE key = {sale}",
         movement("recorded_at = '2999-01-01 00:00:00.000000+00'", "n > 0"), SET_RIGHT),
    case("an entry changes its kind for another", "documents_explain_entries_of_their_kind",
         "UPDATE ledger_entry SET kind = 'found' WHERE key = {receipt}"),
    case("an entry is of a kind that nobody knows", "kinds_are_known",
         "UPDATE ledger_entry SET kind = 'gift' WHERE key = {sale}"),
    case("a reversal points to another entry", "reversals_mirror_their_original",
         "UPDATE ledger_entry SET reverses = {sale} WHERE key = {reversal}"),
    case("a reversal points to nothing", "references_lead_somewhere",
         f"UPDATE ledger_entry SET reverses = {OTHER_KEY} WHERE key = {{reversal}}"),
    case("a reversal forgets what it reverses", "kinds_are_known",
         "UPDATE ledger_entry SET reverses = NULL WHERE key = {reversal}"),
    case("a reversal moves another amount", "reversals_mirror_their_original",
         movement("amount = 1", "n = 1", REVERSAL), SET_RIGHT),
    case("an entry changes its key", "references_lead_somewhere",
         f"UPDATE ledger_entry SET key = {OTHER_KEY} WHERE key = {{sale}}"),
    case("an entry and its movements change their key", "documents_have_their_entries",
         f"UPDATE ledger_movement SET entry_key = {OTHER_KEY} WHERE entry_key = {{sale}}",
         f"UPDATE ledger_entry SET key = {OTHER_KEY} WHERE key = {{sale}}"),
    case("an entry loses its number", "numbers_of_an_origin_are_used_once",
         "UPDATE ledger_entry SET origin_seq = -origin_seq WHERE key = {sale}",
         without=("entry_origin_number_is_positive",)),
    case("an entry was recorded by nobody", "references_lead_somewhere",
         f"UPDATE ledger_entry SET by_id = {OTHER_KEY} WHERE key = {{sale}}"),
    case("a digest is shortened", "digests_are_well_formed",
         "UPDATE ledger_entry SET digest = substr(digest, 1, 60) WHERE key = {sale}",
         without=("entry_digest_is_a_sha256",)),
    case("a digest holds another letter", "digests_are_well_formed",
         "UPDATE ledger_entry SET digest = 'x' || substr(digest, 2) WHERE key = {sale}",
         without=("entry_digest_is_a_sha256",)),
    case("a digest is in capitals", "digests_are_well_formed",
         "UPDATE ledger_entry SET digest = 'ABCDEF' || substr(digest, 7) WHERE key = {sale}",
         without=("entry_digest_is_a_sha256",)),
    case("a note is longer than a note may be", "rows_keep_the_constraints",
         "UPDATE ledger_entry SET note = replace('" + "x" * 501 + "', 'x', 'y')"
         " WHERE key = {sale}", without=("entry_note_is_short",)),
    # accounts and units
    case("an account changes its class", "classes_follow_codes",
         "UPDATE ledger_account SET cls = 'owed' WHERE id = {store}",
         without=("account_class_follows_its_code",)),
    case("an account changes its code", "only_what_travels_is_in_transit",
         "UPDATE ledger_account SET code = 'transit:LAIN' WHERE id = {transit}"),
    case("an account changes its home", "accounts_of_an_office_are_at_home_there",
         "UPDATE ledger_account SET home = 'NTT' WHERE id = {store}"),
    case("an account is taken away", "references_lead_somewhere",
         "DELETE FROM ledger_account WHERE id = {store}"),
    case("a lot becomes a material", "lots_are_their_units",
         "UPDATE ledger_unit SET kind = 'material' WHERE id = {lot}"),
    case("a lot becomes money", "kinds_of_units_are_known",
         "UPDATE ledger_unit SET kind = 'money' WHERE id = {lot}",
         without=("unit_of_money_is_the_rupiah",)),
    case("a lot changes its code", "lots_are_their_units",
         "UPDATE ledger_unit SET code = 'LAIN-2' WHERE id = {lot}"),
]  # fmt: skip


def filled(sql: str) -> str:
    """The statement for this engine and these books."""
    names = {
        kind: entry_of(kind) for kind in ("sale", "settlement", "reversal", "production", "receipt")
    }
    names |= {
        "store": account("store:KLB"),
        "cash": account("cash:%%"),
        "owed": account("owed:NTT"),
        "buyer": account("outside:buyer"),
        "difference": account("difference:KLB"),
        "transit": "(SELECT max(b.account_id) FROM ledger_balance AS b JOIN ledger_account AS a"
        " ON a.id = b.account_id WHERE a.code LIKE 'transit:%%' AND b.amount > 0)",
        "idr": IDR,
        "lot": LOT,
    }
    filled_in = sql.format(**names).format(**names)
    return filled_in.replace(".000000+00'", ".000000'") if raw.sqlite() else filled_in
