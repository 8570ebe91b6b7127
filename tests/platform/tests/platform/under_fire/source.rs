//! A source's schema on PostgreSQL is put back to an earlier day, and then to the truth
//! (docs/runbooks/older-backup.md).

use std::{path::PathBuf, process::Command};

use standard::ServiceName;
use tokio::sync::OwnedRwLockWriteGuard;

use super::{heads::Heads, ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{databases::Databases, harness::Platform};

const SOURCE: ServiceName = ServiceName::Ledger;
/// What whoever has heard more of it says.
const ALARM: &str = "sekisho_audit_source_diverged{source=\"ledger\"}";
/// PostgreSQL's own tools, where Debian keeps them.
const TOOLS: &str =
    "PATH=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1):$PATH; \"$@\"";

/// Others have heard more of the source than its older copy knows. That is an alarm until the truth is
/// put back; then all goes on, and nothing is lost.
pub(super) async fn older(wishes: &Wishes) -> Row {
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    let schema = Schema::of(&ordeal.platform);
    ordeal.writers.progress(100).await;
    // At rest, so that the copy stamps nothing anew.
    let held = at_rest(&ordeal).await;
    schema.dump();
    drop(held);
    ordeal.writers.progress(200).await;

    // The truth would not know of what the copy answers: so it is asked nothing.
    let held = at_rest(&ordeal).await;
    ordeal.disturb();
    ordeal.platform.kill(SOURCE);
    schema
        .sql("ALTER SCHEMA {schema} RENAME TO {schema}_kept")
        .await;
    schema.restore();
    ordeal.strike(SOURCE).await;
    let audit = ServiceName::Audit;
    ordeal.platform.until_metric(audit, ALARM, 1.0).await;

    ordeal.disturb();
    ordeal.platform.kill(SOURCE);
    schema.sql("DROP SCHEMA {schema} CASCADE").await;
    schema
        .sql("ALTER SCHEMA {schema}_kept RENAME TO {schema}")
        .await;
    ordeal.strike(SOURCE).await;
    ordeal.platform.until_metric(audit, ALARM, 0.0).await;
    drop(held);
    ordeal.writers.progress(100).await;
    ordeal.drain().await;
    ordeal.end().await
}

/// Everybody has heard all, and nobody says anything new before this is dropped.
async fn at_rest(ordeal: &Ordeal) -> OwnedRwLockWriteGuard<()> {
    let held = ordeal.writers.hold().await;
    let heads = Heads::read(&ordeal.platform.databases).await;
    heads.reached(&ordeal.platform).await;
    held
}

/// The source's schema, in the hands of an operator.
struct Schema {
    databases: Databases,
    url: String,
    name: String,
    copy: PathBuf,
}

impl Schema {
    fn of(platform: &Platform) -> Self {
        let databases = platform.databases.clone();
        let Databases::Postgres { url, schema_prefix } = &databases else {
            panic!("this is about PostgreSQL");
        };
        Self {
            url: url.clone(),
            name: format!("{schema_prefix}{SOURCE}"),
            copy: platform.path("source.dump"),
            databases,
        }
    }

    fn dump(&self) {
        let (file, schema) = (self.copy.display(), &self.name);
        let file = format!("--file={file}");
        let schema = format!("--schema={schema}");
        run(&["pg_dump", "--format=custom", &file, &schema, &self.url]);
    }

    fn restore(&self) {
        let database = format!("--dbname={}", self.url);
        let file = self.copy.to_str().expect("a path");
        run(&["pg_restore", "--exit-on-error", &database, file]);
    }

    async fn sql(&self, sql: &str) {
        let database = self.databases.open(SOURCE).await;
        database.rows(&sql.replace("{schema}", &self.name)).await;
    }
}

fn run(words: &[&str]) {
    let status = Command::new("sh")
        .args(["-ec", TOOLS, "sh"])
        .args(words)
        .status();
    assert!(status.is_ok_and(|status| status.success()), "{words:?}");
}
