"""Who is owed what, straight from the books."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karyabina.ledger import totals
from karyabina.offices.models import Office
from karyabina.reports import owed
from karyabina.settlement.tests.world import World


@pytest.fixture
def shared(world: World) -> World:
    """KLB sold for 30,000 and shared it; KFM sold for 10,000 and did not yet."""
    melon = world.lot("MELON", 10, cost=20_000, price=10_000, works={"KLB-001": 90, "KLB-002": 30})
    chips = world.lot("CHIPS", 10, cost=10_000, price=5_000, office="KFM")
    world.sell({melon: 3, chips: 2})
    world.settle()
    return world


def rows(offices) -> dict[str, tuple[int, ...]]:
    return {
        one.office.code: (one.due, one.premi, one.capital, one.state, one.owes)
        for one in owed.owners(offices)
    }


def test_each_office_with_its_claims_and_debts(shared: World) -> None:
    assert rows(Office.objects.all()) == {
        "NTT": (0, 0, 0, 0, 40_000),
        # profit 24,000: 12,000 premi, 8,400 + 6,000 capital, 3,600 state
        "KLB": (30_000, 12_000, 14_400, 3_600, 30_000),
        "KFM": (10_000, 0, 0, 0, 0),
    }
    assert owed.total(owed.owners(Office.objects.all())) == {
        "due": 40_000,
        "premi": 12_000,
        "capital": 14_400,
        "state": 3_600,
        "owes": 70_000,
    }


def test_only_offices_within_reach(shared: World) -> None:
    assert set(rows(Office.objects.filter(code="KLB"))) == {"KLB"}


def test_all_claims_and_debts_cancel_out(shared: World) -> None:
    everything = owed.everything()
    assert (everything.claims, everything.owed) == (70_000, -70_000)
    assert everything.fits
    assert not owed.Everything(70_000, -69_999).fits


def test_makers_and_treasury_of_one_office(shared: World) -> None:
    office = shared.office()
    assert [(one.code, one.saved, one.usable, one.amount) for one in owed.makers(office)] == [
        ("KLB-001", 6_750, 2_250, 9_000),
        ("KLB-002", 2_250, 750, 3_000),
    ]
    assert owed.treasury(office) == [("425000", 3_600)]
    assert owed.makers(shared.office("KFM")) == []


def test_codes_that_begin_alike_are_not_mixed(shared: World) -> None:
    """The office K is not KLB."""
    assert totals.by_owner(["premi"], owners=["KLB"]) == {("premi", "KLB"): 12_000}
    assert totals.by_owner(["premi"], owners=["K", "KL", "KLB-001"]) == {}
    assert totals.by_owner(["due"], owners=["KFM", "KLB"]) == {
        ("due", "KFM"): 10_000,
        ("due", "KLB"): 30_000,
    }
    assert totals.by_owner(["prem"]) == {}


def test_many_makers_ask_no_more_than_few(shared: World) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            owed.owners(Office.objects.all())
            owed.everything()
        return len(asked)

    few = questions()
    crowd = {f"KLB-{n:03d}": 60 for n in range(10, 40)}
    lot = shared.lot("TIKAR", 10, cost=0, price=50_000, works=crowd)
    shared.sell({lot: 5})
    shared.settle()
    assert questions() == few == 3
    assert len(owed.makers(shared.office())) == 32
