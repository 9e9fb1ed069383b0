"""Pages of the workshop: what was made, recording a production, who made a lot."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import local
from karyabina.catalogue.models import Product
from karyabina.makers.models import Maker
from karyabina.staff.access import may
from karyabina.workshop import actions, queries
from karyabina.workshop.forms import ProductionForm
from karyabina.workshop.models import Production

A_PAGE = 50


@may("workshop.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What the offices within reach have made, the latest first."""
    offices = request.reach("workshop.see")
    asked = {name: request.GET.get(name, "") for name in ("cari", "kantor")}
    found = queries.search(offices, asked["cari"], asked["kantor"])
    return render(
        request,
        "workshop/list.html",
        {
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman")),
            "asked": asked,
            "offices": [office for office in offices if office.makes_goods],
        },
    )


@may("workshop.produce")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Record a production of one of the offices within reach."""
    offices = [office for office in request.reach("workshop.produce") if office.makes_goods]
    wanted = request.GET.get("kantor", "")
    office = next((one for one in offices if one.code == wanted), offices[0] if offices else None)
    if office is None:
        return render(request, "workshop/none.html")
    at = local(timezone.now(), office.time_zone)
    form = ProductionForm(
        request.POST or None,
        office=office,
        products=Product.objects.filter(office=office, retired_at=None).order_by("name"),
        makers=list(Maker.objects.filter(office=office).order_by("code")),
        today=at.date(),
    )
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif request.method == "POST":
        try:
            made = actions.produce(
                office=office, works=form.works, by=request.user, at=at, **form.cleaned_data
            )
        except Refusal as refusal:
            form.blame(refusal)
            status = refusal.status
        else:
            messages.success(
                request,
                _("Produksi dicatat: lot %(lot)s masuk gudang.") % {"lot": made.lot.code},
            )
            return redirect("workshop:production", code=made.lot.code)
    context = {"form": form, "office": office, "offices": offices, "band_code": office.code}
    return render(request, "workshop/new.html", context, status=status)


@may("workshop.see")
@require_safe
def production(request: HttpRequest, code: str) -> HttpResponse:
    """Who made a lot, by code, and in which shares its premi will be divided."""
    found = get_object_or_404(
        Production.objects.select_related("lot__product", "office", "by"),
        lot__code=code,
        office__in=request.reach("workshop.see"),
    )
    parts = queries.parts(found)
    return render(
        request,
        "workshop/production.html",
        {
            "production": found,
            "lot": found.lot,
            "parts": parts,
            "whole_text": queries.amount_text(sum(part.amount for part in parts), found.basis),
            "band_code": found.office.code,
            "sees_stock": request.reach("stock.see").filter(pk=found.office_id).exists()
            if "stock.see" in request.permissions
            else False,
        },
    )
