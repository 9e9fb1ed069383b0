"""Setting how proceeds are split from a day on."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.refusal import Refusal
from karyabina.base.times import local_day
from karyabina.ledger import queries as ledger
from karyabina.offices.models import Office
from karyabina.schemes.models import WHOLE, Scheme
from karyabina.staff.actions import record
from karyabina.staff.models import Staff

KIND = "scheme"


class PartsDoNotMakeTheWhole(Refusal):
    status = 400
    message = _(
        "Bagian premi, modal kerja, dan negara harus berjumlah tepat 100 %. Skema tidak disimpan."
    )


class NotAScheme(Refusal):
    """Some field cannot be as it is given; `field` says which."""

    status = 400


class OfficeMakesNoGoods(Refusal):
    message = _(
        "Kantor ini tidak membuat barang, jadi skemanya tidak akan pernah dipakai. "
        "Pilih lapas, rutan, atau LPKA."
    )


class SchemeIsBackdated(Refusal):
    message = _(
        "Skema tidak dapat berlaku surut: bagi hasil yang sudah dihitung akan berubah. "
        "Pilih hari ini atau hari sesudahnya."
    )


class SchemeAlreadyFollows(Refusal):
    message = _(
        "Sudah ada skema yang berlaku sejak hari itu atau sesudahnya. Pilih hari yang lebih akhir."
    )


def set_scheme(
    *,
    key: UUID,
    office: Office | None,
    name: str,
    legal_basis: str,
    base: str,
    premi_part: int,
    capital_part: int,
    state_part: int,
    usable_part: int,
    state_account: str,
    from_date: date,
    by: Staff | None,
    at: datetime,
) -> Scheme:
    """An office (or, with no office, all that have none of their own) splits so from a day on.

    Parts are basis points and sum to 10,000; `usable_part` is what makers may use inside, of
    their premi. Nothing is edited: a change is a new version with a later day, and what was
    sold before that day stays with the old one. The same key again returns the same scheme.

    Refuses parts that do not make the whole, a day before today (only the very first general
    scheme may begin on any day), a day not after the office's newest version, an office that
    makes no goods, and fields that cannot be (NotAScheme).
    Source of the usual parts: M.01-PP.02.01/1990; of the usable part: PAS1.PK.01.04-87 (2010).
    """
    fields = {
        "name": name.strip(),
        "legal_basis": legal_basis.strip(),
        "base": str(base),
        "premi_part": premi_part,
        "capital_part": capital_part,
        "state_part": state_part,
        "usable_part": usable_part,
        "state_account": state_account.strip(),
        "from_date": from_date,
    }
    digest = ledger.digest_of(KIND, fields | {"office": office.code if office else None})
    with transaction.atomic():
        _one_at_a_time(office)
        existing = Scheme.objects.filter(pk=key).first()
        if existing:
            if existing.digest != digest:
                raise ledger.KeyReused
            return existing
        if premi_part + capital_part + state_part != WHOLE:
            raise PartsDoNotMakeTheWhole(field="premi_part")
        if office and not office.makes_goods:
            raise OfficeMakesNoGoods(field="office")
        scheme = Scheme(key=key, office=office, digest=digest, set_at=at, set_by=by, **fields)
        _guard_fields(scheme)
        _guard_day(scheme, at)
        scheme.save(force_insert=True)
        record(
            by=by,
            at=at,
            office=office,
            what="schemes.set",
            about=scheme.name,
            detail=f"{from_date:%Y-%m-%d} {base} {premi_part}/{capital_part}/{state_part}",
        )
    return scheme


def _one_at_a_time(office: Office | None) -> None:
    """Two versions for the same office queue on a row, so that each sees the other."""
    rows = Office.objects.select_for_update(no_key=True).order_by("path")
    (rows.filter(pk=office.pk) if office else rows).first()


def _guard_fields(scheme: Scheme) -> None:
    try:
        scheme.clean_fields(exclude=["office", "set_by", "digest"])
    except ValidationError as wrong:
        field, problems = next(iter(wrong.message_dict.items()))
        raise NotAScheme(problems[0], field=field) from wrong
    if scheme.usable_part > WHOLE:
        raise NotAScheme(_("Bagian yang dapat dipakai paling banyak 100 %."), field="usable_part")


def _guard_day(scheme: Scheme, at: datetime) -> None:
    earlier = Scheme.objects.filter(office=scheme.office)
    newest = earlier.order_by("-from_date").first()
    if newest and newest.from_date >= scheme.from_date:
        raise SchemeAlreadyFollows(field="from_date")
    first_general = scheme.office is None and newest is None
    today = local_day(at, scheme.office.time_zone if scheme.office else None)
    if scheme.from_date < today and not first_general:
        raise SchemeIsBackdated(field="from_date")


trail.name("schemes.set", _("Skema ditetapkan"))
