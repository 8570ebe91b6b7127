-- The rights audit's own role has when it does not own its tables (docs/operating.md): it reads
-- everything, appends to the log, and can change or take away nothing of it (7-1-(4)-3). To be run by
-- the owner after each migration:
--   psql -v schema=audit -v role=sekisho_audit -f infra/postgres/audit-role.sql
GRANT USAGE ON SCHEMA :"schema" TO :"role";
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO :"role";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA :"schema" TO :"role";

-- The log: rows that come and stay.
GRANT INSERT ON
  :"schema".leaf, :"schema".node, :"schema".checkpoint, :"schema".cosignature, :"schema".hand_over
TO :"role";
-- A leaf's body goes when its period is over, by a decision; a trigger lets nothing else become of it.
GRANT UPDATE (record, pruned) ON :"schema".leaf TO :"role";
-- Its growing end: one row that a trigger lets only grow.
GRANT UPDATE ON :"schema".log TO :"role";

-- What contradicts it: a trigger lets a row go only once its very bytes are in the log.
GRANT INSERT, DELETE ON :"schema".aside TO :"role";

-- What records are found by: derived from them, and again when it was changed. Of a record that was pruned
-- it goes too; a trigger lets nothing else be taken out.
GRANT INSERT, UPDATE, DELETE ON :"schema".entry TO :"role";
GRANT INSERT, DELETE ON :"schema".entry_term TO :"role";
GRANT INSERT, UPDATE ON :"schema".entry_hour, :"schema".indexed TO :"role";
GRANT INSERT ON :"schema".kind TO :"role";

-- The write path.
GRANT INSERT, UPDATE, DELETE ON
  :"schema".source, :"schema".analysed, :"schema".watch, :"schema".suspicions, :"schema".digest, :"schema".journal, :"schema".head,
  :"schema".lease, :"schema".watermark, :"schema".idempotency, :"schema".fact, :"schema".quarantine
TO :"role";
