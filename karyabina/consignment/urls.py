"""Addresses of the room `consignment`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.consignment import views

app_name = "consignment"
urlpatterns = [
    path("", views.listing, name="list"),
    path("baru/", views.offer, name="offer"),
    path("gerai/<slug:stand>/kembali/", views.send_back, name="send_back"),
    path("<slug:code>/", views.story, name="story"),
    path("<slug:code>/pengiriman/", views.despatch, name="despatch"),
    path("<slug:code>/pembatalan/", views.cancel, name="cancel"),
    path("<slug:code>/penerimaan/", views.receive, name="receive"),
    path("<slug:code>/kepulangan/", views.come_home, name="come_home"),
    path("<slug:code>/selisih/<uuid:count>/", views.clear, name="clear"),
    path("<slug:code>/lembar/", views.sheet, name="sheet"),
]
navigation.item(30, _("Titipan"), "consignment:list", "consignment.see")
