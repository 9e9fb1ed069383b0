"""Pages of the schemes: what is in force, what was, and setting a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import local, local_day
from karyabina.schemes import actions, queries
from karyabina.schemes.forms import SchemeForm
from karyabina.staff.access import may


@may("schemes.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The scheme in force today at each office within reach, played with an example; history."""
    offices = [office for office in request.reach("schemes.see") if office.makes_goods]
    today = local_day(timezone.now())
    versions = queries.history(today, offices)
    return render(
        request,
        "schemes/list.html",
        {
            "today": today,
            "in_force": queries.in_force(versions, offices),
            "versions": versions,
        },
    )


@may("schemes.set")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set the scheme of an office (or, from headquarters, of all others) from a day on."""
    form = SchemeForm(request.POST or None, offices=request.reach("schemes.set"))
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif request.method == "POST":
        office = form.cleaned_data["office"]
        at = local(timezone.now(), office.time_zone if office else None)
        try:
            scheme = actions.set_scheme(by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.blame(refusal)
            status = refusal.status
        else:
            messages.success(
                request, _("Skema ditetapkan. %(sentence)s.") % {"sentence": scheme.sentence}
            )
            return redirect("schemes:list")
    return render(request, "schemes/new.html", {"form": form}, status=status)
