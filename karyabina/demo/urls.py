"""Addresses of the demonstration; there only when `KARYABINA_DEMO` is set."""

from django.urls import path

from karyabina.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.doors, name="doors"),
    path("masuk/", views.enter, name="enter"),
]
