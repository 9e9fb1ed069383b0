"""Days that are over: an office closes its books up to a day and seals what they say.

From then on nothing is booked there up to that day; what comes to light later is booked on the
first open day. A closing is taken back whole, by two persons, and only the last one."""

from calendar import monthrange
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.base import trail
from karyabina.base.refusal import Refusal
from karyabina.base.times import day_text, local_day
from karyabina.ledger import seals
from karyabina.ledger.models import Closing, Reopening, ReopeningDeclined, Seal
from karyabina.ledger.queries.closings import last_closing
from karyabina.ledger.queries.keys import KeyReused
from karyabina.ledger.writing import again
from karyabina.offices.models import Office
from karyabina.staff.actions import record
from karyabina.staff.models import Staff

LONGEST_REASON = 500


class AlreadyClosed(Refusal):
    """The office has closed its books up to this day, or further."""

    def __init__(self, until: date) -> None:
        super().__init__(
            _now("Buku sudah ditutup sampai %(day)s. Tidak ada yang berubah.")
            % {"day": day_text(until)},
            field="day",
        )


class NotYet(Refusal):
    """A day that has not begun, or a month that is not over."""

    message = _(
        "Hari itu belum tiba atau bulannya belum berakhir, jadi belum dapat ditutup. Pilih hari"
        " ini atau sebelumnya."
    )


class NotTheLast(Refusal):
    """Something was closed or opened since: this closing is not the last any more."""

    message = _(
        "Hanya penutupan terakhir yang dapat dibuka kembali, dan sesudahnya sudah ada perubahan."
        " Muat ulang halaman ini dan periksa keadaannya."
    )


class LaterDaySealed(Refusal):
    """A day after the one to be reopened bears a seal, of a closing that was taken back."""

    message = _(
        "Hari sesudahnya sudah pernah disegel, jadi hari ini tidak dapat dibuka kembali. Catat"
        " pembetulannya pada hari yang masih terbuka."
    )


class SamePerson(Refusal):
    """Whoever asked to reopen does not also agree to it."""

    message = _(
        "Yang meminta tidak dapat menyetujui sendiri. Mintalah orang lain yang berwenang di"
        " kantor ini."
    )


class AlreadyAsked(Refusal):
    """Somebody has asked already, and nobody has answered."""

    message = _("Permintaan membuka kembali sudah ada dan menunggu jawaban.")


class AlreadyAnswered(Refusal):
    """The request was agreed to or declined before."""

    message = _("Permintaan ini sudah dijawab. Muat ulang halaman untuk melihat jawabannya.")


class ReasonMissing(Refusal):
    """No reason, or one that is too long."""

    status = 400
    message = _("Tulis alasannya, paling panjang 500 huruf.")


class SealKeyIsAnother(Refusal):
    """The seal key of this machine is not the one that made the last seal, or is not there."""

    message = _(
        "Kunci segel di komputer ini bukan kunci yang menyegel hari sebelumnya, atau tidak ada."
        " Tidak ada yang ditutup; hubungi pengelola sistem."
    )


# --- closing -------------------------------------------------------------------------------------
def close_day(*, office: Office, day: date, by: Staff, at: datetime, key: UUID) -> Closing:
    """Close the books of an office up to `day`, and seal each of those days that has entries.

    Today can be closed (in the evening: what is recorded later counts for tomorrow). The same
    key again returns the same closing. Refuses a day that is closed (AlreadyClosed), one that
    has not begun on the office's clock (NotYet), and a seal key that is not the one of the
    seal before (SealKeyIsAnother)."""
    closing: Closing = again(lambda: _close(office, Closing.DAY, day, by, at, key))
    return closing


