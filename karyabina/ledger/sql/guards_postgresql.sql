-- What the books refuse, and how entries reach the balances, on PostgreSQL.
-- Append-only triggers come from base.guards. Every function gets its search_path at the end.
--
-- The day of an occurrence on the clock of the place where it happened.
CREATE OR REPLACE FUNCTION ledger_day(at timestamptz, zone smallint) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
  SELECT ((at AT TIME ZONE 'UTC') + make_interval(mins => zone::int))::date
$$;
--
-- Whether an account may hold a kind of unit.
CREATE OR REPLACE FUNCTION ledger_fits(code text, cls text, kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN cls IN ('claim', 'owed') THEN kind = 'money'
    WHEN cls <> 'holding' THEN true
    WHEN starts_with(code, 'cash:') OR starts_with(code, 'bank:') THEN kind = 'money'
    WHEN starts_with(code, 'material:') THEN kind = 'material'
    ELSE kind <> 'money' END
$$;
--
-- Who waited for another must then see what the other wrote. A transaction that looks at a snapshot
-- of its beginning does not, and SERIALIZABLE would notice only if the other were that as well.
CREATE OR REPLACE FUNCTION ledger_refuse_an_old_picture() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
    RAISE 'ledger: nothing is booked on an older picture of the books'
      USING ERRCODE = 'check_violation', HINT = 'use READ COMMITTED';
  END IF;
END $$;
--
-- Who posts holds every home that is touched, shared; who closes a day holds one alone. All homes
-- share 128 locks, so that a long batch does not fill the server's table of locks.
CREATE OR REPLACE FUNCTION ledger_hold_homes(homes text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_refuse_an_old_picture();
  PERFORM pg_advisory_xact_lock_shared(7310, h) FROM (
    SELECT DISTINCT hashtext(home) & 127 AS h FROM unnest(homes) AS home
      WHERE home IS NOT NULL ORDER BY 1) AS x;
END $$;
--
CREATE OR REPLACE FUNCTION ledger_hold_home_alone(home text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_refuse_an_old_picture();
  PERFORM pg_advisory_xact_lock(7310, hashtext(home) & 127);
END $$;
--
-- The last day that is closed in any of these homes.
CREATE OR REPLACE FUNCTION ledger_closed(homes text[]) RETURNS date LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT max(c.until) FROM (SELECT DISTINCT home FROM unnest(homes) AS home) AS h
      CROSS JOIN LATERAL (
        SELECT until FROM ledger_closing WHERE home = h.home ORDER BY n DESC LIMIT 1) AS c);
END $$;
--
-- recorded_at is the server's own time, later than every entry that is there to be seen. Refused:
-- a reversal of what is not there yet or is one itself, and a time that no calendar can show.
CREATE OR REPLACE FUNCTION ledger_begin_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.recorded_at := greatest(
    clock_timestamp(), (SELECT max(recorded_at) + interval '1 microsecond' FROM ledger_entry));
  IF NEW.reverses IS NOT NULL THEN
    IF EXISTS (
        SELECT 1 FROM ledger_entry WHERE key = NEW.reverses AND reverses IS NOT NULL) THEN
      RAISE 'ledger: a reversal cannot be reversed' USING ERRCODE = 'check_violation';
    ELSIF NEW.reverses <> NEW.key
        AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE key = NEW.reverses) THEN
      RAISE 'ledger: what is reversed is not there yet' USING ERRCODE = 'foreign_key_violation';
    END IF;
  END IF;
  IF NEW.occurred_at < '1899-12-31 00:00Z' OR NEW.occurred_at >= '9999-01-02 00:00Z' THEN
    RAISE 'ledger: an entry occurred between 1900 and 9998' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--
DROP TRIGGER IF EXISTS ledger_entry_begins ON ledger_entry;
--
CREATE TRIGGER ledger_entry_begins BEFORE INSERT ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_begin_entry();
--
-- Refuses a reversal that is not the exact mirror of its original.
CREATE OR REPLACE FUNCTION ledger_demand_mirror(p_key uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  e ledger_entry;
  o ledger_entry;
BEGIN
  SELECT * INTO e FROM ledger_entry WHERE key = p_key;
  IF e.reverses IS NULL THEN
    RETURN;
  END IF;
  SELECT * INTO o FROM ledger_entry WHERE key = e.reverses;
  IF e.size IS DISTINCT FROM o.size OR EXISTS (
      SELECT 1 FROM ledger_movement AS m
      LEFT JOIN ledger_movement AS was ON was.entry_key = o.key AND was.n = m.n
        AND was.source_id = m.target_id AND was.target_id = m.source_id
        AND was.unit_id = m.unit_id AND was.amount = m.amount
      WHERE m.entry_key = p_key AND was.n IS NULL) THEN
    RAISE 'ledger: a reversal mirrors its original' USING ERRCODE = 'check_violation';
  END IF;
END $$;
--
-- Refuses what takes a holding or a claim below zero after any of the entries just booked: these
-- are both sides of their movements.
CREATE OR REPLACE FUNCTION ledger_refuse_shortage(
  accounts bigint[], units bigint[], amounts numeric[], instants timestamptz[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT x.account, x.unit, b.amount - x.total + x.running AS remains INTO bad
    FROM (
      SELECT c.account, c.unit, c.at, sum(c.amount) OVER pair AS total,
          sum(c.amount) OVER (pair ORDER BY c.at) AS running
        FROM (
          SELECT s.account, s.unit, s.at, sum(s.amount) AS amount
            FROM unnest(accounts, units, amounts, instants) AS s (account, unit, amount, at)
            GROUP BY 1, 2, 3) AS c
        WINDOW pair AS (PARTITION BY c.account, c.unit)) AS x
    CROSS JOIN LATERAL (
      SELECT amount FROM ledger_balance
        WHERE account_id = x.account AND unit_id = x.unit OFFSET 0) AS b
    WHERE b.amount - x.total + x.running < 0
      AND (SELECT cls FROM ledger_account WHERE id = x.account) IN ('holding', 'claim')
    ORDER BY x.at, x.account, x.unit LIMIT 1;
  IF FOUND THEN
    RAISE 'ledger: not enough' USING ERRCODE = 'check_violation',
      DETAIL = json_build_object(
        'account', (SELECT code FROM ledger_account WHERE id = bad.account),
        'unit', (SELECT code FROM ledger_unit WHERE id = bad.unit), 'remains', bad.remains);
  END IF;
END $$;
--
-- One INSERT writes all movements of one entry, or of several, and books them. An entry counts
-- whole: only its end state matters; several count one after the other, by recorded_at. Movements
-- have no foreign keys: what those would ask row by row is asked here of all at once. Balances are
-- changed in sorted order, so that two who write cannot deadlock, and never by an entry that was
-- recorded before the last one: recorded_at follows the order of commits for each balance.
CREATE OR REPLACE FUNCTION ledger_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved record;
  wrote record;
  booked record;
BEGIN
  SELECT count(*) AS movements,
      bool_or(s.cls IS NULL OR t.cls IS NULL OR u.kind IS NULL) AS unknown,
      bool_and(ledger_fits(s.code, s.cls, u.kind) AND ledger_fits(t.code, t.cls, u.kind))
        AS fitting,
      bool_and((s.cls IN ('claim', 'owed')) = (t.cls IN ('claim', 'owed'))) AS matched,
      array_agg(CASE WHEN s.cls <> 'outside' THEN s.home END)
        || array_agg(CASE WHEN t.cls <> 'outside' THEN t.home END) AS homes
    INTO moved
    FROM new_rows AS r
    LEFT JOIN ledger_account AS s ON s.id = r.source_id
    LEFT JOIN ledger_account AS t ON t.id = r.target_id
    LEFT JOIN ledger_unit AS u ON u.id = r.unit_id;
  IF moved.movements = 0 THEN
    RETURN NULL;
  END IF;
  SELECT count(*) AS entries,
      bool_and(coalesce(r.movements = e.size AND r.last = e.size, false)) AS whole,
      bool_and(r.first_at = e.recorded_at AND r.last_at = e.recorded_at
        AND r.first_day = e.booked_on AND r.last_day = e.booked_on) AS timely,
      bool_or(e.reverses IS NOT NULL) AS reversing,
      bool_and(e.booked_on = ledger_day(e.occurred_at, e.occurred_offset)) AS same_day,
      min(e.booked_on) AS first_day, min(e.recorded_at) AS first_at
    INTO wrote
    FROM (
      SELECT entry_key, count(*) AS movements, max(n) AS last,
          min(recorded_at) AS first_at, max(recorded_at) AS last_at,
          min(booked_on) AS first_day, max(booked_on) AS last_day
        FROM new_rows GROUP BY entry_key) AS r
    LEFT JOIN ledger_entry AS e ON e.key = r.entry_key;
  IF NOT wrote.whole THEN
    RAISE 'ledger: movements come in order, within the size of their entry'
      USING ERRCODE = 'check_violation', DETAIL = 'one INSERT writes whole entries';
  ELSIF NOT wrote.timely THEN
    RAISE 'ledger: a movement carries the times of its entry' USING ERRCODE = 'check_violation';
  ELSIF moved.unknown THEN
    RAISE 'ledger: an account or the unit is not there yet' USING ERRCODE = 'foreign_key_violation';
  ELSIF NOT moved.fitting THEN
    RAISE 'ledger: this account does not hold this unit' USING ERRCODE = 'check_violation',
      DETAIL = (
        SELECT json_build_object('account', a.code, 'unit', u.code)
          FROM new_rows AS r JOIN ledger_unit AS u ON u.id = r.unit_id
          JOIN ledger_account AS a ON a.id IN (r.source_id, r.target_id)
          WHERE NOT ledger_fits(a.code, a.cls, u.kind) ORDER BY r.recorded_at, r.n LIMIT 1)::text;
  ELSIF NOT moved.matched THEN
    RAISE 'ledger: a claim moves only against a claim or a debt' USING ERRCODE = 'check_violation';
  END IF;
  IF wrote.reversing THEN
    PERFORM ledger_demand_mirror(entry_key) FROM (SELECT DISTINCT entry_key FROM new_rows) AS r;
  END IF;
  WITH totals AS MATERIALIZED (
    SELECT s.account_id, s.unit_id, sum(s.amount) AS amount, max(s.recorded_at) AS upto,
        min(s.amount) < 0 AND max(s.amount) > 0 AS mixed
      FROM (
        SELECT source_id AS account_id, unit_id, -amount AS amount, recorded_at FROM new_rows
        UNION ALL SELECT target_id, unit_id, amount, recorded_at FROM new_rows) AS s
      JOIN ledger_account AS a ON a.id = s.account_id AND a.cls <> 'outside'
      GROUP BY 1, 2 ORDER BY 1, 2),
  booked AS (
    INSERT INTO ledger_balance AS b (account_id, unit_id, amount, upto)
      SELECT account_id, unit_id, amount, upto FROM totals
      ON CONFLICT (account_id, unit_id)
        DO UPDATE SET amount = b.amount + excluded.amount, upto = excluded.upto
        WHERE b.upto IS NULL OR b.upto < wrote.first_at
      RETURNING b.account_id, b.amount)
  SELECT count(*) = (SELECT count(*) FROM totals) AS in_order,
      (SELECT bool_or(mixed) FROM totals) AS mixed,
      min(b.amount) FILTER (WHERE b.amount < 0
        AND (SELECT cls FROM ledger_account WHERE id = b.account_id) IN ('holding', 'claim'))
        AS lowest
    INTO booked FROM booked AS b;
  IF NOT booked.in_order THEN
    RAISE 'ledger: recorded out of order' USING ERRCODE = 'check_violation',
      DETAIL = 'another entry of the same account was recorded later and is there already';
  END IF;
  -- What only comes or only goes is lowest at the end; what does both may have been lower between.
  IF booked.lowest < 0 OR wrote.entries > 1 AND booked.mixed THEN
    PERFORM ledger_refuse_shortage(array_agg(r.source_id) || array_agg(r.target_id),
      array_agg(r.unit_id) || array_agg(r.unit_id), array_agg(-r.amount) || array_agg(r.amount),
      array_agg(r.recorded_at) || array_agg(r.recorded_at)) FROM new_rows AS r;
  END IF;
  -- Who posts and who closes a day wait for each other here; what is closed is read after that, and
  -- so by a snapshot taken after that.
  PERFORM ledger_hold_homes(moved.homes);
  IF NOT wrote.same_day
      OR EXISTS (SELECT 1 FROM ledger_closing WHERE until >= wrote.first_day) THEN
    IF EXISTS (
        SELECT 1 FROM (
          SELECT r.entry_key, ledger_closed(array_agg(a.home)) AS until
            FROM (
              SELECT entry_key, source_id AS id FROM new_rows
              UNION SELECT entry_key, target_id FROM new_rows) AS r
            LEFT JOIN ledger_account AS a ON a.id = r.id AND a.cls <> 'outside'
            GROUP BY 1) AS h
        JOIN ledger_entry AS e ON e.key = h.entry_key
        WHERE e.booked_on <> greatest(ledger_day(e.occurred_at, e.occurred_offset), h.until + 1))
      THEN
      RAISE 'ledger: an entry is booked on its first open day' USING ERRCODE = 'check_violation';
    END IF;
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
    IF NEW.amount = 0 AND NEW.upto IS NULL
        AND EXISTS (SELECT 1 FROM ledger_account WHERE id = NEW.account_id AND cls <> 'outside')
        AND EXISTS (SELECT 1 FROM ledger_unit WHERE id = NEW.unit_id) THEN
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
-- Opens and locks these balances in the order in which entries change them, in one pass: who locked
-- those that are there after opening those that are not could deadlock with a single entry.
CREATE OR REPLACE FUNCTION ledger_lock_balances(accounts bigint[], units bigint[], homes text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_balance (account_id, unit_id, amount)
    SELECT DISTINCT d.account, d.unit, 0
      FROM unnest(accounts, units, homes) AS d (account, unit, home)
      WHERE d.home IS NOT NULL ORDER BY 1, 2
    ON CONFLICT (account_id, unit_id) DO UPDATE SET amount = excluded.amount WHERE false;
END $$;
--
-- Waits for whoever is writing to the same accounts, before recorded_at is taken: so it follows the
-- order of commits for each account. Locks by number queue fairly where a row would wake all who
-- wait; but they take room in the server's memory, so a batch that touches many locks the rows.
-- Both are taken in sorted order: whoever writes once in a transaction cannot deadlock.
CREATE OR REPLACE FUNCTION ledger_wait(accounts bigint[], units bigint[], homes text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  touched bigint[];
BEGIN
  SELECT array_agg(s.account) INTO touched FROM (
    SELECT DISTINCT d.account FROM unnest(accounts, homes) AS d (account, home)
      WHERE d.home IS NOT NULL ORDER BY 1) AS s;
  IF cardinality(touched) <= 64 THEN
    PERFORM pg_advisory_xact_lock(7311, (account & 2147483647)::int)
      FROM unnest(touched) AS account;
  ELSE
    PERFORM ledger_lock_balances(accounts, units, homes);
  END IF;
END $$;
--
-- Writes entries with their movements. A key that is there with the same digest stays as it is.
-- Days are taken for open; where the trigger knows better, the `careful` way looks for one.
CREATE OR REPLACE FUNCTION ledger_write(
  careful boolean,
  p_keys uuid[], p_kinds text[], p_origins text[], p_seqs bigint[], p_bys uuid[],
  p_ats timestamptz[], p_zones smallint[], p_sizes smallint[], p_digests text[],
  p_reverses uuid[], p_notes text[],
  p_of smallint[], p_n smallint[], p_sources text[], p_targets text[], p_units text[],
  p_amounts bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  there uuid[];
  m record;
BEGIN
  SELECT array_agg(key) INTO there FROM ledger_entry WHERE key = ANY (p_keys);
  IF there IS NOT NULL THEN
    IF EXISTS (
        SELECT 1 FROM unnest(p_keys, p_digests) AS p (key, digest)
        JOIN ledger_entry AS e ON e.key = p.key AND e.digest <> p.digest) THEN
      RAISE 'ledger: this key is another entry' USING ERRCODE = 'unique_violation';
    ELSIF cardinality(there) = cardinality(p_keys) THEN
      RETURN;
    END IF;
  END IF;
  SELECT array_agg(p.of) AS of, array_agg(p.n) AS n, array_agg(s.id) AS sources,
      array_agg(t.id) AS targets, array_agg(u.id) AS units, array_agg(p.amount) AS amounts,
      array_agg(CASE WHEN s.cls <> 'outside' THEN s.home END)
        || array_agg(CASE WHEN t.cls <> 'outside' THEN t.home END) AS homes,
      min(CASE WHEN s.id IS NULL THEN p.source WHEN t.id IS NULL THEN p.target END) AS no_account,
      min(CASE WHEN u.id IS NULL THEN p.unit END) AS no_unit
    INTO m
    FROM unnest(p_of, p_n, p_sources, p_targets, p_units, p_amounts)
      AS p (of, n, source, target, unit, amount)
    LEFT JOIN ledger_account AS s ON s.code = p.source
    LEFT JOIN ledger_account AS t ON t.code = p.target
    LEFT JOIN ledger_unit AS u ON u.code = p.unit
    WHERE there IS NULL OR p_keys[p.of] <> ALL (there);
  IF m.no_account IS NOT NULL THEN
    RAISE 'ledger: no such account' USING ERRCODE = 'foreign_key_violation',
      DETAIL = json_build_object('code', m.no_account);
  ELSIF m.no_unit IS NOT NULL THEN
    RAISE 'ledger: no such unit' USING ERRCODE = 'foreign_key_violation',
      DETAIL = json_build_object('code', m.no_unit);
  END IF;
  PERFORM ledger_wait(m.sources || m.targets, m.units || m.units, m.homes);
  IF careful THEN
    PERFORM ledger_lock_balances(m.sources || m.targets, m.units || m.units, m.homes);
    PERFORM ledger_hold_homes(m.homes);
  END IF;
  INSERT INTO ledger_entry (key, kind, origin, origin_seq, by_id, occurred_at, occurred_offset,
      booked_on, size, digest, reverses, note)
    SELECT p.key, p.kind, p.origin, coalesce(p.seq, nextval('ledger_origin_seq')), p.by,
        p.at, p.zone,
        greatest(ledger_day(p.at, p.zone), CASE WHEN careful THEN (
          SELECT 1 + ledger_closed(array_agg(h.home))
            FROM unnest(m.of || m.of, m.homes) AS h (of, home) WHERE h.of = p.i) END),
        p.size, p.digest, p.reverses, p.note
    FROM unnest(p_keys, p_kinds, p_origins, p_seqs, p_bys, p_ats, p_zones, p_sizes, p_digests,
      p_reverses, p_notes) WITH ORDINALITY
      AS p (key, kind, origin, seq, by, at, zone, size, digest, reverses, note, i)
    WHERE there IS NULL OR p.key <> ALL (there)
    ORDER BY p.i;
  INSERT INTO ledger_movement (entry_key, n, source_id, target_id, unit_id, amount,
      recorded_at, booked_on)
    SELECT e.key, x.n, x.source, x.target, x.unit, x.amount, e.recorded_at, e.booked_on
    FROM unnest(m.of, m.n, m.sources, m.targets, m.units, m.amounts)
      AS x (of, n, source, target, unit, amount)
    JOIN ledger_entry AS e ON e.key = p_keys[x.of];
END $$;
--
-- One round trip: the entries of these keys, or why not. A refusal undoes these entries alone and
-- leaves the transaction around it usable, as a savepoint would. The second try finds an entry that
-- somebody else wrote meanwhile, and is careful: it holds all that could change before it takes a
-- day and a time. More tries are for more entries that others wrote meanwhile: one for each is
-- enough. The settings keep every look-up one step in an index, by plans that are made once.
CREATE OR REPLACE FUNCTION ledger_post(
  p_keys uuid[], p_kinds text[], p_origins text[], p_seqs bigint[], p_bys uuid[],
  p_ats timestamptz[], p_zones smallint[], p_sizes smallint[], p_digests text[],
  p_reverses uuid[], p_notes text[],
  p_of smallint[], p_n smallint[], p_sources text[], p_targets text[], p_units text[],
  p_amounts bigint[]
) RETURNS TABLE (entry ledger_entry, refused text, why text, broken text)
LANGUAGE plpgsql ROWS 1
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
  FOR try IN 1..cardinality(p_keys) + 2 LOOP
    BEGIN
      PERFORM ledger_write(try > 1, p_keys, p_kinds, p_origins, p_seqs, p_bys, p_ats, p_zones,
        p_sizes, p_digests, p_reverses, p_notes, p_of, p_n, p_sources, p_targets, p_units,
        p_amounts);
      RETURN QUERY SELECT e, NULL, NULL, NULL FROM ledger_entry AS e WHERE e.key = ANY (p_keys);
      RETURN;
    EXCEPTION WHEN integrity_constraint_violation OR unique_violation OR check_violation
        OR foreign_key_violation OR not_null_violation OR restrict_violation
        OR numeric_value_out_of_range THEN
      GET STACKED DIAGNOSTICS refused = MESSAGE_TEXT, why = PG_EXCEPTION_DETAIL,
        broken = CONSTRAINT_NAME;
      EXIT WHEN broken <> 'ledger_entry_pkey'
        AND refused NOT IN ('ledger: an entry is booked on its first open day',
          'ledger: recorded out of order');
    END;
  END LOOP;
  RETURN NEXT;
END $$;
--
-- Nobody's search_path decides what the triggers see; what they call goes by theirs.
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc AS p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.prorettype = 'trigger'::regtype
      AND (p.proname LIKE 'ledger\_%' OR p.proname = 'karyabina_refuse')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f, current_schema());
  END LOOP;
END $$;
