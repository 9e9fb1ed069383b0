"""The pages of the tree of offices."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from karyabina.base import importing, spreadsheets
from karyabina.base.doors import may
from karyabina.base.money import number_text
from karyabina.base.refusal import Refusal
from karyabina.offices import actions, queries
from karyabina.offices.forms import COLUMNS, UploadForm, office_rows

PER_PAGE = 50


@may("offices.see")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The tree, or what of it answers to the words looked for."""
    words = request.GET.get("cari", "").strip()[:100]
    offices = queries.search(request.reach("offices.see"), words)
    page = Paginator(offices, PER_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "offices/list.html", {"page": page, "words": words})


@may("offices.see")
@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One office: what it is, where it stands, and the offices under it."""
    office = get_object_or_404(request.reach("offices.see"), code=code)
    below = Paginator(office.children.order_by("path"), PER_PAGE)
    return render(
        request,
        "offices/office.html",
        {
            "office": office,
            "band_code": office.code,
            "position": queries.position(office),
            "above": queries.chain_above(office),
            "page": below.get_page(request.GET.get("halaman")),
        },
    )


@may("offices.import")
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Send a list and look what it would change; confirm what was shown."""
    if request.method == "GET":
        return render(request, "offices/import.html", {"form": UploadForm()})
    if "rows" in request.POST:
        return confirmed(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "offices/import.html", {"form": form}, status=400)
    sheet = form.cleaned_data["file"]
    plan = queries.compare(office_rows(sheet), request.reach("offices.import"))
    problems = sorted([*sheet.problems, *plan.problems], key=lambda one: one.row)
    context = {
        "form": UploadForm(),
        "file_name": request.FILES["file"].name,
        "ignored": sheet.ignored,
        "problems": problems,
        "plan": plan,
    }
    if not problems and not plan.changes_nothing:
        context["rows"] = importing.carry(sheet, salt=salt(request))
    return render(request, "offices/import.html", context, status=400 if problems else 200)


def salt(request: HttpRequest) -> str:
    return importing.salt("offices", request.user.pk)


def confirmed(request: HttpRequest) -> HttpResponse:
    sheet = importing.carried(request.POST["rows"], salt=salt(request))
    try:
        taken = actions.import_offices(
            rows=office_rows(sheet),
            within=request.reach("offices.import"),
            by=request.user,
            at=timezone.localtime(),
        )
    except actions.RowsHaveProblems as refusal:  # somebody changed the tree in the meantime
        context = {"form": UploadForm(), "problems": refusal.problems}
        return render(request, "offices/import.html", context, status=refusal.status)
    except Refusal as refusal:
        context = {"form": UploadForm(), "refusal": refusal}
        return render(request, "offices/import.html", context, status=refusal.status)
    messages.success(request, said(taken))
    return HttpResponseRedirect(reverse("offices:list"))


def said(taken: actions.Taken) -> str:
    """What an import did, in one sentence."""
    if not taken.added and not taken.changed:
        return _("Tidak ada yang berubah: semua kantor di berkas sudah tercatat seperti itu.")
    return _("Daftar kantor diimpor: %(added)s baru, %(changed)s diubah, %(unchanged)s tetap.") % {
        "added": number_text(taken.added),
        "changed": number_text(taken.changed),
        "unchanged": number_text(taken.unchanged),
    }


@may("offices.import")
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The offices within reach as a table that can be filled in and sent back."""
    offices = request.reach("offices.import").select_related("parent").order_by("path")
    table = spreadsheets.write(
        [column.headings[0] for column in COLUMNS],
        (
            (
                one.code,
                one.name,
                one.kind,
                one.class_name,
                one.parent.code if one.parent else "",
                one.town,
                one.island,
                one.latitude,
                one.longitude,
                one.time_zone,
            )
            for one in offices
        ),
    )
    return HttpResponse(
        table,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="kantor.csv"'},
    )
