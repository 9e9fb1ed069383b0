"""Who acts in the demonstration: accounts named by their role, no invented people."""

from dataclasses import dataclass
from datetime import datetime

from karyabina.offices.models import Office
from karyabina.staff import actions as staff
from karyabina.staff.models import Role, Staff


@dataclass(frozen=True)
class Part:
    """One account of the demonstration, and the roles it holds at its office."""

    username: str
    name: str
    office: str
    roles: tuple[Role, ...]


Cast = dict[str, Staff]  # username → account
REGION, HEADQUARTERS = "NTT", "DITJENPAS"
STANDING = (
    Part("pusat", "Administrator pusat (contoh)", HEADQUARTERS, (Role.ADMINISTRATOR, Role.HEAD)),
    Part("auditor", "Auditor (contoh)", HEADQUARTERS, (Role.AUDITOR,)),
    Part("wilayah", "Petugas wilayah NTT (contoh)", REGION, (Role.REGIONAL,)),
    Part("kasir-1", "Kasir gerai 1 (contoh)", REGION, (Role.CASHIER,)),
    Part("kasir-2", "Kasir gerai 2 (contoh)", REGION, (Role.CASHIER,)),
    Part("humas", "Humas NTT (contoh)", REGION, (Role.PRESS,)),
    Part("admin-ntt", "Administrator NTT (contoh)", REGION, (Role.ADMINISTRATOR,)),
)


def of_office(code: str) -> tuple[Part, ...]:
    """The three accounts that every taking-part prison has."""
    low = code.lower()
    return (
        Part(f"bengkel-{low}", f"Petugas bengkel kerja {code} (contoh)", code, (Role.WORKSHOP,)),
        Part(f"bendahara-{low}", f"Bendahara {code} (contoh)", code, (Role.TREASURER,)),
        Part(f"kepala-{low}", f"Kepala {code} (contoh)", code, (Role.HEAD,)),
    )


def engage(parts: tuple[Part, ...], *, at: datetime) -> Cast:
    """Make the accounts that are not there yet, with their roles; they have no password."""
    offices = {office.code: office for office in Office.objects.all()}
    there = {person.username: person for person in Staff.objects.all()}
    for part in parts:
        if part.username not in there:
            there[part.username] = staff.enlist(
                username=part.username, name=part.name, password=None, by=None, at=at
            )
        for role in part.roles:
            staff.appoint(
                staff=there[part.username], office=offices[part.office], role=role, by=None, at=at
            )
    return there
