"""The festival day in other programs' eyes: hledger and beancount come to our balances."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from karyabina.demo.actions import play
from karyabina.demo.day import DAY
from karyabina.ledger import queries as books
from karyabina.ledger.journals import FORMATS
from karyabina.ledger.journals.names import beancount_account
from karyabina.ledger.journals.reading import Scope
from karyabina.ledger.models import Account, Entry
from karyabina.ledger.tests.readers import (
    Balances,
    complaint,
    counted_by_hledger,
    stated,
    text_of,
)
from karyabina.makers.models import Maker
from karyabina.staff.models import Staff

OUTSIDE = "outside:"


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The day, played once for all tests of this file and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        play(lambda line: None)
        yield
        transaction.set_rollback(True)


def kept(held: Balances) -> Balances:
    """What is not zero, of the accounts whose balance the database keeps."""
    return {
        pair: amount for pair, amount in held.items() if amount and not pair[0].startswith(OUTSIDE)
    }


def test_hledger_finds_the_balances_of_the_day(played: None, tmp_path: Path) -> None:
    text = text_of("hledger")
    assert complaint("hledger", text, tmp_path) == ""
    counted = counted_by_hledger(text, tmp_path)
    assert kept(counted) == books.balances()
    assert {unit for _account, unit in counted} > {"IDR"}  # goods as well as money
    for (code, unit), amount in counted.items():
        assert books.balance(code, unit) == amount


def test_beancount_finds_the_balances_of_the_day(played: None, tmp_path: Path) -> None:
    text = text_of("beancount")
    assert complaint("beancount", text, tmp_path) == ""
    held = stated("beancount", text)
    assert kept(held) == books.balances()
    for (code, unit), amount in held.items():
        assert books.balance(code, unit) == amount


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_rupiah_moved_from_one_maker_to_another_is_noticed(
    name: str, played: None, tmp_path: Path
) -> None:
    """The entry still balances and so does the sum over all makers: only the balances tell."""
    text = text_of(name)
    codes = [code for code, _unit in books.balances(prefix="premi:KLB:")][:2]
    one, other = codes if name == "hledger" else map(beancount_account, codes)
    first = next(line for line in text.splitlines() if line.strip().startswith(f"{one}  "))
    altered = text.replace(first, first.replace(one, other), 1)
    assert altered != text
    assert complaint(name, altered, tmp_path)


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("until", [date(2025, 10, 28), DAY])
def test_until_a_day_the_journal_holds_what_was_booked(
    name: str, until: date, played: None, tmp_path: Path
) -> None:
    text = text_of(name, Scope(until=until))
    assert complaint(name, text, tmp_path) == ""
    booked = Entry.objects.filter(booked_on__lte=until).count()
    assert 0 < booked < Entry.objects.count()
    assert f"; Akhir jurnal: {booked} catatan" in text


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("office", ["KLB", "NTT"])
def test_an_office_sees_its_own_balances_and_no_other_offices_makers(
    name: str, office: str, played: None, tmp_path: Path
) -> None:
    text = text_of(name, Scope(office=office))
    assert complaint(name, text, tmp_path) == ""
    own = set(Account.objects.filter(home=office).values_list("code", flat=True))
    assert kept(stated(name, text)) == books.balances(own)
    others = Maker.objects.exclude(office__code=office).values_list("code", flat=True)
    assert others
    assert not [code for code in others if f"{code}:" in text]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_member_of_staff_is_named(name: str, played: None) -> None:
    text = text_of(name)
    assert not [one.name for one in Staff.objects.all() if one.name in text]
    assert not [one.username for one in Staff.objects.all() if f'"{one.username}"' in text]
