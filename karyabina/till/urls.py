"""Addresses of the room `till`."""

from django.urls import URLPattern

app_name = "till"
urlpatterns: list[URLPattern] = []
