"""Pages of the store: what is where, a lot's story, a breakage once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.ledger import queries as ledger
from karyabina.staff.models import Role
from karyabina.stock import actions, queries
from karyabina.stock.models import Breakage
from tests import make

STORE = "store:KLB"
pytestmark = pytest.mark.django_db


def asked(client: Client) -> int:
    """How many queries the list asks, once it is warm."""
    client.get("/gudang/")
    with CaptureQueriesContext(connection) as context:
        client.get("/gudang/")
    return len(context)


def logged_in(role: Role = Role.WORKSHOP, office: str = "KLB") -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def test_the_board_shows_the_own_offices_lots_only() -> None:
    own, other = make.lot(make.product()), make.lot(make.product("KOPI", "KFM"))
    text = logged_in().get("/gudang/").content.decode()
    assert own.code in text
    assert other.code not in text
    region = logged_in(Role.REGIONAL, "NTT").get("/gudang/").content.decode()
    assert own.code in region
    assert other.code in region


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?cari=melon", True),
        ("?cari=MELON 251028", True),
        ("?cari=tomat", False),
        ("?jenis=pertanian", True),
        ("?jenis=makanan", False),
        ("?kantor=KLB", True),
        ("?kantor=KFM", False),
        ("?di=gerai", False),
        ("?di=entah&halaman=entah", True),
        ("?halaman=999999999999", True),
    ],
)
def test_the_board_is_searched_and_filtered(query: str, found: bool) -> None:
    lot = make.lot(make.product())
    answer = logged_in().get("/gudang/" + query)
    assert answer.status_code == 200
    assert (lot.code in answer.content.decode()) is found


def test_the_board_asks_as_often_for_many_lots() -> None:
    client, product = logged_in(), make.product()
    make.lot(product)
    few = asked(client)
    for _ in range(9):
        make.lot(product)
    assert asked(client) == few


def test_a_lots_page_shows_where_its_pieces_are_and_how_they_came_there() -> None:
    lot = make.lot(make.product(), 12)
    actions.break_pieces(
        key=new_key(),
        lot=lot,
        place=STORE,
        quantity=2,
        reason="Jatuh dari rak",
        by=make.officer(),
        at=make.moment(),
    )
    text = logged_in().get(f"/gudang/{lot.code}/").content.decode()
    for part in ("gudang KLB", "10 buah", "12 buah", "Jatuh dari rak", "Dibuat"):
        assert part in text


def test_a_foreign_lot_is_not_found() -> None:
    lot = make.lot(make.product("KOPI", "KFM"))
    client = logged_in()
    for address in (f"/gudang/{lot.code}/", f"/gudang/{lot.code}/kerusakan/", "/gudang/X/"):
        assert client.get(address).status_code == 404


def test_a_breakage_that_is_sent_twice_is_booked_once() -> None:
    lot = make.lot(make.product(), 12)
    client = logged_in()
    form = {"key": new_key(), "quantity": "2", "reason": "Busuk"}
    for _ in range(2):
        assert client.post(f"/gudang/{lot.code}/kerusakan/", form).status_code == 302
    assert ledger.balance(STORE, lot.code) == 10


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"quantity": "13"}, 409),
        ({"quantity": "0"}, 400),
        ({"quantity": "1,5"}, 400),
        ({"quantity": "-1"}, 400),
        ({"quantity": "9" * 5_000}, 400),
        ({"quantity": ""}, 400),
        ({"reason": " "}, 400),
        ({"reason": "x" * 400}, 400),
        ({"key": "bukan kunci"}, 400),
        ({"key": ""}, 400),
    ],
)
def test_a_wrong_breakage_is_refused_with_a_word(wrong: dict, status: int) -> None:
    lot = make.lot(make.product(), 12)
    form = {"key": new_key(), "quantity": "2", "reason": "Busuk"} | wrong
    answer = logged_in().post(f"/gudang/{lot.code}/kerusakan/", form)
    assert answer.status_code == status
    assert 'class="errors"' in answer.content.decode() or 'role="alert"' in answer.content.decode()
    assert not Breakage.objects.exists()
    assert ledger.balance(STORE, lot.code) == 12


def test_steps_alike_of_a_day_are_told_as_one() -> None:
    lot = make.lot(make.product(), 12)
    for hour in (9, 10, 11):
        actions.break_pieces(
            key=new_key(),
            lot=lot,
            place=STORE,
            quantity=2,
            reason="Busuk",
            by=make.officer(),
            at=make.moment(hour),
        )
    broken, made = queries.steps(ledger.movements_of_unit(lot.code))
    assert (broken.amount, broken.times, broken.first_at) == (6, 3, make.moment(9))
    assert (made.amount, made.times) == (12, 1)
