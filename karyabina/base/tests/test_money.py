from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base.money import number_text, rupiah_text, share, times_price

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)
TOTALS = st.integers(0, 10**13)


@given(TOTALS, WEIGHTS)
def test_the_parts_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    if sum(weights) or not total:
        assert sum(share(total, weights)) == total


@given(TOTALS, WEIGHTS.filter(sum))
def test_no_part_is_a_whole_unit_away_from_its_exact_quotient(
    total: int, weights: list[int]
) -> None:
    for part, weight in zip(share(total, weights), weights, strict=True):
        exact = Fraction(total * weight, sum(weights))
        assert abs(part - exact) < 1
        assert part >= exact.__floor__()


@given(TOTALS, WEIGHTS.filter(sum))
def test_a_heavier_weight_never_receives_less(total: int, weights: list[int]) -> None:
    parts = share(total, weights)
    for (w1, p1), (w2, p2) in zip(
        sorted(zip(weights, parts, strict=True)),
        sorted(zip(weights, parts, strict=True))[1:],
        strict=False,
    ):
        assert w1 == w2 or p1 <= p2


@given(TOTALS, WEIGHTS.filter(sum))
def test_a_weight_of_zero_receives_nothing(total: int, weights: list[int]) -> None:
    assert all(
        part == 0
        for part, weight in zip(share(total, weights), weights, strict=True)
        if weight == 0
    )


def test_ties_go_to_whoever_stands_first() -> None:
    assert share(10, [1, 1, 1]) == [4, 3, 3]
    assert share(100, [50, 35, 15]) == [50, 35, 15]
    assert share(7, [0, 1, 1]) == [0, 4, 3]


def test_there_is_no_sharing_without_a_weight_or_below_zero() -> None:
    assert share(0, [0, 0]) == [0, 0]
    assert share(0, []) == []
    for total, weights in ((1, [0, 0]), (1, []), (-1, [1]), (1, [2, -1])):
        with pytest.raises(ValueError, match="share"):
            share(total, weights)


@given(st.integers(0, 10**6), st.integers(0, 10**9), st.integers(1, 10**5))
def test_a_price_is_rounded_half_up_to_whole_rupiah(quantity: int, amount: int, per: int) -> None:
    exact = Fraction(quantity * amount, per)
    assert times_price(quantity, amount, per) == (exact + Fraction(1, 2)).__floor__()


def test_prices_of_weighed_goods() -> None:
    assert times_price(3, 15_000) == 45_000
    assert times_price(750, 35_000, 500) == 52_500
    assert times_price(1, 1, 2) == 1
    assert times_price(1, 1, 3) == 0
    for wrong in ((-1, 1, 1), (1, -1, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="times_price"):
            times_price(*wrong)


def test_amounts_are_written_as_the_language_writes_them() -> None:
    with translation.override("id"):
        assert rupiah_text(12_450) == "Rp 12.450"
        assert rupiah_text(-5_000) == "−Rp 5.000"
        assert rupiah_text(0) == "Rp 0"
        assert number_text(-1_234_567) == "−1.234.567"
    with translation.override("en"):
        assert rupiah_text(12_450) == "Rp 12,450"
        assert rupiah_text(-5_000) == "−Rp 5,000"
