"""The shape of what a cashier types: a basket, a payment, a refund, a count of notes and coins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import Digits, KeyedForm, QuantityField, RupiahField, WholeField
from karyabina.base.money import number_text
from karyabina.till.actions import Back, Want
from karyabina.till.models import LARGEST_QUANTITY, LARGEST_SUM, Means
from karyabina.till.queries import Goods, Sold

NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)
MOST_NOTES = 100_000  # pieces of one kind in a drawer
TENDERED = "tunai"


class OpenForm(KeyedForm):
    """The float that lies in the drawer when a cashier begins."""

    float_amount = RupiahField(
        label=_("Modal awal di laci"),
        max_value=LARGEST_SUM,
        help_text=_("Uang kembalian yang sudah ada di laci. Isi 0 bila laci kosong."),
    )


@dataclass(frozen=True)
class Tile:
    """One product as the till shows it: what was typed for it, and what is wrong with that."""

    goods: Goods
    typed: str
    problem: str

    @property
    def quantity(self) -> int:
        """The number in its field, as far as it is one."""
        return int(self.typed) if self.typed.isascii() and self.typed.isdecimal() else 0


class BasketForm(forms.Form):
    """How much of each product: one field a product, named like KLB.CHIPS.

    Names that are not on this stand are kept apart in `strangers`: a page may be older than the
    shelf. What is said here only spares a walk to the counter: `actions.sell` decides."""

    def __init__(self, data: Mapping[str, str], goods: Sequence[Goods]) -> None:
        super().__init__(data)
        self.goods = goods
        for one in goods:
            self.fields[one.name] = WholeField(
                label=one.product.name, required=False, max_value=LARGEST_QUANTITY
            )
        known = set(self.fields)
        self.strangers = [
            name
            for name, value in data.items()
            if "." in name and name not in known and str(value).strip() not in {"", "0"}
        ]

    def clean(self) -> None:
        for one in self.goods:
            wanted = self.cleaned_data.get(one.name) or 0
            if wanted and one.price is None:
                self.add_error(one.name, _("Belum ada harganya, jadi belum dapat dijual."))
            elif wanted > one.quantity:
                self.add_error(
                    one.name,
                    _("Tinggal %(left)s, diminta %(wanted)s.")
                    % {"left": number_text(one.quantity), "wanted": number_text(wanted)},
                )
        if self.strangers:
            self.add_error(
                None,
                _("Ada barang yang tidak ada lagi di gerai ini; barang itu dikeluarkan."),
            )
        elif not self.errors and not any(self.cleaned_data.values()):
            self.add_error(None, _("Keranjang masih kosong. Pilih barang dahulu."))

    @property
    def wants(self) -> list[Want]:
        return [
            Want(one.product, quantity)
            for one in self.goods
            if (quantity := self.cleaned_data.get(one.name))
        ]

    @property
    def tiles(self) -> list[Tile]:
        """Every product with what was typed: nothing typed is lost when the page is drawn again."""
        return [
            Tile(
                goods=one,
                typed=str(self.data.get(one.name, "")).strip()[:12] or "0",
                problem=" ".join(self.errors.get(one.name, [])) if self.is_bound else "",
            )
            for one in self.goods
        ]


class PaymentForm(KeyedForm):
    """How the buyer pays. The button says it: `tunai` with what was typed, `tunai:50000` with the
    note that was tapped, or `qris`."""

    expected_total = forms.IntegerField(
        min_value=0, max_value=LARGEST_SUM, widget=forms.HiddenInput
    )
    tendered = RupiahField(label=_("Uang diterima"), required=False, max_value=LARGEST_SUM)
    pay = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_pay(self) -> str:
        means, _colon, note = self.cleaned_data["pay"].partition(":")
        if means not in {TENDERED, Means.QRIS} or (note and not note.isascii()):
            raise forms.ValidationError(_("Pilih cara bayar: tunai atau QRIS."))
        if note and not (note.isdecimal() and int(note) <= LARGEST_SUM):
            raise forms.ValidationError(_("Pilih cara bayar: tunai atau QRIS."))
        return self.cleaned_data["pay"]

    def clean(self) -> None:
        pay = self.cleaned_data.get("pay", "")
        if pay == TENDERED and self.cleaned_data.get("tendered") is None:
            if "tendered" not in self.errors:
                self.add_error("tendered", _("Isi uang yang diterima, atau ketuk salah satu uang."))

    @property
    def means(self) -> str:
        paid = self.cleaned_data["pay"]
        return Means.QRIS if paid == Means.QRIS else Means.CASH

    @property
    def given(self) -> int:
        """What the buyer gave, in rupiah."""
        paid = self.cleaned_data["pay"]
        if paid == Means.QRIS:
            return self.cleaned_data["expected_total"]
        if paid == TENDERED:
            return self.cleaned_data["tendered"]
        return int(paid.partition(":")[2])


class RefundForm(KeyedForm):
    """How much of each line came back good and how much unsellable, and why."""

    def __init__(self, data: Mapping[str, str] | None, lines: Sequence[Sold]) -> None:
        super().__init__(data)
        self.lines = lines
        for one in lines:
            for name in ("good", "bad"):
                self.fields[f"{name}-{one.line.n}"] = QuantityField(
                    label=_("Layak jual") if name == "good" else _("Rusak"),
                    required=False,
                    min_value=0,
                    max_value=max(one.left, 0),
                    initial=0,
                    error_messages={
                        "max_value": _("Dari struk ini tinggal %(limit_value)s yang dapat kembali.")
                    },
                )
        self.fields["reason"] = forms.CharField(
            label=_("Alasan"),
            max_length=300,
            help_text=_("Misalnya: kemasan bocor, salah ukuran."),
        )

    def clean(self) -> None:
        for one in self.lines:
            good = self.cleaned_data.get(f"good-{one.line.n}") or 0
            bad = self.cleaned_data.get(f"bad-{one.line.n}") or 0
            if good + bad > one.left:
                self.add_error(
                    f"bad-{one.line.n}",
                    _("Dari struk ini tinggal %(left)s yang dapat kembali.")
                    % {"left": number_text(one.left)},
                )
        if not self.errors and not self.back:
            self.add_error(None, _("Belum ada barang yang dipilih. Isi jumlah yang kembali."))

    @property
    def rows(self) -> list[tuple[Sold, forms.BoundField, forms.BoundField]]:
        """Each line with its two fields, for the page."""
        return [(one, self[f"good-{one.line.n}"], self[f"bad-{one.line.n}"]) for one in self.lines]

    @property
    def back(self) -> list[Back]:
        return [
            Back(one.line, quantity, sellable)
            for one in self.lines
            for name, sellable in (("good", True), ("bad", False))
            if (quantity := self.cleaned_data.get(f"{name}-{one.line.n}"))
        ]


class CloseForm(KeyedForm):
    """What lies in the drawer: one sum, or so many of each note and coin, or both alike."""

    counted = RupiahField(
        label=_("Uang di laci"),
        required=False,
        max_value=LARGEST_SUM,
        help_text=_("Semua uang tunai, termasuk modal awal. Boleh diisi lewat rincian di bawah."),
    )
    note = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=300,
        help_text=_("Wajib diisi bila Anda menutup sif kasir lain."),
    )

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        for value in NOTES:
            self.fields[f"n-{value}"] = WholeField(
                label=number_text(value),
                required=False,
                max_value=MOST_NOTES,
                widget=Digits({"data-worth": value}),
            )

    @property
    def notes(self) -> list[forms.BoundField]:
        return [self[f"n-{value}"] for value in NOTES]

    def clean(self) -> dict[str, object]:
        pieces = {value: self.cleaned_data.get(f"n-{value}") for value in NOTES}
        counted = self.cleaned_data.get("counted")
        if any(n is not None for n in pieces.values()):
            added = sum(value * (n or 0) for value, n in pieces.items())
            if counted is not None and counted != added:
                self.add_error(
                    "counted",
                    _("Rincian uang berjumlah %(added)s. Samakan, atau kosongkan salah satunya.")
                    % {"added": number_text(added)},
                )
            self.cleaned_data["counted"] = added
        elif counted is None and "counted" not in self.errors:
            self.add_error("counted", _("Isi jumlah uang di laci; 0 bila kosong."))
        return self.cleaned_data


def key_of(data: Mapping[str, str]) -> UUID | None:
    """The key that a form was sent with, where it is one."""
    try:
        return UUID(str(data.get("key", ""))[:40])
    except ValueError:
        return None
