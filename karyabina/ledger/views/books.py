"""The front page of the books: what the accounts within reach hold, and finding things."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karyabina.ledger import rows
from karyabina.ledger.explaining import abouts_of
from karyabina.ledger.forms import SearchForm
from karyabina.ledger.models import RUPIAH, Entry
from karyabina.ledger.naming import PLACES, account_title, kind_title
from karyabina.ledger.queries import Sight, searches, shelves, sight, stories
from karyabina.ledger.views.seeing import FORMS, move_heading, sight_of
from karyabina.staff.access import may

A_PAGE = 50
A_FEW = 20  # accounts and lots beside the entries that a search finds
LINES_SHOWN = 8  # movements of an entry in a list
AT_ONCE = 500


@may("ledger.see")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The accounts within reach with their balances; or what a search found."""
    form, seeing = SearchForm(request.GET), sight_of(request)
    status = 200 if form.is_valid() else 400
    offices = request.reach("ledger.see").order_by("path")
    context: dict[str, Any] = {"form": form, "offices": offices}
    if status == 200 and form.cleaned_data["cari"].strip():
        return _found(request, form, seeing, context)
    if status == 200:
        page = Paginator(_listed(form, seeing), A_PAGE).get_page(request.GET.get("halaman"))
        asked = form.cleaned_data
        masked = not asked["jenis"] or asked["jenis"] == "premi"
        context |= {
            "page": page,
            "shelves": _by_kind(shelves.held(page.object_list)),
            "premi": _premi(seeing, asked["kantor"]) if masked and not page.has_next() else [],
            "at": timezone.now(),
        }
    return render(request, "ledger/books.html", context, status=status)


def _listed(form: SearchForm, seeing: Sight) -> Any:
    asked = form.cleaned_data
    return shelves.accounts(
        seeing, PLACES, kind=asked["jenis"], home=asked["kantor"], empty=asked["kosong"]
    )


def _by_kind(held: list[shelves.Held]) -> list[dict[str, Any]]:
    """Accounts under the heading of their kind, in the order in which they come."""
    groups: list[dict[str, Any]] = []
    for one in held:
        kind = one.account.code.partition(":")[0]
        if not groups or groups[-1]["kind"] != kind:
            groups.append({"kind": kind, "title": PLACES[kind], "accounts": []})
        title = account_title(one.account.code)
        groups[-1]["accounts"].append({"held": one, "title": title})
    return groups


def _premi(seeing: Sight, office: str) -> list[tuple[str, str, int]]:
    """(office, code as it is shown, rupiah) of the premi whose makers may not be named."""
    sums = shelves.premi_sums(seeing)
    return [(of, f"premi:{of}", amount) for of, amount in sums if not office or of == office]


# --- finding -------------------------------------------------------------------------------------
def _found(
    request: HttpRequest, form: SearchForm, seeing: Sight, context: dict[str, Any]
) -> HttpResponse:
    """What fits; if that is one thing only, its own page."""
    wanted = searches.understood(form.cleaned_data["cari"])
    exact = _exactly(wanted.text, seeing)
    if exact:
        return HttpResponseRedirect(exact)
    before = request.GET.get("sebelum") or None
    found = searches.entries(wanted, seeing, period=form.period(), before=before, limit=A_PAGE)
    accounts = [] if before else list(_accounts(wanted.text, seeing)[:A_FEW])
    lots = [] if before else list(searches.units(wanted.text, seeing)[:A_FEW])
    premi = [] if before else _premi_named(wanted.text, seeing)
    if not before and not premi and len(accounts) + len(lots) + len(found.entries) == 1:
        return HttpResponseRedirect(_only(accounts, lots, found.entries))
    held, abouts = shelves.held(accounts), abouts_of(lot.code for lot in lots)
    context |= {
        "searched": wanted.text,
        "accounts": [{"held": one, "title": account_title(one.account.code)} for one in held],
        "premi": premi,
        "lots": [(lot, rows.name_of(lot.code, abouts)) for lot in lots],
        "entries": _entry_rows(found.entries, seeing),
        "older": found.older,
        "nothing": not (accounts or premi or lots or found.entries),
        "of_entries": wanted.of_entries,
    }
    return render(request, "ledger/found.html", context)


