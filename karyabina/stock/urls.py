"""Addresses of the room `stock`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.stock import views

app_name = "stock"
urlpatterns = [
    path("", views.board, name="board"),
    path("<str:code>/", views.lot, name="lot"),
    path("<str:code>/kerusakan/", views.breakage, name="breakage"),
]

navigation.item(25, _("Gudang"), "stock:board", "stock.see")
