"""What each permission of the access table means, in one short sentence for people."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from karyabina.staff.access import TABLE, Reach
from karyabina.staff.models import Role

DUTIES: dict[str, str | Promise] = {
    "offices.see": _("Melihat daftar kantor"),
    "offices.import": _("Mengimpor daftar kantor"),
    "staff.manage": _("Mendaftarkan petugas, memberi dan mencabut peran"),
    "staff.audit": _("Membaca jejak perbuatan petugas"),
    "ledger.see": _("Membaca buku besar barang dan uang"),
    "ledger.close": _("Menutup buku kantor, per hari atau per bulan"),
    "ledger.reopen": _("Meminta atau menyetujui pembukaan kembali buku, berdua"),
    "ledger.check": _("Memeriksa apakah pembukuan benar"),
    "catalogue.see": _("Melihat produk dan harganya"),
    "catalogue.edit": _("Mencatat produk dan menetapkan harga"),
    "catalogue.import": _("Mengimpor daftar produk"),
    "schemes.see": _("Melihat skema bagi hasil"),
    "schemes.set": _("Menetapkan skema bagi hasil"),
    "stock.see": _("Melihat isi gudang"),
    "stock.break": _("Mencatat barang rusak di gudang"),
    "makers.see": _("Melihat kode peserta pembinaan"),
    "makers.register": _("Mendaftarkan kode peserta pembinaan"),
    "workshop.see": _("Melihat catatan produksi"),
    "workshop.produce": _("Mencatat hasil produksi"),
    "festivals.see": _("Melihat festival dan gerai"),
    "festivals.arrange": _("Mengadakan festival, mengundang kantor, membuka gerai"),
    "consignment.see": _("Melihat titipan"),
    "consignment.offer": _("Menitipkan barang ke gerai dan mengirimnya"),
    "consignment.receive": _("Menghitung dan menerima titipan di gerai"),
    "consignment.clear": _("Menyelesaikan barang yang kurang"),
    "till.sell": _("Menjual di kasir"),
    "till.break": _("Mencatat barang rusak di gerai"),
    "till.see": _("Melihat sif dan penjualan"),
    "settlement.see": _("Melihat bagi hasil"),
    "settlement.settle": _("Membukukan bagi hasil"),
    "settlement.trace": _("Menelusuri premi sampai ke jam kerja"),
    "reports.stand_day": _("Membaca laporan harian gerai"),
    "reports.statement": _("Membaca laporan per kantor"),
    "reports.owed": _("Membaca daftar hak dan kewajiban"),
}

HOW_FAR: dict[Reach, str | Promise] = {
    Reach.OWN: _("Di kantornya"),
    Reach.BELOW: _("Di kantornya dan semua di bawahnya"),
    Reach.ALL: _("Di semua kantor"),
}


@dataclass(frozen=True)
class Duties:
    """What a role may do at the same offices."""

    how_far: str | Promise
    what: list[str | Promise]


def duties_of(role: Role) -> list[Duties]:
    """What a role may do, the nearest first, in the order of the table."""
    found = [
        Duties(words, [DUTIES[code] for code, row in TABLE.items() if row.get(role) is reach])
        for reach, words in HOW_FAR.items()
    ]
    return [duties for duties in found if duties.what]
