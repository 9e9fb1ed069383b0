"""The arithmetic of a split: exact to the rupiah, whatever the amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karyabina.schemes.models import WHOLE, Scheme
from karyabina.schemes.queries import split, usable_of

AMOUNTS = st.integers(0, 10**13)


def scheme(premi: int = 5_000, capital: int = 3_500, base: str = "profit", usable: int = 2_500):
    return Scheme(
        base=base,
        premi_part=premi,
        capital_part=capital,
        state_part=WHOLE - premi - capital,
        usable_part=usable,
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    premi = draw(st.integers(0, WHOLE))
    capital = draw(st.integers(0, WHOLE - premi))
    base = draw(st.sampled_from(["profit", "turnover"]))
    return scheme(premi, capital, base, draw(st.integers(0, WHOLE)))


def test_the_usual_split_of_a_profit() -> None:
    shared = split(scheme(), turnover=1_000_000, cost=400_000)
    assert (shared.profit, shared.premi, shared.state) == (600_000, 300_000, 90_000)
    assert (shared.capital, shared.cost_back) == (610_000, 400_000)


def test_a_rupiah_that_does_not_divide_goes_to_the_largest_remainder() -> None:
    shared = split(scheme(), turnover=7, cost=0)  # 3.5, 2.45 and 1.05
    assert (shared.premi, shared.capital, shared.state) == (4, 2, 1)


def test_a_loss_leaves_everything_in_the_working_capital() -> None:
    shared = split(scheme(), turnover=100, cost=250)
    assert (shared.profit, shared.premi, shared.capital, shared.state) == (0, 0, 100, 0)


def test_a_split_of_the_turnover_does_not_ask_for_the_cost() -> None:
    shared = split(scheme(2_000, 7_000, "turnover"), turnover=1_000, cost=5_000)
    assert (shared.premi, shared.capital, shared.state, shared.cost_back) == (200, 700, 100, 0)


@pytest.mark.parametrize(("turnover", "cost"), [(-1, 0), (0, -1)])
def test_amounts_below_zero_are_a_mistake_of_the_caller(turnover: int, cost: int) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        split(scheme(), turnover, cost)


@given(schemes(), AMOUNTS, AMOUNTS)
def test_the_parts_always_make_the_turnover(by: Scheme, turnover: int, cost: int) -> None:
    shared = split(by, turnover, cost)
    assert shared.premi + shared.capital + shared.state == turnover
    assert min(shared.premi, shared.capital, shared.state, shared.cost_back) >= 0
    assert shared.profit == max(turnover - cost, 0)


@given(schemes(), AMOUNTS, AMOUNTS)
def test_each_part_is_within_a_rupiah_of_its_exact_share(
    by: Scheme, turnover: int, cost: int
) -> None:
    shared = split(by, turnover, cost)
    whole = turnover - shared.cost_back
    assert abs(shared.premi * WHOLE - whole * by.premi_part) < WHOLE
    assert abs(shared.state * WHOLE - whole * by.state_part) < WHOLE
    assert abs((shared.capital - shared.cost_back) * WHOLE - whole * by.capital_part) < WHOLE


@given(schemes(), AMOUNTS)
def test_the_usable_part_is_never_rounded_up(by: Scheme, premi: int) -> None:
    usable = usable_of(by, premi)
    assert 0 <= usable <= premi
    assert usable * WHOLE <= premi * by.usable_part < (usable + 1) * WHOLE
