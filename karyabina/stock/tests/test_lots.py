"""Lots: their codes, their bounds, which come first, and how pieces leave by breaking."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.catalogue import actions as catalogue
from karyabina.ledger import queries as ledger
from karyabina.stock import actions, queries
from karyabina.stock.models import Breakage, Lot
from tests import make

pytestmark = pytest.mark.django_db
STORE = "store:KLB"


def test_a_lot_gets_a_readable_code_and_a_running_number() -> None:
    product = make.product()
    codes = [make.lot(product).code for _ in range(11)]
    assert codes[:2] == ["KLB-MELON-251028-1", "KLB-MELON-251028-2"]
    assert codes[-1] == "KLB-MELON-251028-11"
    assert make.lot(product, made_date=date(2025, 10, 27)).code == "KLB-MELON-251027-1"


def test_a_long_product_code_is_cut_so_that_the_lots_code_fits() -> None:
    one = make.product("KERAJINANA", "LPKA")
    two = make.product("KERAJINANB", "LPKA")
    codes = [make.lot(one, works={make.maker("LPKA", status="anak"): 60}).code]
    codes += [make.lot(two, works={make.maker("LPKA", status="anak"): 60}).code]
    assert codes == ["LPKA-KERAJINAN-251028-1", "LPKA-KERAJINAN-251028-2"]


def test_a_hundredth_lot_of_a_day_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_LOTS", 2)
    product = make.product()
    make.lot(product)
    make.lot(product)
    with pytest.raises(actions.TooManyLots):
        make.lot(product)


def test_the_office_gets_its_accounts_with_its_first_lot() -> None:
    make.lot(make.product())
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM ledger_account WHERE home = 'KLB' ORDER BY code")
        codes = [row[0] for row in cursor.fetchall()]
    assert codes == ["capital:KLB", "difference:KLB", "due:KLB", "owed:KLB", STORE]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"quantity": 0}, actions.NotASaneQuantity),
        ({"quantity": -3}, actions.NotASaneQuantity),
        ({"quantity": 10**9 + 1}, actions.NotASaneQuantity),
        ({"cost": -1}, actions.NotASaneCost),
        ({"cost": 10**12}, actions.NotASaneCost),
        ({"made_date": make.DAY}, actions.MadeInTheFuture),
        ({"expiry_date": date(2025, 10, 27)}, actions.ExpiresBeforeItIsMade),
    ],
)
def test_a_lot_that_cannot_be_is_refused(wrong: dict[str, object], refusal: type[Refusal]) -> None:
    product = make.product()
    with pytest.raises(refusal) as refused:
        make.production(product, **({"quantity": 10} | wrong))
    assert refused.value.field in wrong
    assert not Lot.objects.exists()
    assert ledger.balances([STORE]) == {}


def test_food_needs_an_expiry_date_and_farm_produce_does_not() -> None:
    with pytest.raises(actions.NeedsAnExpiryDate):
        make.lot(make.product("KUE", category="makanan"), expiry_date=None)
    assert make.lot(make.product("BUNGA"), expiry_date=None).expiry_date is None


def test_a_retired_product_is_made_no_more() -> None:
    product = make.product()
    at = make.moment(days=-2)
    catalogue.retire(product=product, by=make.officer(), at=at)
    product.refresh_from_db()
    with pytest.raises(actions.ProductIsRetired):
        make.lot(product)


# --- first expired, first out ---------------------------------------------------------------------
def three_lots() -> list[Lot]:
    product = make.product()
    day = make.moment(days=-1).date()
    return [
        make.lot(product, 5, expiry_date=None),
        make.lot(product, 5, expiry_date=day + timedelta(9)),
        make.lot(product, 5, expiry_date=day + timedelta(3)),
    ]


def test_what_expires_first_is_taken_first() -> None:
    never, late, soon = three_lots()
    assert [x.lot for x in queries.lots_at(STORE)] == [soon, late, never]
    assert queries.pick(STORE, never.product, 12) == [(soon, 5), (late, 5), (never, 2)]


def test_expired_lots_are_passed_over_where_the_day_is_given() -> None:
    never, late, soon = three_lots()
    day = soon.expiry_date
    assert queries.pick(STORE, never.product, 1, good_on=day) == [(soon, 1)]
    assert queries.pick(STORE, never.product, 1, good_on=day + timedelta(1)) == [(late, 1)]


def test_more_than_there_is_cannot_be_picked() -> None:
    lot = three_lots()[0]
    with pytest.raises(queries.NotEnoughGoods) as refused:
        queries.pick(STORE, lot.product, 16)
    assert (refused.value.have, refused.value.wanted) == (15, 16)
    assert "diminta 16 buah, tersedia 15 buah" in str(refused.value)


def test_other_products_are_not_picked() -> None:
    three_lots()
    with pytest.raises(queries.NotEnoughGoods):
        queries.pick(STORE, make.product("TOMAT"), 1)


def test_reading_a_place_takes_as_many_queries_for_many_lots(django_assert_num_queries) -> None:
    product = make.product()
    for _ in range(8):
        make.lot(product)
    with django_assert_num_queries(2):
        there = queries.lots_at(STORE)
        assert [x.lot.product.name + x.lot.office.name for x in there]


# --- breaking -------------------------------------------------------------------------------------
def broken(lot: Lot, quantity: int = 2, place: str = STORE, **other: object) -> Breakage:
    given = {"key": new_key(), "reason": "jatuh", "by": make.officer(), "at": make.moment()}
    return actions.break_pieces(lot=lot, place=place, quantity=quantity, **(given | other))


def test_broken_pieces_leave_the_store_and_the_lot_still_adds_up() -> None:
    lot = make.lot(make.product(), 10)
    breakage = broken(lot, 3)
    assert breakage.entry.kind == "breakage"
    places = {p.account: p.quantity for p in queries.where_is(lot)}
    assert places == {STORE: 7, "outside:broken": 3}


def test_breaking_twice_with_one_key_breaks_once() -> None:
    lot = make.lot(make.product(), 10)
    key = new_key()
    assert broken(lot, key=key) == broken(lot, key=key)
    assert ledger.balance(STORE, lot.code) == 8
    with pytest.raises(ledger.KeyReused):
        broken(lot, 3, key=key)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"quantity": 11}, queries.NotEnoughGoods),
        ({"quantity": 0}, actions.NotASaneQuantity),
        ({"reason": "  "}, actions.NeedsAReason),
        ({"reason": "x" * 301}, actions.NeedsAReason),
        ({"place": "store:KFM"}, actions.NotAPlaceOfTheseGoods),
        ({"place": "bank:KLB"}, actions.NotAPlaceOfTheseGoods),
    ],
)
def test_a_breakage_that_cannot_be_changes_nothing(
    wrong: dict[str, object], refusal: type[Refusal]
) -> None:
    lot = make.lot(make.product(), 10)
    make.lot(make.product("TOMAT", "KFM"))
    with pytest.raises(refusal):
        broken(lot, **wrong)
    assert ledger.balance(STORE, lot.code) == 10
    assert not Breakage.objects.exists()


# --- what the database itself refuses -------------------------------------------------------------
def raw(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


LOT = """
INSERT INTO stock_lot (key, code, unit_id, product_id, office_id, made_date, expiry_date,
  quantity, cost)
