"""Pages on which the holder of a stand writes off what broke there."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from karyabina.base.keys import new_key
from karyabina.catalogue.models import Product
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger import verify
from karyabina.staff.models import Role
from karyabina.stock.models import Breakage, Lot
from karyabina.till.models import Shift
from karyabina.till.tests.web import page, url
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/kasir/gerai/GERAI/kerusakan/"


@pytest.fixture
def lot(melon: Product) -> Lot:
    return Lot.objects.get(product=melon)


def of(lot: Lot) -> str:
    return f"{LIST}{lot.code}/"


def broke(**other: object) -> dict[str, object]:
    sent = {"key": new_key(), "quantity": "2", "cause": "Pecah atau patah", "note": ""}
    return sent | other


def test_what_broke_leaves_the_stand_and_the_counter_is_shown_again(
    till: Client, shift: Shift, lot: Lot
) -> None:
    assert of(lot) in page(till.get(LIST))
    response = till.post(of(lot), broke(note="jatuh dari meja"), follow=True)
    assert response.redirect_chain == [(url(shift), 302)]
    assert "Dicatat rusak: 2 buah Melon" in page(response)
    assert "sisa 8 buah" in page(response)
    written = Breakage.objects.get()
    assert (written.lot, written.place, written.quantity) == (lot, "stand:GERAI", 2)
    assert written.reason == "Pecah atau patah: jatuh dari meja"
    assert ledger.balance("stand:GERAI", lot.code) == 8
    assert [finding for finding in verify.run() if finding.faults] == []


def test_the_regional_officer_without_a_shift_comes_back_to_the_list(
    client: Client, shift: Shift, lot: Lot
) -> None:
    client.force_login(make.officer(Role.REGIONAL, "NTT"))
    assert LIST in page(client.get("/kasir/"))
    response = client.post(of(lot), broke(), follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert Breakage.objects.get().reason == "Pecah atau patah"


def test_a_double_click_breaks_once_also_when_it_took_the_last_piece(
    till: Client, shift: Shift, lot: Lot
) -> None:
    sent = broke(quantity="10")
    first, second = till.post(of(lot), sent), till.post(of(lot), sent)
    assert first.status_code == second.status_code == 302
    assert Breakage.objects.get().quantity == 10
    gone = till.get(of(lot), follow=True)
    assert gone.redirect_chain == [(LIST, 302)]
    assert "sudah tidak ada di gerai ini" in page(gone)
    assert "Tidak ada barang di gerai ini" in page(gone)


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"quantity": "11"}, 409, "diminta 11 buah, tersedia 10 buah"),
        ({"quantity": "0"}, 400, "Paling sedikit 1"),
        ({"quantity": "-1"}, 400, "Paling sedikit 1"),
        ({"quantity": "1,5"}, 400, "bilangan bulat"),
        ({"quantity": "9" * 5_000}, 400, "terlalu besar"),
        ({"quantity": ""}, 400, "Belum diisi"),
        ({"cause": ""}, 400, "Belum diisi"),
        ({"cause": "dicuri"}, 400, "dicuri"),
        ({"cause": "lain", "note": ""}, 400, "Tuliskan apa yang terjadi"),
        ({"cause": "lain", "note": " "}, 400, "Tuliskan apa yang terjadi"),
        ({"note": "x" * 201}, 400, "200"),
        ({"note": "a\x00b"}, 400, "NUL"),
        ({"key": "bukan-kunci"}, 400, "Kunci formulir"),
    ],
)
def test_what_makes_no_sense_is_told_and_what_was_typed_is_kept(
    till: Client, shift: Shift, lot: Lot, wrong: dict[str, str], status: int, said: str
) -> None:
    response = till.post(of(lot), broke(note="jatuh") | wrong)
    assert response.status_code == status
    assert said.lower() in page(response).lower()
    if "note" not in wrong:
        assert 'value="jatuh"' in page(response)
    assert not Breakage.objects.exists()
    assert ledger.balance("stand:GERAI", lot.code) == 10


def test_another_cause_is_told_in_ones_own_words(till: Client, shift: Shift, lot: Lot) -> None:
    till.post(of(lot), broke(cause="lain", note="dimakan ayam"))
    assert Breakage.objects.get().reason == "dimakan ayam"


def test_the_cause_is_kept_in_indonesian_whatever_the_page_spoke(
    till: Client, shift: Shift, lot: Lot
) -> None:
    till.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Past its date" in page(till.get(of(lot)))
    till.post(of(lot), broke(cause="Lewat tanggal"))
    assert Breakage.objects.get().reason == "Lewat tanggal"


def test_weighed_goods_are_written_off_in_their_measure(
    till: Client, stand: Stand, shift: Shift
) -> None:
    chilli = make.on_stand(
        make.lot(make.product("CABAI", "KFM", measure="gram"), 5_000), stand, 5_000
    )
    shown = page(till.get(of(chilli)))
    assert "5.000 g" in shown
    assert "Dalam gram." in shown
    till.post(of(chilli), broke(quantity="1.250", cause="Busuk, basi, atau bocor"))
    assert ledger.balance("stand:GERAI", chilli.code) == 3_750


def test_goods_past_their_date_are_marked_and_can_be_written_off(
    till: Client, stand: Stand, shift: Shift
) -> None:
    old = make.product("LAMA")
    lot = make.on_stand(make.lot(old, 3), stand, 3)  # good for a month after the festival
    assert "lewat tanggal" in page(till.get(LIST))
    till.post(of(lot), broke(quantity="3", cause="Lewat tanggal"))
    assert ledger.balance("stand:GERAI", lot.code) == 0


def test_only_lots_of_this_stand_can_be_written_off_here(
    till: Client, stand: Stand, shift: Shift, lot: Lot
) -> None:
    elsewhere = make.lot(make.product("TAS", "KFM"), 5)
    assert till.get(of(elsewhere)).status_code == 404
    assert till.post(of(elsewhere), broke()).status_code == 404
    for code in ("ADA-APA", "klb-melon", "x" * 300):
        assert till.get(f"{LIST}{code}/").status_code == 404
    assert not Breakage.objects.exists()


def test_another_office_and_who_only_looks_write_nothing_off(
    client: Client, shift: Shift, lot: Lot
) -> None:
    for role, office, status in (
        (Role.CASHIER, "KLB", 404),
        (Role.REGIONAL, "BALI", 404),
        (Role.TREASURER, "NTT", 403),
        (Role.AUDITOR, "NTT", 403),
    ):
        client.force_login(make.officer(role, office))
        assert client.get(LIST).status_code == status
        assert client.post(of(lot), broke()).status_code == status
    assert not Breakage.objects.exists()


def test_the_list_asks_the_same_number_of_questions_for_more_goods(
    till: Client, stand: Stand, shift: Shift, lot: Lot
) -> None:
    def questions() -> int:
        till.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            till.get(LIST)
        return len(seen)

    few = questions()
    for n in range(8):
        make.on_stand(make.lot(make.product(f"P{n}", "KFM"), 1), stand, 1)
    assert questions() == few
