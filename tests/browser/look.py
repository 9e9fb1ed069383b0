"""What every page must pass, whatever it shows."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe can find, and nothing to be scrolled sideways."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    faults = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in rule["nodes"][:4])
        for rule in found.response["violations"]
    ]
    assert not faults, f"{page.url}\n" + "\n".join(faults)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
