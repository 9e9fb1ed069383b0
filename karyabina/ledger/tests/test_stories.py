"""Stories about goods and money, in the ledger's own notation."""

import pytest

from karyabina.ledger import verify
from karyabina.ledger.tests.notation import tell

pytestmark = pytest.mark.django_db


def faults() -> list[verify.Finding]:
    return [finding for finding in verify.run(of="karyabina.ledger") if finding.faults]


def test_a_crate_of_chips_goes_to_the_stand_and_is_sold() -> None:
    tell("""
        workshop -> store 12 KFM-CHIPS-1
        store -> transit 10 KFM-CHIPS-1
        expect store 2 KFM-CHIPS-1
        # one is broken, one is missing
        transit -> stand 8 KFM-CHIPS-1 ; transit -> broken 1 KFM-CHIPS-1 ;
        transit -> difference 1 KFM-CHIPS-1
        expect transit 0 KFM-CHIPS-1
        expect difference 1 KFM-CHIPS-1
        refuse NotEnough stand -> buyer 9 KFM-CHIPS-1
        world -> cash 100000 IDR
        stand -> buyer 2 KFM-CHIPS-1 ; buyer -> cash 30000 IDR ; owed -> due 30000 IDR
        expect stand 6 KFM-CHIPS-1
        expect cash 130000 IDR
        expect due 30000 IDR
        expect owed -30000 IDR
        # a buyer brings one back
        buyer -> stand 1 KFM-CHIPS-1 ; cash -> buyer 15000 IDR ; due -> owed 15000 IDR
        refuse NotEnough due -> owed 15001 IDR
        # the missing one turns up
        difference -> stand 1 KFM-CHIPS-1
        expect stand 8 KFM-CHIPS-1
        # the drawer is short by 500, the float goes back
        cash -> difference 500 IDR ; cash -> world 100000 IDR
        expect cash 14500 IDR
        # the rest goes home
        stand -> transit:back 8 KFM-CHIPS-1
        transit:back -> store 8 KFM-CHIPS-1
        expect store 10 KFM-CHIPS-1
        expect buyer 1 KFM-CHIPS-1
        expect broken 1 KFM-CHIPS-1
        expect workshop -12 KFM-CHIPS-1
    """)
    assert not faults()


def test_an_office_shares_its_proceeds() -> None:
    tell("""
        owed:KFM -> capital:KFM 35000 IDR ;
        owed:KFM -> state:KFM:425411 15000 IDR ;
        owed:KFM -> premi:KFM:KFM-001:saved 37500 IDR ;
        owed:KFM -> premi:KFM:KFM-001:usable 12500 IDR
        expect owed:KFM -100000 IDR
        expect premi:KFM:KFM-001:usable 12500 IDR
        refuse NotEnough premi:KFM:KFM-001:usable -> owed:KFM 12501 IDR
        refuse WrongAccount premi:KFM:KFM-001:usable -> cash 500 IDR
    """)
    assert not faults()


def test_the_same_goods_may_pass_through_within_one_entry() -> None:
    tell("""
        workshop -> store 3 KFM-CHIPS-1
        # out of the stand before into it: only the end counts
        stand -> buyer 3 KFM-CHIPS-1 ; store -> stand 3 KFM-CHIPS-1
        expect stand 0 KFM-CHIPS-1
        refuse NotEnough stand -> buyer 3 KFM-CHIPS-1 ; store -> stand 3 KFM-CHIPS-1
    """)
    assert not faults()


def test_a_story_that_does_not_hold_names_its_line() -> None:
    with pytest.raises(AssertionError) as fault:
        tell("""
            workshop -> store 3 KFM-CHIPS-1
            expect store 4 KFM-CHIPS-1
        """)
    assert fault.value.__notes__ == ["in line 3: expect store 4 KFM-CHIPS-1"]
