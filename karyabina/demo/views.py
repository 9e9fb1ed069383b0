"""A page with a button a role: looking around as a cashier, a treasurer, a head of office."""

from ipaddress import ip_address

from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from karyabina.base import trail
from karyabina.demo import queries
from karyabina.staff import actions as staff
from karyabina.staff.access import public
from karyabina.staff.models import Staff

trail.name("demo.enter", _("Masuk lewat pintu peragaan"))


def from_this_machine(request: HttpRequest) -> None:
    """The doors without a key open only for somebody who sits at this machine."""
    if not ip_address(request.META["REMOTE_ADDR"]).is_loopback:
        raise PermissionDenied


@public
@require_GET
@never_cache
def doors(request: HttpRequest) -> HttpResponse:
    """What there is to look at, and as whom."""
    from_this_machine(request)
    return render(request, "demo/doors.html", {"tour": queries.tour(), "doors": queries.doors()})


@public
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Log in as one of the demonstration's accounts, without a password."""
    from_this_machine(request)
    wanted = {request.POST.get("username", "")} & queries.usernames()
    person = get_object_or_404(Staff, username__in=wanted)
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    staff.record(
        by=person, at=timezone.now(), office=None, what="demo.enter", about=person.username
    )
    return redirect("desk:home")
