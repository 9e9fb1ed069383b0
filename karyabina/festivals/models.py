"""Events, the stands at them, and who takes part."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only, guard_sql
from karyabina.base.models import Keyed
from karyabina.offices.models import Office

PLACE_CODE = r"^[A-Z][A-Z0-9]{1,11}$"


class Festival(Keyed):
    """An event on some days at a place, to which an office brings a stand. Its code stays."""

    code = models.CharField(
        _("kode"), max_length=12, unique=True, validators=[RegexValidator(PLACE_CODE)]
    )
    name = models.CharField(_("nama"), max_length=160)
    theme = models.CharField(_("tema"), max_length=160, blank=True)
    venue = models.CharField(_("tempat"), max_length=120)
    town = models.CharField(_("kota"), max_length=60)
    organiser = models.ForeignKey(Office, models.PROTECT, related_name="festivals")
    first_date = models.DateField(_("hari pertama"))
    last_date = models.DateField(_("hari terakhir"))
    time_zone = models.CharField(_("zona waktu"), max_length=40, default="Asia/Makassar")
    example = models.BooleanField(_("data contoh"), default=False)
    digest = models.CharField(max_length=64, editable=False)  # of the recorder's request
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-first_date", "name")
        constraints = (
            models.CheckConstraint(
                name="festival_ends_after_it_begins",
                condition=models.Q(last_date__gte=models.F("first_date")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Participation(Keyed):
    """An office takes part in a festival: it may hand goods to its stands. Append-only."""

    festival = models.ForeignKey(Festival, models.PROTECT, related_name="participations")
    office = models.ForeignKey(Office, models.PROTECT, related_name="participations")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("office__path",)
        constraints = (
            models.UniqueConstraint(fields=("festival", "office"), name="participation_is_once"),
        )

    def __str__(self) -> str:
        return f"{self.festival} · {self.office.code}"


class Stand(Keyed):
    """A place of sale. The holder answers for the goods and the money on it.

    Code, festival and holder never change: the ledger's accounts carry them. The code is no
    office's, because both name accounts (`difference:<code>`).
    """

    code = models.CharField(
        _("kode"), max_length=12, unique=True, validators=[RegexValidator(PLACE_CODE)]
    )
    name = models.CharField(_("nama"), max_length=120)
    festival = models.ForeignKey(Festival, models.PROTECT, related_name="stands")
    holder = models.ForeignKey(Office, models.PROTECT, related_name="stands")
    digest = models.CharField(max_length=64, editable=False)  # of the recorder's request
    set_up_at = models.DateTimeField()
    set_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> str:
        """The ledger account of the goods that stand here."""
        return f"stand:{self.code}"


class Closure(Keyed):
    """A stand is closed: nothing is received or sold there any more. Append-only."""

    stand = models.OneToOneField(Stand, models.PROTECT, related_name="closure")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.stand} {self.at:%Y-%m-%d}"


def refuse(table: str, act: str, truth: str, condition: str, *, of: str | None = None) -> None:
    """Refuse to INSERT into or UPDATE `table` where the SQL condition on NEW (and OLD) holds."""
    trigger = f"{table}_{of or act.lower()}_is_sane"
    guard_sql(
        name=truth,
        table=table,
        sqlite=f"""
DROP TRIGGER IF EXISTS {trigger};
--
CREATE TRIGGER {trigger} BEFORE {act} ON {table}
WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{truth}'); END;
""",
        postgresql=f"""
CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF {condition} THEN
    RAISE '{truth}' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS {trigger} ON {table};
--
CREATE TRIGGER {trigger} BEFORE {act} ON {table}
FOR EACH ROW EXECUTE FUNCTION {trigger}();
""",
    )


append_only("festivals_participation", unique=(("key",), ("festival_id", "office_id")))
append_only("festivals_closure", unique=(("key",), ("stand_id",)))
refuse(
    "festivals_festival",
    "INSERT",
    "a festival is announced once",
    "EXISTS (SELECT 1 FROM festivals_festival WHERE key = NEW.key OR code = NEW.code)",
)
refuse(
    "festivals_festival",
    "UPDATE",
    "code and organiser of a festival never change",
    "OLD.key <> NEW.key OR OLD.code <> NEW.code OR OLD.organiser_id <> NEW.organiser_id",
)
refuse(
    "festivals_stand",
    "UPDATE",
    "code, festival and holder of a stand never change",
    "OLD.key <> NEW.key OR OLD.code <> NEW.code OR OLD.festival_id <> NEW.festival_id"
    " OR OLD.holder_id <> NEW.holder_id",
)
refuse(
    "festivals_stand",
    "INSERT",
    "a stand has a code of its own that no office has",
    "EXISTS (SELECT 1 FROM festivals_stand WHERE key = NEW.key OR code = NEW.code)"
    " OR EXISTS (SELECT 1 FROM offices_office WHERE code = NEW.code)",
)
refuse(
    "offices_office",
    "INSERT",
    "an office has a code that no stand has",
    "EXISTS (SELECT 1 FROM festivals_stand WHERE code = NEW.code)",
    of="code_of_stand",
)
refuse(
    "festivals_participation",
    "INSERT",
    "only offices below the organiser take part",
    """NOT EXISTS (
  SELECT 1 FROM offices_office o, offices_office below, festivals_festival f
  WHERE f.key = NEW.festival_id AND o.key = f.organiser_id AND below.key = NEW.office_id
  AND substr(below.path, 1, length(o.path) + 1) = o.path || '/')""",
)
