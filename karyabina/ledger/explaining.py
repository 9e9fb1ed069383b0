"""What rooms above know of the books: the document behind an entry, what a lot is, what it is of.

The ledger imports none of them. A room says in its `apps.py`, once, what it can explain:

    explaining.entries("sale", documents_of_sales)
    explaining.units("lot", about_lots)

Every explainer is asked for many at once and answers with as many queries for one as for a
thousand; what it does not know it leaves out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from karyabina.ledger.models import Entry


@dataclass(frozen=True, slots=True)
class Document:
    """The paper behind an entry: what it is called, and its page.

    Only who holds `permission` at one of `offices` (their codes) is led there."""

    title: str
    url: str
    permission: str
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a unit is. `parents` and `children` are the lots and materials that it was made of,
    and that were made of it, by their codes; `url` leads to whoever holds `permission` at
    `office`."""

    name: str
    measure: str = "piece"
    url: str = ""
    permission: str = ""
    office: str = ""
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()


DEEPEST = 12  # generations of a lot's family that are followed

Documents = Callable[[Sequence[UUID]], Mapping[UUID, Document]]
Abouts = Callable[[Sequence[str]], Mapping[str, About]]

_documents: dict[str, Documents] = {}
_abouts: list[Abouts] = []


def entries(kind: str, explainer: Documents) -> None:
    """Entries of this kind have a document; saying it again replaces the explainer."""
    _documents[kind] = explainer


def units(explainer: Abouts) -> None:
    """Some units are explained by this."""
    if explainer not in _abouts:
        _abouts.append(explainer)


def documents_of(found: Iterable[Entry]) -> dict[UUID, Document]:
    """The documents of these entries, by key: one question a kind of entry."""
    kinds: dict[str, list[UUID]] = defaultdict(list)
    for entry in found:
        kinds[entry.kind].append(entry.pk)
    explained: dict[UUID, Document] = {}
    for kind, keys in kinds.items():
        if kind in _documents:
            explained |= _documents[kind](keys)
    return explained


def abouts_of(codes: Iterable[str]) -> dict[str, About]:
    """What is known of these units, by code; several rooms may each know a part."""
    asked = sorted(set(codes))
    explained: dict[str, About] = {}
    for explainer in _abouts if asked else ():
        explained |= explainer(asked)
    return explained


@dataclass(frozen=True, slots=True)
class Relative:
    """A lot or material that another was made of, or that was made of it; so many steps away."""

    code: str
    steps: int


def parents_of(code: str) -> list[Relative]:
    """What a lot was made of, and what that was made of, the nearest first, each once."""
    return _family(code, lambda about: about.parents)


def children_of(code: str) -> list[Relative]:
    """What was made of a lot, and of that again."""
    return _family(code, lambda about: about.children)


def _family(code: str, kin: Callable[[About], Iterable[str]]) -> list[Relative]:
    found: dict[str, int] = {}
    nearest = [code]
    for steps in range(1, DEEPEST + 1):
        about = abouts_of(nearest)
        further = {one for of in nearest if of in about for one in kin(about[of])}
        nearest = sorted(further - set(found) - {code})
        if not nearest:
            break
        found |= dict.fromkeys(nearest, steps)
    return [Relative(one, steps) for one, steps in found.items()]
