//! What the databases hold, as read once.

use std::collections::BTreeMap;

use proto::common::v1::RequestRefused;
use sea_orm::QueryResult;
use standard::ServiceName;

use super::{Finding, Rule};
use crate::databases::{Database, Databases};

/// A row of a journal.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) position: Option<i64>,
    pub(super) record_id: String,
    pub(super) subject: String,
    pub(super) kind: String,
    pub(super) record: Vec<u8>,
}

/// A service's journal and what stands beside it.
#[derive(Debug)]
pub(super) struct Journal {
    /// By position; rows without one first.
    pub(super) rows: Vec<Row>,
    pub(super) head: i64,
    pub(super) head_hash: Vec<u8>,
    /// How far it has come with every source it listens to.
    pub(super) watermarks: BTreeMap<String, i64>,
    /// Records it could not handle.
    pub(super) quarantined: i64,
    /// What the answers kept under each key are about.
    pub(super) answers: BTreeMap<String, Vec<String>>,
}

/// A leaf of the log.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) index: i64,
    pub(super) source: String,
    pub(super) position: i64,
    pub(super) record: Vec<u8>,
}

/// The audit log.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) size: i64,
    pub(super) leaves: Vec<Leaf>,
    /// How far it has come with every source.
    pub(super) sources: BTreeMap<String, i64>,
    /// Records put aside, and findings against sources.
    pub(super) aside: i64,
    pub(super) findings: i64,
    /// The newest signed checkpoint and how many leaves it covers.
    pub(super) note: String,
    pub(super) signed: i64,
}

/// All of it.
pub(crate) struct Evidence {
    pub(super) journals: BTreeMap<ServiceName, Journal>,
    pub(super) log: Log,
    /// State by table and id.
    pub(super) states: BTreeMap<&'static str, Vec<(String, String)>>,
}

/// What a request may have left behind.
#[derive(Debug, PartialEq)]
pub(crate) struct Trace<'a> {
    /// State by table and id.
    states: &'a BTreeMap<&'static str, Vec<(String, String)>>,
    /// How many records there are of each service.
    pub(crate) records: BTreeMap<ServiceName, usize>,
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Heads,
    Everything,
}

/// Tables of state that are looked at.
const STATES: [(ServiceName, &str); 8] = [
    (ServiceName::Ledger, "system"),
    (ServiceName::Ledger, "information"),
    (ServiceName::Approvals, "permit"),
    (ServiceName::Approvals, "exception"),
    (ServiceName::Incidents, "incident"),
    (ServiceName::Identity, "person"),
    (ServiceName::Identity, "account"),
    (ServiceName::Identity, "entitlement"),
];

impl Evidence {
    /// Reads everything.
    pub(crate) async fn gather(databases: &Databases) -> Self {
        Self::read(databases, Depth::Everything).await
    }

    /// Reads only what tells whether anything is still moving.
    pub(super) async fn glance(databases: &Databases) -> Self {
        Self::read(databases, Depth::Heads).await
    }

    async fn read(databases: &Databases, depth: Depth) -> Self {
        let mut journals = BTreeMap::new();
        let mut states = BTreeMap::new();
        for service in ServiceName::ALL {
            let database = databases.open(*service).await;
            journals.insert(*service, Journal::read(&database, depth).await);
            let tables = STATES.iter().filter(|(owner, _)| owner == service);
            for (_, table) in tables.filter(|_| depth == Depth::Everything) {
                let rows = database
                    .rows(&format!("SELECT id, state FROM {table} ORDER BY id"))
                    .await;
                let rows = rows.iter().map(|row| (get(row, "id"), get(row, "state")));
                states.insert(*table, rows.collect());
            }
        }
        let log = Log::read(&databases.open(ServiceName::Audit).await, depth).await;
        Self {
            journals,
            log,
            states,
        }
    }

    /// What has not been stamped, heard of or signed for yet.
    pub(super) fn moving(&self) -> impl Iterator<Item = Finding> {
        let unstamped = self.journals.iter().filter(|(_, one)| !one.is_stamped());
        let unsigned = (self.log.signed != self.log.size).then(|| {
            let place = format!("signed {} of {}", self.log.signed, self.log.size);
            Finding::new(Rule::Proof, place)
        });
        unstamped
            .map(|(service, _)| Finding::new(Rule::Positions, service))
            .chain(super::journals::behind(self))
            .chain(unsigned)
    }

