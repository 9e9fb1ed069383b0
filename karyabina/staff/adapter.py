"""How allauth behaves here: nobody signs up alone, nobody resets a password by mail; who came in,
and whose door was tried, is written down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from karyabina.staff import actions
from karyabina.staff.models import Staff


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of the office, never by the visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Staff, **more: Any) -> HttpResponse:
        actions.record(
            by=user, at=timezone.now(), office=None, what="staff.login", about=user.username
        )
        return super().post_login(request, user, **more)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Only a name that exists is written down: people type passwords into the wrong field."""
        person = Staff.objects.filter(username=credentials.get("username", "")).first()
        if person:
            actions.record(
                by=None,
                at=timezone.now(),
                office=None,
                what="staff.login_failed",
                about=person.username,
            )
        super().authentication_failed(request, **credentials)
