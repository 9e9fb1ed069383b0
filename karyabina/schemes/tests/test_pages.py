"""Pages of the schemes: who may set which, and what is read from what people type."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from karyabina.base.keys import new_key
from karyabina.base.times import local_day
from karyabina.schemes.forms import PercentField
from karyabina.schemes.models import Scheme, percent
from karyabina.staff.models import Role
from tests import make

pytestmark = pytest.mark.django_db


def filled(**other: object) -> dict[str, object]:
    given = {
        "key": new_key(),
        "name": "Bagi hasil",
        "legal_basis": "Kepmenkeh M.01-PP.02.01 Tahun 1990",
        "base": "profit",
        "premi_part": "50",
        "capital_part": "35",
        "state_part": "15 %",
        "usable_part": "25",
        "state_account": "425999",
        "from_date": local_day(timezone.now()).isoformat(),
        "office": "",
    }
    return given | other


def logged_in(role: Role, office: str) -> Client:
    client = Client()
    client.force_login(make.officer(role, office))
    return client


def test_a_head_sets_the_scheme_of_the_own_office() -> None:
    make.scheme()
    client = logged_in(Role.HEAD, "KLB")
    thirds = {"premi_part": "33,33", "capital_part": "33,33", "state_part": "33.34"}
    answer = client.post("/skema/baru/", filled(office="KLB", **thirds))
    assert answer.status_code == 302
    made = Scheme.objects.get(office__code="KLB")
    assert (made.premi_part, made.capital_part, made.state_part) == (3_333, 3_333, 3_334)
    text = client.get("/skema/").content.decode()
    assert "33,33 % premi, 33,33 % modal kerja, 33,34 % negara" in text


def test_sending_the_form_twice_sets_one_scheme() -> None:
    client, form = logged_in(Role.HEAD, "KLB"), filled(office="KLB")
    assert client.post("/skema/baru/", form).status_code == 302
    assert client.post("/skema/baru/", form).status_code == 302
    assert Scheme.objects.count() == 1


@pytest.mark.parametrize("office", ["KFM", "", "NTT", "%00", "KLB' OR 1=1"])
def test_a_head_sets_no_other_offices_scheme_and_not_the_general_one(office: str) -> None:
    make.office("KFM")
    answer = logged_in(Role.HEAD, "KLB").post("/skema/baru/", filled(office=office))
    assert answer.status_code == 400
    assert not Scheme.objects.exists()


def test_headquarters_sets_the_general_scheme() -> None:
    answer = logged_in(Role.HEAD, "DITJENPAS").post("/skema/baru/", filled())
    assert answer.status_code == 302
    assert Scheme.objects.get().office is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"premi_part": "60"}, "tepat 100 %"),
        ({"premi_part": "lima puluh"}, "Tulis persen"),
        ({"premi_part": "101"}, "Paling banyak 100 %"),
        ({"state_account": "123456"}, "diawali 425"),
        ({"from_date": "2020-01-01"}, "tidak dapat berlaku surut"),
        ({"from_date": "31-02-2026"}, "Tanggal tidak dikenali"),
        ({"name": "x" * 200}, "120"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(wrong: dict, said: str) -> None:
    make.scheme()
    answer = logged_in(Role.HEAD, "KLB").post("/skema/baru/", filled(office="KLB") | wrong)
    text = answer.content.decode()
    assert answer.status_code in (400, 409)
    assert said in text
    assert str(next(iter(wrong.values()))) in text
    assert Scheme.objects.count() == 1


def test_the_example_is_played_to_the_rupiah() -> None:
    make.scheme()
    text = logged_in(Role.TREASURER, "KLB").get("/skema/").content.decode()
    for amount in ("Rp 600.000", "Rp 200.000", "Rp 140.000", "Rp 60.000", "Rp 1.000.000"):
        assert amount in text
    assert "Rp 150.000 ditabung sampai bebas dan Rp 50.000 dapat dipakai" in text


def test_without_a_scheme_the_page_says_so() -> None:
    assert "Belum ada skema" in logged_in(Role.TREASURER, "KLB").get("/skema/").content.decode()


def test_the_list_asks_as_often_for_many_versions(django_assert_max_num_queries) -> None:
    client = logged_in(Role.REGIONAL, "NTT")
    make.scheme()
    for code in ("KLB", "KFM", "RKP", "LPKA"):
        make.scheme(code, from_date=make.DAY, at=make.moment())
    with django_assert_max_num_queries(6):
        assert client.get("/skema/").status_code == 200


@pytest.mark.parametrize(
    ("text", "points"),
    [("50", 5_000), ("33,33", 3_333), ("0.5", 50), ("7,5 %", 750), (" 100 ", 10_000), ("0", 0)],
)
def test_percentages_are_read_and_written_exactly(text: str, points: int) -> None:
    assert PercentField().clean(text) == points
    assert PercentField().clean(percent(points)) == points


@pytest.mark.parametrize("text", ["", "-5", "50,001", "1e2", "٥٠", "100,01", "50 60", "x" * 1000])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        PercentField().clean(text)
