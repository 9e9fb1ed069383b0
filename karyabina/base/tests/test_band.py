import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from karyabina.base import band

OFFICES = [
    *("DITJENPAS", "NTT", "KPG", "LPP", "LPKA", "RKP", "ATB", "KFM", "SOE", "BAA", "KLB", "LMB"),
    *("LRT", "BJW", "MOF", "RTG", "END", "WGP", "WKB", "LTW", "BPS", "KARYABINA"),
]
CODES = st.from_regex(r"[A-Z][A-Z0-9]{1,8}", fullmatch=True)


def test_every_office_of_the_region_has_its_own_band() -> None:
    drawn = {str(band.svg(code)) for code in OFFICES}
    assert len(drawn) == len(OFFICES)


@given(CODES)
def test_the_same_code_gives_the_same_band(code: str) -> None:
    band.weave.cache_clear()
    first = band.svg(code)
    band.weave.cache_clear()
    assert band.svg(code.lower()) == first


@given(CODES)
def test_the_motif_is_the_same_seen_from_above_and_below(code: str) -> None:
    rows = band.weave(code).rows
    motif = band.MOTIFS[band.weave(code).motif]
    wide = 2 * len(motif[0]) - 1
    start = (len(rows) - (2 * len(motif) - 1)) // 2
    assert rows[start].startswith(motif[0])
    body = [row[:wide] for row in rows[start : start + 2 * len(motif) - 1]]
    assert body == body[::-1]
    assert all(row == row[::-1] for row in body)
    assert all(len(row) == band.weave(code).width for row in rows)


def test_quarters_of_all_motifs_are_rectangles_of_the_same_height() -> None:
    for quarter in band.MOTIFS.values():
        assert {len(row) for row in quarter} == {len(quarter[0])}
        assert len(quarter) == 6
        assert set("".join(quarter)) <= set(".abc")


def test_the_drawing_is_well_formed_and_says_nothing_to_screen_readers() -> None:
    drawing = ET.fromstring(str(band.svg('"><script>', identifier="pita-1")))
    assert drawing.get("aria-hidden") == "true"
    assert "style" not in str(band.svg("KLB"))
    cells = sum(1 for row in band.weave("KLB").rows for cell in row if cell != ".")
    drawn = sum(
        int(run.split("v")[0].split("h")[1])
        for path in drawing_paths("KLB")
        for run in path.split("M")[1:]
    )
    assert drawn == cells


def drawing_paths(code: str) -> list[str]:
    drawing = ET.fromstring(str(band.svg(code)))
    return [element.attrib["d"] for element in drawing.iter() if element.tag.endswith("path")]
