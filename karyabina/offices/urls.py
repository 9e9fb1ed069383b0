"""Addresses of the room `offices`."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from karyabina.base import navigation
from karyabina.offices import views

app_name = "offices"
urlpatterns = [
    path("", views.index, name="list"),
    path("impor/", views.take_in, name="import"),
    path("daftar.csv", views.export, name="export"),
    path("<str:code>/", views.detail, name="office"),
]

navigation.item(80, pgettext_lazy("daftar", "Kantor"), "offices:list", "offices.see")
