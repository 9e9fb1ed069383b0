"""Every address of the program, read from its URL map, with what its view declares."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from karyabina.staff.access import Open
from karyabina.staff.middleware import declared


@dataclass(frozen=True)
class Door:
    """One address: its full name, the arguments it takes, what its view asks for."""

    name: str
    route: str
    arguments: frozenset[str]
    need: str | Open | None
    view: Callable[..., Any]
    nameless: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether the view is written here, and not by a package that checks for itself."""
        return self.view.__module__.startswith("karyabina.")


def walk(
    patterns: list[URLPattern | URLResolver],
    prefix: str = "",
    space: str = "",
    above: frozenset[str] = frozenset(),
) -> Iterator[Door]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        arguments = above | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from walk(pattern.url_patterns, route, inner, arguments)
        else:
            yield Door(
                name=space + (pattern.name or route),
                route=route,
                arguments=frozenset(arguments),
                need=declared(pattern.callback, pattern.name),
                view=pattern.callback,
                nameless=pattern.name is None,
            )


@cache
def doors() -> tuple[Door, ...]:
    return tuple(walk(get_resolver().url_patterns))
