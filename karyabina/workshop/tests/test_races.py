"""Several people at once: numbers are given out once, doubled clicks act once, nothing is short."""

from collections.abc import Iterator

import pytest

from karyabina.base.keys import new_key
from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.makers.models import Maker
from karyabina.schemes.actions import SchemeAlreadyFollows
from karyabina.schemes.models import Scheme
from karyabina.stock import actions as stock
from karyabina.stock.models import Breakage, Lot
from karyabina.stock.queries import NotEnoughGoods
from karyabina.workshop.models import Production
from tests import make
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


@pytest.fixture(autouse=True)
def books_stay_right() -> Iterator[None]:
    make.officer()
    yield
    assert [finding for finding in verify.run() if finding.faults] == []


def test_lots_made_at_once_get_numbers_of_their_own() -> None:
    melon, who = make.product(), make.maker()
    made = together([lambda: make.production(melon, 5, {who: 60}) for _ in range(PEOPLE)])
    assert all(isinstance(one, Production) for one in made), made
    assert sorted(Lot.objects.values_list("code", flat=True)) == [
        f"KLB-MELON-251028-{n}" for n in range(1, PEOPLE + 1)
    ]
    assert sum(ledger.balances(["store:KLB"]).values()) == 5 * PEOPLE


def test_a_double_click_makes_one_lot() -> None:
    melon, who, key = make.product(), make.maker(), new_key()
    made = together([lambda: make.production(melon, 5, {who: 60}, key=key)] * PEOPLE)
    assert {one.key for one in made} == {key}
    assert (Lot.objects.count(), Production.objects.count()) == (1, 1)


def test_makers_registered_at_once_get_codes_of_their_own() -> None:
    made = together([make.maker] * PEOPLE)
    assert sorted(one.code for one in made) == [f"KLB-{n:03d}" for n in range(1, PEOPLE + 1)]
    assert Maker.objects.count() == PEOPLE


def broken(lot: Lot, quantity: int, **other: object) -> Breakage:
    given = {"key": new_key(), "reason": "jatuh", "by": make.officer(), "at": make.moment()}
    return stock.break_pieces(lot=lot, place="store:KLB", quantity=quantity, **(given | other))


def test_the_last_pieces_break_once() -> None:
    lot = make.lot(make.product(), 10)
    results = together([lambda: broken(lot, 4) for _ in range(PEOPLE)])
    refused = [one for one in results if isinstance(one, NotEnoughGoods)]
    assert len(refused) == PEOPLE - 2
    assert ledger.balance("store:KLB", lot.code) == 2


def test_a_double_click_breaks_once() -> None:
    lot, key = make.lot(make.product(), 10), new_key()
    results = together([lambda: broken(lot, 4, key=key)] * PEOPLE)
    assert {one.key for one in results} == {key}
    assert ledger.balance("store:KLB", lot.code) == 6


def test_of_two_schemes_for_one_day_one_is_set() -> None:
    make.office("KLB")
    results = together(
        [lambda: make.scheme("KLB", from_date=make.DAY, at=make.moment()) for _ in range(PEOPLE)]
    )
    refused = [one for one in results if isinstance(one, SchemeAlreadyFollows)]
    assert (len(refused), Scheme.objects.count()) == (PEOPLE - 1, 1)
