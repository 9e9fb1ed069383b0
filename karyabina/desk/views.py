"""A member of staff's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from karyabina.base.times import local_day
from karyabina.desk import queries
from karyabina.staff.access import signed_in


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and where I usually go."""
    now = timezone.now()
    held = request.appointments
    asked = queries.Asked(
        reach=request.reach,
        permissions=request.permissions,
        me=request.user,
        now=now,
        today=local_day(now, held[0].office.time_zone if held else None),
    )
    context = {"waiting": queries.waiting(asked), "ways": queries.ways(request.permissions)}
    return render(request, "desk/home.html", context)
