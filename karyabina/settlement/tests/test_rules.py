"""What the database holds by itself, tried with SQL that goes around the actions."""

from collections.abc import Iterator
from datetime import UTC
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.schemes.models import Scheme
from karyabina.settlement.models import LotResult, Premi, SettledRefund, SettledSale, Settlement
from karyabina.settlement.tests.world import World
from karyabina.workshop.models import Work
from tests import make

TABLES = {
    "settlement_settlement": "turnover",
    "settlement_settledsale": "line_id",
    "settlement_settledrefund": "line_id",
    "settlement_lotresult": "premi",
    "settlement_premi": "saved",
}


def stored(value: object) -> object:
    """As this engine keeps it."""
    if isinstance(value, UUID) and connection.vendor == "sqlite":
        return value.hex
    return value


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [stored(value) for value in values])


def insert(table: str, **row: object) -> None:
    marks = ", ".join(["%s"] * len(row))
    run(f"INSERT INTO settlement_{table} ({', '.join(row)}) VALUES ({marks})", *row.values())


def refused(says: str, table: str, **row: object) -> None:
    with pytest.raises(DatabaseError, match=says):
        insert(table, **row)


@pytest.fixture
def sold(world: World) -> Iterator[World]:
    """KLB sold three melons and had one back; KFM sold two bags of chips. Nothing is shared.

    Parts without their settlement are taken away before the test's end finds them."""
    world.melon = world.lot("MELON", 10, cost=20_000, price=10_000)
    world.chips = world.lot("CHIPS", 10, cost=10_000, price=5_000, office="KFM")
    sale = world.sell({world.melon: 3, world.chips: 2})
    world.line = sale.lines.get(lot=world.melon)
    world.foreign = sale.lines.get(lot=world.chips)
    world.back = world.refund(sale, world.melon, 1).lines.get()
    world.work = Work.objects.get(production__lot=world.melon)
    world.foreign_work = Work.objects.get(production__lot=world.chips)
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)


def an_entry(world: World, amount: int = 20_000) -> UUID:
    accounts = dict.fromkeys(("owed:KLB", "capital:KLB"), "KLB")
    ledger.open_accounts(homes=accounts, at=make.moment())
    return ledger.post(
        key=new_key(),
        kind="settlement",
        by=world.treasurer(),
        occurred_at=make.moment(days=5),
        request={"raw": str(new_key())},
        moves=[ledger.Move("owed:KLB", "capital:KLB", "IDR", amount)],
    ).pk


def seal(world: World, key: UUID, **other: object) -> dict[str, object]:
    """The row that would close a settlement of 20,000 without premi."""
    return {
        "key": key,
        "office_id": world.office().pk,
        "festival_id": world.festival.pk,
        "scheme_id": Scheme.objects.get().pk,
        "turnover": 20_000,
        "cost": 4_000,
        "profit": 16_000,
        "premi": 0,
        "capital": 20_000,
        "state": 0,
        "at": make.moment(days=5).astimezone(UTC),
        "by_id": world.treasurer().pk,
    } | other


def parts(world: World, key: UUID, *, foreign: bool = False) -> None:
    """The parts that belong under such a row: one sale, one refund, one lot."""
    insert("settledsale", key=new_key(), settlement_id=key, line_id=world.line.pk)
    if foreign:
        insert("settledsale", key=new_key(), settlement_id=key, line_id=world.foreign.pk)
    insert("settledrefund", key=new_key(), settlement_id=key, line_id=world.back.pk)
    insert("lotresult", **result(world, key))


def result(world: World, key: UUID, **other: object) -> dict[str, object]:
    return {
        "key": new_key(),
        "settlement_id": key,
        "lot_id": world.melon.pk,
        "quantity": 2,
        "turnover": 20_000,
        "cost": 4_000,
        "premi": 0,
    } | other


def test_a_settlement_whose_parts_fit_is_taken(sold: World) -> None:
    key = an_entry(sold)
    parts(sold, key)
    insert("settlement", **seal(sold, key))
    assert Settlement.objects.get().turnover == 20_000


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"turnover": 30_000, "capital": 30_000, "profit": 26_000}, "lines add up|sealed|lots"),
        ({"cost": 3_000, "profit": 17_000}, "the lots add up"),
        ({"premi": 5_000, "capital": 15_000}, "the lots add up"),
        ({"capital": 19_999}, "settlement_shares_make_the_turnover"),
        ({"capital": 20_001}, "settlement_shares_make_the_turnover"),
        ({"state": -1, "capital": 20_001}, "state|settlement"),
        ({"profit": 15_999}, "settlement_profit_is_turnover_less_cost"),
        ({"profit": 0}, "settlement_profit_is_turnover_less_cost"),
    ],
)
def test_a_settlement_says_what_its_parts_say(
    sold: World, other: dict[str, object], says: str
) -> None:
    key = an_entry(sold)
    parts(sold, key)
    refused(says, "settlement", **seal(sold, key, **other))
    assert Settlement.objects.count() == 0


