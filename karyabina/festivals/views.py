"""Pages of the festivals: the public door and stands, and what officers arrange."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import local, local_day
from karyabina.catalogue.models import Category
from karyabina.festivals import actions, queries
from karyabina.festivals.forms import ClosingForm, FestivalForm, InviteForm, StandForm
from karyabina.festivals.models import Festival, Stand
from karyabina.staff.access import may, public

A_PAGE = 48


# --- for everybody --------------------------------------------------------------------------------
@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Karyabina is, and the festival that runs now (else the next, else the last)."""
    at = timezone.now()
    today = local_day(at)
    festival = queries.now_or_last(today)
    context: dict[str, Any] = {"festival": festival, "kinds": Category.choices}
    if festival:
        shops = queries.shops(list(queries.stands_of(festival)), at)
        context |= {
            "shops": shops,
            "offices": [one.office for one in queries.participants(festival)],
            "lists": [
                ("lain", _("Festival lain"), queries.beside(festival, today)),
                ("sebelumnya", _("Festival sebelumnya"), queries.before(festival, today)),
            ],
            "phase": queries.phase(festival, at),
            "example": festival.example,
            "kinds": [
                (value, label, sum(shop.count(value) for shop in shops))
                for value, label in Category.choices
            ],
        }
    return render(request, "festivals/home.html", context)


@public
@require_safe
def stand(request: HttpRequest, code: str) -> HttpResponse:
    """A stand as a buyer sees it: what is there, what it costs, where it comes from."""
    stands = Stand.objects.select_related("festival__organiser", "holder", "closure")
    found = get_object_or_404(stands, code=code)
    at = timezone.now()
    shop = queries.shops([found], at)[0]
    asked = {name: request.GET.get(name, "")[:80] for name in ("cari", "jenis", "kantor")}
    goods = queries.matching(shop.goods, asked["cari"], asked["jenis"], asked["kantor"])
    labels = dict(Category.choices)
    return render(
        request,
        "festivals/stand.html",
        {
            "shop": shop,
            "origins": shop.origins,
            "stand": found,
            "festival": found.festival,
            "phase": queries.phase(found.festival, at),
            "page": Paginator(goods, A_PAGE).get_page(request.GET.get("halaman")),
            "asked": asked,
            "shelves": [(value, labels[value], count) for value, count in shop.shelves],
            "at": at,
            "band_code": found.holder.code,
        },
    )


# --- for officers ---------------------------------------------------------------------------------
@may("festivals.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All festivals, the latest first."""
    page = Paginator(queries.festivals(), A_PAGE).get_page(request.GET.get("halaman"))
    at = timezone.now()
    rows = [(festival, queries.phase(festival, at)) for festival in page]
    return render(request, "festivals/list.html", {"page": page, "rows": rows})


@may("festivals.see")
@require_safe
def festival(request: HttpRequest, code: str) -> HttpResponse:
    """A festival: when, where, who takes part, which stands; the arranger's buttons."""
    found = get_object_or_404(Festival.objects.select_related("organiser"), code=code)
    at = timezone.now()
    return render(
        request,
        "festivals/festival.html",
        {
            "festival": found,
            "phase": queries.phase(found, at),
            "participants": list(queries.participants(found)),
            "shops": queries.shops(list(queries.stands_of(found)), at),
            "arranges": request.reach("festivals.arrange").filter(pk=found.organiser_id).exists(),
            "band_code": found.organiser.code,
        },
    )


def _own(request: HttpRequest, code: str) -> Festival:
    """A festival that this person arranges; 404 otherwise."""
    festivals = Festival.objects.select_related("organiser")
    return get_object_or_404(festivals, code=code, organiser__in=request.reach("festivals.arrange"))


@may("festivals.arrange")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Announce a festival."""
    form = FestivalForm(request.POST or None, offices=request.reach("festivals.arrange"))

    def announce(given: dict[str, Any]) -> HttpResponse:
        at = local(timezone.now(), given["organiser"].time_zone)
        made = actions.announce(by=request.user, at=at, **given)
        messages.success(request, _("Festival %(name)s diumumkan.") % {"name": made.name})
        return redirect("festivals:festival", code=made.code)

    return _answer(request, form, announce, "festivals/new.html", {})


@may("festivals.arrange")
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest, code: str) -> HttpResponse:
    """Invite offices to a festival."""
    found = _own(request, code)
    form = InviteForm(request.POST or None, festival=found)

    def invite(given: dict[str, Any]) -> HttpResponse:
        at = local(timezone.now(), found.time_zone)
        made = actions.invite_many(festival=found, by=request.user, at=at, **given)
        text = ngettext("%(n)s kantor diundang.", "%(n)s kantor diundang.", len(made))
        messages.success(request, text % {"n": len(made)})
        return redirect("festivals:festival", code=found.code)

    return _answer(request, form, invite, "festivals/invitations.html", {"festival": found})


@may("festivals.arrange")
@require_http_methods(["GET", "POST"])
def stands(request: HttpRequest, code: str) -> HttpResponse:
    """Set up a stand at a festival."""
    found = _own(request, code)
    form = StandForm(request.POST or None, festival=found)

    def set_up(given: dict[str, Any]) -> HttpResponse:
        at = local(timezone.now(), found.time_zone)
        made = actions.set_up(festival=found, by=request.user, at=at, **given)
        messages.success(request, _("%(name)s didirikan.") % {"name": made.name})
        return redirect("festivals:festival", code=found.code)

    return _answer(request, form, set_up, "festivals/stands.html", {"festival": found})


@may("festivals.arrange")
@require_http_methods(["GET", "POST"])
def closure(request: HttpRequest, code: str) -> HttpResponse:
    """Close a stand for good."""
    found = get_object_or_404(
        Stand.objects.select_related("festival__organiser", "holder", "closure__by"),
        code=code,
        festival__organiser__in=request.reach("festivals.arrange"),
    )
    form = ClosingForm(request.POST or None)

    def close(given: dict[str, Any]) -> HttpResponse:
        at = local(timezone.now(), found.festival.time_zone)
        done = actions.close_stand(stand=found, by=request.user, at=at, **given)
        if done.key == given["key"]:
            messages.success(request, _("%(name)s ditutup.") % {"name": found.name})
        else:
            text = _("%(name)s sudah ditutup sebelumnya oleh %(who)s.")
            messages.info(request, text % {"name": found.name, "who": done.by.name})
        return redirect("festivals:festival", code=found.festival.code)

    shop = queries.shops([found], timezone.now())[0]
    context = {"stand": found, "festival": found.festival, "shop": shop}
    return _answer(request, form, close, "festivals/closure.html", context)


def _answer(
    request: HttpRequest,
    form: Form,
    act: Any,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Draw the form, or do what it asks; a refusal is shown in the form, nothing typed is lost."""
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif request.method == "POST":
        try:
            return act(form.cleaned_data)
        except Refusal as refusal:
            form.blame(refusal)  # type: ignore[attr-defined]
            status = refusal.status
    return render(request, template, {"form": form} | context, status=status)
