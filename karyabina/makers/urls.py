"""Addresses of the room `makers`."""

from django.urls import URLPattern

app_name = "makers"
urlpatterns: list[URLPattern] = []
