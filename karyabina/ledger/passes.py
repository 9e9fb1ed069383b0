"""All movements read once, all entries read once: what `invariants.py` needs to know of them.

Instead of one scan (and often a join) for each invariant, one statement sums the movements by
account and unit, counts those that are as they must be, and compares the sums with the balances.
Memory follows the number of accounts and units, not that of movements.

A movement is `sound` whose number is within the size of its entry and which carries its times.
Counting is enough to know that entries are whole: no two movements of an entry have the same
number (the primary key), each number is within the size of its entry, and there are as many
movements as all sizes together; so every entry has each of its numbers once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from karyabina.ledger.models import CLASSES, KINDS, LONGEST, MOST
from karyabina.ledger.verify import MOST_FAULTS, ask

BOUNDS = f"m.amount BETWEEN 1 AND {MOST}"
PLACED = "m.n BETWEEN 1 AND e.size"
TIMED = "m.recorded_at = e.recorded_at AND m.booked_on = e.booked_on"
CLAIMS = "({a}.cls IN ('claim', 'owed'))"
MIRRORED = f"{CLAIMS.format(a='s')} = {CLAIMS.format(a='t')}"


def whole() -> str:
    """SQL: this amount is a positive whole number (SQLite keeps whole ones only: STRICT)."""
    if connection.vendor == "postgresql":
        return f"m.amount = trunc(m.amount) AND {BOUNDS}"
    return BOUNDS


def written_whole() -> str:
    """SQL: so is this one, and it has no digits after the point either (1.0 has): quicker."""
    return f"scale(m.amount) = 0 AND {BOUNDS}" if connection.vendor == "postgresql" else BOUNDS


# PostgreSQL: one parallel scan joined to the entries by a hash, in few groups.
_POSTGRESQL = f"""
flows AS MATERIALIZED (
  SELECT m.source_id, m.target_id, m.unit_id, count(*) AS n, sum(m.amount) AS amount,
    max(m.recorded_at) AS last,
    count(*) FILTER (WHERE {{whole}}) AS whole,
    count(*) FILTER (WHERE {PLACED} AND {TIMED}) AS sound
  FROM ledger_movement AS m LEFT JOIN ledger_entry AS e ON e.key = m.entry_key
  GROUP BY m.source_id, m.target_id, m.unit_id),
sides AS MATERIALIZED (
  SELECT account_id, unit_id, sum(amount) AS amount, max(last) AS last FROM (
    SELECT target_id AS account_id, unit_id, amount, last FROM flows
    UNION ALL SELECT source_id, unit_id, -amount, last FROM flows) AS d
  GROUP BY account_id, unit_id),
totals AS MATERIALIZED (
  SELECT coalesce(sum(f.n), 0) AS movements, coalesce(sum(f.whole), 0) AS whole,
    coalesce(sum(f.sound), 0) AS sound,
    coalesce(sum(f.n) FILTER (WHERE f.source_id <> f.target_id), 0) AS moving,
    coalesce(sum(f.n) FILTER (WHERE {MIRRORED}), 0) AS mirrored,
    0 AS apart
  FROM flows AS f
  LEFT JOIN ledger_account AS s ON s.id = f.source_id
  LEFT JOIN ledger_account AS t ON t.id = f.target_id)"""

# SQLite: along the two indexes, which need no sort, and along the entries with their movements.
_SQLITE = f"""
gave AS MATERIALIZED (
  SELECT source_id AS account_id, unit_id, count(*) AS n, sum(amount) AS amount,
    max(recorded_at) AS last
  FROM ledger_movement INDEXED BY ledger_movement_source GROUP BY source_id, unit_id),
got AS MATERIALIZED (
  SELECT target_id AS account_id, unit_id, count(*) AS n, sum(amount) AS amount,
    max(recorded_at) AS last
  FROM ledger_movement INDEXED BY ledger_movement_target GROUP BY target_id, unit_id),
sides AS MATERIALIZED (
  SELECT account_id, unit_id, sum(amount) AS amount, max(last) AS last FROM (
    SELECT account_id, unit_id, amount, last FROM got
    UNION ALL SELECT account_id, unit_id, -amount, last FROM gave) AS d
  GROUP BY account_id, unit_id),
