"""Two people arrange the same thing at once: it is done once, and both are told so."""

import pytest

from karyabina.base.keys import new_key
from karyabina.base.refusal import Refusal
from karyabina.festivals import actions
from karyabina.festivals.models import Closure, Participation, Stand
from karyabina.staff.models import Role
from tests import make
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_stand_is_closed_once_and_an_office_invited_once() -> None:
    stand = make.stand()
    by, office = make.officer(Role.REGIONAL, "NTT"), make.office("KLB")

    def close() -> Closure:
        return actions.close_stand(key=new_key(), stand=stand, by=by, at=make.moment())

    def invite() -> Participation:
        return actions.invite(
            key=new_key(), festival=stand.festival, office=office, by=by, at=make.moment()
        )

    results = together([close, close, close, invite, invite, invite])
    assert not [one for one in results if isinstance(one, Refusal)]
    assert (Closure.objects.count(), Participation.objects.count()) == (1, 1)


def test_of_two_stands_with_one_code_one_is_set_up() -> None:
    festival = make.festival()
    make.officer(Role.REGIONAL, "NTT")
    results = together([lambda: make.stand(festival)] * 4)
    refused = [one for one in results if isinstance(one, actions.CodeIsTaken)]
    assert (len(refused), Stand.objects.count()) == (3, 1)
