"""What the database refuses when somebody goes around the actions: raw SQL, on both engines."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base import guards
from karyabina.base.keys import new_key
from karyabina.catalogue.models import Product
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger import actions as ledger
from karyabina.staff.models import Role
from karyabina.till import actions
from karyabina.till.models import Sale, Shift
from karyabina.till.rules import TILL_RULES
from tests import make

pytestmark = pytest.mark.django_db
AT = "2025-10-29 03:00:00+00:00"


@pytest.fixture
def stand() -> Stand:
    return make.stand(invited=("KLB",))


@pytest.fixture
def melon(stand: Stand) -> Product:
    product = make.product("MELON")
    make.price(product, 20_000)
    make.on_stand(make.lot(product, 10), stand)
    return product


@pytest.fixture
def shift(stand: Stand) -> Shift:
    return make.shift(stand, 100_000)


@pytest.fixture
def sale(shift: Shift, melon: Product) -> Sale:
    """Three melons for Rp 60.000."""
    return make.sale(shift, (melon, 3), total=60_000)


def plain(value: object) -> object:
    return value.hex if isinstance(value, UUID) else value


def insert(table: str, **columns: object) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    holes = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO till_{table} ({names}) VALUES ({holes})",
            [plain(value) for value in columns.values()],
        )


def entry(shift: Shift, kind: str) -> UUID:
    """The entry that a document made by hand would explain."""
    key = new_key()
    ledger.post(
        key=key,
        kind=kind,
        by=shift.opened_by,
        occurred_at=make.moment(10),
        request={"by hand": str(key)},
        moves=[ledger.Move("outside:buyer", shift.account, "IDR", 20_000)],
    )
    return key


def a_shift(stand: Stand, **other: object) -> None:
    given: dict[str, object] = {
        "key": new_key(),
        "code": "GERAI-251029-99",
        "stand_id": stand.pk,
        "float_amount": 0,
        "digest": "0" * 64,
        "opened_at": AT,
        "opened_by_id": make.officer(Role.CASHIER, "NTT").pk,
    }
    insert("shift", **(given | other))


def a_close(shift: Shift, **other: object) -> None:
    given: dict[str, object] = {
        "key": new_key(),
        "shift_id": shift.pk,
        "expected": 5,
        "counted": 5,
        "difference": 0,
        "note": "",
        "digest": "0" * 64,
        "at": AT,
        "by_id": shift.opened_by_id,
    }
    insert("close", **(given | other))


def a_line(sale: UUID, like: Sale, **other: object) -> None:
    given: dict[str, object] = {
        "key": new_key(),
        "sale_id": sale,
        "n": 1,
        "lot_id": like.lines.first().lot_id,
        "quantity": 1,
        "price": 20_000,
        "per": 1,
        "amount": 20_000,
    }
    insert("saleline", **(given | other))


def a_sale(like: Sale, **other: object) -> None:
    """A sale of one line of Rp 20.000 and the next number; `lines` says which lines instead."""
    lines: list[dict[str, object]] = other.pop("lines", [{}])  # type: ignore[assignment]
    key = entry(like.shift, "sale")
    for line in lines:
        a_line(key, like, **line)
    given: dict[str, object] = {
        "key": key,
        "shift_id": like.shift_id,
        "number": 2,
        "means": "cash",
        "total": 20_000,
        "tendered": 20_000,
        "occurred_at": AT,
        "by_id": like.by_id,
    }
    insert("sale", **(given | other))


def a_refund_line(refund: UUID, of: Sale, **other: object) -> None:
    given: dict[str, object] = {
        "key": new_key(),
        "refund_id": refund,
        "sale_line_id": of.lines.first().pk,
        "quantity": 1,
        "amount": 20_000,
        "sellable": True,
    }
    insert("refundline", **(given | other))


def a_refund(of: Sale, **other: object) -> None:
    lines: list[dict[str, object]] = other.pop("lines", [{}])  # type: ignore[assignment]
    key = entry(of.shift, "refund")
    for line in lines:
        a_refund_line(key, of, **line)
    given: dict[str, object] = {
        "key": key,
        "sale_id": of.pk,
        "shift_id": of.shift_id,
        "total": 20_000,
        "reason": "x",
        "occurred_at": AT,
        "by_id": of.by_id,
    }
    insert("refund", **(given | other))


def closed(sale: Sale) -> Sale:
    shift = sale.shift
    actions.close_shift(
        key=new_key(), shift=shift, counted=0, note="", by=shift.opened_by, at=make.moment(17)
    )
    return sale


def stand_closed(sale: Sale) -> Sale:
    festivals.close_stand(
        key=new_key(),
        stand=sale.shift.stand,
        by=make.officer(Role.REGIONAL, "NTT"),
        at=make.moment(17),
    )
    return sale


def elsewhere(sale: Sale) -> UUID:
    """An open shift of the same cashier at another stand."""
    return make.shift(make.stand(sale.shift.stand.festival, "KIOS"), 0).pk


def another(sale: Sale) -> Sale:
    return make.sale(sale.shift, (sale.lines.first().lot.product, 1), total=20_000)


def refunded(sale: Sale) -> UUID:
    line = sale.lines.first()
    return actions.refund(
        key=new_key(),
        sale=sale,
        shift=sale.shift,
        lines=[actions.Back(line, 1, True)],
        reason="x",
        by=sale.by,
        at=make.moment(11),
    ).pk


STRANGER = "another cashier"
BROKEN: list[tuple[str, str, Callable[[Sale], Any]]] = [
    ("shift", "the stand is closed", lambda s: a_shift(stand_closed(closed(s)).shift.stand)),
    ("shift", "a cashier has one open shift at a stand", lambda s: a_shift(s.shift.stand)),
    ("sale", "the shift is closed", lambda s: a_sale(closed(s), number=2)),
    ("sale", "the stand is closed", lambda s: a_sale(stand_closed(s))),
    (
        "sale",
        "the shift is another cashier",
        lambda s: a_sale(s, by_id=make.officer(Role.CASHIER, "KLB").pk),
    ),
    ("sale", "receipts are numbered from 1 without a gap", lambda s: a_sale(s, number=3)),
    ("sale", "the lines add up to the total", lambda s: a_sale(s, total=19_999)),
    ("sale", "the lines add up to the total", lambda s: a_sale(s, lines=[])),
    (
        "sale",
        "the lines are numbered from 1 without a gap",
        lambda s: a_sale(s, lines=[{"amount": 10_000}, {"amount": 10_000, "n": 3}]),
    ),
    ("saleline", "no line joins a sale that is made", lambda s: a_line(s.pk, s, n=2)),
    ("refund", "the shift is closed", lambda s: a_refund(closed(s))),
    ("refund", "the stand is closed", lambda s: a_refund(stand_closed(s))),
    (
        "refund",
        "the shift is another cashier",
        lambda s: a_refund(s, by_id=make.officer(Role.CASHIER, "KLB").pk),
    ),
    (
        "refund",
        "what was sold at a stand is refunded there",
        lambda s: a_refund(s, shift_id=elsewhere(s)),
    ),
    (
        "refund",
        "a refund is against the lines of its sale",
        lambda s: a_refund(s, sale_id=another(s).pk),
    ),
    ("refund", "the lines add up to the total", lambda s: a_refund(s, total=60_000)),
    (
        "refundline",
        "no line joins a refund that is made",
        lambda s: a_refund_line(refunded(s), s, sellable=False),
    ),
    (
        "refundline",
        "no more comes back than was sold",
        lambda s: a_refund(s, lines=[{"quantity": 4, "amount": 80_000}], total=80_000),
    ),
    (
        "refundline",
        "no more comes back than was sold",
        lambda s: a_refund(
            s,
            lines=[
                {"quantity": 2, "amount": 40_000},
                {"quantity": 2, "amount": 40_000, "sellable": False},
            ],
            total=80_000,
        ),
    ),
    (
        "refundline",
        "what comes back is paid back at its own price",
        lambda s: a_refund(s, lines=[{"amount": 20_001}], total=20_001),
    ),
]


@pytest.mark.parametrize(
    ("noun", "sentence", "doing"), BROKEN, ids=[f"{n}: {s}" for n, s, _do in BROKEN]
)
def test_the_database_refuses(
    noun: str, sentence: str, doing: Callable[[Sale], Any], sale: Sale
) -> None:
    with pytest.raises(DatabaseError, match=f"till_{noun}: {sentence}"), transaction.atomic():
        doing(sale)


def test_every_rule_is_tried() -> None:
    tried = {(noun, sentence) for noun, sentence, _do in BROKEN}
    rules = {
        (noun, says.split("''")[0])
        for noun, (_lock, them) in TILL_RULES.items()
        for says, _ in them
    }
    assert tried == rules


def test_what_keeps_the_rules_goes_in(sale: Sale) -> None:
    """The cases above are refused for the one thing that is wrong with them."""
    a_sale(sale)
    a_refund(sale)
    a_refund(sale, lines=[{}, {"sellable": False}], total=40_000)
    a_close(sale.shift)
    a_shift(sale.shift.stand)


CHECKS: list[tuple[str, Callable[[Sale], Any]]] = [
    ("sale_is_paid_in_full", lambda s: a_sale(s, tendered=19_999)),
    ("sale_is_of_a_sane_sum", lambda s: a_sale(s, tendered=10_000_000_001)),
    ("sale_by_qris_is_paid_exactly", lambda s: a_sale(s, means="qris", tendered=20_001)),
    ("sale_means_is_known", lambda s: a_sale(s, means="bon")),
    ("sale_line_is_of_something", lambda s: a_sale(s, lines=[{"quantity": 0}])),
    ("sale_line_is_of_something", lambda s: a_sale(s, lines=[{"amount": 0}], total=0)),
    ("sale_line_is_sane", lambda s: a_sale(s, lines=[{"quantity": 10_000_001}])),
    ("close_counts_a_sane_sum", lambda s: a_close(s.shift, counted=10**11, expected=10**11)),
    ("close_difference_is_counted_less_expected", lambda s: a_close(s.shift, counted=6)),
    ("shift_float_is_sane", lambda s: a_shift(elsewhere_stand(s), float_amount=10**11)),
]


def elsewhere_stand(sale: Sale) -> Stand:
    return make.stand(sale.shift.stand.festival, "KIOS")


@pytest.mark.parametrize(("name", "doing"), CHECKS)
def test_the_database_checks(name: str, doing: Callable[[Sale], Any], sale: Sale) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        doing(sale)


@pytest.mark.parametrize(
    "doing",
    [
        lambda s: a_sale(s, lines=[{"amount": 19_999.5}, {"n": 2, "amount": 0.5}]),
        lambda s: a_sale(s, lines=[{"quantity": 0.5}]),
        lambda s: a_close(s.shift, counted=5.5, difference=0.5),
        lambda s: a_refund(s, lines=[{"quantity": 0.5}]),
    ],
)
def test_there_are_no_fractions(doing: Callable[[Sale], Any], sale: Sale) -> None:
    """SQLite is told to refuse them; PostgreSQL's whole-number columns leave none behind."""
    try:
        with transaction.atomic():
            doing(sale)
    except DatabaseError:
        return
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for column in ("quantity", "amount"):
            cursor.execute(f"SELECT count(*) FROM till_saleline WHERE {column} <> trunc({column})")
            assert cursor.fetchone() == (0,)


TABLES = ("shift", "close", "sale", "saleline", "refund", "refundline")


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_never_changed_or_removed(table: str, sale: Sale) -> None:
    refunded(sale)
    closed(sale)
    connection.check_constraints()  # PostgreSQL truncates nothing while foreign keys wait
    again = f"INSERT OR REPLACE INTO till_{table} SELECT * FROM till_{table}"
    if connection.vendor == "postgresql":
        again = f"TRUNCATE till_{table} CASCADE"
    for statement, says in (
        (f"UPDATE till_{table} SET key = key", "append-only"),
        (f"DELETE FROM till_{table}", "append-only"),
        (again, "append-only" if connection.vendor == "postgresql" else f"till_{table}"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM till_{table}")
            assert cursor.fetchone()[0] > 0
            with pytest.raises(DatabaseError, match=says), transaction.atomic():
                cursor.execute(statement)


def test_the_guards_of_the_till_are_installed(sale: Sale) -> None:
    assert not [name for name in guards.missing() if name.startswith("till_")]
    assert {f"till_{table}_holds" for table in TABLES} <= guards.expected()
