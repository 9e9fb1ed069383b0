"""A map of addresses for the tests of the shell: its own pages, and views that fail on purpose."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_POST

from karyabina.base.doors import public
from karyabina.base.refusal import Refusal


class NotEnoughGoods(Refusal):
    message = "Barang di stan tidak cukup: tinggal 3 buah, diminta 5."


@public
def refusing(request: HttpRequest) -> HttpResponse:
    raise NotEnoughGoods(field="quantity")


@public
def breaking(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


@public
def forbidding(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


@public
def counting(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


@public
@require_POST
def receiving(request: HttpRequest) -> HttpResponse:
    return HttpResponse("diterima")


@public
def telling(request: HttpRequest) -> HttpResponse:
    messages.error(request, "Tidak jadi <b>")
    messages.success(request, "Selesai")
    return render(request, "base/page.html", {"band_code": request.GET.get("pita", "")})


desk = ([path("", telling, name="home")], "desk")
demo = ([path("", telling, name="doors")], "demo")
urlpatterns = [
    path("", include("karyabina.base.urls")),
    path("akun/", include("karyabina.config.account_urls")),
    path("tolak/", refusing),
    path("rusak/", breaking),
    path("larang/", forbidding),
    path("hitung/", counting),
    path("gaya/kirim/", receiving),
    path("beranda/", include(desk)),
    path("demo/", include(demo)),
]
handler400 = "karyabina.base.views.bad_request"
handler403 = "karyabina.base.views.not_allowed"
handler404 = "karyabina.base.views.not_found"
handler500 = "karyabina.base.views.broken"
