"""`python -m benchmarks.ledger.balances NAME cached|movements`: print every balance, and end.

The program as a person would start it, interpreter and settings included; from the balances that
the database keeps, or summed anew from all movements.
"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection

from karyabina.ledger import queries

SUMMED = (
    "SELECT a.code, u.code, sum(s.amount) FROM ("
    " SELECT target_id AS account_id, unit_id, sum(amount) AS amount FROM ledger_movement"
    " GROUP BY target_id, unit_id"
    " UNION ALL SELECT source_id, unit_id, -sum(amount) FROM ledger_movement"
    " GROUP BY source_id, unit_id) AS s"
    " JOIN ledger_account AS a ON a.id = s.account_id JOIN ledger_unit AS u ON u.id = s.unit_id"
    " GROUP BY a.code, u.code HAVING sum(s.amount) <> 0 ORDER BY a.code, u.code"
)


def cached() -> dict[tuple[str, str], int]:
    """(account, unit) → amount, as the database keeps it; outside accounts have none."""
    return queries.balances()


def summed() -> dict[tuple[str, str], int]:
    """The same from the movements alone, outside accounts as well."""
    with connection.cursor() as cursor:
        cursor.execute(SUMMED)
        return {(code, unit): int(amount) for code, unit, amount in cursor.fetchall()}


WAYS = {"cached": cached, "movements": summed}


def main(name: str, way: str) -> None:
    connection.settings_dict["NAME"] = name
    lines = [f"{amount:>20} {unit:24} {code}\n" for (code, unit), amount in WAYS[way]().items()]
    sys.stdout.writelines(lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
