"""Taking in the list of offices: the whole of it or nothing."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

import karyabina.offices
from karyabina.base import spreadsheets
from karyabina.offices import actions, queries
from karyabina.offices.forms import COLUMNS, office_rows
from karyabina.offices.models import Office
from karyabina.offices.queries import OfficeRow
from karyabina.staff.models import Audit
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "kode,nama,jenis,induk,kota,pulau,lintang,bujur,zona waktu\n"
TREE = (
    "PUSAT,Pusat,pusat,,Jakarta,Jawa,-6.2,106.85,WIB\n"
    "NTT,Kanwil NTT,kanwil,PUSAT,Kupang,Timor,-10.17,123.61,WITA\n"
    "KLB,Lapas Kalabahi,lapas,NTT,Kalabahi,Alor,-8.22,124.52,WITA\n"
)


def rows(text: str) -> list[OfficeRow]:
    sheet = spreadsheets.read(io.BytesIO((HEAD + text).encode()), COLUMNS)
    assert sheet.problems == ()
    return office_rows(sheet)


def take_in(text: str, **more: object) -> actions.Taken:
    return actions.import_offices(rows=rows(text), by=None, at=make.moment(), **more)


def refused(text: str, **more: object) -> list[tuple[int, str, str]]:
    """Row, column and text of every problem; makes sure that nothing was taken in."""
    before = list(Office.objects.values())
    with pytest.raises(actions.RowsHaveProblems) as no:
        take_in(text, **more)
    assert list(Office.objects.values()) == before
    return [(one.row, one.column, one.text) for one in no.value.problems]


def test_a_list_makes_the_tree() -> None:
    assert take_in(TREE) == actions.Taken(added=3, changed=0, unchanged=0)
    office = Office.objects.get(code="KLB")
    assert (office.path, office.kind, office.time_zone) == (
        "PUSAT/NTT/KLB",
        "lapas",
        "Asia/Makassar",
    )
    assert str(office.latitude) == "-8.22000"


def test_children_may_stand_before_their_parents() -> None:
    assert take_in("".join(reversed(TREE.splitlines(keepends=True)))).added == 3
    assert Office.objects.get(code="KLB").path == "PUSAT/NTT/KLB"


def test_the_same_list_again_changes_nothing() -> None:
    take_in(TREE)
    before = list(Office.objects.values())
    trail = Audit.objects.count()
    assert take_in(TREE) == actions.Taken(added=0, changed=0, unchanged=3)
    assert list(Office.objects.values()) == before
    assert Audit.objects.count() == trail


def test_a_changed_name_is_brought_up_to_date_and_written_down() -> None:
    take_in(TREE)
    changed = TREE.replace("Lapas Kalabahi", "Lapas Kelas IIB Kalabahi")
    assert take_in(changed) == actions.Taken(added=0, changed=1, unchanged=2)
    assert Office.objects.get(code="KLB").name == "Lapas Kelas IIB Kalabahi"
    row = Audit.objects.get(what="offices.change")
    assert (row.about, row.detail) == ("KLB", "nama: Lapas Kalabahi → Lapas Kelas IIB Kalabahi")


def test_a_parent_is_never_changed_silently() -> None:
    take_in(TREE + "BALI,Kanwil Bali,kanwil,PUSAT,Denpasar,Bali,-8.65,115.22,WITA\n")
    moved = TREE.replace("lapas,NTT", "lapas,BALI") + (
        "BALI,Kanwil Bali,kanwil,PUSAT,Denpasar,Bali,-8.65,115.22,WITA\n"
    )
    ((row, column, text),) = refused(moved)
    assert (row, column) == (4, "induk")
    assert "NTT" in text


@pytest.mark.parametrize(
    ("was", "becomes"), [("KLB,Lapas Kalabahi,lapas", "KLB,Lapas Kalabahi,pusat"),
                         ("PUSAT,Pusat,pusat", "PUSAT,Pusat,kanwil")],
)  # fmt: skip
def test_no_office_makes_itself_headquarters_nor_headquarters_less(was: str, becomes: str) -> None:
    """Headquarters' head sets the split of all offices that have none of their own."""
    take_in(TREE)
    ((_row, column, text),) = refused(TREE.replace(was, becomes))
    assert column == "jenis"
    assert "Kantor pusat" in text


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("KLB,Lapas lain,lapas,NTT,Kalabahi,Alor,-8.22,124.52,WITA\n", "kode", "baris 4"),
        ("SOE,Rutan SoE,rutan,XYZ,SoE,Timor,-9.86,124.28,WITA\n", "induk", "Tidak ada kantor"),
        ("SOE,Rutan SoE,rutan,,SoE,Timor,-9.86,124.28,WITA\n", "induk", "induknya"),
        ("DUA,Pusat dua,pusat,NTT,Jakarta,Jawa,-6.2,106.85,WIB\n", "induk", "pusat"),
        ("SOE,Rutan SoE,rutan,SOE,SoE,Timor,-9.86,124.28,WITA\n", "induk", "berputar"),
    ],
)
def test_a_row_without_a_place_is_named_and_nothing_is_taken_in(
    line: str, column: str, word: str
) -> None:
    ((row, said, text),) = refused(TREE + line)
    assert (row, said) == (5, column)
    assert word in text


