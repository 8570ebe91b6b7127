//! The database itself keeps what is in the log (7-1-(4)-3), and on PostgreSQL the service needs no
//! right to take it away.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use audit_domain::{HandOver, SignerKey, Tree};
use kernel::Clock as _;
use sea_orm::{ConnectionTrait as _, Database as Connections, Statement};
use store::{Backend, Database, Options};
use testkit::{on_both, postgres_database, sqlite_database};

use crate::{
    store::{
        Migrator,
        aside::{self, Aside},
        cosignature, hand_over,
    },
    testing::{Journal, Log, ORIGIN, lease},
};

/// A log of 40 leaves, signed, with a row in every table that is kept.
async fn grown(log: &Log) {
    log.take(&Journal::of("ledger", 40)).await;
    let lease = lease(log).await;
    log.signer()
        .sign(&lease, &Log::key().verifier())
        .await
        .unwrap();
    log.store.database().release(&lease).await.unwrap();
    let unit = log.store.unit(log.context()).await.unwrap();
    let (tx, backend, at) = (unit.tx(), unit.backend(), log.clock.now());
    cosignature::put(tx, backend, 40, "witness", "line", at)
        .await
        .unwrap();
    // Before anything was signed: the check of what was is not touched by it.
    let before = SignerKey::from_seed(ORIGIN, &[41; 32]).unwrap();
    let note = HandOver::sign(Tree::default().root(), &before, &Log::key()).unwrap();
    hand_over::put(tx, backend, 0, &note, at).await.unwrap();
    unit.commit().await.unwrap();
    kept_aside(log).await;
    log.index().await;
}

/// A record that contradicts the log.
async fn kept_aside(log: &Log) {
    let aside = Aside {
        position: 7,
        hash: [7; 32],
        record: b"another story".to_vec(),
        finding: "other_bytes",
    };
    let unit = log.store.unit(log.context()).await.unwrap();
    let (tx, backend, at) = (unit.tx(), unit.backend(), log.clock.now());
    // Brought twice by the bus, kept once.
    for records in [vec![aside.clone()], vec![aside]] {
        aside::put(tx, backend, "ledger", records, at)
            .await
            .unwrap();
    }
    unit.commit().await.unwrap();
    let library = log.library();
    let counts = aside::counts(library.read(), library.backend()).await;
    assert_eq!(counts.unwrap()["ledger"], 1);
}

/// Pruned in every way but that the hash is the record's.
fn destroyed(backend: Backend) -> String {
    let (record, hash) = match backend {
        Backend::Sqlite => ("x''", "x'00'"),
        Backend::Postgres => ("''", "decode(repeat('00', 32), 'hex')"),
    };
    format!("UPDATE leaf SET record = {record}, pruned = {hash} WHERE idx = 3")
}

/// What the service may do for its own ends, and a trigger refuses to do for others.
fn guarded(backend: Backend) -> Vec<String> {
    [
        "DELETE FROM entry",
        "DELETE FROM entry_term",
        "DELETE FROM aside",
        "UPDATE log SET size = 39",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([destroyed(backend)])
    .collect()
}

/// Every way to change what is there, in the words of that database.
fn changes(backend: Backend) -> Vec<String> {
    let rows = [
        (
            "leaf",
            "logged_at = 0",
            "idx, source, position, logged_at, record",
        ),
        ("node", "hashes = hashes", "chunk, hashes"),
        ("checkpoint", "at = 0", "size, root, note, at"),
        ("cosignature", "line = 'forged'", "size, witness, line, at"),
        ("hand_over", "note = 'forged'", "size, note, at"),
        ("log", "size = 39", "id, size, frontier, tail"),
    ];
    rows.iter()
        .flat_map(|(table, change, columns)| {
            let again = match backend {
                Backend::Sqlite => {
                    format!(
                        "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"
                    )
                }
                Backend::Postgres => format!("TRUNCATE {table} CASCADE"),
            };
            [
                format!("UPDATE {table} SET {change}"),
                format!("DELETE FROM {table}"),
                again,
            ]
        })
        .chain(
            // The place in its source's order is a row's name too.
            (backend == Backend::Sqlite).then(|| {
                "INSERT OR REPLACE INTO leaf (idx, source, position, logged_at, record) \
                 VALUES (99, 'ledger', 7, 0, x'00')"
                    .to_owned()
            }),
        )
        .chain(["UPDATE aside SET finding = 'none'".to_owned()])
        .collect()
}

#[tokio::test]
async fn the_database_refuses_every_change_of_what_is_in_the_log_7_1_4_3() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        grown(&log).await;
        let db = log.store.database().migrations();
        let backend = log.store.database().backend();
        let mut changes = [changes(backend), guarded(backend)].concat();
        if backend == Backend::Postgres {
            changes
                .extend(["entry", "entry_term", "aside"].map(|table| format!("TRUNCATE {table}")));
        }
        for change in changes {
            let refused = db.execute_unprepared(&change).await.expect_err(&change);
            assert!(refused.to_string().contains("is append-only"), "{refused}");
        }
        log.signer().check(&Log::key().verifier(), 0).await.unwrap();
        assert_eq!(log.size().await, 40);
    })
    .await;
}

