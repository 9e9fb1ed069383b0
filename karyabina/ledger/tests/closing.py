"""Builders for the tests of closed days: two offices that trade, days that pass, closings."""

from datetime import date, datetime, time, timedelta
from typing import Any

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger.actions import closings
from karyabina.ledger.models import Closing, Entry, Move, Reopening
from karyabina.ledger.tests.make import CHIPS, MELON, WITA, person, posted
from karyabina.offices.models import Office
from karyabina.staff.models import Staff
from tests import make

DAY = date(2025, 10, 29)  # the day after which the tests look back
OWN = ("store", "stand", "cash", "bank", "due", "owed", "difference")


def moment(day: date = DAY, hour: int = 9) -> datetime:
    """That hour of that day on the clock of Kupang."""
    return datetime.combine(day, time(hour), tzinfo=WITA)


def somebody(name: str = "Kepala") -> Staff:
    return Staff.objects.get_or_create(username=name.lower(), defaults={"name": name})[0]


def offices(*codes: str) -> list[Office]:
    """Offices with accounts and goods of their own: 1,000 pieces of each lot, made on 1 October.
    They carry their own codes: `store:KFM` lies in KFM."""
    found = [make.office(code) for code in codes or ("KFM", "NTT")]
    homes = {f"{kind}:{office.code}": office.code for office in found for kind in OWN}
    outside = dict.fromkeys(("outside:workshop", "outside:buyer", "outside:world"), "hub")
    at = moment(date(2025, 10, 1))
    ledger.open_accounts(homes=homes | outside, at=at)
    ledger.add_units(codes=[CHIPS, MELON], kind="lot")
    for office in found:
        for place in ("store", "stand"):
            made = Move("outside:workshop", f"{place}:{office.code}", CHIPS, 1_000)
            posted(made, kind="production", occurred_at=at)
    return found


def sold(day: date = DAY, *, at: str = "NTT", of: str = "KFM", hour: int = 9, **more: Any) -> Entry:
    """One sale at a stand of one office, of goods of another: it touches both."""
    return posted(
        Move(f"stand:{at}", "outside:buyer", CHIPS, 1),
        Move("outside:buyer", f"cash:{at}", "IDR", 12_500),
        Move(f"owed:{at}", f"due:{of}", "IDR", 12_500),
        occurred_at=moment(day, hour),
        **more,
    )


def closed(office: Office, day: date = DAY, **more: Any) -> Closing:
    given = {"by": person(), "at": moment(day, 20), "key": new_key()}
    return closings.close_day(office=office, day=day, **(given | more))


def asked(closing: Closing, **more: Any) -> Reopening:
    given = {"reason": "Salah catat", "by": person(), "at": moment(DAY, 21), "key": new_key()}
    return closings.ask_reopening(closing=closing, **(given | more))


def reopened(closing: Closing) -> Closing:
    """Two persons take a closing back."""
    return closings.agree_to_reopening(
        asked=asked(closing), by=somebody(), at=moment(DAY, 22), key=new_key()
    )


def days_later(days: int, day: date = DAY) -> date:
    return day + timedelta(days=days)
