"""What the demonstration shows: its doors, its tour."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from karyabina.demo.cast import STANDING, of_office
from karyabina.demo.day import DAY, FESTIVAL, STAND
from karyabina.demo.goods import goods
from karyabina.offices.models import Office
from karyabina.settlement.models import Premi


@dataclass(frozen=True)
class Choice:
    """One office's account behind a door."""

    username: str
    office: str
    label: str


@dataclass(frozen=True)
class Door:
    """A role to look around as: one account, or one of each office."""

    role: str | Promise
    what: str | Promise
    username: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Stop:
    """A page worth seeing, and who sees it."""

    url: str
    label: str
    who: str


def office_codes() -> list[str]:
    """The offices that take part, in the order of the goods."""
    return list(dict.fromkeys(good.office for good in goods()))


def usernames() -> set[str]:
    """The accounts whose doors open without a password, and no other."""
    parts = STANDING + tuple(part for code in office_codes() for part in of_office(code))
    return {part.username for part in parts}


def doors() -> list[Door]:
    """One door a role, those of the prisons with a choice of office."""
    names = dict(Office.objects.values_list("code", "name"))
    codes = [code for code in office_codes() if code in names]

    def each(prefix: str) -> tuple[Choice, ...]:
        return tuple(Choice(f"{prefix}-{code.lower()}", code, names[code]) for code in codes)

    return [
        Door(
            _("Petugas bengkel kerja"),
            _("Mencatat produksi, menitipkan barang ke gerai, menerima yang kembali."),
            choices=each("bengkel"),
        ),
        Door(
            _("Bendahara"),
            _("Memeriksa omzet, membukukan bagi hasil, menelusuri tiap rupiah premi."),
            choices=each("bendahara"),
        ),
        Door(
            _("Kepala kantor"),
            _("Melihat pernyataan kantor, hak dan kewajiban, hari gerai."),
            choices=each("kepala"),
        ),
        Door(_("Kasir gerai"), _("Membuka sif, menjual, menutup laci."), "kasir-1"),
        Door(
            _("Petugas wilayah"),
            _("Mengatur festival, menerima titipan semua kantor, melihat hasilnya."),
            "wilayah",
        ),
        Door(_("Humas"), _("Melihat angka hari gerai untuk siaran pers."), "humas"),
        Door(_("Auditor"), _("Membaca semuanya, mengubah apa pun tidak."), "auditor"),
        Door(_("Administrator"), _("Mengimpor kantor dan produk, memberi peran."), "pusat"),
    ]


def tour() -> list[Stop]:
    """The pages that tell the day, as far as it has been played."""
    stops: list[tuple[str, str, str, list[str]]] = [
        (_("Halaman umum gerai"), _("semua orang"), "festivals:stand", [STAND]),
        (
            _("Hari gerai"),
            _("petugas wilayah, bendahara, kepala, humas"),
            "reports:stand_day",
            [STAND, DAY.isoformat()],
        ),
        (
            _("Pernyataan Kalabahi"),
            _("bendahara atau kepala KLB"),
            "reports:statement",
            ["KLB", FESTIVAL],
        ),
        (_("Siapa berhak atas apa"), _("bendahara, auditor"), "reports:owed", []),
    ]
    premi = Premi.objects.filter(result__lot__code__startswith="KLB-MELON").order_by("key").first()
    if premi:
        stops.append(
            (
                _("Cerita satu premi, sampai ke jam kerjanya"),
                _("bendahara KLB"),
                "settlement:story",
                [str(premi.pk)],
            )
        )
    found = []
    for label, who, name, words in stops:
        try:
            found.append(Stop(reverse(name, args=words), label, who))
        except NoReverseMatch:
            continue
    return found
