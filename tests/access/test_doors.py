"""Every address, tried by everybody: without logging in, and in each role, near and far.

What must come of it follows from the access table alone:

- a visitor who is not logged in is sent to the login page, unless the view is public;
- a role without the permission is refused (403), whatever is asked of the view;
- a role with the permission at the object's own office is let in;
- the same role at a stranger's office does not find the object (404), unless it reaches all;
- nobody gets a 500, with an empty form or none.

Views of packages check for themselves; visitors try them too.
"""

from dataclasses import dataclass
from datetime import date

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from karyabina.staff.access import TABLE, Open, Reach
from karyabina.staff.models import Role
from tests.access.doors import Door, doors
from tests.access.samples import SAMPLES, Sample
from tests.access.world import World
from tests.architecture.source import report

pytestmark = pytest.mark.django_db

KEPT_OUT = {403, 404}
# A wrong method says nothing of the object.
NOT_FOUND = {403, 404, 405}


@dataclass(frozen=True)
class Answer:
    status: int
    to_login: bool = False
    fault: str = ""

    def __str__(self) -> str:
        return self.fault or ("to the login page" if self.to_login else str(self.status))


class Walker:
    """One person before one door, logged in since the world was made."""

    def __init__(self, session: str | None = None) -> None:
        self.client = Client(enforce_csrf_checks=False, raise_request_exception=False)
        if session is not None:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = session

    def knock(self, method: str, path: str) -> Answer:
        response = self.client.generic(
            method, path, content_type="application/x-www-form-urlencoded"
        )
        fault = ""
        if response.status_code >= 500:
            information = getattr(response, "exc_info", None)
            fault = f"{response.status_code} {information[1]!r}" if information else "500"
        location = response.headers.get("Location", "")
        to_login = response.status_code == 302 and location.startswith(reverse(settings.LOGIN_URL))
        return Answer(response.status_code, to_login, fault)


def samples_of(door: Door, world: World) -> list[Sample]:
    if door.arguments and door.name not in SAMPLES:
        pytest.fail(f"{door.name} has no sample yet: add one to tests/access/samples.py")
    return SAMPLES[door.name](world) if door.name in SAMPLES else [Sample({}, world.office)]


def judge(door: Door, reach: Reach | None, near: bool, with_object: bool, answer: Answer) -> str:
    """What is wrong with an answer to somebody who is logged in; nothing if all is well."""
    if answer.status >= 500:
        return "must not break"
    if answer.to_login:
        return "is logged in already"
    if isinstance(door.need, Open):
        return "should be let in" if answer.status == 403 else ""
    if reach is None:
        return "" if answer.status == 403 else "has no such permission: 403"
    if near or reach is Reach.ALL or not with_object:
        return "" if answer.status not in KEPT_OUT else "should be let in"
    return "" if answer.status in NOT_FOUND else "must not find what is another office's: 404"


@pytest.mark.parametrize("door", [d for d in doors() if d.is_ours], ids=lambda d: d.name)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_door_opens_to_whom_the_table_says(door: Door, method: str, world: World) -> None:
    faults: dict[str, list[str]] = {}
    for sample in samples_of(door, world):
        path = reverse(door.name, kwargs=sample.arguments)
        for role in Role:
            reach = None if isinstance(door.need, Open) else TABLE[door.need].get(role)
            for office in (sample.office, world.stranger):
                near = office == sample.office
                answer = Walker(world.session(role, office)).knock(method, path)
                wrong = judge(door, reach, near, bool(sample.arguments), answer)
                if wrong:
                    told = f"{method} {path}: {answer}; {wrong}; as "
                    faults.setdefault(told, []).append(f"{role} of {office.code}")
    found = [what + ", ".join(who) for what, who in faults.items()]
    assert not found, report(found, f"{door.name} declares {door.need!r}; see staff/access.py.")


@pytest.mark.parametrize("door", doors(), ids=lambda door: door.name)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_visitor_sees_what_is_public_and_nothing_else(
    door: Door, method: str, world: World
) -> None:
    faults = []
    for sample in samples_of(door, world):
        path = reverse(door.name, kwargs=sample.arguments)
        answer = Walker().knock(method, path)
        if answer.status >= 500:
            faults.append(f"{method} {path}: {answer}")
        elif door.need is Open.PUBLIC and door.is_ours:
            if answer.to_login or answer.status == 403:
                faults.append(f"{method} {path}: {answer}, but is public")
        elif door.need is not Open.PUBLIC and not answer.to_login:
            faults.append(f"{method} {path}: {answer}, but is not public")
    assert not faults, report(faults, f"{door.name} declares {door.need!r}.")


