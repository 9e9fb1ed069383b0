"""Naming products, their codes and prices; what the database holds of them."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.catalogue import actions, queries
from karyabina.catalogue.models import PRODUCT_CODE, Price, Product
from karyabina.ledger.queries import KeyReused
from karyabina.offices.models import Office
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db


def add(name: str = "Melon", **other: object) -> Product:
    given = {
        "key": new_key(), "office": make.office("KLB"), "code": None, "name": name,
        "category": "pertanian", "measure": "piece", "note": "", "by": make.officer(),
        "at": make.moment(),
    }  # fmt: skip
    return actions.add_product(**(given | other))


def price(product: Product, amount: int = 20_000, **other: object) -> Price:
    at = other.pop("at", make.moment())
    given = {
        "key": new_key(), "product": product, "amount": amount, "per": 1, "since": at,
        "by": make.officer(), "at": at,
    }  # fmt: skip
    return actions.set_price(**(given | other))


# --- naming -----------------------------------------------------------------------------------
def test_a_product_gets_a_code_from_its_name() -> None:
    assert [add(name).code for name in ("Kue kering", "Kue basah", "kué basah manis")] == [
        "KUE", "KUEBASAH", "KUE2",
    ]  # fmt: skip
    assert add("Keripik singkong balado", code="KRIPIK").code == "KRIPIK"


@given(st.lists(st.text(max_size=30), max_size=60))
def test_every_name_gets_a_well_formed_code_of_its_own(names: list[str]) -> None:
    taken: set[str] = set()
    for name in names:
        code = queries.code_for(name, taken)
        assert re.fullmatch(PRODUCT_CODE, code)
        assert code not in taken
        taken.add(code)


def test_a_thousand_namesakes_still_find_codes() -> None:
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for _ in range(600):
        taken.add(queries.code_for("Keripik", taken))
    for _ in range(600):
        taken.add(queries.code_for("Keripik", taken, numbers))
    assert len(taken) == 1_200
    assert max(map(len, taken)) <= 10


def test_the_same_key_again_is_the_same_product() -> None:
    key = new_key()
    one = add(key=key)
    assert add(key=key).pk == one.pk
    assert Audit.objects.filter(what="catalogue.add").count() == 1
    with pytest.raises(KeyReused):
        add("Semangka", key=key)


def test_an_office_has_each_name_and_code_once() -> None:
    add("Melon")
    with pytest.raises(actions.ProductNameTaken):
        add("  MELON ")
    with pytest.raises(actions.ProductCodeTaken):
        add("Semangka", code="MELON")
    assert add("Melon", office=make.office("KFM"), by=make.officer(at_office="KFM")).code == "MELON"


@pytest.mark.parametrize("code", ["NTT", "BPS", "DITJENPAS"])
def test_offices_that_make_nothing_have_no_products(code: str) -> None:
    with pytest.raises(actions.OfficeMakesNoGoods):
        add(office=make.office(code))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 121}, {"code": "kecil"}, {"code": "1A"}, {"category": "obat"},
        {"measure": "karung"}, {"note": "x" * 301},
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(actions.ProductNotWellFormed):
        add(**wrong)
    assert not Product.objects.exists()


def test_a_retired_product_keeps_its_past() -> None:
    product = add()
    price(product)
    first = actions.retire(product=product, by=make.officer(), at=make.moment())
    again = actions.retire(product=product, by=make.officer(), at=make.moment(12))
    assert again.retired_at == first.retired_at == make.moment()
    assert Audit.objects.filter(what="catalogue.retire").count() == 1
    assert price(product, 5_000, at=make.moment(13)).amount == 5_000  # what is left is sold off


# --- prices -----------------------------------------------------------------------------------
def test_a_price_counts_from_its_instant_on() -> None:
    melon, tomato = add("Melon"), add("Tomat", measure="gram")
    price(melon, 20_000, at=make.moment(8))
    price(melon, 15_000, at=make.moment(15))
    price(tomato, 12_000, per=500, at=make.moment(8))
    unpriced = add("Semangka")
    everything = [melon, tomato, unpriced]
    assert queries.prices_at(everything, make.moment(7)) == {}
    noon = queries.prices_at(everything, make.moment(12))
    assert {key: (one.amount, one.per) for key, one in noon.items()} == {
        melon.pk: (20_000, 1), tomato.pk: (12_000, 500),
    }  # fmt: skip
    assert queries.prices_at(everything, make.moment(15))[melon.pk].amount == 15_000


def test_prices_of_many_products_are_one_query(django_assert_num_queries) -> None:
    products = [add(f"Produk {n}") for n in range(30)]
    for product in products:
        price(product)
        price(product, 30_000, at=make.moment(12))
    with django_assert_num_queries(1):
        found = queries.prices_at(products, make.moment(13))
    assert {one.amount for one in found.values()} == {30_000}


def test_only_the_first_price_may_begin_in_the_past() -> None:
    product = add()
    price(product, since=make.moment(days=-3), at=make.moment())
    with pytest.raises(actions.PriceInThePast):
        price(product, 1_000, since=make.moment(days=-1), at=make.moment())
    assert product.prices.count() == 1


def test_a_price_announced_for_later_outlives_one_set_for_the_time_between() -> None:
    product = add()
    price(product, 20_000)
    price(product, 25_000, since=make.moment(days=5))
    price(product, 18_000, at=make.moment(12))
    at = [queries.prices_at([product], make.moment(13, days=day))[product.pk] for day in (0, 4, 5)]
    assert [one.amount for one in at] == [18_000, 18_000, 25_000]
    price(product, 24_000, since=make.moment(days=5), at=make.moment(14))  # said again
    assert queries.prices_at([product], make.moment(days=6))[product.pk].amount == 24_000


def test_the_same_key_again_is_the_same_price() -> None:
    product, key = add(), new_key()
    one = price(product, key=key)
    assert price(product, key=key).pk == one.pk
    assert product.prices.count() == 1
    with pytest.raises(KeyReused):
        price(product, 1, key=key)


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 0}, {"amount": -5}, {"amount": 1_000_000_001}, {"per": 0}, {"per": 1_000_001}],
)
def test_a_price_is_a_sane_amount(wrong: dict[str, int]) -> None:
    product = add()
    with pytest.raises(actions.PriceNotSane):
        price(product, **wrong)


# --- what the database holds ------------------------------------------------------------------
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE catalogue_product SET code = 'LAIN'",
        "UPDATE catalogue_product SET measure = 'gram'",
        "UPDATE catalogue_product SET digest = 'lain'",
        "UPDATE catalogue_product SET category = 'obat'",
        "DELETE FROM catalogue_product",
        "UPDATE catalogue_price SET amount = 1",
        "DELETE FROM catalogue_price",
        "INSERT INTO catalogue_price (key, product_id, amount, per, since, digest, set_at)"
        " SELECT '{key}', product_id, 0, 1, since, digest, set_at FROM catalogue_price",
        "INSERT INTO catalogue_price (key, product_id, amount, per, since, digest, set_at)"
        " SELECT '{key}', product_id, 2000000000, 1, since, digest, set_at FROM catalogue_price",
        "INSERT INTO catalogue_price (key, product_id, amount, per, since, digest, set_at)"
        " SELECT '{key}', product_id, 5, 0, since, digest, set_at FROM catalogue_price",
        "INSERT INTO catalogue_product"
        " (key, office_id, code, name, category, measure, note, digest)"
        " SELECT '{key}', office_id, 'M2', 'mELON', category, measure, note, digest"
        " FROM catalogue_product",
        "INSERT INTO catalogue_product"
        " (key, office_id, code, name, category, measure, note, digest)"
        " SELECT '{key}', office_id, code, 'Lain', category, measure, note, digest"
        " FROM catalogue_product",
    ],
)
def test_the_database_refuses(sql: str) -> None:
    price(add("Melon"))
    key = new_key()
    said = key.hex if connection.vendor == "sqlite" else str(key)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(key=said))
    assert (Product.objects.get().code, Price.objects.get().amount) == ("MELON", 20_000)


@pytest.mark.parametrize("table", ["catalogue_product", "catalogue_price"])
def test_rows_cannot_be_replaced_or_emptied_away(table: str) -> None:
    price(add("Melon"))
    sql = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if connection.vendor == "sqlite"
        else f"TRUNCATE {table} CASCADE"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (
        Price.objects.count()
        == Product.objects.count()
        == Office.objects.filter(code="KLB").count()
    )


def test_a_product_is_not_driven_out_by_anothers_name() -> None:
    """On SQLite UPDATE OR REPLACE removes whoever stands in the way, and no DELETE fires."""
    add("Melon")
    add("Kacang")
    verb = "UPDATE OR REPLACE" if connection.vendor == "sqlite" else "UPDATE"
    sql = f"{verb} catalogue_product SET name = 'MELON' WHERE name = 'Kacang'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Product.objects.count() == 2
