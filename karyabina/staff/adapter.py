"""How allauth behaves here: nobody signs up alone, nobody resets a password by mail; who came in,
whose door was tried, and who changed the lock is written down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from karyabina.staff import actions
from karyabina.staff.models import Staff

# What allauth would tell by mail about somebody's own account, and the act of the trail that it is.
OWN_ACTS = {
    "account/email/password_changed": "staff.own_password",
    "mfa/email/totp_activated": "staff.factor_on",
    "mfa/email/totp_deactivated": "staff.factor_off",
    "mfa/email/recovery_codes_generated": "staff.spare_codes",
}


def code_was_wrong(*, user: Staff, **_: object) -> None:
    """Somebody who knows the password typed a wrong code: the sign of a stolen one."""
    written(None, "staff.factor_failed", user)


def written(by: Staff | None, what: str, person: Staff) -> None:
    actions.record(by=by, at=timezone.now(), office=None, what=what, about=person.username)


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of the office, never by the visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Staff, **more: Any) -> HttpResponse:
        written(user, "staff.login", user)
        return super().post_login(request, user, **more)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Only a name that exists is written down: people type passwords into the wrong field."""
        person = Staff.objects.filter(username__iexact=credentials.get("username", "")).first()
        if person:
            written(None, "staff.login_failed", person)
        super().authentication_failed(request, **credentials)

    def send_notification_mail(
        self, template_prefix: str, user: Staff, *given: Any, **more: Any
    ) -> None:
        """Every change of somebody's own lock comes by here: it is written down, not mailed."""
        if template_prefix in OWN_ACTS:
            written(user, OWN_ACTS[template_prefix], user)
        super().send_notification_mail(template_prefix, user, *given, **more)
