# ruff: noqa: S608 - the rules are put together from the constants of this file alone
"""What the database itself holds about selling, on SQLite and on PostgreSQL.

Each rule is a sentence and the SQL condition under which a new row breaks it. The lines of a sale
are inserted before the sale: its own row then seals them, and no line joins a sale that is there.
So the sum is checked at once, on both engines, without waiting for the commit. So with refunds.

SQLite has one writer at a time. PostgreSQL first locks the row that decides (the stand, the shift,
the sale line) and then looks, so that two at once cannot both find that there is room; what waits
for a row that is not there yet (a sale under way) waits on an advisory lock of its key.
"""

from karyabina.base.guards import guard_sql

STAND_OF_SHIFT = "(SELECT stand_id FROM till_shift WHERE key = NEW.shift_id)"
LOCK_SHIFT = "PERFORM 1 FROM till_shift WHERE key = NEW.shift_id FOR NO KEY UPDATE;"
LOCK_OPEN_STAND = f"PERFORM 1 FROM festivals_stand WHERE key = {STAND_OF_SHIFT} FOR SHARE;"


def lock_document(table: str, column: str) -> str:
    """One at a time for the lines and the seal of one sale or refund."""
    return f"PERFORM pg_advisory_xact_lock(hashtextextended('{table} ' || NEW.{column}, 0));"


# For a sale and for a refund alike.
IN_AN_OPEN_SHIFT = (
    (
        "the shift is closed",
        "EXISTS (SELECT 1 FROM till_close WHERE shift_id = NEW.shift_id)",
    ),
    (
        "the stand is closed",
        f"EXISTS (SELECT 1 FROM festivals_closure WHERE stand_id = {STAND_OF_SHIFT})",
    ),
    (
        "the shift is another cashier''s",
        """NOT EXISTS (SELECT 1 FROM till_shift
           WHERE key = NEW.shift_id AND opened_by_id = NEW.by_id)""",
    ),
)

# After k of the q pieces of a line of amount a, a × k / q has been paid back, half a rupiah up: so
# all its pieces, in whatever steps, pay back exactly a. The bounds of a line keep this in 64 bits.
BACK = "FROM till_refundline WHERE sale_line_id = NEW.sale_line_id"
PIECES = f"(NEW.quantity + (SELECT CAST(coalesce(sum(quantity), 0) AS bigint) {BACK}))"
MONEY = f"(NEW.amount + (SELECT CAST(coalesce(sum(amount), 0) AS bigint) {BACK}))"

TILL_RULES = {
    "shift": (
        "PERFORM 1 FROM festivals_stand WHERE key = NEW.stand_id FOR NO KEY UPDATE;",
        (
            (
                "the stand is closed",
                "EXISTS (SELECT 1 FROM festivals_closure WHERE stand_id = NEW.stand_id)",
            ),
            (
                "a cashier has one open shift at a stand",
                """EXISTS (SELECT 1 FROM till_shift other
                   WHERE other.stand_id = NEW.stand_id AND other.opened_by_id = NEW.opened_by_id
                   AND NOT EXISTS (SELECT 1 FROM till_close WHERE shift_id = other.key))""",
            ),
        ),
    ),
    # The lock alone: counting the drawer waits for the sale that is under way.
    "close": (LOCK_SHIFT, ()),
    "sale": (
        LOCK_SHIFT + LOCK_OPEN_STAND + lock_document("till_sale", "key"),
        (
            *IN_AN_OPEN_SHIFT,
            (
                "receipts are numbered from 1 without a gap",
                """NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM till_sale
                   WHERE shift_id = NEW.shift_id)""",
            ),
            (
                "the lines add up to the total",
                """NEW.total <> (SELECT coalesce(sum(amount), 0) FROM till_saleline
                   WHERE sale_id = NEW.key)""",
            ),
            (
                "the lines are numbered from 1 without a gap",
                """(SELECT min(n) <> 1 OR max(n) <> count(*) FROM till_saleline
                   WHERE sale_id = NEW.key)""",
            ),
        ),
    ),
    "saleline": (
        lock_document("till_sale", "sale_id"),
        (
            (
                "no line joins a sale that is made",
                "EXISTS (SELECT 1 FROM till_sale WHERE key = NEW.sale_id)",
            ),
        ),
    ),
    "refund": (
        LOCK_SHIFT + LOCK_OPEN_STAND + lock_document("till_refund", "key"),
        (
            *IN_AN_OPEN_SHIFT,
            (
                "what was sold at a stand is refunded there",
                f"""NOT EXISTS (SELECT 1 FROM till_sale
                   JOIN till_shift ON till_shift.key = till_sale.shift_id
                   WHERE till_sale.key = NEW.sale_id AND till_shift.stand_id = {STAND_OF_SHIFT})""",
            ),
            (
                "a refund is against the lines of its sale",
                """EXISTS (SELECT 1 FROM till_refundline
                   JOIN till_saleline ON till_saleline.key = till_refundline.sale_line_id
                   WHERE till_refundline.refund_id = NEW.key
                   AND till_saleline.sale_id <> NEW.sale_id)""",
            ),
            (
                "the lines add up to the total",
                """NEW.total <> (SELECT coalesce(sum(amount), 0) FROM till_refundline
                   WHERE refund_id = NEW.key)""",
            ),
        ),
    ),
    "refundline": (
        lock_document("till_refund", "refund_id")
        + "PERFORM 1 FROM till_saleline WHERE key = NEW.sale_line_id FOR NO KEY UPDATE;",
        (
            (
                "no line joins a refund that is made",
                "EXISTS (SELECT 1 FROM till_refund WHERE key = NEW.refund_id)",
            ),
            (
                "no more comes back than was sold",
                f"""NOT EXISTS (SELECT 1 FROM till_saleline sold
                   WHERE sold.key = NEW.sale_line_id AND sold.quantity >= {PIECES})""",
            ),
            (
                "what comes back is paid back at its own price",
                f"""EXISTS (SELECT 1 FROM till_saleline sold WHERE sold.key = NEW.sale_line_id
                   AND {MONEY} <>
                   (2 * {PIECES} * sold.amount + sold.quantity) / (2 * sold.quantity))""",
            ),
        ),
    ),
}
# SQLite keeps 1.5 in a column of whole numbers unless it is told not to.
WHOLE = {
    "shift": ("float_amount",),
    "close": ("expected", "counted", "difference"),
    "sale": ("number", "total", "tendered"),
    "saleline": ("n", "quantity", "price", "per", "amount"),
    "refund": ("total",),
    "refundline": ("quantity", "amount"),
}


def holds(noun: str) -> None:
    """Register the rules above for one table, in the words of both engines."""
    table, (lock, rules) = f"till_{noun}", TILL_RULES[noun]
    floats = " OR ".join(f"typeof(NEW.{column}) <> 'integer'" for column in WHOLE[noun])
    sqlite = "".join(
        f" SELECT RAISE(ABORT, '{table}: {says}') WHERE {broken};"
        for says, broken in (("amounts are whole numbers", floats), *rules)
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
SET search_path FROM CURRENT AS $$ BEGIN {lock} {postgresql} RETURN NEW; END $$;
--
DROP TRIGGER IF EXISTS {table}_holds ON {table};
--
CREATE TRIGGER {table}_holds BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_holds();
""",
    )
