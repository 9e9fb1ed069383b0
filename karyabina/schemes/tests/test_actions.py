"""Setting schemes: dated, whole, never edited, never backdated."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.ledger.queries import KeyReused
from karyabina.schemes import actions, queries
from karyabina.schemes.models import Scheme
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db
TODAY = make.DAY


def test_a_scheme_is_kept_as_it_was_agreed() -> None:
    scheme = make.scheme()
    assert scheme.sentence == "Dari laba: 50 % premi, 35 % modal kerja, 15 % negara"
    assert (scheme.office, scheme.usable_part) == (None, 2_500)
    assert Audit.objects.get(what="schemes.set").about == scheme.name


def test_the_same_key_again_is_the_same_scheme() -> None:
    key = new_key()
    first = make.scheme(key=key)
    assert make.scheme(key=key) == first
    assert Scheme.objects.count() == 1


def test_the_same_key_with_other_parts_is_refused() -> None:
    key = new_key()
    make.scheme(key=key)
    with pytest.raises(KeyReused):
        make.scheme(key=key, premi_part=4_000, capital_part=4_500)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"premi_part": 5_001}, actions.PartsDoNotMakeTheWhole),
        ({"premi_part": 15_000, "state_part": -8_500}, actions.NotAScheme),
        ({"usable_part": 10_001}, actions.NotAScheme),
        ({"usable_part": -1}, actions.NotAScheme),
        ({"state_account": "999999"}, actions.NotAScheme),
        ({"base": "hope"}, actions.NotAScheme),
        ({"name": " "}, actions.NotAScheme),
        ({"legal_basis": "x" * 301}, actions.NotAScheme),
    ],
)
def test_a_scheme_that_cannot_be_is_refused(
    wrong: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        make.scheme(**wrong)
    assert refused.value.field
    assert not Scheme.objects.exists()


def test_the_first_general_scheme_may_begin_on_any_day() -> None:
    assert make.scheme(from_date=date(1990, 1, 1)).from_date == date(1990, 1, 1)


def test_a_later_one_may_not_begin_before_the_day_it_is_set() -> None:
    make.scheme()
    at = make.moment()
    with pytest.raises(actions.SchemeIsBackdated):
        make.scheme(from_date=TODAY - timedelta(1), at=at)
    with pytest.raises(actions.SchemeIsBackdated):
        make.scheme("KLB", from_date=TODAY - timedelta(1), at=at)
    assert make.scheme("KLB", from_date=TODAY, at=at).from_date == TODAY


def test_today_is_the_day_on_the_offices_own_clock() -> None:
    make.scheme()
    early = make.moment(hour=1)  # the day before, in UTC
    with pytest.raises(actions.SchemeIsBackdated):
        make.scheme("KLB", from_date=TODAY - timedelta(1), at=early)


def test_a_version_follows_the_ones_before() -> None:
    make.scheme("KLB", from_date=TODAY, at=make.moment())
    for day in (TODAY, TODAY - timedelta(1)):
        with pytest.raises(actions.SchemeAlreadyFollows):
            make.scheme("KLB", from_date=day, at=make.moment(days=-5))


def test_an_office_that_makes_nothing_has_no_scheme() -> None:
    with pytest.raises(actions.OfficeMakesNoGoods):
        make.scheme("BPS")


def test_the_offices_own_newest_scheme_counts_else_the_general_one() -> None:
    office, other = make.office("KLB"), make.office("KFM")
    general = make.scheme(from_date=date(2025, 1, 1))
    own = make.scheme("KLB", from_date=TODAY, at=make.moment())
    newer = make.scheme("KLB", from_date=TODAY + timedelta(5), at=make.moment())
    later_general = make.scheme(from_date=TODAY + timedelta(9), at=make.moment())
    assert queries.scheme_for(office, TODAY - timedelta(1)) == general
    assert queries.scheme_for(office, TODAY) == own
    assert queries.scheme_for(office, TODAY + timedelta(5)) == newer
    assert queries.scheme_for(office, TODAY + timedelta(99)) == newer
    assert queries.scheme_for(other, TODAY + timedelta(9)) == later_general


def test_a_day_without_any_scheme_is_refused() -> None:
    make.scheme(from_date=TODAY)
    with pytest.raises(queries.NoScheme):
        queries.scheme_for(make.office("KLB"), TODAY - timedelta(1))


def test_the_scheme_in_force_is_found_by_one_query(django_assert_num_queries) -> None:
    make.scheme()
    office = make.office("KLB")
    with django_assert_num_queries(1):
        queries.scheme_for(office, TODAY)


def test_the_history_marks_what_is_in_force() -> None:
    make.scheme(from_date=date(2025, 1, 1))
    make.scheme("KLB", from_date=TODAY, at=make.moment())
    make.scheme("KLB", from_date=TODAY + timedelta(5), at=make.moment())
    marks = [
        (v.scheme.office and v.scheme.office.code, v.in_force, v.future)
        for v in queries.history(TODAY)
    ]
    assert marks == [(None, True, False), ("KLB", False, True), ("KLB", True, False)]


# --- what the database itself refuses -------------------------------------------------------------
def raw(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


COPY = """
INSERT INTO schemes_scheme (key, name, legal_basis, base, premi_part, capital_part, state_part,
  usable_part, state_account, from_date, digest, set_at, office_id, set_by_id)
SELECT {key}, name, legal_basis, {base}, {premi}, capital_part, state_part, {usable},
  state_account, {day}, digest, set_at, office_id, set_by_id FROM schemes_scheme
"""
KEY = "'0198f5a0000070008000000000000001'"


def copied(**changed: str) -> str:
    given = {"key": KEY, "base": "base", "premi": "premi_part", "usable": "usable_part",
             "day": "'2026-01-01'"}  # fmt: skip
    return COPY.format(**(given | changed))


def test_the_database_takes_a_sound_version() -> None:
    make.scheme()
    raw(copied())
    assert Scheme.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"premi": "premi_part + 1"},
        {"usable": "10001"},
        {"base": "'hope'"},
        {"day": "from_date"},
        {"day": "'2020-01-01'"},
    ],
)
def test_the_database_refuses_an_unsound_version(changed: dict[str, str]) -> None:
    make.scheme()
    with pytest.raises(DatabaseError):
        raw(copied(**changed))
    assert Scheme.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE schemes_scheme SET premi_part = 6000, capital_part = 2500",
        "DELETE FROM schemes_scheme",
    ],
)
def test_the_database_keeps_schemes_as_they_are(sql: str) -> None:
    make.scheme()
    with pytest.raises(DatabaseError, match="append-only"):
        raw(sql)


def test_no_row_replaces_another() -> None:
    make.scheme()
    insert = copied(key="key")
    if connection.vendor == "sqlite":
        insert = insert.replace("INSERT", "INSERT OR REPLACE")
    with pytest.raises(DatabaseError):
        raw(insert)
