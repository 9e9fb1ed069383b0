"""Which offices a member of staff reaches with a permission; who serves there, and the trail."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from karyabina.offices.models import Office, OfficeSet
from karyabina.staff.access import TABLE, Reach
from karyabina.staff.models import Appointment, Audit, Staff


def appointments(staff: Staff) -> list[Appointment]:
    """The roles that this person holds now, with their offices: one query."""
    return list(staff.appointments.in_force().select_related("office").order_by("office__path"))


def permissions(held: Iterable[Appointment]) -> frozenset[str]:
    """All rows of the table that one of these roles opens somewhere."""
    roles = {appointment.role for appointment in held}
    return frozenset(code for code, row in TABLE.items() if roles & set(row))


def reach(held: Iterable[Appointment], permission: str) -> OfficeSet:
    """The offices at which these roles grant `permission`; empty when none does."""
    own: list[Office] = []
    below: list[Office] = []
    for appointment in held:
        match TABLE[permission].get(appointment.role):  # type: ignore[call-overload]
            case Reach.ALL:
                return Office.objects.all()
            case Reach.BELOW:
                below.append(appointment.office)
            case Reach.OWN:
                own.append(appointment.office)
    return Office.objects.filter(pk__in=[o.pk for o in own]) | Office.objects.below(*below)


def people(offices: OfficeSet, words: str = "", office: str = "") -> QuerySet[Staff]:
    """Who serves or served at one of these offices, with the roles held there now.

    `words` must all be found in name or username; `office` is the code of one office.
    """
    here = offices.filter(code=office) if office else offices
    held = Appointment.objects.in_force().filter(office__in=offices).select_related("office")
    found = Staff.objects.filter(
        pk__in=Appointment.objects.filter(office__in=here).values("staff")
    ).prefetch_related(
        Prefetch("appointments", held.order_by("office__path", "role"), to_attr="roles_here")
    )
    for word in words.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(username__icontains=word))
    return found


def trail(
    offices: OfficeSet,
    *,
    office: str = "",
    what: str = "",
    begin: datetime | None = None,
    end: datetime | None = None,
) -> QuerySet[Audit]:
    """What was done outside the ledger at these offices, newest first.

    Acts of no office (logging in, enlisting) are shown where the person serves or served. `what`
    is the beginning of an act's code; `begin` counts, `end` no longer.
    """
    if office:
        found = Audit.objects.filter(office__in=offices.filter(code=office))
    else:
        serving = Staff.objects.filter(
            pk__in=Appointment.objects.filter(office__in=offices).values("staff")
        )
        found = Audit.objects.filter(
            Q(office__in=offices)
            | Q(office=None, by__in=serving)
            | Q(office=None, what__startswith="staff.", about__in=serving.values("username"))
        )
    if what:
        found = found.filter(what__startswith=what)
    if begin:
        found = found.filter(at__gte=begin)
    if end:
        found = found.filter(at__lt=end)
    return found.select_related("by", "office")
