-- What the books refuse, and how an entry reaches the balances, on PostgreSQL.
-- Append-only triggers come from base.guards. Every function gets its search_path at the end.
--
-- recorded_at is the server's own time, later than every entry that is there to be seen.
CREATE OR REPLACE FUNCTION ledger_begin_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.recorded_at := greatest(
    clock_timestamp(), (SELECT max(recorded_at) + interval '1 microsecond' FROM ledger_entry));
  IF NEW.reverses IS NOT NULL AND EXISTS (
      SELECT 1 FROM ledger_entry WHERE key = NEW.reverses AND reverses IS NOT NULL) THEN
    RAISE 'ledger: a reversal cannot be reversed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS ledger_entry_begins ON ledger_entry;
--
CREATE TRIGGER ledger_entry_begins BEFORE INSERT ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_begin_entry();
--
-- One INSERT writes the movements of one entry and books it, whole: only its end state counts.
CREATE OR REPLACE FUNCTION ledger_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was record;
  bad record;
  e ledger_entry;
BEGIN
  SELECT count(*) AS movements, count(DISTINCT entry_key) AS entries,
      (array_agg(entry_key))[1] AS key, max(n) AS last INTO was FROM new_rows;
  IF was.movements = 0 THEN
    RETURN NULL;
  END IF;
  SELECT * INTO e FROM ledger_entry WHERE key = was.key;
  IF was.entries <> 1 OR was.movements <> e.size OR was.last <> e.size THEN
    RAISE 'ledger: movements come in order, within the size of their entry'
      USING ERRCODE = 'check_violation', DETAIL = 'one INSERT writes one whole entry';
  END IF;
  IF EXISTS (SELECT 1 FROM new_rows
      WHERE recorded_at <> e.recorded_at OR booked_on <> e.booked_on) THEN
    RAISE 'ledger: a movement carries the times of its entry' USING ERRCODE = 'check_violation';
  END IF;
  SELECT a.code, u.code AS unit INTO bad
    FROM new_rows AS m
    JOIN ledger_unit AS u ON u.id = m.unit_id
    JOIN ledger_account AS a ON a.id IN (m.source_id, m.target_id)
    WHERE CASE
      WHEN a.cls IN ('claim', 'owed') THEN u.kind <> 'money'
      WHEN a.cls <> 'holding' THEN false
      WHEN split_part(a.code, ':', 1) IN ('cash', 'bank') THEN u.kind <> 'money'
      WHEN split_part(a.code, ':', 1) = 'material' THEN u.kind <> 'material'
      ELSE u.kind = 'money' END
    LIMIT 1;
  IF FOUND THEN
    RAISE 'ledger: this account does not hold this unit' USING ERRCODE = 'check_violation',
      DETAIL = json_build_object('account', bad.code, 'unit', bad.unit)::text;
  END IF;
  IF EXISTS (
      SELECT 1 FROM new_rows AS m
      JOIN ledger_account AS s ON s.id = m.source_id
      JOIN ledger_account AS t ON t.id = m.target_id
      WHERE (s.cls IN ('claim', 'owed')) <> (t.cls IN ('claim', 'owed'))) THEN
    RAISE 'ledger: a claim moves only against a claim or a debt' USING ERRCODE = 'check_violation';
  END IF;
  -- Asked again: an original may be inserted after its reversal, by one and the same INSERT.
  IF EXISTS (SELECT 1 FROM ledger_entry WHERE key = e.reverses AND reverses IS NOT NULL) THEN
    RAISE 'ledger: a reversal cannot be reversed' USING ERRCODE = 'check_violation';
  END IF;
  IF e.reverses IS NOT NULL AND (
      e.size <> (SELECT size FROM ledger_entry WHERE key = e.reverses) OR EXISTS (
        SELECT 1 FROM new_rows AS m
        LEFT JOIN ledger_movement AS o ON o.entry_key = e.reverses AND o.n = m.n
          AND o.source_id = m.target_id AND o.target_id = m.source_id
          AND o.unit_id = m.unit_id AND o.amount = m.amount
        WHERE o.n IS NULL)) THEN
    RAISE 'ledger: a reversal mirrors its original' USING ERRCODE = 'check_violation';
  END IF;
  WITH booked AS (
    INSERT INTO ledger_balance AS b (account_id, unit_id, amount, upto)
    SELECT d.account_id, d.unit_id, sum(d.amount), e.recorded_at
      FROM (
        SELECT source_id AS account_id, unit_id, -amount AS amount FROM new_rows
        UNION ALL SELECT target_id, unit_id, amount FROM new_rows) AS d
      JOIN ledger_account AS a ON a.id = d.account_id
      WHERE a.cls <> 'outside'
      GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (account_id, unit_id)
      DO UPDATE SET amount = b.amount + excluded.amount, upto = excluded.upto
    RETURNING b.account_id, b.unit_id, b.amount)
  SELECT a.code, u.code AS unit, b.amount INTO bad
    FROM booked AS b
    JOIN ledger_account AS a ON a.id = b.account_id
    JOIN ledger_unit AS u ON u.id = b.unit_id
    WHERE b.amount < 0 AND a.cls IN ('holding', 'claim')
    ORDER BY b.account_id, b.unit_id LIMIT 1;
  IF FOUND THEN
    RAISE 'ledger: not enough' USING ERRCODE = 'check_violation', DETAIL =
      json_build_object('account', bad.code, 'unit', bad.unit, 'remains', bad.amount)::text;
  END IF;
  RETURN NULL;