def close_month(*, office: Office, month: date, by: Staff, at: datetime, key: UUID) -> Closing:
    """Close the books of an office through the last day of the month in which `month` lies.

    As `close_day`; a month that is not over on the office's clock is refused (NotYet)."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    closing: Closing = again(lambda: _close(office, Closing.MONTH, last, by, at, key))
    return closing


@transaction.atomic
def _close(office: Office, period: str, until: date, by: Staff, at: datetime, key: UUID) -> Closing:
    _alone(office.code)
    there = Closing.objects.filter(pk=key).first()
    if there is not None:
        if (there.home, there.period, there.until) != (office.code, period, until):
            raise KeyReused
        return there
    today = local_day(at, office.time_zone)
    if until > today or (period == Closing.MONTH and until == today):
        raise NotYet(field="day")
    last = last_closing(office.code)
    was = last.until if last else None
    if was is not None and until <= was:
        raise AlreadyClosed(was)
    closing = Closing.objects.create(
        key=key,
        home=office.code,
        n=last.n + 1 if last else 1,
        period=period,
        was=was,
        until=until,
        by=by,
        at=at,
    )
    sealed = _seal(closing)
    record(
        by=by,
        at=at,
        office=office,
        what=f"ledger.close_{period}",
        about=until.isoformat(),
        detail=sealed,
    )
    return closing


def _alone(home: str) -> None:
    """Nobody writes entries of this office meanwhile, and nobody else closes. On SQLite whoever
    writes is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7310, hashtext(%s) & 127)", [home])


def _seal(closing: Closing) -> str:
    """Seal the days of a closing, each after the one before; the line of the last, if any."""
    home, until = closing.home, closing.until
    if until is None:
        raise ValueError("a reopening seals nothing")
    before = Seal.objects.filter(home=home).select_related("closing").order_by("-n").first()
    key = _seal_key(before)
    n, previous = (before.n, before.digest) if before else (0, seals.FIRST)
    closed = before.closing.n if before else 0
    said = ""
    for day in seals.days(home=home, after=closing.was, until=until):
        n += 1
        rows = seals.closing_rows(home, closed, closing.n) if closed < closing.n else []
        digest = seals.digest_of(home=home, n=n, previous=previous, day=day, closings=rows)
        said = seals.line_of(home, day.day, n, day.entries, digest)
        Seal.objects.create(
            home=home,
            n=n,
            day=date.fromisoformat(day.day),
            entries=day.entries,
            upto=datetime.fromisoformat(f"{day.upto}+00:00"),
            previous=previous,
            digest=digest,
            mac=seals.mac_of(said, key),
            closing=closing,
        )
        previous, closed = digest, closing.n
    return said


def _seal_key(before: Seal | None) -> bytes:
    """The key to seal with: the one of the seal before, unless that is known to be lost."""
    try:
        known = seals.keys(make=seals.may_begin())
    except seals.NoSealKey as missing:
        raise SealKeyIsAnother from missing
    last = before if not seals.is_lost() else None
    if last is not None and not seals.genuine(seals.line(last), last.mac, known):
        raise SealKeyIsAnother
    return known[0]


# --- reopening -----------------------------------------------------------------------------------
def ask_reopening(
    *, closing: Closing, reason: str, by: Staff, at: datetime, key: UUID
) -> Reopening:
    """Ask to take the last closing of an office back; a second person must agree.

    The same key again returns the same request. Refuses a closing that is not the last
    (NotTheLast), one after which a day was sealed (LaterDaySealed), a second request while one
    waits (AlreadyAsked), and no reason (ReasonMissing)."""
    said = _reason(reason)
    asked: Reopening = again(lambda: _ask(closing, said, by, at, key))
    return asked


@transaction.atomic
def _ask(closing: Closing, said: str, by: Staff, at: datetime, key: UUID) -> Reopening:
    _alone(closing.home)
    there = Reopening.objects.filter(pk=key).first()
    if there is not None:
        if (there.closing_id, there.reason) != (closing.pk, said):
            raise KeyReused
        return there
    if not said:
        raise ReasonMissing(field="reason")
    _can_go_back(closing)
    if closing.asked_back.filter(declined=None, agreement=None).exists():
        raise AlreadyAsked
    asked = Reopening.objects.create(key=key, closing=closing, reason=said, by=by, at=at)
    _record("ledger.ask_reopening", closing, by, at, said)
    return asked


