"""How proceeds are split: dated, with their legal basis, never edited."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import append_only
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
                fields=("office", "from_date"),
                name="scheme_has_one_version_a_day",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return self.name


append_only("schemes_scheme")
