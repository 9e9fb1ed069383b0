"""Posting and reversing: the same key again, what is refused, what a refusal leaves behind."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.models import LONGEST, MOST, Account, Entry, Move, Movement, Unit
from karyabina.ledger.tests.make import AT, CHIPS, WITA, made, person, posted, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_chips_at_the_stand(db: None) -> None:
    world()
    made(10)


def sold(pieces: int, **other: Any) -> Entry:
    return posted(Move("stand:GOR", "outside:buyer", CHIPS, pieces), **other)


def counted() -> tuple[int, int]:
    return Entry.objects.count(), Movement.objects.count()


# --- an entry ------------------------------------------------------------------------------------
def test_an_entry_says_who_what_when() -> None:
    at = datetime(2025, 10, 29, 0, 15, 30, 7, tzinfo=WITA)
    entry = posted(
        Move("stand:GOR", "outside:buyer", CHIPS, 2),
        Move("outside:buyer", "cash:S1", "IDR", 24_900),
        kind="sale",
        occurred_at=at,
        origin="till-7",
        origin_seq=41,
        note="Tunai",
    )
    assert Entry.objects.get(pk=entry.pk).__dict__ | {"_state": 0} == entry.__dict__ | {"_state": 0}
    assert (entry.kind, entry.origin, entry.origin_seq, entry.size) == ("sale", "till-7", 41, 2)
    assert entry.by == person()
    assert entry.occurred_at == at
    assert entry.occurred_offset == 480
    assert entry.occurred_local.isoformat() == "2025-10-29T00:15:30.000007+08:00"
    assert entry.booked_on == date(2025, 10, 29)  # the local day, not that of UTC
    assert entry.note == "Tunai"
    assert entry.reverses is None


def test_movements_keep_their_order_and_codes() -> None:
    entry = posted(
        Move("outside:workshop", "store:KFM", CHIPS, 3),
        Move("store:KFM", "stand:GOR", CHIPS, 3),
        Move("outside:buyer", "cash:S1", "IDR", MOST),
        kind="found",
    )
    story = books.story(entry.pk)
    assert story is not None
    assert [(m.n, m.source, m.target, m.unit, m.amount) for m in story.lines] == [
        (1, "outside:workshop", "store:KFM", CHIPS, 3),
        (2, "store:KFM", "stand:GOR", CHIPS, 3),
        (3, "outside:buyer", "cash:S1", "IDR", MOST),
    ]


def test_the_server_counts_the_entries_of_an_origin() -> None:
    first, second = sold(1), sold(1)
    assert second.origin_seq > first.origin_seq
    if connection.vendor == "sqlite":
        assert second.origin_seq == first.origin_seq + 1


def test_an_entry_may_have_a_thousand_movements() -> None:
    entry = posted(*[Move("outside:workshop", "store:KFM", CHIPS, 1)] * LONGEST)
    assert entry.size == LONGEST
    assert books.balance("store:KFM", CHIPS) == LONGEST


def test_posting_takes_the_same_few_queries_however_many_movements() -> None:
    def queries(moves: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            posted(*[Move("outside:workshop", "store:KFM", CHIPS, 1)] * moves, request={"n": moves})
        return len(seen)

    assert queries(1) == queries(100) <= (2 if connection.vendor == "postgresql" else 12)


# --- the same key again --------------------------------------------------------------------------
def test_the_same_key_again_is_the_same_entry() -> None:
    key = new_key()
    first = sold(10, key=key, request={"pieces": 10})
    before = counted()
    again = sold(10, key=key, request={"pieces": 10})
    assert again.pk == first.pk
    assert again.recorded_at == first.recorded_at
    assert counted() == before
    assert books.balance("stand:GOR", CHIPS) == 0


@pytest.mark.parametrize(
    "moves",
    [
        [Move("stand:GOR", "outside:buyer", CHIPS, 4)],
        [Move("stand:NOWHERE", "outside:buyer", CHIPS, 4)],
        [Move("stand:GOR", "outside:buyer", CHIPS, 0)],
        [],
    ],
)
def test_a_repeated_request_succeeds_whatever_would_be_chosen_now(moves: list[Move]) -> None:
    key = new_key()
    first = sold(10, key=key, request={"pieces": 10})
    assert posted(*moves, key=key, request={"pieces": 10}).pk == first.pk


def test_the_same_key_with_another_request_is_refused() -> None:
    key = new_key()
    sold(2, key=key, request={"pieces": 2})
    for other in ({"request": {"pieces": 3}}, {"request": {"pieces": 2}, "kind": "refund"}):
        with pytest.raises(ledger.KeyReused):
            sold(2, key=key, **other)
    assert books.balance("stand:GOR", CHIPS) == 8


def test_the_look_up_finds_what_was_done() -> None:
    key, asked = new_key(), {"lot": CHIPS, "pieces": 2}
    assert books.find(key, "sale", asked) is None
    entry = sold(2, key=key, request=asked)
    assert books.find(key, "sale", dict(reversed(asked.items()))) == entry
    with pytest.raises(ledger.KeyReused):
        books.find(key, "sale", {"lot": CHIPS, "pieces": 3})
    with pytest.raises(ledger.KeyReused):
        books.find(key, "refund", asked)


def test_the_digest_is_of_canonical_json() -> None:
    key = UUID(int=1)
    said = {
        "b": [1, True, None, "é"],
        "a": {"key": key, "at": AT, "on": date(2025, 10, 29), "pair": (1, 2)},
    }
    plain = {
        "a": {"pair": [1, 2], "on": "2025-10-29", "at": AT.isoformat(), "key": str(key)},
        "b": [1, True, None, "é"],
    }
    assert books.digest_of("sale", said) == books.digest_of("sale", plain)
    assert books.digest_of("sale", {}) != books.digest_of("refund", {})
    assert books.digest_of("sale", {"n": 1}) != books.digest_of("sale", {"n": "1"})
    assert (
        books.digest_of("sale", {})
        == "34f07e6c26d5aacbcd04679c04e4e1ddc5ae73925af8d0bad5215fe0fb3cf86a"
    )


@pytest.mark.parametrize(
    ("value", "mistake"),
    [
        (1.5, TypeError),
        ({"deep": [1.0]}, TypeError),
        (datetime(2025, 10, 29), ValueError),  # noqa: DTZ001
        ({1: "x"}, TypeError),
        ({"set"}, TypeError),
        (b"bytes", TypeError),
        (object(), TypeError),
    ],
)
def test_a_request_holds_no_floats_and_nothing_unknown(
    value: object, mistake: type[Exception]
) -> None:
    with pytest.raises(mistake):
        books.digest_of("sale", {"value": value})


def test_a_number_of_an_origin_is_used_once() -> None:
    sold(1, origin="till-7", origin_seq=1)
    with pytest.raises(ledger.NumberTaken):
        sold(1, origin="till-7", origin_seq=1)
    sold(1, origin="till-8", origin_seq=1)


# --- what is refused -----------------------------------------------------------------------------
def test_more_than_there_is_is_refused_with_what_is_missing() -> None:
    before = counted()
    with pytest.raises(ledger.NotEnough) as refusal:
        posted(
            Move("outside:buyer", "cash:S1", "IDR", 5),
            Move("stand:GOR", "outside:buyer", CHIPS, 7),
            Move("stand:GOR", "outside:broken", CHIPS, 7),
        )
    no = refusal.value
    assert (no.account, no.unit, no.short, no.remains) == ("stand:GOR", CHIPS, 4, -4)
    assert "stand:GOR" in str(no)
    assert "4" in str(no)
    assert counted() == before
    assert books.balance("cash:S1", "IDR") == 0
    assert books.balance("stand:GOR", CHIPS) == 10


def test_of_several_shortages_the_same_is_named_on_both_engines() -> None:
    with pytest.raises(ledger.NotEnough) as refusal:
        posted(
            Move("store:KLB", "outside:buyer", CHIPS, 2),
            Move("stand:TWO", "outside:buyer", CHIPS, 1),
            Move("store:KFM", "outside:buyer", CHIPS, 3),
        )
    assert (refusal.value.account, refusal.value.short) == ("stand:TWO", 1)  # opened first


@pytest.mark.parametrize(
    ("moves", "other", "no"),
    [
        ([], {}, ledger.BadMoves),
        ([Move("outside:workshop", "store:KFM", CHIPS, 1)] * (LONGEST + 1), {}, ledger.BadMoves),
        ([Move("store:KFM", "store:KFM", CHIPS, 1)], {}, ledger.BadMoves),
        ([Move("outside:workshop", "store:KFM", CHIPS, 0)], {}, ledger.BadAmount),
        ([Move("outside:workshop", "store:KFM", CHIPS, -1)], {}, ledger.BadAmount),
        ([Move("outside:workshop", "store:KFM", CHIPS, MOST + 1)], {}, ledger.BadAmount),
        ([Move("outside:workshop", "store:KFM", CHIPS, 1.0)], {}, ledger.BadAmount),  # type: ignore[arg-type]
        ([Move("outside:workshop", "store:KFM", CHIPS, True)], {}, ledger.BadAmount),
        ([Move("outside:workshop", "store:NOWHERE", CHIPS, 1)], {}, ledger.UnknownAccount),
        ([Move("outside:workshop", "", CHIPS, 1)], {}, ledger.UnknownAccount),
        ([Move("outside:workshop\0", "store:KFM", CHIPS, 1)], {}, ledger.UnknownAccount),
        ([Move("outside:workshop", "store:KFM", "KFM-NONE-1", 1)], {}, ledger.UnknownUnit),
        ([Move("outside:workshop", "store:KFM", "KFM\0", 1)], {}, ledger.UnknownUnit),
        ([Move("outside:workshop", "store:KFM", "IDR", 1)], {}, ledger.WrongAccount),
        ([Move("outside:world", "due:KFM", "IDR", 1)], {}, ledger.WrongAccount),
        (None, {"kind": "gift"}, ledger.UnknownKind),
        (None, {"note": "x" * 501}, ledger.BadNote),
        (None, {"note": "x" * 10_000_000}, ledger.BadNote),
        (None, {"note": "\0"}, ledger.BadNote),
        (None, {"note": "\ud800"}, ledger.BadNote),
        (None, {"request": {"name": "\ud800"}, "kind": "gift"}, ledger.UnknownKind),
        (None, {"origin": ""}, ledger.BadOrigin),
        (None, {"origin": "x" * 61}, ledger.BadOrigin),
        (None, {"origin_seq": 0}, ledger.BadOrigin),
        (None, {"occurred_at": AT.replace(tzinfo=timezone(timedelta(hours=15)))}, ledger.BadTime),
        (None, {"occurred_at": datetime.min.replace(tzinfo=WITA)}, ledger.BadTime),
        (None, {"occurred_at": datetime.max.replace(tzinfo=UTC)}, ledger.BadTime),
        (None, {"reverses": UUID(int=5)}, ledger.UnknownEntry),
    ],
)
def test_what_is_not_right_is_refused_in_words(
    moves: list[Move] | None, other: dict[str, Any], no: type[Refusal]
) -> None:
    before = counted()
    given = [Move("stand:GOR", "outside:buyer", CHIPS, 1)] if moves is None else moves
    with pytest.raises(no) as refusal:
        posted(*given, **other)
    assert str(refusal.value)
    assert counted() == before


def test_a_refused_post_leaves_the_transaction_usable() -> None:
    with transaction.atomic():
        sold(4)
        with pytest.raises(ledger.NotEnough):
            sold(7)
        with pytest.raises(ledger.UnknownAccount):
            posted(Move("stand:NOWHERE", "outside:buyer", CHIPS, 1))
        sold(6)
    assert books.balance("stand:GOR", CHIPS) == 0


def test_a_balance_beyond_all_bounds_is_refused() -> None:
    heap = [Move("outside:buyer", "cash:S1", "IDR", MOST)] * LONGEST
    for _ in range(9):
        posted(*heap)
    with pytest.raises(ledger.BadAmount):
        posted(*heap)
    assert books.balance("cash:S1", "IDR") == MOST * LONGEST * 9


def test_a_time_without_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        sold(1, occurred_at=datetime(2025, 10, 29, 9))  # noqa: DTZ001


# --- reversing -----------------------------------------------------------------------------------
def test_a_reversal_undoes_an_entry_whole() -> None:
    entry = posted(
        Move("stand:GOR", "outside:buyer", CHIPS, 2),
        Move("outside:buyer", "cash:S1", "IDR", 24_900),
        Move("owed:NTT", "due:KFM", "IDR", 24_900),
    )
    back = ledger.reverse(
        key=new_key(), original=entry, by=person(), occurred_at=AT, reason="Salah barang"
    )
    assert (back.kind, back.reverses_id, back.note) == ("reversal", entry.pk, "Salah barang")
    assert books.balances() == {("stand:GOR", CHIPS): 10}
    story = books.story(entry.pk)
    assert story is not None
    assert story.reversed_by == back.pk


def reverse(entry: Entry | UUID, **other: Any) -> Entry:
    given = {"key": new_key(), "by": person(), "occurred_at": AT, "reason": "Salah"} | other
    return ledger.reverse(original=entry, **given)


def test_a_reversal_with_the_same_key_is_the_same_reversal() -> None:
    entry, key = sold(2), new_key()
    assert reverse(entry, key=key) == reverse(entry.pk, key=key)
    with pytest.raises(ledger.KeyReused):
        reverse(entry, key=key, reason="Lain")


def test_an_entry_is_reversed_once_and_a_reversal_never() -> None:
    entry = sold(2)
    back = reverse(entry)
    with pytest.raises(ledger.AlreadyReversed):
        reverse(entry)
    with pytest.raises(ledger.IsReversal):
        reverse(back)
    with pytest.raises(ledger.UnknownEntry):
        reverse(new_key())
    assert books.balance("stand:GOR", CHIPS) == 10


def test_a_reversal_that_is_no_mirror_is_refused() -> None:
    entry = sold(2)
    with pytest.raises(ledger.NotMirrored):
        posted(Move("outside:buyer", "stand:GOR", CHIPS, 1), reverses=entry.pk, kind="reversal")
    assert books.balance("stand:GOR", CHIPS) == 8


def test_what_is_gone_cannot_be_taken_back() -> None:
    entry = made(5, at="store:KFM")
    posted(Move("store:KFM", "stand:TWO", CHIPS, 1), kind="despatch")
    with pytest.raises(ledger.NotEnough):
        reverse(entry)


# --- accounts and units --------------------------------------------------------------------------
def test_opening_an_account_again_is_the_same_account() -> None:
    first = ledger.open_account(code="store:BJW", home="BJW", at=AT)
    again = ledger.open_account(code="store:BJW", home="BJW", at=AT + timedelta(days=9))
    assert first == again
    assert (first.cls, again.opened_at) == ("holding", AT)
    with pytest.raises(ledger.CodeTaken):
        ledger.open_account(code="store:BJW", home="KLB", at=AT)


def test_several_accounts_are_opened_together_or_not_at_all() -> None:
    with pytest.raises(ledger.BadCode):
        ledger.open_accounts(homes={"store:BJW": "BJW", "shop:BJW": "BJW"}, at=AT)
    assert not Account.objects.filter(code="store:BJW").exists()
    opened = ledger.open_accounts(homes={"store:BJW": "BJW", "store:KFM": "NTT"}, at=AT)
    assert sorted(opened) == ["store:BJW", "store:KFM"]


@pytest.mark.parametrize(
    "code", ["store:", "store", "kasir:X", "store:a b", "store:\0", "x" * 10**6]
)
def test_an_account_with_a_bad_code_is_refused(code: str) -> None:
    with pytest.raises(ledger.BadCode):
        ledger.open_account(code=code, home="NTT", at=AT)


def test_adding_a_unit_again_is_the_same_unit() -> None:
    first = ledger.add_unit(code="KLB-TAS-1", kind="lot")
    assert ledger.add_unit(code="KLB-TAS-1", kind="lot") == first
    with pytest.raises(ledger.CodeTaken):
        ledger.add_unit(code="KLB-TAS-1", kind="material")
    more = ledger.add_units(codes=["KLB-TAS-1", "KLB-TAS-2", "KLB-TAS-2"], kind="lot")
    assert list(more) == ["KLB-TAS-1", "KLB-TAS-2"]


@pytest.mark.parametrize(
    ("code", "kind"), [("klb", "lot"), ("K" * 25, "lot"), ("K\0", "lot"), ("USD", "money")]
)
def test_a_unit_with_a_bad_code_is_refused(code: str, kind: str) -> None:
    with pytest.raises(ledger.BadCode):
        ledger.add_unit(code=code, kind=kind)
    assert Unit.objects.count() == 3