def test_offices_that_are_each_others_parents_are_refused() -> None:
    ring = (
        "AAA,Satu,lapas,BBB,Kupang,Timor,-10,123,WITA\n"
        "BBB,Dua,lapas,AAA,Kupang,Timor,-10,123,WITA\n"
    )
    assert {row for row, _column, _text in refused(TREE + ring)} == {5, 6}


def test_a_very_deep_tree_is_refused_in_words() -> None:
    deep = "".join(
        f"A{n:07d},Satu,lapas,{f'A{n - 1:07d}' if n else 'NTT'},Kupang,Timor,-10,123,WITA\n"
        for n in range(300)
    )
    assert all("tingkat" in text or "berputar" in text for _r, _c, text in refused(TREE + deep))


def test_a_region_takes_in_only_what_stands_under_it() -> None:
    take_in(TREE + "BALI,Kanwil Bali,kanwil,PUSAT,Denpasar,Bali,-8.65,115.22,WITA\n")
    within = Office.objects.below(Office.objects.get(code="NTT"))
    own = "SOE,Rutan SoE,rutan,NTT,SoE,Timor,-9.86,124.28,WITA\n"
    assert take_in(own, within=within).added == 1
    for foreign in (
        "DPS,Lapas Denpasar,lapas,BALI,Denpasar,Bali,-8.65,115.22,WITA\n",
        "BALI,Kanwil lain,kanwil,PUSAT,Denpasar,Bali,-8.65,115.22,WITA\n",
        "LAIN,Pusat lain,pusat,,Jakarta,Jawa,-6.2,106.85,WIB\n",
    ):
        ((_row, _column, text),) = refused(foreign, within=within)
        assert "lingkup" in text


def test_cells_that_say_nothing_sensible_are_named() -> None:
    text = HEAD + "k!,Lapas,benteng,NTT,Kota,Pulau,100,200,Zona Mars\n"
    sheet = spreadsheets.read(io.BytesIO(text.encode()), COLUMNS)
    assert [one.column for one in sheet.problems] == [
        "kode", "jenis", "lintang", "bujur", "zona waktu",
    ]  # fmt: skip


def test_the_list_that_comes_with_the_program_is_taken_in_whole() -> None:
    path = Path(karyabina.offices.__file__).parent / "data" / "offices.csv"
    with path.open("rb") as file:
        sheet = spreadsheets.read(file, COLUMNS)
    assert sheet.problems == ()
    taken = actions.import_offices(rows=office_rows(sheet), by=None, at=make.moment())
    assert taken.added == 21
    assert Office.objects.get(code="LTW").town == "Waibakul"
    assert {one.time_zone for one in Office.objects.filter(path__contains="/NTT")} == {
        "Asia/Makassar"
    }


def test_one_office_is_refused_where_its_code_is_taken_or_it_has_no_place() -> None:
    make.office("KLB")
    given = {
        "name": "Lapas", "class_name": "IIB", "town": "Kota", "island": "Pulau", "latitude": -8,
        "longitude": 124, "time_zone": "Asia/Makassar", "by": None, "at": make.moment(),
    }  # fmt: skip
    region = make.office("NTT")
    with pytest.raises(actions.OfficeCodeTaken):
        actions.add_office(code="KLB", kind="lapas", parent=region, **given)
    with pytest.raises(actions.OfficeHasNoPlace):
        actions.add_office(code="BARU", kind="lapas", parent=None, **given)
    for wrong in ({"code": "baru"}, {"kind": "benteng"}, {"time_zone": "Asia/Mars"}):
        with pytest.raises(actions.OfficeNotWellFormed):
            actions.add_office(
                **({"code": "BARU", "kind": "lapas", "parent": region} | given | wrong)
            )
    assert not Office.objects.filter(code="BARU").exists()


def test_looking_for_offices_finds_every_word_anywhere() -> None:
    take_in(TREE)
    found = queries.search(Office.objects.all(), "alor lapas")
    assert [office.code for office in found] == ["KLB"]
    assert not queries.search(Office.objects.all(), "alor rutan").exists()
    assert [one.code for one in queries.chain_above(Office.objects.get(code="KLB"))] == [
        "PUSAT", "NTT",
    ]  # fmt: skip


def test_two_imports_at_once_leave_one_list() -> None:
    plan = queries.compare(rows(TREE))
    take_in(TREE)
    assert queries.compare(rows(TREE)).changes_nothing
    with pytest.raises(actions.OfficeCodeTaken):
        actions.add_row(plan.new[0], by=None, at=make.moment() + timedelta(minutes=1))
