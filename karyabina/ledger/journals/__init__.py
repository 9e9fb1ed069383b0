"""The books as a plain-text journal that other programs read: hledger and beancount.

They must come to the same balances: the journal ends with ours, and `hledger check` or `bean-check`
refuses it where theirs differ. `docs/journals.md` says how to use it."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.journals import beancount, hledger, reading
from karyabina.ledger.journals.reading import Held, Scope, Told
from karyabina.ledger.models import Account, Unit
from karyabina.ledger.queries.sql import one_snapshot
from karyabina.offices.models import Office


class Format(Protocol):
    """How one program wants a journal; each method gives whole lines."""

    def about(self) -> Iterator[str]: ...
    def options(self) -> str: ...
    def unit(self, unit: Unit, first: date) -> str: ...
    def account(self, account: Account, first: date) -> str: ...
    def entry(self, told: Told) -> str: ...
    def balance(self, held: Held, last: date) -> str: ...


FORMATS: dict[str, Format] = {"hledger": hledger, "beancount": beancount}


class UnknownOffice(Refusal):
    """A code that no office has."""

    status = 404

    def __init__(self, code: str) -> None:
        super().__init__(
            _("Tidak ada kantor dengan kode %(code)s. Tidak ada yang ditulis; periksa kodenya.")
            % {"code": code[:60]}
        )


def journal(name: str, scope: Scope) -> Iterator[str]:
    """The journal in the format of that name (`FORMATS`), piece by piece, from one snapshot.

    The same books and the same scope give the same bytes; with `until` in a closed period for
    ever. Whole it ends with a line that counts its entries and movements. Refuses, before
    anything is written: UnknownOffice."""
    if scope.office is not None and not Office.objects.filter(code=scope.office).exists():
        raise UnknownOffice(scope.office)
    return _pieces(FORMATS[name], name, scope)


def _pieces(form: Format, name: str, scope: Scope) -> Iterator[str]:
    entries = movements = 0
    with one_snapshot():
        yield from (f"; {line}\n" for line in (*_about(name, scope), *form.about()))
        yield f"\n{form.options()}"
        if days := reading.days(scope):
            first, last = days
            for unit in reading.units(scope):
                yield form.unit(unit, first)
            yield "\n"
            for account in reading.accounts(scope):
                yield form.account(account, first)
            for told in reading.entries(scope):
                yield form.entry(told)
                entries += 1
                movements += len(told.moves)
            yield "\n; {}\n".format(_("Saldo akhir menurut Karyabina"))
            for held in reading.balances(scope):
                yield form.balance(held, last)
    done = _("Akhir jurnal: %(entries)s catatan, %(movements)s perpindahan.")
    yield f"\n; {done % {'entries': entries, 'movements': movements}}\n"


def _about(name: str, scope: Scope) -> Iterator[str]:
    yield _("Karyabina: pembukuan sebagai jurnal %(format)s") % {"format": name}
    yield _(
        "RAHASIA: akun premi memuat kode peserta pembinaan, dan keterangan ditulis bebas. Simpan"
        " dan kirim seperti data pribadi."
    )
    if scope.until is None:
        yield _("Isi: semua yang telah dibukukan.")
    else:
        yield _("Isi: yang dibukukan sampai dengan %(day)s.") % {"day": scope.until.isoformat()}
    if scope.office is not None:
        yield _(
            "Kantor %(office)s: hanya catatan yang menyentuh akun milik kantor ini, masing-masing"
            " utuh. Saldo akhir hanya untuk akun miliknya; akun pihak lain di sini tidak lengkap."
        ) % {"office": scope.office}
    yield _("Tanggal ialah hari pembukuan; kapan terjadi dan dicatat ada pada setiap catatan.")
    yield _(
        "Setiap perpindahan menjadi dua baris: jumlah pada tujuan, minus jumlah pada asal. Jumlah"
        " bulat: rupiah, buah, gram, atau mililiter."
    )
    yield _(
        "Petugas (by) disebut dengan kuncinya, bukan namanya. Dalam teks, huruf yang tidak"
        " kelihatan ditulis \\n atau \\u202e, dan \\ menjadi \\\\."
    )
    yield _("Berkas yang lengkap ditutup dengan baris Akhir jurnal.")