def test_a_settlement_of_nothing_is_refused(sold: World) -> None:
    empty = {"turnover": 0, "cost": 0, "profit": 0, "capital": 0}
    refused("settlement_shares_something", "settlement", **seal(sold, an_entry(sold), **empty))
    refused("lines add up", "settlement", **seal(sold, an_entry(sold)))


def test_a_settlement_shares_sales_of_its_own_office(sold: World) -> None:
    key = an_entry(sold, 30_000)
    parts(sold, key, foreign=True)
    refused("its own office", "settlement", **seal(sold, key, turnover=30_000, capital=30_000))


def test_a_settlement_shares_sales_of_its_own_festival(sold: World) -> None:
    key = an_entry(sold)
    parts(sold, key)
    other = make.festival("LAIN")
    refused("festival", "settlement", **seal(sold, key, festival_id=other.pk))


def test_a_settlement_without_an_entry_is_refused(sold: World) -> None:
    key = new_key()
    parts(sold, key)
    insert("settlement", **seal(sold, key))
    with pytest.raises(DatabaseError):
        connection.check_constraints()


def test_nothing_joins_a_settlement_that_is_posted(sold: World) -> None:
    settlement = sold.settle()
    line = sold.sell({sold.melon: 1}).lines.get()
    back = sold.refund(line.sale, sold.melon, 1).lines.get()
    says = "no part joins"
    refused(says, "settledsale", key=new_key(), settlement_id=settlement.pk, line_id=line.pk)
    refused(says, "settledrefund", key=new_key(), settlement_id=settlement.pk, line_id=back.pk)
    refused(says, "lotresult", **result(sold, settlement.pk, lot_id=sold.chips.pk))


def test_a_line_is_settled_once(sold: World) -> None:
    sold.settle()
    again = new_key()
    for table, line in (("settledsale", sold.line), ("settledrefund", sold.back)):
        with pytest.raises(DatabaseError):
            insert(table, key=new_key(), settlement_id=again, line_id=line.pk)


@pytest.mark.parametrize("other", [{"quantity": 3}, {"turnover": 19_999}, {"quantity": 1}])
def test_a_lot_brings_what_its_lines_say(sold: World, other: dict[str, object]) -> None:
    key = new_key()
    insert("settledsale", key=new_key(), settlement_id=key, line_id=sold.line.pk)
    insert("settledrefund", key=new_key(), settlement_id=key, line_id=sold.back.pk)
    refused("a lot brings what its lines say", "lotresult", **result(sold, key, **other))


def test_the_premi_of_a_lot_is_what_its_makers_get(sold: World) -> None:
    key = new_key()
    insert("settledsale", key=new_key(), settlement_id=key, line_id=sold.line.pk)
    insert("settledrefund", key=new_key(), settlement_id=key, line_id=sold.back.pk)
    row = result(sold, key, premi=8_000)
    paid = {
        "result_id": row["key"],
        "maker_id": sold.work.maker_id,
        "work_id": sold.work.pk,
        "usable": 2_000,
    }
    insert("premi", key=new_key(), saved=5_999, **paid)
    refused("what its makers get", "lotresult", **row)
    insert("lotresult", **(row | {"premi": 7_999}))
    refused("is sealed", "premi", key=new_key(), saved=1, **paid)


def test_premi_goes_to_who_did_the_work_on_that_lot(sold: World) -> None:
    key = new_key()
    row = result(sold, key, premi=100)
    stranger = make.maker()
    given = {"key": new_key(), "result_id": row["key"], "saved": 100, "usable": 0}
    refused("who did the work", "premi", **given, work_id=sold.work.pk, maker_id=stranger.pk)
    insert("premi", **given, work_id=sold.foreign_work.pk, maker_id=sold.foreign_work.maker_id)
    insert("settledsale", key=new_key(), settlement_id=key, line_id=sold.line.pk)
    insert("settledrefund", key=new_key(), settlement_id=key, line_id=sold.back.pk)
    refused("makers of the lot", "lotresult", **row)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_never_changed_removed_or_replaced(sold: World, table: str) -> None:
    sold.settle()
    column = TABLES[table]
    counts = [
        model.objects.count()
        for model in (Settlement, SettledSale, SettledRefund, LotResult, Premi)
    ]
    assert min(counts) == 1
    attempts = [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
    ]
    if connection.vendor == "sqlite":
        attempts.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        run("SET CONSTRAINTS ALL IMMEDIATE")  # with deferred checks open, TRUNCATE cannot run
        attempts.append(f"TRUNCATE {table} CASCADE")
    for attempt in attempts:
        with pytest.raises(DatabaseError, match=r"append-only|joins"):
            run(attempt)


@pytest.mark.parametrize("column", ["turnover", "cost", "premi", "capital", "state"])
def test_amounts_are_whole(sold: World, column: str) -> None:
    """PostgreSQL's columns round what is not whole; then the sums no longer fit."""
    key = an_entry(sold)
    parts(sold, key)
    row = seal(sold, key)
    refused("settlement", "settlement", **(row | {column: row[column] + 0.5}))
