"""Productions: who made what, and that it all adds up."""

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.ledger import queries as ledger
from karyabina.makers.models import Maker
from karyabina.stock.models import Lot
from karyabina.workshop import actions, queries
from karyabina.workshop.models import Production, Work
from tests import make

pytestmark = pytest.mark.django_db


def test_a_production_fills_the_store_and_says_who_worked() -> None:
    one, two = make.maker(), make.maker()
    made = make.production(make.product(), 12, {one: 90, two: 30})
    assert made.entry.kind == "production"
    assert made.key == made.lot.key
    assert ledger.balance("store:KLB", made.lot.code) == 12
    assert [(p.maker, p.amount, p.hundredths) for p in queries.parts(made)] == [
        (one, 90, 7_500),
        (two, 30, 2_500),
    ]


def test_the_same_key_again_is_the_same_production() -> None:
    key, who, product = new_key(), make.maker(), make.product()
    first = make.production(product, 12, {who: 90}, key=key)
    assert make.production(product, 12, {who: 90}, key=key) == first
    assert (Lot.objects.count(), Work.objects.count()) == (1, 1)
    assert ledger.balance("store:KLB", first.lot.code) == 12
    with pytest.raises(ledger.KeyReused):
        make.production(product, 12, {who: 91}, key=key)


def test_it_happened_when_the_officer_says_on_that_offices_clock() -> None:
    made = make.production(make.product())
    assert made.entry.occurred_offset == 8 * 60
    assert made.entry.occurred_at == make.moment(hour=7, days=-1)


def test_pieces_of_all_makers_are_the_pieces_of_the_lot() -> None:
    one, two = make.maker(), make.maker()
    product = make.product()
    with pytest.raises(actions.PiecesDoNotAddUp) as refused:
        make.production(product, 12, {one: 5, two: 6}, basis="pieces")
    assert (refused.value.made, refused.value.named) == (12, 11)
    assert make.production(product, 12, {one: 5, two: 7}, basis="pieces").basis == "pieces"


def test_goods_by_weight_may_be_shared_by_other_pieces() -> None:
    product = make.product("KOPI", measure="gram")
    made = make.production(product, 2_500, {make.maker(): 10}, basis="pieces")
    assert made.lot.quantity == 2_500


def refused_works(works: list[tuple[Maker, int]], basis: str = "hours") -> type[Refusal]:
    product = make.product()
    with pytest.raises(Refusal) as refused:
        actions.produce(
            key=new_key(),
            office=product.office,
            product=product,
            quantity=10,
            made_date=make.DAY,
            expiry_date=None,
            cost=0,
            basis=basis,
            works=[actions.WorkDone(maker=who, amount=amount) for who, amount in works],
            by=make.officer(),
            at=make.moment(),
        )
    assert not Lot.objects.exists()
    assert ledger.balances(prefix="store:") == {}
    return type(refused.value)


def test_goods_do_not_make_themselves() -> None:
    assert refused_works([]) is actions.NobodyMadeIt


def test_a_maker_of_another_office_is_refused() -> None:
    assert refused_works([(make.maker("KFM"), 60)]) is actions.ForeignMaker


def test_a_maker_is_named_once() -> None:
    who = make.maker()
    assert refused_works([(who, 60), (who, 30)]) is actions.MakerNamedTwice


@pytest.mark.parametrize("amount", [0, -60, 366 * 24 * 60 + 1, 10**12])
def test_hours_that_nobody_can_work_are_refused(amount: int) -> None:
    assert refused_works([(make.maker(), amount)]) is actions.NotASaneWork


def test_a_basis_that_does_not_exist_is_refused() -> None:
    assert refused_works([(make.maker(), 60)], basis="mood") is actions.NotABasis


def test_another_offices_product_is_refused() -> None:
    product = make.product("MELON", "KFM")
    with pytest.raises(actions.ForeignProduct):
        actions.produce(
            key=new_key(),
            office=make.office("KLB"),
            product=product,
            quantity=1,
            made_date=make.DAY,
            expiry_date=None,
            cost=0,
            basis="hours",
            works=[actions.WorkDone(maker=make.maker(), amount=60)],
            by=make.officer(),
            at=make.moment(),
        )


def test_reading_productions_takes_as_many_queries_for_many(django_assert_num_queries) -> None:
    product, who = make.product(), make.maker()
    for _ in range(6):
        make.production(product, works={who: 60})
    with django_assert_num_queries(1):
        rows = list(queries.productions(type(product.office).objects.all()))
        assert [(row.lot.product.name, row.makers) for row in rows] == [("Melon", 1)] * 6


def test_works_of_many_lots_are_one_query(django_assert_num_queries) -> None:
    product, who = make.product(), make.maker()
    lots = [make.production(product, works={who: 60}).lot.pk for _ in range(4)]
    with django_assert_num_queries(1):
        works = queries.works_of(lots)
        assert [works[lot][0].maker for lot in lots] == [who] * 4


# --- what the database itself refuses -------------------------------------------------------------
def raw(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


FRESH = "'0198f5a0000070008000000000000001'"


@pytest.mark.parametrize("table", ["workshop_production", "workshop_work"])
def test_the_database_keeps_productions_and_works(table: str) -> None:
    make.production(make.product())
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET key = {FRESH}"):
        with pytest.raises(DatabaseError, match="append-only"):
            raw(sql)


def test_the_database_refuses_work_of_another_offices_maker() -> None:
    make.production(make.product())
    make.maker("KFM")
    with pytest.raises(DatabaseError, match="office"):
        raw(
            "INSERT INTO workshop_work (key, production_id, maker_id, amount)"
            f" SELECT {FRESH}, p.key, m.key, 60 FROM workshop_production p, makers_maker m"
            " WHERE m.code = 'KFM-001'"
        )


@pytest.mark.parametrize("amount", ["0", "-1", "1000001"])
def test_the_database_refuses_work_that_cannot_be(amount: str) -> None:
    make.production(make.product())
    make.maker()
    with pytest.raises(DatabaseError):
        raw(
            "INSERT INTO workshop_work (key, production_id, maker_id, amount)"
            f" SELECT {FRESH}, p.key, m.key, {amount} FROM workshop_production p, makers_maker m"
            " WHERE m.code = 'KLB-002'"
        )


def test_the_database_names_a_maker_once_in_a_production() -> None:
    make.production(make.product())
    with pytest.raises(DatabaseError):
        raw(
            "INSERT INTO workshop_work (key, production_id, maker_id, amount)"
            f" SELECT {FRESH}, production_id, maker_id, 5 FROM workshop_work"
        )


def test_the_database_refuses_a_production_of_another_offices_lot_or_basis() -> None:
    make.production(make.product())
    make.office("KFM")
    copy = (
        "INSERT INTO workshop_production (key, office_id, lot_id, basis, at, by_id)"
        " SELECT key, {office}, lot_id, {basis}, at, by_id FROM workshop_production"
    )
    with pytest.raises(DatabaseError):
        raw(copy.format(office="(SELECT key FROM offices_office WHERE code='KFM')", basis="basis"))
    with pytest.raises(DatabaseError):
        raw(copy.format(office="office_id", basis="'mood'"))
    assert Production.objects.count() == 1