SELECT {key}, {code}, {unit}, product_id, {office}, made_date, {expiry}, {quantity}, {cost}
FROM stock_lot
"""


def copied(**changed: str) -> str:
    given = {
        "key": "'0198f5a0000070008000000000000001'",
        "code": "'KLB-MELON-251028-2'",
        "unit": "(SELECT id FROM ledger_unit WHERE code = 'IDR')",
        "office": "office_id",
        "expiry": "expiry_date",
        "quantity": "quantity",
        "cost": "cost",
    }
    return LOT.format(**(given | changed))


def test_the_database_takes_a_sound_lot() -> None:
    make.lot(make.product())
    raw(copied())
    assert Lot.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"quantity": "0"},
        {"quantity": "1000000001"},
        {"cost": "-1"},
        {"expiry": "'2025-10-27'"},
        {"office": "(SELECT key FROM offices_office WHERE code = 'NTT')"},
        {"unit": "unit_id"},
        {"code": "code"},
    ],
)
def test_the_database_refuses_an_unsound_lot(changed: dict[str, str]) -> None:
    make.lot(make.product())
    with pytest.raises(DatabaseError):
        raw(copied(**changed))
    assert Lot.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stock_lot SET cost = 1",
        "DELETE FROM stock_lot",
        "UPDATE stock_breakage SET quantity = 1",
        "DELETE FROM stock_breakage",
    ],
)
def test_the_database_keeps_lots_and_breakages_as_they_are(sql: str) -> None:
    broken(make.lot(make.product()))
    with pytest.raises(DatabaseError, match="append-only"):
        raw(sql)


def test_the_database_refuses_a_breakage_of_nothing_or_without_an_entry() -> None:
    lot = make.lot(make.product())
    copy = (
        "INSERT INTO stock_breakage (key, lot_id, place, quantity, reason, at, by_id)"
        " SELECT {}, lot_id, place, {}, reason, at, by_id FROM stock_breakage"
    )
    broken(lot)
    with pytest.raises(DatabaseError):
        raw(copy.format("(SELECT key FROM ledger_entry WHERE kind = 'production')", "0"))
    with transaction.atomic():
        raw(copy.format("'0198f5a0000070008000000000000001'", "1"))
        with pytest.raises(DatabaseError):
            connection.check_constraints()
        transaction.set_rollback(True)
