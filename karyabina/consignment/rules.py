"""How the rows of one consignment fit together: held by the database, on both engines.

Each rule is a sentence and the SQL condition under which a new row breaks it.
"""

from karyabina.base.guards import guard_sql

# On PostgreSQL the row that two people may decide on at once is locked by the trigger itself, so
# that the rule also holds for two transactions that cannot see each other.
CONSIGNMENT_RULES = {
    "line": (
        """PERFORM 1 FROM consignment_consignment WHERE key = NEW.consignment_id
           FOR NO KEY UPDATE;""",
        (
            (
                "a line carries goods of the office of its consignment",
                """NOT EXISTS (SELECT 1 FROM consignment_consignment c, stock_lot l
                   WHERE c.key = NEW.consignment_id AND l.key = NEW.lot_id
                   AND c.office_id = l.office_id)""",
            ),
            (
                "lines are written while the goods are only offered",
                """EXISTS (SELECT 1 FROM consignment_despatch
                   WHERE consignment_id = NEW.consignment_id)
                   OR EXISTS (SELECT 1 FROM consignment_cancellation
                   WHERE consignment_id = NEW.consignment_id)""",
            ),
        ),
    ),
    "cancellation": (
        """PERFORM 1 FROM consignment_consignment WHERE key = NEW.consignment_id
           FOR NO KEY UPDATE;""",
        (
            (
                "what was despatched is not cancelled",
                """EXISTS (SELECT 1 FROM consignment_despatch
                   WHERE consignment_id = NEW.consignment_id)""",
            ),
        ),
    ),
    "despatch": (
        """PERFORM 1 FROM consignment_consignment WHERE key = NEW.consignment_id
           FOR NO KEY UPDATE;
           PERFORM 1 FROM festivals_stand s JOIN consignment_consignment c ON c.stand_id = s.key
           WHERE c.key = NEW.consignment_id FOR SHARE OF s;""",
        (
            (
                "what was cancelled is not despatched",
                """EXISTS (SELECT 1 FROM consignment_cancellation
                   WHERE consignment_id = NEW.consignment_id)""",
            ),
            (
                "a despatch carries something",
                """NOT EXISTS (SELECT 1 FROM consignment_line
                   WHERE consignment_id = NEW.consignment_id)""",
            ),
            (
                "nothing is despatched to a closed stand",
                """EXISTS (SELECT 1 FROM festivals_closure f
                   JOIN consignment_consignment c ON c.stand_id = f.stand_id
                   WHERE c.key = NEW.consignment_id AND c.direction = 'out')""",
            ),
        ),
    ),
    "receipt": (
        """PERFORM 1 FROM consignment_consignment WHERE key = NEW.consignment_id
           FOR NO KEY UPDATE;
           PERFORM 1 FROM festivals_stand s JOIN consignment_consignment c ON c.stand_id = s.key
           WHERE c.key = NEW.consignment_id FOR SHARE OF s;""",
        (
            (
                "only what was despatched is received",
                """NOT EXISTS (SELECT 1 FROM consignment_despatch
                   WHERE consignment_id = NEW.consignment_id)""",
            ),
            (
                "goods that were sent back are received in the store",
                """NEW.place <> 'store' AND EXISTS (SELECT 1 FROM consignment_consignment
                   WHERE key = NEW.consignment_id AND direction = 'back')""",
            ),
            (
                "nothing is received at a closed stand",
                """NEW.place = 'stand' AND EXISTS (SELECT 1 FROM festivals_closure f
                   JOIN consignment_consignment c ON c.stand_id = f.stand_id
                   WHERE c.key = NEW.consignment_id)""",
            ),
        ),
    ),
    "count": (
        "",
        (
            (
                "good, broken and missing make up what was sent",
                """NOT EXISTS (SELECT 1 FROM consignment_line l
                   JOIN consignment_receipt r ON r.consignment_id = l.consignment_id
                   WHERE l.key = NEW.line_id AND r.key = NEW.receipt_id
                   AND l.quantity = NEW.good + NEW.broken + NEW.missing)""",
            ),
        ),
    ),
    "clearance": (
        "PERFORM 1 FROM consignment_count WHERE key = NEW.count_id FOR NO KEY UPDATE;",
        (
            (
                "no more pieces are cleared than are missing",
                """NEW.quantity + coalesce((SELECT sum(quantity) FROM consignment_clearance
                   WHERE count_id = NEW.count_id), 0)
                   > coalesce((SELECT missing FROM consignment_count
                   WHERE key = NEW.count_id), 0)""",
            ),
        ),
    ),
}
# SQLite keeps 1.5 in a column of whole numbers unless it is told not to.
WHOLE = {
    "line": ("quantity",),
    "count": ("good", "broken", "missing"),
    "clearance": ("quantity",),
}


def fit_together(noun: str) -> None:
    """Register the rules above for one table, in the words of both engines."""
    table, (lock, rules) = f"consignment_{noun}", CONSIGNMENT_RULES[noun]
    floats = " OR ".join(f"typeof(NEW.{column}) <> 'integer'" for column in WHOLE.get(noun, ()))
    only_here = (("quantities are whole numbers", floats),) if floats else ()
    sqlite = "".join(
        f" SELECT RAISE(ABORT, '{says}') WHERE {broken};" for says, broken in (*only_here, *rules)
    )
    postgresql = "".join(
        f" IF {broken} THEN RAISE '{says}' USING ERRCODE = 'check_violation'; END IF;"
        for says, broken in rules
    )
    guard_sql(
        name=f"{table} fits its consignment",
        table=table,
        sqlite=f"""
DROP TRIGGER IF EXISTS {table}_fits;
--
CREATE TRIGGER {table}_fits BEFORE INSERT ON {table} BEGIN {sqlite} END;
""",
        postgresql=f"""
CREATE OR REPLACE FUNCTION {table}_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$ BEGIN {lock} {postgresql} RETURN NEW; END $$;
--
DROP TRIGGER IF EXISTS {table}_fits ON {table};
--
CREATE TRIGGER {table}_fits BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_fits();
""",
    )
