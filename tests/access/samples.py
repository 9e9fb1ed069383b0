"""An object for every address that takes one: its arguments, and the office whose it is."""

from collections.abc import Callable
from dataclasses import dataclass

from karyabina.offices.models import Office
from tests.access.world import World


@dataclass(frozen=True)
class Sample:
    """The arguments of an address, and an office at which a permission opens it."""

    arguments: dict[str, object]
    office: Office


SAMPLES: dict[str, Callable[[World], list[Sample]]] = {}
