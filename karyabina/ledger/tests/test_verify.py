"""`karya verify` is silent about right books and names what is wrong with damaged ones."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from karyabina.base import guards
from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import verify
from karyabina.ledger.actions.checks import record_check
from karyabina.ledger.models import Check, Entry, Move, Movement
from karyabina.ledger.tests import raw
from karyabina.ledger.tests.make import AT, CHIPS, made, person, posted, world

CASH_AND_CHIPS = [
    Move("stand:GOR", "outside:buyer", CHIPS, 2),
    Move("outside:buyer", "cash:S1", "IDR", 24_900),
    Move("owed:NTT", "due:KFM", "IDR", 24_900),
]


def some_books() -> None:
    world()
    made(10)
    for _ in range(3):
        sale = posted(*CASH_AND_CHIPS)
    ledger.reverse(key=new_key(), original=sale, by=person(), occurred_at=AT,
                   reason="Salah")  # fmt: skip


def wrong() -> dict[str, tuple[str, ...]]:
    """The check that found something → what it found."""
    rules = verify.rules(of="karyabina.ledger")
    found = zip(rules, verify.run(of="karyabina.ledger"), strict=True)
    return {rule.check.__name__: one.faults for rule, one in found if one.faults}


@contextmanager
def damaged(*statements: str) -> Iterator[None]:
    """Books that somebody with all powers has changed, until the end of the block."""
    with transaction.atomic():
        with guards.lifted():
            for statement in statements:
                raw.run(statement)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def books(db: None) -> None:
    some_books()


# --- damage that only a superuser can do: `tests/stories/test_corruptions.py` does much more ----
LOT = "(SELECT id FROM ledger_unit WHERE code = 'KFM-CHIPS-1')"
ONE = "(SELECT key FROM ledger_entry WHERE kind = 'production')"
LAST = "(SELECT key FROM ledger_entry WHERE kind = 'reversal')"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            f"UPDATE ledger_balance SET amount = amount + 1 WHERE unit_id = {LOT}",
            {"balances_follow_movements", "every_lot_is_somewhere"},
        ),
        (
            f"UPDATE ledger_movement SET amount = amount - 1 WHERE entry_key = {ONE}",
            {"balances_follow_movements", "every_lot_is_somewhere"},
        ),
        (
            "UPDATE ledger_balance SET upto = NULL",
            {"balances_know_their_last_movement"},
        ),
        (
            f"UPDATE ledger_movement SET booked_on = '2025-11-01' WHERE entry_key = {ONE}",
            {"movements_carry_the_times_of_their_entry"},
        ),
    ],
)
def test_damage_is_found_by_what_it_touches_alone(
    books: None, damage: str, found: set[str]
) -> None:
    assert wrong() == {}
    with damaged(damage):
        assert set(wrong()) == found
    assert wrong() == {}


def test_an_account_of_a_wrong_class_is_found(books: None) -> None:
    damage = "UPDATE ledger_account SET cls = 'owed' WHERE code = 'stand:TWO'"
    if raw.sqlite():
        raw.run("PRAGMA ignore_check_constraints = ON")
        try:
            with damaged(damage):
                assert wrong() == {"classes_follow_codes": ("stand:TWO owed",)}
        finally:
            raw.run("PRAGMA ignore_check_constraints = OFF")
    else:
        raw.settle()
        drop = "ALTER TABLE ledger_account DROP CONSTRAINT account_class_follows_its_code"
        with damaged(drop, damage):
            assert wrong()["classes_follow_codes"] == ("stand:TWO owed",)
            assert wrong()["constraints_are_there"] == ("account_class_follows_its_code tidak ada",)
    assert wrong() == {}


def test_a_fault_is_named(books: None) -> None:
    with damaged(f"UPDATE ledger_balance SET amount = 9 WHERE unit_id = {LOT}"):
        assert wrong()["balances_follow_movements"] == (
            f"stand:GOR: saldo 9 {CHIPS}, perpindahannya berjumlah 6",
        )


def test_only_a_few_of_many_faults_are_shown(books: None) -> None:
    for _ in range(20):
        posted(*CASH_AND_CHIPS[1:])
    with damaged("UPDATE ledger_movement SET booked_on = '2025-11-01'"):
        assert len(wrong()["movements_carry_the_times_of_their_entry"]) == verify.MOST_FAULTS


@pytest.mark.django_db(transaction=True)
def test_a_missing_movement_and_a_lost_reference_are_found() -> None:
    """Foreign keys are off meanwhile, so this is done in the open and the tables thrown away."""
    some_books()
    assert wrong() == {}
    with guards.lifted():
        raw.run(f"DELETE FROM ledger_movement WHERE n = 2 AND entry_key = {LAST}")
    assert {"entries_are_whole", "balances_follow_movements"} <= set(wrong())
    with guards.lifted():
        raw.run(f"DELETE FROM ledger_entry WHERE key = {ONE}")
    assert any(
        "ledger_movement.entry_key" in fault for fault in wrong()["references_lead_somewhere"]
    )


@pytest.mark.django_db(transaction=True)
def test_a_missing_guard_is_found() -> None:
    on = "" if raw.sqlite() else " ON ledger_entry"
    raw.run(f"DROP TRIGGER ledger_entry_no_update{on}")
    try:
        assert wrong() == {"guards_are_there": ("ledger_entry_no_update tidak ada",)}
        if not raw.sqlite():
            guards.install()
            raw.run("ALTER TABLE ledger_movement DISABLE TRIGGER ledger_movement_books")
            assert wrong() == {"guards_are_there": ("ledger_movement_books berbeda dari aslinya",)}
            raw.run("ALTER TABLE ledger_movement ENABLE TRIGGER ledger_movement_books")
    finally:
        guards.install()
    assert wrong() == {}


@pytest.mark.django_db(transaction=True)
def test_a_missing_constraint_is_found() -> None:
    """On SQLite this is what happens when Django remakes the table for a change of its own."""
    if raw.sqlite():
        with transaction.atomic():
            with guards.lifted(), connection.cursor() as cursor:
                cursor.execute("ALTER TABLE ledger_balance RENAME TO gone")
                cursor.execute(
                    "CREATE TABLE ledger_balance (account_id bigint, unit_id bigint,"
                    " amount bigint, upto text, PRIMARY KEY (account_id, unit_id))"
                )
            assert wrong() == {"constraints_are_there": ("ledger_balance berbeda dari aslinya",)}
            transaction.set_rollback(True)
    else:
        with transaction.atomic():
            raw.run("ALTER TABLE ledger_movement DROP CONSTRAINT movement_number_is_positive")
            assert wrong() == {"constraints_are_there": ("movement_number_is_positive tidak ada",)}
            transaction.set_rollback(True)
    assert wrong() == {}


# --- the command ---------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_command_says_that_the_books_are_right() -> None:
    some_books()
    out = StringIO()
    call_command("verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert all(line.startswith("benar  ") for line in lines[:-1])
    assert lines[-1] == f"Pembukuan benar: {len(lines) - 1} pernyataan diperiksa."
    assert len(lines) > 16


def test_the_command_ends_with_1_and_names_the_fault(books: None) -> None:
    out = StringIO()
    damage = f"UPDATE ledger_balance SET amount = 9 WHERE unit_id = {LOT}"
    with damaged(damage), pytest.raises(SystemExit) as end:
        call_command("verify", stdout=out)
    assert end.value.code == 1
    assert "SALAH  Setiap saldo sama dengan jumlah perpindahannya" in out.getvalue()
    assert f"stand:GOR: saldo 9 {CHIPS}" in out.getvalue()


def test_the_command_speaks_json(books: None) -> None:
    out = StringIO()
    call_command("verify", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["right"] is True
    assert len(said["invariants"]) >= 16
    assert {"sentence", "faults"} == set(said["invariants"][0])


def test_other_rooms_add_their_own_invariants(books: None) -> None:
    def nothing_is_sold() -> list[str]:
        return [str(key) for key in Entry.objects.filter(kind="sale").values_list("pk", flat=True)]

    before = list(verify._RULES)
    try:
        verify.invariant("Belum ada yang terjual")(nothing_is_sold)
        verify.invariant("Belum ada yang terjual")(nothing_is_sold)
        found = [f for f in verify.run(of=__name__) if f.faults]
    finally:
        verify._RULES[:] = before
    assert [f.sentence for f in found] == ["Belum ada yang terjual"]
    assert len(found[0].faults) == 3


def test_a_check_that_cannot_be_made_is_a_fault_and_stops_no_other(books: None) -> None:
    def nobody_knows() -> list[str]:
        return [str(row) for row in verify.ask("SELECT x FROM ledger_nowhere")]

    def all_is_well() -> list[str]:
        return []

    before = list(verify._RULES)
    try:
        verify.invariant("Tabel ini ada")(nobody_knows)
        verify.invariant("Ini benar")(all_is_well)
        found = list(verify.run(of=__name__))
    finally:
        verify._RULES[:] = before
    assert [f.sentence for f in found] == ["Tabel ini ada", "Ini benar"]
    assert "ledger_nowhere" in found[0].faults[0]
    assert not found[1].faults


def test_verifying_takes_the_same_queries_for_few_and_many(
    books: None,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert wrong() == {}
        return len(seen)

    few = queries()
    for _ in range(50):
        posted(*CASH_AND_CHIPS[1:])
    assert queries() == few


# --- what is written down ------------------------------------------------------------------------
def test_every_run_is_written_down(books: None) -> None:
    call_command("verify", stdout=StringIO())
    check = Check.objects.get()
    assert (check.scope, check.faults, check.by) == ("books", 0, None)
    assert (check.entries, check.movements) == (
        Entry.objects.count(),
        Movement.objects.count(),
    )
    assert check.began_at <= check.ended_at
    told = json.loads(check.findings)
    assert ["Setiap saldo sama dengan jumlah perpindahannya", []] in told


def test_what_was_wrong_is_written_down_too(books: None) -> None:
    damage = f"UPDATE ledger_balance SET amount = 9 WHERE unit_id = {LOT}"
    with damaged(damage):
        with pytest.raises(SystemExit):
            call_command("verify", stdout=StringIO())
        check = Check.objects.get()
        assert check.faults == 2  # the balance, and the lot that is not all there
        assert f"stand:GOR: saldo 9 {CHIPS}" in check.findings


def test_a_run_with_seals_says_so(books: None) -> None:
    call_command("verify", "--seals", stdout=StringIO())
    assert Check.objects.get().scope == "seals"


def test_a_result_that_cannot_be_kept_is_told_all_the_same(books: None) -> None:
    out, err = StringIO(), StringIO()
    with transaction.atomic():
        raw.settle()
        raw.run("ALTER TABLE ledger_check RENAME TO gone")
        with pytest.raises(SystemExit):  # a table is missing, which is a fault
            call_command("verify", stdout=out, stderr=err)
        transaction.set_rollback(True)
    assert "benar  Setiap saldo sama dengan jumlah perpindahannya" in out.getvalue()
    assert "tidak dapat disimpan" in err.getvalue()


def test_the_same_run_is_written_down_once(books: None) -> None:
    given = {"scope": "books", "began_at": AT, "at": AT, "by": None, "entries": 1, "movements": 1}
    key = new_key()
    first = record_check(key=key, findings=[], **given)
    again = record_check(key=key, findings=[verify.Finding("x", ("y",))], **given)
    assert first == again == Check.objects.get()
    assert again.faults == 0


def test_an_unknown_option_gets_the_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "karyabina", "verify", "--semua"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert "--semua" in done.stderr


def test_a_program_that_looks_first_of_all_knows_what_to_look_for(tmp_path: Path) -> None:
    """The page of a server that has just started: nothing was imported for it before."""
    data = {"KARYABINA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    code = (
        "import django; django.setup();"
        "from django.db import connection; connection.ensure_connection();"
        "from karyabina.ledger import verify;"
        "state = verify.one_state(); state.__enter__();"
        "print([read.__name__ for read in verify._here.read])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | data,
    )
    assert done.stdout.strip() == "['drawn']"
