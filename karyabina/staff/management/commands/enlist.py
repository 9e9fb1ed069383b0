"""`karya enlist USERNAME --name NAME --role ROLE --office CODE`: the first administrator."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from karyabina.base.refusal import Refusal
from karyabina.offices.models import Office
from karyabina.staff import actions
from karyabina.staff.models import Role, Staff

LONGEST = 128


class Command(BaseCommand):
    help = (
        "Let somebody log in, with a role at an office. Asks for the password (or reads one line"
        " from standard input where that is no terminal) and never shows it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--office", required=True, metavar="CODE")

    def handle(self, *, username: str, name: str, role: str, office: str, **_options: Any) -> None:
        place = Office.objects.filter(code=office.upper()).first()
        if place is None:
            raise CommandError(f"there is no office {office}: import the offices first")
        person = Staff(username=username, name=name)
        try:
            person.clean_fields(exclude=("password",))
            password = asked()
            validate_password(password, person)
        except ValidationError as faults:
            raise CommandError(" ".join(faults.messages)) from faults
        at = timezone.localtime()
        try:
            with transaction.atomic():
                known = actions.enlist(
                    username=username, name=name, password=password, by=None, at=at
                )
                actions.appoint(staff=known, office=place, role=Role(role), by=None, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{username} may log in: {role} at {place.code}")


def asked() -> str:
    """The password, typed twice and not echoed; or one line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise CommandError("the two passwords differ")
    return first
