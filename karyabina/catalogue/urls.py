"""Addresses of the room `catalogue`."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from karyabina.base import navigation
from karyabina.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.index, name="list"),
    path("baru/", views.add, name="add"),
    path("impor/", views.take_in, name="import"),
    path("daftar.csv", views.export, name="export"),
    path("<uuid:key>/", views.detail, name="product"),
    path("<uuid:key>/harga/", views.prices, name="prices"),
    path("<uuid:key>/penghentian/", views.retirement, name="retirement"),
]

navigation.item(50, pgettext_lazy("daftar", "Produk"), "catalogue:list", "catalogue.see")
