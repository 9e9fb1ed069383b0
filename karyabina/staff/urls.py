"""Addresses of the room `staff`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.index, name="list"),
    path("baru/", views.add, name="add"),
    path("peran/", views.appoint_known, name="known"),
    path("wewenang/", views.duties, name="duties"),
    path("jejak/", views.trail, name="trail"),
    path("<uuid:key>/", views.detail, name="person"),
    path("<uuid:key>/peran/", views.appointments, name="appointments"),
    path("<uuid:key>/peran/<uuid:appointment>/pencabutan/", views.dismissal, name="dismissal"),
    path("<uuid:key>/sandi/", views.password, name="password"),
]

navigation.item(85, _("Petugas"), "staff:list", "staff.manage")
navigation.item(86, _("Jejak"), "staff:trail", "staff.audit")
