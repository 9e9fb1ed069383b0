"""What every document that moves goods or money has in common: it *is* the reason of an entry."""

from uuid import UUID

from django.db import models


class Posted(models.Model):
    """A document whose key is the key of the entry that it explains; neither is without the other.

    Such rows are append-only: each room says so with `guards.append_only`.
    """

    entry = models.OneToOneField(
        "ledger.Entry", models.PROTECT, primary_key=True, db_column="key", related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def key(self) -> UUID:
        return self.entry_id
