"""Addresses of the room `reports`."""

from datetime import date

from django.urls import path, register_converter
from django.utils.translation import gettext_lazy as _

from karyabina.base import navigation
from karyabina.reports import views


class DayConverter:
    """A day in an address: 2025-10-29. What is no day of the calendar is no address; nor are the
    first and the last year that a computer's calendar has, whose days may lack a neighbour."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if day.year in {date.min.year, date.max.year}:
            raise ValueError(value)
        return day

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("gerai/<slug:stand>/<day:on>/", views.stand_day, name="stand_day"),
    path("gerai/<slug:stand>/<day:on>/data.csv", views.stand_day_file, name="stand_day_file"),
    path("kantor/<slug:office>/<slug:festival>/", views.office_statement, name="statement"),
    path(
        "kantor/<slug:office>/<slug:festival>/data.csv",
        views.office_statement_file,
        name="statement_file",
    ),
    path("hak/", views.who_is_owed, name="owed"),
    path("hak/data.csv", views.who_is_owed_file, name="owed_file"),
    path("hak/<slug:office>/", views.makers_owed, name="makers"),
]

navigation.item(70, _("Laporan"), "reports:index", "reports.stand_day")
