"""Who is asking: what of the books this person may see, and in which form a file is wanted."""

from collections.abc import Callable, Iterable, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from karyabina.base import sheets
from karyabina.ledger.queries import Sight

FORMS: dict[str, Callable[[str, Sequence[str], Iterable[Sequence[sheets.Cell]]], HttpResponseBase]]
FORMS = {"csv": sheets.download, "xlsx": sheets.workbook}


def move_heading() -> tuple[str, ...]:
    """The columns of a file of movements, as `rows.line_cells` fills them."""
    return (
        _("Dicatat pada"), _("Terjadi pada"), _("Dibukukan pada hari"), _("Kejadian"),
        _("Kunci catatan"), _("Baris"), _("Dari akun"), _("Ke akun"), _("Satuan"),
        pgettext("perpindahan", "Jumlah"),
        _("Oleh"), _("Keterangan"),
    )  # fmt: skip


def sight_of(request: HttpRequest) -> Sight:
    """What this person may see: offices within reach, and those whose makers may be named to
    them, which is another row of the access table."""
    homes = tuple(request.reach("ledger.see").values_list("code", flat=True))
    makers = frozenset(request.reach("settlement.trace").values_list("code", flat=True))
    return Sight(homes, makers & frozenset(homes))
