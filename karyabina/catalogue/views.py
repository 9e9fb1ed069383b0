"""The pages of products: the list, one product with its prices, a list taken in from a file."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from karyabina.base import cells, importing, spreadsheets
from karyabina.base.forms import KeyedForm
from karyabina.base.keys import new_key
from karyabina.base.money import number_text, rupiah_text
from karyabina.base.refusal import Refusal
from karyabina.base.times import zone
from karyabina.catalogue import actions, lists, queries
from karyabina.catalogue.forms import (
    COLUMNS,
    MEASURE_WORDS,
    TABS,
    PriceForm,
    ProductForm,
    SearchForm,
    UploadForm,
    product_rows,
)
from karyabina.catalogue.models import Category, Import, Product
from karyabina.offices.models import Office
from karyabina.staff.access import may

PER_PAGE = 50


def now_at(office: Office) -> datetime:
    """This instant on the office's clock."""
    return timezone.now().astimezone(zone(office.time_zone))


@may("catalogue.see")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The products within reach, with today's price."""
    form = SearchForm(request.GET)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name) or "" for name in ("cari", "jenis", "kantor")}
    tab = form.cleaned_data.get("keadaan") or "dibuat"
    offices = request.reach("catalogue.see")
    products = queries.search(offices, wanted["cari"], wanted["jenis"], wanted["kantor"])
    products = products.filter(retired_at__isnull=tab != "dihentikan")
    if tab == "belum-berharga":
        products = products.filter(pk__in=queries.unpriced(offices, timezone.now()).values("pk"))
    page = Paginator(products, PER_PAGE).get_page(request.GET.get("halaman"))
    prices = queries.prices_at(page.object_list, timezone.now())
    return render(
        request,
        "catalogue/list.html",
        {
            "page": page,
            "lines": [(product, prices.get(product.pk)) for product in page.object_list],
            "wanted": wanted,
            "tab": tab,
            "tabs": TABS,
            "filtered": any(wanted.values()),
            "offices": [one for one in offices.order_by("path") if one.makes_goods],
            "categories": Category.choices,
        },
    )


@may("catalogue.edit")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Name a new product, with its first price if it is known."""
    offices = request.reach("catalogue.edit").order_by("path")
    form = ProductForm(request.POST or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        try:
            product = added(request, form)
        except Refusal as refusal:
            form.blame(refusal)
        else:
            messages.success(request, _("Produk %(name)s dicatat.") % {"name": product.name})
            return HttpResponseRedirect(reverse("catalogue:product", args=[product.pk]))
    status = 400 if form.is_bound else 200
    return render(request, "catalogue/add.html", {"form": form}, status=status)


@transaction.atomic
def added(request: HttpRequest, form: ProductForm) -> Product:
    given = form.cleaned_data
    at = now_at(given["office"])
    known = Product.objects.filter(pk=given["key"]).exists()
    product = actions.add_product(
        key=given["key"],
        office=given["office"],
        code=given["code"] or None,
        name=given["name"],
        category=given["category"],
        measure=given["measure"],
        note=given["note"],
        by=request.user,
        at=at,
    )
    if given["amount"] and not known:
        actions.set_price(
            key=new_key(),
            product=product,
            amount=given["amount"],
            per=given["per"] or 1,
            since=at,
            by=request.user,
            at=at,
        )
    return product


def found(request: HttpRequest, key: UUID, permission: str) -> Product:
    offices = request.reach(permission)
    return get_object_or_404(
        Product.objects.filter(office__in=offices).select_related("office"), pk=key
    )


@may("catalogue.see")
@require_GET
def detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One product: what it is, and every price it ever had."""
    return product_page(request, found(request, key, "catalogue.see"))


@may("catalogue.edit")
@require_http_methods(["GET", "POST"])
def prices(request: HttpRequest, key: UUID) -> HttpResponse:
    """Set another price."""
    product = found(request, key, "catalogue.edit")
    if request.method == "GET":
        return HttpResponseRedirect(reverse("catalogue:product", args=[product.pk]))
    at = now_at(product.office)
    form = PriceForm(request.POST, product=product, at=at)
    if form.is_valid():
        given = form.cleaned_data
        try:
            price = actions.set_price(
                key=given["key"],
                product=product,
                amount=given["amount"],
                per=given["per"] or 1,
                since=given["from_day"],
                by=request.user,
                at=at,
            )
        except Refusal as refusal:
            form.blame(refusal)
        else:
            messages.success(
                request, _("Harga %(price)s dicatat.") % {"price": rupiah_text(price.amount)}
            )
            return HttpResponseRedirect(reverse("catalogue:product", args=[product.pk]))
    return product_page(request, product, form, status=400)


