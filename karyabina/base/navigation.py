"""The menu: rooms name their entries, the shell shows those that a person may follow.

A room says in its `urls.py`, once, at import:

    navigation.item(30, _("Titipan"), "consignment:list", "consignment.see")

Smaller `order` stands first. `permission` is a code of the access table, or one of the two
below.
"""

from collections.abc import Set
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

SIGNED_IN = "signed-in"  # any member of staff
EVERYONE = "everyone"  # visitors too


@dataclass(frozen=True)
class Item:
    order: int
    label: str | Promise
    url_name: str
    permission: str


@dataclass(frozen=True)
class Entry:
    """One line of the menu as drawn for one request."""

    label: str | Promise
    url: str
    current: bool


ITEMS: dict[str, Item] = {}


def item(order: int, label: str | Promise, url_name: str, permission: str = SIGNED_IN) -> None:
    """Put `url_name` (a URL without arguments) on the menu; naming it again replaces it."""
    ITEMS[url_name] = Item(order, label, url_name, permission)


def allowed(entry: Item, permissions: Set[str], signed_in: bool) -> bool:
    if entry.permission == EVERYONE:
        return True
    if entry.permission == SIGNED_IN:
        return signed_in
    return entry.permission in permissions


def menu(path: str, permissions: Set[str], signed_in: bool) -> list[Entry]:
    """The entries that this person may follow; the one that holds `path` is marked current."""
    found: list[tuple[Item, str]] = []
    for entry in sorted(ITEMS.values(), key=lambda one: (one.order, one.url_name)):
        if allowed(entry, permissions, signed_in):
            try:
                found.append((entry, reverse(entry.url_name)))
            except NoReverseMatch:  # a room that this installation leaves out
                continue
    holding = [url for _, url in found if path == url or (url != "/" and path.startswith(url))]
    current = max(holding, key=len, default=None)
    return [Entry(entry.label, url, url == current) for entry, url in found]
