"""Addresses of the room `till`: everything under a shift's code."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from karyabina.base import navigation
from karyabina.till import views
from karyabina.till.views import breakages

app_name = "till"
urlpatterns = [
    path("", views.home, name="home"),
    path("gerai/<slug:stand>/sif/", views.begin, name="begin"),
    path("gerai/<slug:stand>/kerusakan/", breakages.listing, name="breakages"),
    path("gerai/<slug:stand>/kerusakan/<str:lot>/", breakages.breakage, name="breakage"),
    path("<slug:code>/", views.counter, name="counter"),
    path("<slug:code>/bayar/", views.payment, name="payment"),
    path("<slug:code>/penjualan/", views.receipts, name="receipts"),
    path("<slug:code>/struk/", views.sell, name="sell"),
    path("<slug:code>/struk/<int:number>/", views.receipt, name="receipt"),
    path("<slug:code>/struk/<int:number>/pengembalian/", views.refund, name="refund"),
    path("<slug:code>/ringkasan/", views.summary, name="summary"),
    path("<slug:code>/tutup/", views.close, name="close"),
]
navigation.item(35, pgettext_lazy("tempat", "Kasir"), "till:home", "till.see")
