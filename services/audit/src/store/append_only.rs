//! What is in the log stays in it, by the database's own refusal (7-1-(4)-3): no row of these tables
//! is changed, deleted, replaced or emptied out, and the log does not become shorter. A leaf is pruned
//! ([`super::prune`]) and not otherwise changed; what it is found by goes with that, and not before. Whoever
//! owns the database can take the triggers away; then the signatures tell (`signer`). On PostgreSQL the
//! service need not be the owner (`infra/postgres/audit-role.sql`).

use sea_orm::DbBackend;

/// Tables of which a row, once there, is there for good; and what makes a row the same one.
const TABLES: [(&str, &str); 5] = [
    (
        "leaf",
        "idx = NEW.idx OR (source = NEW.source AND position = NEW.position)",
    ),
    ("node", "chunk = NEW.chunk"),
    ("checkpoint", "size = NEW.size"),
    ("cosignature", "size = NEW.size AND witness = NEW.witness"),
    ("hand_over", "size = NEW.size"),
];

/// What may become of a leaf: that it is pruned (`prune`), once, and in nothing else another.
const PRUNED: &str = "OLD.pruned IS NULL AND NEW.pruned IS NOT NULL AND length(NEW.pruned) = 32 \
     AND length(NEW.record) = 0 AND NEW.idx = OLD.idx AND NEW.source = OLD.source \
     AND NEW.position = OLD.position AND NEW.logged_at = OLD.logged_at";

/// Tables of which a row goes only by what became of the leaf it belongs to, and what that is: what a record
/// is found by goes with what it said, what was kept aside when it has entered the log after all.
const WITH_A_LEAF: [(&str, &str); 3] = [
    ("entry", "leaf.idx = OLD.idx AND leaf.pruned IS NOT NULL"),
    (
        "entry_term",
        "leaf.idx = OLD.idx AND leaf.pruned IS NOT NULL",
    ),
    (
        "aside",
        "leaf.source = OLD.source AND leaf.position = OLD.position AND leaf.record = OLD.record",
    ),
];

/// What is kept aside is the same by where it came and by its bytes; of one that is there the first stays.
const ASIDE_AGAIN: &str = "id = NEW.id OR (source = NEW.source AND position = NEW.position \
     AND hash = NEW.hash)";

/// When an update of a table is refused. SQLite has no SHA-256 of its own: there the signer's check sees
/// that the hash is another's, once there is a successor that names it.
fn unless_pruned(backend: DbBackend, table: &str) -> String {
    let hash = match backend {
        DbBackend::Postgres => " AND NEW.pruned = sha256(OLD.record)",
        _ => "",
    };
    match table {
        "leaf" => format!(" WHEN (NOT ({PRUNED}{hash}))"),
        _ => String::new(),
    }
}

/// The statements that set the triggers up, in order.
pub(super) fn triggers(backend: DbBackend) -> Vec<String> {
    match backend {
        DbBackend::Sqlite => sqlite(),
        _ => postgres(),
    }
}

fn sqlite() -> Vec<String> {
    let refuse = |table: &str, name: &str, event: &str| {
        format!(
            "CREATE TRIGGER {table}_{name} BEFORE {event} \
             BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    };
    let table = |(table, same): (&str, &str)| {
        // `INSERT OR REPLACE` deletes the row in its way without a word to the delete trigger.
        let again = format!("INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})");
        let unless = unless_pruned(DbBackend::Sqlite, table);
        [
            refuse(table, "unchanged", &format!("UPDATE ON {table}{unless}")),
            refuse(table, "undeleted", &format!("DELETE ON {table}")),
            refuse(table, "unreplaced", &again),
        ]
    };
    let with_a_leaf = |(table, gone): (&str, &str)| {
        let unless = format!("WHEN NOT EXISTS (SELECT 1 FROM leaf WHERE {gone})");
        refuse(table, "undeleted", &format!("DELETE ON {table} {unless}"))
    };
    let shorter = "UPDATE ON log WHEN NEW.size < OLD.size OR NEW.id <> OLD.id";
    let again = "INSERT ON log WHEN EXISTS (SELECT 1 FROM log)";
    let others = [
        refuse("log", "growing", shorter),
        refuse("log", "undeleted", "DELETE ON log"),
        refuse("log", "unreplaced", again),
        refuse("aside", "unchanged", "UPDATE ON aside"),
        format!(
            "CREATE TRIGGER aside_unreplaced BEFORE INSERT ON aside \
             WHEN EXISTS (SELECT 1 FROM aside WHERE {ASIDE_AGAIN}) BEGIN SELECT RAISE(IGNORE); END"
        ),
    ];
    let tables = TABLES.into_iter().flat_map(table);
    let with_a_leaf = WITH_A_LEAF.into_iter().map(with_a_leaf);
    tables.chain(with_a_leaf).chain(others).collect()
}

fn postgres() -> Vec<String> {
    let refuse = "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; \
         END $$";
    // The schema is named: what is first on a caller's path may be a table of the caller's own.
    let refuse_unless = "CREATE FUNCTION goes_with_a_leaf() RETURNS trigger LANGUAGE plpgsql AS $$ \
         DECLARE gone boolean; BEGIN \
         EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.leaf WHERE %s)', TG_TABLE_SCHEMA, TG_ARGV[0]) \
         INTO gone USING OLD; \
         IF gone THEN RETURN OLD; END IF; \
         RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; \
         END $$";
    let trigger = |table: &str, name: &str, when: &str| {
        format!("CREATE TRIGGER {table}_{name} BEFORE {when} EXECUTE FUNCTION append_only()")
    };
    let whole = |table: &str| {
        let emptied = format!("TRUNCATE ON {table} FOR EACH STATEMENT");
        trigger(table, "unemptied", &emptied)
    };
    let table = |(table, _): (&str, &str)| {
        let unless = unless_pruned(DbBackend::Postgres, table);
        let changed = format!("UPDATE ON {table} FOR EACH ROW{unless}");
        let deleted = format!("DELETE ON {table} FOR EACH ROW");
        [
            trigger(table, "unchanged", &changed),
            trigger(table, "undeleted", &deleted),
            whole(table),
        ]
    };
    let with_a_leaf = |(table, gone): (&str, &str)| {
        let gone = gone.replace("OLD.", "($1).");
        let deleted = format!(
            "CREATE TRIGGER {table}_undeleted BEFORE DELETE ON {table} FOR EACH ROW \
             EXECUTE FUNCTION goes_with_a_leaf('{gone}')"
        );
        [deleted, whole(table)]
    };
    let shorter = "UPDATE ON log FOR EACH ROW WHEN (NEW.size < OLD.size OR NEW.id <> OLD.id)";
    let others = [
        trigger("log", "growing", shorter),
        trigger("log", "undeleted", "DELETE ON log FOR EACH ROW"),
        whole("log"),
        trigger("aside", "unchanged", "UPDATE ON aside FOR EACH ROW"),
    ];
    [refuse.to_owned(), refuse_unless.to_owned()]
        .into_iter()
        .chain(TABLES.into_iter().flat_map(table))
        .chain(WITH_A_LEAF.into_iter().flat_map(with_a_leaf))
        .chain(others)
        .collect()
}

#[cfg(test)]
mod tests;
