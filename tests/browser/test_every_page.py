"""Every page that can be opened by its address, looked at as somebody who may."""

from collections.abc import Callable, Iterator

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from karyabina.staff.access import TABLE, Open
from karyabina.staff.models import Role, Staff
from tests.access.doors import Door, doors
from tests.access.samples import SAMPLES, Sample
from tests.access.world import World, build
from tests.browser.look import assert_accessible, assert_readable

# What it shows depends on a step before it; the tests of logging in look at it.
LATER = {"mfa_authenticate", "account_reauthenticate", "mfa_reauthenticate"}


def somebody(door: Door, sample: Sample, world: World) -> Staff | None:
    """A person who may open the door; nobody where it is public."""
    if door.need is Open.PUBLIC:
        return None
    role = Role.HEAD if isinstance(door.need, Open) else next(iter(TABLE[str(door.need)]))
    return world.person(role, sample.office)


def pages(world: World) -> Iterator[tuple[str, Staff | None]]:
    """Addresses that answer a plain GET with a page, and who looks at each."""
    for door in doors():
        if door.name in LATER or door.need is None:
            continue
        made = SAMPLES[door.name](world) if door.name in SAMPLES else [Sample({}, world.office)]
        sample = made[0]
        person = somebody(door, sample, world)
        client = Client()
        if person is not None:
            client.force_login(person)
        path = reverse(door.name, kwargs=sample.arguments)
        response = client.get(path)
        kind = response.headers.get("Content-Type", "")
        if response.status_code == 200 and kind.startswith("text/html"):
            yield path, person


def look_at(page: Page, path: str) -> list[str]:
    """Open it on a phone; look again in the dark, and on a wide screen."""
    faults = []

    def look(how: str, check: Callable[[Page], None]) -> None:
        try:
            check(page)
        except AssertionError as fault:
            faults.append(f"{how}: {fault}")

    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    look("phone", assert_accessible)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    look("phone, dark", assert_readable)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    look("desk", assert_accessible)
    return faults


def test_every_page_can_be_used_by_everybody(
    page: Page, log_in: Callable[[Page, Staff], None]
) -> None:
    world = build()
    faults = []
    found = list(pages(world))
    for path, person in found:
        page.context.clear_cookies()
        if person is not None:
            log_in(page, person)
        faults += look_at(page, path)
    assert len(found) > 50, f"only {len(found)} pages were found"
    assert not faults, "\n\n".join(faults)
