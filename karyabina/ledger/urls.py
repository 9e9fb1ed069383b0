"""Addresses of the room `ledger`."""

from django.urls import path

from karyabina.ledger.views import checks

app_name = "ledger"
urlpatterns = [
    path("pemeriksaan/", checks.checks, name="checks"),
]