END $$;
--
DROP TRIGGER IF EXISTS ledger_movement_books ON ledger_movement;
--
CREATE TRIGGER ledger_movement_books AFTER INSERT ON ledger_movement
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_book();
--
-- A balance may be opened empty; every other change comes from a trigger, which is the one above.
CREATE OR REPLACE FUNCTION ledger_keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.amount = 0 AND NEW.upto IS NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_account WHERE id = NEW.account_id AND cls = 'outside') THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE 'ledger: only movements change a balance' USING ERRCODE = 'restrict_violation';
END $$;
--
DROP TRIGGER IF EXISTS ledger_balance_opens_empty ON ledger_balance;
--
CREATE TRIGGER ledger_balance_opens_empty BEFORE INSERT ON ledger_balance
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_keep_balance();
--
DROP TRIGGER IF EXISTS ledger_balance_follows_movements ON ledger_balance;
--
CREATE TRIGGER ledger_balance_follows_movements BEFORE UPDATE ON ledger_balance
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_keep_balance();
--
DROP TRIGGER IF EXISTS ledger_balance_no_delete ON ledger_balance;
--
CREATE TRIGGER ledger_balance_no_delete BEFORE DELETE ON ledger_balance
FOR EACH ROW EXECUTE FUNCTION ledger_keep_balance();
--
DROP TRIGGER IF EXISTS ledger_balance_no_truncate ON ledger_balance;
--
CREATE TRIGGER ledger_balance_no_truncate BEFORE TRUNCATE ON ledger_balance
FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_balance();
--
-- Writes one entry, or returns the one that already has this key. The balance rows are opened and
-- locked in sorted order first: so recorded_at follows the order of commits for each balance, and
-- writers of single entries cannot deadlock.
CREATE OR REPLACE FUNCTION ledger_write(
  p_key uuid, p_kind text, p_origin text, p_origin_seq bigint, p_by uuid,
  p_occurred_at timestamptz, p_offset smallint, p_booked_on date, p_digest text,
  p_reverses uuid, p_note text,
  p_sources text[], p_targets text[], p_units text[], p_amounts bigint[]
) RETURNS ledger_entry LANGUAGE plpgsql AS $$
DECLARE
  e ledger_entry;
  sources bigint[];
  targets bigint[];
  units bigint[];
  unknown text;
