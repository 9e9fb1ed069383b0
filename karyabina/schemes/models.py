"""How proceeds are split: dated, with their legal basis, never edited."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only, guard_sql
from karyabina.base.models import Keyed
from karyabina.offices.models import Office

WHOLE = 10_000  # parts are in basis points: 10,000 is the whole


class Scheme(Keyed):
    """One version of a split, in force from a day on, for one office or (no office) for all.

    Parts are basis points of the base. A change is a new row with a later day; the row in force
    on the day of sale counts. Basis: M.01-PP.02.01/1990 (of the profit 50 % premi, 35 % working
    capital, 15 % PNBP); practice differs by office, hence data.
    """

    class Base(models.TextChoices):
        PROFIT = "profit", _("laba")
        TURNOVER = "turnover", _("omzet")

    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("nama"), max_length=120)
    legal_basis = models.CharField(_("dasar hukum"), max_length=300)
    base = models.CharField(_("dasar pembagian"), max_length=8, choices=Base)
    premi_part = models.PositiveIntegerField(_("bagian premi"))
    capital_part = models.PositiveIntegerField(_("bagian modal kerja"))
    state_part = models.PositiveIntegerField(_("bagian negara (PNBP)"))
    usable_part = models.PositiveIntegerField(_("bagian premi yang dapat dipakai"), default=2_500)
    state_account = models.CharField(
        _("kode akun PNBP"), max_length=6, validators=[RegexValidator(r"^425\d{3}$")]
    )
    from_date = models.DateField(_("berlaku sejak"))
    digest = models.CharField(max_length=64, editable=False)  # of the recorder's request
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-from_date", "-key")
        constraints = (
            models.CheckConstraint(
                name="scheme_parts_make_the_whole",
                condition=models.Q(
                    premi_part=WHOLE - models.F("capital_part") - models.F("state_part")
                ),
            ),
            models.CheckConstraint(
                name="scheme_usable_part_is_a_part", condition=models.Q(usable_part__lte=WHOLE)
            ),
            models.CheckConstraint(
                name="scheme_base_is_known", condition=models.Q(base__in=("profit", "turnover"))
            ),
            models.UniqueConstraint(
                fields=("office", "from_date"), name="scheme_has_one_version_a_day"
            ),
            models.UniqueConstraint(
                fields=("from_date",),
                condition=models.Q(office=None),
                name="scheme_for_all_has_one_version_a_day",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def sentence(self) -> str:
        """The split in words: Dari laba: 50 % premi, 35 % modal kerja, 15 % negara."""
        return gettext(
            "Dari %(base)s: %(premi)s premi, %(capital)s modal kerja, %(state)s negara"
        ) % {
            "base": self.get_base_display(),
            "premi": percent(self.premi_part),
            "capital": percent(self.capital_part),
            "state": percent(self.state_part),
        }


def percent(part: int) -> str:
    """Basis points as people write them: 5000 is 50 %, 3333 is 33,33 %; in English 33.33%."""
    whole, rest = divmod(part, 100)
    digits = f"{rest:02d}".rstrip("0")
    point, sign = (".", "%") if (get_language() or "id").startswith("en") else (",", " %")
    return f"{whole}{point + digits if digits else ''}{sign}"


append_only("schemes_scheme")

guard_sql(
    name="a scheme comes after the earlier ones",
    table="schemes_scheme",
    sqlite="""
DROP TRIGGER IF EXISTS schemes_scheme_after_earlier;
--
CREATE TRIGGER schemes_scheme_after_earlier BEFORE INSERT ON schemes_scheme
WHEN EXISTS (
  SELECT 1 FROM schemes_scheme
  WHERE office_id IS NEW.office_id AND from_date >= NEW.from_date)
BEGIN SELECT RAISE(ABORT, 'a scheme must begin after the office''s earlier ones'); END;
""",
    postgresql="""
CREATE OR REPLACE FUNCTION schemes_scheme_after_earlier() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM schemes_scheme
    WHERE office_id IS NOT DISTINCT FROM NEW.office_id AND from_date >= NEW.from_date) THEN
    RAISE 'a scheme must begin after the office''s earlier ones' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS schemes_scheme_after_earlier ON schemes_scheme;
--
CREATE TRIGGER schemes_scheme_after_earlier BEFORE INSERT ON schemes_scheme
FOR EACH ROW EXECUTE FUNCTION schemes_scheme_after_earlier();
""",
)
