"""The shape of what a cashier types: a basket, a payment, a refund, a count of notes and coins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.base.forms import Digits, KeyedForm, QuantityField, RupiahField, WholeField
from karyabina.base.keys import new_key
from karyabina.base.money import number_text, rupiah_text
from karyabina.base.templatetags.base import quantity as quantity_text
from karyabina.catalogue.models import Category, Measure
from karyabina.stock import queries as stock
from karyabina.till import queries
from karyabina.till.actions import Back, Want
from karyabina.till.models import LARGEST_QUANTITY, LARGEST_SUM, Means
from karyabina.till.queries import Goods, Sold

NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)
MOST_NOTES = 100_000  # pieces of one kind in a drawer
CASH = "tunai"
PAYMENT = re.compile(r"qris|tunai(:[0-9]{1,11})?")
MOST_OFFERED = 6  # buttons with sums
OTHER = "lain"  # a cause that must be told


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


class BasketForm(forms.Form):
    """How much of each product: one field a product, named like KLB.CHIPS.

    Names that are not on this stand are noticed: a page may be older than the shelf. Unchecked it
    only remembers what was typed. What is said here spares a walk to the counter; whether it can
    be sold decides `actions.sell`."""

    def __init__(
        self, data: Mapping[str, str], goods: Iterable[Goods], *, checked: bool = True
    ) -> None:
        super().__init__(data if checked else None)
        self.typed = data
        self.goods = list(goods)
        for one in self.goods:
            self.fields[one.name] = WholeField(
                label=one.product.name, required=False, max_value=LARGEST_QUANTITY
            )

    def clean(self) -> None:
        for one in self.goods:
            wanted = self.cleaned_data.get(one.name) or 0
            if problem := _problem(one, wanted):
                self.add_error(one.name, problem)
        strange = [
            name
            for name, value in self.data.items()
            if "." in name and name not in self.fields and str(value).strip() not in {"", "0"}
        ]
        if strange:
            gone = _(
                "Ada barang yang tidak ada lagi di gerai ini: %(names)s. Sudah dikeluarkan dari "
                "keranjang; periksa sisanya, lalu bayar."
            )
            self.add_error(None, gone % {"names": ", ".join(queries.spoken(strange[:5]))})
        elif not self.errors and not any(self.cleaned_data.values()):
            self.add_error(None, _("Keranjang masih kosong. Pilih barang dahulu."))

    @property
    def chosen(self) -> list[tuple[Goods, int, int]]:
        """What is in the basket: goods, quantity, and what that costs in rupiah."""
        return [
            (one, quantity, one.costs(quantity))
            for one in self.goods
            if (quantity := self.cleaned_data.get(one.name))
        ]

    @property
    def wants(self) -> list[Want]:
        return [Want(one.product, quantity) for one, quantity, _amount in self.chosen]

    @property
    def total(self) -> int:
        return sum(amount for _one, _quantity, amount in self.chosen)

    @property
    def query(self) -> str:
        """What is in the basket, as the counter and the payment are asked for it."""
        return urlencode({one.name: quantity for one, quantity, _amount in self.chosen})

    @property
    def shelves(self) -> list[tuple[str, str, list[Tile]]]:
        """The goods by category (its code, its name), each with what was typed for it."""
        tiles = [
            Tile(
                goods=one,
                typed=str(self.typed.get(one.name, "")).strip()[:12] or "0",
                problem=" ".join(self.errors.get(one.name, [])),
            )
            for one in self.goods
        ]
        return [
            (category, Category(category).label, list(group))
            for category, group in groupby(tiles, key=lambda tile: tile.goods.product.category)
        ]


def _problem(goods: Goods, wanted: int) -> str:
    """Why so much of it cannot be sold now; nothing when it can."""
    if wanted and goods.price is None:
        return _now("Belum ada harganya, jadi belum dapat dijual.")
    if wanted and not goods.lots:
        return _now("Sudah lewat tanggal kedaluwarsa, jadi tidak dapat dijual.")
    if wanted > goods.quantity:
        measure = goods.product.measure
        return _now("Tinggal %(left)s, diminta %(wanted)s. Kurangi jumlahnya.") % {
            "left": quantity_text(goods.quantity, measure),
            "wanted": quantity_text(wanted, measure),
        }
    if wanted and not goods.costs(wanted):
        return _now("Sebanyak itu berharga kurang dari Rp 1. Tambah jumlahnya.")
    return ""


class PaymentForm(KeyedForm):
    """How the buyer pays. The button says it: `tunai` with what was typed, `tunai:50000` with the
    note that was tapped, or `qris`."""

    expected_total = forms.IntegerField(
        min_value=0, max_value=LARGEST_SUM, widget=forms.HiddenInput
    )
    tendered = RupiahField(
        label=_("Uang lain yang diterima"), required=False, max_value=LARGEST_SUM
    )
    pay = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_pay(self) -> str:
        paid = str(self.cleaned_data["pay"])
        if not PAYMENT.fullmatch(paid):
            raise forms.ValidationError(_("Pilih cara bayar: tunai atau QRIS."))
        return paid

    def clean(self) -> None:
        missing = self.cleaned_data.get("tendered") is None and "tendered" not in self.errors
        if self.cleaned_data.get("pay") == CASH and missing:
            self.add_error("tendered", _("Isi uang yang diterima, atau ketuk salah satu uang."))

    @property
    def means_is_qris(self) -> bool:
        """Whether QRIS was tried: then its part of the page stays open."""
        return str(self.data.get("pay", "")) == Means.QRIS

    @property
    def means(self) -> str:
        return Means.QRIS if self.cleaned_data["pay"] == Means.QRIS else Means.CASH

    @property
    def given(self) -> int:
        """What the buyer gave, in rupiah."""
        paid = self.cleaned_data["pay"]
        if paid == Means.QRIS:
            return int(self.cleaned_data["expected_total"])
        if paid == CASH:
            return int(self.cleaned_data["tendered"])
        return int(paid.partition(":")[2])

    def again(self, total: int, *, fresh: bool = False) -> "PaymentForm":
        """The same form for what the basket costs now; `fresh` with a key that is not used yet."""
        data = {name: str(value) for name, value in self.data.items() if name in self.fields}
        data["expected_total"] = str(total)
        if fresh:
            data["key"] = str(new_key())
        return PaymentForm(data)


def likely_notes(total: int) -> list[int]:
    """What a buyer probably hands over: the exact sum, then the next sums in round notes."""
    rounds = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
    return sorted({total, *(-(-total // note) * note for note in rounds)})[:MOST_OFFERED]


def _too_many_back(sold: Sold) -> str:
    product = sold.line.lot.product
    return _now(
        "%(product)s: dari struk ini tinggal %(left)s yang dapat kembali. Kurangi jumlahnya."
    ) % {"product": product.name, "left": quantity_text(sold.left, product.measure)}


class RefundForm(KeyedForm):
    """How much of each line came back good and how much unsellable, and why."""

    def __init__(self, data: Mapping[str, str] | None, lines: Sequence[Sold]) -> None:
        super().__init__(data)
        self.lines = lines
        for one in lines:
            too_many = _too_many_back(one)
            for name in ("good", "bad"):
                self.fields[f"{name}-{one.line.n}"] = QuantityField(
                    label=_("Layak jual") if name == "good" else _("Rusak"),
                    required=False,
                    min_value=0,
                    max_value=max(one.left, 0),
                    initial=0,
                    error_messages={"max_value": too_many},
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
                self.add_error(f"bad-{one.line.n}", _too_many_back(one))
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


class BreakageForm(KeyedForm):
    """How much of a lot on the stand broke or spoiled, and why. What is picked is kept in the
    words in which it was picked here, whatever language the page spoke."""

    CAUSES = (
        ("Pecah atau patah", _("Pecah atau patah")),
        ("Busuk, basi, atau bocor", _("Busuk, basi, atau bocor")),
        ("Lewat tanggal", _("Lewat tanggal")),
        (OTHER, _("Sebab lain")),
    )
    quantity = QuantityField(label=_("Jumlah yang rusak"), max_value=LARGEST_QUANTITY)
    cause = forms.ChoiceField(label=_("Sebabnya"), choices=CAUSES, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=200,
        help_text=_("Apa yang terjadi. Wajib diisi bila sebabnya lain."),
    )

    def __init__(self, data: Mapping[str, str] | None, there: stock.LotAt) -> None:
        product = there.lot.product
        in_pieces = product.measure == Measure.PIECE
        super().__init__(data, initial={"quantity": 1} if in_pieces else {})
        quantity = self.fields["quantity"]
        quantity.widget.attrs["data-max"] = there.quantity
        if not in_pieces:
            quantity.help_text = _now("Dalam %(unit)s.") % {"unit": product.get_measure_display()}

    def clean_note(self) -> str:
        note = str(self.cleaned_data["note"]).strip()
        if self.cleaned_data.get("cause") == OTHER and not note:
            raise forms.ValidationError(_("Tuliskan apa yang terjadi."))
        return note

    @property
    def reason(self) -> str:
        cause, note = self.cleaned_data["cause"], self.cleaned_data["note"]
        if cause == OTHER:
            return str(note)
        return f"{cause}: {note}" if note else str(cause)


class CloseForm(KeyedForm):
    """What lies in the drawer: one sum, or so many of each note and coin, or both alike."""

    counted = RupiahField(
        label=_("Uang di laci"),
        required=False,
        max_value=LARGEST_SUM,
        help_text=_("Semua uang tunai, termasuk modal awal. Boleh diisi lewat rincian di bawah."),
    )
    note = forms.CharField(label=_("Keterangan"), required=False, max_length=300)
    looked = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        for value in NOTES:
            self.fields[f"n-{value}"] = WholeField(
                label=f"× {number_text(value)}",
                required=False,
                max_value=MOST_NOTES,
                widget=Digits({"data-worth": value}),
            )

    @property
    def notes(self) -> list[forms.BoundField]:
        return [self[f"n-{value}"] for value in NOTES]

    @property
    def has_notes(self) -> bool:
        """Whether something was typed there: then that part of the page stays open."""
        return any(str(self.data.get(f"n-{value}", "")).strip() for value in NOTES)

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

    @property
    def looked_twice(self) -> bool:
        """Whether this very sum was sent before and stayed the same at a second look."""
        return bool(self.cleaned_data["looked"] == str(self.cleaned_data["counted"]))

    def again(self) -> "CloseForm":
        """The same count to be looked at once more. What the books expect is not said."""
        counted = self.cleaned_data["counted"]
        data = {name: str(value) for name, value in self.data.items() if name in self.fields}
        shown = CloseForm(data | {"looked": str(counted)})
        shown.is_valid()
        asked = _(
            "%(counted)s tidak sama dengan pembukuan. Sif belum ditutup. Hitung sekali lagi; bila "
            "memang sebanyak itu, ketuk Tutup sif sekali lagi."
        )
        shown.add_error("counted", asked % {"counted": rupiah_text(counted)})
        return shown


def sent_key(form: KeyedForm) -> UUID | None:
    """The key that a form was sent with, whatever else is wrong with it."""
    try:
        return form.fields["key"].clean(form.data.get("key"))
    except forms.ValidationError:
        return None
