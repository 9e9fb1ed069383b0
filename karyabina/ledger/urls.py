"""Addresses of the room `ledger`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.ledger.views import accounts, books, checks, closings, entries, lots

app_name = "ledger"
urlpatterns = [
    path("", books.index, name="books"),
    path("data.csv", books.index_file, {"form": "csv"}, name="books_csv"),
    path("data.xlsx", books.index_file, {"form": "xlsx"}, name="books_xlsx"),
    path("akun/<str:code>/", accounts.account, name="account"),
    path("akun/<str:code>/data.csv", accounts.account_file, {"form": "csv"}, name="account_csv"),
    path("akun/<str:code>/data.xlsx", accounts.account_file, {"form": "xlsx"}, name="account_xlsx"),
    path("lot/<str:code>/", lots.lot, name="lot"),
    path("lot/<str:code>/data.csv", lots.lot_file, {"form": "csv"}, name="lot_csv"),
    path("lot/<str:code>/data.xlsx", lots.lot_file, {"form": "xlsx"}, name="lot_xlsx"),
    path("catatan/<uuid:key>/", entries.entry, name="entry"),
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
navigation.item(71, _("Buku besar"), "ledger:books", "ledger.see")
