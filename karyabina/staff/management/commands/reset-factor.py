"""`karya reset-factor USERNAME`: for somebody whose phone and spare codes are gone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from karyabina.staff import actions
from karyabina.staff.models import Staff


class Command(BaseCommand):
    help = (
        "Take away the second factor of somebody who lost it; they set a new one up when they next"
        " log in. Recognise the person first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **_options: Any) -> None:
        person = Staff.objects.filter(username__iexact=username).first()
        if person is None:
            raise CommandError(f"there is nobody called {username}")
        if not actions.reset_factor(staff=person, by=None, at=timezone.localtime()):
            raise CommandError(f"{person.username} has no second factor")
        self.stdout.write(f"{person.username} sets up a new second factor at the next log-in")
