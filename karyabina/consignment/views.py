"""Pages of consignments: the list, one consignment's story, and the forms of each act.

The owner of the goods offers, cancels, despatches and takes goods home again; the holder of the
stand receives and sends back; the region says what became of missing pieces.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from karyabina.base import times
from karyabina.base.refusal import Refusal
from karyabina.consignment import actions, queries
from karyabina.consignment.forms import (
    CancelForm,
    ClearForm,
    CountForm,
    GoodsForm,
    RefusableForm,
)
from karyabina.consignment.models import Clearance, Consignment, Count, State
from karyabina.festivals.models import Stand
from karyabina.offices.models import Office
from karyabina.staff.access import may

ROWS = 25
SHOW_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


def now_at(office: Office) -> datetime:
    """This moment on the office's own clock."""
    return times.local(timezone.now(), office.time_zone)


def found(request: HttpRequest, permission: str, code: str) -> Consignment:
    """The consignment of this code, if its goods' office or its stand's holder is within reach."""
    within = Consignment.objects.within(request.reach(permission))
    known = within.select_related("office", "stand__festival", "stand__holder", "offered_by")
    return get_object_or_404(known, code=code)


def owned(request: HttpRequest, code: str) -> Consignment:
    """Only for the office whose goods they are."""
    mine = Consignment.objects.filter(office__in=request.reach("consignment.offer"))
    return get_object_or_404(mine.select_related("office", "stand__holder"), code=code)


def attempt(form: RefusableForm, act: Callable[[Any], Any]) -> tuple[Any, int]:
    """Do what the form asks with what was typed; else nothing, and the status of the answer."""
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 400
    try:
        return act(form.cleaned_data), 200
    except Refusal as refusal:
        form.refuse(refusal)
        return None, refusal.status


def word(asked: QueryDict, name: str) -> str:
    """A code or a search word that was asked for; nothing that a database would choke on."""
    return asked.get(name, "").replace("\0", "").strip()[:40]


def typed(request: HttpRequest) -> Any:
    """What was sent with a form, or None where it is only shown."""
    return request.POST if request.method == "POST" else None


# --- looking -------------------------------------------------------------------------------------
@may("consignment.see")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What is offered, on its way, arrived, done: tabs with their numbers."""
    reach = request.reach("consignment.see")
    asked = {name: word(request.GET, name) for name in ("kantor", "gerai", "cari")}
    everything = queries.listing(
        reach, office=asked["kantor"], stand=asked["gerai"], code=asked["cari"]
    )
    state = word(request.GET, "keadaan")
    chosen = everything.filter(state=state) if state in State.values else everything
    numbers = queries.how_many(everything)
    offices, stands = queries.choices(reach)
    return render(
        request,
        "consignment/list.html",
        {
            "page": Paginator(chosen, ROWS).get_page(request.GET.get("halaman")),
            "tabs": [(state, label, numbers[state]) for state, label in State.choices],
            "total": sum(numbers.values()),
            "state": state,
            "asked": asked,
            "filtered": any(asked.values()),
            "offices": offices,
            "stands": stands,
            "may_offer": "consignment.offer" in request.permissions,
            "returning": Stand.objects.filter(holder__in=request.reach("consignment.receive"))
            if "consignment.receive" in request.permissions
            else (),
        },
    )


@may("consignment.see")
@require_GET
def story(request: HttpRequest, code: str) -> HttpResponse:
    """What one consignment holds, what happened to it, and what may be done next."""
    consignment = found(request, "consignment.see", code)
    office, holder = consignment.office, consignment.stand.holder
    return render(
        request,
        "consignment/story.html",
        {
            "story": queries.story(consignment),
            "consignment": consignment,
            "band_code": office.code,
            "owner": request.reach("consignment.offer").filter(pk=office.pk).exists(),
            "holder": request.reach("consignment.receive").filter(pk=holder.pk).exists(),
            "clearer": request.reach("consignment.clear").filter(pk=holder.pk).exists(),
        },
    )


@may("consignment.see")
@require_GET
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The hand-over sheet that travels with the goods and is signed on both sides."""
    consignment = found(request, "consignment.see", code)
    return render(
        request,
        "consignment/sheet.html",
        {
            "story": queries.story(consignment),
            "consignment": consignment,
            "band_code": consignment.office.code,
        },
    )


