"""Pages of the store: the board of lots, a lot's own page, a breakage."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import local, local_day
from karyabina.catalogue.models import Category
from karyabina.ledger import queries as ledger
from karyabina.staff.access import may
from karyabina.stock import actions, queries
from karyabina.stock.forms import BreakageForm
from karyabina.stock.models import Lot

A_PAGE = 50
PLACES = {"gudang": "store", "jalan": "transit", "gerai": "stand", "selisih": "difference"}


@may("stock.see")
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What the offices within reach have in their stores, on the way, on stands, missing."""
    offices = list(request.reach("stock.see"))
    names = ("cari", "kantor", "jenis", "di")
    asked = {name: request.GET.get(name, "") for name in names}
    if asked["di"] not in PLACES:
        asked["di"] = "gudang"
    held = queries.held(offices)
    places = held[PLACES[asked["di"]]]
    found = queries.find(places, asked["cari"], asked["kantor"], asked["jenis"])
    today = local_day(timezone.now())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("halaman"))
    return render(
        request,
        "stock/board.html",
        {
            "page": page,
            "shelves": [queries.Shelf(lot, places[lot.code], today) for lot in page],
            "asked": asked,
            "tabs": [(word, len(held[kind])) for word, kind in PLACES.items()],
            "offices": [office for office in offices if office.makes_goods],
            "categories": Category.choices,
        },
    )


def _lot(request: HttpRequest, code: str, permission: str) -> Lot:
    lots = Lot.objects.select_related("product", "office")
    return get_object_or_404(lots, code=code, office__in=request.reach(permission))


@may("stock.see")
@require_safe
def lot(request: HttpRequest, code: str) -> HttpResponse:
    """A lot: what it is, where its pieces are now, and how they came there."""
    found = _lot(request, code, "stock.see")
    lines = ledger.movements_of_unit(
        found.code, before=request.GET.get("sebelum"), limit=A_PAGE + 1
    )
    places = queries.where_is(found)
    store = queries.store_of(found.office)
    return render(
        request,
        "stock/lot.html",
        {
            "lot": found,
            "places": places,
            "steps": queries.steps(lines[:A_PAGE]),
            "older": lines[A_PAGE - 1].cursor if len(lines) > A_PAGE else "",
            "breakable": any(place.account == store for place in places)
            and request.reach("stock.break").filter(pk=found.office_id).exists(),
            "sees_ledger": "ledger.see" in request.permissions
            and request.reach("ledger.see").filter(pk=found.office_id).exists(),
            "band_code": found.office.code,
            "state": queries.expiry_state(found, local_day(timezone.now(), found.office.time_zone)),
        },
    )


@may("stock.break")
@require_http_methods(["GET", "POST"])
def breakage(request: HttpRequest, code: str) -> HttpResponse:
    """Write off pieces that broke or spoiled in the office's own store."""
    found = _lot(request, code, "stock.break")
    store = queries.store_of(found.office)
    form = BreakageForm(request.POST or None)
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif request.method == "POST":
        at = local(timezone.now(), found.office.time_zone)
        try:
            done = actions.break_pieces(
                lot=found, place=store, by=request.user, at=at, **form.cleaned_data
            )
        except Refusal as refusal:
            form.blame(refusal)
            status = refusal.status
        else:
            text = _("Dicatat rusak: %(quantity)s %(product)s dari lot %(lot)s.")
            quantity = queries.quantity_text(done.quantity, found.product.measure)
            names = {"quantity": quantity, "product": found.product.name, "lot": found.code}
            messages.success(request, text % names)
            return redirect("stock:lot", code=found.code)
    there = ledger.balance(store, found.code)
    if not there and request.method == "GET":
        raise Http404
    context = {"form": form, "lot": found, "there": there, "band_code": found.office.code}
    return render(request, "stock/breakage.html", context, status=status)
