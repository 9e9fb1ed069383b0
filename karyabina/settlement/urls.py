"""Addresses of the room `settlement`."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from karyabina.base import navigation
from karyabina.settlement import views

app_name = "settlement"
urlpatterns = [
    path("", views.listing, name="list"),
    path("cerita/<uuid:key>/", views.trace, name="story"),
    path("<uuid:key>/", views.detail, name="detail"),
    path("<slug:festival>/<slug:office>/", views.preview, name="preview"),
    path("<slug:festival>/<slug:office>/pembukuan/", views.settle, name="settle"),
]

navigation.item(60, pgettext_lazy("daftar", "Bagi hasil"), "settlement:list", "settlement.see")
