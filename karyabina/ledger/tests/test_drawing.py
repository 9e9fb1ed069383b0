"""The picture of a journey: every place has its room, and many places stay few."""

from datetime import timedelta
from itertools import combinations

from django.utils import translation

from karyabina.ledger.drawing import MOST_ALIKE, Picture, Place, picture
from karyabina.ledger.queries import Flow, Journey
from karyabina.ledger.tests.make import AT, CHIPS


def journey(*flows: tuple[str, str, int], now: dict[str, int] | None = None) -> Journey:
    times = (AT + timedelta(minutes=n) for n in range(len(flows)))
    made = (Flow(*flow, 1, at, at, at, at) for flow, at in zip(flows, times, strict=True))
    return Journey(CHIPS, tuple(made), now or {})


def drawn(*flows: tuple[str, str, int], now: dict[str, int] | None = None) -> Picture:
    with translation.override("id"):
        return picture(journey(*flows, now=now), {})


def place(of: Picture, title: str) -> Place:
    (found,) = [one for one in of.places if one.title == title]
    return found


ROUND = (
    ("outside:workshop", "store:KFM", 100),
    ("store:KFM", "stand:GOR", 60),
    ("stand:GOR", "outside:buyer", 40),
    ("stand:GOR", "outside:broken", 1),
    ("stand:GOR", "store:KFM", 19),
)


def test_places_stand_in_the_order_in_which_they_were_reached() -> None:
    told = drawn(*ROUND, now={"store:KFM": 59})
    assert [(one.title, one.column) for one in told.places] == [
        ("Bengkel kerja", 0),
        ("Gudang KFM", 1),
        ("Gerai GOR", 2),
        ("Pembeli", 3),
        ("Rusak", 3),
    ]
    assert place(told, "Gudang KFM").now_text == "kini 59 buah"
    assert place(told, "Gudang KFM").told == [
        "100 buah dari Bengkel kerja",
        "19 buah dari Gerai GOR",
        "kini 59 buah",
    ]
    downwards = [one.at for one in told.places]
    assert downwards == sorted(set(downwards))
    assert told.tall >= max(y for one in told.places for y, _text in one.lines)


def test_what_goes_back_and_what_is_lost_are_drawn_otherwise() -> None:
    kinds = {(one.source.title, one.target.title): one.kind for one in drawn(*ROUND).ribbons}
    assert kinds["Gerai GOR", "Gudang KFM"] == "flow back"
    assert kinds["Gerai GOR", "Rusak"] == "flow lost"
    assert kinds["Gerai GOR", "Pembeli"] == "flow"


def test_many_places_alike_are_drawn_as_few_and_lose_nothing() -> None:
    stands = [f"stand:S{n:02}" for n in range(20)]
    told = drawn(
        ("outside:workshop", "store:KFM", 1_000),
        *(("store:KFM", stand, 30 - n) for n, stand in enumerate(stands)),
        *((stand, "outside:buyer", 10) for stand in stands),
        now=dict.fromkeys(stands, 1),
    )
    titles = [one.title for one in told.places if one.column == 2]
    assert len(titles) == MOST_ALIKE
    assert titles[-1] == "15 gerai lain"
    rest = place(told, "15 gerai lain")
    assert (rest.came, rest.now) == (sum(30 - n for n in range(5, 20)), 15)
    assert sum(one.amount for one in told.ribbons if one.target.column == 3) == 200


def test_no_place_lies_on_another_and_all_lie_in_the_picture() -> None:
    flows = [("outside:workshop", "store:KFM", 500)]
    for n in range(5):
        flows += [("store:KFM", f"transit:T{n}", 50), (f"transit:T{n}", f"stand:S{n}", 49)]
        flows += [(f"transit:T{n}", "outside:broken", 1), (f"stand:S{n}", "store:KFM", n + 1)]
    told = drawn(*flows)
    for one, other in combinations(told.places, 2):
        apart = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert one.column != other.column or apart
    assert all(one.x >= 0 and one.y + one.height <= told.height for one in told.places)
    assert max(one.x for one in told.places) < told.width
    assert all(2 <= one.width <= 14 for one in told.ribbons)


def test_a_lot_that_never_moved_is_an_empty_picture() -> None:
    told = drawn()
    assert (told.places, told.ribbons) == ((), ())
