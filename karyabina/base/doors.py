"""What a view says about who may open it. Who that is, the room `staff` knows (`staff.access`).

It stands here because `base` and `offices` have pages too and lie below `staff`. The middleware
refuses every view without a declaration, and a test holds every code against the access table.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Open(Enum):
    """A view that needs no row of the access table."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


def may(permission: str) -> Callable[[View], View]:
    """The view is for staff who hold `permission` at some office.

    Rooms above `staff` take `staff.access.may`, which also refuses a code that is not in the
    table.
    """

    def declare(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """The view is for everybody, without logging in."""
    view.access = Open.PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """The view is for every member of staff, whatever the role."""
    view.access = Open.SIGNED_IN  # type: ignore[attr-defined]
    return view
