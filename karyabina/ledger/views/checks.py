"""The page of `karya verify`: what the last run found, the runs before it, and a new one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from karyabina.base.keys import new_key
from karyabina.ledger import checking
from karyabina.ledger.actions.checks import record_check
from karyabina.ledger.models import Check
from karyabina.ledger.queries import Sight
from karyabina.ledger.queries import checks as queries
from karyabina.staff.access import may

PER_PAGE = 20


@may("ledger.check")
@require_http_methods(["GET", "POST"])
def checks(request: HttpRequest) -> HttpResponse:
    """What was found last (or in the run that is asked for); by POST, look again."""
    if request.method == "POST":
        return _check(request)
    runs = queries.checks()
    last = queries.last_check()
    check = _asked(request) or last
    small = queries.are_small()
    context = {
        "check": check,
        "told": queries.told(check, _sight(request)) if check else [],
        "is_last": check == last,
        "stale": queries.is_stale(last, timezone.now()),
        "small": small,
        "limit": queries.SMALL,
        "page": Paginator(runs, PER_PAGE).get_page(request.GET.get("halaman")),
        "key": new_key(),
    }
    return render(request, "ledger/checks.html", context)


def _asked(request: HttpRequest) -> Check | None:
    text = request.GET.get("kunci")
    if not text:
        return None
    try:
        key = UUID(text)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(queries.checks(), pk=key)


def _sight(request: HttpRequest) -> Sight:
    """The offices within reach, and those of them whose makers may be named to this person."""
    homes = tuple(request.reach("ledger.check").values_list("code", flat=True))
    makers = frozenset(request.reach("settlement.trace").values_list("code", flat=True))
    return Sight(homes, makers & frozenset(homes))


def _check(request: HttpRequest) -> HttpResponse:
    """Look at the books now, if they are short enough for somebody to wait; the key of the form
    makes a double click one run."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        messages.error(request, _("Formulir ini rusak dan tidak ada yang diperiksa. Coba lagi."))
        return redirect("ledger:checks")
    if queries.checks().filter(pk=key).exists():
        return redirect("ledger:checks")
    if not queries.are_small():
        messages.warning(
            request,
            _("Pembukuan terlalu panjang untuk diperiksa sambil menunggu. Jalankan karya verify"
              " di server; hasilnya tampak di sini."),
        )  # fmt: skip
        return redirect("ledger:checks")
    began_at = timezone.now()
    report = checking.look()
    record_check(
        key=key,
        scope=report.scope,
        began_at=began_at,
        at=timezone.now(),
        by=request.user,
        entries=report.entries,
        movements=report.movements,
        findings=report.findings,
    )
    return redirect("ledger:checks")
