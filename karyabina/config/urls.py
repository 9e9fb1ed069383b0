"""The whole map of addresses: each room brings its own under one Indonesian word."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("karyabina.base.urls")),
    path("kantor/", include("karyabina.offices.urls")),
    path("petugas/", include("karyabina.staff.urls")),
    path("buku/", include("karyabina.ledger.urls")),
    path("skema/", include("karyabina.schemes.urls")),
    path("produk/", include("karyabina.catalogue.urls")),
    path("gudang/", include("karyabina.stock.urls")),
    path("peserta/", include("karyabina.makers.urls")),
    path("produksi/", include("karyabina.workshop.urls")),
    path("", include("karyabina.festivals.urls")),
    path("titipan/", include("karyabina.consignment.urls")),
    path("kasir/", include("karyabina.till.urls")),
    path("bagi-hasil/", include("karyabina.settlement.urls")),
    path("laporan/", include("karyabina.reports.urls")),
    path("beranda/", include("karyabina.desk.urls")),
    path("akun/", include("karyabina.config.account_urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("karyabina.demo.urls")))

handler400 = "karyabina.base.views.bad_request"
handler403 = "karyabina.base.views.not_allowed"
handler404 = "karyabina.base.views.not_found"
handler500 = "karyabina.base.views.broken"
