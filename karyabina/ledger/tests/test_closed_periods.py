"""A closed period's figures never change, byte for byte, whatever comes to light later."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Account, Closing, Entry, Movement, Seal
from karyabina.ledger.queries import closings as days
from karyabina.ledger.tests.closing import (
    DAY,
    closed,
    days_later,
    moment,
    offices,
    reopened,
    sold,
    somebody,
)
from karyabina.ledger.tests.make import CHIPS, person
from karyabina.ledger.tests.tampering import wrong
from karyabina.offices.models import Office

FIRST = days_later(-9)


def figures(home: str, until: date) -> bytes:
    """All that the books say of an office up to a day: each account's turnover, each line."""
    accounts = Account.objects.filter(home=home).exclude(cls="outside").order_by("code")
    said: list[object] = []
    for account in accounts:
        turned = books.turnover(account.code, first=FIRST, last=until)
        said.append([account.code, [[t.unit, t.opening, t.came, t.went] for t in turned]])
    touching = Movement.objects.filter(booked_on__lte=until).select_related("source", "target")
    said += [
        [str(m.entry_id), m.n, m.source.code, m.target.code, m.amount, str(m.booked_on)]
        for m in touching.order_by("recorded_at", "entry_id", "n")
        if home in {m.source.home, m.target.home}
    ]
    return json.dumps(said).encode()


def exported(form: str, until: date, office: str | None = None) -> str:
    out = StringIO()
    call_command("export-journal", format=form, until=until, office=office, stdout=out)
    return out.getvalue()


# --- where what comes late is booked -------------------------------------------------------------
@pytest.mark.django_db
def test_what_comes_late_is_booked_on_the_first_open_day() -> None:
    kfm, _ntt = offices()
    closed(kfm)
    late = sold()
    assert (late.occurred_local.date(), late.booked_on) == (DAY, days_later(1))
    assert set(late.movements.values_list("booked_on", flat=True)) == {days_later(1)}


@pytest.mark.django_db
def test_an_entry_waits_for_the_last_of_the_offices_that_it_touches() -> None:
    kfm, ntt = offices()
    closed(kfm, days_later(-2))
    closed(ntt, days_later(3), at=moment(days_later(3)))
    assert sold(days_later(-5)).booked_on == days_later(4)
    assert sold(days_later(9)).booked_on == days_later(9)


@pytest.mark.django_db
def test_an_office_that_an_entry_does_not_touch_does_not_hold_it_up() -> None:
    _kfm, ntt = offices()
    closed(ntt)
    assert sold(at="KFM", of="KFM").booked_on == DAY


@pytest.mark.django_db
def test_a_reversal_of_a_closed_day_is_booked_on_an_open_one() -> None:
    kfm, _ntt = offices()
    sale = sold()
    closed(kfm)
    back = ledger.reverse(
        key=new_key(), original=sale, by=person(), occurred_at=moment(), reason="Salah"
    )
    assert (sale.booked_on, back.booked_on) == (DAY, days_later(1))
    assert wrong() == {}


@pytest.mark.django_db
def test_a_reopened_day_takes_entries_again() -> None:
    kfm, _ntt = offices()
    reopened(closed(kfm))
    assert sold().booked_on == DAY


@pytest.mark.django_db
def test_closing_today_sends_what_is_recorded_later_to_tomorrow() -> None:
    kfm, _ntt = offices()
    sold(hour=9)
    closed(kfm, at=moment(DAY, 18))
    assert sold(hour=19).booked_on == days_later(1)


# --- nothing changes -----------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_a_journal_of_closed_days_is_the_same_bytes_for_ever(form: str) -> None:
    kfm, ntt = offices()
    for back in range(5, 0, -1):
        sold(days_later(-back))
    closed(kfm)
    closed(ntt)
    before = [exported(form, DAY), exported(form, DAY, "KFM"), exported(form, DAY, "NTT")]
    for back in range(5, 0, -1):
        sold(days_later(-back), note="Baru diketahui")
    sold()
    assert before == [exported(form, DAY), exported(form, DAY, "KFM"), exported(form, DAY, "NTT")]
    assert exported(form, days_later(1)) != before[0]