BEGIN
  SELECT * INTO e FROM ledger_entry WHERE key = p_key;
  IF FOUND THEN
    RETURN e;
  END IF;
  SELECT array_agg(s.id ORDER BY m.n), array_agg(t.id ORDER BY m.n), array_agg(u.id ORDER BY m.n)
    INTO sources, targets, units
    FROM unnest(p_sources, p_targets, p_units) WITH ORDINALITY AS m (source, target, unit, n)
    LEFT JOIN ledger_account AS s ON s.code = m.source
    LEFT JOIN ledger_account AS t ON t.code = m.target
    LEFT JOIN ledger_unit AS u ON u.code = m.unit;
  IF array_position(sources, NULL) IS NOT NULL OR array_position(targets, NULL) IS NOT NULL THEN
    SELECT code INTO unknown FROM unnest(p_sources || p_targets) WITH ORDINALITY AS c (code, n)
      WHERE NOT EXISTS (SELECT 1 FROM ledger_account AS a WHERE a.code = c.code)
      ORDER BY n LIMIT 1;
    RAISE 'ledger: no such account' USING ERRCODE = 'foreign_key_violation',
      DETAIL = json_build_object('code', unknown)::text;
  END IF;
  IF array_position(units, NULL) IS NOT NULL THEN
    RAISE 'ledger: no such unit' USING ERRCODE = 'foreign_key_violation',
      DETAIL = json_build_object('code', p_units[array_position(units, NULL)])::text;
  END IF;
  INSERT INTO ledger_balance (account_id, unit_id, amount)
    SELECT DISTINCT a.id, m.unit, 0
    FROM unnest(sources || targets, units || units) AS m (account, unit)
    JOIN ledger_account AS a ON a.id = m.account AND a.cls <> 'outside'
    WHERE NOT EXISTS (
      SELECT 1 FROM ledger_balance AS b WHERE b.account_id = m.account AND b.unit_id = m.unit)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
  PERFORM 1 FROM ledger_balance AS b
    WHERE (b.account_id, b.unit_id) IN (
      SELECT m.account, m.unit FROM unnest(sources || targets, units || units) AS m (account, unit))
    ORDER BY b.account_id, b.unit_id
    FOR UPDATE;
  INSERT INTO ledger_entry (key, kind, origin, origin_seq, by_id, occurred_at, occurred_offset,
      booked_on, size, digest, reverses, note)
    VALUES (p_key, p_kind, p_origin, coalesce(p_origin_seq, nextval('ledger_origin_seq')), p_by,
      p_occurred_at, p_offset, p_booked_on, cardinality(sources), p_digest, p_reverses, p_note)
    ON CONFLICT (key) DO NOTHING
    RETURNING * INTO e;
  IF e.key IS NULL THEN
    SELECT * INTO e FROM ledger_entry WHERE key = p_key;
    RETURN e;
  END IF;
  INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,
      recorded_at, booked_on)
    SELECT e.key, m.n, m.source, m.target, m.unit, m.amount, e.recorded_at, e.booked_on
    FROM unnest(sources, targets, units, p_amounts)
      WITH ORDINALITY AS m (source, target, unit, amount, n);
  RETURN e;
END $$;
--
-- One round trip: the entry, or why not. A refusal undoes this entry alone and leaves the
-- transaction around it usable, as a savepoint would.
CREATE OR REPLACE FUNCTION ledger_post(
  p_key uuid, p_kind text, p_origin text, p_origin_seq bigint, p_by uuid,
  p_occurred_at timestamptz, p_offset smallint, p_booked_on date, p_digest text,
  p_reverses uuid, p_note text,
  p_sources text[], p_targets text[], p_units text[], p_amounts bigint[],
  OUT entry ledger_entry, OUT refused text, OUT why text, OUT constraint_name text
) LANGUAGE plpgsql AS $$
BEGIN
  entry := ledger_write(p_key, p_kind, p_origin, p_origin_seq, p_by, p_occurred_at, p_offset,
    p_booked_on, p_digest, p_reverses, p_note, p_sources, p_targets, p_units, p_amounts);
EXCEPTION WHEN integrity_constraint_violation OR unique_violation OR check_violation
    OR foreign_key_violation OR not_null_violation OR restrict_violation
    OR numeric_value_out_of_range THEN
  GET STACKED DIAGNOSTICS refused = MESSAGE_TEXT, why = PG_EXCEPTION_DETAIL,
    constraint_name = CONSTRAINT_NAME;
END $$;
--
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc AS p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND (p.proname LIKE 'ledger\_%' OR p.proname = 'karyabina_refuse')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f, current_schema());
  END LOOP;
END $$;
