-- The amount last: so that these also give a page of history in its order (recorded_at, entry, n), and
-- SQLite does not walk all rupiah of everybody to find those of one account.
DROP INDEX ledger_movement_source;
--
DROP INDEX ledger_movement_target;
--
CREATE INDEX ledger_movement_source
  ON ledger_movement (source_id, unit_id, recorded_at, entry_key, n, amount);
--
CREATE INDEX ledger_movement_target
  ON ledger_movement (target_id, unit_id, recorded_at, entry_key, n, amount);
