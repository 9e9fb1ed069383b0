"""What waits for a member of staff, counted in a fixed number of queries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from karyabina.base.money import number_text, rupiah_text
from karyabina.catalogue import queries as catalogue
from karyabina.consignment.models import Consignment, Line, State
from karyabina.festivals.models import Stand
from karyabina.ledger import queries as ledger
from karyabina.ledger.queries import checks
from karyabina.offices.models import OfficeSet
from karyabina.settlement import queries as settlement
from karyabina.staff.models import Staff
from karyabina.stock import queries as stock
from karyabina.stock.models import Lot
from karyabina.till import queries as till

SOON = timedelta(days=7)
SHIFT_LASTS = timedelta(hours=18)


@dataclass(frozen=True)
class Card:
    """One thing that waits: what, what to do about it, and where."""

    title: str
    sentence: str
    url: str
    kind: str  # the sign beside it


@dataclass(frozen=True)
class Asked:
    """For whom and when: `reach` gives the offices at which a permission holds."""

    reach: Callable[[str], OfficeSet]
    permissions: frozenset[str]
    me: Staff
    now: datetime
    today: date  # where this person works


Waiting = Callable[[Asked], Iterator[Card]]


def waiting(asked: Asked) -> list[Card]:
    """Everything that waits for this person, the most urgent first."""
    return [
        card
        for permission, cards in CARDS
        if permission in asked.permissions
        for card in cards(asked)
    ]


# --- selling ----------------------------------------------------------------------------------
def my_shifts(asked: Asked) -> Iterator[Card]:
    """A drawer that I opened and have not counted; or a stand that is open today without me."""
    mine = list(till.open_shifts().filter(opened_by=asked.me)[:5])
    for shift in mine:
        yield Card(
            _("Sif %(code)s masih terbuka") % {"code": shift.code},
            _("Anda berjualan di %(stand)s. Lanjutkan, atau hitung laci dan tutup.")
            % {"stand": shift.stand.name},
            reverse("till:counter", args=[shift.code]),
            "cash",
        )
    stands = Stand.objects.filter(
        holder__in=asked.reach("till.sell"),
        closure=None,
        festival__first_date__lte=asked.today,
        festival__last_date__gte=asked.today,
    ).exclude(pk__in=[shift.stand_id for shift in mine])
    for stand in stands.order_by("code")[:3]:
        yield Card(
            _("%(stand)s buka hari ini") % {"stand": stand.name},
            _("Buka sif Anda untuk mulai berjualan."),
            reverse("till:home"),
            "cash",
        )


def forgotten_shifts(asked: Asked) -> Iterator[Card]:
    """Drawers of others that were opened before today and never counted."""
    shifts = (
        till.open_shifts()
        .filter(stand__holder__in=asked.reach("till.see"), opened_at__lt=asked.now - SHIFT_LASTS)
        .exclude(opened_by=asked.me)
    )
    count = shifts.count()
    if count:
        yield Card(
            ngettext("%(n)s sif belum ditutup", "%(n)s sif belum ditutup", count)
            % {"n": number_text(count)},
            _("Laci yang dibuka lebih dari 18 jam yang lalu belum dihitung kasirnya."),
            reverse("till:home"),
            "cash",
        )


# --- goods on their way -------------------------------------------------------------------------
def one_or_list(found: QuerySet[Consignment], state: str) -> tuple[int, str]:
    """How many there are, and where: the one itself, or the list."""
    count = found.count()
    first = found.order_by("offered_at").values_list("code", flat=True).first()
    if count == 1 and first:
        return 1, reverse("consignment:story", args=[first])
    return count, reverse("consignment:list") + f"?keadaan={state}"


def to_receive(asked: Asked) -> Iterator[Card]:
    """Goods that travel to a stand held by my office."""
    found = Consignment.objects.with_state().filter(
        state=State.SENT,
        direction=Consignment.Direction.OUT,
        stand__closure=None,
        stand__holder__in=asked.reach("consignment.receive"),
    )
    count, url = one_or_list(found, State.SENT)
    if count:
        yield Card(
            ngettext("%(n)s titipan dalam perjalanan", "%(n)s titipan dalam perjalanan", count)
            % {"n": number_text(count)},
            _("Hitung barangnya begitu tiba di gerai, lalu terima."),
            url,
            "truck",
        )


def to_despatch(asked: Asked) -> Iterator[Card]:
    """My office's own offers that have not left yet, and goods that come home: sent back, or on
    their way to a stand that has closed."""
    offices = asked.reach("consignment.offer")
    own = Consignment.objects.with_state().filter(office__in=offices)
    count, url = one_or_list(
        own.filter(state=State.OFFERED, direction=Consignment.Direction.OUT), State.OFFERED
    )
    if count:
        yield Card(
            ngettext("%(n)s titipan siap dikirim", "%(n)s titipan siap dikirim", count)
            % {"n": number_text(count)},
            _("Sudah ditawarkan, belum berangkat. Kirim, atau batalkan."),
            url,
            "truck",
        )
    home = Q(direction=Consignment.Direction.BACK) | Q(stand__closure__isnull=False)
    count, url = one_or_list(own.filter(home, state=State.SENT), State.SENT)
    if count:
        yield Card(
            ngettext("%(n)s kiriman pulang", "%(n)s kiriman pulang", count)
            % {"n": number_text(count)},
            _("Barang sedang kembali ke gudang Anda. Hitung begitu tiba."),
            url,
            "truck",
        )


def missing_pieces(asked: Asked) -> Iterator[Card]:
    """Pieces that were missing at a count, of which nobody has said what became."""
    found = Consignment.objects.with_state().filter(
        missing_open=True, stand__holder__in=asked.reach("consignment.clear")
    )
    count, url = one_or_list(found, State.RECEIVED)
    if count:
        yield Card(
            ngettext("%(n)s titipan kurang barangnya", "%(n)s titipan kurang barangnya", count)
            % {"n": number_text(count)},
            _("Putuskan barang yang kurang: ditemukan kembali, atau hilang."),
            url,
            "warn",
        )


def after_the_festival(asked: Asked) -> Iterator[Card]:
    """Stands that are still open though their festival is over."""
    stands = list(
        Stand.objects.filter(
            holder__in=asked.reach("consignment.receive"),
            closure=None,
            festival__last_date__lt=asked.today,
        )
        .select_related("festival")
        .order_by("-festival__last_date", "code")[:5]
    )
    left: dict[str, int] = {}
    for account, _unit in ledger.balances([stand.account for stand in stands]):
        left[account] = left.get(account, 0) + 1
    for stand in stands:
        lots = left.get(stand.account, 0)
        if lots:
            yield Card(
                ngettext("%(n)s lot masih di %(stand)s", "%(n)s lot masih di %(stand)s", lots)
                % {"n": number_text(lots), "stand": stand.name},
                _("Festivalnya sudah selesai. Kembalikan barang ke kantor masing-masing."),
                reverse("consignment:send_back", args=[stand.code]),
                "box",
            )
        elif "festivals.arrange" in asked.permissions:
            yield Card(
                _("%(stand)s masih terbuka") % {"stand": stand.name},
                _("Festivalnya sudah selesai dan gerai sudah kosong. Tutup gerai ini."),
                reverse("festivals:festival", args=[stand.festival.code]),
                "close",
            )


def to_offer(asked: Asked) -> Iterator[Card]:
    """Lots in my store, while a stand stands open to my office."""
    offices = list(asked.reach("consignment.offer"))
    stand = (
        Stand.objects.filter(
            festival__participations__office__in=offices,
            closure=None,
            festival__last_date__gte=asked.today,
        )
        .order_by("festival__first_date", "code")
        .first()
    )
    if stand is None:
        return
    held = ledger.balances([stock.store_of(office) for office in offices])
    promised = dict(
        Line.objects.filter(
            consignment__office__in=offices,
            consignment__direction=Consignment.Direction.OUT,
            consignment__cancellation=None,
            consignment__despatch=None,
        )
        .order_by()
        .values_list("lot__code")
        .annotate(n=Sum("quantity"))
    )
    free = [unit for (_account, unit), amount in held.items() if amount > promised.get(unit, 0)]
    lots = Lot.objects.filter(code__in=free).exclude(expiry_date__lt=asked.today).count()
    if lots:
        yield Card(
            ngettext("%(n)s lot dapat dititipkan", "%(n)s lot dapat dititipkan", lots)
            % {"n": number_text(lots)},
            _("%(stand)s terbuka untuk kantor Anda.") % {"stand": stand.name},
            reverse("consignment:offer"),
            "box",
        )


# --- the store and the catalogue ------------------------------------------------------------------
def expiring(asked: Asked) -> Iterator[Card]:
    """Lots in my store that are past their date or soon will be."""
    offices = asked.reach("stock.break")
    held = ledger.balances([stock.store_of(office) for office in offices])
    codes = [unit for (_account, unit), amount in held.items() if amount > 0]
    lots = Lot.objects.filter(code__in=codes, expiry_date__lt=asked.today + SOON).count()
    if lots:
        yield Card(
            ngettext("%(n)s lot mendekati kedaluwarsa", "%(n)s lot mendekati kedaluwarsa", lots)
            % {"n": number_text(lots)},
            _("Di gudang Anda, dalam tujuh hari atau sudah lewat."),
            reverse("stock:board"),
            "warn",
        )


def unpriced(asked: Asked) -> Iterator[Card]:
    """Products that cannot be sold yet, because they have no price."""
    count = catalogue.unpriced(asked.reach("catalogue.edit"), asked.now).count()
    if count:
        yield Card(
            ngettext("%(n)s produk belum berharga", "%(n)s produk belum berharga", count)
            % {"n": number_text(count)},
            _("Tanpa harga barang tidak dapat dijual. Tetapkan harganya."),
            reverse("catalogue:list") + "?keadaan=belum-berharga",
            "scales",
        )


# --- the books ------------------------------------------------------------------------------------
def unchecked_books(asked: Asked) -> Iterator[Card]:
    """The books were wrong when they were last checked, or nobody checked them for a week."""
    last = checks.last_check()
    if last is not None and last.faults:
        title = _("Ada yang salah dalam pembukuan")
        yield Card(title, _("Pemeriksaan terakhir menemukannya."), reverse("ledger:checks"), "warn")
    elif checks.is_stale(last, asked.now):
        yield Card(
            _("Pembukuan perlu diperiksa"),
            _("Sudah lebih dari tujuh hari tidak diperiksa."),
            reverse("ledger:checks"),
            "search",
        )


# --- sharing --------------------------------------------------------------------------------------
def to_settle(asked: Asked) -> Iterator[Card]:
    """Proceeds of my office that nobody has shared yet."""
    rows = list(settlement.participations(asked.reach("settlement.settle")))
    open_ones = [one for one in settlement.standings(rows) if one.waiting > 0]
    for one in open_ones[:3]:
        yield Card(
            rupiah_text(one.waiting),
            _("Hasil %(office)s di %(festival)s menunggu dibagi.")
            % {"office": one.office.name, "festival": one.festival.name},
            reverse("settlement:preview", args=[one.festival.code, one.office.code]),
            "scales",
        )


CARDS: tuple[tuple[str, Waiting], ...] = (
    ("ledger.check", unchecked_books),
    ("till.sell", my_shifts),
    ("consignment.receive", to_receive),
    ("consignment.offer", to_despatch),
    ("consignment.clear", missing_pieces),
    ("settlement.settle", to_settle),
    ("till.see", forgotten_shifts),
    ("consignment.receive", after_the_festival),
    ("consignment.offer", to_offer),
    ("stock.break", expiring),
    ("catalogue.edit", unpriced),
)


# --- where this person usually goes ---------------------------------------------------------------
@dataclass(frozen=True)
class Way:
    """A door that this person opens often."""

    label: str | Promise
    url_name: str
    kind: str
    permission: str

    @property
    def url(self) -> str:
        return reverse(self.url_name)


WAYS = (
    Way(gettext_lazy("Berjualan"), "till:home", "cash", "till.sell"),
    Way(gettext_lazy("Catat produksi"), "workshop:new", "plus", "workshop.produce"),
    Way(gettext_lazy("Titipkan barang"), "consignment:offer", "truck", "consignment.offer"),
    Way(gettext_lazy("Terima titipan"), "consignment:list", "truck", "consignment.receive"),
    Way(gettext_lazy("Bagi hasil"), "settlement:list", "scales", "settlement.see"),
    Way(gettext_lazy("Laporan"), "reports:index", "file", "reports.stand_day"),
    Way(gettext_lazy("Hak dan kewajiban"), "reports:owed", "scales", "reports.owed"),
    Way(gettext_lazy("Pemeriksaan pembukuan"), "ledger:checks", "check", "ledger.check"),
    Way(gettext_lazy("Buku besar"), "ledger:books", "search", "ledger.see"),
    Way(gettext_lazy("Tutup buku"), "ledger:closings", "file", "ledger.close"),
    Way(gettext_lazy("Isi gudang"), "stock:board", "box", "stock.see"),
    Way(gettext_lazy("Festival"), "festivals:list", "box", "festivals.arrange"),
    Way(gettext_lazy("Petugas dan peran"), "staff:list", "user", "staff.manage"),
    Way(gettext_lazy("Jejak perbuatan"), "staff:trail", "search", "staff.audit"),
    Way(gettext_lazy("Produk dan harga"), "catalogue:list", "box", "catalogue.see"),
)


def ways(permissions: frozenset[str]) -> list[Way]:
    """The doors that these permissions open."""
    return [way for way in WAYS if way.permission in permissions]
