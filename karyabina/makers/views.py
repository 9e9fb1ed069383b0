"""Pages of the makers: a list of codes, and registering more."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import local
from karyabina.makers import actions, queries
from karyabina.makers.forms import RegisterForm
from karyabina.makers.models import Maker
from karyabina.staff.access import may

A_PAGE = 50


@may("makers.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The makers within reach: code, status, office."""
    offices = request.reach("makers.see")
    asked = {name: request.GET.get(name, "") for name in ("cari", "kantor", "status")}
    found = queries.search(offices, asked["cari"], asked["kantor"], asked["status"])
    return render(
        request,
        "makers/list.html",
        {
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman")),
            "asked": asked,
            "offices": list(offices),
            "statuses": Maker.Status.choices,
        },
    )


@may("makers.register")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register one or several makers."""
    form = RegisterForm(request.POST or None, offices=request.reach("makers.register"))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                made = _register(request, form.cleaned_data)
            except Refusal as refusal:
                form.blame(refusal)
                status = refusal.status
            else:
                messages.success(request, _told(made))
                return redirect("makers:list")
        else:
            status = 400
    return render(request, "makers/new.html", {"form": form}, status=status)


def _register(request: HttpRequest, given: dict) -> list[Maker]:
    common = {
        "key": given["key"],
        "office": given["office"],
        "status": given["status"],
        "by": request.user,
        "at": local(timezone.now(), given["office"].time_zone),
    }
    if given["count"] == 1:
        return [actions.register(code=given["code"], **common)]
    return actions.register_many(count=given["count"], **common)


def _told(made: list[Maker]) -> str:
    if len(made) == 1:
        return _("Peserta %(code)s didaftarkan.") % {"code": made[0].code}
    return _("%(count)s peserta didaftarkan: %(first)s sampai %(last)s.") % {
        "count": len(made),
        "first": made[0].code,
        "last": made[-1].code,
    }
