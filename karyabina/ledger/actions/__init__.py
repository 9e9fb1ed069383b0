"""The verbs of the books: open an account, add a unit, post an entry, reverse one.

Only the ledger writes its tables; every other room posts through here, in the transaction of its
own document."""

from karyabina.ledger.actions.accounts import (
    BadCode,
    CodeTaken,
    add_unit,
    add_units,
    open_account,
    open_accounts,
)
from karyabina.ledger.actions.entries import (
    BadBatch,
    BadMoves,
    BadNote,
    BadOrigin,
    BadTime,
    Posting,
    UnknownKind,
    post,
    post_all,
    post_each,
    reverse,
)
from karyabina.ledger.models import Move
from karyabina.ledger.queries import KeyReused
from karyabina.ledger.writing import together
from karyabina.ledger.writing.refusals import (
    AlreadyReversed,
    BadAmount,
    IsReversal,
    NotEnough,
    NotMirrored,
    NumberTaken,
    UnknownAccount,
    UnknownEntry,
    UnknownUnit,
    WrongAccount,
)

__all__ = [
    "AlreadyReversed",
    "BadAmount",
    "BadBatch",
    "BadCode",
    "BadMoves",
    "BadNote",
    "BadOrigin",
    "BadTime",
    "CodeTaken",
    "IsReversal",
    "KeyReused",
    "Move",
    "NotEnough",
    "NotMirrored",
    "NumberTaken",
    "Posting",
    "UnknownAccount",
    "UnknownEntry",
    "UnknownKind",
    "UnknownUnit",
    "WrongAccount",
    "add_unit",
    "add_units",
    "open_account",
    "open_accounts",
    "post",
    "post_all",
    "post_each",
    "reverse",
    "together",
]
