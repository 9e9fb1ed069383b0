"""Pages of the makers: codes only, of the own office only."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.makers.models import Maker
from karyabina.staff.models import Role
from tests import make

pytestmark = pytest.mark.django_db


def asked(client: Client) -> int:
    """How many queries the list asks, once it is warm."""
    client.get("/peserta/")
    with CaptureQueriesContext(connection) as context:
        client.get("/peserta/")
    return len(context)


def logged_in(role: Role = Role.WORKSHOP, office: str = "KLB") -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def filled(**other: object) -> dict[str, object]:
    given = {"key": new_key(), "office": "KLB", "status": "narapidana", "count": "1", "code": ""}
    return given | other


def test_the_list_shows_the_own_offices_codes_only() -> None:
    make.maker()
    make.maker("KFM")
    text = logged_in(Role.TREASURER).get("/peserta/").content.decode()
    assert "KLB-001" in text
    assert "KFM-001" not in text


def test_one_and_several_are_registered_and_a_double_click_registers_once() -> None:
    client = logged_in()
    one, several = filled(), filled(count="3")
    for form in (one, one, several, several):
        assert client.post("/peserta/baru/", form).status_code == 302
    assert Maker.objects.count() == 4
    assert "KLB-002 sampai KLB-004" in client.get("/peserta/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"office": "KFM"}, 400),
        ({"count": "51"}, 400),
        ({"count": "0"}, 400),
        ({"status": "klien"}, 409),
        ({"status": "raja"}, 400),
        ({"code": "KFM-001"}, 400),
        ({"code": "Budi"}, 400),
        ({"code": "KLB-014", "count": "2"}, 400),
        ({"key": ""}, 400),
    ],
)
def test_a_wrong_registration_is_refused_with_a_word(wrong: dict, status: int) -> None:
    make.office("KFM")
    answer = logged_in().post("/peserta/baru/", filled(**wrong))
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert not Maker.objects.exists()


def test_a_treasurer_registers_nobody() -> None:
    assert logged_in(Role.TREASURER).post("/peserta/baru/", filled()).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [("?cari=001", True), ("?cari=klb", True), ("?cari=9", False), ("?status=tahanan", False)],
)
def test_makers_are_found_by_code_and_status(query: str, found: bool) -> None:
    make.maker()
    text = logged_in().get("/peserta/" + query).content.decode()
    assert ("KLB-001" in text) is found


def test_the_list_asks_as_often_for_many() -> None:
    client = logged_in()
    make.maker()
    few = asked(client)
    for _ in range(9):
        make.maker()
    assert asked(client) == few
