"""What waits for each role, and that it is counted in a fixed number of queries."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from karyabina.base.keys import new_key
from karyabina.catalogue import actions as catalogue
from karyabina.consignment import actions as consignment
from karyabina.consignment.models import Consignment
from karyabina.desk import queries
from karyabina.desk.queries import Card
from karyabina.festivals import actions as festivals
from karyabina.festivals.models import Stand
from karyabina.ledger.actions.checks import record_check
from karyabina.ledger.verify import Finding
from karyabina.staff import queries as staff
from karyabina.staff.models import Role, Staff
from karyabina.stock.models import Lot
from karyabina.till import actions as till
from tests import make

pytestmark = pytest.mark.django_db
DURING, AFTER = make.moment(10), make.moment(10, days=2)


def cards(person: Staff, now: datetime = DURING) -> list[Card]:
    held = staff.appointments(person)
    return queries.waiting(
        queries.Asked(
            reach=lambda permission: staff.reach(held, permission),
            permissions=staff.permissions(held),
            me=person,
            now=now,
            today=date(now.year, now.month, now.day),
        )
    )


def titles(role: str, at_office: str, now: datetime = DURING) -> list[str]:
    return [card.title for card in cards(make.officer(role, at_office), now)]


def priced_lot(code: str = "MELON", quantity: int = 10) -> Lot:
    product = make.product(code)
    make.price(product, 20_000)
    return make.lot(product, quantity)


def offered(lot: Lot, stand: Stand, quantity: int = 4) -> Consignment:
    return consignment.offer(
        key=new_key(),
        office=lot.office,
        stand=stand,
        lines=[consignment.Piece(lot=lot, quantity=quantity)],
        by=make.officer(),
        at=make.moment(6),
    )


def despatched(lot: Lot, stand: Stand, quantity: int = 4) -> Consignment:
    one = offered(lot, stand, quantity)
    consignment.despatch(key=new_key(), consignment=one, by=make.officer(), at=make.moment(7))
    return one


def received(lot: Lot, stand: Stand, missing: int = 0) -> Consignment:
    one = despatched(lot, stand)
    line = one.lines.get()
    consignment.receive(
        key=new_key(),
        consignment=one,
        counts=[consignment.Counted(line=line, good=line.quantity - missing, missing=missing)],
        by=make.officer(Role.REGIONAL, "NTT"),
        at=make.moment(8),
    )
    return one


def test_nothing_waits_for_somebody_new() -> None:
    for role in Role:
        assert titles(role, "KLB") == []


def test_who_has_no_role_is_told_whom_to_ask() -> None:
    make.office("KLB")
    client = Client()
    person = make.officer("cashier")
    client.force_login(person)
    assert "Tidak ada yang menunggu" in client.get("/beranda/").content.decode()
    make.staff.dismiss(
        appointment=person.appointments.get(), by=make.officer("administrator"), at=make.moment()
    )
    assert "belum mempunyai peran" in client.get("/beranda/").content.decode()


def test_goods_wait_first_for_their_office_then_for_the_stand() -> None:
    lot, stand = priced_lot(), make.stand(invited=("KLB",))
    assert titles("workshop", "KLB") == ["1 lot dapat dititipkan"]
    one = offered(lot, stand, 10)
    assert titles("workshop", "KLB") == ["1 titipan siap dikirim"]
    assert cards(make.officer())[0].url == f"/titipan/{one.code}/"
    consignment.despatch(key=new_key(), consignment=one, by=make.officer(), at=make.moment(7))
    assert titles("workshop", "KLB") == []
    assert titles("regional", "NTT") == ["1 titipan dalam perjalanan"]
    assert "1 titipan dalam perjalanan" in titles("cashier", "NTT")
    assert titles("cashier", "KLB") == titles("regional", "BALI") == []


def test_several_of_a_kind_lead_to_their_list() -> None:
    lot, stand = priced_lot(), make.stand(invited=("KLB",))
    for _ in range(3):
        offered(lot, stand, 1)
    card = cards(make.officer())[0]
    assert (card.title, card.url) == ("3 titipan siap dikirim", "/titipan/?keadaan=ditawarkan")


def test_missing_pieces_wait_for_the_region() -> None:
    lot, stand = priced_lot(), make.stand(invited=("KLB",))
    one = received(lot, stand, missing=1)
    assert titles("regional", "NTT") == ["1 titipan kurang barangnya"]
    consignment.clear(
        key=new_key(),
        count=one.receipt.counts.get(),
        outcome="lost",
        quantity=1,
        reason="tidak ditemukan",
        by=make.officer(Role.REGIONAL, "NTT"),
        at=make.moment(9),
    )
    assert titles("regional", "NTT") == []


def test_a_cashier_opens_sells_and_closes() -> None:
    stand = make.stand(make.festival(), invited=("KLB",))
    cashier = make.officer("cashier", "NTT")
    assert titles("cashier", "NTT") == ["Gerai GERAI buka hari ini"]
    shift = make.shift(stand)
    (card,) = cards(cashier)
    assert card.title == f"Sif {shift.code} masih terbuka"
    assert card.url == f"/kasir/{shift.code}/"
    assert titles("regional", "NTT") == []
    assert "1 sif belum ditutup" in titles("regional", "NTT", AFTER)
    till.close_shift(
        key=new_key(), shift=shift, counted=100_000, note="", by=cashier, at=make.moment(18)
    )
    assert titles("cashier", "NTT", AFTER) == []


def test_after_the_festival_goods_go_home_and_the_stand_closes() -> None:
    lot, stand = priced_lot(), make.stand(invited=("KLB",))
    received(lot, stand)
    assert titles("regional", "NTT", AFTER) == ["1 lot masih di Gerai GERAI"]
    region = make.officer(Role.REGIONAL, "NTT")
    consignment.send_back(
        key=new_key(),
        stand=stand,
        office=lot.office,
        lines=[consignment.Piece(lot=lot, quantity=4)],
        note="",
        by=region,
        at=AFTER,
    )
    assert "1 kiriman pulang" in titles("workshop", "KLB", AFTER)
    assert titles("regional", "NTT", AFTER) == ["Gerai GERAI masih terbuka"]
    festivals.close_stand(key=new_key(), stand=stand, by=region, at=AFTER)
    assert titles("regional", "NTT", AFTER) == []


def test_goods_on_their_way_to_a_stand_that_closed_come_home() -> None:
    lot, stand = priced_lot(), make.stand(invited=("KLB",))
    despatched(lot, stand)
    region = make.officer(Role.REGIONAL, "NTT")
    festivals.close_stand(key=new_key(), stand=stand, by=region, at=make.moment(9))
    assert titles("workshop", "KLB") == ["1 kiriman pulang"]
    assert titles("regional", "NTT") == []


def test_proceeds_wait_for_the_treasurer() -> None:
    lot, stand = priced_lot(), make.stand(invited=("KLB",))
    received(lot, stand)
    make.sale(make.shift(stand), (lot.product, 2), total=40_000)
    (card,) = cards(make.officer("treasurer", "KLB"))
    assert card.title == "Rp 40.000"
    assert card.url == "/bagi-hasil/FEST/KLB/"
    assert titles("treasurer", "KFM") == []


def test_what_expires_and_what_has_no_price_waits_for_the_workshop() -> None:
    make.lot(make.product("TEMPE", name="Tempe"), expiry_date=date(2025, 11, 1))
    assert titles("workshop", "KLB") == ["1 lot mendekati kedaluwarsa", "1 produk belum berharga"]
    catalogue.retire(product=Lot.objects.get().product, by=make.officer(), at=make.moment())
    assert titles("workshop", "KLB") == ["1 lot mendekati kedaluwarsa"]
    assert titles("head", "KLB") == []


def test_books_that_are_wrong_or_unchecked_wait_for_who_may_check_them() -> None:
    make.stand(invited=("KLB",))
    priced_lot()  # recorded today, whatever day the festival is
    now = datetime.now(tz=make.WITA)
    assert titles("head", "KLB", now) == []
    assert titles("head", "KLB", now + timedelta(days=8)) == ["Pembukuan perlu diperiksa"]
    checked(now, [Finding("Selalu benar", ())])
    assert titles("head", "KLB", now + timedelta(days=6)) == []
    assert titles("auditor", "NTT", now + timedelta(days=8)) == ["Pembukuan perlu diperiksa"]
    assert titles("treasurer", "KLB", now + timedelta(days=8)) == []
    checked(now + timedelta(hours=1), [Finding("Selalu benar", ("ternyata tidak",))])
    [card] = cards(make.officer("head", "KLB"), now + timedelta(days=1))
    assert (card.title, card.url) == ("Ada yang salah dalam pembukuan", "/buku/pemeriksaan/")


def checked(at: datetime, findings: list[Finding]) -> None:
    record_check(
        key=new_key(),
        scope="books",
        began_at=at,
        at=at,
        by=None,
        entries=1,
        movements=1,
        findings=findings,
    )


@pytest.mark.parametrize("many", [1, 6])
@pytest.mark.parametrize(
    ("role", "at_office", "asked"),
    [
        ("workshop", "KLB", 14),
        ("regional", "NTT", 10),
        ("treasurer", "KLB", 6),
        ("cashier", "NTT", 8),
    ],
)
def test_everything_is_counted_in_a_fixed_number_of_queries(
    role: str, at_office: str, asked: int, many: int, django_assert_max_num_queries
) -> None:
    stand = make.stand(invited=("KLB",))
    for n in range(many):
        lot = priced_lot(f"BUAH{n}", 20)
        received(lot, stand, missing=1)
        offered(lot, stand, 1)
        despatched(lot, stand, 1)
        make.product(f"BARU{n}")
    shift = make.shift(stand)
    for lot in Lot.objects.select_related("product"):
        make.sale(shift, (lot.product, 1), total=20_000)
    person = make.officer(role, at_office)
    for now in (DURING, AFTER):
        with django_assert_max_num_queries(asked):
            assert cards(person, now)


def test_the_page_shows_the_cards_and_the_usual_ways() -> None:
    make.product("TEMPE", name="Tempe")
    client = Client()
    client.force_login(make.officer())
    page = client.get("/beranda/").content.decode()
    assert "1 produk belum berharga" in page
    assert 'href="/produk/?keadaan=belum-berharga"' in page
    assert "Catat produksi" in page
    assert "Berjualan" not in page


def test_every_usual_way_is_a_page_and_its_role_may_open_it() -> None:
    for role in Role:
        client = Client()
        client.force_login(make.officer(role, "NTT"))
        for way in queries.ways(client.get("/beranda/").wsgi_request.permissions):
            assert client.get(way.url).status_code == 200, (role, way.url_name)
