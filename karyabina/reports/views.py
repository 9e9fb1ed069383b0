"""Pages and files of figures: a stand's day, an office's statement, who is owed what."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karyabina.base import sheets
from karyabina.base.money import rupiah_text
from karyabina.base.times import local
from karyabina.festivals.models import Participation, Stand
from karyabina.offices.models import Office
from karyabina.reports import charts, owed, queries, statement
from karyabina.schemes.models import percent
from karyabina.settlement import queries as settlement
from karyabina.staff.access import may

FESTIVALS = 10  # on a page of the index
OFFICES = 50  # on a page of who is owed what


# --- what there is -------------------------------------------------------------------------------
@may("reports.stand_day")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The festivals within reach, the newest first, with their stands' days and statements."""
    stands = request.reach("reports.stand_day")
    page = Paginator(queries.festivals(stands).order_by("-first_date", "code"), FESTIVALS).get_page(
        request.GET.get("halaman")
    )
    shown, now = list(page.object_list), timezone.now()
    outside = queries.days_outside(shown)
    places: dict[object, list[Stand]] = {}
    for stand in queries.stands(stands).filter(festival__in=shown):
        places.setdefault(stand.festival_id, []).append(stand)
    offices: dict[object, list[Office]] = {}
    if "reports.statement" in request.permissions:
        for one in settlement.participations(request.reach("reports.statement")).filter(
            festival__in=shown
        ):
            offices.setdefault(one.festival_id, []).append(one.office)
    context = {
        "page": page,
        "festivals": [
            {
                "festival": festival,
                "stands": places.get(festival.pk, []),
                "days": queries.days_of(festival, now, outside.get(festival.pk, ())),
                "offices": offices.get(festival.pk, []),
            }
            for festival in shown
        ],
    }
    return render(request, "reports/index.html", context)


# --- a stand's day -------------------------------------------------------------------------------
def _day(request: HttpRequest, stand: str, on: date) -> queries.Day:
    offices = request.reach("reports.stand_day")
    found = get_object_or_404(queries.stands(offices), code=stand)
    return queries.day(found, on, queries.shown(found, offices))


def _hours(hour: int) -> str:
    """The hour from 14.00 to 15.00, as clocks on the chart say it."""
    return _("%H.%M").replace("%H", f"{hour:02d}").replace("%M", "00")


@may("reports.stand_day")
@require_safe
def stand_day(request: HttpRequest, stand: str, on: date) -> HttpResponse:
    """What a stand sold on one day: by hour, by kind, by office."""
    day = _day(request, stand, on)
    total, hours, busiest = day.total, day.by_hour, day.busiest
    outside = queries.days_outside([day.festival]).get(day.festival.pk, ())
    days = queries.days_of(day.festival, timezone.now(), outside)
    context = {
        "day": day,
        "stand": day.stand,
        "festival": day.festival,
        "total": total,
        "hours": [(_hours(hour), _hours(hour + 1), tally) for hour, tally in hours],
        "by_hour": charts.standing(
            [
                charts.Datum(f"{hour:02d}", one.takings, charts.short_rupiah(one.takings))
                for hour, one in hours
            ]
        ),
        "by_category": charts.lying(
            charts.Datum(str(kind.label), one.takings, rupiah_text(one.takings))
            for kind, one in day.by_category
        ),
        "by_office": charts.lying(
            charts.Datum(office.name, one.takings, rupiah_text(one.takings))
            for office, one in day.by_office
        ),
        "busiest": (_hours(busiest[0]), _hours(busiest[0] + 1), busiest[1]) if busiest else None,
        "first_office": _first([(one.name, tally) for one, tally in day.by_office], total),
        "first_kind": _first([(one.label, tally) for one, tally in day.by_category], total),
        "before": max((other for other in days if other < on), default=None),
        "after": min((other for other in days if other > on), default=None),
        "sees_statements": "reports.statement" in request.permissions,
        "band_code": day.stand.holder.code,
    }
    return render(request, "reports/stand_day.html", context)


