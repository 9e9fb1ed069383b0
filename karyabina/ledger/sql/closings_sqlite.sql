-- What a closing, a reopening and a seal must be, on SQLite.
DROP TRIGGER IF EXISTS ledger_closing_follows;
--
CREATE TRIGGER ledger_closing_follows BEFORE INSERT ON ledger_closing
BEGIN
  SELECT RAISE(ABORT, 'ledger: a closing follows the one before')
    WHERE NEW.n IS NOT (SELECT coalesce(max(n), 0) + 1 FROM ledger_closing WHERE home = NEW.home)
      OR NEW.was IS NOT (
        SELECT until FROM ledger_closing WHERE home = NEW.home ORDER BY n DESC LIMIT 1)
      OR NEW.home = 'hub';
  SELECT RAISE(ABORT, 'ledger: a closing goes forward')
    WHERE NEW.reopening_id IS NULL AND (NEW.until IS NULL OR NEW.until <= NEW.was);
  SELECT RAISE(ABORT, 'ledger: a month is closed to its last day')
    WHERE NEW.period = 'month' AND NEW.reopening_id IS NULL
      AND NEW.until <> date(NEW.until, 'start of month', '+1 month', '-1 day');
  -- Somewhere on earth it is 14 hours later; the office's own clock is asked before. What is said to
  -- happen later than now happens now.
  SELECT RAISE(ABORT, 'ledger: a day is closed once it has begun, a month once it is over')
    WHERE NEW.reopening_id IS NULL AND NOT coalesce(
      date(NEW.until, CASE NEW.period WHEN 'month' THEN '+1 day' ELSE '+0 days' END)
        <= date(min(NEW.at, datetime('now')), '+14 hours'), 0);
  SELECT RAISE(ABORT, 'ledger: a closing is taken back whole, by a second person')
    WHERE NEW.reopening_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM ledger_reopening AS r JOIN ledger_closing AS c ON c.key = r.closing_id
      WHERE r.key = NEW.reopening_id AND r.by_id <> NEW.by_id AND c.home = NEW.home
        AND c.n = NEW.n - 1 AND c.reopening_id IS NULL AND c.was IS NEW.until
        AND c.period = NEW.period
        AND NOT EXISTS (SELECT 1 FROM ledger_reopeningdeclined AS d WHERE d.reopening_id = r.key));
  SELECT RAISE(ABORT, 'ledger: a later day is sealed')
    FROM ledger_seal WHERE NEW.reopening_id IS NOT NULL AND home = NEW.home AND day > NEW.was;
END;
--
DROP TRIGGER IF EXISTS ledger_reopening_is_of_the_last;
--
CREATE TRIGGER ledger_reopening_is_of_the_last BEFORE INSERT ON ledger_reopening
BEGIN
  SELECT RAISE(ABORT, 'ledger: only the last closing can be taken back')
    WHERE NOT EXISTS (
      SELECT 1 FROM ledger_closing AS c WHERE c.key = NEW.closing_id AND c.reopening_id IS NULL
        AND c.n = (SELECT max(n) FROM ledger_closing WHERE home = c.home));
  SELECT RAISE(ABORT, 'ledger: a reopening has a reason') WHERE trim(NEW.reason) = '';
END;
--
DROP TRIGGER IF EXISTS ledger_reopeningdeclined_is_open;
--
CREATE TRIGGER ledger_reopeningdeclined_is_open BEFORE INSERT ON ledger_reopeningdeclined
BEGIN
  SELECT RAISE(ABORT, 'ledger: this reopening is answered already')
    FROM ledger_closing WHERE reopening_id = NEW.reopening_id;
END;
--
DROP TRIGGER IF EXISTS ledger_seal_follows;
--
CREATE TRIGGER ledger_seal_follows BEFORE INSERT ON ledger_seal
BEGIN
  SELECT RAISE(ABORT, 'ledger: a seal follows the one before')
    WHERE NEW.n IS NOT (SELECT coalesce(max(n), 0) + 1 FROM ledger_seal WHERE home = NEW.home)
      OR NEW.previous IS NOT coalesce(
        (SELECT digest FROM ledger_seal WHERE home = NEW.home ORDER BY n DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
      OR EXISTS (
        SELECT 1 FROM ledger_seal WHERE closing_id = NEW.closing_id AND day >= NEW.day);
  SELECT RAISE(ABORT, 'ledger: a seal is of a day of the last closing')
    WHERE NOT EXISTS (
      SELECT 1 FROM ledger_closing AS c
      WHERE c.key = NEW.closing_id AND c.home = NEW.home AND c.reopening_id IS NULL
        AND NEW.day <= c.until AND (c.was IS NULL OR NEW.day > c.was)
        AND c.n = (SELECT max(n) FROM ledger_closing WHERE home = NEW.home));
END;
