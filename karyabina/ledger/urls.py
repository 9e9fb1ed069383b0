"""Addresses of the room `ledger`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.ledger.views import checks, closings

app_name = "ledger"
urlpatterns = [
    path("pemeriksaan/", checks.checks, name="checks"),
    path("penutupan/", closings.listing, name="closings"),
    path("penutupan/<str:office>/", closings.office, name="closing"),
    path("penutupan/<str:office>/hari/", closings.close_day, name="close_day"),
    path("penutupan/<str:office>/bulan/", closings.close_month, name="close_month"),
    path("penutupan/<str:office>/pembukaan/", closings.reopenings, name="reopenings"),
    path(
        "penutupan/<str:office>/pembukaan/<uuid:key>/persetujuan/",
        closings.agreement,
        name="reopening_agreement",
    ),
    path(
        "penutupan/<str:office>/pembukaan/<uuid:key>/penolakan/",
        closings.refusal,
        name="reopening_refusal",
    ),
    path("penutupan/<str:office>/segel/", closings.sealed, name="seals"),
    path("penutupan/<str:office>/segel/berkas/", closings.sealed_file, name="seals_file"),
]

navigation.item(72, _("Tutup buku"), "ledger:closings", "ledger.see")
