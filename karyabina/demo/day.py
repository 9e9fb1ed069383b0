"""The day that is played, and the keys of what happens on it."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2025, 10, 29)
FESTIVAL, STAND = "FKPUM25", "GERAINTT"
SEED = 20251029
KUPANG = {"KPG", "LPP", "LPKA", "RKP"}


def moment(days: int, hour: int, minute: int = 0) -> datetime:
    """A local instant, counted in days from the day of the festival."""
    on = DAY + timedelta(days=days)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=WITA)


def demo_key(at: datetime, *words: object) -> UUID:
    """A UUIDv7 that is the same in every run, so that playing the day twice books it once."""
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    noise = int.from_bytes(sha256("|".join(map(str, words)).encode()).digest()[:10], "big")
    value = milliseconds << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62
    return UUID(int=value | noise & (1 << 62) - 1)
