"""Addresses of the room `schemes`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.schemes import views

app_name = "schemes"
urlpatterns = [
    path("", views.listing, name="list"),
    path("baru/", views.new, name="new"),
]

navigation.item(75, _("Skema"), "schemes:list", "schemes.see")
