"""Pages of the till: stands and shifts, the counter, payment, receipts, refunds, the close.

Whoever may see a till may look; only the cashier who opened a shift sells and refunds in it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from karyabina.base import times
from karyabina.base.money import rupiah_text
from karyabina.base.refusal import Refusal
from karyabina.festivals.models import Stand
from karyabina.ledger.queries import KeyReused
from karyabina.staff.access import may
from karyabina.till import actions, queries
from karyabina.till.actions.shifts import ShiftIsOpenAlready
from karyabina.till.forms import (
    BasketForm,
    CloseForm,
    OpenForm,
    PaymentForm,
    RefundForm,
    likely_notes,
    sent_key,
)
from karyabina.till.models import Close, Refund, Sale, Shift

ROWS = 50
SHOW_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = 409
A_DOUBLE_CLICK = timedelta(seconds=20)  # later, the same form again is not the same finger


def now_at(stand: Stand) -> datetime:
    """This moment on the stand's own clock."""
    return times.local(timezone.now(), queries.zone_of(stand))


def found(request: HttpRequest, permission: str, code: str) -> Shift:
    """The shift of this code, if the holder of its stand is within reach."""
    return get_object_or_404(queries.shifts_within(request.reach(permission)), code=code)


def is_selling(request: HttpRequest, shift: Shift) -> bool:
    """Whether this person may sell in this shift at this moment."""
    return (
        shift.opened_by_id == request.user.pk
        and not hasattr(shift, "close")
        and not queries.is_closed(shift.stand)
        and request.reach("till.sell").filter(pk=shift.stand.holder_id).exists()
    )


def page_of(request: HttpRequest, shift: Shift, **more: Any) -> dict[str, Any]:
    """What every page of a shift shows around its content."""
    return {
        "shift": shift,
        "stand": shift.stand,
        "zone": queries.zone_of(shift.stand),
        "band_code": shift.stand.holder.code,
        "selling": is_selling(request, shift),
        **more,
    }


# --- stands and shifts ---------------------------------------------------------------------------
def _home(
    request: HttpRequest, sent: OpenForm | None = None, at: Stand | None = None, status: int = 200
) -> HttpResponse:
    offices = request.reach("till.see")
    may_sell = set(request.reach("till.sell").values_list("pk", flat=True))
    may_break = set(request.reach("till.break").values_list("pk", flat=True))
    rows = [
        (
            place,
            sent
            if at is not None and place.stand.pk == at.pk
            else OpenForm(auto_id=f"{place.stand.code}-%s"),
            place.stand.holder_id in may_sell,
            place.stand.holder_id in may_break,
        )
        for place in queries.places(offices, request.user)
    ]
    past = queries.shifts_within(offices).exclude(close=None)
    context = {
        "rows": rows,
        "page": Paginator(past, ROWS).get_page(request.GET.get("halaman")),
    }
    return render(request, "till/home.html", context, status=status)


@may("till.see")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The stands at which this office sells: my shift, colleagues' shifts, and past ones."""
    return _home(request)


@may("till.sell")
@require_POST
def begin(request: HttpRequest, stand: str) -> HttpResponse:
    """Open a shift at a stand with the float that lies in the drawer."""
    held = Stand.objects.filter(holder__in=request.reach("till.sell"))
    place = get_object_or_404(held.select_related("festival", "holder"), code=stand)
    form = OpenForm(request.POST, auto_id=f"{place.code}-%s")
    if not form.is_valid():
        return _home(request, form, place, status=400)
    try:
        shift = actions.open_shift(
            key=form.cleaned_data["key"],
            stand=place,
            float_amount=form.cleaned_data["float_amount"],
            by=request.user,
            at=now_at(place),
        )
    except ShiftIsOpenAlready as no:
        messages.warning(request, str(no))
        return redirect("till:counter", code=no.shift.code)
    except Refusal as no:
        form.blame(no)
        return _home(request, form, place, status=no.status)
    return redirect("till:counter", code=shift.code)


# --- the counter ---------------------------------------------------------------------------------
def _counter(
    request: HttpRequest, shift: Shift, basket: BasketForm, status: int = 200
) -> HttpResponse:
    return render(
        request, "till/counter.html", page_of(request, shift, basket=basket), status=status
    )


@may("till.see")
@require_GET
def counter(request: HttpRequest, code: str) -> HttpResponse:
    """The goods to tap on. Who does not sell here sees what the shift has taken instead."""
    shift = found(request, "till.see", code)
    if not is_selling(request, shift):
        return redirect("till:summary", code=shift.code)
    goods = queries.goods_at(shift.stand, now_at(shift.stand))
    return _counter(request, shift, BasketForm(request.GET, goods.values(), checked=False))


