"""Other programs read our journals and come to our balances; what is altered they refuse."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import journals
from karyabina.ledger import queries as books
from karyabina.ledger.journals import names, reading
from karyabina.ledger.journals.reading import Scope
from karyabina.ledger.models import RUPIAH, Account, Entry, Move, Movement
from karyabina.ledger.tests.make import AT, CHIPS, made, person, posted, world
from karyabina.ledger.tests.readers import (
    Balances,
    complaint,
    counted_by_hledger,
    run,
    stated,
    text_of,
)
from karyabina.ledger.tests.test_journal_names import ODD_UNITS
from tests import make

FORMATS = sorted(journals.FORMATS)
DAY = AT.date()

# Codes that a careless mapping would confuse, or that a program reads as something else.
ODD_ACCOUNTS = (
    "premi:KLB:a:saved",
    "premi:KLB:A:saved",
    "premi:KLB:Xx-a:saved",
    "premi:KLB:A:usable",
    "partner:Kopi_Alor.Sejahtera-",
    "partner:Kopi-Alor.Sejahtera_",
    "partner:KopixAlor",
    "partner:7",
)
ODD_PLACES = ("stand:gor", "stand:Gor", "stand:GOR", "stand:G.OR", "stand:G_OR", "transit:T1")
ODD_NOTES = (
    "",
    "Salah; tulis: ulang, [2024-01-01] date:2020-01-01 | \"kutip\" 'dua' \\ akhir\\",
    "baris satu\nbaris dua\r\n2025-01-01 * bukan transaksi\n    store:KFM  5 IDR",
    "\u202eterbalik\u202c \u200btak kelihatan\ufeff \x07",
    "kerajinan \U0001f9fa \U0001f469\u200d\U0001f33e dan kopi – enak",
    "  spasi di tepi  ",
    "= sama * bintang ! (kode) #tag ^tautan @ 5 {3}",
    "x" * 500,
)


def truth(scope: Scope | None = None) -> Balances:
    """What the books hold, summed here one movement at a time: the plainest way there is."""
    sums: Balances = {}
    found = Movement.objects.select_related("source", "target", "unit")
    if scope and scope.until:
        found = found.filter(booked_on__lte=scope.until)
    for one in found:
        for account, change in ((one.source, -one.amount), (one.target, one.amount)):
            if scope and scope.office and account.home != scope.office:
                continue
            pair = account.code, one.unit.code
            sums[pair] = sums.get(pair, 0) + change
    return sums


def without_zeros(held: Balances) -> Balances:
    return {pair: amount for pair, amount in held.items() if amount}


def inside(held: Balances) -> Balances:
    return {pair: n for pair, n in held.items() if n and not pair[0].startswith("outside:")}


# --- random books --------------------------------------------------------------------------------
def among(accounts: tuple[str, ...], units: tuple[str, ...]) -> st.SearchStrategy[Move]:
    pairs = st.lists(st.sampled_from(accounts), min_size=2, max_size=2, unique=True)
    amounts = st.integers(1, 9) | st.just(999_999_999_999)
    return st.builds(
        lambda pair, unit, amount: Move(pair[0], pair[1], unit, amount),
        pairs, st.sampled_from(units), amounts,
    )  # fmt: skip


MADE = st.builds(
    lambda place, unit, amount: Move("outside:workshop", place, unit, amount),
    st.sampled_from(ODD_PLACES), st.sampled_from(ODD_UNITS), st.integers(1, 99),
)  # fmt: skip
EARNED = st.builds(
    lambda account, amount: Move("owed:NTT", account, RUPIAH, amount),
    st.sampled_from(ODD_ACCOUNTS), st.integers(1, 999_999_999),
)  # fmt: skip
MOVE = (
    MADE
    | EARNED
    | among((*ODD_PLACES, "outside:buyer"), ODD_UNITS)
    | among(("outside:world", "outside:buyer", "cash:S1", "difference:GOR"), (RUPIAH,))
)
NOTE = st.sampled_from(ODD_NOTES) | st.text(max_size=60).filter(
    lambda text: "\0" not in text and text.isprintable() | text.isascii()
)
STEP = st.tuples(
    st.lists(MOVE, min_size=1, max_size=4),
    NOTE,
    st.integers(-400, 40),  # days from the festival: many come late
    st.booleans(),  # reversed at once
)


@contextmanager
def odd_world() -> Iterator[None]:
    """Odd accounts and units, with nothing in them; gone again after the block."""
    with transaction.atomic():
        world()
        ledger.open_accounts(homes=dict.fromkeys(ODD_ACCOUNTS, "KLB"), at=AT)
        for place in ODD_PLACES:
            if not Account.objects.filter(code=place).exists():
                ledger.open_account(code=place, home="NTT", at=AT)
        ledger.add_units(codes=ODD_UNITS, kind="lot")
        yield
        transaction.set_rollback(True)


def play(steps: list[tuple[list[Move], str, int, bool]]) -> None:
    """Post what the books allow; what they refuse leaves no trace, and the journal none either."""
    for moves, note, days, back in steps:
        when = AT + timedelta(days=days)
        try:
            entry = posted(*moves, note=note, occurred_at=when)
            if back:
                ledger.reverse(
                    key=new_key(), original=entry, by=person(), occurred_at=AT, reason=note
                )
        except ledger.NotEnough:
            continue


@settings(max_examples=max(15, settings().max_examples // 5))
@given(steps=st.lists(STEP, max_size=12), until=st.none() | st.integers(-400, 40))
@pytest.mark.django_db
def test_both_programs_find_our_balances_in_random_books(
    steps: list[tuple[list[Move], str, int, bool]],
    until: int | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    scope = Scope(until=None if until is None else DAY + timedelta(days=until))
    with odd_world():
        play(steps)
        held = truth(scope)
        if until is None:
            assert books.balances() == inside(held)
        for name in FORMATS:
            text = text_of(name, scope)
            assert complaint(name, text, folder) == ""
            assert stated(name, text) == held
            if name == "hledger":
                assert counted_by_hledger(text, folder) == without_zeros(held)


# --- a day of work, for what follows -------------------------------------------------------------
SALE = [
    Move("stand:GOR", "outside:buyer", CHIPS, 2),
    Move("outside:buyer", "cash:S1", RUPIAH, 24_900),
    Move("owed:NTT", "due:KFM", RUPIAH, 24_900),
]


@pytest.fixture
def day(db: None) -> Entry:
    """Ten are made, two are sold today, two three days later; one sale is taken back. Returns the
    sale that stands."""
    world()
    made(10)
    sale = posted(*SALE, note="Pembeli dari Atambua")
    posted(*SALE, occurred_at=AT + timedelta(days=3))
    wrong = posted(*SALE)
    ledger.reverse(key=new_key(), original=wrong, by=person(), occurred_at=AT, reason="Keliru")
    return sale


@pytest.mark.parametrize("name", FORMATS)
def test_an_altered_amount_is_refused(name: str, day: Entry, tmp_path: Path) -> None:
    """So the check can fail: one side of a movement, both sides, or a balance."""
    text = text_of(name)
    assert complaint(name, text, tmp_path) == ""
    one_side = text.replace("  -24900 ", "  -24901 ", 1)
    assert one_side != text
    assert complaint(name, one_side, tmp_path)
    both_sides = one_side.replace("  24900 ", "  24901 ", 1)
    assert both_sides != one_side
    assert complaint(name, both_sides, tmp_path)
    ours, theirs = {
        "hledger": ("= 49800 IDR", "= 49801 IDR"),
        "beancount": ("Cash:S1  49800 IDR", "Cash:S1  49801 IDR"),
    }[name]
    assert ours in text
    assert complaint(name, text.replace(ours, theirs, 1), tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_an_entry_left_out_is_refused(name: str, day: Entry, tmp_path: Path) -> None:
    parts = text_of(name).split("\n\n")
    kept = [part for part in parts if str(day.key) not in part]
    assert len(kept) == len(parts) - 1
    assert complaint(name, "\n\n".join(kept), tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_balance_that_the_database_keeps_wrongly_is_refused(
    name: str, day: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures at the end are those of the kept balances, not sums of what was just written."""
    kept = reading._kept

    def one_more(scope: Scope) -> Iterator[tuple[int, int, str, str, int]]:
        for account, unit, code, of, amount in kept(scope):
            yield account, unit, code, of, amount + (code == "cash:S1")

    monkeypatch.setattr(reading, "_kept", one_more)
    assert complaint(name, text_of(name), tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_empty_books_make_an_acceptable_journal(name: str, db: None, tmp_path: Path) -> None:
    text = text_of(name)
    assert complaint(name, text, tmp_path) == ""
    assert stated(name, text) == {}
    assert text.endswith("; Akhir jurnal: 0 catatan, 0 perpindahan.\n")


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_journal_ends_with_a_line_that_counts(name: str, day: Entry) -> None:
    entries, movements = Entry.objects.count(), Movement.objects.count()
    ending = f"; Akhir jurnal: {entries} catatan, {movements} perpindahan.\n"
    assert text_of(name).endswith(ending)


def test_hledger_reads_what_an_entry_says(day: Entry, tmp_path: Path) -> None:
    note = ODD_NOTES[1] + ODD_NOTES[2] + ODD_NOTES[3]
    odd = posted(*SALE, note=note, origin="gerai, 1; [2024-01-01] date:2020-01-01", origin_seq=7)
    path = tmp_path / "j"
    path.write_text(text_of("hledger"), encoding="utf-8")
    told = json.loads(run("hledger", "-f", str(path), "print", "-O", "json").stdout)
    found = {one["tcode"]: one for one in told if one["tcode"]}
    assert len(found) == Entry.objects.count()
    one = found[str(odd.key)]
    tags = dict(one["ttags"])
    kind, said = one["tdescription"].split(" | ", 1)
    assert (kind, names.unescaped(said)) == ("sale", note)
    assert names.unescaped(tags["origin"]) == odd.origin
    assert tags["origin_seq"] == "7"
    assert tags["by"] == str(odd.by_id)
    assert tags["occurred_at"] == "2025-10-29T09:30:00+08:00"
    assert tags["recorded_at"] == odd.recorded_at.isoformat()
    assert one["tdate"] == str(odd.booked_on)
    back = Entry.objects.get(kind="reversal")
    assert dict(found[str(back.key)]["ttags"])["reverses"] == str(back.reverses_id)


def test_a_beancount_entry_links_to_what_it_reverses(day: Entry) -> None:
    back = Entry.objects.get(kind="reversal")
    text = text_of("beancount")
    assert f'* "reversal" "Keliru" ^{back.key} ^{back.reverses_id}\n' in text
    assert f'  reverses: "{back.reverses_id}"\n' in text


@pytest.mark.parametrize("name", FORMATS)
def test_nobody_is_named(name: str, day: Entry) -> None:
    text = text_of(name)
    assert str(day.by_id) in text
    assert person().username not in text
    assert person().name not in text


@pytest.mark.parametrize("name", FORMATS)
def test_days_come_in_order_whenever_they_were_recorded(name: str, day: Entry) -> None:
    made(5)
    posted(*SALE, occurred_at=AT - timedelta(days=300))
    dates = re.findall(r"^(\d{4}-\d\d-\d\d) (?:\*|\(|balance)", text_of(name), re.MULTILINE)
    assert dates == sorted(dates)
    assert len(set(dates)) >= 3


# --- until a day ---------------------------------------------------------------------------------
@pytest.mark.parametrize("name", FORMATS)
def test_until_a_day_includes_it_and_nothing_later(name: str, day: Entry, tmp_path: Path) -> None:
    scope = Scope(until=DAY)
    text = text_of(name, scope)
    assert complaint(name, text, tmp_path) == ""
    assert stated(name, text)["cash:S1", RUPIAH] == 24_900
    assert stated(name, text) == truth(scope)
    assert stated(name, text_of(name, Scope(until=DAY + timedelta(days=2)))) == truth(scope)
    assert stated(name, text_of(name, Scope(until=DAY + timedelta(days=3)))) == truth()
    assert stated(name, text_of(name, Scope(until=DAY - timedelta(days=1)))) == {}
    assert complaint(name, text_of(name, Scope(until=date.max)), tmp_path) == ""


@pytest.mark.parametrize("name", FORMATS)
def test_what_comes_later_changes_no_byte_of_an_earlier_journal(name: str, day: Entry) -> None:
    scope = Scope(until=DAY)
    before = text_of(name, scope)
    later = AT + timedelta(days=5)
    ledger.open_account(code="stand:BARU", home="NTT", at=AT)
    ledger.add_unit(code="KFM-BARU-1", kind="lot")
    posted(
        Move("outside:workshop", "stand:BARU", "KFM-BARU-1", 3),
        Move("stand:BARU", "outside:buyer", "KFM-BARU-1", 1),
        Move("outside:world", "cash:S1", RUPIAH, 5),
        occurred_at=later,
    )
    ledger.reverse(key=new_key(), original=day, by=person(), occurred_at=later, reason="Nanti")
    assert text_of(name, scope) == before


# --- of one office -------------------------------------------------------------------------------
@pytest.fixture
def two_offices(day: Entry) -> None:
    """Besides the day at the stand of NTT: Kalabahi makes, and shares with a maker."""
    make.office("KLB")
    homes = {"store:SOE": "SOE", "premi:KLB:KLB-001:saved": "KLB", "owed:KLB": "KLB",
             "premi:SOE:SOE-001:saved": "SOE", "owed:SOE": "SOE",
             "stand:KLB": "KLB", "transit:KLB-1": "NTT"}  # fmt: skip
    ledger.open_accounts(homes=homes, at=AT)
    for office in ("KLB", "SOE"):
        posted(
            Move(f"owed:{office}", f"premi:{office}:{office}-001:saved", RUPIAH, 7_000),
            kind="settlement",
        )
    posted(
        Move("outside:workshop", "stand:KLB", CHIPS, 6),
        Move("stand:KLB", "transit:KLB-1", CHIPS, 5),
        Move("stand:KLB", "outside:broken", CHIPS, 1),
    )
    posted(Move("transit:KLB-1", "stand:GOR", CHIPS, 2))


@pytest.mark.parametrize("until", [None, DAY])
@pytest.mark.parametrize("name", FORMATS)
def test_an_offices_journal_holds_whole_entries_that_touch_its_accounts(
    name: str, until: date | None, two_offices: None, tmp_path: Path
) -> None:
    scope = Scope(until=until, office="KLB")
    text = text_of(name, scope)
    assert complaint(name, text, tmp_path) == ""
    assert stated(name, text) == truth(scope)
    assert set(stated(name, text).values()) == {7_000, -7_000, 0}
    assert "2 catatan, 4 perpindahan" in text
    assert "SOE" not in text  # another office's makers are no business of this one
    assert "transit:KLB-1" in text  # the other side of a movement, not stated
    assert "stand:GOR" not in text
    whole = text_of(name, Scope(until=until, office="KLB")).replace("  7000 ", "  7001 ", 1)
    assert complaint(name, whole, tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_an_office_whose_accounts_others_touch_too(
    name: str, two_offices: None, tmp_path: Path
) -> None:
    scope = Scope(office="NTT")
    text = text_of(name, scope)
    assert complaint(name, text, tmp_path) == ""
    assert stated(name, text) == truth(scope)
    assert "premi:SOE" not in text


# --- reading -------------------------------------------------------------------------------------
def test_the_number_of_queries_grows_only_by_hundreds_of_entries(
    day: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            text_of("hledger")
        return len(made)

    few = queries()
    for _ in range(20):
        posted(Move("outside:world", "cash:S1", RUPIAH, 1))
    assert queries() == few
    monkeypatch.setattr(reading, "AT_ONCE", 5)
    assert queries() == few + 4
    assert few <= 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FORMATS)
def test_a_sale_during_the_export_is_in_all_of_it_or_nowhere(name: str, tmp_path: Path) -> None:
    world()
    made(10)
    posted(*SALE)
    pieces = journals.journal(name, Scope())
    begun = []
    while "stand:GOR" not in "".join(begun):  # the accounts: it is reading
        begun.append(next(pieces))

    def sell() -> None:
        try:
            posted(*SALE)
        finally:
            connection.close()

    seller = threading.Thread(target=sell)
    seller.start()
    seller.join()
    text = "".join([*begun, *pieces])
    assert complaint(name, text, tmp_path) == ""
    assert stated(name, text)["cash:S1", RUPIAH] == 24_900
    assert stated(name, text_of(name))["cash:S1", RUPIAH] == 49_800
