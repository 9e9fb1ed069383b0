-- The books on SQLite (3.37 or later). Never edited: a later change is a later migration in SQL,
-- because Django's own table remake would lose STRICT, WITHOUT ROWID and these constraints.
CREATE TABLE ledger_account (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  cls TEXT NOT NULL,
  home TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  CONSTRAINT account_code_is_well_formed CHECK (
    length(code) <= 120 AND instr(code, char(0)) = 0
    AND code NOT GLOB '*[^A-Za-z0-9:._-]*'
    AND code NOT GLOB '*:[^A-Za-z0-9]*'
    AND code NOT GLOB '*:'
    AND CASE substr(code, 1, instr(code, ':'))
      WHEN 'premi:' THEN length(code) - length(replace(code, ':', '')) = 3
        AND (code GLOB '*:saved' OR code GLOB '*:usable')
      WHEN 'state:' THEN length(code) - length(replace(code, ':', '')) = 2
        AND code GLOB '*:[0-9][0-9][0-9][0-9][0-9][0-9]'
      ELSE length(code) - length(replace(code, ':', '')) = 1
    END),
  CONSTRAINT account_class_follows_its_code CHECK (
    cls IS CASE substr(code, 1, instr(code, ':'))
      WHEN 'store:' THEN 'holding' WHEN 'transit:' THEN 'holding' WHEN 'stand:' THEN 'holding'
      WHEN 'cash:' THEN 'holding' WHEN 'bank:' THEN 'holding' WHEN 'material:' THEN 'holding'
      WHEN 'due:' THEN 'claim' WHEN 'premi:' THEN 'claim' WHEN 'state:' THEN 'claim'
      WHEN 'capital:' THEN 'claim' WHEN 'partner:' THEN 'claim'
      WHEN 'owed:' THEN 'owed' WHEN 'difference:' THEN 'difference'
      WHEN 'outside:' THEN 'outside' END),
  CONSTRAINT account_has_a_home CHECK (length(home) BETWEEN 1 AND 60),
  CONSTRAINT account_opened_at_is_a_time CHECK (
    length(opened_at) = 26
    AND strftime('%Y-%m-%d %H:%M:%S', opened_at) IS substr(opened_at, 1, 19))
) STRICT;
--
CREATE TABLE ledger_unit (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  CONSTRAINT unit_code_is_well_formed CHECK (
    length(code) BETWEEN 1 AND 24 AND instr(code, char(0)) = 0
    AND code GLOB '[A-Z]*' AND code NOT GLOB '*[^A-Z0-9-]*'),
  CONSTRAINT unit_kind_is_known CHECK (kind IN ('money', 'lot', 'material')),
  CONSTRAINT unit_of_money_is_the_rupiah CHECK ((kind = 'money') = (code = 'IDR'))
) STRICT;
--
CREATE TABLE ledger_entry (
  key TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  origin_seq INTEGER NOT NULL,
  by_id TEXT NOT NULL REFERENCES staff_staff (key),
  occurred_at TEXT NOT NULL,
  occurred_offset INTEGER NOT NULL,
  recorded_at TEXT NOT NULL UNIQUE,
  booked_on TEXT NOT NULL,
  size INTEGER NOT NULL,
  digest TEXT NOT NULL,
  reverses TEXT UNIQUE REFERENCES ledger_entry (key),
  note TEXT NOT NULL DEFAULT '',
  CONSTRAINT entry_origin_number_is_used_once UNIQUE (origin, origin_seq),
  CONSTRAINT entry_key_is_a_uuid CHECK (length(key) = 32 AND key NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT entry_kind_is_a_word CHECK (
    length(kind) BETWEEN 1 AND 40 AND kind NOT GLOB '*[^a-z_]*'),
  CONSTRAINT entry_origin_is_named CHECK (length(origin) BETWEEN 1 AND 60),
  CONSTRAINT entry_origin_number_is_positive CHECK (origin_seq > 0),
  CONSTRAINT entry_occurred_at_is_a_time CHECK (
    length(occurred_at) = 26
    AND strftime('%Y-%m-%d %H:%M:%S', occurred_at) IS substr(occurred_at, 1, 19)),
  CONSTRAINT entry_offset_is_on_earth CHECK (occurred_offset BETWEEN -840 AND 840),
  CONSTRAINT entry_is_booked_on_a_day CHECK (date(booked_on) IS booked_on),
  CONSTRAINT entry_is_not_booked_before_it_occurred CHECK (
    booked_on >= date(substr(occurred_at, 1, 19), occurred_offset || ' minutes')),
  CONSTRAINT entry_size_is_within_bounds CHECK (size BETWEEN 1 AND 1000),
  CONSTRAINT entry_digest_is_a_sha256 CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT entry_does_not_reverse_itself CHECK (reverses <> key),
  CONSTRAINT entry_note_is_short CHECK (length(note) <= 500),
  CONSTRAINT entry_is_whole FOREIGN KEY (key, size)
    REFERENCES ledger_movement (entry_key, n) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
--
CREATE TABLE ledger_movement (
  entry_key TEXT NOT NULL REFERENCES ledger_entry (key),
  n INTEGER NOT NULL,
  source_id INTEGER NOT NULL REFERENCES ledger_account (id),
  target_id INTEGER NOT NULL REFERENCES ledger_account (id),
  unit_id INTEGER NOT NULL REFERENCES ledger_unit (id),
  amount INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  booked_on TEXT NOT NULL,
  PRIMARY KEY (entry_key, n),
  CONSTRAINT movement_number_is_positive CHECK (n > 0),
  CONSTRAINT movement_changes_the_account CHECK (source_id <> target_id),
  CONSTRAINT movement_amount_is_a_positive_whole CHECK (
    typeof(amount) = 'integer' AND amount BETWEEN 1 AND 999999999999999)
) STRICT, WITHOUT ROWID;
--
CREATE INDEX ledger_movement_source ON ledger_movement (source_id, unit_id, recorded_at, amount);
--
CREATE INDEX ledger_movement_target ON ledger_movement (target_id, unit_id, recorded_at, amount);
--
CREATE INDEX ledger_movement_unit ON ledger_movement (unit_id, recorded_at);
--
CREATE TABLE ledger_balance (
  account_id INTEGER NOT NULL REFERENCES ledger_account (id),
  unit_id INTEGER NOT NULL REFERENCES ledger_unit (id),
  amount INTEGER NOT NULL,
  upto TEXT,
  PRIMARY KEY (account_id, unit_id)
) STRICT, WITHOUT ROWID;
--
CREATE INDEX ledger_balance_unit ON ledger_balance (unit_id);