    /// Every record has its place.
    pub(crate) fn is_stamped(&self) -> bool {
        self.journals.values().all(Journal::is_stamped)
    }

    /// State and journals, to be compared with what they are later.
    pub(crate) fn trace(&self) -> Trace<'_> {
        let journals = self.journals.iter();
        Trace {
            states: &self.states,
            records: journals
                .map(|(service, journal)| (*service, journal.rows.len()))
                .collect(),
        }
    }

    /// Codes of the refusals on a service's record.
    pub(crate) fn refusals(&self, service: ServiceName) -> Vec<String> {
        let rows = self.journals[&service].rows.iter();
        rows.filter_map(super::commands::event::<RequestRefused>)
            .map(|refused| refused.code)
            .collect()
    }

    /// Leaves of the log.
    pub(crate) fn leaves(&self) -> usize {
        self.log.leaves.len()
    }

    /// Every row of every journal, with its source.
    pub(super) fn rows(&self) -> impl Iterator<Item = (ServiceName, &Row)> {
        let journals = self.journals.iter();
        journals.flat_map(|(service, journal)| journal.rows.iter().map(move |row| (*service, row)))
    }
}

impl Journal {
    fn is_stamped(&self) -> bool {
        self.rows.iter().all(|row| row.position.is_some())
    }

    async fn read(database: &Database, depth: Depth) -> Self {
        let which = match depth {
            Depth::Everything => "",
            Depth::Heads => "WHERE position IS NULL",
        };
        let sql = format!(
            "SELECT position, record_id, subject, kind, record FROM journal {which} \
             ORDER BY position IS NOT NULL, position, id"
        );
        let rows = database.rows(&sql).await;
        let rows = rows.iter().map(|row| Row {
            position: get(row, "position"),
            record_id: get(row, "record_id"),
            subject: get(row, "subject"),
            kind: get(row, "kind"),
            record: get(row, "record"),
        });
        let head = database.rows("SELECT position, hash FROM head").await;
        let head = head.first().expect("a head");
        let watermarks = database
            .rows("SELECT source, position FROM watermark")
            .await;
        let kept = match depth {
            Depth::Everything => database.rows("SELECT key, id FROM idempotency").await,
            Depth::Heads => Vec::new(),
        };
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in &kept {
            answers
                .entry(get(row, "key"))
                .or_default()
                .push(get(row, "id"));
        }
        Self {
            rows: rows.collect(),
            head: get(head, "position"),
            head_hash: get(head, "hash"),
            watermarks: by_source(&watermarks),
            quarantined: database.number("SELECT COUNT(*) FROM quarantine").await,
            answers,
        }
    }
}

impl Log {
    async fn read(database: &Database, depth: Depth) -> Self {
        let sql = "SELECT idx, source, position, record FROM leaf ORDER BY idx";
        let leaves = match depth {
            Depth::Everything => database.rows(sql).await,
            Depth::Heads => Vec::new(),
        };
        let leaves = leaves.iter().map(|row| Leaf {
            index: get(row, "idx"),
            source: get(row, "source"),
            position: get(row, "position"),
            record: get(row, "record"),
        });
        let sources = database.rows("SELECT source, position FROM source").await;
        let signed = "SELECT note, size FROM checkpoint ORDER BY size DESC LIMIT 1";
        let signed = database.rows(signed).await;
        let signed = signed.first();
        Self {
            size: database.number("SELECT size FROM log").await,
            leaves: leaves.collect(),
            sources: by_source(&sources),
            aside: database.number("SELECT COUNT(*) FROM aside").await,
            findings: database
                .number("SELECT COUNT(*) FROM source WHERE findings <> ''")
                .await,
            note: signed.map_or_else(String::new, |row| get(row, "note")),
            signed: signed.map_or(0, |row| get(row, "size")),
        }
    }
}

fn by_source(rows: &[QueryResult]) -> BTreeMap<String, i64> {
    rows.iter()
        .map(|row| (get(row, "source"), get(row, "position")))
        .collect()
}

fn get<T: sea_orm::TryGetable>(row: &QueryResult, column: &str) -> T {
    let value = row.try_get("", column);
    value.unwrap_or_else(|error| panic!("{column}: {error}"))
}
