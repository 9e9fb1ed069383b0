-- What the books refuse, and how an entry reaches the balances, on SQLite.
-- Append-only triggers come from base.guards. {next_recorded_at} is filled in by models.py.
--
-- An entry is refused when it does not carry the server's own time (the clock, but always later
-- than the last entry), when the entry before it is not whole yet, when it reverses a reversal or
-- what is not there yet, when it occurred at a time that no calendar can show, and on a connection
-- that does not hold foreign keys: they make an entry whole. (A client may put foreign keys off to
-- the end of its transaction.)
DROP TRIGGER IF EXISTS ledger_entry_begins;
--
CREATE TRIGGER ledger_entry_begins BEFORE INSERT ON ledger_entry
BEGIN
  SELECT RAISE(ABORT, 'ledger: foreign keys are off')
    WHERE (SELECT foreign_keys FROM pragma_foreign_keys) IS NOT 1;
  SELECT RAISE(ABORT, 'ledger: recorded_at is the server''s time and never goes back')
    WHERE NEW.recorded_at IS NOT {next_recorded_at};
  SELECT RAISE(ABORT, 'ledger: the entry before is not whole yet')
    FROM ledger_entry AS e
    WHERE e.recorded_at = (SELECT max(recorded_at) FROM ledger_entry)
      AND NOT EXISTS (SELECT 1 FROM ledger_movement WHERE entry_key = e.key AND n = e.size);
  SELECT RAISE(ABORT, 'ledger: a reversal cannot be reversed')
    FROM ledger_entry WHERE key = NEW.reverses AND reverses IS NOT NULL;
  SELECT RAISE(ABORT, 'ledger: what is reversed is not there yet')
    WHERE NEW.reverses IS NOT NULL AND NEW.reverses <> NEW.key
      AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE key = NEW.reverses);
  SELECT RAISE(ABORT, 'ledger: an entry occurred between 1900 and 9998')
    WHERE NEW.occurred_at < '1899-12-31' OR NEW.occurred_at >= '9999-01-02'
      OR NEW.occurred_at NOT GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]';
END;
--
-- Movements come in order, only to the last entry and with its times, between accounts that are there
-- and may hold the unit.
DROP TRIGGER IF EXISTS ledger_movement_in_order;
--
CREATE TRIGGER ledger_movement_in_order BEFORE INSERT ON ledger_movement
BEGIN
  SELECT CASE
    WHEN NEW.n IS NOT (
        SELECT coalesce(max(n), 0) + 1 FROM ledger_movement WHERE entry_key = NEW.entry_key)
      OR e.size IS NULL OR NEW.n > e.size
      THEN RAISE(ABORT, 'ledger: movements come in order, within the size of their entry')
    WHEN e.recorded_at IS NOT NEW.recorded_at OR e.booked_on IS NOT NEW.booked_on
      THEN RAISE(ABORT, 'ledger: a movement carries the times of its entry')
    WHEN s.id IS NULL OR t.id IS NULL OR u.id IS NULL
      THEN RAISE(ABORT, 'ledger: an account or the unit is not there yet')
    WHEN CASE
        WHEN s.cls IN ('claim', 'owed') THEN u.kind <> 'money'
        WHEN s.cls <> 'holding' THEN 0
        WHEN substr(s.code, 1, 5) IN ('cash:', 'bank:') THEN u.kind <> 'money'
        WHEN substr(s.code, 1, 9) = 'material:' THEN u.kind <> 'material'
        ELSE u.kind = 'money' END
      OR CASE
        WHEN t.cls IN ('claim', 'owed') THEN u.kind <> 'money'
        WHEN t.cls <> 'holding' THEN 0
        WHEN substr(t.code, 1, 5) IN ('cash:', 'bank:') THEN u.kind <> 'money'
        WHEN substr(t.code, 1, 9) = 'material:' THEN u.kind <> 'material'
        ELSE u.kind = 'money' END
      THEN RAISE(ABORT, 'ledger: this account does not hold this unit')
    WHEN (s.cls IN ('claim', 'owed')) <> (t.cls IN ('claim', 'owed'))
      THEN RAISE(ABORT, 'ledger: a claim moves only against a claim or a debt')
    END
    FROM (SELECT 1)
    LEFT JOIN ledger_entry AS e ON e.key = NEW.entry_key
    LEFT JOIN ledger_account AS s ON s.id = NEW.source_id
    LEFT JOIN ledger_account AS t ON t.id = NEW.target_id
    LEFT JOIN ledger_unit AS u ON u.id = NEW.unit_id;
