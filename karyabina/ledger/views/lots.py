"""A lot's journey: a picture, a list of what went from where to where, and every movement."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from karyabina.ledger import explaining, rows
from karyabina.ledger import queries as books
from karyabina.ledger.drawing import picture
from karyabina.ledger.models import Unit
from karyabina.ledger.naming import account_title
from karyabina.ledger.queries import sight
from karyabina.ledger.views.seeing import FORMS, move_heading, sight_of
from karyabina.staff.access import may

A_PAGE = 50
MAKERS = ("outside:workshop", "outside:supplier")


def _lot(request: HttpRequest, code: str) -> tuple[Unit, books.Sight]:
    seeing = sight_of(request)
    found = sight.unit(code, seeing)
    if found is None:
        raise Http404
    return found, seeing


@may("ledger.see")
@require_safe
def lot(request: HttpRequest, code: str) -> HttpResponse:
    """From material and production to wherever it went; of one place, what led there and on."""
    found, seeing = _lot(request, code)
    whole = books.journey(code)
    place = request.GET.get("tempat", "")
    through = {flow.source for flow in whole.flows} | {flow.target for flow in whole.flows}
    if place not in through:
        place = ""
    before = whole.backwards(place) if place else whole.flows
    after = whole.forwards(place) if place else ()
    drawn = [flow for flow in whole.flows if flow in before or flow in after]
    lines = books.movements_of_unit(
        code, before=request.GET.get("sebelum") or None, limit=A_PAGE + 1
    )
    shown = lines[:A_PAGE]
    parents, children = explaining.parents_of(code), explaining.children_of(code)
    kin = [one.code for one in (*parents, *children)]
    abouts = explaining.abouts_of([code, *kin])
    about = abouts.get(code)
    seen = sight.seen_codes(through, seeing)
    known = frozenset(sight.units_seen(seeing).filter(code__in=kin).values_list("code", flat=True))
    context: dict[str, Any] = {
        "lot": found,
        "about": about,
        "about_open": about is not None
        and about.permission in request.permissions
        and request.reach(about.permission).filter(code=about.office).exists(),
        "picture": picture(books.Journey(code, tuple(drawn), whole.now), abouts),
        "before": _flows(before, code, abouts, seen),
        "after": _flows(after, code, abouts, seen),
        "place": place,
        "place_title": account_title(place) if place else "",
        "places": [(one, account_title(one)) for one in sorted(through)],
        "made": rows.amount_text(_made(whole), code, abouts),
        "now": [
            (rows.named(one, seen), rows.amount_text(amount, code, abouts))
            for one, amount in sorted(whole.now.items())
        ],
        "moves": list(rows.move_rows(shown, abouts, seen, frozenset())),
        "older": shown[-1].cursor if len(lines) > A_PAGE else "",
        "parents": [(one, rows.name_of(one.code, abouts), one.code in known) for one in parents],
        "children": [(one, rows.name_of(one.code, abouts), one.code in known) for one in children],
        "band_code": about.office if about and about.office else "KARYABINA",
    }
    return render(request, "ledger/lot.html", context)


def _made(journey: books.Journey) -> int:
    """How much there ever was: what came from the first place outside."""
    return sum(flow.amount for flow in journey.flows if flow.source in MAKERS)


def _flows(
    flows: Iterable[books.Flow], code: str, abouts: rows.Abouts, seen: frozenset[str]
) -> list[dict[str, Any]]:
    return [
        {
            "flow": flow,
            "source": rows.named(flow.source, seen),
            "target": rows.named(flow.target, seen),
            "amount": rows.amount_text(flow.amount, code, abouts),
        }
        for flow in flows
    ]


@may("ledger.see")
@require_safe
def lot_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Every movement of the lot as a table, oldest first."""
    found, _seeing = _lot(request, code)
    cells = (rows.line_cells(line) for line in books.whole_journey(found.code))
    return FORMS[form](f"lot-{found.code}", move_heading(), cells)