def agree_to_reopening(*, asked: Reopening, by: Staff, at: datetime, key: UUID) -> Closing:
    """The second person agrees: the days of the last closing are open again.

    Their seals stay, true for what they covered; the next closing seals those days again. The
    same key again returns the same. Refuses the one who asked (SamePerson), a request that was
    answered (AlreadyAnswered), and what `ask_reopening` refuses of the closing."""
    opened: Closing = again(lambda: _agree(asked, by, at, key))
    return opened


@transaction.atomic
def _agree(asked: Reopening, by: Staff, at: datetime, key: UUID) -> Closing:
    closing = asked.closing
    _alone(closing.home)
    there = Closing.objects.filter(pk=key).first()
    if there is not None:
        if there.reopening_id != asked.pk:
            raise KeyReused
        return there
    if by.pk == asked.by_id:
        raise SamePerson
    _unanswered(asked)
    _can_go_back(closing)
    opened: Closing = Closing.objects.create(
        key=key,
        home=closing.home,
        n=closing.n + 1,
        period=closing.period,
        was=closing.until,
        until=closing.was,
        reopening=asked,
        by=by,
        at=at,
    )
    _record("ledger.reopen", closing, by, at, asked.reason)
    return opened


def decline_reopening(
    *, asked: Reopening, reason: str, by: Staff, at: datetime, key: UUID
) -> ReopeningDeclined:
    """Say no to a request, or take one's own back; the days stay closed.

    The answer is known by its request, so declining twice in the same words is the same answer
    (`key` is only a form's mark). Refuses a request that was answered otherwise
    (AlreadyAnswered) and a reason that is too long (ReasonMissing)."""
    said = _reason(reason)
    declined: ReopeningDeclined = again(lambda: _decline(asked, said, by, at))
    return declined


@transaction.atomic
def _decline(asked: Reopening, said: str, by: Staff, at: datetime) -> ReopeningDeclined:
    _alone(asked.closing.home)
    there = ReopeningDeclined.objects.filter(pk=asked.pk).first()
    if there is not None and (there.by_id, there.reason) == (by.pk, said):
        return there
    _unanswered(asked)
    declined: ReopeningDeclined = ReopeningDeclined.objects.create(
        reopening=asked, reason=said, by=by, at=at
    )
    own = by.pk == asked.by_id
    what = "ledger.withdraw_reopening" if own else "ledger.decline_reopening"
    _record(what, asked.closing, by, at, said)
    return declined


def _reason(text: str) -> str:
    said = text.strip()
    odd = any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in said)
    if len(said) > LONGEST_REASON or odd:
        raise ReasonMissing(field="reason")
    return said


def _can_go_back(closing: Closing) -> None:
    last = last_closing(closing.home)
    if last is None or last.pk != closing.pk or closing.reopening_id is not None:
        raise NotTheLast
    if Seal.objects.filter(home=closing.home, day__gt=closing.until).exists():
        raise LaterDaySealed


def _unanswered(asked: Reopening) -> None:
    declined = ReopeningDeclined.objects.filter(pk=asked.pk).exists()
    if declined or Closing.objects.filter(reopening=asked).exists():
        raise AlreadyAnswered


def _record(what: str, closing: Closing, by: Staff, at: datetime, detail: str) -> None:
    office = Office.objects.filter(code=closing.home).first()
    about = f"{closing.until:%Y-%m-%d}"
    record(by=by, at=at, office=office, what=what, about=about, detail=detail)


trail.name("ledger.close_day", _("Buku ditutup sampai suatu hari"))
trail.name("ledger.close_month", _("Buku ditutup sampai akhir bulan"))
trail.name("ledger.ask_reopening", _("Pembukaan kembali diminta"))
trail.name("ledger.reopen", _("Pembukaan kembali disetujui"))
trail.name("ledger.decline_reopening", _("Pembukaan kembali ditolak"))
trail.name("ledger.withdraw_reopening", _("Permintaan pembukaan kembali ditarik"))
