"""Writing down what is done outside the ledger, from rooms that lie below `staff`.

`staff` keeps the rows and says so once, when the program starts (`keep`). Rooms above it call
`staff.actions.record` themselves.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model
from django.utils import translation
from django.utils.functional import Promise


class Keeper(Protocol):
    def __call__(
        self, *, by: Any, at: datetime, office: Any, what: str, about: str, detail: str = ""
    ) -> object: ...


KEEPERS: list[Keeper] = []
NAMES: dict[str, str | Promise] = {}


def keep(keeper: Keeper) -> None:
    """Name the one function that writes the rows."""
    KEEPERS[:] = [keeper]


def record(*, by: Any, at: datetime, office: Any, what: str, about: str, detail: str = "") -> None:
    """Write one audit row: `what` is `room.verb`, `about` the code of the thing.

    Fails where nobody keeps the trail: an act that cannot be written down is not done.
    """
    if not KEEPERS:
        raise RuntimeError("nobody keeps the audit trail: is karyabina.staff installed?")
    KEEPERS[0](by=by, at=at, office=office, what=what, about=about, detail=detail)


def name(what: str, words: str | Promise) -> None:
    """Say what an act is called on the page of the trail; a room names its own, at import."""
    NAMES[what] = words


def named(what: str) -> str:
    """The act in words; its code where no room has named it."""
    return str(NAMES.get(what, what))


def changes(model: type[Model], changed: Mapping[str, tuple[object, object]]) -> str:
    """What was changed, in words for `detail`: "nama: Melon → Melon madu; catatan:  → segar".

    The trail is kept in Indonesian, whatever language the person works in.
    """
    with translation.override("id"):
        return "; ".join(
            f"{model._meta.get_field(name).verbose_name}: {now} → {then}"  # type: ignore[union-attr]
            for name, (now, then) in changed.items()
        )
