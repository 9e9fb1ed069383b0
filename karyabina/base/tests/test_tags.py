import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from karyabina.base import icons

AT = datetime(2025, 10, 29, 6, 5, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_numbers_days_and_clocks_are_written_for_people() -> None:
    assert draw("{{ n|rupiah }}", n=12_450) == "Rp 12.450"
    assert draw("{{ n|rupiah }}|{{ n|number }}|{{ n|quantity }}", n=None) == "||"
    assert draw("{{ n|quantity:'piece' }} {{ n|quantity:'gram' }}", n=1250) == "1.250 buah 1.250 g"
    assert draw("{{ n|quantity:'ml' }} {{ n|quantity:'ikat' }}", n=5) == "5 ml 5 ikat"
    assert draw("{{ d|day }}", d=date(2025, 10, 29)) == "29 Oktober 2025"
    late = datetime(2025, 10, 29, 16, 5, tzinfo=UTC)
    assert draw("{{ d|day:'Asia/Makassar' }}", d=late) == "30 Oktober 2025"
    assert draw("{{ t|clock:'Asia/Jakarta' }}", t=AT) == "13.05 WIB"
    assert draw("{{ t|day }}{{ t|clock }}{{ t|moment }}{% when t %}", t=None) == ""


def test_a_moment_can_be_read_by_machines() -> None:
    drawn = draw("{% when t 'Asia/Makassar' %}", t=AT)
    assert 'datetime="2025-10-29T14:05:00+08:00"' in drawn
    assert ">29 Oktober 2025 14.05 WITA<" in drawn


def test_each_form_gets_a_fresh_key_of_version_7() -> None:
    keys = re.findall(r'value="([^"]+)"', draw("{% key_field %}{% key_field %}"))
    assert len(set(keys)) == 2
    assert all(UUID(key).version == 7 for key in keys)
    assert f'value="{keys[0]}"' in draw("{% key_field k %}", k=keys[0])


def test_two_bands_on_a_page_do_not_share_an_identifier() -> None:
    drawn = draw("{% band 'KLB' %}{% if 1 %}{% band 'KLB' %}{% endif %}")
    found = re.findall(r'pattern id="([^"]+)"', drawn)
    assert len(found) == len(set(found)) == 2


def test_a_badge_has_a_sign_and_a_word() -> None:
    drawn = draw("{% badge 'wrong' text %}", text="Hilang <b>")
    assert "<svg" in drawn
    assert "Hilang &lt;b&gt;" in drawn


def test_a_drawing_that_does_not_exist_is_an_error_of_the_template() -> None:
    with pytest.raises(TemplateSyntaxError):
        draw("{% icon 'no-such-thing' %}")
    for name in (*icons.SIGNS, *icons.KINDS):
        assert 'aria-hidden="true"' in draw("{% icon name %}", name=name)
    assert 'role="img" aria-label="Awas"' in draw("{% icon 'warn' 'Awas' %}")


def test_a_frame_is_drawn_only_around_something() -> None:
    source = "{% around 'base/around/lead.html' %} {{ x }} {% endaround %}"
    assert draw(source) == ""
    assert draw(source, x="ada").strip().startswith('<p class="lead">')


def test_an_address_keeps_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/", {"kantor": "KLB", "halaman": "2"})
    assert draw("{% address halaman=3 %}", request=request) == "?kantor=KLB&amp;halaman=3"
    assert draw("{% address halaman=None %}", request=request) == "?kantor=KLB"