# --- the owner of the goods ----------------------------------------------------------------------
@may("consignment.offer")
@SHOW_OR_SEND
def offer(request: HttpRequest) -> HttpResponse:
    """Choose office and stand, then say how much of each lot goes there."""
    asked = request.POST if request.method == "POST" else request.GET
    offices = list(request.reach("consignment.offer"))
    office = _one(offices, word(asked, "kantor"))
    stands = list(queries.stands_open_to(office)) if office else []
    stand = _one(stands, word(asked, "gerai"))
    context: dict[str, Any] = {"offices": offices, "office": office, "stands": stands}
    if request.method == "POST" and office and not stand:
        # Closed, or none of this office's festivals: the action says which.
        stand = Stand.objects.filter(code=word(asked, "gerai")).first()
    if not office or not stand:
        return render(request, "consignment/offer.html", context)
    there = queries.at_hand(office, timezone.now())
    form = GoodsForm(
        typed(request),
        lots=[one.lot for one in there],
        there={one.lot.code: one.free for one in there},
    )
    made, status = attempt(
        form,
        lambda said: actions.offer(
            key=said["key"],
            office=office,
            stand=stand,
            lines=form.pieces,
            note=said["note"],
            by=request.user,
            at=now_at(office),
        ),
    )
    if made:
        messages.success(
            request,
            _("Titipan %(code)s ditawarkan. Kirimkan bila barang berangkat.") % {"code": made.code},
        )
        return redirect("consignment:story", made.code)
    context |= {
        "stand": stand,
        "band_code": office.code,
        "rows": [
            (one, form.box(one.lot)) for one in there if one.free or form.box(one.lot).value()
        ],
        "none_free": sum(not one.free for one in there),
    }
    return render(request, "consignment/offer.html", context | {"form": form}, status=status)


def _one(among: list[Any], code: str) -> Any:
    """The one of this code; the only one where there is no choice."""
    if len(among) == 1 and not code:
        return among[0]
    return next((one for one in among if one.code == code), None)


@may("consignment.offer")
@require_POST
def despatch(request: HttpRequest, code: str) -> HttpResponse:
    """The goods leave now."""
    consignment = owned(request, code)
    form = RefusableForm(request.POST)
    if form.is_valid():
        actions.despatch(
            key=form.cleaned_data["key"],
            consignment=consignment,
            by=request.user,
            at=now_at(consignment.office),
        )
        messages.success(
            request,
            _("Titipan %(code)s dikirim. Sertakan lembar serah terima bersama barang.")
            % {"code": code},
        )
    else:
        messages.error(
            request, _("Kunci formulir ini rusak. Belum ada yang dicatat; tekan tombolnya lagi.")
        )
    return redirect("consignment:story", code)


@may("consignment.offer")
@SHOW_OR_SEND
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """An offer is taken back, with the reason."""
    consignment = owned(request, code)
    form = CancelForm(typed(request))
    done, status = attempt(
        form,
        lambda said: actions.cancel(
            key=said["key"],
            consignment=consignment,
            reason=said["reason"],
            by=request.user,
            at=now_at(consignment.office),
        ),
    )
    if done:
        messages.success(
            request,
            _("Titipan %(code)s dibatalkan. Barangnya dapat ditawarkan lagi.") % {"code": code},
        )
        return redirect("consignment:story", code)
    context = {"consignment": consignment, "band_code": consignment.office.code}
    return render(request, "consignment/cancel.html", context | {"form": form}, status=status)


@may("consignment.offer")
@SHOW_OR_SEND
def come_home(request: HttpRequest, code: str) -> HttpResponse:
    """Goods are back in the office's store: sent home by the stand, or turned round on the way."""
    consignment = owned(request, code)
    act = actions.receive if consignment.is_back else actions.turn_back
    return _count(request, consignment, act)


# --- the holder of the stand ---------------------------------------------------------------------
@may("consignment.receive")
@SHOW_OR_SEND
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """The goods have arrived at the stand and are counted."""
    consignment = get_object_or_404(
        Consignment.objects.filter(
            stand__holder__in=request.reach("consignment.receive"),
            direction=Consignment.Direction.OUT,
        ).select_related("office", "stand__holder"),
        code=code,
    )
    return _count(request, consignment, actions.receive)


