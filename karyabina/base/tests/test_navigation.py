import pytest

from karyabina.base import navigation

pytestmark = pytest.mark.urls("karyabina.base.tests.urls")


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "ITEMS", {})
    navigation.item(30, "Gaya", "base:style", navigation.EVERYONE)
    navigation.item(10, "Beranda", "desk:home")
    navigation.item(20, "Masuk", "account_login", "till.sell")
    navigation.item(5, "Tidak ada", "nowhere:list", navigation.EVERYONE)


def labels(path: str, permissions: frozenset[str], signed_in: bool) -> list[str]:
    return [str(entry.label) for entry in navigation.menu(path, permissions, signed_in)]


def test_a_visitor_sees_only_what_is_for_everyone() -> None:
    assert labels("/", frozenset(), False) == ["Gaya"]


def test_staff_see_what_they_may_follow_in_its_order() -> None:
    assert labels("/", frozenset(), True) == ["Beranda", "Gaya"]
    assert labels("/", frozenset({"till.sell"}), True) == ["Beranda", "Masuk", "Gaya"]


def test_the_entry_that_holds_the_page_is_current() -> None:
    menu = navigation.menu("/beranda/titipan/5/", frozenset(), True)
    assert [entry.label for entry in menu if entry.current] == ["Beranda"]
    assert not any(entry.current for entry in navigation.menu("/lain/", frozenset(), True))


def test_naming_an_address_again_replaces_its_entry() -> None:
    navigation.item(1, "Awal", "desk:home", navigation.EVERYONE)
    assert labels("/", frozenset(), False) == ["Awal", "Gaya"]
