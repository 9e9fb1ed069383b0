from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from karyabina.base import times

NOON_IN_KUPANG = datetime(2025, 10, 29, 6, 5, tzinfo=UTC)


def test_the_day_is_the_day_of_the_office() -> None:
    late = datetime(2025, 10, 29, 16, 30, tzinfo=UTC)
    assert times.local_day(late, "Asia/Jakarta") == date(2025, 10, 29)
    assert times.local_day(late, "Asia/Makassar") == date(2025, 10, 30)
    assert times.local_day(late, "Asia/Jayapura") == date(2025, 10, 30)


def test_each_zone_has_its_letters() -> None:
    with translation.override("id"):
        assert times.clock_text(NOON_IN_KUPANG, "Asia/Jakarta") == "13.05 WIB"
        assert times.clock_text(NOON_IN_KUPANG, "Asia/Makassar") == "14.05 WITA"
        assert times.clock_text(NOON_IN_KUPANG, "Asia/Jayapura") == "15.05 WIT"
        assert times.clock_text(NOON_IN_KUPANG, "UTC") == "06.05 UTC+0"
        assert times.zone_abbreviation(NOON_IN_KUPANG, "Asia/Kathmandu") == "UTC+5:45"


def test_days_are_written_in_words() -> None:
    with translation.override("id"):
        assert times.day_text(date(2025, 10, 29)) == "29 Oktober 2025"
        assert times.weekday_text(date(2025, 10, 29)) == "Rabu, 29 Oktober 2025"
        shown = times.moment_text(NOON_IN_KUPANG, "Asia/Makassar")
        assert shown == "29 Oktober 2025 14.05 WITA"
    with translation.override("en"):
        assert times.day_text(date(2025, 10, 29)) == "29 October 2025"
        shown = times.moment_text(NOON_IN_KUPANG, "Asia/Makassar")
        assert shown == "29 October 2025 14:05 WITA"


def test_an_unknown_zone_is_the_house_zone() -> None:
    assert times.local_day(NOON_IN_KUPANG, "Mars/Olympus") == date(2025, 10, 29)
    assert times.zone_abbreviation(NOON_IN_KUPANG) == "WITA"


def test_a_day_begins_at_midnight_of_the_office() -> None:
    begin = times.start_of_day(date(2025, 10, 29), "Asia/Makassar")
    assert begin == datetime(2025, 10, 28, 16, 0, tzinfo=UTC)
    assert times.local_day(begin, "Asia/Makassar") == date(2025, 10, 29)
    assert times.local_day(begin - timedelta(seconds=1), "Asia/Makassar") == date(2025, 10, 28)


@pytest.mark.parametrize(
    "text",
    [
        "29-10-2025",
        " 29/10/2025 ",
        "29.10.25",
        "2025-10-29",
        "29 Oktober 2025",
        "29 okt 2025",
        "29 October 2025",
    ],
)
def test_a_day_is_read_as_people_type_it(text: str) -> None:
    assert times.parse_day(text) == date(2025, 10, 29)


@pytest.mark.parametrize(
    "text", ["", "besok", "31-02-2025", "29-13-2025", "29-10", "1-2-3-4", "٢٩-10-2025", "0-0-0"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(times.NotADay):
        times.parse_day(text)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_written_in_words_is_read_back(day: date) -> None:
    with translation.override("id"):
        assert times.parse_day(times.day_text(day)) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    with suppress(times.NotADay):
        assert isinstance(times.parse_day(text), date)
