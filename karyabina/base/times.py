"""Days and clocks of an office: stored in UTC, shown where the office stands.

Indonesia has three zones without summer time: WIB (UTC+7), WITA (UTC+8), WIT (UTC+9). A zone is
named by its IANA name ("Asia/Makassar"), as `Office.time_zone` holds it.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import formats
from django.utils import timezone as django_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karyabina.base.refusal import Refusal

ABBREVIATIONS = {
    timedelta(hours=7): "WIB",
    timedelta(hours=8): "WITA",
    timedelta(hours=9): "WIT",
}
MONTHS = (
    ("januari", "jan", "january"),
    ("februari", "feb", "peb", "february"),
    ("maret", "mar", "march"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("agustus", "agu", "agt", "ags", "aug", "august"),
    ("september", "sep", "sept"),
    ("oktober", "okt", "oct", "october"),
    ("november", "nov", "nop", "nopember"),
    ("desember", "des", "dec", "december"),
)
MONTH_NUMBERS = {name: n for n, names in enumerate(MONTHS, start=1) for name in names}


class NotADay(Refusal):
    """The text names no day of the calendar."""

    status = 400
    message = gettext_lazy("Tanggal tidak dikenali. Tulislah seperti 29-10-2025.")


def zone(of: str | tzinfo | None) -> tzinfo:
    """The time zone named; the current one (WITA unless set otherwise) where none is named."""
    if of is None or of == "":
        return django_timezone.get_current_timezone()
    if isinstance(of, tzinfo):
        return of
    try:
        return ZoneInfo(of)
    except (ZoneInfoNotFoundError, ValueError):
        return django_timezone.get_current_timezone()


def local(at: datetime, of: str | tzinfo | None = None) -> datetime:
    """The same instant on the clock of that zone."""
    return at.astimezone(zone(of))


def local_day(at: datetime, of: str | tzinfo | None = None) -> date:
    """The calendar day at that instant in that zone."""
    return local(at, of).date()


def start_of_day(day: date, of: str | tzinfo | None = None) -> datetime:
    """The instant at which that day begins in that zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone(of)).astimezone(UTC)


def zone_abbreviation(at: datetime, of: str | tzinfo | None = None) -> str:
    """WIB, WITA or WIT; UTC+… anywhere else."""
    there = local(at, of)
    offset = there.utcoffset() or timedelta()
    name = ABBREVIATIONS.get(offset)
    if name:
        return name
    minutes = int(offset.total_seconds()) // 60
    sign = "+" if minutes >= 0 else "\N{MINUS SIGN}"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def day_text(day: date | datetime) -> str:
    """29 Oktober 2025."""
    return formats.date_format(day, "j F Y")


def weekday_text(day: date | datetime) -> str:
    """Rabu, 29 Oktober 2025."""
    return formats.date_format(day, "l, j F Y")


def clock_text(at: datetime, of: str | tzinfo | None = None) -> str:
    """14.05 WITA (Indonesian writes the hour with a point)."""
    pattern = _("%H.%M")
    return f"{local(at, of).strftime(pattern)} {zone_abbreviation(at, of)}"


def moment_text(at: datetime, of: str | tzinfo | None = None) -> str:
    """29 Oktober 2025 14.05 WITA."""
    return f"{day_text(local(at, of))} {clock_text(at, of)}"


def parse_day(text: str) -> date:
    """Read a day as people type it: 29-10-2025, 29/10/25, 2025-10-29, 29 Oktober 2025.

    The day comes before the month, as in Indonesia. Two digits of a year mean 2000 to 2099.
    Refuses NotADay.
    """
    words = re.split(r"[\s./,-]+", text.strip().lower())
    if len(words) != 3:
        raise NotADay
    if len(words[0]) == 4:
        words.reverse()
    if not words[0].isascii() or not words[2].isascii():
        raise NotADay
    month = MONTH_NUMBERS.get(words[1])
    try:
        if month is None:
            month = int(words[1])
        year = int(words[2])
        return date(year + 2000 if len(words[2]) == 2 else year, month, int(words[0]))
    except ValueError as nonsense:
        raise NotADay from nonsense