@pytest.mark.django_db
@pytest.mark.seeded
def test_figures_of_closed_days_stay_through_a_hundred_random_acts(seed: int) -> None:
    """Two offices sell, close, reopen and record late in any order; whatever is closed at a time
    is, as long as it is closed, the same bytes."""
    chance = random.Random(seed)
    places = offices()
    kept: dict[str, tuple[date, bytes]] = {}
    today = FIRST
    for _turn in range(100):
        act = chance.choices(("sell", "close", "reopen", "next"), (60, 15, 5, 20))[0]
        office = chance.choice(places)
        if act == "next":
            today = days_later(1, today)
        elif act == "sell":
            sale = sold(days_later(-chance.randrange(6), today), hour=chance.randrange(24))
            if chance.random() < 0.2:
                ledger.reverse(
                    key=new_key(), original=sale, by=person(), occurred_at=moment(today),
                    reason="Salah",
                )  # fmt: skip
        elif act == "close":
            day = days_later(-chance.randrange(3), today)
            try:
                closed(office, day, at=moment(today, 23))
            except closings.AlreadyClosed:
                continue
            kept[office.code] = day, figures(office.code, day)
        elif (last := days.last_closing(office.code)) is not None:
            try:
                reopened(last)
            except (closings.NotTheLast, closings.LaterDaySealed):
                continue
            kept.pop(office.code, None)
            if last.was is not None:
                kept[office.code] = last.was, figures(office.code, last.was)
        for home, (until, then) in kept.items():
            assert figures(home, until) == then, f"{home} up to {until} changed by {act}"
    assert wrong() == {}
    assert [f for f in verify.run(of="karyabina.ledger") if f.faults] == []
    assert Seal.objects.exists()


# --- closing while others write ------------------------------------------------------------------
def race(doings: list[Callable[[], object]]) -> list[object]:
    results: list[object] = [None] * len(doings)
    start = threading.Barrier(len(doings))

    def one(number: int) -> None:
        try:
            start.wait()
            results[number] = doings[number]()
        except Exception as error:  # noqa: BLE001 (it is a result of the race)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    return results


@pytest.fixture
def trade(transactional_db: None) -> list[Office]:
    places = offices()
    person(), somebody()
    return places


def outside_their_seals() -> list[str]:
    """Entries booked on a closed day of an office that no seal of that day covers, asked in a
    way of its own."""
    found = []
    for home, until in days.closed_until(["KFM", "NTT"]).items():
        for entry in Entry.objects.filter(booked_on__lte=until):
            accounts = Account.objects.filter(home=home).exclude(cls="outside")
            lines = entry.movements.all()
            if not (lines.filter(source__in=accounts) | lines.filter(target__in=accounts)).exists():
                continue
            seals = Seal.objects.filter(home=home, day=entry.booked_on)
            if not seals.filter(upto__gte=entry.recorded_at).exists():
                found.append(f"{home} {entry.booked_on} {entry.pk}")
    return found


@pytest.mark.race
def test_nothing_slips_into_a_day_that_is_being_closed(trade: list[Office], seed: int) -> None:
    """Six sell, today and on the days before, while two close one day after another."""
    kfm, ntt = trade
    turns = 15

    def sell(number: int) -> Callable[[], object]:
        chance = random.Random(seed + number)

        def selling() -> object:
            for _ in range(turns):
                sold(days_later(-chance.randrange(6)), hour=chance.randrange(24))
            return turns

        return selling

    def close(office: Office) -> Callable[[], object]:
        def closing() -> object:
            for back in range(5, -1, -1):
                closed(office, days_later(-back), at=moment(DAY, 23))
            return "closed"

        return closing

    results = race([*(sell(number) for number in range(6)), close(kfm), close(ntt)])
    assert Counter(results) == {turns: 6, "closed": 2}, results
    assert outside_their_seals() == []
    assert wrong() == {}
    assert Entry.objects.filter(kind="sale").count() == 6 * turns
    assert [f for f in verify.run(of="karyabina.ledger") if f.faults] == []


