"""What every page must pass, whatever it shows."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, **run_only: object) -> list[str]:
    """What axe finds, one text each with the first elements that are to blame."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": run_only})
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in rule["nodes"][:4])
        for rule in found.response["violations"]
    ]


def too_wide(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} px wider than the screen"] if wide > 0 else []


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe can find, and nothing to be scrolled sideways."""
    faults = violations(page, type="tag", values=WCAG) + too_wide(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def assert_readable(page: Page) -> None:
    """Enough contrast everywhere, as in a second look under another light."""
    faults = violations(page, type="rule", values=["color-contrast"])
    assert not faults, f"{page.url}\n" + "\n".join(faults)
