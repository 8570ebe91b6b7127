//! Row 11: from the command line to serving, on a database that is there already.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rpc::client::{Credentials, channel};
use testkit::{Program, free_port, shared_nats};
use tokio::time::sleep;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    measure::{ROUNDS, Rounds},
    table::{Goal, Line},
};

const LOOK: Duration = Duration::from_millis(2);

pub(crate) async fn row() -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, what, goal) in [
        (
            "sekisho-ledger",
            "one service (ledger) to serving",
            Goal::AtMost(1.0),
        ),
        (
            "sekisho",
            "`sekisho up --empty`, all five and the broker, to serving",
            Goal::Told,
        ),
    ] {
        let Some(path) = program(name) else {
            eprintln!("  {name} is not built in release: `make bench` builds it");
            continue;
        };
        lines.push(Line::alone(
            11,
            what,
            warm_starts(name, &path).await,
            "s",
            goal,
        ));
    }
    lines
}

/// Beside this program.
fn program(name: &str) -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let path = own.parent()?.join(name);
    path.exists().then_some(path)
}

async fn warm_starts(name: &str, path: &Path) -> Rounds {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let grpc = format!("127.0.0.1:{}", free_port());
    let http = format!("127.0.0.1:{}", free_port());
    let data = directory.path().join("data");
    let text = |path: &Path| path.to_str().expect("plain characters").to_owned();
    let mut arguments: Vec<String> = match name {
        "sekisho" => vec!["up".to_owned(), "--empty".to_owned()],
        _ => alone(),
    };
    for (flag, value) in [
        ("--data", text(&data)),
        ("--grpc", grpc.clone()),
        ("--http", http),
        ("--log", "warn".to_owned()),
    ] {
        arguments.extend([flag.to_owned(), value]);
    }
    std::fs::create_dir(&data).expect("its directory");
    let mut program = Program::new(path, arguments, &directory.path().join("log"));
    let mut rounds = Rounds::default();
    for round in 0..=ROUNDS {
        program.kill();
        let began = Instant::now();
        program.start();
        serves(&grpc, &program).await;
        // The first start makes the database.
        if round > 0 {
            rounds.push(began.elapsed().as_secs_f64());
        }
    }
    rounds
}

/// A service by itself has a broker, and the others elsewhere, here where nobody answers.
fn alone() -> Vec<String> {
    let nowhere = || format!("http://127.0.0.1:{}", free_port());
    let mut arguments = vec![
        "--nats-url".to_owned(),
        shared_nats().to_owned(),
        "--identity-http".to_owned(),
        nowhere(),
    ];
    for peer in ["identity", "approvals", "incidents", "audit"] {
        arguments.extend(["--peer".to_owned(), format!("{peer}={}", nowhere())]);
    }
    arguments
}

async fn serves(grpc: &str, program: &Program) {
    let address = format!("http://{grpc}");
    loop {
        let line = channel(&address, Credentials::anonymous()).expect("an address");
        let request = HealthCheckRequest::default();
        let answer = HealthClient::new(line).check(request).await;
        if answer.is_ok_and(|a| a.into_inner().status() == ServingStatus::Serving) {
            return;
        }
        assert!(program.is_running(), "it ended:\n{}", program.log());
        sleep(LOOK).await;
    }
}
