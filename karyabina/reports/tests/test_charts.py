"""The geometry of bars."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from karyabina.reports.charts import ABOVE, COLUMN_SPACE, Datum, lying, short_rupiah, standing

VALUES = st.lists(st.integers(0, 10**12), max_size=40)


def data(values: list[int]) -> list[Datum]:
    return [Datum(f"n{n}", value, str(value)) for n, value in enumerate(values)]


def number(length: str) -> float:
    assert length.endswith("%")
    return float(length[:-1])


@given(VALUES)
def test_a_lying_bar_is_as_long_as_its_part_of_the_longest(values: list[int]) -> None:
    chart = lying(data(values))
    assert len(chart.bars) == len(values)
    for bar, value in zip(chart.bars, values, strict=True):
        assert number(bar.x) == 0  # from zero
        assert number(bar.width) == pytest.approx(
            100 * value / max(values) if max(values) else 0, abs=0.006
        )
        assert bar.label_y < bar.y < bar.y + bar.height <= chart.height


@given(VALUES)
def test_standing_bars_stand_on_zero_and_keep_apart(values: list[int]) -> None:
    chart = standing(data(values))
    right = 0.0
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.y + bar.height == chart.base  # from zero
        assert 0 <= bar.height <= COLUMN_SPACE
        assert bar.height == round(COLUMN_SPACE * value / max(*values, 1))
        assert number(bar.x) >= right - 0.02
        right = number(bar.x) + number(bar.width)
        assert number(bar.x) < number(bar.middle) < right
        assert bar.text_y < bar.y
        assert chart.base < bar.label_y < chart.height
    assert right <= 100
    assert chart.base == ABOVE + COLUMN_SPACE


def test_nothing_to_draw_is_an_empty_drawing() -> None:
    assert lying([]).bars == standing([]).bars == ()
    assert [bar.height for bar in standing(data([0, 0])).bars] == [0, 0]


def test_lengths_are_written_for_svg_in_every_language() -> None:
    for language in ("id", "en"):
        with override(language):
            assert [bar.width for bar in lying(data([1, 3])).bars] == ["33.33%", "100.00%"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1 rb"),
        (1_499, "1 rb"),
        (1_500, "2 rb"),
        (999_499, "999 rb"),
        (999_500, "1 jt"),
        (1_149_999, "1,1 jt"),
        (1_150_000, "1,2 jt"),
        (10_898_875, "10,9 jt"),
        (99_949_999, "99,9 jt"),
        (99_950_000, "100 jt"),
        (241_878_503, "242 jt"),
        (12_345_678_901, "12.346 jt"),
    ],
)
def test_amounts_are_short_over_a_bar(amount: int, text: str) -> None:
    with override("id"):
        assert short_rupiah(amount) == text