def product_page(
    request: HttpRequest, product: Product, form: PriceForm | None = None, status: int = 200
) -> HttpResponse:
    at = now_at(product.office)
    history = Paginator(product.prices.select_related("set_by"), PER_PAGE)
    price = queries.prices_at([product], at).get(product.pk)
    may_edit = request.reach("catalogue.edit").filter(pk=product.office_id).exists()
    if form is None and may_edit:
        form = PriceForm(product=product, at=at, initial={"per": price.per if price else 1})
    context = {
        "product": product,
        "price": price,
        "page": history.get_page(request.GET.get("halaman")),
        "now": at,
        "form": form if may_edit else None,
        "may_edit": may_edit,
        "band_code": product.office.code,
    }
    return render(request, "catalogue/product.html", context, status=status)


@may("catalogue.edit")
@require_POST
def retirement(request: HttpRequest, key: UUID) -> HttpResponse:
    """The office makes this no longer."""
    product = found(request, key, "catalogue.edit")
    actions.retire(product=product, by=request.user, at=now_at(product.office))
    messages.success(
        request,
        _("%(name)s tidak dibuat lagi. Sisanya tetap dapat dijual.") % {"name": product.name},
    )
    return HttpResponseRedirect(reverse("catalogue:product", args=[product.pk]))


# --- a list from a file ---------------------------------------------------------------------
@may("catalogue.import")
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Send a list and look what it would change; confirm what was shown."""
    if request.method == "GET":
        return render(request, "catalogue/import.html", {"form": UploadForm()})
    if "rows" in request.POST:
        return confirmed(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "catalogue/import.html", {"form": form}, status=400)
    sheet = form.cleaned_data["file"]
    offices = request.reach("catalogue.import")
    plan = lists.compare(product_rows(sheet), offices, timezone.now())
    problems = sorted([*sheet.problems, *plan.problems], key=lambda one: one.row)
    context = {
        "form": UploadForm(),
        "file_name": request.FILES["file"].name,
        "ignored": sheet.ignored,
        "problems": problems,
        "plan": plan,
    }
    if not problems and plan.effective:
        context |= {"rows": importing.carry(sheet, salt=salt(request)), "confirm": KeyedForm()}
    return render(request, "catalogue/import.html", context, status=400 if problems else 200)


def salt(request: HttpRequest) -> str:
    return importing.salt("catalogue", request.user.pk)


def confirmed(request: HttpRequest) -> HttpResponse:
    keyed = KeyedForm(request.POST)
    if not keyed.is_valid():
        return render(request, "catalogue/import.html", {"form": keyed}, status=400)
    sheet = importing.carried(request.POST["rows"], salt=salt(request))
    try:
        done = actions.import_products(
            key=keyed.cleaned_data["key"],
            rows=product_rows(sheet),
            offices=request.reach("catalogue.import"),
            file_name=cells.plain(request.POST.get("file_name", "")),
            by=request.user,
            at=timezone.localtime(),
        )
    except actions.RowsHaveProblems as refusal:  # somebody changed products in the meantime
        context = {"form": UploadForm(), "problems": refusal.problems}
        return render(request, "catalogue/import.html", context, status=refusal.status)
    messages.success(request, said(done))
    return HttpResponseRedirect(reverse("catalogue:list"))


def said(done: Import) -> str:
    """What an import did, in one sentence."""
    return _(
        "Daftar produk diimpor: %(added)s baru, %(changed)s diubah, %(priced)s harga baru, "
        "%(unchanged)s tetap."
    ) % {
        "added": number_text(done.added),
        "changed": number_text(done.changed),
        "priced": number_text(done.priced),
        "unchanged": number_text(done.unchanged),
    }


@may("catalogue.import")
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The products within reach as a table that can be filled in and sent back."""
    products = list(queries.search(request.reach("catalogue.import")).order_by("office", "name"))
    prices = queries.prices_at(products, timezone.now())
    rows = []
    for one in products:
        price = prices.get(one.pk)
        amounts = (price.amount, price.per) if price else ("", "")
        named = (one.office.code, one.name, one.category, one.note, one.code)
        rows.append((*named, MEASURE_WORDS[one.measure], *amounts))
    table = spreadsheets.write([column.headings[0] for column in COLUMNS], rows)
    return HttpResponse(
        table,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="produk.csv"'},
    )
