"""The pages about staff and the trail; the command that makes the first administrator."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from karyabina.base.keys import new_key
from karyabina.staff.models import Appointment, Audit, Role, Staff
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "lontar-dan-kapas-7"


def browser(role: str = "administrator", at_office: str = "NTT") -> Client:
    make.office("KLB")
    client = Client()
    client.force_login(make.officer(role, at_office))
    return client


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def form(**other: object) -> dict[str, object]:
    return {
        "key": str(new_key()), "name": "Petugas Baru", "username": "baru", "office": "KLB",
        "role": "cashier", "password": PASSWORD, "again": PASSWORD,
    } | other  # fmt: skip


def roles_of(username: str) -> set[tuple[str, str]]:
    held = Appointment.objects.in_force().filter(staff__username=username)
    return set(held.values_list("role", "office__code"))


def test_somebody_new_gets_a_role_and_can_log_in() -> None:
    client = browser()
    assert client.get("/petugas/baru/").status_code == 200
    given = form()
    answer = client.post("/petugas/baru/", given, follow=True)
    assert "Petugas Baru didaftarkan" in text(answer)
    assert client.post("/petugas/baru/", given).status_code == 302  # the same click again
    assert Staff.objects.filter(username="baru").count() == 1
    assert roles_of("baru") == {("cashier", "KLB")}
    entered = Client().post("/akun/masuk/", {"login": "baru", "password": PASSWORD})
    assert entered["Location"] == "/beranda/"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"again": "lain"}, "tidak sama"),
        ({"password": "pendek", "again": "pendek"}, "terlalu pendek"),
        ({"password": "petugas baru", "again": "petugas baru"}, "mirip"),
        ({"username": "dua kata"}, "perlu dibetulkan"),
        ({"username": "administrator-ntt"}, "sudah dipakai"),
        ({"office": "BALI"}, "perlu dibetulkan"),
        ({"role": "raja"}, "perlu dibetulkan"),
        ({"role": ""}, "perlu dibetulkan"),
        ({"name": ""}, "perlu dibetulkan"),
    ],
)
def test_bad_input_is_said_and_nobody_is_enlisted(wrong: dict[str, str], word: str) -> None:
    make.office("BALI")
    client = browser()
    before = Staff.objects.count()
    answer = client.post("/petugas/baru/", form() | wrong)
    assert answer.status_code == 400
    assert word in text(answer)
    assert Staff.objects.count() == before
    assert PASSWORD not in text(answer)


def test_the_list_shows_who_serves_within_reach() -> None:
    client = browser()
    make.officer("cashier", "KLB")
    make.officer("cashier", "BALI")
    page = text(client.get("/petugas/"))
    assert "cashier-klb" in page
    assert "cashier-bali" not in page
    assert "cashier-klb" in text(client.get("/petugas/?cari=klb+cash"))
    assert "cashier-klb" not in text(client.get("/petugas/?kantor=NTT"))
    assert "Tidak ada petugas yang cocok" in text(client.get("/petugas/?cari=zzz"))


@pytest.mark.parametrize("people", [2, 30])
def test_the_list_takes_the_same_queries_whatever_its_length(
    people: int, django_assert_num_queries
) -> None:
    client = browser()
    for n in range(people):
        make.officer("cashier", make.office(f"X{n}").code)
    client.get("/petugas/")
    with django_assert_num_queries(7):  # session, person, roles, count, page, their roles, offices
        client.get("/petugas/")


def test_roles_are_given_and_taken() -> None:
    client = browser()
    person = make.officer("cashier", "KLB")
    address = f"/petugas/{person.pk}/"
    given = {"key": str(new_key()), "office": "KLB", "role": "treasurer"}
    answer = client.post(f"{address}peran/", given, follow=True)
    assert "kini Bendahara di KLB" in text(answer)
    held = person.appointments.get(role="cashier")
    answer = client.post(f"{address}peran/{held.pk}/pencabutan/", follow=True)
    assert "Peran Kasir di KLB dicabut" in text(answer)
    assert roles_of(person.username) == {("treasurer", "KLB")}
    assert "Peran terdahulu" in text(client.get(address))


def test_no_role_is_given_or_taken_outside_reach() -> None:
    client = browser()
    here, there = make.officer("cashier", "KLB"), make.officer("cashier", "BALI")
    assert client.get(f"/petugas/{there.pk}/").status_code == 404
    assert client.post(f"/petugas/{there.pk}/peran/", {}).status_code == 404
    given = {"key": str(new_key()), "office": "BALI", "role": "administrator"}
    assert client.post(f"/petugas/{here.pk}/peran/", given).status_code == 400
    foreign = there.appointments.get()
    assert client.post(f"/petugas/{here.pk}/peran/{foreign.pk}/pencabutan/").status_code == 404
    assert roles_of(there.username) == {("cashier", "BALI")}


def test_own_roles_are_shown_without_a_way_to_change_them() -> None:
    client = browser()
    me = make.officer("administrator", "NTT")
    page = text(client.get(f"/petugas/{me.pk}/"))
    assert "Ini akun Anda sendiri" in page
    given = {"key": str(new_key()), "office": "NTT", "role": "treasurer"}
    answer = client.post(f"/petugas/{me.pk}/peran/", given)
    assert answer.status_code == 400
    assert roles_of(me.username) == {("administrator", "NTT")}
    own = me.appointments.get()
    assert client.post(f"/petugas/{me.pk}/peran/{own.pk}/pencabutan/").status_code == 409


def test_somebody_from_elsewhere_gets_a_role_by_username() -> None:
    client = browser()
    there = make.officer("cashier", "BALI")
    given = {
        "key": str(new_key()), "username": "Cashier-Bali", "office": "KLB", "role": "workshop",
    }  # fmt: skip
    answer = client.post("/petugas/peran/", given, follow=True)
    assert "di KLB" in text(answer)
    assert roles_of(there.username) == {("cashier", "BALI"), ("workshop", "KLB")}
    nobody = client.post("/petugas/peran/", given | {"username": "tiada"})
    assert nobody.status_code == 400
    assert "Tidak ada petugas" in text(nobody)


def test_a_forgotten_password_is_replaced_and_the_old_session_ends() -> None:
    client = browser()
    person = make.officer("cashier", "KLB")
    old = Client()
    old.force_login(person)
    given = {"key": str(new_key()), "password": PASSWORD, "again": PASSWORD}
    answer = client.post(f"/petugas/{person.pk}/sandi/", given, follow=True)
    assert "Kata sandi baru" in text(answer)
    assert old.get("/beranda/").status_code == 302
    assert Audit.objects.filter(what="staff.password", office__code="KLB").exists()
    elsewhere = make.officer("cashier", "BALI")
    Appointment.objects.create(
        staff=elsewhere, office=make.office("KLB"), role=Role.HEAD, given_at=make.moment()
    )
    answer = client.post(f"/petugas/{elsewhere.pk}/sandi/", given)
    assert answer.status_code == 400
    assert "di luar lingkup Anda" in text(answer)


def test_what_each_role_may_do_is_open_to_all_staff() -> None:
    page = text(browser("press", "KLB").get("/petugas/wewenang/"))
    assert "Menjual di kasir" in page
    assert page.count("<section") == len(Role)


def test_the_trail_is_filtered_and_paged() -> None:
    client = browser()
    for n in range(60):
        make.officer("cashier", make.office(f"X{n}").code)
    first = text(client.get("/petugas/jejak/"))
    assert "Halaman 1 dari" in first
    assert "Peran diberikan" in first
    one = text(client.get("/petugas/jejak/?kantor=X7&perbuatan=staff.appoint"))
    assert "cashier-x7" in one
    assert "cashier-x8" not in one
    assert "Kasir" in one
    assert "Tidak ada perbuatan yang cocok" in text(client.get("/petugas/jejak/?dari=2090-01-01"))
    assert client.get("/petugas/jejak/?kantor=BALI").status_code == 404
    wrong = client.get("/petugas/jejak/?dari=kemarin")
    assert wrong.status_code == 400
    assert "Tanggal tidak dikenali" in text(wrong)


def enlisted(password: str, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    out = io.StringIO()
    call_command("enlist", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_administrator_is_enlisted_by_command(monkeypatch: pytest.MonkeyPatch) -> None:
    make.office("NTT")
    arguments = ("kepala", "--name", "Admin", "--role", "administrator", "--office", "ntt")
    said = enlisted(PASSWORD, *arguments, monkeypatch=monkeypatch)
    assert "administrator at NTT" in said
    assert PASSWORD not in said
    assert Staff.objects.get(username="kepala").check_password(PASSWORD)
    for wrong, word in (
        (arguments, "sudah dipakai"),
        (("x", *arguments[1:-1], "tiada"), "there is no office"),
        (("dua kata", *arguments[1:]), "username"),
    ):
        with pytest.raises(CommandError) as no:
            enlisted(PASSWORD, *wrong, monkeypatch=monkeypatch)
        assert word in str(no.value).lower() or "valid" in str(no.value).lower()
    with pytest.raises(CommandError):
        enlisted("pendek", "y", *arguments[1:], monkeypatch=monkeypatch)
    assert Staff.objects.count() == 1
