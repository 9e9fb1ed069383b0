"""A real Chromium before the real server.

`page` is a phone (390 × 844) and `desk` a desktop (1280 × 900). Both fail their test on a script
error, on a message in the console, on a breach of the content security policy, and on any request
that leaves this machine. When a test fails, what was to be seen is kept in `test-results/`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from karyabina.staff.models import Staff
from tests.access.world import logged_in

# Playwright runs a loop in this thread; Django's tests are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    named = os.environ.get("KARYABINA_CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else PROGRAMS)), None)
    if not found:
        pytest.fail("Chromium is not installed: ./run test installs it or says how.")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield running
        running.close()


@pytest.fixture
def base_url(live_server: LiveServer) -> str:
    return str(live_server.url)


class Watch:
    """Listens to a page and remembers what a person would not see but should not happen."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.faults: list[str] = []
        self.expected: list[str] = []

    def expect(self, *parts: str) -> None:
        """A test that provokes a refusal names a part of the console message it leaves."""
        self.expected.extend(parts)

    def attach(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", self.hear)
        page.on("request", lambda request: self.see(request.url))

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console {message.type}: {message.text}")

    def see(self, url: str) -> None:
        if not url.startswith((self.base_url, "data:", "blob:", "about:")):
            self.faults.append(f"left this machine: {url}")

    def unexpected(self) -> list[str]:
        return [f for f in self.faults if not any(part in f for part in self.expected)]


@pytest.fixture
def watch(base_url: str) -> Watch:
    return Watch(base_url)


def opened(
    browser: Browser, base_url: str, watch: Watch, request: pytest.FixtureRequest, **kind: object
) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(  # type: ignore[arg-type]
        base_url=base_url,
        locale="id-ID",
        timezone_id="Asia/Makassar",
        reduced_motion="reduce",
        **kind,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.attach(page)
    yield page
    if getattr(request.node, "outcome", None) == "failed" or watch.unexpected():
        RESULTS.mkdir(exist_ok=True)
        page.screenshot(path=RESULTS / f"{request.node.name}.png", full_page=True)
    context.close()
    assert not watch.unexpected(), "\n".join(watch.unexpected())


@pytest.fixture
def page(
    browser: Browser, base_url: str, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A phone."""
    yield from opened(browser, base_url, watch, request, **PHONE)


@pytest.fixture
def desk(
    browser: Browser, base_url: str, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A desktop."""
    yield from opened(browser, base_url, watch, request, **DESK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.when == "call":
        item.outcome = report.outcome  # type: ignore[attr-defined]
    return report


@pytest.fixture
def log_in(base_url: str) -> Callable[[Page, Staff], None]:
    """`log_in(page, staff)` gives the page a session, without the form (which has its own test)."""

    def give_session(page: Page, staff: Staff) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": logged_in(staff)}
        page.context.add_cookies([{**cookie, "url": base_url, "httpOnly": True}])  # type: ignore[list-item]

    return give_session
