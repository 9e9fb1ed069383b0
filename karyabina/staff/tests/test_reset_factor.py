"""A lost phone does not shut an account for ever."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from karyabina.staff.models import Audit, Role
from tests import make


@pytest.mark.django_db
def test_a_lost_second_factor_is_taken_away_and_written_down() -> None:
    person = make.officer(Role.CASHIER, make.office("KLB").code)
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=person, type=kind, data={})
    call_command("reset-factor", person.username.upper(), stdout=StringIO())
    assert not Authenticator.objects.filter(user=person).exists()
    assert Audit.objects.filter(what="staff.factor_reset", about=person.username).count() == 1


@pytest.mark.django_db
def test_there_must_be_somebody_and_something_to_take_away() -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("reset-factor", "tiada", stdout=StringIO())
    person = make.officer(Role.CASHIER, make.office("KLB").code)
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset-factor", person.username, stdout=StringIO())
    assert not Audit.objects.filter(what="staff.factor_reset").exists()
