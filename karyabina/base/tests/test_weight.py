"""How heavy a page is on its way."""

import gzip

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_page_travels_compressed_where_the_browser_can_read_that(client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert b"Karyabina" in gzip.decompress(packed.content)
    assert len(packed.content) < len(plain.content) / 2