def _count(request: HttpRequest, consignment: Consignment, act: Any) -> HttpResponse:
    """Count the goods of one consignment into their place, with the given action."""
    lines = list(
        consignment.lines.select_related("lot__product", "lot__office").order_by(
            "lot__product__name", "lot__code"
        )
    )
    form = CountForm(typed(request), lines=lines)
    told = queries.story(consignment)
    if not form.is_bound and told.state != State.SENT:
        messages.info(request, _("Titipan ini tidak sedang menunggu diterima."))
        return redirect("consignment:story", consignment.code)
    done, status = attempt(
        form,
        lambda said: act(
            key=said["key"],
            consignment=consignment,
            counts=form.counts,
            note=said["note"],
            by=request.user,
            at=now_at(consignment.office),
        ),
    )
    if done:
        messages.success(
            request, _("Titipan %(code)s sudah diterima.") % {"code": consignment.code}
        )
        return redirect("consignment:story", consignment.code)
    context = {
        "consignment": consignment,
        "story": told,
        "turning": act is actions.turn_back,
        "band_code": consignment.office.code,
    }
    return render(request, "consignment/count.html", context | {"form": form}, status=status)


@may("consignment.receive")
@SHOW_OR_SEND
def send_back(request: HttpRequest, stand: str) -> HttpResponse:
    """What stands at the stand, office by office, and its way home: all of it or a part."""
    here = get_object_or_404(
        Stand.objects.filter(holder__in=request.reach("consignment.receive")).select_related(
            "holder", "festival"
        ),
        code=stand,
    )
    groups = queries.at_stand(here)
    code = word(request.POST if request.method == "POST" else request.GET, "kantor")
    if not code:
        return render(request, "consignment/send_back.html", {"stand": here, "groups": groups})
    office = get_object_or_404(Office, code=code)
    lots = next((lots for owner, lots in groups if owner == office), [])
    if not lots and request.method != "POST":
        messages.info(
            request, _("Barang %(office)s sudah tidak ada di gerai ini.") % {"office": office.name}
        )
        return redirect("consignment:send_back", here.code)
    amounts = {one.lot.code: one.quantity for one in lots}
    form = GoodsForm(typed(request), lots=[one.lot for one in lots], there=amounts, amounts=amounts)
    made, status = attempt(
        form,
        lambda said: actions.send_back(
            key=said["key"],
            stand=here,
            office=office,
            lines=form.pieces,
            note=said["note"],
            by=request.user,
            at=now_at(here.holder),
        ),
    )
    if made:
        messages.success(
            request,
            _("Barang %(office)s dikirim pulang sebagai titipan %(code)s.")
            % {"office": office.name, "code": made.code},
        )
        return redirect("consignment:story", made.code)
    context = {
        "stand": here,
        "office": office,
        "band_code": office.code,
        "form": form,
        "rows": [
            (lot, amounts.get(lot.code, 0), form.box(lot))
            for lot in form.lots.values()
            if lot.office_id == office.pk
        ],
    }
    return render(request, "consignment/send_back_part.html", context, status=status)


# --- what is missing -----------------------------------------------------------------------------
@may("consignment.clear")
@SHOW_OR_SEND
def clear(request: HttpRequest, code: str, count: UUID) -> HttpResponse:
    """A person says what became of pieces that were missing."""
    missing = get_object_or_404(
        Count.objects.still_missing()
        .filter(
            receipt__consignment__code=code,
            receipt__consignment__stand__holder__in=request.reach("consignment.clear"),
        )
        .select_related(
            "receipt__consignment__office", "receipt__consignment__stand", "line__lot__product"
        ),
        pk=count,
    )
    consignment = missing.receipt.consignment
    form = ClearForm(typed(request), initial={"quantity": missing.still_missing})
    done, status = attempt(
        form,
        lambda said: actions.clear(
            key=said["key"],
            count=missing,
            outcome=Clearance.Outcome(said["outcome"]),
            quantity=said["quantity"],
            reason=said["reason"],
            by=request.user,
            at=now_at(consignment.office),
        ),
    )
    if done:
        messages.success(
            request,
            _("Dicatat: %(quantity)s %(outcome)s.")
            % {"quantity": done.quantity, "outcome": done.get_outcome_display()},
        )
        return redirect("consignment:story", code)
    context = {"count": missing, "consignment": consignment, "band_code": consignment.office.code}
    return render(request, "consignment/clear.html", context | {"form": form}, status=status)