claims AS MATERIALIZED (SELECT id FROM ledger_account WHERE cls IN ('claim', 'owed')),
lines AS MATERIALIZED (
  SELECT count(*) AS held, sum(m.amount) AS amount,
    count(*) FILTER (WHERE {{whole}}) AS whole,
    count(*) FILTER (WHERE {PLACED} AND {TIMED}) AS sound,
    count(*) FILTER (WHERE m.source_id <> m.target_id) AS moving,
    count(*) FILTER (WHERE
      (m.source_id IN (SELECT id FROM claims)) = (m.target_id IN (SELECT id FROM claims))
    ) AS mirrored
  FROM ledger_entry AS e CROSS JOIN ledger_movement AS m ON m.entry_key = e.key),
totals AS MATERIALIZED (
  SELECT (SELECT coalesce(sum(n), 0) FROM gave) AS movements, whole, sound, moving, mirrored,
    ((SELECT sum(amount) FROM gave) IS NOT amount)
      + ((SELECT sum(amount) FROM got) IS NOT amount)
      + ((SELECT coalesce(sum(n), 0) FROM got) <> held) AS apart
  FROM lines)"""

# Faults by name; the first column says of what. Everything comes back as text.
_FAULTS = """
  SELECT 'balance', coalesce(a.code, '#' || x.account_id), coalesce(u.code, '#' || x.unit_id),
    CAST(x.cached AS text), CAST(x.summed AS text)
  FROM (
    SELECT account_id, unit_id, sum(cached) AS cached, sum(summed) AS summed FROM (
      SELECT account_id, unit_id, 0 AS cached, amount AS summed FROM sides
      UNION ALL SELECT account_id, unit_id, amount, 0 FROM ledger_balance) AS d
    GROUP BY account_id, unit_id HAVING sum(cached) <> sum(summed)) AS x
  LEFT JOIN ledger_account AS a ON a.id = x.account_id
  LEFT JOIN ledger_unit AS u ON u.id = x.unit_id
  WHERE coalesce(a.cls, '') <> 'outside'
--
  SELECT 'last', coalesce(a.code, '#' || x.account_id), coalesce(u.code, '#' || x.unit_id),
    CAST(x.upto AS text), CAST(x.last AS text)
  FROM (
    SELECT account_id, unit_id, max(upto) AS upto, max(last) AS last FROM (
      SELECT account_id, unit_id, NULL AS upto, last FROM sides
      UNION ALL SELECT account_id, unit_id, upto, NULL FROM ledger_balance) AS d
    GROUP BY account_id, unit_id
    HAVING coalesce(max(upto) <> max(last), (max(upto) IS NULL) <> (max(last) IS NULL))) AS x
  LEFT JOIN ledger_account AS a ON a.id = x.account_id
  LEFT JOIN ledger_unit AS u ON u.id = x.unit_id
  WHERE coalesce(a.cls, '') <> 'outside'
--
  SELECT 'lot', coalesce(u.code, '#' || x.unit_id), CAST(x.amount AS text), '', '' FROM (
    SELECT unit_id, sum(amount) AS amount FROM (
      SELECT unit_id, amount FROM ledger_balance
      UNION ALL SELECT d.unit_id, d.amount FROM sides AS d
        JOIN ledger_account AS o ON o.id = d.account_id AND o.cls = 'outside') AS both_sides
    GROUP BY unit_id HAVING sum(amount) <> 0) AS x
  LEFT JOIN ledger_unit AS u ON u.id = x.unit_id
--
  SELECT 'unit', a.code, u.code, '', '' FROM sides AS d
  JOIN ledger_account AS a ON a.id = d.account_id
  JOIN ledger_unit AS u ON u.id = d.unit_id
  WHERE CASE WHEN a.cls IN ('claim', 'owed') THEN u.kind <> 'money'
    WHEN a.cls <> 'holding' THEN 1 = 0
    WHEN substr(a.code, 1, 5) IN ('cash:', 'bank:') THEN u.kind <> 'money'
    WHEN substr(a.code, 1, 9) = 'material:' THEN u.kind <> 'material'
    ELSE u.kind = 'money' END
--
  SELECT 'account', CAST(d.account_id AS text), '', '', '' FROM sides AS d
  LEFT JOIN ledger_account AS a ON a.id = d.account_id
  WHERE a.id IS NULL GROUP BY d.account_id
--
  SELECT 'nounit', CAST(d.unit_id AS text), '', '', '' FROM sides AS d
  LEFT JOIN ledger_unit AS u ON u.id = d.unit_id WHERE u.id IS NULL GROUP BY d.unit_id
