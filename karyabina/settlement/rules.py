"""What the database itself holds about settlements, on SQLite and on PostgreSQL.

Each rule is a sentence and the SQL condition under which a new row breaks it. What explains a
settlement is inserted before it: its own row then seals the parts, no further part joins it, and
the sums are checked at once, on both engines, without waiting for the commit. So with the premi
lines of a lot's result. On PostgreSQL an advisory lock on the settlement's key lets two
transactions that cannot see each other not get around the seal.
"""

from karyabina.base.guards import guard_sql

SEALED = (
    "no part joins a settlement that is posted",
    "EXISTS (SELECT 1 FROM settlement_settlement WHERE key = NEW.settlement_id)",
)
# The lines of this settlement, with the lot, office and festival that each belongs to.
SALES = """settlement_settledsale AS part
    JOIN till_saleline AS line ON line.key = part.line_id
    JOIN stock_lot AS lot ON lot.key = line.lot_id
    JOIN till_sale AS sale ON sale.key = line.sale_id
    JOIN till_shift AS shift ON shift.key = sale.shift_id
    JOIN festivals_stand AS stand ON stand.key = shift.stand_id
    WHERE part.settlement_id = NEW.key"""
REFUNDS = """settlement_settledrefund AS part
    JOIN till_refundline AS back ON back.key = part.line_id
    JOIN till_saleline AS line ON line.key = back.sale_line_id
    JOIN stock_lot AS lot ON lot.key = line.lot_id
    JOIN till_sale AS sale ON sale.key = line.sale_id
    JOIN till_shift AS shift ON shift.key = sale.shift_id
    JOIN festivals_stand AS stand ON stand.key = shift.stand_id
    WHERE part.settlement_id = NEW.key"""
RESULTS = "settlement_lotresult AS result WHERE result.settlement_id = NEW.key"
FOREIGN = "(lot.office_id <> NEW.office_id OR stand.festival_id <> NEW.festival_id)"


def lines(column: str, more: str = "") -> str:
    """Sum over the sales of this settlement less the sum over its refunds."""
    return (
        f"((SELECT coalesce(sum(line.{column}), 0) FROM {SALES} {more})"  # noqa: S608
        f" - (SELECT coalesce(sum(back.{column}), 0) FROM {REFUNDS} {more}))"
    )


# Table → (lock on PostgreSQL, rules).
RULES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "settledsale": ("settlement_id", (SEALED,)),
    "settledrefund": ("settlement_id", (SEALED,)),
    "premi": (
        "result_id",
        (
            (
                "no premi joins a result that is sealed",
                "EXISTS (SELECT 1 FROM settlement_lotresult WHERE key = NEW.result_id)",
            ),
            (
                "premi goes to who did the work",
                """NOT EXISTS (SELECT 1 FROM workshop_work
                   WHERE key = NEW.work_id AND maker_id = NEW.maker_id)""",
            ),
        ),
    ),
    "lotresult": (
        "settlement_id",
        (
            SEALED,
            (
                "the premi of a lot is what its makers get",
                """NEW.premi <> (SELECT coalesce(sum(saved + usable), 0) FROM settlement_premi
                   WHERE result_id = NEW.key)""",
            ),
            (
                "premi goes to the makers of the lot",
                """EXISTS (SELECT 1 FROM settlement_premi AS paid
                   JOIN workshop_work AS work ON work.key = paid.work_id
                   JOIN workshop_production AS made ON made.key = work.production_id
                   WHERE paid.result_id = NEW.key AND made.lot_id <> NEW.lot_id)""",
            ),
            (
                "a lot brings what its lines say",
                f"""NEW.quantity <> {lines("quantity", "AND line.lot_id = NEW.lot_id")}
                   OR NEW.turnover <> {lines("amount", "AND line.lot_id = NEW.lot_id")}""".replace(
                    "NEW.key", "NEW.settlement_id"
                ),
            ),
        ),
    ),
    "settlement": (
        "key",
        (
            (
                "a settlement shares sales of its own office and festival",
                f"EXISTS (SELECT 1 FROM {SALES} AND {FOREIGN})",  # noqa: S608
            ),
            (
                "a settlement takes off refunds of its own office and festival",
                f"EXISTS (SELECT 1 FROM {REFUNDS} AND {FOREIGN})",  # noqa: S608
            ),
            (
                "the lines add up to the turnover",
                f"NEW.turnover <> {lines('amount')}",
            ),
            (
                "the lots add up to the settlement",
                " OR ".join(
                    f"NEW.{part} <> (SELECT coalesce(sum(result.{part}), 0) FROM {RESULTS})"  # noqa: S608
                    for part in ("turnover", "cost", "premi")
                ),
            ),
        ),
    ),
}
# SQLite keeps 1.5 in a column of whole numbers unless it is told not to.
WHOLE = {
    "settledsale": (),
    "settledrefund": (),
    "premi": ("saved", "usable"),
    "lotresult": ("quantity", "turnover", "cost", "premi"),
    "settlement": ("turnover", "cost", "profit", "premi", "capital", "state"),
}


def hold() -> None:
    """Register the rules of all tables, in the words of both engines."""
    for noun, (column, rules) in RULES.items():
        table = f"settlement_{noun}"
        floats = [f"typeof(NEW.{name}) <> 'integer'" for name in WHOLE[noun]]
        whole = (("amounts are whole numbers", " OR ".join(floats)),) if floats else ()
        sqlite = "".join(
            f" SELECT RAISE(ABORT, '{table}: {says}') WHERE {broken};"
            for says, broken in (*whole, *rules)
        )
        postgresql = "".join(
            f" IF {broken} THEN RAISE '{table}: {says}' USING ERRCODE = 'check_violation'; END IF;"
            for says, broken in rules
        )
        guard_sql(
            name=f"{table} holds its rules",
            table=table,
            sqlite=f"""
DROP TRIGGER IF EXISTS {table}_holds;
--
CREATE TRIGGER {table}_holds BEFORE INSERT ON {table} BEGIN {sqlite} END;
""",
            postgresql=f"""
CREATE OR REPLACE FUNCTION {table}_holds() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$ BEGIN
PERFORM pg_advisory_xact_lock(hashtextextended('settlement ' || NEW.{column}, 0));
{postgresql} RETURN NEW; END $$;
--
DROP TRIGGER IF EXISTS {table}_holds ON {table};
--
CREATE TRIGGER {table}_holds BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_holds();
""",
        )
