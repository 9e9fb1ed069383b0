"""Every address says who may open it, and the table of permissions holds nothing unused."""

import re

from karyabina.staff.access import TABLE, Open
from tests.access.doors import doors
from tests.access.samples import SAMPLES
from tests.architecture.source import production_files, report


def test_the_map_is_read() -> None:
    """The tests of this folder would pass on an empty map."""
    names = {door.name for door in doors()}
    assert {"account_login", "desk:home", "base:theme"} <= names
    assert len(names) > 20


def test_every_address_has_a_name_of_its_own() -> None:
    named = [door.name for door in doors()]
    faults = [door.route for door in doors() if door.nameless or named.count(door.name) > 1]
    assert not faults, report(faults, "Name it, so that it can be walked and linked to.")


def test_every_view_says_who_may() -> None:
    faults = [f"{door.name} ({door.route})" for door in doors() if door.need is None]
    assert not faults, report(
        faults, 'Decorate the view: @may("room.verb"), @public or @signed_in.'
    )


def test_every_permission_asked_for_is_in_the_table() -> None:
    faults = [
        f"{door.name} asks for {door.need}"
        for door in doors()
        if not isinstance(door.need, Open) and door.need not in TABLE
    ]
    assert not faults, report(faults, "Add the row to karyabina/staff/access.py.")


def test_every_row_of_the_table_is_asked_for() -> None:
    said = "\n".join(
        path.read_text(encoding="utf-8") for path in production_files() if path.name != "access.py"
    )
    unused = [code for code in TABLE if not re.search(rf"""["']{re.escape(code)}["']""", said)]
    assert not unused, report(unused, "Nothing asks for these: drop the row or guard the view.")


def test_every_address_with_arguments_has_a_sample() -> None:
    faults = [
        f"{door.name} takes {', '.join(sorted(door.arguments))}"
        for door in doors()
        if door.arguments and door.name not in SAMPLES
    ]
    assert not faults, report(faults, "Add an object of some office to tests/access/samples.py.")


def test_every_sample_is_of_an_address() -> None:
    gone = SAMPLES.keys() - {door.name for door in doors()}
    assert not gone, report(sorted(gone), "These addresses are no more: drop the sample.")
