"""What the books say: entries by their key, balances now and at an instant, histories.

    from karyabina.ledger import queries as books

Nothing here writes. Amounts are whole: rupiah, pieces, grams or millilitres."""

from karyabina.ledger.queries.amounts import (
    balance,
    balance_at,
    balances,
    ever_held,
    holders,
)
from karyabina.ledger.queries.days import booked_day
from karyabina.ledger.queries.keys import KeyReused, digest_of, find, same_entry
from karyabina.ledger.queries.lines import (
    History,
    HistoryLine,
    Line,
    NoSuchPlace,
    Story,
    came_to,
    history,
    movements_of_unit,
    story,
    went_from,
)

__all__ = (
    "History",
    "HistoryLine",
    "KeyReused",
    "Line",
    "NoSuchPlace",
    "Story",
    "balance",
    "balance_at",
    "balances",
    "booked_day",
    "came_to",
    "digest_of",
    "ever_held",
    "find",
    "history",
    "holders",
    "movements_of_unit",
    "same_entry",
    "story",
    "went_from",
)
