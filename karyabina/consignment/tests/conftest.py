import pytest

from karyabina.consignment.tests.world import World, build


@pytest.fixture
def world(db) -> World:
    return build()
