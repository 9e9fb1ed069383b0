"""Two regions, their offices, somebody in every role at each, and one of everything at KLB.

KLB (Kalabahi) lies under the region NTT, which holds the stand. DPS lies under another region: a
stranger to all of them, whichever way a role reaches.
"""

from dataclasses import dataclass, field

from karyabina.offices.models import Office
from karyabina.staff.models import Role, Staff
from tests import make


@dataclass
class World:
    """Who and what there is. Everything is made before the first door is tried."""

    office: Office
    region: Office
    stranger: Office
    people: dict[tuple[str, str], Staff] = field(default_factory=dict)

    def person(self, role: str, office: Office) -> Staff:
        return self.people[role, office.code]

    def everybody_at(self, office: Office) -> list[Staff]:
        return [person for (_role, code), person in self.people.items() if code == office.code]


def build() -> World:
    world = World(
        office=make.office("KLB"),
        region=make.office("NTT"),
        stranger=make.office("DPS", parent="BALI"),
    )
    for office in (world.office, world.region, world.stranger):
        for role in Role:
            world.people[role, office.code] = make.officer(role, office.code)
    return world
