"""What waits for a member of staff, counted in a fixed number of queries."""

from collections.abc import Callable
from dataclasses import dataclass, field

from karyabina.offices.models import OfficeSet


@dataclass(frozen=True)
class Card:
    """One thing that waits: how much, in which words, and where to do it."""

    figure: str
    sentence: str
    url: str
    kind: str = "box"


@dataclass(frozen=True)
class Desk:
    waiting: list[Card] = field(default_factory=list)


Reach = Callable[[str], OfficeSet]
