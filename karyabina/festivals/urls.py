"""Addresses of the room `festivals`: the front door, festivals, stands."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from karyabina.base import navigation
from karyabina.festivals import views

app_name = "festivals"
urlpatterns = [
    path("", views.home, name="home"),
    path("festival/", views.listing, name="list"),
    path("festival/baru/", views.new, name="new"),
    path("festival/<str:code>/", views.festival, name="festival"),
    path("festival/<str:code>/peserta/", views.invitations, name="invitations"),
    path("festival/<str:code>/gerai/", views.stands, name="stands"),
    path("gerai/<str:code>/", views.stand, name="stand"),
    path("gerai/<str:code>/penutupan/", views.closure, name="closure"),
]

navigation.item(55, pgettext_lazy("daftar", "Festival"), "festivals:list", "festivals.see")
