"""Addresses of the room `festivals`."""

from django.urls import URLPattern

app_name = "festivals"
urlpatterns: list[URLPattern] = []
