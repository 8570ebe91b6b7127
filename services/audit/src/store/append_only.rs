//! What is in the log stays in it, by the database's own refusal (7-1-(4)-3): no row of these tables
//! is changed, deleted, replaced or emptied out, and the log does not become shorter. A leaf is pruned
//! ([`super::prune`]) and not otherwise changed. Whoever owns
//! the database can take the triggers away; then the signatures tell (`signer`). On PostgreSQL the
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

/// When an update of a table is refused.
fn unless_pruned(table: &str) -> String {
    match table {
        "leaf" => format!(" WHEN (NOT ({PRUNED}))"),
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
        [
            refuse(
                table,
                "unchanged",
                &format!("UPDATE ON {table}{}", unless_pruned(table)),
            ),
            refuse(table, "undeleted", &format!("DELETE ON {table}")),
            refuse(table, "unreplaced", &again),
        ]
    };
    let shorter = "UPDATE ON log WHEN NEW.size < OLD.size OR NEW.id <> OLD.id";
    let again = "INSERT ON log WHEN EXISTS (SELECT 1 FROM log)";
    let log = [
        refuse("log", "growing", shorter),
        refuse("log", "undeleted", "DELETE ON log"),
        refuse("log", "unreplaced", again),
    ];
    TABLES.into_iter().flat_map(table).chain(log).collect()
}

fn postgres() -> Vec<String> {
    let refuse = "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; \
         END $$";
    let trigger = |table: &str, name: &str, when: &str| {
        format!("CREATE TRIGGER {table}_{name} BEFORE {when} EXECUTE FUNCTION append_only()")
    };
    let whole = |table: &str| {
        let emptied = format!("TRUNCATE ON {table} FOR EACH STATEMENT");
        trigger(table, "unemptied", &emptied)
    };
    let table = |(table, _): (&str, &str)| {
        let changed = format!("UPDATE ON {table} FOR EACH ROW{}", unless_pruned(table));
        let deleted = format!("DELETE ON {table} FOR EACH ROW");
        [
            trigger(table, "unchanged", &changed),
            trigger(table, "undeleted", &deleted),
            whole(table),
        ]
    };
    let shorter = "UPDATE ON log FOR EACH ROW WHEN (NEW.size < OLD.size OR NEW.id <> OLD.id)";
    let log = [
        trigger("log", "growing", shorter),
        trigger("log", "undeleted", "DELETE ON log FOR EACH ROW"),
        whole("log"),
    ];
    let tables = TABLES.into_iter().flat_map(table);
    std::iter::once(refuse.to_owned())
        .chain(tables)
        .chain(log)
        .collect()
}

#[cfg(test)]
mod tests;
