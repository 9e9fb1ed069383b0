-- What movements point to is asked by their trigger, of all of an INSERT at once: a foreign key asks
-- row by row, and locks the rows of hot accounts for it. Accounts, units and entries never go.
ALTER TABLE ledger_movement
  DROP CONSTRAINT ledger_movement_entry_key_fkey,
  DROP CONSTRAINT ledger_movement_source_id_fkey,
  DROP CONSTRAINT ledger_movement_target_id_fkey,
  DROP CONSTRAINT ledger_movement_unit_id_fkey;
--
ALTER TABLE ledger_balance
  DROP CONSTRAINT ledger_balance_account_id_fkey,
  DROP CONSTRAINT ledger_balance_unit_id_fkey;
--
-- Their arguments have changed; the guards make them again.
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname IN ('ledger_post', 'ledger_write')
  LOOP
    EXECUTE format('DROP FUNCTION %s', f);
  END LOOP;
END $$;
