from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_indonesian() -> Iterator[None]:
    """A request that chose English leaves its language on the thread; the next test must not see
    it."""
    with translation.override("id"):
        yield