def _exactly(text: str, seeing: Sight) -> str:
    """The page of the account or lot that has just this code."""
    account = sight.account(text, seeing) or sight.account(text.lower(), seeing)
    if account:
        return reverse("ledger:account", args=[account.code])
    lot = sight.unit(text.upper(), seeing)
    return reverse("ledger:lot", args=[lot.code]) if lot else ""


def _only(accounts: list[Any], lots: list[Any], entries: tuple[Entry, ...]) -> str:
    if accounts:
        return reverse("ledger:account", args=[accounts[0].code])
    if lots:
        return reverse("ledger:lot", args=[lots[0].code])
    return reverse("ledger:entry", args=[entries[0].pk])


def _accounts(text: str, seeing: Sight) -> Any:
    """Accounts with all these words in their code, or in the name of their kind."""
    words = [
        (word, [kind for kind, title in PLACES.items() if word.lower() in str(title).lower()])
        for word in text.split()[:6]
    ]
    return shelves.accounts(seeing, PLACES, words=words, empty=True)


def _premi_named(text: str, seeing: Sight) -> list[tuple[str, str, int]]:
    """The sums of premi with all these words in their code, or in what they are called."""
    words = text.lower().split()[:6]
    return [
        (office, code, amount)
        for office, code, amount in _premi(seeing, "")
        if all(word in f"{code} {PLACES['premi']}".lower() for word in words)
    ]


def _entry_rows(entries: tuple[Entry, ...], seeing: Sight) -> list[dict[str, Any]]:
    """Entries with the first of their movements that are seen: three queries for all."""
    keys = [entry.pk for entry in entries]
    lines, _others = stories.shown_lines(stories.lines_of_entries(keys, LINES_SHOWN), seeing)
    abouts = abouts_of(line.unit for line in lines)
    told: dict[Any, list[rows.MoveRow]] = {}
    for row in rows.move_rows(lines, abouts, frozenset(), frozenset()):
        told.setdefault(row.line.entry_key, []).append(row)
    return [
        {"entry": entry, "title": kind_title(entry.kind), "moves": told.get(entry.pk, [])}
        for entry in entries
    ]


# --- files ---------------------------------------------------------------------------------------
@may("ledger.see")
@require_safe
def index_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same as a table: balances account by account, or the movements of what was found."""
    asked, seeing = SearchForm(request.GET), sight_of(request)
    if not asked.is_valid():
        return index(request)
    name = f"buku-besar-{timezone.localdate().isoformat()}"
    if asked.cleaned_data["cari"].strip():
        return FORMS[form](name, move_heading(), _found_cells(asked, seeing))
    heading = (_("Akun"), _("Nama"), _("Kantor"), _("Satuan"), _("Saldo"))
    return FORMS[form](name, heading, _balance_cells(asked, seeing))


def _balance_cells(asked: SearchForm, seeing: Sight) -> Iterator[tuple[str | int, ...]]:
    listed = _listed(asked, seeing)
    for code, home, unit, amount in shelves.all_balances(listed):
        yield code, account_title(code), home, unit, amount
    if asked.cleaned_data["jenis"] in {"", "premi"}:
        for office, code, amount in _premi(seeing, asked.cleaned_data["kantor"]):
            yield code, account_title(code), office, RUPIAH, amount


def _found_cells(asked: SearchForm, seeing: Sight) -> Iterator[tuple[str | int | date, ...]]:
    wanted = searches.understood(asked.cleaned_data["cari"])
    entries = searches.all_entries(wanted, seeing, period=asked.period())
    while some := list(islice(entries, AT_ONCE)):
        lines = stories.lines_of_entries([entry.pk for entry in some], 1_000)
        shown, _others = stories.shown_lines(lines, seeing)
        told: dict[Any, list[Any]] = {}
        for line in shown:
            told.setdefault(line.entry_key, []).append(line)
        for entry in some:
            for line in told.get(entry.pk, []):
                yield rows.line_cells(line)
