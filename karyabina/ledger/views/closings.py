"""Closing the books: what waits, what is about to be closed, taking it back by two, the seals."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from karyabina.base.refusal import Refusal
from karyabina.base.times import day_text, local, local_day
from karyabina.ledger import seals
from karyabina.ledger.actions import closings
from karyabina.ledger.closing_forms import AnswerForm, ClosingForm, ReopeningForm, UntilForm
from karyabina.ledger.models import Closing, Reopening
from karyabina.ledger.naming import account_title
from karyabina.ledger.queries import closings as days
from karyabina.offices.models import Office
from karyabina.staff.access import may

OFFICES = 50
ROWS = 31  # days shown one by one; those before are one row
LINES = 5
CHECKED_BY = "./run karya verify --seals --lines segel.txt"


@may("ledger.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every office within reach that has books: closed up to when, what waits, what is asked."""
    found = request.reach("ledger.see").filter(code__in=days.homes()).order_by("path")
    page = Paginator(found, OFFICES).get_page(request.GET.get("halaman"))
    standings = days.standings([office.code for office in page.object_list])
    now = timezone.now()
    rows = [
        (office, standings[office.code], local_day(now, office.time_zone))
        for office in page.object_list
    ]
    return render(request, "ledger/closings.html", {"page": page, "rows": rows})


def _office(request: HttpRequest, permission: str, code: str) -> Office:
    office: Office = get_object_or_404(request.reach(permission), code=code)
    return office


def _may(request: HttpRequest, permission: str, office: Office) -> bool:
    found: bool = request.reach(permission).filter(pk=office.pk).exists()
    return found


@may("ledger.see")
@require_safe
def office(request: HttpRequest, office: str) -> HttpResponse:
    """What closing an office would freeze, its requests, its seals and its history."""
    return _draw(request, _office(request, "ledger.see", office))


