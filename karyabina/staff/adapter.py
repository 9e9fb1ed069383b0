"""How allauth behaves here: nobody signs up alone, nobody resets a password by mail."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of the office, never by the visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
