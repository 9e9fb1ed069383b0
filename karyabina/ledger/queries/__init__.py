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
from karyabina.ledger.queries.histories import (
    History,
    HistoryLine,
    Period,
    history,
    whole_history,
)
from karyabina.ledger.queries.journeys import Flow, Journey, journey, whole_journey
from karyabina.ledger.queries.keys import KeyReused, digest_of, find, same_entry
from karyabina.ledger.queries.lines import (
    Line,
    NoSuchPlace,
    came_to,
    movements_of_unit,
    went_from,
)
from karyabina.ledger.queries.periods import Turnover, balances_at, turnover
from karyabina.ledger.queries.sight import Sight
from karyabina.ledger.queries.stories import Story, story, story_for

__all__ = (
    "Flow",
    "History",
    "HistoryLine",
    "Journey",
    "KeyReused",
    "Line",
    "NoSuchPlace",
    "Period",
    "Sight",
    "Story",
    "Turnover",
    "balance",
    "balance_at",
    "balances",
    "balances_at",
    "came_to",
    "digest_of",
    "ever_held",
    "find",
    "history",
    "holders",
    "journey",
    "movements_of_unit",
    "same_entry",
    "story",
    "story_for",
    "turnover",
    "went_from",
    "whole_history",
    "whole_journey",
)