@pytest.mark.parametrize("door", [d for d in doors() if d.arguments], ids=lambda d: d.name)
def test_what_does_not_exist_is_not_found(door: Door, world: World) -> None:
    """Arguments that name nothing give 404 to whoever may look, and break nothing."""
    faults = []
    for sample in samples_of(door, world):
        path = reverse(door.name, kwargs={n: nothing(v) for n, v in sample.arguments.items()})
        for role in Role:
            for method in ("GET", "POST"):
                answer = Walker(world.session(role, sample.office)).knock(method, path)
                if answer.status not in NOT_FOUND | {302}:
                    faults.append(f"{method} {path}: {answer}")
    assert not faults, report(faults, "404 is the answer to a name that nothing has.")


def nothing(value: object) -> object:
    """An argument of the same kind that names nothing."""
    match value:
        case int():
            return 999_999_999
        case str():
            return "TIDAKADA"
        case date():
            return date(1999, 1, 1)
        case _:
            return "00000000-0000-7000-8000-000000000000"


def shown(walker: Walker, path: str) -> str:
    """What a page or a file says, if it is let out at all."""
    response = walker.client.get(path)
    if response.status_code != 200:
        return ""
    content = b"".join(response) if response.streaming else response.content
    return content.decode("utf-8", errors="replace")


@pytest.mark.parametrize("door", [d for d in doors() if d.is_ours], ids=lambda d: d.name)
def test_nothing_of_another_office_stands_in_a_list(door: Door, world: World) -> None:
    """Addresses without an object in them show only what lies within reach."""
    if door.arguments or isinstance(door.need, Open):
        return
    path = reverse(door.name)
    faults = [
        f"{role} of {world.stranger.code} sees {secret} at {path}"
        for role, reach in TABLE[door.need].items()
        if reach is not Reach.ALL
        for secret in world.secrets()
        if secret in shown(Walker(world.session(role, world.stranger)), path)
    ]
    assert not faults, report(faults, "Look rows up within request.reach(…).")


def test_lists_do_show_what_is_near(world: World) -> None:
    """The test above would pass on empty lists."""
    lists = [reverse(d.name) for d in doors() if not (d.arguments or isinstance(d.need, Open))]
    walkers = [
        Walker(world.session(role, office))
        for role, office in ((Role.WORKSHOP, world.office), (Role.TREASURER, world.office),
                             (Role.CASHIER, world.region))
    ]  # fmt: skip
    seen = "".join(shown(walker, path) for walker in walkers for path in lists)
    assert [secret for secret in world.secrets() if secret not in seen] == []


@pytest.mark.parametrize("door", [d for d in doors() if d.is_ours], ids=lambda d: d.name)
def test_a_visitor_never_sees_a_maker(door: Door, world: World) -> None:
    faults = [
        path
        for sample in samples_of(door, world)
        if (path := reverse(door.name, kwargs=sample.arguments))
        if world.maker.code in shown(Walker(), path)
    ]
    assert not faults, report(faults, f"The code of a maker ({world.maker.code}) stands there.")


ASKINGS: tuple[dict[str, str], ...] = (
    {}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT": "application/json"},
)  # fmt: skip


@pytest.mark.parametrize(
    "door", [d for d in doors() if d.need is not Open.PUBLIC], ids=lambda d: d.name
)
def test_outside_a_demonstration_nobody_passes_without_a_second_factor(
    door: Door, world: World, settings: Settings
) -> None:
    """Only the pages that turn it on, and those that change a password, are left open."""
    settings.SECOND_FACTOR_REQUIRED = True
    if not door.is_ours:
        assert door.name.startswith(("mfa_", "account_change_password", "account_reauthenticate"))
        return
    sample = samples_of(door, world)[0]
    path = reverse(door.name, kwargs=sample.arguments)
    role = Role.TREASURER if isinstance(door.need, Open) else next(iter(TABLE[door.need]))
    walker = Walker(world.session(role, sample.office))
    for method in ("GET", "POST"):
        for asking in ASKINGS:
            answer = walker.client.generic(method, path, **asking)  # type: ignore[arg-type]
            assert answer.status_code == 302, f"{method} {path} {asking}: {answer.status_code}"
            assert answer["Location"] == reverse("mfa_activate_totp")


def test_turning_the_second_factor_off_leads_back_to_turning_it_on(
    world: World, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    person = world.person(Role.TREASURER, world.office)
    walker = Walker(world.session(Role.TREASURER, world.office))
    factor = TOTP.activate(person, "ABCDEFGHIJKLMNOP").instance
    assert walker.client.get(reverse("desk:home")).status_code == 200
    factor.delete()
    assert walker.client.get(reverse("desk:home"))["Location"] == reverse("mfa_activate_totp")
    RecoveryCodes.activate(person)  # spare codes alone are no second factor
    assert walker.client.get(reverse("desk:home"))["Location"] == reverse("mfa_activate_totp")
