"""Lots: their codes, their bounds, their way out when they break."""

import pytest

from karyabina.stock import queries
from tests import make

pytestmark = pytest.mark.django_db


def test_a_production_puts_a_lot_into_the_store() -> None:
    lot = make.lot(make.product(), 12)
    assert lot.code == "KLB-MELON-251028-1"
    assert [(x.lot, x.quantity) for x in queries.lots_at("store:KLB")] == [(lot, 12)]
