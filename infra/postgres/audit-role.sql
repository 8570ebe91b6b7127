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

-- What is derived from it, and the write path.
GRANT INSERT, UPDATE, DELETE ON
  :"schema".entry, :"schema".entry_term, :"schema".entry_hour, :"schema".kind, :"schema".indexed, :"schema".source, :"schema".aside,
  :"schema".analysed, :"schema".watch, :"schema".suspicions, :"schema".digest, :"schema".journal, :"schema".head, :"schema".lease, :"schema".watermark,
  :"schema".idempotency, :"schema".fact, :"schema".quarantine
TO :"role";
