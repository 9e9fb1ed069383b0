"""Pages of sharing: how far each office is, what would be posted, what was, and why."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import local
from karyabina.festivals.models import Participation
from karyabina.schemes.models import Scheme, percent
from karyabina.settlement import actions, explain, queries, story
from karyabina.settlement.forms import SettleForm
from karyabina.settlement.models import Settlement
from karyabina.staff.access import may
from karyabina.workshop.queries import amount_text

ROWS = 25


@may("settlement.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every office within reach at every festival: what waits, what was shared."""
    found = queries.participations(request.reach("settlement.see"))
    asked = request.GET.get("cari", "").strip()[:60]
    for word in asked.split()[:6]:
        found = queries.named(found, word)
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {"page": page, "rows": queries.standings(page.object_list), "asked": asked}
    return render(request, "settlement/list.html", context)


def _participation(
    request: HttpRequest, permission: str, festival: str, office: str
) -> Participation:
    within = queries.participations(request.reach(permission))
    return get_object_or_404(within, festival__code=festival, office__code=office)


def _has(request: HttpRequest, permission: str, office: object) -> bool:
    return request.reach(permission).filter(pk=office).exists()


def _parts(scheme: Scheme) -> dict[str, object]:
    """The parts of a scheme as people write them."""
    return {
        "scheme": scheme,
        "by_profit": scheme.base == Scheme.Base.PROFIT,
        "premi_part": percent(scheme.premi_part),
        "capital_part": percent(scheme.capital_part),
        "state_part": percent(scheme.state_part),
        "usable_part": percent(scheme.usable_part),
    }


def _makers(lots: list[explain.LotLine]) -> dict[str, object]:
    """Each maker's sum over all lots, for whoever may see makers, and the sums of those."""
    makers = explain.by_maker(lots)
    purses = {
        "saved": sum(maker.saved for maker in makers),
        "usable": sum(maker.usable for maker in makers),
    }
    return {"makers": makers, "purses": purses}


def _draw(
    request: HttpRequest, participation: Participation, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The preview as it stands now, under what was refused a moment ago."""
    office, festival = participation.office, participation.festival
    preview, unclear = None, ""
    try:
        preview = queries.preview(office, festival)
    except Refusal as refusal:
        unclear = str(refusal)
    shares = preview.shares if preview else None
    sees_makers = _has(request, "settlement.trace", office.pk)
    lots = explain.previewed(shares) if shares else []
    context = {
        "office": office,
        "festival": festival,
        "preview": preview,
        "shares": shares,
        "lots": lots,
        **(_makers(lots) if sees_makers else {}),
        "sees_makers": sees_makers,
        "unclear": unclear,
        "refused": refused,
        "lacking": [line for line in shares.lots if line.lacks_works] if shares else [],
        "form": SettleForm(initial={"seen": preview.fingerprint}) if shares else None,
        "may_settle": _has(request, "settlement.settle", office.pk),
        "settlements": queries.settlements(office, festival),
        "band_code": office.code,
        **(_parts(shares.scheme) if shares else {}),
    }
    return render(request, "settlement/preview.html", context, status=status)


@may("settlement.see")
@require_safe
def preview(request: HttpRequest, festival: str, office: str) -> HttpResponse:
    """What a settlement would post now, each line explained; and the button."""
    return _draw(request, _participation(request, "settlement.see", festival, office))


@may("settlement.settle")
@require_POST
def settle(request: HttpRequest, festival: str, office: str) -> HttpResponse:
    """Post exactly what was seen; else draw the page again with what stands now."""
    participation = _participation(request, "settlement.settle", festival, office)
    form = SettleForm(request.POST)
    if not form.is_valid():
        said = _("Formulir ini tidak lengkap. Tidak ada yang dibukukan; periksa dan coba lagi.")
        return _draw(request, participation, refused=said, status=400)
    where = participation.office
    try:
        settlement = actions.settle(
            key=form.cleaned_data["key"],
            office=where,
            festival=participation.festival,
            by=request.user,
            at=local(timezone.now(), where.time_zone),
            seen=form.cleaned_data["seen"],
        )
    except Refusal as refusal:
        return _draw(request, participation, refused=str(refusal), status=refusal.status)
    messages.success(request, _("Bagi hasil dibukukan. Setiap rupiah di bawah ini kini tercatat."))
    return redirect("settlement:detail", settlement.pk)


@may("settlement.see")
@require_safe
def detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was posted, as it was written then."""
    settlement = get_object_or_404(
        Settlement.objects.select_related("office", "festival", "scheme", "by", "entry"),
        pk=key,
        office__in=request.reach("settlement.see"),
    )
    lots = explain.posted(settlement)
    sees_makers = _has(request, "settlement.trace", settlement.office_id)
    source, entry = explain.booked(settlement, lots)
    context = {
        "source": source,
        "entry": entry if sees_makers else explain.summed(entry, settlement.office.code),
        "sees_ledger": _has(request, "ledger.see", settlement.office_id),
        "settlement": settlement,
        "office": settlement.office,
        "festival": settlement.festival,
        "lots": lots,
        "weights": sum(line.weight for line in lots),
        **(_makers(lots) if sees_makers else {}),
        "sees_makers": sees_makers,
        "sales": settlement.sales.count(),
        "refunds": settlement.refunds.count(),
        "sees_statement": _has(request, "reports.statement", settlement.office_id),
        "band_code": settlement.office.code,
        **_parts(settlement.scheme),
    }
    return render(request, "settlement/detail.html", context)


@may("settlement.trace")
@require_safe
def trace(request: HttpRequest, key: UUID) -> HttpResponse:
    """The whole story of one premi: back to the pieces sold and the hours worked."""
    premi = story.find(key, request.reach("settlement.trace"))
    if premi is None:
        raise Http404
    told = story.story(premi)
    page = Paginator(story.sales_of(told.result), ROWS).get_page(request.GET.get("halaman"))
    basis = told.production.basis
    context = {
        "story": told,
        "page": page,
        "refunds": story.refunds_of(told.result),
        "work": amount_text(premi.work.amount, basis),
        "whole": amount_text(told.of_lot.whole, basis),
        "works": [(line, amount_text(line.work.amount, basis)) for line in told.colleagues],
        "zone": told.settlement.festival.time_zone,
        "band_code": told.settlement.office.code,
        **_parts(told.scheme),
    }
    return render(request, "settlement/story.html", context)
