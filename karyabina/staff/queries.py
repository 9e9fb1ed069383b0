"""Which offices a member of staff reaches with a permission."""

from collections.abc import Iterable

from karyabina.offices.models import Office, OfficeSet
from karyabina.staff.access import TABLE, Reach
from karyabina.staff.models import Appointment, Staff


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
