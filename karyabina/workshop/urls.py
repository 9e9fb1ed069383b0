"""Addresses of the room `workshop`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.workshop import views

app_name = "workshop"
urlpatterns = [
    path("", views.listing, name="list"),
    path("baru/", views.new, name="new"),
    path("<str:code>/", views.production, name="production"),
]

navigation.item(20, _("Produksi"), "workshop:list", "workshop.see")
