"""The nouns of the books: accounts, units, entries, movements, balances.

The tables and their rules are SQL (`migrations/0001_*.sql`, `sql/guards_*.sql`): the database
itself refuses what must not happen. The models below describe the same tables to Django, for
reading; only `actions.py` writes, and other rooms only through it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from karyabina.base.guards import append_only, guard_sql
from karyabina.base.keys import new_key

RUPIAH = "IDR"
MOST = 999_999_999_999_999  # of one movement; the database says the same
LONGEST = 1_000  # movements of one entry
HUB = "hub"

# Every kind of entry there is. `docs/ENTRIES.md` lists the movements of each.
KINDS = (
    "production",
    "despatch",
    "receipt",
    "return_despatch",
    "return_receipt",
    "breakage",
    "loss",
    "found",
    "float_in",
    "sale",
    "refund",
    "shift_close",
    "settlement",
    "reversal",
)

# The class of an account follows from the first word of its code, for ever.
CLASSES = {
    "store": "holding",
    "transit": "holding",
    "stand": "holding",
    "cash": "holding",
    "bank": "holding",
    "material": "holding",
    "due": "claim",
    "premi": "claim",
    "state": "claim",
    "capital": "claim",
    "partner": "claim",
    "owed": "owed",
    "difference": "difference",
    "outside": "outside",
}


@dataclass(frozen=True, slots=True)
class Move:
    """`amount` of `unit` goes from `source` to `target`; all three are named by their codes.

    Amounts are whole and positive: rupiah, pieces, grams or millilitres."""

    source: str
    target: str
    unit: str
    amount: int

    def mirrored(self) -> "Move":
        return Move(self.target, self.source, self.unit, self.amount)


if TYPE_CHECKING:
    BigInteger = models.BigIntegerField[int, int]
    DateAndTime = models.DateTimeField[datetime, datetime]
else:  # Django's own classes take no type arguments
    BigInteger = models.BigIntegerField
    DateAndTime = models.DateTimeField


class WholeField(BigInteger):
    """A whole number that PostgreSQL keeps as `numeric`, so that 1.5 is refused, not rounded."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric" if connection.vendor == "postgresql" else "integer"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


