"""The pages about staff: who serves where, their roles, and the trail of what was done."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from karyabina.base import times
from karyabina.base import trail as names
from karyabina.base.refusal import Refusal
from karyabina.staff import actions, queries
from karyabina.staff.access import may, signed_in
from karyabina.staff.duties import duties_of
from karyabina.staff.forms import AppointForm, EnlistForm, KnownForm, NewPasswordForm, TrailForm
from karyabina.staff.models import Appointment, Role, Staff

PER_PAGE = 50


@may("staff.manage")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Who serves at the offices within reach, with the roles held there."""
    words = request.GET.get("cari", "").strip()[:100]
    office = request.GET.get("kantor", "").strip()[:9]
    offices = request.reach("staff.manage")
    page = Paginator(queries.people(offices, words, office), PER_PAGE)
    context = {
        "page": page.get_page(request.GET.get("halaman")),
        "words": words,
        "office": office,
        "offices": offices.order_by("path"),
        "filtered": bool(words or office),
    }
    return render(request, "staff/list.html", context)


@may("staff.manage")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enlist somebody new, with a first role and a first password."""
    form = EnlistForm(request.POST or None, offices=request.reach("staff.manage"))
    if request.method == "POST" and form.is_valid():
        try:
            person = enlisted(request, form)
        except Refusal as refusal:
            form.blame(refusal)
        else:
            messages.success(request, _("%(name)s didaftarkan.") % {"name": person.name})
            return HttpResponseRedirect(reverse("staff:person", args=[person.pk]))
    status = 400 if form.is_bound else 200
    return render(request, "staff/add.html", {"form": form}, status=status)


@transaction.atomic
def enlisted(request: HttpRequest, form: EnlistForm) -> Staff:
    given = form.cleaned_data
    at = timezone.localtime()
    person = actions.enlist(
        key=given["key"],
        username=given["username"],
        name=given["name"],
        password=given["password"],
        by=request.user,
        at=at,
    )
    actions.appoint(
        staff=person, office=given["office"], role=Role(given["role"]), by=request.user, at=at
    )
    return person


@may("staff.manage")
@require_http_methods(["GET", "POST"])
def appoint_known(request: HttpRequest) -> HttpResponse:
    """Give a role to somebody who serves elsewhere, by the username."""
    form = KnownForm(request.POST or None, offices=request.reach("staff.manage"))
    if request.method == "POST" and form.is_valid():
        answer = appointed(request, form.person, form)
        if answer:
            return answer
    status = 400 if form.is_bound else 200
    return render(request, "staff/known.html", {"form": form}, status=status)


def appointed(
    request: HttpRequest, person: Staff | None, form: AppointForm | KnownForm
) -> HttpResponse | None:
    """Give the role; None where it is refused, which the form then says."""
    if person is None:
        return None
    given = form.cleaned_data
    try:
        held = actions.appoint(
            staff=person,
            office=given["office"],
            role=Role(given["role"]),
            by=request.user,
            at=timezone.localtime(),
        )
    except Refusal as refusal:
        form.blame(refusal)
        return None
    messages.success(
        request,
        _("%(name)s kini %(role)s di %(office)s.")
        % {"name": person.name, "role": held.get_role_display(), "office": held.office.code},
    )
    return HttpResponseRedirect(reverse("staff:person", args=[person.pk]))


def found(request: HttpRequest, key: UUID) -> Staff:
    """Somebody who serves or served within reach, or nobody (404)."""
    return get_object_or_404(queries.people(request.reach("staff.manage")), pk=key)


def person_page(
    request: HttpRequest,
    person: Staff,
    form: AppointForm | None = None,
    password_form: NewPasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    offices = request.reach("staff.manage")
    own = person.pk == request.user.pk
    past = Appointment.objects.filter(staff=person, office__in=offices, ended_at__isnull=False)
    context = {
        "person": person,
        "own": own,
        "past": past.select_related("office", "ended_by").order_by("-ended_at")[:20],
        "form": None if own else form or AppointForm(offices=offices),
        "password_form": None if own else password_form or NewPasswordForm(person=person),
    }
    return render(request, "staff/person.html", context, status=status)


@may("staff.manage")
@require_GET
def detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One member of staff, with the roles at the offices within reach."""
    return person_page(request, found(request, key))


@may("staff.manage")
@require_POST
def appointments(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give another role."""
    person = found(request, key)
    form = AppointForm(request.POST, offices=request.reach("staff.manage"))
    answer = appointed(request, person, form) if form.is_valid() else None
    return answer or person_page(request, person, form=form, status=400)


@may("staff.manage")
@require_POST
def dismissal(request: HttpRequest, key: UUID, appointment: UUID) -> HttpResponse:
    """Take a role away."""
    person = found(request, key)
    held = get_object_or_404(
        Appointment.objects.select_related("staff", "office"),
        pk=appointment,
        staff=person,
        office__in=request.reach("staff.manage"),
    )
    actions.dismiss(appointment=held, by=request.user, at=timezone.localtime())
    messages.success(
        request,
        _("Peran %(role)s di %(office)s dicabut.")
        % {"role": held.get_role_display(), "office": held.office.code},
    )
    return HttpResponseRedirect(reverse("staff:person", args=[person.pk]))


@may("staff.manage")
@require_POST
def password(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a new first password."""
    person = found(request, key)
    form = NewPasswordForm(request.POST, person=person)
    if form.is_valid():
        try:
            actions.set_password(
                key=form.cleaned_data["key"],
                staff=person,
                password=form.cleaned_data["password"],
                within=request.reach("staff.manage"),
                by=request.user,
                at=timezone.localtime(),
            )
        except Refusal as refusal:
            form.blame(refusal)
        else:
            messages.success(
                request, _("Kata sandi baru untuk %(name)s dicatat.") % {"name": person.name}
            )
            return HttpResponseRedirect(reverse("staff:person", args=[person.pk]))
    return person_page(request, person, password_form=form, status=400)


@signed_in
@require_GET
def without_password(request: HttpRequest) -> HttpResponse:
    """Where allauth sends whoever would change a password and has none, as in a demonstration."""
    return HttpResponseRedirect(reverse("mfa_index"))


@signed_in
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """What each role may do, and how far."""
    roles = [(role, duties_of(role)) for role in Role]
    return render(request, "staff/duties.html", {"roles": roles})


@may("staff.audit")
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Who did what outside the ledger, newest first."""
    form = TrailForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    offices = request.reach("staff.audit")
    office = given.get("kantor") or ""
    if office and not offices.filter(code=office).exists():
        raise Http404
    first, last = given.get("dari"), given.get("sampai")
    rows = queries.trail(
        offices,
        office=office,
        what=given.get("perbuatan") or "",
        begin=times.start_of_day(first) if first else None,
        end=times.start_of_day(last + timedelta(days=1)) if last else None,
    )
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("halaman")),
        "form": form,
        "office": office,
        "offices": offices.order_by("path"),
        "acts": sorted(
            ((code, str(words)) for code, words in names.NAMES.items()), key=lambda one: one[1]
        ),
        "filtered": any(given.values()) or bool(form.errors),
    }
    return render(request, "staff/trail.html", context, status=400 if form.errors else 200)
