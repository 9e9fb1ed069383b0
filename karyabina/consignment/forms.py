"""The shape of what people type: quantities lot by lot, counts line by line, reasons.

What depends on the state of the books (how much is there, who was first) is left to the actions:
a form that is sent twice must reach them twice, so that the same key gets the same answer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import Digits, KeyedForm, QuantityField, WholeField
from karyabina.base.refusal import Refusal
from karyabina.catalogue.models import LARGEST_QUANTITY
from karyabina.consignment.actions import Counted, Piece
from karyabina.consignment.models import Clearance, Line
from karyabina.stock.models import Lot

LOT_FIELD = re.compile(r"^lot-([A-Z][A-Z0-9-]{0,23})$")
LONGEST_TEXT = 300


def text(label: Any, *, required: bool, help_text: Any = "") -> forms.CharField:
    """A line or two of plain words."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_TEXT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RefusableForm(KeyedForm):
    """A form that shows what an action refused as it shows its own errors."""

    def refuse(self, refusal: Refusal) -> None:
        """Put the refusal beside the field that it blames, or on top."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, str(refusal))


class GoodsForm(RefusableForm):
    """So much of each lot. The fields are the lots that lie there, and those that were sent:
    after a first sending they may lie there no more, and a second must still be understood.
    """

    note = text(_("Catatan"), required=False)

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        lots: Sequence[Lot],
        there: Mapping[str, int],
        amounts: Mapping[str, int] | None = None,
    ) -> None:
        """`there` says how much lies there of each lot (by code): the − and + stop at it, but
        more may be typed, and is then refused with the reason. `amounts` are filled in at first.
        """
        super().__init__(data)
        named = {match[1] for name in data or () if (match := LOT_FIELD.match(name))}
        self.lots = {lot.code: lot for lot in lots}
        absent = named - self.lots.keys()
        for lot in Lot.objects.filter(code__in=absent).select_related("product", "office"):
            self.lots[lot.code] = lot
        self.unknown = named - self.lots.keys()
        for code, lot in self.lots.items():
            self.fields[f"lot-{code}"] = QuantityField(
                label=lot.product.name,
                required=False,
                min_value=0,
                max_value=LARGEST_QUANTITY,
                initial=(amounts or {}).get(code),
            )
            self.fields[f"lot-{code}"].widget.attrs["data-max"] = there.get(code, 0)

    def clean(self) -> None:
        if self.unknown:
            raise forms.ValidationError(
                _("Ada lot yang tidak dikenal. Muat ulang halaman, lalu isi kembali.")
            )

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong with one lot is shown beside it; all else on top."""
        blamed = f"lot-{refusal.field}"
        self.add_error(blamed if blamed in self.fields else None, str(refusal))

    def box(self, lot: Lot) -> forms.BoundField:
        """The field of one lot."""
        return self[f"lot-{lot.code}"]

    @property
    def pieces(self) -> list[Piece]:
        """The lots of which something was asked for."""
        return [
            Piece(lot, quantity)
            for code, lot in self.lots.items()
            if (quantity := self.cleaned_data.get(f"lot-{code}"))
        ]


class Plain(Digits):
    """A narrow box for a count, beside two others."""

    def __init__(self, part: str) -> None:
        super().__init__({"class": "counted", "data-part": part})


@dataclass(frozen=True)
class CountRow:
    """One line as the form of a receipt shows it."""

    line: Line
    good: forms.BoundField
    broken: forms.BoundField
    missing: forms.BoundField

    @property
    def boxes(self) -> tuple[forms.BoundField, ...]:
        return (self.good, self.broken, self.missing)

    @property
    def errors(self) -> list[str]:
        return [error for box in self.boxes for error in box.errors]


class CountForm(RefusableForm):
    """What was counted, line by line; at first all that was sent is good."""

    note = text(
        _("Catatan"), required=False, help_text=_("Misalnya keadaan kemasan, nama pengantar.")
    )

    def __init__(self, data: Mapping[str, str] | None, *, lines: Sequence[Line]) -> None:
        super().__init__(data)
        self.lines = lines
        for line in lines:
            for part, label, initial in (
                ("good", _("Baik"), line.quantity),
                ("broken", _("Rusak"), 0),
                ("missing", _("Kurang"), 0),
            ):
                self.fields[f"{part}-{line.pk}"] = WholeField(
                    label=label,
                    required=False,
                    max_value=LARGEST_QUANTITY,
                    initial=initial,
                    widget=Plain(part),
                )

    def refuse(self, refusal: Refusal) -> None:
        """A line's refusal names the line; it is shown at its count of good pieces."""
        blamed = f"good-{refusal.field}"
        self.add_error(blamed if blamed in self.fields else None, str(refusal))

    @property
    def rows(self) -> Iterator[CountRow]:
        for line in self.lines:
            boxes = {p: self[f"{p}-{line.pk}"] for p in ("good", "broken", "missing")}
            yield CountRow(line=line, **boxes)

    @property
    def counts(self) -> list[Counted]:
        """An empty box counts nothing."""
        said = self.cleaned_data
        return [
            Counted(
                line,
                good=said[f"good-{line.pk}"] or 0,
                broken=said[f"broken-{line.pk}"] or 0,
                missing=said[f"missing-{line.pk}"] or 0,
            )
            for line in self.lines
        ]


class CancelForm(RefusableForm):
    """Why the offer is taken back."""

    reason = text(_("Alasan"), required=True)


class ClearForm(RefusableForm):
    """What became of missing pieces."""

    outcome = forms.ChoiceField(
        label=_("Apa yang terjadi?"),
        choices=(
            (Clearance.Outcome.FOUND, _("Ditemukan kembali")),
            (Clearance.Outcome.LOST, _("Hilang untuk seterusnya")),
        ),
        widget=forms.RadioSelect,
    )
    quantity = QuantityField(label=_("Banyaknya"), max_value=LARGEST_QUANTITY)
    reason = text(
        _("Keterangan"),
        required=True,
        help_text=_("Di mana dicari, siapa yang ditanya, di mana ditemukan."),
    )