def _first(
    ranked: Sequence[tuple[str, queries.Tally]], total: queries.Tally
) -> dict[str, object] | None:
    """What has the largest turnover, and its part of all, to the nearest hundredth."""
    if not ranked or total.turnover <= 0:
        return None
    name, tally = ranked[0]
    part = percent(100 * ((200 * tally.turnover + total.turnover) // (2 * total.turnover)))
    return {"name": name, "tally": tally, "percent": part}


@may("reports.stand_day")
@require_safe
def stand_day_file(request: HttpRequest, stand: str, on: date) -> HttpResponseBase:
    """The same day as a table: one row an hour, office, kind and measure."""
    day = _day(request, stand, on)
    heading = (
        _("Gerai"), _("Tanggal"), _("Jam"), _("Kode kantor"), _("Kantor"), _("Jenis"), _("Satuan"),
        _("Terjual"), _("Dikembalikan"), _("Penjualan (Rp)"), _("Pengembalian uang (Rp)"),
    )  # fmt: skip
    rows = (
        (
            day.stand.code, on.isoformat(), _hours(cell.hour), cell.office.code, cell.office.name,
            cell.category, cell.measure, cell.sold, cell.back, cell.takings, cell.given_back,
        )
        for cell in sorted(day.cells, key=lambda one: (one.hour, one.office.path))
    )  # fmt: skip
    return sheets.download(f"gerai-{day.stand.code}-{on.isoformat()}", heading, rows)


# --- the statement of an office ------------------------------------------------------------------
def _statement(request: HttpRequest, office: str, festival: str) -> statement.Statement:
    part: Participation | None = statement.participation(
        request.reach("reports.statement"), office, festival
    )
    if part is None:
        raise Http404
    at = local(timezone.now(), part.office.time_zone)
    return statement.statement(part.office, part.festival, at)


@may("reports.statement")
@require_safe
def office_statement(request: HttpRequest, office: str, festival: str) -> HttpResponse:
    """What became of an office's goods and money at a festival."""
    found = _statement(request, office, festival)
    context = {
        "statement": found,
        "office": found.office,
        "festival": found.festival,
        "sum": _counts(found.lots),
        "same_measure": len({row.lot.product.measure for row in found.lots}) == 1,
        "sees_settlement": "settlement.see" in request.permissions,
        "sees_ledger": "ledger.see" in request.permissions,
        "band_code": found.office.code,
    }
    return render(request, "reports/statement.html", context)


def _counts(lots: Iterable[statement.LotRow]) -> statement.Counts:
    return sum((row.counts for row in lots), statement.Counts())


@may("reports.statement")
@require_safe
def office_statement_file(request: HttpRequest, office: str, festival: str) -> HttpResponseBase:
    """The statement's goods as a table, a row a lot."""
    found = _statement(request, office, festival)
    heading = (
        _("Kode kantor"), _("Festival"), _("Lot"), _("Produk"), _("Satuan"), _("Diserahkan"),
        _("Diterima gerai"), _("Di jalan"), _("Terjual"), _("Dikembalikan pembeli"),
        _("Tidak layak jual"), _("Kembali ke kantor"), _("Rusak"), _("Hilang"), _("Kurang"),
        _("Masih di gerai"), _("Penjualan (Rp)"), _("Pengembalian uang (Rp)"),
    )  # fmt: skip
    rows = (
        (
            found.office.code, found.festival.code, row.lot.code, row.lot.product.name,
            row.lot.product.measure, row.counts.handed, row.counts.received,
            row.counts.travelling, row.counts.sold, row.counts.refunded, row.counts.spoilt,
            row.counts.home, row.counts.broken, row.counts.lost, row.counts.missing,
            row.counts.on_stand, row.takings, row.given_back,
        )
        for row in found.lots
    )  # fmt: skip
    name = f"pernyataan-{found.office.code}-{found.festival.code}"
    return sheets.download(name, heading, rows)


# --- who is owed what ----------------------------------------------------------------------------
@may("reports.owed")
@require_safe
def who_is_owed(request: HttpRequest) -> HttpResponse:
    """Claims and debts of the offices within reach, and that all of them cancel out."""
    owners = owed.owners(request.reach("reports.owed"))
    page = Paginator(owners, OFFICES).get_page(request.GET.get("halaman"))
    context = {
        "page": page,
        "total": owed.total(owners),
        "count": len(owners),
        "everything": owed.everything(),
        "at": timezone.now(),
        "traceable": _traceable(request),
    }
    return render(request, "reports/owed.html", context)


def _traceable(request: HttpRequest) -> set[str]:
    """Codes of the offices whose makers this person may see."""
    if "settlement.trace" not in request.permissions:
        return set()
    return set(request.reach("settlement.trace").values_list("code", flat=True))


@may("reports.owed")
@require_safe
def who_is_owed_file(request: HttpRequest) -> HttpResponseBase:
    """The same as a table, a row an office."""
    heading = (
        _("Kode kantor"), _("Kantor"), _("Hak atas gerai (Rp)"), _("Premi (Rp)"),
        _("Modal kerja (Rp)"), _("Negara (Rp)"), _("Kewajiban (Rp)"),
    )  # fmt: skip
    rows = (
        (
            owner.office.code, owner.office.name, owner.due, owner.premi, owner.capital,
            owner.state, owner.owes,
        )
        for owner in owed.owners(request.reach("reports.owed"))
    )  # fmt: skip
    return sheets.download(f"hak-{timezone.localdate().isoformat()}", heading, rows)


@may("settlement.trace")
@require_safe
def makers_owed(request: HttpRequest, office: str) -> HttpResponse:
    """What each maker of one office is to get, by code."""
    found = get_object_or_404(request.reach("settlement.trace"), code=office)
    makers = owed.makers(found)
    context = {
        "office": found,
        "page": Paginator(makers, OFFICES).get_page(request.GET.get("halaman")),
        "saved": sum(maker.saved for maker in makers),
        "usable": sum(maker.usable for maker in makers),
        "count": len(makers),
        "treasury": owed.treasury(found),
        "at": timezone.now(),
        "band_code": found.code,
    }
    return render(request, "reports/makers.html", context)
