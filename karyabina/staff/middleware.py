"""The guard at every door: no view runs unless its declaration lets this person in."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from karyabina.staff import queries
from karyabina.staff.access import Open

# Doors of packages that we do not write: allauth's own pages check what they need themselves.
PACKAGED_PUBLIC = {
    "account_login",
    "account_logout",
    "account_inactive",
    "mfa_authenticate",
    "set_language",
}
PACKAGED_SIGNED_IN = ("account_change_password", "account_reauthenticate", "mfa_")
SECOND_FACTORS = [Authenticator.Type.TOTP]  # spare codes alone are none


def declared(view: Callable[..., object], url_name: str | None) -> str | Open | None:
    """What a view says about who may; packaged views are listed by name above."""
    given = getattr(view, "access", None)
    if given is None and url_name:
        if url_name in PACKAGED_PUBLIC:
            return Open.PUBLIC
        if url_name.startswith(PACKAGED_SIGNED_IN):
            return Open.SIGNED_IN
    return given


class AccessMiddleware:
    """Sets `request.appointments`, `request.permissions`, `request.reach`; refuses by default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user.is_authenticated
        held = queries.appointments(request.user) if known else []  # type: ignore[arg-type]
        request.appointments = held  # type: ignore[attr-defined]
        request.permissions = queries.permissions(held)  # type: ignore[attr-defined]
        request.reach = lambda permission: queries.reach(held, permission)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        need = declared(view, name)
        if need is Open.PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if need is None or (
            isinstance(need, str) and need not in request.permissions  # type: ignore[attr-defined]
        ):
            raise PermissionDenied
        if (
            settings.SECOND_FACTOR_REQUIRED
            and not (name or "").startswith(PACKAGED_SIGNED_IN)
            and not is_mfa_enabled(request.user, types=SECOND_FACTORS)
        ):
            return redirect("mfa_activate_totp")
        return None
