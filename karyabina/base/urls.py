"""Addresses that belong to no room: language, theme, the style page."""

from django.urls import path
from django.views.i18n import set_language

from karyabina.base import views

app_name = "base"
urlpatterns = [
    path("bahasa/", set_language, name="set_language"),
    path("tema/", views.theme, name="theme"),
    path("gaya/", views.style, name="style"),
]
