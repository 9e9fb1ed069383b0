"""Pages of what breaks on a stand: its holder, who answers for the goods, writes it off."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from karyabina.base.refusal import Refusal
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.festivals.models import Stand
from karyabina.staff.access import may
from karyabina.stock import actions as stock
from karyabina.stock.models import Breakage
from karyabina.till import queries
from karyabina.till.forms import BreakageForm
from karyabina.till.views import SHOW_OR_SEND, now_at


def _held(request: HttpRequest, code: str) -> Stand:
    """A stand whose goods this person answers for."""
    stands = Stand.objects.filter(holder__in=request.reach("till.break"))
    return get_object_or_404(stands.select_related("festival", "holder"), code=code)


@may("till.break")
@require_GET
def listing(request: HttpRequest, stand: str) -> HttpResponse:
    """What stands here, lot by lot, to be tapped when some of it broke or spoiled."""
    here = _held(request, stand)
    context = {
        "stand": here,
        "band_code": here.holder.code,
        "shelf": queries.on_shelf(here, now_at(here)),
        "drawer": queries.open_shift(here, request.user),
    }
    return render(request, "till/breakages.html", context)


@may("till.break")
@SHOW_OR_SEND
def breakage(request: HttpRequest, stand: str, lot: str) -> HttpResponse:
    """Some of a lot broke or spoiled on the stand: it leaves the books, with the reason."""
    here = _held(request, stand)
    there = queries.ever_on_shelf(here, lot)
    if there is None:
        raise Http404
    product = there.lot.product
    if request.method != "POST" and not there.quantity:
        gone = _("%(product)s lot %(lot)s sudah tidak ada di gerai ini.")
        messages.info(request, gone % {"product": product.name, "lot": there.lot.code})
        return redirect("till:breakages", stand=here.code)
    form, status = BreakageForm(request.POST or None, there), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                done = stock.break_pieces(
                    key=form.cleaned_data["key"],
                    lot=there.lot,
                    place=here.account,
                    quantity=form.cleaned_data["quantity"],
                    reason=form.reason,
                    by=request.user,
                    at=now_at(here),
                )
            except Refusal as no:
                form.blame(no)
                status = no.status
            else:
                return _broken(request, here, done)
    context = {"stand": here, "band_code": here.holder.code, "form": form, "there": there}
    return render(request, "till/breakage.html", context, status=status)


def _broken(request: HttpRequest, stand: Stand, done: Breakage) -> HttpResponse:
    """Say what was written off; back to the counter, where there is one."""
    product = done.lot.product
    quantity = quantity_text(done.quantity, product.measure)
    said = _("Dicatat rusak: %(quantity)s %(product)s. Sudah keluar dari gerai.")
    messages.success(request, said % {"quantity": quantity, "product": product.name})
    drawer = queries.open_shift(stand, request.user)
    if drawer and not queries.is_closed(stand):
        return redirect("till:counter", code=drawer.code)
    return redirect("till:breakages", stand=stand.code)
