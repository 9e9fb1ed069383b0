"""The doors of the demonstration: open from this machine, to its own accounts alone."""

import pytest
from django.test import Client

from karyabina.demo.cast import STANDING, engage
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cast() -> None:
    for code in ("DITJENPAS", "NTT"):
        make.office(code)
    engage(STANDING, at=make.moment(days=-60))


def enter(username: str, **environment: str) -> int:
    answer = Client().post("/demo/masuk/", {"username": username}, **environment)  # type: ignore[arg-type]
    return int(answer.status_code)


def test_a_door_opens_and_is_written_down() -> None:
    assert enter("kasir-1") == 302
    assert Audit.objects.get(what="demo.enter").about == "kasir-1"


@pytest.mark.parametrize("username", ["", "workshop-klb", "kasir-1\0", "x" * 100_000, "' OR 1=1"])
def test_nobody_else_has_a_door(username: str) -> None:
    make.officer()
    assert enter(username) == 404


def test_no_door_opens_from_elsewhere() -> None:
    assert enter("kasir-1", REMOTE_ADDR="10.0.0.7") in {403, 404}
    assert not Audit.objects.filter(what="demo.enter").exists()
