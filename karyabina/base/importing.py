"""Taking in a list in two steps: send the file and look, then confirm what was shown.

Between the two the rows travel in the page itself, signed and packed: nothing is kept on the
server, nothing has to be cleaned up, and a confirmation means exactly the rows that were shown.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from karyabina.base import spreadsheets
from karyabina.base.refusal import Refusal
from karyabina.base.spreadsheets import Column, Row, Sheet

PREVIEW_LASTS = 2 * 60 * 60  # seconds
LARGEST_CARRIED = 1_500_000  # characters; a form may be no larger than two million bytes


class PreviewTooOld(Refusal):
    message = _("Pratinjau ini sudah tidak berlaku. Tidak ada yang diimpor; kirim lagi berkasnya.")


class ListTooLong(Refusal):
    status = 413
    message = _("Daftar ini terlalu panjang untuk sekali impor. Bagi menjadi beberapa berkas.")


class SheetField(forms.FileField):
    """A file with a table; its value is the Sheet that was read."""

    widget = forms.FileInput
    default_error_messages = {
        "required": _("Pilih dulu berkasnya."),
        "empty": _("Berkas ini kosong."),
        "max_length": _("Nama berkas ini terlalu panjang."),
    }

    def __init__(self, columns: Sequence[Column], **more: Any) -> None:
        self.columns = columns
        super().__init__(max_length=120, **more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ".csv,.xlsx,.txt"}

    def clean(self, data: UploadedFile | None, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return file
        try:
            if (file.size or 0) > spreadsheets.LARGEST_FILE:
                raise spreadsheets.FileTooLarge
            return spreadsheets.read(cast(BinaryIO, file), self.columns)
        except Refusal as refusal:
            raise ValidationError(str(refusal), code="unreadable") from refusal


def salt(room: str, staff: UUID) -> str:
    """Rows shown to one person in one room count for nobody and nowhere else."""
    return f"karyabina.import.{room}.{staff}"


def carry(sheet: Sheet, *, salt: str) -> str:
    """The rows as text for a hidden field. Refuses what would not fit into a form."""
    rows = [
        [
            row.number,
            {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in row.values.items()
            },
        ]
        for row in sheet.rows
    ]
    packed = signing.dumps(
        {"rows": rows, "present": sorted(sheet.present)}, salt=salt, compress=True
    )
    if len(packed) > LARGEST_CARRIED:
        raise ListTooLong
    return packed


def carried(packed: str, *, salt: str) -> Sheet:
    """The rows that came back. Refuses what is too old or was not packed by us."""
    try:
        found = signing.loads(packed, salt=salt, max_age=PREVIEW_LASTS)
    except signing.BadSignature as broken:
        raise PreviewTooOld from broken
    rows = tuple(Row(number, values) for number, values in found["rows"])
    return Sheet(rows, (), frozenset(found["present"]), ())
