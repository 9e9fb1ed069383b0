"""Addresses of the room `desk`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.desk import views

app_name = "desk"
urlpatterns = [path("", views.home, name="home")]

navigation.item(10, _("Beranda"), "desk:home")
