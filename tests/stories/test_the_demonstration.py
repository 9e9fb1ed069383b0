"""The demonstration goes on after a power cut, and never touches somebody else's database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from karyabina.demo.actions import play
from karyabina.demo.day import moment
from karyabina.demo.management.commands.demo import guard_other_peoples_data
from karyabina.ledger import verify
from karyabina.settlement.models import Settlement
from karyabina.staff import actions as staff
from karyabina.staff.models import Staff


def test_a_play_that_was_cut_off_goes_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCutError(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("Barang kembali"):
            raise PowerCutError

    with pytest.raises(PowerCutError):
        play(stop)
    assert not Settlement.objects.exists()
    play(lambda line: None)
    assert Settlement.objects.count() == 13
    assert [fault for finding in verify.run() for fault in finding.faults] == []


def test_somebody_elses_database_is_not_played_in(db: None) -> None:
    staff.enlist(username="orang", name="Orang", password=None, by=None, at=moment(0, 8))
    with pytest.raises(CommandError, match="tidak disentuh"):
        guard_other_peoples_data()
    with pytest.raises(CommandError):
        call_command("demo", fresh=True, stdout=StringIO())
    assert Staff.objects.filter(username="orang").exists()
