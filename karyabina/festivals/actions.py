"""Festivals are announced, offices invited, stands set up and closed."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid5
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.refusal import Refusal
from karyabina.base.times import local_day
from karyabina.festivals.models import PLACE_CODE, Closure, Festival, Participation, Stand
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import HUB
from karyabina.offices.models import Office
from karyabina.staff.actions import record
from karyabina.staff.models import Staff
from karyabina.stock.queries import OUTSIDE

MOST_DAYS = 366
YEARS = (1990, 2999)  # the first and the last that are taken for meant
MadeUp = bool  # a fact that is kept and shown, not a switch
Made = TypeVar("Made", Festival, Stand)


class NotAPlaceCode(Refusal):
    status = 400
    message = _(
        "Kode terdiri atas 2–12 huruf besar dan angka tanpa spasi, diawali huruf, "
        "misalnya GERAINTT."
    )


class CodeIsTaken(Refusal):
    message = _("Kode ini sudah dipakai. Pilih kode lain.")


class NotAFestival(Refusal):
    """Some field cannot be as it is given; `field` says which."""

    status = 400


class NotAStand(Refusal):
    """Some field cannot be as it is given; `field` says which."""

    status = 400


class EndsBeforeItBegins(Refusal):
    status = 400
    message = _("Hari terakhir mendahului hari pertama. Periksa kedua tanggal.")


class LastsTooLong(Refusal):
    status = 400
    message = _("Festival berlangsung paling lama 366 hari. Periksa kedua tanggal.")


class FestivalIsOver(Refusal):
    message = _("Festival ini sudah berakhir. Tidak ada yang diubah.")


class OfficeIsNotBelow(Refusal):
    message = _(
        "Hanya lapas, rutan, dan LPKA di bawah penyelenggara yang dapat diundang. "
        "Tidak ada yang diubah."
    )


class HolderIsNotBelow(Refusal):
    message = _("Pengelola gerai adalah penyelenggara festival atau kantor di bawahnya.")


def announce(
    *,
    key: UUID,
    code: str,
    name: str,
    theme: str,
    venue: str,
    town: str,
    organiser: Office,
    first_date: date,
    last_date: date,
    time_zone: str,
    example: MadeUp = False,
    by: Staff | None,
    at: datetime,
) -> Festival:
    """An office will hold a festival, or bring a stand to one, on these days.

    `example` marks made-up data on every page that shows it. The same key again returns the same
    festival. Refuses codes that are malformed or taken, days in the wrong order or too many,
    unknown time zones and empty names.
    """
    fields = {
        "code": code,
        "name": name.strip(),
        "theme": theme.strip(),
        "venue": venue.strip(),
        "town": town.strip(),
        "first_date": first_date,
        "last_date": last_date,
        "time_zone": time_zone,
        "example": example,
    }
    digest = ledger_queries.digest_of("festival", fields | {"organiser": organiser.code})
    with transaction.atomic():
        _one_at_a_time(organiser)
        existing = Festival.objects.filter(pk=key).first()
        if existing:
            return _same(existing, digest)
        if not re.fullmatch(PLACE_CODE, code):
            raise NotAPlaceCode(field="code")
        if Festival.objects.filter(code=code).exists():
            raise CodeIsTaken(field="code")
        if last_date < first_date:
            raise EndsBeforeItBegins(field="last_date")
        if (last_date - first_date).days >= MOST_DAYS:
            raise LastsTooLong(field="last_date")
        if not YEARS[0] <= first_date.year <= last_date.year <= YEARS[1]:
            raise NotAFestival(
                _("Tahun ini tampaknya salah ketik. Periksa kedua tanggal."), field="first_date"
            )
        if time_zone not in available_timezones():
            raise NotAFestival(_("Zona waktu ini tidak dikenal."), field="time_zone")
        festival = Festival(
            key=key, organiser=organiser, digest=digest, announced_at=at, announced_by=by, **fields
        )
        try:
            festival.clean_fields(exclude=["organiser", "announced_by", "digest"])
        except ValidationError as wrong:
            field, problems = next(iter(wrong.message_dict.items()))
            raise NotAFestival(problems[0], field=field) from wrong
        festival.save(force_insert=True)
        record(by=by, at=at, office=organiser, what="festivals.announce", about=code)
    return festival


def invite(
    *, key: UUID, festival: Festival, office: Office, by: Staff, at: datetime
) -> Participation:
    """An office takes part from now on: it may hand goods to the festival's stands.

    Inviting it again changes nothing. Refuses offices that make no goods or are not below the
    organiser, and a festival that is over.
    """
    with transaction.atomic():
        _one_at_a_time(festival.organiser)
        existing = Participation.objects.filter(festival=festival, office=office).first()
        if existing:
            return existing
        if Participation.objects.filter(pk=key).exists():
            raise ledger_queries.KeyReused
        if not office.makes_goods or not office.path.startswith(festival.organiser.path + "/"):
            raise OfficeIsNotBelow(field="office")
        _guard_running(festival, at)
        participation = Participation.objects.create(
            key=key, festival=festival, office=office, at=at, by=by
        )
        record(by=by, at=at, office=office, what="festivals.invite", about=festival.code)
    return participation


def invite_many(
    *, key: UUID, festival: Festival, offices: Sequence[Office], by: Staff, at: datetime
) -> list[Participation]:
    """Several offices at once, all or none; each has a key derived from the one given.

    Refuses what `invite` refuses.
    """
    with transaction.atomic():
        return [
            invite(key=uuid5(key, office.code), festival=festival, office=office, by=by, at=at)
            for office in offices
        ]


def set_up(
    *,
    key: UUID,
    code: str,
    name: str,
    festival: Festival,
    holder: Office,
    by: Staff,
    at: datetime,
) -> Stand:
    """A stand is set up at a festival; the holder answers for the goods and money on it.

    Opens the accounts of its goods, its differences and the holder's bank and debts. The same key
    again returns the same stand. Refuses codes that are malformed, taken, or an office's (both
    name accounts), a holder who is neither the organiser nor below, and a festival that is over.
    """
    name = name.strip()
    request = {"code": code, "name": name, "festival": festival.code, "holder": holder.code}
    digest = ledger_queries.digest_of("stand", request)
    with transaction.atomic():
        _one_at_a_time(festival.organiser)
        existing = Stand.objects.filter(pk=key).first()
        if existing:
            return _same(existing, digest)
        if not re.fullmatch(PLACE_CODE, code):
            raise NotAPlaceCode(field="code")
        taken = Stand.objects.filter(code=code).exists() or Office.objects.filter(code=code)
        if taken:
            raise CodeIsTaken(field="code")
        if not 1 <= len(name) <= 120:
            raise NotAStand(_("Nama gerai 1–120 huruf."), field="name")
        if not (holder.path + "/").startswith(festival.organiser.path + "/"):
            raise HolderIsNotBelow(field="holder")
        _guard_running(festival, at)
        stand = Stand.objects.create(
            key=key,
            code=code,
            name=name,
            festival=festival,
            holder=holder,
            digest=digest,
            set_up_at=at,
            set_up_by=by,
        )
        codes = (stand.account, f"difference:{code}", f"bank:{holder.code}", f"owed:{holder.code}")
        homes = dict.fromkeys(codes, holder.code) | dict.fromkeys(OUTSIDE, HUB)
        ledger.open_accounts(homes=homes, at=at)
        record(by=by, at=at, office=holder, what="festivals.set_up", about=code)
    return stand


def close_stand(*, key: UUID, stand: Stand, by: Staff, at: datetime) -> Closure:
    """A stand is closed: nothing is received or sold there any more; goods may still go home.

    Closing it again changes nothing: who closed it first stays written.
    """
    with transaction.atomic():
        held = Stand.objects.select_for_update(of=("self",), no_key=True).get(pk=stand.pk)
        existing = Closure.objects.filter(stand=held).first()
        if existing:
            return existing
        if Closure.objects.filter(pk=key).exists():
            raise ledger_queries.KeyReused
        closure = Closure.objects.create(key=key, stand=held, at=at, by=by)
        record(by=by, at=at, office=held.holder, what="festivals.close_stand", about=held.code)
    return closure


def _one_at_a_time(organiser: Office) -> None:
    """What one organiser arranges queues on its row, so that each act sees the one before."""
    Office.objects.select_for_update(no_key=True).get(pk=organiser.pk)


def _same(existing: Made, digest: str) -> Made:
    if existing.digest != digest:
        raise ledger_queries.KeyReused
    return existing


def _guard_running(festival: Festival, at: datetime) -> None:
    if local_day(at, festival.time_zone) > festival.last_date:
        raise FestivalIsOver


trail.name("festivals.announce", _("Festival diumumkan"))
trail.name("festivals.invite", _("Kantor diundang ke festival"))
trail.name("festivals.set_up", _("Gerai didirikan"))
trail.name("festivals.close_stand", _("Gerai ditutup"))
