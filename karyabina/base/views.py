"""Pages that belong to no room: errors, refusals, the choice of theme, the style page."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from karyabina.base import gallery
from karyabina.base.context import THEME_COOKIE, THEMES
from karyabina.base.doors import public
from karyabina.base.refusal import Refusal

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
A_YEAR = 365 * 24 * 60 * 60


# --- answers in the form that was asked for ------------------------------------------------------
def wants_json(request: HttpRequest) -> bool:
    """Whether the caller prefers a machine's answer; a browser's `*/*` does not say so."""
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def problem(status: int, title: str, detail: str, **more: Any) -> JsonResponse:
    """A problem document (RFC 9457)."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(document, status=status, content_type="application/problem+json")


def answer(
    request: HttpRequest, status: int, template: str, title: str, detail: str, back: str = ""
) -> HttpResponse:
    """One error in the caller's own form: problem document, fragment or whole page."""
    if wants_json(request):
        return problem(status, title, detail)
    context = {
        "status": status,
        "title": title,
        "detail": detail,
        "back": back or way_back(request),
    }
    if is_htmx(request):
        return render(request, "base/refused_fragment.html", context, status=status)
    return render(request, template, context, status=status)


def way_back(request: HttpRequest) -> str:
    """The page the person came from, if it is one of ours; else the start."""
    came_from = request.headers.get("Referer", "")
    try:
        host = request.get_host()
    except DisallowedHost:  # a forged Host header: the answer must not fail over it
        return "/"
    if url_has_allowed_host_and_scheme(came_from, {host}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of an uncaught refusal: what happened, what did not, what to do now."""
    status = refusal.status
    if wants_json(request):
        extra = {"field": refusal.field} if refusal.field else {}
        return problem(
            status, _("Permintaan ditolak"), str(refusal), refusal=type(refusal).__name__, **extra
        )
    context = {
        "status": status,
        "title": _("Belum dapat dilakukan"),
        "detail": str(refusal),
        "back": way_back(request),
        "changing": request.method not in {"GET", "HEAD", "OPTIONS"},
    }
    name = "base/refused_fragment.html" if is_htmx(request) else "base/refused.html"
    return render(request, name, context, status=status)


# --- error handlers, named by the root urls ------------------------------------------------------
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; and 413 where the request was larger than we accept (Django raises both as 400)."""
    if isinstance(exception, TOO_BIG):
        return too_big(request)
    return answer(
        request,
        HTTPStatus.BAD_REQUEST,
        "400.html",
        _("Permintaan tidak dapat dibaca"),
        _("Isi permintaan ini tidak lengkap atau rusak di jalan. Tidak ada yang dicatat."),
    )


def too_big(request: HttpRequest) -> HttpResponse:
    return answer(
        request,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "413.html",
        _("Kiriman terlalu besar"),
        _(
            "Isian atau berkas yang Anda kirim lebih besar daripada yang dapat diterima. "
            "Tidak ada yang dicatat. Perkecil isinya, lalu kirim lagi."
        ),
    )


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception) if isinstance(exception, PermissionDenied) and str(exception) else ""
    return answer(
        request,
        HTTPStatus.FORBIDDEN,
        "403.html",
        _("Bukan wewenang Anda"),
        said or _("Peran Anda tidak mencakup halaman ini. Tidak ada yang diubah."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(
        request,
        HTTPStatus.FORBIDDEN,
        "403_csrf.html",
        _("Formulir sudah tidak berlaku"),
        _(
            "Formulir ini terlalu lama terbuka atau dibuka sebelum Anda masuk. "
            "Tidak ada yang dicatat."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(
        request,
        HTTPStatus.NOT_FOUND,
        "404.html",
        _("Halaman tidak ditemukan"),
        _("Alamat ini tidak ada, atau tidak termasuk lingkup Anda."),
    )


def wrong_method(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """405: somebody opens the address of a form, for instance after logging in again, or with the
    switch of language on a page that a refused form drew."""
    page = answer(
        request,
        HTTPStatus.METHOD_NOT_ALLOWED,
        "405.html",
        _("Formulirnya belum terkirim"),
        _("Alamat ini hanya menerima isi formulir. Tidak ada yang dicatat."),
        back=page_above(request.path_info),
    )
    page["Allow"] = refused["Allow"]
    return page


def page_above(path: str) -> str:
    """The nearest address above this one that leads somewhere."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        if is_valid_path(above):
            return above
    return "/"


def broken(request: HttpRequest) -> HttpResponse:
    """500: must work when nothing else does, so it uses neither session nor database."""
    title = _("Ada yang rusak pada kami")
    detail = _("Kesalahan ini sudah dicatat. Yang belum disahkan tidak tersimpan.")
    if wants_json(request):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, title, detail)
    page: str
    try:
        page = render_to_string(
            "500.html", {"title": title, "detail": detail, "LANGUAGE_CODE": get_language() or "id"}
        )
    except Exception:  # noqa: BLE001 - for instance a missing list of static files
        page = f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1>"
        page += f"<p>{escape(detail)}</p>"
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or automatic in a cookie of this browser, and go back."""
    response = HttpResponseRedirect(next_page(request))
    chosen = request.POST.get("tema", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def next_page(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    here = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure()):
        return wanted
    return way_back(request)


@public
def style(request: HttpRequest) -> HttpResponse:
    """The living style page: every part of the shell, drawn by the same templates as the rooms.

    Shown on demonstration and development machines only.
    """
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    return render(request, "base/style.html", gallery.examples(request))
