"""What every fact has in common."""

from django.db import models

from karyabina.base.keys import new_key


class Keyed(models.Model):
    """A row that may travel between sites: its key is a UUIDv7 made by whoever recorded it."""

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)

    class Meta:
        abstract = True