END;
--
-- The last movement books the entry, whole: only the end state of the entry counts.
DROP TRIGGER IF EXISTS ledger_movement_books;
--
CREATE TRIGGER ledger_movement_books AFTER INSERT ON ledger_movement
WHEN NEW.n = (SELECT size FROM ledger_entry WHERE key = NEW.entry_key)
BEGIN
  SELECT RAISE(ABORT, 'ledger: a reversal mirrors its original')
    FROM ledger_entry AS e
    JOIN ledger_entry AS o ON o.key = e.reverses
    WHERE e.key = NEW.entry_key AND (
      o.size <> e.size OR EXISTS (
        SELECT 1 FROM ledger_movement AS m
        LEFT JOIN ledger_movement AS was ON was.entry_key = o.key AND was.n = m.n
          AND was.source_id = m.target_id AND was.target_id = m.source_id
          AND was.unit_id = m.unit_id AND was.amount = m.amount
        WHERE m.entry_key = e.key AND was.n IS NULL));
  SELECT RAISE(ABORT, 'ledger: an entry is booked on its first open day')
    FROM (
      SELECT date(substr(occurred_at, 1, 19), occurred_offset || ' minutes') AS day
        FROM ledger_entry WHERE key = NEW.entry_key) AS e
    WHERE CASE
      WHEN EXISTS (SELECT 1 FROM ledger_closing WHERE until >= e.day) THEN NEW.booked_on IS NOT max(
        e.day, coalesce((
          SELECT date(max((
              SELECT until FROM ledger_closing WHERE home = a.home ORDER BY n DESC LIMIT 1)), '+1 day')
            FROM ledger_movement AS m JOIN ledger_account AS a ON a.id IN (m.source_id, m.target_id)
            WHERE m.entry_key = NEW.entry_key AND a.cls <> 'outside'), ''))
      ELSE NEW.booked_on IS NOT e.day END;
  INSERT INTO ledger_balance (account_id, unit_id, amount, upto)
    SELECT DISTINCT a.id, m.unit_id, 0, NULL
    FROM ledger_movement AS m JOIN ledger_account AS a ON a.id IN (m.source_id, m.target_id)
    WHERE m.entry_key = NEW.entry_key AND a.cls <> 'outside' AND NOT EXISTS (
      SELECT 1 FROM ledger_balance WHERE account_id = a.id AND unit_id = m.unit_id);
  UPDATE ledger_balance SET amount = ledger_balance.amount + d.amount, upto = NEW.recorded_at
    FROM (
      SELECT account_id, unit_id, sum(amount) AS amount FROM (
        SELECT source_id AS account_id, unit_id, -amount AS amount
          FROM ledger_movement WHERE entry_key = NEW.entry_key
        UNION ALL SELECT target_id, unit_id, amount
          FROM ledger_movement WHERE entry_key = NEW.entry_key)
      GROUP BY account_id, unit_id) AS d
    WHERE ledger_balance.account_id = d.account_id AND ledger_balance.unit_id = d.unit_id;
  SELECT RAISE(ABORT, 'ledger: not enough')
    FROM ledger_movement AS m
    JOIN ledger_balance AS b ON b.account_id = m.source_id AND b.unit_id = m.unit_id
    WHERE m.entry_key = NEW.entry_key AND b.amount < 0 AND (
      SELECT cls FROM ledger_account WHERE id = b.account_id) IN ('holding', 'claim');
END;
--
-- A balance may be opened empty; nothing else is inserted, and nothing is replaced.
DROP TRIGGER IF EXISTS ledger_balance_opens_empty;
--
CREATE TRIGGER ledger_balance_opens_empty BEFORE INSERT ON ledger_balance
WHEN NEW.amount IS NOT 0 OR NEW.upto IS NOT NULL
  OR NOT EXISTS (SELECT 1 FROM ledger_account WHERE id = NEW.account_id AND cls <> 'outside')
  OR NOT EXISTS (SELECT 1 FROM ledger_unit WHERE id = NEW.unit_id)
  OR EXISTS (SELECT 1 FROM ledger_balance
    WHERE account_id = NEW.account_id AND unit_id = NEW.unit_id)
BEGIN SELECT RAISE(ABORT, 'ledger: only movements change a balance'); END;
--
-- The only change is the sum of the last entry, once it is whole, once: nobody else can write a
-- balance, because the row is compared with the movements themselves.
DROP TRIGGER IF EXISTS ledger_balance_follows_movements;
--
CREATE TRIGGER ledger_balance_follows_movements BEFORE UPDATE ON ledger_balance
WHEN NOT coalesce(
  NEW.account_id IS OLD.account_id AND NEW.unit_id IS OLD.unit_id
  AND NEW.upto IS (SELECT max(recorded_at) FROM ledger_entry)
  AND (OLD.upto IS NULL OR OLD.upto < NEW.upto)
  AND NEW.amount = OLD.amount + (
    SELECT sum(CASE m.target_id WHEN NEW.account_id THEN m.amount ELSE -m.amount END)
    FROM ledger_entry AS e
    JOIN ledger_movement AS latest ON latest.entry_key = e.key AND latest.n = e.size
    JOIN ledger_movement AS m ON m.entry_key = e.key
    WHERE e.recorded_at = NEW.upto AND m.unit_id = NEW.unit_id
      AND NEW.account_id IN (m.source_id, m.target_id)), 0)
BEGIN SELECT RAISE(ABORT, 'ledger: only movements change a balance'); END;
--
DROP TRIGGER IF EXISTS ledger_balance_no_delete;
--
CREATE TRIGGER ledger_balance_no_delete BEFORE DELETE ON ledger_balance
BEGIN SELECT RAISE(ABORT, 'ledger: only movements change a balance'); END;
