//! The databases end, have no connection to give, and have no room.

use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection};
use standard::ServiceName;
use testkit::PostgresServer;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::harness::{Ground, Platform};

/// How often each thing is done, and for how long.
const TIMES: usize = 3;
const LENGTH: Duration = Duration::from_secs(4);
/// What a server has for all services, and what an outsider can take.
const CONNECTIONS: u32 = 100;

async fn on(server: PostgresServer, wishes: &Wishes) -> Ordeal {
    let ground = Ground {
        postgres: Some(server),
        ..Ground::default()
    };
    Ordeal::begin(Platform::cluster_on(ground).await, wishes).await
}

/// PostgreSQL stopped in the middle of everything, or killed.
pub(super) async fn ended(wishes: &Wishes, killed: bool) -> Row {
    let mut ordeal = on(PostgresServer::start(300), wishes).await;
    for _ in 0..TIMES {
        ordeal.writers.progress(200).await;
        ordeal.disturb();
        let server = ordeal.platform.postgres.as_mut().expect("a server");
        match killed {
            true => server.kill(),
            false => server.stop_immediately(),
        }
        server.restart();
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// Somebody else takes every connection that the server still has to give, and the services' own are
/// ended.
pub(super) async fn exhausted(wishes: &Wishes) -> Row {
    let server = PostgresServer::start(CONNECTIONS);
    let url = server.url();
    let mut ordeal = on(server, wishes).await;
    for _ in 0..TIMES {
        ordeal.writers.progress(200).await;
        ordeal.disturb();
        let taken = take_all(&url).await;
        // This is how long it lasts, and not for what is waited.
        tokio::time::sleep(LENGTH).await;
        for connection in taken {
            connection.close().await.expect("closed");
        }
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// Takes connections until there is none left. The services' idle ones are ended first, by somebody
/// who may.
async fn take_all(url: &str) -> Vec<DatabaseConnection> {
    use sea_orm::ConnectionTrait as _;

    let mut taken = Vec::new();
    loop {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(1))
            .sqlx_logging(false);
        match sea_orm::Database::connect(options).await {
            Ok(connection) => taken.push(connection),
            Err(_) => break,
        }
        let end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                          WHERE pid <> pg_backend_pid() AND state = 'idle' \
                          AND application_name = '' AND query NOT LIKE '%pg_terminate_backend%' LIMIT 2";
        let last = taken.last().expect("the one just taken");
        last.execute_unprepared(end_others).await.expect("it may");
    }
    taken
}

/// No file of the process may grow any more: every database in turn, the audit log included, has no
/// room. Then there is room again, and nobody need repair anything.
pub(super) async fn full(wishes: &Wishes) -> Row {
    let platform = Platform::embedded(&["--empty"]).await;
    let mut ordeal = Ordeal::begin(platform, wishes).await;
    let service = ServiceName::Ledger;
    // Told by an error of the write, and not by a signal.
    ordeal.disturb();
    ordeal.platform.kill(service);
    let means = ["env", "--ignore-signal=XFSZ"];
    ordeal.platform.start_under(service, &means);
    ordeal.platform.ready(service).await;
    ordeal.calm();
    for _ in 0..TIMES {
        ordeal.writers.progress(200).await;
        ordeal.disturb();
        ordeal.platform.limit_files(service, Some(100_000));
        // This is how long it lasts, and not for what is waited.
        tokio::time::sleep(LENGTH).await;
        assert!(
            ordeal.platform.is_running(service),
            "{}",
            ordeal.platform.logs()
        );
        ordeal.platform.limit_files(service, None);
        ordeal.drain().await;
        let page = ordeal.platform.metrics(service).await;
        let refused = "sekisho_rpc_requests_total{code=\"UNAVAILABLE\"";
        let counted = |line: &str| line.starts_with(refused) && !line.ends_with(" 0");
        assert!(
            page.is_some_and(|page| page.lines().any(counted)),
            "{refused}"
        );
    }
    ordeal.end().await
}
