"""Asking the books by period and at an instant, line by line, by what somebody remembers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger.explaining import About, abouts_of, children_of, parents_of, units
from karyabina.ledger.models import Move
from karyabina.ledger.queries import searches, shelves, sight
from karyabina.ledger.queries.histories import summed_history
from karyabina.ledger.tests.make import AT, CHIPS, MELON, made, person, posted, world

pytestmark = pytest.mark.django_db

DAY = AT.date()
NTT = books.Sight(("NTT",), frozenset({"KFM"}))
NO_MAKERS = books.Sight(("NTT",), frozenset())
STRANGER = books.Sight(("DPS",), frozenset({"DPS"}))


@pytest.fixture(autouse=True)
def an_empty_world(db: None) -> None:
    world()


def sold(pieces: int, days: int = 0) -> object:
    return posted(
        Move("stand:GOR", "outside:buyer", CHIPS, pieces),
        Move("outside:buyer", "cash:S1", "IDR", 1000 * pieces),
        occurred_at=AT + timedelta(days=days),
    )


def shared(*premi: int, office: str = "KFM") -> object:
    """A settlement: so much for each of several makers, and for the capital."""
    makers = [f"premi:{office}:{office}-{n:03}:saved" for n in range(len(premi))]
    ledger.open_accounts(homes=dict.fromkeys([*makers, f"capital:{office}"], "NTT"), at=AT)
    shares = zip(makers, premi, strict=True)
    return posted(
        Move(f"owed:{office}", f"capital:{office}", "IDR", 7_000),
        *(Move(f"owed:{office}", maker, "IDR", amount) for maker, amount in shares),
        kind="settlement",
    )


# --- a period, an instant --------------------------------------------------------------------
def test_a_period_tells_what_was_there_what_came_what_went_and_what_was_left() -> None:
    posted(Move("outside:workshop", "stand:GOR", CHIPS, 20), kind="production")
    sold(3)
    sold(4, days=1)
    sold(5, days=2)
    middle = books.turnover("stand:GOR", first=DAY + timedelta(1), last=DAY + timedelta(1))
    assert middle == [books.Turnover(CHIPS, opening=17, came=0, went=4)]
    assert middle[0].closing == 13
    assert books.turnover("stand:GOR", CHIPS) == [books.Turnover(CHIPS, 0, 20, 12)]
    assert books.turnover("stand:GOR", MELON) == []
    assert books.turnover("stand:NOWHERE") == []
    assert books.turnover("cash:S1", last=DAY) == [books.Turnover("IDR", 0, 3000, 0)]
    assert books.turnover("cash:S1", first=date(9998, 1, 1)) == [
        books.Turnover("IDR", 12_000, 0, 0)
    ]


def test_the_closing_of_a_day_is_the_opening_of_the_next() -> None:
    made(30)
    for days in range(5):
        sold(days + 1, days)
    closing = 0
    for days in range(5):
        day = DAY + timedelta(days)
        (turned,) = books.turnover("stand:GOR", CHIPS, first=day, last=day)
        assert turned.opening == closing
        closing = turned.closing
    assert closing == books.balance("stand:GOR", CHIPS) == 15


def test_all_units_of_an_account_at_an_instant_in_one_query() -> None:
    first = made(10)
    second = made(4, lot=MELON)
    sold(10)
    with CaptureQueriesContext(connection) as seen:
        assert books.balances_at("stand:GOR", second.recorded_at) == {CHIPS: 10, MELON: 4}
    assert len(seen) == 1
    assert books.balances_at("stand:GOR", first.recorded_at) == {CHIPS: 10}
    assert books.balances_at("stand:GOR", AT + timedelta(days=9999)) == {MELON: 4}


# --- a book ----------------------------------------------------------------------------------
def told(lines: object) -> list[tuple[int, int]]:
    return [(one.change, one.running) for one in lines]  # type: ignore[attr-defined]


def test_a_book_reads_the_same_from_either_end_and_in_pages() -> None:
    made(40)
    made(9, lot=MELON)
    for pieces in (1, 2, 3, 4, 5):
        sold(pieces)
    newest = books.history("stand:GOR").lines
    oldest = books.history("stand:GOR", oldest_first=True).lines
    assert tuple(reversed(oldest)) == newest
    assert told(oldest) == [(40, 40), (9, 9), (-1, 39), (-2, 37), (-3, 34), (-4, 30), (-5, 25)]
    pages, before = [], None
    while True:
        page = books.history("stand:GOR", before=before, limit=2, oldest_first=True)
        pages += page.lines
        before = page.older
        if before is None:
            break
    assert tuple(pages) == oldest
    assert tuple(books.whole_history("stand:GOR", at_once=2)) == oldest


def test_a_period_is_read_in_the_order_of_its_days() -> None:
    made(20)
    sold(5, days=2)
    sold(1)
    sold(2, days=1)
    later = books.Period(DAY + timedelta(1))
    assert told(books.history("stand:GOR", period=later).lines) == [(-5, 12), (-2, 17)]
    oldest = books.history("stand:GOR", period=later, oldest_first=True, limit=1)
    assert told(oldest.lines) == [(-2, 17)]
    rest = books.history("stand:GOR", period=later, oldest_first=True, before=oldest.older)
    assert told(rest.lines) == [(-5, 12)]
    assert told(books.whole_history("stand:GOR", period=later)) == [(-2, 17), (-5, 12)]
    with pytest.raises(books.NoSuchPlace):
        books.history("stand:GOR", before=oldest.older)  # a place of another order


def test_an_entry_is_never_torn_by_a_page() -> None:
    shared(1_000, 2_000, 3_000)
    shared(4_000, 5_000)
    first = books.history("owed:KFM", limit=1)
    assert [one.line.amount for one in first.lines] == [5_000, 4_000, 7_000]
    second = books.history("owed:KFM", limit=5, before=first.older)
    assert len(second.lines) == 4
    assert second.older is None
    assert second.lines[0].running == -13_000


# --- what may be seen ------------------------------------------------------------------------
def test_a_maker_is_named_only_to_whom_may_know_makers() -> None:
    entry = shared(1_000, 2_500)
    open_story, closed = (books.story_for(entry.pk, who) for who in (NTT, NO_MAKERS))
    assert open_story
    assert closed
    assert "premi:KFM:KFM-001:saved" in {line.target for line in open_story.lines}
    assert [(line.target, line.amount) for line in closed.lines] == [
        ("capital:KFM", 7_000),
        ("premi:KFM", 3_500),
    ]
    lines = list(summed_history(books.history("owed:KFM").lines, NO_MAKERS))
    assert [(one.line.target, one.change, one.running) for one in lines] == [
        ("premi:KFM", -3_500, -10_500),
        ("capital:KFM", -7_000, -7_000),
    ]
    assert sight.account("premi:KFM:KFM-001:saved", NTT)
    assert sight.account("premi:KFM:KFM-001:saved", NO_MAKERS) is None
    listed = shelves.accounts(NO_MAKERS, ("owed",), empty=True)
    assert not [one for one in listed if one.code.startswith("premi:")]
    of_kfm = books.Sight(("NTT", "KFM"), frozenset())
    assert shelves.premi_sums(of_kfm) == [("KFM", 3_500)]


def test_a_search_for_an_amount_tells_nobody_what_a_maker_gets() -> None:
    entry = shared(1_234)
    wanted = searches.understood("1.234")
    assert [one.pk for one in searches.entries(wanted, NTT).entries] == [entry.pk]
    assert searches.entries(wanted, NO_MAKERS).entries == ()


def test_of_a_shared_entry_each_office_sees_its_own_part() -> None:
    ledger.open_account(code="store:DPS", home="DPS", at=AT)
    ledger.add_unit(code="DPS-SALAK-1", kind="lot")
    made(5)
    posted(Move("outside:workshop", "store:DPS", "DPS-SALAK-1", 3), kind="production")
    both = posted(
        Move("stand:GOR", "outside:buyer", CHIPS, 2),
        Move("store:DPS", "outside:buyer", "DPS-SALAK-1", 1),
        Move("outside:buyer", "cash:S1", "IDR", 5_000),
    )
    theirs, ours = (books.story_for(both.pk, who) for who in (STRANGER, NTT))
    assert theirs
    assert ours
    assert ([line.unit for line in theirs.lines], theirs.others) == (["DPS-SALAK-1"], 2)
    assert ([line.unit for line in ours.lines], ours.others) == ([CHIPS, "IDR"], 1)
    assert books.story_for(made(1).pk, STRANGER) is None
    assert sight.unit(CHIPS, STRANGER) is None
    assert sight.unit("IDR", NTT) is None


def test_a_lot_is_seen_where_it_ever_was() -> None:
    ledger.open_account(code="store:DPS", home="DPS", at=AT)
    made(5)
    posted(Move("stand:GOR", "store:DPS", CHIPS, 5))
    posted(Move("store:DPS", "stand:TWO", CHIPS, 5))
    later = posted(Move("stand:TWO", "outside:broken", CHIPS, 1), kind="breakage")
    assert sight.unit(CHIPS, STRANGER)
    assert books.story_for(later.pk, STRANGER)
    assert sight.account("stand:TWO", STRANGER) is None


# --- finding ---------------------------------------------------------------------------------
def found(text: str, who: books.Sight = NTT, period: books.Period | None = None) -> list[object]:
    wanted = searches.understood(text)
    return [one.pk for one in searches.entries(wanted, who, period=period).entries]


def test_an_entry_is_found_by_whatever_is_remembered_of_it() -> None:
    made(50)
    entry = sold(45, days=-1)
    key = str(entry.pk)  # type: ignore[attr-defined]
    for text in (key, key.upper(), key.replace("-", ""), key[:35], "45.000", "Rp 45.000", "rp45000",
                 "Rp45.000,00", "Rp. 45.000,-", "45,000,--",
                 "28-10-2025", "28 Oktober 2025", f"hub {entry.origin_seq}",  # type: ignore[attr-defined]
                 f"#{entry.origin_seq}", f"hub/{entry.origin_seq}"):  # type: ignore[attr-defined]  # fmt: skip
        assert entry.pk in found(text), text  # type: ignore[attr-defined]
        assert found(text, STRANGER) == [], text
    assert found("45.000", period=books.Period(DAY)) == []
    assert found("45.000", period=books.Period(None, DAY)) == [entry.pk]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    ["", "x", "-", "99999999999999999999999", "0", "-5", "1,5", "٣", "hub", "hub 0", "31-31-2025",
     "29-10-0001", "zzz zzz", "a" * 120, "%", "_", "'", "%_%"],
)  # fmt: skip
def test_odd_words_find_nothing_and_break_nothing(text: str) -> None:
    made(3)
    assert found(text) == []
    assert text == "-" or list(searches.units(text or "?", NTT)) == []


def test_a_day_is_that_of_the_place_where_it_happened() -> None:
    late = AT.replace(hour=23, minute=50)
    early = AT.replace(hour=0, minute=5)
    entries = {made(1).pk, *(posted(
        Move("outside:workshop", "stand:GOR", CHIPS, 1), kind="production", occurred_at=at
    ).pk for at in (late, early))}  # fmt: skip
    assert set(found("29-10-2025")) == entries
    assert found("30-10-2025") == found("28-10-2025") == []


def test_pages_of_a_search_fit_together_in_as_many_queries_for_few_as_for_many() -> None:
    made(500)

    def asked(limit: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            searches.entries(searches.understood("1.000"), NTT, limit=limit)
        return len(seen)

    whole = [sold(1).pk for _ in range(3)]  # type: ignore[attr-defined]
    few = asked(50)
    whole += [sold(1).pk for _ in range(20)]  # type: ignore[attr-defined]
    assert asked(50) == few
    wanted, pages, before = searches.understood("1.000"), [], None
    while True:
        page = searches.entries(wanted, NTT, before=before, limit=7)
        pages += [one.pk for one in page.entries]
        before = page.older
        if before is None:
            break
    assert pages == whole[::-1]
    assert [one.pk for one in searches.all_entries(wanted, NTT, at_once=5)] == pages
    for broken in ("x", "|", "2025-10-29|x", f"2025-10-29T00:00|{new_key()}"):
        with pytest.raises(books.NoSuchPlace):
            searches.entries(wanted, NTT, before=broken)


# --- a journey -------------------------------------------------------------------------------
def travelled() -> None:
    made(10, at="store:KFM")
    posted(Move("store:KFM", "transit:T1", CHIPS, 8), kind="despatch")
    posted(
        Move("transit:T1", "stand:GOR", CHIPS, 7),
        Move("transit:T1", "outside:broken", CHIPS, 1),
        kind="receipt",
    )
    sold(4)
    posted(Move("stand:GOR", "store:KFM", CHIPS, 3), kind="return_receipt")
    posted(Move("store:KFM", "stand:TWO", CHIPS, 2), kind="receipt")


def test_a_journey_goes_from_its_making_to_wherever_it_is() -> None:
    travelled()
    with CaptureQueriesContext(connection) as seen:
        told = books.journey(CHIPS)
    assert len(seen) == 2
    assert [(flow.source, flow.target, flow.amount) for flow in told.flows] == [
        ("outside:workshop", "store:KFM", 10),
        ("store:KFM", "transit:T1", 8),
        ("transit:T1", "outside:broken", 1),
        ("transit:T1", "stand:GOR", 7),
        ("stand:GOR", "outside:buyer", 4),
        ("stand:GOR", "store:KFM", 3),
        ("store:KFM", "stand:TWO", 2),
    ]
    assert told.now == {"store:KFM": 3, "stand:TWO": 2}
    assert books.journey("KFM-NONE-1").flows == ()


def test_a_journey_can_be_walked_from_one_place_in_both_directions() -> None:
    travelled()
    told = books.journey(CHIPS)
    back = {(flow.source, flow.target) for flow in told.backwards("transit:T1")}
    assert back == {("outside:workshop", "store:KFM"), ("store:KFM", "transit:T1")}
    on = {(flow.source, flow.target) for flow in told.forwards("stand:GOR")}
    assert on == {
        ("stand:GOR", "outside:buyer"),
        ("stand:GOR", "store:KFM"),
        ("store:KFM", "stand:TWO"),
    }
    assert told.backwards("nowhere:X") == told.forwards("nowhere:X") == ()


def test_a_file_of_a_journey_has_every_movement_once() -> None:
    travelled()
    for at_once in (1, 2, 3, 100):
        lines = list(books.whole_journey(CHIPS, at_once=at_once))
        assert len(lines) == 7
        assert lines[0].kind == "production"
    assert person()


def test_lots_tell_what_they_were_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("karyabina.ledger.explaining._abouts", [])
    kin = {
        "JAM": About("Selai", parents=("FRUIT", "SUGAR"), children=("JAR",)),
        "FRUIT": About("Buah", parents=("SEED",), children=("JAM",)),
        "JAR": About("Stoples", parents=("JAM",)),
        "SEED": About("Bibit", parents=("JAM",)),  # a circle must end
    }
    asked: list[list[str]] = []

    def explain(codes: list[str]) -> dict[str, About]:
        asked.append(list(codes))
        return {code: kin[code] for code in codes if code in kin}

    units(explain)  # type: ignore[arg-type]
    assert [(one.code, one.steps) for one in parents_of("JAM")] == [
        ("FRUIT", 1),
        ("SUGAR", 1),
        ("SEED", 2),
    ]
    assert [one.code for one in children_of("FRUIT")] == ["JAM", "JAR"]
    assert abouts_of([]) == {}
    assert asked[0] == ["JAM"]
