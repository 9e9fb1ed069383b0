"""Several people at the same moment, each on a connection of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from karyabina.base.refusal import Refusal


def together(doings: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all at the same moment, each on its own connection: what each returned, or its refusal."""
    start = Barrier(len(doings))

    def one(doing: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return doing()
        except Refusal as no:
            return no
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as people:
        return list(people.map(one, doings))