def _draw(
    request: HttpRequest,
    office: Office,
    *,
    refused: str = "",
    reopening: ReopeningForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = local_day(timezone.now(), office.time_zone)
    standing = days.standings([office.code])[office.code]
    form = UntilForm(request.GET if "sampai" in request.GET else None)
    until, month, wrong = _chosen(request, form, standing, today)
    lines = [(seal, seals.line(seal)) for seal in days.newest_seals(office.code, LINES)]
    context = {
        "office": office,
        "standing": standing,
        "today": today,
        "form": form if form.is_bound else UntilForm(initial={"sampai": until}),
        "wrong": wrong,
        "until": until,
        "month": month,
        "close_form": ClosingForm(initial={"day": until}),
        "last_month": _last_month(standing.until, today),
        **_preview(standing, until),
        "unfinished": [(account_title(one.account), one) for one in days.unfinished(office.code)],
        "may_close": _may(request, "ledger.close", office),
        "may_reopen": _may(request, "ledger.reopen", office),
        "reopenable": days.reopenable(standing),
        "reopening": reopening or ReopeningForm(),
        "answer": AnswerForm(),
        "lines": lines,
        "history": days.history(office.code),
        "refused": refused,
        "band_code": office.code,
    }
    return render(request, "ledger/closing.html", context, status=400 if wrong else status)


def _chosen(
    request: HttpRequest, form: UntilForm, standing: days.Standing, today: date
) -> tuple[date | None, date | None, str]:
    """The day up to which the page shows what would be closed, the month that ends with it if a
    month was asked for, and what is wrong with the question."""
    if form.is_bound:
        if not form.is_valid():
            return None, None, _("Hari itu tidak dikenali.")
        day: date = form.cleaned_data["sampai"]
        if day > today:
            return None, None, str(closings.NotYet())
        if standing.until is not None and day <= standing.until:
            return None, None, str(closings.AlreadyClosed(standing.until))
        return day, None, ""
    last = _last_month(standing.until, today)
    if "bulan" in request.GET and last is not None:
        return last, last.replace(day=1), ""
    return _usual(standing, today), None, ""


def _usual(standing: days.Standing, today: date) -> date | None:
    """Yesterday, unless it is closed. Today is closed only by who asks for it: else whoever
    pressed the button once more, on the page that follows, would close a day of selling."""
    day = today - timedelta(days=1)
    return day if standing.until is None or day > standing.until else None


def _last_month(until: date | None, today: date) -> date | None:
    """The last day of the month before this one, where it is still open."""
    last = today.replace(day=1) - timedelta(days=1)
    return last if until is None or last > until else None


def _preview(standing: days.Standing, until: date | None) -> dict[str, object]:
    """The days that would be closed, the oldest of many in one row, and what stays open."""
    closing = [one for one in standing.days if until is not None and one.day <= until]
    early, late = closing[:-ROWS], closing[-ROWS:]
    return {
        "days": late,
        "early": early,
        "early_sum": days.total(early),
        "sum": days.total(closing),
        "left": standing.days[len(closing) :],
    }


# --- closing -------------------------------------------------------------------------------------
@may("ledger.close")
@require_POST
def close_day(request: HttpRequest, office: str) -> HttpResponse:
    """Close up to a day."""
    return _close(request, _office(request, "ledger.close", office), Closing.DAY)


@may("ledger.close")
@require_POST
def close_month(request: HttpRequest, office: str) -> HttpResponse:
    """Close up to the last day of a month."""
    return _close(request, _office(request, "ledger.close", office), Closing.MONTH)


def _close(request: HttpRequest, office: Office, period: str) -> HttpResponse:
    form = ClosingForm(request.POST)
    if not form.is_valid():
        said = _("Formulir ini tidak lengkap. Tidak ada yang ditutup; pilih lagi harinya.")
        return _draw(request, office, refused=said, status=400)
    day, key = form.cleaned_data["day"], form.cleaned_data["key"]
    given = {
        "office": office,
        "by": request.user,
        "at": local(timezone.now(), office.time_zone),
        "key": key,
    }
    try:
        if period == Closing.MONTH:
            closing = closings.close_month(month=day, **given)
        else:
            closing = closings.close_day(day=day, **given)
    except Refusal as refusal:
        return _draw(request, office, refused=str(refusal), status=refusal.status)
    count = closing.seals.count()
    said = _("Buku ditutup sampai %(day)s. Hari yang disegel: %(count)s.")
    messages.success(request, said % {"day": day_text(closing.until), "count": count})
    return redirect("ledger:closing", office=office.code)


# --- reopening -----------------------------------------------------------------------------------
@may("ledger.reopen")
@require_POST
def reopenings(request: HttpRequest, office: str) -> HttpResponse:
    """Ask to take the last closing back."""
    found = _office(request, "ledger.reopen", office)
    form = ReopeningForm(request.POST)
    closing = days.last_closing(found.code)
    if closing is None:
        return _draw(request, found, refused=str(closings.NotTheLast()), status=400)
    if not form.is_valid():
        return _draw(request, found, reopening=form, status=400)
    try:
        closings.ask_reopening(
            closing=closing,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=local(timezone.now(), found.time_zone),
            key=form.cleaned_data["key"],
        )
    except Refusal as refusal:
        return _draw(request, found, refused=str(refusal), reopening=form, status=refusal.status)
    messages.success(
        request, _("Permintaan dicatat. Orang lain yang berwenang perlu menyetujuinya.")
    )
    return redirect("ledger:closing", office=found.code)


def _asked(request: HttpRequest, office: str, key: UUID) -> tuple[Office, Reopening]:
    found = _office(request, "ledger.reopen", office)
    asked = Reopening.objects.select_related("closing", "by")
    return found, get_object_or_404(asked, pk=key, closing__home=found.code)


@may("ledger.reopen")
@require_POST
def agreement(request: HttpRequest, office: str, key: UUID) -> HttpResponse:
    """The second person agrees: the days are open again."""
    found, asked = _asked(request, office, key)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _draw(request, found, refused=_broken(), status=400)
    try:
        closings.agree_to_reopening(
            asked=asked,
            by=request.user,
            at=local(timezone.now(), found.time_zone),
            key=form.cleaned_data["key"],
        )
    except Refusal as refusal:
        return _draw(request, found, refused=str(refusal), status=refusal.status)
    messages.success(request, _("Penutupan terakhir dibuka kembali."))
    return redirect("ledger:closing", office=found.code)


@may("ledger.reopen")
@require_POST
def refusal(request: HttpRequest, office: str, key: UUID) -> HttpResponse:
    """The second person declines, or who asked takes the request back."""
    found, asked = _asked(request, office, key)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _draw(request, found, refused=_broken(), status=400)
    try:
        closings.decline_reopening(
            asked=asked,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=local(timezone.now(), found.time_zone),
            key=form.cleaned_data["key"],
        )
    except Refusal as no:
        return _draw(request, found, refused=str(no), status=no.status)
    if asked.by_id == request.user.pk:
        messages.success(request, _("Permintaan Anda ditarik. Buku tetap tertutup."))
    else:
        messages.success(request, _("Permintaan tidak disetujui. Buku tetap tertutup."))
    return redirect("ledger:closing", office=found.code)


def _broken() -> str:
    return _("Formulir ini tidak lengkap. Tidak ada yang berubah; coba lagi.")


# --- seals ---------------------------------------------------------------------------------------
def _month(request: HttpRequest, office: Office) -> tuple[list[date], date | None]:
    """The months that have seals, and the one that was asked for: the newest unless said."""
    months = days.sealed_months(office.code)
    asked = request.GET.get("bulan", "")
    chosen = [month for month in months if f"{month:%Y-%m}" == asked]
    return months, next(iter(chosen or months), None)


@may("ledger.see")
@require_safe
def sealed(request: HttpRequest, office: str) -> HttpResponse:
    """The seals of a month, one a line: to be printed, signed and kept."""
    found = _office(request, "ledger.see", office)
    months, month = _month(request, found)
    rows = [(seal, seals.line(seal)) for seal in days.seals_of_month(found.code, month)]
    context = {
        "office": found,
        "months": months,
        "month": month,
        "rows": rows,
        "sealed_again": len({seal.day for seal, _line in rows}) < len(rows),
        "printed_at": timezone.now(),
        "checked_by": CHECKED_BY,
        "band_code": found.code,
    }
    return render(request, "ledger/closing_seals.html", context)


@may("ledger.see")
@require_safe
def sealed_file(request: HttpRequest, office: str) -> HttpResponse:
    """The same lines as plain text, as `karya verify --lines` reads them."""
    found = _office(request, "ledger.see", office)
    _months, month = _month(request, found)
    lines = [seals.line(seal) for seal in days.seals_of_month(found.code, month)]
    text = "".join(f"{line}\n" for line in lines)
    name = f"segel-{found.code}-{month:%Y-%m}.txt" if month else f"segel-{found.code}.txt"
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