/// What was kept aside stays as it was first, without a word: the bus may bring it twice.
#[tokio::test]
async fn what_is_kept_aside_is_not_replaced_on_sqlite_either_7_1_4_3() {
    let test = sqlite_database::<Migrator>().await;
    let log = Log::new(&test).await;
    kept_aside(&log).await;
    let db = log.store.database().migrations();
    for by in ["id", "99"] {
        let replace = format!(
            "INSERT OR REPLACE INTO aside (id, source, position, hash, record, finding, at) \
             SELECT {by}, source, position, hash, x'', 'none', 0 FROM aside"
        );
        db.execute_unprepared(&replace).await.unwrap();
    }
    let sql = "SELECT record, finding FROM aside";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let rows = rows.await.unwrap();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    let record: Vec<u8> = row.try_get("", "record").unwrap();
    let finding: String = row.try_get("", "finding").unwrap();
    assert_eq!(
        (record.as_slice(), finding.as_str()),
        (&b"another story"[..], "other_bytes")
    );
}

/// The grants of `infra/postgres/audit-role.sql`, as `psql -v` would fill them in.
fn grants(schema: &str, role: &str) -> String {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../infra/postgres/audit-role.sql"
    );
    let text = std::fs::read_to_string(file).unwrap();
    text.replace(":\"schema\"", schema)
        .replace(":\"role\"", role)
}

#[tokio::test]
async fn a_role_that_may_only_append_runs_the_service_and_can_change_nothing_7_1_4_3() {
    let test = postgres_database::<Migrator>().await;
    let owner = test.database.migrations();
    let schema = test.options.schema.clone().unwrap();
    let role = format!("{schema}_service");
    let create = format!("CREATE ROLE {role} LOGIN");
    owner.execute_unprepared(&create).await.unwrap();
    let grants = grants(&schema, &role);
    owner.execute_unprepared(&grants).await.unwrap();

    let url = test.options.url.replace("sekisho@", &format!("{role}@"));
    let options = Options {
        url: url.clone(),
        ..test.options.clone()
    };
    let database = Database::open(&options).await.unwrap();
    let pending = database.pending::<Migrator>().await.unwrap();
    assert_eq!(pending, Vec::<String>::new());
    let log = Log::on(database).await;
    let journal = Journal::of("ledger", 40);
    log.take(&journal).await;
    let lease = lease(&log).await;
    let verifier = Log::key().verifier();
    assert!(log.signer().sign(&lease, &verifier).await.unwrap());
    log.index().await;
    journal.grow(3, "more");
    log.take(&journal).await;
    assert!(log.signer().sign(&lease, &verifier).await.unwrap());
    log.signer().check(&verifier, 0).await.unwrap();
    kept_aside(&log).await;

    let service = Connections::connect(url).await.unwrap();
    let mut changes: Vec<String> = changes(Backend::Postgres);
    // The growing end is the one row the service writes, and there the trigger watches.
    changes.retain(|change| !change.starts_with("UPDATE log"));
    changes.extend([
        "UPDATE entry_term SET term = 0".to_owned(),
        "DELETE FROM entry_hour".to_owned(),
        "DELETE FROM kind".to_owned(),
        "UPDATE kind SET name = 'none'".to_owned(),
        "DELETE FROM indexed".to_owned(),
        "ALTER TABLE leaf DISABLE TRIGGER ALL".to_owned(),
        "DROP TABLE checkpoint CASCADE".to_owned(),
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RETURN NEW; END $$"
            .to_owned(),
    ]);
    for change in changes {
        let change = format!("SET search_path = {schema}; {change}");
        let refused = service.execute_unprepared(&change).await;
        let refused = refused.expect_err(&change).to_string();
        let shut = ["permission denied", "must be owner"];
        assert!(
            shut.iter().any(|words| refused.contains(words)),
            "{refused}"
        );
    }
    for change in guarded(Backend::Postgres) {
        let change = format!("SET search_path = {schema}; {change}");
        let refused = service.execute_unprepared(&change).await;
        let refused = refused.expect_err(&change).to_string();
        assert!(refused.contains("is append-only"), "{refused}");
    }
    assert_eq!(log.size().await, 43);
}
