"""The people who make. The most private room: here a maker is a code and nothing else."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from karyabina.base.guards import guard_sql
from karyabina.base.models import Keyed
from karyabina.offices.models import Office

MAKER_CODE = r"^[A-Z][A-Z0-9]{1,8}-[0-9]{3,6}$"


class Maker(Keyed):
    """One person who makes goods at an office, known by a code (`KLB-014`). Never logs in.

    Code and office never change: premi accounts and work carry them. The status may.
    """

    class Status(models.TextChoices):
        CONVICTED = "narapidana", _("Narapidana")
        CHILD = "anak", _("Anak binaan")
        REMAND = "tahanan", _("Tahanan (sukarela)")
        CLIENT = "klien", _("Klien")

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    code = models.CharField(
        _("kode"), max_length=16, unique=True, validators=[RegexValidator(MAKER_CODE)]
    )
    status = models.CharField(_("status"), max_length=12, choices=Status)
    digest = models.CharField(max_length=64, editable=False)  # of the recorder's request
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="maker_status_is_known",
                condition=models.Q(status__in=("narapidana", "anak", "tahanan", "klien")),
            ),
        )

    def __str__(self) -> str:
        return self.code


guard_sql(
    name="a maker's code is of their office and never changes",
    table="makers_maker",
    sqlite="""
DROP TRIGGER IF EXISTS makers_maker_code_is_of_office;
--
CREATE TRIGGER makers_maker_code_is_of_office BEFORE INSERT ON makers_maker
WHEN NOT EXISTS (SELECT 1 FROM offices_office AS o WHERE o.key = NEW.office_id
    AND substr(NEW.code, 1, length(o.code) + 1) = o.code || '-'
    AND length(NEW.code) - length(o.code) - 1 BETWEEN 3 AND 6
    AND substr(NEW.code, length(o.code) + 2) NOT GLOB '*[^0-9]*')
  OR EXISTS (SELECT 1 FROM makers_maker WHERE key = NEW.key OR code = NEW.code)
BEGIN SELECT RAISE(ABORT, 'a maker''s code begins with their office''s and is used once'); END;
--
DROP TRIGGER IF EXISTS makers_maker_code_stays;
--
CREATE TRIGGER makers_maker_code_stays BEFORE UPDATE ON makers_maker
WHEN (OLD.key, OLD.code, OLD.office_id) IS NOT (NEW.key, NEW.code, NEW.office_id)
BEGIN SELECT RAISE(ABORT, 'a maker''s code and office never change'); END;
--
DROP TRIGGER IF EXISTS makers_maker_no_delete;
--
CREATE TRIGGER makers_maker_no_delete BEFORE DELETE ON makers_maker
BEGIN SELECT RAISE(ABORT, 'a maker''s code is never given again: no row is removed'); END;
""",
    postgresql="""
CREATE OR REPLACE FUNCTION makers_maker_code_is_of_office() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM offices_office AS o
      WHERE o.key = NEW.office_id AND NEW.code ~ ('^' || o.code || '-[0-9]{3,6}$')) THEN
    RAISE 'a maker''s code begins with their office''s' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS makers_maker_code_is_of_office ON makers_maker;
--
CREATE TRIGGER makers_maker_code_is_of_office BEFORE INSERT ON makers_maker
FOR EACH ROW EXECUTE FUNCTION makers_maker_code_is_of_office();
--
CREATE OR REPLACE FUNCTION makers_maker_code_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE 'a maker''s code is never given again: no row is removed'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.key, OLD.code, OLD.office_id) IS DISTINCT FROM (NEW.key, NEW.code, NEW.office_id) THEN
    RAISE 'a maker''s code and office never change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS makers_maker_code_stays ON makers_maker;
--
CREATE TRIGGER makers_maker_code_stays BEFORE UPDATE OR DELETE ON makers_maker
FOR EACH ROW EXECUTE FUNCTION makers_maker_code_stays();
--
DROP TRIGGER IF EXISTS makers_maker_no_truncate ON makers_maker;
--
CREATE TRIGGER makers_maker_no_truncate BEFORE TRUNCATE ON makers_maker
EXECUTE FUNCTION makers_maker_code_stays();
""",
)
