"""What every page knows: the menu, the theme, the office whose band it wears."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from karyabina.base import navigation

THEME_COOKIE = "tema"
THEMES = {"terang": "light", "gelap": "dark"}  # cookie value → data-theme; anything else: auto
HOUSE_BAND = "KARYABINA"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of `base/page.html`. Asks the database nothing.

    `request.permissions` (codes) and `request.appointments` (roles with their offices) are set by
    the access middleware; a request that never came so far (an error page) has neither. A view
    that shows another office's page names that office as `band_code` in its own context.
    """
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    permissions: frozenset[str] = getattr(request, "permissions", frozenset())
    held = getattr(request, "appointments", ())
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "menu": SimpleLazyObject(
            lambda: navigation.menu(request.path, permissions, signed_in),
        ),
        "theme": THEMES.get(chosen, ""),
        "theme_choice": chosen if chosen in THEMES else "otomatis",
        "band_code": held[0].office.code if held else HOUSE_BAND,
        "appointments": held,
        "signed_in": signed_in,
        "demo": settings.DEMO,
    }