@may("till.sell")
@require_GET
def payment(request: HttpRequest, code: str) -> HttpResponse:
    """What the basket costs, and how it is paid. Nothing is recorded yet."""
    shift = found(request, "till.sell", code)
    if not is_selling(request, shift):
        return redirect("till:summary", code=shift.code)
    goods = queries.goods_at(shift.stand, now_at(shift.stand))
    basket = BasketForm(request.GET, goods.values())
    if not basket.is_valid():
        return _counter(request, shift, basket, status=REFUSED)
    return _payment(request, shift, basket, PaymentForm(initial={"expected_total": basket.total}))


def _payment(
    request: HttpRequest, shift: Shift, basket: BasketForm, form: PaymentForm, status: int = 200
) -> HttpResponse:
    total = basket.total
    context = page_of(
        request, shift, basket=basket, form=form, total=total, notes=likely_notes(total)
    )
    return render(request, "till/payment.html", context, status=status)


def _sold_already(form: PaymentForm, shift: Shift) -> Sale | None:
    """The sale that this very form has made: a finger was quicker than the network."""
    return Sale.objects.filter(pk=sent_key(form), shift=shift).select_related("shift").first()


@may("till.sell")
@require_POST
def sell(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer has paid: record the sale and show the change. Refused, the basket stays."""
    shift = found(request, "till.sell", code)
    at = now_at(shift.stand)
    form = PaymentForm(request.POST)
    no: Refusal | None = None
    sale = _sold_already(form, shift)
    again = sale is not None and at - sale.occurred_at > A_DOUBLE_CLICK
    if sale is None:
        basket = BasketForm(request.POST, queries.goods_at(shift.stand, at).values())
        if form.is_valid() and basket.is_valid():
            try:
                sale = actions.sell(
                    key=form.cleaned_data["key"],
                    shift=shift,
                    wants=basket.wants,
                    means=form.means,
                    tendered=form.given,
                    expected_total=form.cleaned_data["expected_total"],
                    by=request.user,
                    at=at,
                )
            except Refusal as refusal:
                no = refusal
    sale = sale or _sold_already(form, shift)  # by its twin, while this one was thinking
    return _done(sale, "lagi" if again else "baru") if sale else _not_sold(request, shift, form, no)


def _done(sale: Sale, how: str) -> HttpResponse:
    """To its receipt: just sold (`baru`), or sold before by a page that was left (`lagi`)."""
    address = reverse("till:receipt", kwargs={"code": sale.shift.code, "number": sale.number})
    return redirect(f"{address}?{how}=1")


def _not_sold(
    request: HttpRequest, shift: Shift, form: PaymentForm, no: Refusal | None
) -> HttpResponse:
    """Draw the payment again with what the basket costs now; or the counter, if it cannot be."""
    shift = found(request, "till.sell", shift.code)  # it may have been closed meanwhile
    if not is_selling(request, shift):
        messages.error(request, str(no or _("Sif ini sudah berakhir. Tidak ada yang dicatat.")))
        return redirect("till:summary", code=shift.code)
    goods = queries.goods_at(shift.stand, now_at(shift.stand))
    basket = BasketForm(request.POST, goods.values())
    if not basket.is_valid():
        return _counter(request, shift, basket, status=REFUSED)
    shown = form.again(basket.total, fresh=isinstance(no, KeyReused))
    if no:
        shown.is_valid()
        shown.blame(no)
    return _payment(request, shift, basket, shown, status=no.status if no else 400)


# --- receipts ------------------------------------------------------------------------------------
@may("till.see")
@require_GET
def receipts(request: HttpRequest, code: str) -> HttpResponse:
    """The receipts of a shift, the latest first."""
    shift = found(request, "till.see", code)
    page = Paginator(queries.sales_of(shift), ROWS).get_page(request.GET.get("halaman"))
    context = page_of(request, shift, page=page, summary=queries.summary(shift))
    return render(request, "till/receipts.html", context)


def found_sale(request: HttpRequest, permission: str, code: str, number: int) -> Sale:
    shift = found(request, permission, code)
    sale = get_object_or_404(Sale.objects.select_related("by"), shift=shift, number=number)
    sale.shift = shift
    return sale


@may("till.see")
@require_GET
def receipt(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A receipt, on screen and on narrow paper; just made, with the change in large."""
    sale = found_sale(request, "till.see", code, number)
    lines = queries.lines_of(sale)
    refunds = list(queries.refunds_of(sale))
    context = page_of(
        request,
        sale.shift,
        sale=sale,
        lines=queries.printed(lines),
        refunds=refunds,
        returned=sum(one.total for one in refunds),
        left=sum(one.left for one in lines),
        just_sold="baru" in request.GET,
        sold_before="lagi" in request.GET,
        drawer=queries.open_shift(sale.shift.stand, request.user),
    )
    return render(request, "till/receipt.html", context)


@may("till.sell")
@SHOW_OR_SEND
def refund(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take goods back against a receipt; the money comes out of the cashier's own open drawer."""
    sale = found_sale(request, "till.sell", code, number)
    drawer = queries.open_shift(sale.shift.stand, request.user)
    form = RefundForm(request.POST or None, queries.lines_of(sale))
    status = 200
    if request.method == "POST":
        done = Refund.objects.filter(pk=sent_key(form), sale=sale).first()
        again = done is not None and timezone.now() - done.occurred_at > A_DOUBLE_CLICK
        if done is None and form.is_valid():
            try:
                done = _refund(request, sale, drawer, form)
            except Refusal as no:
                form.blame(no)
                status = no.status
        if done is not None:
            _say_refunded(request, done, again=again)
            return redirect("till:receipt", code=code, number=number)
        status = status if status != 200 else 400
    context = page_of(request, sale.shift, sale=sale, form=form, drawer=drawer)
    return render(request, "till/refund.html", context, status=status)


def _say_refunded(request: HttpRequest, done: Refund, *, again: bool) -> None:
    """Money is handed over once: who sends a page again that was left long ago is told so."""
    if again:
        messages.warning(
            request,
            _(
                "Halaman itu sudah dipakai: %(sum)s sudah dikembalikan. Sekarang tidak ada yang "
                "dicatat, jadi jangan serahkan uang lagi. Untuk barang lain, mulai lagi dari struk "
                "ini."
            )
            % {"sum": rupiah_text(done.total)},
        )
    else:
        messages.success(
            request,
            _("Serahkan %(sum)s kepada pembeli. Pengembalian sudah dicatat.")
            % {"sum": rupiah_text(done.total)},
        )


def _refund(request: HttpRequest, sale: Sale, drawer: Shift | None, form: RefundForm) -> Refund:
    """`drawer` is None when this person has no open shift here: the action says so."""
    return actions.refund(
        key=form.cleaned_data["key"],
        sale=sale,
        shift=drawer or sale.shift,
        lines=form.back,
        reason=form.cleaned_data["reason"],
        by=request.user,
        at=now_at(sale.shift.stand),
    )


# --- the end -------------------------------------------------------------------------------------
@may("till.see")
@require_GET
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """What a shift has taken: by means, refunds, expected, counted and the difference."""
    shift = found(request, "till.see", code)
    may_close = request.reach("till.sell").filter(pk=shift.stand.holder_id).exists()
    context = page_of(
        request,
        shift,
        summary=queries.summary(shift),
        now=now_at(shift.stand),
        may_close=may_close,
        stand_closed=queries.is_closed(shift.stand),
    )
    return render(request, "till/summary.html", context)


def _differs(shift: Shift, form: CloseForm) -> bool:
    """Whether the count should be looked at a second time: a slip of the finger stays for ever."""
    if form.looked_twice or hasattr(shift, "close"):
        return False
    return bool(form.cleaned_data["counted"] != queries.expected_in(shift))


@may("till.sell")
@SHOW_OR_SEND
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Count the drawer and end the shift. What the books expect is not shown before the count."""
    shift = found(request, "till.sell", code)
    form = CloseForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        done = Close.objects.filter(pk=sent_key(form), shift=shift).first()
        if done is None and form.is_valid() and _differs(shift, form):
            form, status = form.again(), REFUSED
        elif done is None and form.is_valid():
            try:
                done = actions.close_shift(
                    key=form.cleaned_data["key"],
                    shift=shift,
                    counted=form.cleaned_data["counted"],
                    note=form.cleaned_data["note"],
                    by=request.user,
                    at=now_at(shift.stand),
                )
            except Refusal as no:
                form.blame(no)
                status = no.status
        if done is not None:
            return redirect("till:summary", code=code)
    elif hasattr(shift, "close"):
        return redirect("till:summary", code=code)
    context = page_of(request, shift, form=form, mine=shift.opened_by_id == request.user.pk)
    return render(request, "till/close.html", context, status=status)
