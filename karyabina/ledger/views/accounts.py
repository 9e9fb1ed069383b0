"""An account's book: what it holds now and held then, what came and went, line by line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karyabina.base.times import zone
from karyabina.ledger import queries as books
from karyabina.ledger import rows
from karyabina.ledger.explaining import abouts_of
from karyabina.ledger.forms import BookForm, InstantForm
from karyabina.ledger.models import RUPIAH, Account
from karyabina.ledger.naming import MONEY, account_title
from karyabina.ledger.queries import sight
from karyabina.ledger.queries.histories import summed_history
from karyabina.ledger.views.seeing import FORMS, move_heading, sight_of
from karyabina.offices.models import Office
from karyabina.staff.access import may

A_PAGE = 50
UNITS_SHOWN = 30
TURNED_SHOWN = 100  # units of a period; the rest by asking for one of them


def _account(request: HttpRequest, code: str) -> tuple[Account, books.Sight]:
    seeing = sight_of(request)
    found = sight.account(code, seeing)
    if found is None:
        raise Http404
    return found, seeing


@may("ledger.see")
@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """The account's balance now and at an instant, its turnover in a period, its book."""
    found, seeing = _account(request, code)
    office = Office.objects.filter(code=found.home).first()
    form, moment = BookForm(request.GET), InstantForm(request.GET)
    valid, valid_moment = form.is_valid(), moment.is_valid()
    held = {unit: amount for (_code, unit), amount in books.balances([code]).items()}
    context: dict[str, Any] = {
        "account": found,
        "title": account_title(code),
        "office": office,
        "form": form,
        "moment": moment,
        "money": code.partition(":")[0] in MONEY,
        "band_code": found.home,
        "period": form.period() if valid else None,
        "unit": form.cleaned_data.get("satuan", "") if valid else "",
    }
    then = _then(moment, office) if valid_moment else None
    at = books.balances_at(code, then) if then else {}
    turnover: list[books.Turnover] = []
    history = books.History((), None)
    if valid:
        turnover, history = _book(form, code, request.GET.get("sebelum") or None)
    turned = bool(form.cleaned_data.get("urut"))
    lines = list(summed_history(history.lines, seeing, oldest_first=turned))
    units = {*held, *at, *(one.unit for one in turnover), *(one.line.unit for one in lines)}
    abouts = abouts_of(units)
    codes = [side for one in lines for side in (one.line.source, one.line.target)]
    context |= {
        "then": then,
        "held": _amounts(held, abouts),
        "held_then": _amounts(at, abouts),
        "turnover": [
            (one, rows.name_of(one.unit, abouts), *_turned(one, abouts))
            for one in turnover[:TURNED_SHOWN]
        ],
        "more_turned": max(len(turnover) - TURNED_SHOWN, 0),
        "lines": list(rows.book_rows(lines, code, abouts, sight.seen_codes(codes, seeing))),
        "older": history.older,
        "more_units": max(len(held) - UNITS_SHOWN, 0),
        "units_shown": UNITS_SHOWN,
        "zone": office.time_zone if office else "",
    }
    status = 200 if valid and valid_moment else 400
    return render(request, "ledger/account.html", context, status=status)


def _then(moment: InstantForm, office: Office | None) -> datetime | None:
    asked = moment.moment()
    return datetime.combine(*asked, zone(office.time_zone if office else None)) if asked else None


def _book(
    form: BookForm, code: str, before: str | None
) -> tuple[list[books.Turnover], books.History]:
    """What came and went in the period, if one is asked for, and a page of the book."""
    unit, period = form.cleaned_data["satuan"] or None, form.period()
    turnover = []
    if period:
        turnover = books.turnover(code, unit, first=period.first, last=period.last)
    history = books.history(
        code,
        unit,
        before=before,
        limit=A_PAGE,
        period=period,
        oldest_first=bool(form.cleaned_data["urut"]),
    )
    return turnover, history


def _amounts(held: dict[str, int], abouts: rows.Abouts) -> list[tuple[str, str, str]]:
    """(unit, name, amount), the money first."""
    order = sorted(held, key=lambda unit: (unit != RUPIAH, unit))
    return [
        (unit, rows.name_of(unit, abouts), rows.amount_text(held[unit], unit, abouts))
        for unit in order
    ]


def _turned(one: books.Turnover, abouts: rows.Abouts) -> tuple[str, ...]:
    amounts = (one.opening, one.came, one.went, one.closing)
    return tuple(rows.amount_text(amount, one.unit, abouts) for amount in amounts)


@may("ledger.see")
@require_safe
def account_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The account's book as a table, oldest first, with the balance after each movement."""
    found, seeing = _account(request, code)
    asked = BookForm(request.GET)
    if not asked.is_valid():
        return account(request, code)
    heading = (*move_heading(), _("Perubahan"), _("Saldo sesudahnya"))
    name = f"buku-{found.code.replace(':', '-')}"
    return FORMS[form](name, heading, _cells(found, asked, seeing))


def _cells(found: Account, asked: BookForm, seeing: books.Sight) -> Iterator[tuple[str | int, ...]]:
    whole = books.whole_history(
        found.code, asked.cleaned_data["satuan"] or None, period=asked.period()
    )
    for one in summed_history(whole, seeing, oldest_first=True):
        yield (*rows.line_cells(one.line), one.change, one.running)
