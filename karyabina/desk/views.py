"""A member of staff's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from karyabina.desk import queries
from karyabina.staff.access import signed_in


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    return render(request, "desk/home.html", {"desk": queries.Desk()})
