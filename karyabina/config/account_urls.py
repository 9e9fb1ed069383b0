"""Logging in and the second factor, by allauth: only the pages that are wanted here.

Sign-up, reset by mail and address management are left out: an administrator makes accounts.
"""

from allauth.account import views
from django.urls import include, path

from karyabina.staff.views import without_password

urlpatterns = [
    path("masuk/", views.login, name="account_login"),
    path("keluar/", views.logout, name="account_logout"),
    path("tidak-aktif/", views.account_inactive, name="account_inactive"),
    path("sandi/", views.password_change, name="account_change_password"),
    path("sandi/belum-ada/", without_password, name="account_set_password"),
    path("ulang/", views.reauthenticate, name="account_reauthenticate"),
    path("faktor-kedua/", include("allauth.mfa.urls")),
]
