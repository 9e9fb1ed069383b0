"""A stand with melons, a cashier at it, and a browser in which the cashier is logged in."""

import pytest
from django.test import Client

from karyabina.catalogue.models import Product
from karyabina.festivals.models import Stand
from karyabina.staff.models import Role, Staff
from karyabina.till.models import Shift
from tests import make


@pytest.fixture
def stand() -> Stand:
    return make.stand(invited=("KLB", "KFM"))


@pytest.fixture
def melon(stand: Stand) -> Product:
    product = make.product("MELON")
    make.price(product, 20_000)
    make.on_stand(make.lot(product, 10, expiry_date=None), stand)
    return product


@pytest.fixture
def cashier() -> Staff:
    return make.officer(Role.CASHIER, "NTT")


@pytest.fixture
def shift(stand: Stand) -> Shift:
    return make.shift(stand, 100_000)


@pytest.fixture
def till(client: Client, cashier: Staff) -> Client:
    client.force_login(cashier)
    return client
