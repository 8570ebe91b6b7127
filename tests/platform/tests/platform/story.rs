//! A day of the city, played against each shape of the platform by `sekisho story`: every step it
//! tells is compared with what the standard expects, and the first difference ends it with 1. What it
//! shows of its steps is compared here.

use std::process::Stdio;

use standard::ServiceName;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::harness::Platform;

/// The exception of the story lasts as short as it may, so that nobody waits for its end.
const STORY: [&str; 2] = ["--exception-seconds", "3"];

/// What each scene shows, in this order among other things: the decision, and the clauses with it.
const SHOWN: [&[(&str, &[&str])]; 4] = [
    &[
        ("password enrolled [FactorEnrolled]", &["3-4-(1)-1"]),
        ("permitted by ", &["7-2-(1)-2"]),
        ("more authentication is needed", &["7-2-(2)-2ア"]),
        (
            "one-time password enrolled [FactorEnrolled]",
            &["3-4-(1)-1"],
        ),
        (
            "the session has two factors [SessionSteppedUp]",
            &["3-4-(1)-1"],
        ),
        ("allowed", &[]),
    ],
    &[
        ("refused [permit_rules_not_met]", &["3-4-(6)-1"]),
        ("permitted by ", &["3-4-(6)-2b", "3-4-(6)-2a"]),
    ],
    &[
        ("more authentication is needed", &["7-2-(2)-2ア"]),
        ("invoked [ExceptionInvoked]", &["8-4-(2)-1"]),
        ("allowed by exception", &["7-2-(2)-2ア"]),
        ("reported afterwards [ExceptionReported]", &["8-4-(2)-2"]),
        ("endorsed [ExceptionEndorsed]", &["8-4-(2)-2"]),
        ("more authentication is needed", &["7-2-(2)-2ア"]),
        ("ended by itself [ExceptionExpired]", &["8-4-(2)-1"]),
    ],
    &[
        ("ID card registered [FactorEnrolled]", &["4-4-1"]),
        (
            "card and sessions are dead [CredentialReportedLost]",
            &["4-4-4"],
        ),
        ("denied", &["4-4-4"]),
        ("opened [IncidentReported]", &["4-4-3"]),
        ("report received [ReportAcknowledged]", &["8-3-(1)-1"]),
        (
            "investigated [IncidentInvestigated]",
            &["8-3-(2)-1", "8-3-(2)-1a", "8-3-(2)-1b", "8-3-(2)-1c"],
        ),
        ("passed on [IncidentEscalated]", &["8-3-(2)-2ア"]),
        ("passed on [IncidentEscalated]", &["8-3-(2)-3"]),
        ("suspended [SystemSuspended]", &["8-3-(3)-1a"]),
        ("denied", &["8-3-(3)-1a"]),
        (
            "suspension reported to the CSIRT chief [ContainmentReported]",
            &["8-3-(3)-1b"],
        ),
        ("resumed [SystemResumed]", &["8-3-(4)-1a"]),
        ("allowed", &[]),
        (
            "recovery reported [IncidentRecovered]",
            &["8-3-(4)-1a", "8-3-(4)-1b"],
        ),
        ("recurrence prevented [PreventionRecorded]", &["8-3-(4)-2a"]),
        ("report received [ReportAcknowledged]", &["8-3-(4)-2b"]),
        ("closed [IncidentClosed]", &["7-1-(5)-1"]),
    ],
];

/// Every step stands in the story with its clauses and its place in the log.
fn shows_every_step(told: &str) {
    for (scene, shown) in SHOWN.iter().enumerate() {
        let from = told.find(&format!("\n{}. ", scene + 1));
        let to = told.find(&format!("\n{}. ", scene + 2));
        let scene = &told[from.expect("a scene")..to.expect("the next scene")];
        let mut lines = scene
            .lines()
            .filter_map(|line| line.trim().strip_prefix("→ "));
        for (decision, clauses) in *shown {
            let named = |line: &str| {
                let said = clauses.iter().all(|clause| {
                    let ends = [format!("{clause},"), format!("{clause})")];
                    ends.iter().any(|end| line.contains(end))
                });
                line.starts_with(decision) && said && on_record(line)
            };
            assert!(
                lines.any(named),
                "{decision} under {clauses:?} on record in:{scene}"
            );
        }
    }
}

fn on_record(line: &str) -> bool {
    let index = line.rsplit_once("record #").map(|(_, index)| index);
    index.is_some_and(|index| index.parse::<u64>().is_ok())
}

#[tokio::test]
async fn story_on_sqlite_in_one_process() {
    let platform = Platform::embedded(&[]).await;
    // The demo city is entered over gRPC, so by then it serves already.
    platform
        .said(ServiceName::Identity, "Sekisho is serving")
        .await;
    cut_off_at(&platform, "[SystemSuspended]").await;
    let told = platform.sekisho(&["story"], &STORY).await;
    let left = "left unfinished (incidents: 1, emergency exceptions: 0)";
    assert!(told.contains(left), "{told}");
    let told = platform.sekisho(&["story"], &STORY).await;
    assert!(!told.contains("left unfinished"), "{told}");
    shows_every_step(&told);
}

/// kill -9 of a playing that has just told these words in one line.
async fn cut_off_at(platform: &Platform, words: &str) {
    let mut line = platform.command(&["story"], &STORY);
    let mut playing = line.stdout(Stdio::piped()).spawn().expect("sekisho runs");
    let told = playing.stdout.take().expect("its words");
    let mut told = BufReader::new(told).lines();
    while let Some(line) = told.next_line().await.expect("a line") {
        if line.contains(words) {
            playing.kill().await.expect("killed");
            return;
        }
    }
    panic!("the story never told {words:?}");
}

#[tokio::test]
async fn story_on_postgresql_with_separate_processes() {
    let platform = Platform::cluster(None).await;
    let secret = platform.path("identity").join("bootstrap-secret");
    let secret = secret.to_str().expect("a path of plain characters");
    platform
        .sekisho(&["demo"], &["--bootstrap-secret", secret])
        .await;
    let told = platform.sekisho(&["story"], &STORY).await;
    shows_every_step(&told);
}