"""


@dataclass(frozen=True, slots=True)
class Movements:
    """What one look at all movements told: how many are as they must be, and what is wrong."""

    totals: dict[str, int]
    faults: dict[str, list[tuple[str, ...]]]

    def wrong(self, count: str) -> bool:
        """Whether some of the movements are not as `count` counts them."""
        return self.totals[count] != self.totals["movements"]


def movements() -> Movements:
    """Read all movements (call it through `verify.once`)."""
    of_engine = (_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE).format(
        whole=written_whole()
    )
    names = ("movements", "whole", "sound", "moving", "mirrored", "apart")
    counts = " UNION ALL ".join(
        f"SELECT 'total', '{name}', CAST({name} AS text), '', '' FROM totals" for name in names
    )
    faults = " UNION ALL ".join(
        f"SELECT * FROM ({part} LIMIT {MOST_FAULTS}) AS f{n}"
        for n, part in enumerate(_FAULTS.split("\n--\n"))
    )
    last = "timestamptz" if connection.vendor == "postgresql" else "text"
    text = f"WITH {of_engine} {counts} UNION ALL {faults}".replace(
        "NULL AS upto", f"CAST(NULL AS {last}) AS upto"
    )
    found: dict[str, list[tuple[str, ...]]] = {}
    for kind, *rest in _read(text):
        found.setdefault(kind, []).append(tuple(rest))
    totals = {name: int(count) for name, count, *_rest in found.pop("total")}
    return Movements(totals, found)


# --- entries -------------------------------------------------------------------------------------
def booked_late() -> str:
    """SQL: the day of an entry is not before the day on which it happened."""
    if connection.vendor == "sqlite":
        return "e.booked_on >= date(substr(e.occurred_at, 1, 19), e.occurred_offset || ' minutes')"
    return (
        "e.booked_on >= ((e.occurred_at AT TIME ZONE 'UTC')"
        " + make_interval(mins => e.occurred_offset::int))::date"
    )


def recorded() -> str:
    """SQL: the time of recording is not in the future."""
    if connection.vendor == "sqlite":
        return "e.recorded_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 minute')"
    return "e.recorded_at <= clock_timestamp() + interval '1 minute'"


def entry_rules() -> dict[str, str]:
    """SQL for what holds of each entry by itself."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    return {
        "sized": f"e.size BETWEEN 1 AND {LONGEST}",
        "booked": booked_late(),
        "recorded": recorded(),
        "numbered": "e.origin_seq > 0 AND e.origin <> ''",
        "shaped": "e.occurred_offset BETWEEN -840 AND 840 AND length(e.note) <= 500"
        " AND coalesce(e.reverses <> e.key, 1 = 1)",
        "known": f"e.kind IN ({kinds}) AND (e.kind = 'reversal') = (e.reverses IS NOT NULL)",
    }


@dataclass(frozen=True, slots=True)
class Entries:
    """What one look at all entries told: how many, their sizes together, and how many of them
    are as each of the `entry_rules` says."""

    count: int
    size: int
    right: dict[str, int]

    def wrong(self, rule: str) -> bool:
        return self.right[rule] != self.count


def entries() -> Entries:
    """Read all entries (call it through `verify.once`)."""
    rules = entry_rules()
    counts = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in rules.values())
    [row] = _read(f"SELECT count(*), coalesce(sum(e.size), 0), {counts} FROM ledger_entry AS e")
    return Entries(int(row[0]), int(row[1]), dict(zip(rules, map(int, row[2:]), strict=True)))


def _read(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def class_of(code: str) -> str:
    """SQL: the class that a code (a column) gives; the words are those of `models.CLASSES`."""
    cases = " ".join(
        f"WHEN substr({code}, 1, {len(word) + 1}) = '{word}:' THEN '{cls}'"
        for word, cls in CLASSES.items()
    )
    return f"CASE {cases} ELSE 'unknown' END"


def accounts_away_from_home(words: Iterable[str]) -> list[tuple[Any, ...]]:
    """Accounts (code, home) that begin with one of these words, name an office after it, and are
    at home elsewhere."""
    belongs = " OR ".join(
        f"a.code = '{word}:' || o.code"
        f" OR substr(a.code, 1, length(o.code) + {len(word) + 2}) = '{word}:' || o.code || ':'"
        for word in words
    )
    return ask(
        "SELECT a.code, a.home FROM offices_office AS o"
        f" JOIN ledger_account AS a ON {belongs} WHERE a.home <> o.code"
    )
