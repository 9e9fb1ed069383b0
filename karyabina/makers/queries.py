"""Finding makers by code, office and status."""

from django.db.models import QuerySet

from karyabina.makers.models import Maker
from karyabina.offices.models import OfficeSet


def search(
    offices: OfficeSet, words: str = "", office: str = "", status: str = ""
) -> QuerySet[Maker]:
    """Makers of these offices whose code holds `words`, by code. Offices are loaded with them."""
    found = Maker.objects.filter(office__in=offices).select_related("office")
    if office:
        found = found.filter(office__code=office)
    if status:
        found = found.filter(status=status)
    if words.strip():
        found = found.filter(code__contains=words.strip().upper()[:16])
    return found.order_by("code")
