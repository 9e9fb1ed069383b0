"""Addresses of the room `makers`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.makers import views

app_name = "makers"
urlpatterns = [
    path("", views.listing, name="list"),
    path("baru/", views.new, name="new"),
]

navigation.item(45, _("Peserta"), "makers:list", "makers.see")
