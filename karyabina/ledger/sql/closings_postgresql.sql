-- What a closing, a reopening and a seal must be, on PostgreSQL.
--
-- Who posts holds each home that is touched (shared); who closes holds it alone: so a closing waits
-- for entries that are being written, and they for it.
CREATE OR REPLACE FUNCTION ledger_closing_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last ledger_closing;
BEGIN
  PERFORM ledger_hold_home_alone(NEW.home);
  SELECT * INTO last FROM ledger_closing WHERE home = NEW.home ORDER BY n DESC LIMIT 1;
  IF NEW.n IS DISTINCT FROM coalesce(last.n, 0) + 1 OR NEW.was IS DISTINCT FROM last.until
      OR NEW.home = 'hub' THEN
    RAISE 'ledger: a closing follows the one before' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reopening_id IS NULL AND (NEW.until IS NULL OR NEW.until <= NEW.was) THEN
    RAISE 'ledger: a closing goes forward' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.period = 'month' AND NEW.reopening_id IS NULL
      AND NEW.until <> (date_trunc('month', NEW.until) + interval '1 month - 1 day')::date THEN
    RAISE 'ledger: a month is closed to its last day' USING ERRCODE = 'check_violation';
  END IF;
  -- Somewhere on earth it is 14 hours later; the office's own clock is asked before. What is said to
  -- happen later than now happens now.
  IF NEW.reopening_id IS NULL AND NEW.until + (NEW.period = 'month')::int
      > ((least(NEW.at, clock_timestamp()) AT TIME ZONE 'UTC') + interval '14 hours')::date THEN
    RAISE 'ledger: a day is closed once it has begun, a month once it is over'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reopening_id IS NULL THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (
      SELECT 1 FROM ledger_reopening AS r
      WHERE r.key = NEW.reopening_id AND r.by_id <> NEW.by_id AND r.closing_id = last.key
        AND last.reopening_id IS NULL AND last.was IS NOT DISTINCT FROM NEW.until
        AND last.period = NEW.period
        AND NOT EXISTS (SELECT 1 FROM ledger_reopeningdeclined AS d WHERE d.reopening_id = r.key))
    THEN
    RAISE 'ledger: a closing is taken back whole, by a second person'
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_seal WHERE home = NEW.home AND day > NEW.was) THEN
    RAISE 'ledger: a later day is sealed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS ledger_closing_follows ON ledger_closing;
--
CREATE TRIGGER ledger_closing_follows BEFORE INSERT ON ledger_closing
FOR EACH ROW EXECUTE FUNCTION ledger_closing_follows();
--
CREATE OR REPLACE FUNCTION ledger_reopening_is_of_the_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM ledger_closing AS c WHERE c.key = NEW.closing_id AND c.reopening_id IS NULL
        AND c.n = (SELECT max(n) FROM ledger_closing WHERE home = c.home)) THEN
    RAISE 'ledger: only the last closing can be taken back' USING ERRCODE = 'check_violation';
  END IF;
  IF trim(NEW.reason) = '' THEN
    RAISE 'ledger: a reopening has a reason' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS ledger_reopening_is_of_the_last ON ledger_reopening;
--
CREATE TRIGGER ledger_reopening_is_of_the_last BEFORE INSERT ON ledger_reopening
FOR EACH ROW EXECUTE FUNCTION ledger_reopening_is_of_the_last();
--
-- Two who answer the same request at once wait for each other at its row.
CREATE OR REPLACE FUNCTION ledger_reopening_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_hold_home_alone(c.home)
    FROM ledger_reopening AS r JOIN ledger_closing AS c ON c.key = r.closing_id
    WHERE r.key = NEW.reopening_id;
  IF EXISTS (SELECT 1 FROM ledger_closing WHERE reopening_id = NEW.reopening_id) THEN
    RAISE 'ledger: this reopening is answered already' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS ledger_reopeningdeclined_is_open ON ledger_reopeningdeclined;
--
CREATE TRIGGER ledger_reopeningdeclined_is_open BEFORE INSERT ON ledger_reopeningdeclined
FOR EACH ROW EXECUTE FUNCTION ledger_reopening_is_open();
--
CREATE OR REPLACE FUNCTION ledger_seal_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last ledger_seal;
BEGIN
  PERFORM ledger_hold_home_alone(NEW.home);
  SELECT * INTO last FROM ledger_seal WHERE home = NEW.home ORDER BY n DESC LIMIT 1;
  IF NEW.n IS DISTINCT FROM coalesce(last.n, 0) + 1
      OR NEW.previous IS DISTINCT FROM coalesce(last.digest, repeat('0', 64))
      OR EXISTS (
        SELECT 1 FROM ledger_seal WHERE closing_id = NEW.closing_id AND day >= NEW.day) THEN
    RAISE 'ledger: a seal follows the one before' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
      SELECT 1 FROM ledger_closing AS c
      WHERE c.key = NEW.closing_id AND c.home = NEW.home AND c.reopening_id IS NULL
        AND NEW.day <= c.until AND (c.was IS NULL OR NEW.day > c.was)
        AND c.n = (SELECT max(n) FROM ledger_closing WHERE home = NEW.home)) THEN
    RAISE 'ledger: a seal is of a day of the last closing' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS ledger_seal_follows ON ledger_seal;
--
CREATE TRIGGER ledger_seal_follows BEFORE INSERT ON ledger_seal
FOR EACH ROW EXECUTE FUNCTION ledger_seal_follows();