@pytest.mark.race
def test_batches_and_long_transactions_stay_out_of_closed_days_too(trade: list[Office]) -> None:
    """Many by one statement, and two entries in one transaction that hold one office while they
    wait for the other: whoever is in the way tries again."""
    kfm, ntt = trade
    codes = ("KFM", "NTT")

    def batches() -> object:
        for turn in range(6):
            postings = [
                ledger.Posting(
                    key=new_key(),
                    kind="sale",
                    occurred_at=moment(days_later(-((turn + n) % 11))),
                    request={"turn": turn, "n": n},
                    moves=[ledger.Move(f"stand:{codes[n % 2]}", "outside:buyer", CHIPS, 1)],
                )
                for n in range(6)
            ]
            ledger.post_all(by=person(), postings=postings)
        return 36

    def long() -> object:
        done = 0
        while done < 5:
            try:
                with transaction.atomic():
                    for code in codes:
                        sold(days_later(-(done % 6)), at=code, of=code)
                done += 1
            except OperationalError:
                assert connection.vendor == "postgresql"
        return 10

    def close(office: Office) -> Callable[[], object]:
        def closing() -> object:
            for back in range(10, -1, -1):
                closed(office, days_later(-back), at=moment(DAY, 23))
            return "closed"

        return closing

    doings = [batches, batches, long, long, close(kfm), close(ntt)]
    results = race(doings)
    assert Counter(results) == {36: 2, 10: 2, "closed": 2}, results
    assert outside_their_seals() == []
    assert wrong() == {}
    assert Entry.objects.filter(kind="sale").count() == 92
    assert [f for f in verify.run(of="karyabina.ledger") if f.faults] == []


@pytest.mark.race
def test_one_day_closed_by_eight_at_once_is_closed_once(trade: list[Office]) -> None:
    sold()
    results = race([lambda: closed(trade[0])] * 8)
    assert Counter(type(result).__name__ for result in results) == {
        "Closing": 1,
        "AlreadyClosed": 7,
    }
    assert Closing.objects.count() == 1
    assert wrong() == {}


@pytest.mark.race
def test_one_request_answered_by_many_at_once_is_answered_once(trade: list[Office]) -> None:
    sold()
    closing = closed(trade[0])
    request = closings.ask_reopening(
        closing=closing, reason="Salah", by=person(), at=moment(), key=new_key()
    )

    def agree() -> object:
        given = {"asked": request, "by": somebody(), "at": moment(), "key": new_key()}
        return closings.agree_to_reopening(**given)

    def decline() -> object:
        given = {"asked": request, "by": somebody(), "at": moment(), "key": new_key()}
        return closings.decline_reopening(reason="Tidak", **given)

    said = Counter(type(result).__name__ for result in race([agree, decline] * 4))
    assert said["Closing"] + min(said["ReopeningDeclined"], 1) == 1, said
    assert said["Closing"] in (0, 1)
    assert wrong() == {}


@pytest.mark.race
def test_a_lot_posted_while_its_day_is_closed_is_counted_once(trade: list[Office]) -> None:
    """The sum of what is sealed and what is open is all that was sold."""
    kfm, _ntt = trade

    def sell() -> object:
        return [sold() for _ in range(10)]

    race([sell, sell, lambda: closed(kfm), sell])
    sealed = sum(Seal.objects.filter(home="KFM", day=DAY).values_list("entries", flat=True))
    late = Entry.objects.filter(kind="sale", booked_on__gt=DAY).count()
    assert sealed + late == 30
    assert books.balance("stand:NTT", CHIPS) == 970
