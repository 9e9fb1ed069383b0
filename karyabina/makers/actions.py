"""Registering makers: each gets a code and nothing else."""

import re
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.refusal import Refusal
from karyabina.ledger import queries as ledger
from karyabina.makers.models import MAKER_CODE, Maker
from karyabina.offices.models import Office
from karyabina.staff.actions import record
from karyabina.staff.models import Staff

KIND = "maker"
MOST_AT_ONCE = 50
LAST_NUMBER = 999_999


class NotAMakerCode(Refusal):
    status = 400
    message = _("Kode terdiri atas kode kantor, tanda hubung, dan 3–6 angka, misalnya KLB-014.")


class CodeIsTaken(Refusal):
    message = _(
        "Kode ini sudah dipakai peserta lain. Kosongkan kode agar nomor berikutnya dipakai."
    )


class NobodyMakesGoodsHere(Refusal):
    message = _(
        "Kantor ini tidak membina peserta. Peserta dicatat di lapas, rutan, LPKA, atau bapas."
    )


class StatusDoesNotFit(Refusal):
    message = _(
        "Status ini tidak ada di kantor ini: LPKA mencatat anak binaan, bapas mencatat klien, "
        "dan kantor lain tidak mencatat klien."
    )


class NotASaneNumber(Refusal):
    status = 400
    message = _("Daftarkan 1 sampai 50 peserta sekaligus.")


class NumbersUsedUp(Refusal):
    message = _("Nomor peserta kantor ini sudah habis.")


def register(
    *, key: UUID, office: Office, code: str | None, status: str, by: Staff, at: datetime
) -> Maker:
    """A person takes part in making goods: from now on a code stands for them.

    Without a code the office's next number is taken (`KLB-014`). The same key again returns the
    same maker. Refuses an office where nobody makes goods, a status that does not exist there, a
    code that is none of that office, and one that is taken.
    """
    request = {"office": office.code, "code": code or None, "status": str(status)}
    digest = ledger.digest_of(KIND, request)
    with transaction.atomic():
        _one_at_a_time(office)
        existing = Maker.objects.filter(pk=key).first()
        if existing:
            if existing.digest != digest:
                raise ledger.KeyReused
            return existing
        _guard_status(office, status)
        if not code:
            code = _code(office, _last_number(office) + 1)
        elif not re.fullmatch(MAKER_CODE, code) or code.rsplit("-", 1)[0] != office.code:
            raise NotAMakerCode(field="code")
        elif Maker.objects.filter(code=code).exists():
            raise CodeIsTaken(field="code")
        return _written(
            [Maker(key=key, office=office, code=code, status=status, digest=digest)], by, at
        )[0]


def register_many(
    *, key: UUID, office: Office, count: int, status: str, by: Staff, at: datetime
) -> list[Maker]:
    """`count` people (1 to 50) of one status at once, with the office's next numbers.

    The first has the key given, the others keys derived from it: the same key again returns the
    same makers. Refuses as `register` does.
    """
    request = {"office": office.code, "count": count, "status": str(status)}
    digest = ledger.digest_of(KIND, request)
    keys = [uuid5(key, str(n)) if n else key for n in range(min(count, MOST_AT_ONCE))]
    with transaction.atomic():
        _one_at_a_time(office)
        existing = Maker.objects.filter(pk=key).first()
        if existing:
            if existing.digest != digest:
                raise ledger.KeyReused
            return list(Maker.objects.filter(pk__in=keys))
        if not 1 <= count <= MOST_AT_ONCE:
            raise NotASaneNumber(field="count")
        _guard_status(office, status)
        last = _last_number(office)
        return _written(
            [
                Maker(
                    key=each,
                    office=office,
                    code=_code(office, last + 1 + n),
                    status=status,
                    digest=digest,
                )
                for n, each in enumerate(keys)
            ],
            by,
            at,
        )


def _one_at_a_time(office: Office) -> None:
    """Numbers are given out one after the other: whoever registers here holds the office's row."""
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)


def _guard_status(office: Office, status: str) -> None:
    fitting = {
        Office.Kind.LPKA: {Maker.Status.CHILD},
        Office.Kind.BAPAS: {Maker.Status.CLIENT},
    }.get(office.kind, {Maker.Status.CONVICTED, Maker.Status.CHILD, Maker.Status.REMAND})
    if not office.makes_goods and office.kind != Office.Kind.BAPAS:
        raise NobodyMakesGoodsHere(field="office")
    if status not in fitting:
        raise StatusDoesNotFit(field="status")


def _last_number(office: Office) -> int:
    codes = Maker.objects.filter(office=office).values_list("code", flat=True)
    return max((int(code.rsplit("-", 1)[1]) for code in codes), default=0)


def _code(office: Office, number: int) -> str:
    if number > LAST_NUMBER:
        raise NumbersUsedUp
    return f"{office.code}-{number:03d}"


def _written(makers: list[Maker], by: Staff, at: datetime) -> list[Maker]:
    for maker in makers:
        maker.registered_at = at
        maker.registered_by = by
    Maker.objects.bulk_create(makers)
    first, last = makers[0], makers[-1]
    record(
        by=by,
        at=at,
        office=first.office,
        what="makers.register",
        about=first.code if first is last else f"{first.code} – {last.code}",
        detail=first.status,
    )
    return makers


trail.name("makers.register", _("Peserta didaftarkan"))
