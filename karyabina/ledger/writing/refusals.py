"""What the database refuses, and the sentence that a person reads for it."""

import json

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.queries import KeyReused


class NotEnough(Refusal):
    """A holding or a claim would fall below zero. `short` is how much is missing."""

    def __init__(self, account: str, unit: str, remains: int) -> None:
        self.account = account
        self.unit = unit
        self.remains = remains
        self.short = -remains
        super().__init__(
            _now(
                "Tidak cukup: di %(account)s kurang %(short)s %(unit)s. Tidak ada yang"
                " dibukukan; periksa jumlahnya."
            )
            % {"account": account, "unit": unit, "short": self.short}
        )


class BadAmount(Refusal):
    """An amount that is no positive whole number, or too large to be true."""

    status = 400
    message = _("Jumlah harus bilangan bulat lebih dari nol dan di bawah 1.000.000.000.000.000.")


class UnknownAccount(Refusal):
    """An account that nobody opened."""

    status = 404

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            _now("Akun %(code)s belum dibuka. Tidak ada yang dibukukan.") % {"code": code[:120]}
        )


class UnknownUnit(Refusal):
    """A unit that nobody added: no such lot or material."""

    status = 404

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            _now("Satuan atau lot %(code)s tidak dikenal. Tidak ada yang dibukukan.")
            % {"code": code[:120]}
        )


class UnknownEntry(Refusal):
    """The entry to reverse is not in the books."""

    status = 404
    message = _("Catatan yang hendak dibatalkan tidak ada dalam pembukuan.")


class AlreadyReversed(Refusal):
    """An entry is reversed once."""

    message = _("Catatan ini sudah dibatalkan. Tidak ada yang dibukukan lagi.")


class IsReversal(Refusal):
    """A reversal is not reversed: what really happened is recorded anew."""

    message = _("Pembatalan tidak dapat dibatalkan. Catat kejadian yang sebenarnya sekali lagi.")


class NotMirrored(Refusal):
    """A reversal that is not the exact mirror of its original."""

    message = _("Pembatalan harus sama persis dengan catatan asalnya, dengan arah terbalik.")


class WrongAccount(Refusal):
    """Money in a store, goods in a till, or a claim that moves without its debt."""

    message = _("Akun ini tidak menampung satuan tersebut. Tidak ada yang dibukukan.")


class NumberTaken(Refusal):
    """Another entry already has this running number of this origin."""

    message = _("Nomor urut dari perangkat ini sudah dipakai untuk catatan lain.")


# What the database says → what a person reads.
SENTENCES: dict[str, type[Refusal]] = {
    "ledger: this account does not hold this unit": WrongAccount,
    "ledger: a claim moves only against a claim or a debt": WrongAccount,
    "bigint out of range": BadAmount,
    "cannot store REAL value in INTEGER column ledger_balance.amount": BadAmount,
    "ledger: a reversal cannot be reversed": IsReversal,
    "ledger: a reversal mirrors its original": NotMirrored,
    "entry_origin_number_is_used_once": NumberTaken,
    "ledger: this key is another entry": KeyReused,
    "ledger_entry_reverses_key": AlreadyReversed,
    "ledger: what is reversed is not there yet": UnknownEntry,
}


def refusal_of(said: str, why: str, broken: str) -> Refusal | None:
    """The sentence for what the database said, if it is one that a person can cause."""
    told = json.loads(why) if why.startswith("{") else {}
    if said == "ledger: not enough":
        return NotEnough(told["account"], told["unit"], told["remains"])
    if said == "ledger: no such account":
        return UnknownAccount(told["code"])
    if said == "ledger: no such unit":
        return UnknownUnit(told["code"])
    sentence = SENTENCES.get(said) or SENTENCES.get(broken)
    return None if sentence is None else sentence()
