"""Addresses of the room `settlement`."""

from django.urls import URLPattern

app_name = "settlement"
urlpatterns: list[URLPattern] = []