def text_of(instant: datetime) -> str:
    """An instant as SQLite keeps it in these tables: UTC, always six digits of a second."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class InstantField(DateAndTime):
    """A time that SQLite keeps with all its digits, so that text compares as time does."""

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if connection.vendor == "sqlite" and isinstance(value, datetime):
            return text_of(value)
        return super().get_db_prep_value(value, connection, prepared)


class Account(models.Model):
    """A place where goods or money are, or somebody to whom they are owed. Never changes.

    The code is readable (`store:KLB`, `premi:KLB:<maker>:saved`); the database derives nothing but
    checks that `cls` fits it. `home` is the office, device or hub that may post out of it."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True)
    cls = models.TextField()
    home = models.TextField()
    opened_at = InstantField()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """What is counted: the rupiah (`IDR`), a lot of a product, a material. Never changes."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True)
    kind = models.TextField()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Entry(models.Model):
    """One event, with its movements: append-only; corrected by further entries.

    `occurred_at` is what the recorder says, `occurred_offset` the minutes east of UTC where it
    happened; `recorded_at` is the server's, set by the database, and never goes back;
    `booked_on` is the day under which it counts in figures of a period."""

    key = models.UUIDField(primary_key=True)
    kind = models.TextField()
    origin = models.TextField()
    origin_seq = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    occurred_at = InstantField()
    occurred_offset = models.SmallIntegerField()
    recorded_at = InstantField()
    booked_on = models.DateField()
    size = models.SmallIntegerField()
    digest = models.CharField(max_length=64)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        db_column="reverses",
        null=True,
        blank=True,
        related_name="reversed_by",
    )
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("recorded_at", "key")
        constraints = (
            models.UniqueConstraint(
                fields=("origin", "origin_seq"), name="entry_origin_number_is_used_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def occurred_local(self) -> datetime:
        """When it happened, on the clock of the place where it happened."""
        offset = timezone(timedelta(minutes=self.occurred_offset))
        return self.occurred_at.astimezone(offset)


class Movement(models.Model):
    """One line of an entry: so much of one unit from one account to another. Append-only.

    It repeats the entry's `recorded_at` and `booked_on` (the database checks that they are the
    same) so that a balance at an instant is one look at an index."""

    pk = models.CompositePrimaryKey("entry", "n")
    entry = models.ForeignKey(
        Entry, models.PROTECT, db_column="entry_key", related_name="movements"
    )
    n = models.SmallIntegerField()
    source = models.ForeignKey(Account, models.PROTECT, related_name="+")
    target = models.ForeignKey(Account, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = WholeField()
    recorded_at = InstantField()
    booked_on = models.DateField()

    class Meta:
        ordering = ("recorded_at", "entry_id", "n")

    def __str__(self) -> str:
        return f"{self.source_id} -> {self.target_id} {self.amount} {self.unit_id}"


class Balance(models.Model):
    """How much of a unit an account holds now; `upto` is when its last entry was recorded.

    Written by the database alone, from movements. Accounts of class `outside` have none."""

    pk = models.CompositePrimaryKey("account", "unit")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    upto = InstantField(null=True)  # type: ignore[misc]

    class Meta:
        ordering = ("account_id", "unit_id")

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount} {self.unit_id}"


class Closing(models.Model):
    """An office closed its books up to a day, or took its last closing back. Append-only.

    `until` is what holds from then on: every day up to it is closed in this `home`, and nothing is
    booked there any more (None: no day is). `was` is what held before; rows of one home are
    numbered without gaps. A row with a `reopening` takes the closing before it back."""

    DAY, MONTH = "day", "month"

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    home = models.TextField()
    n = models.PositiveIntegerField()
    period = models.TextField()
    was = models.DateField(null=True)
    until = models.DateField(null=True)
    reopening = models.OneToOneField(
        "Reopening", models.PROTECT, null=True, related_name="agreement"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("home", "n")
        indexes = (models.Index(fields=("until",), name="ledger_closing_until"),)
        constraints = (
            models.UniqueConstraint(fields=("home", "n"), name="closing_number_is_used_once"),
            models.CheckConstraint(
                name="closing_period_is_known", condition=models.Q(period__in=("day", "month"))
            ),
            models.CheckConstraint(
                name="closing_goes_forward_and_reopening_back",
                condition=models.Q(reopening=None, until__isnull=False, was=None)
                | models.Q(reopening=None, until__gt=models.F("was"))
                | models.Q(reopening__isnull=False, until=None, was__isnull=False)
                | models.Q(reopening__isnull=False, until__lt=models.F("was")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.home} {self.until}"


class Reopening(models.Model):
    """Somebody asks to take the last closing of an office back, and says why. Append-only.

    A second person agrees (a `Closing` that names it) or declines; nobody answers oneself."""

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    closing = models.ForeignKey(Closing, models.PROTECT, related_name="asked_back")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-key")

    def __str__(self) -> str:
        return f"{self.closing}: {self.reason}"


class ReopeningDeclined(models.Model):
    """The answer no to a `Reopening`: by another person, or by the one who asked. Append-only."""

    reopening = models.OneToOneField(
        Reopening, models.PROTECT, primary_key=True, related_name="declined"
    )
    reason = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.reopening)


class Seal(models.Model):
    """The fingerprint of all entries of one office that are booked on one closed day. Append-only.

    `digest` is the SHA-256 of those entries and of the seal before (`previous`): a chain, one a
    home, numbered without gaps. `mac` is made of it with a key that is not in the database.
    It covers what was recorded up to `upto`; a day that was reopened is sealed again."""

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    home = models.TextField()
    n = models.PositiveIntegerField()
    day = models.DateField()
    entries = models.PositiveIntegerField()
    upto = InstantField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    closing = models.ForeignKey(Closing, models.PROTECT, related_name="seals")

    class Meta:
        ordering = ("home", "n")
        constraints = (
            models.UniqueConstraint(fields=("home", "n"), name="seal_number_is_used_once"),
            models.CheckConstraint(name="seal_covers_something", condition=models.Q(entries__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.home} {self.day} {self.digest[:12]}"


class Check(models.Model):
    """One run of `karya verify` and what it found. Append-only.

    `scope` is "books" or "seals" (the books and their seals); `findings` is JSON: a list of
    `[sentence, [faults]]`; `by` is None where the command was run on the server."""

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    scope = models.TextField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entries = models.PositiveBigIntegerField()
    movements = models.PositiveBigIntegerField()
    faults = models.PositiveIntegerField()
    findings = models.TextField()

    class Meta:
        ordering = ("-began_at", "-key")
        constraints = (
            models.CheckConstraint(
                name="check_scope_is_known", condition=models.Q(scope__in=("books", "seals"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.began_at}: {self.faults}"


# The server's clock, but always later than the last entry: SQLite's default values cannot ask a
# table, so the INSERT computes it and the trigger compares (one statement sees one "now").
_CLOCK = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
_LAST = "(SELECT max(recorded_at) FROM ledger_entry)"
SQLITE_RECORDED_AT = f"""(CASE
    WHEN {_LAST} IS NULL OR {_CLOCK} > {_LAST} THEN {_CLOCK}
    WHEN substr({_LAST}, 21) = '999999'
      THEN strftime('%Y-%m-%d %H:%M:%S', substr({_LAST}, 1, 19), '+1 second') || '.000000'
    ELSE substr({_LAST}, 1, 20) || printf('%06d', substr({_LAST}, 21) + 1)
  END)"""


def _sql(name: str) -> str:
    text = (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")
    return re.sub(r"^-- .*\n", "", text, flags=re.MULTILINE)


append_only("ledger_account", unique=(("id",), ("code",)))
append_only("ledger_unit", unique=(("id",), ("code",)))
append_only("ledger_entry", unique=(("key",), ("origin", "origin_seq"), ("reverses",)))
append_only("ledger_movement", unique=(("entry_key", "n"),))
append_only("ledger_closing", unique=(("key",), ("home", "n"), ("reopening_id",)))
append_only("ledger_reopening")
append_only("ledger_reopeningdeclined", unique=(("reopening_id",),))
append_only("ledger_seal", unique=(("key",), ("home", "n")))
append_only("ledger_check")
guard_sql(
    name="days are closed in order, and reopened by two",
    table="ledger_closing",
    sqlite=_sql("closings_sqlite.sql"),
    postgresql=_sql("closings_postgresql.sql"),
)
guard_sql(
    name="the books keep their balances",
    table="ledger_balance",
    sqlite=_sql("guards_sqlite.sql").replace("{next_recorded_at}", SQLITE_RECORDED_AT),
    postgresql=_sql("guards_postgresql.sql"),
)
