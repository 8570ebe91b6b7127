//! A process whose clock is wrong: what has ended stays ended, and all is well again when the clock is
//! (docs/runbooks/wrong-clock.md).

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::journal::v1::{HeadRequest, journal_client::JournalClient};
use runtime::SystemClock;
use standard::{Role, ServiceName};
use tonic::Code;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{
    city::{AUDITOR, SECTION},
    harness::Platform,
};

const SHIFTS: [&str; 4] = ["-1h", "+1h", "-1d", "+1d"];
const BACK: [&str; 2] = ["-1h", "-1d"];
/// In seconds.
const A_MINUTE: i64 = 60;
const A_DAY: i64 = 86_400;
/// How a process that does not begin names the way out.
const AHEAD_UNTIL: &str = "--clock-was-ahead-until";
/// How far a process's clock has left time, by its own word.
const OFFSET: &str = "sekisho_clock_offset_seconds";
/// An operator is woken by more than this, in seconds (docs/metrics.md).
const ALARM: f64 = 5.0;

/// Where Debian puts the library that shifts a process's clock.
fn library() -> Option<PathBuf> {
    let places = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let paths = places.map(|place| {
        Path::new("/usr/lib")
            .join(place)
            .join("faketime/libfaketime.so.1")
    });
    paths.into_iter().find(|path| path.exists())
}

/// Waiting goes by the monotonic clock, which nobody sets.
const MEANS: [&str; 3] = [
    "env",
    "FAKETIME_DONT_FAKE_MONOTONIC=1",
    "FAKETIME_NO_CACHE=1",
];

fn preload() -> Option<String> {
    library().map(|library| format!("LD_PRELOAD={}", library.display()))
}

fn left_out() -> Row {
    Row::left_out("libfaketime is not installed (apt-get install libfaketime)")
}

/// A service's process begins with a clock that is wrong, while records come in: audit's in every
/// direction, and identity's, by which sessions end, behind.
pub(super) async fn wrong(wishes: &Wishes) -> Row {
    let Some(preload) = preload() else {
        return left_out();
    };
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    for (service, shifts) in [
        (ServiceName::Audit, &SHIFTS[..]),
        (ServiceName::Identity, &BACK[..]),
    ] {
        for shift in shifts {
            let shifted = format!("FAKETIME={shift}");
            let means = [&MEANS[..], &[&preload, &shifted]].concat();
            ordeal.disturb();
            ordeal.platform.kill(service);
            ordeal.platform.start_under(service, &means);
            if shift.starts_with('-') {
                refuses_to_begin(&ordeal.platform, service).await;
                ordeal.strike(service).await;
            } else {
                ordeal.platform.ready(service).await;
                ordeal.writers.progress(200).await;
                nothing_revives(&ordeal.platform, service, shift, A_MINUTE).await;
                has_been_ahead(&mut ordeal, service).await;
            }
            is_well(&ordeal.platform, service).await;
            ordeal.writers.progress(100).await;
            ordeal.drain().await;
        }
    }
    ordeal.end().await
}

/// What would live again there is not served, and it names the way out.
async fn refuses_to_begin(platform: &Platform, service: ServiceName) {
    let ended = async || (!platform.is_running(service)).then_some(());
    platform.until("a process that does not begin", ended).await;
    let log = platform.log(service);
    let told = log.lines().last().unwrap_or_default();
    assert!(told.contains(AHEAD_UNTIL), "{told}");
}

/// A clock that was ahead is right again: the process begins when an operator has said so.
async fn has_been_ahead(ordeal: &mut Ordeal, service: ServiceName) {
    ordeal.platform.kill(service);
    ordeal.platform.start(service);
    refuses_to_begin(&ordeal.platform, service).await;
    let until = SystemClock.now() + SignedDuration::from_hours(48);
    let said = format!("SEKISHO_CLOCK_WAS_AHEAD_UNTIL={until}");
    ordeal.platform.start_under(service, &["env", &said]);
    ordeal.platform.ready(service).await;
    ordeal.survived();
}

/// The clock of a process stands while it works: first of one that is asked to write, then of the log.
pub(super) async fn stopped(wishes: &Wishes) -> Row {
    let Some(preload) = preload() else {
        return left_out();
    };
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    for service in [ServiceName::Ledger, ServiceName::Audit] {
        let hands = Hands::given_to(&mut ordeal, service, &preload).await;
        ordeal.writers.progress(100).await;
        ordeal.disturb();
        hands.stop();
        until_offset(&ordeal.platform, service, |offset| offset < -ALARM).await;
        ordeal.writers.progress(100).await;
        // By the clock that stands it is not over yet.
        nothing_revives(&ordeal.platform, service, "it stands", 1).await;
        hands.set("+0");
        until_offset(&ordeal.platform, service, |offset| offset.abs() < 1.0).await;
        is_well(&ordeal.platform, service).await;
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// The clock of a process is set a day ahead and a day back while it works: the log's, then identity's.
pub(super) async fn jumped(wishes: &Wishes) -> Row {
    let Some(preload) = preload() else {
        return left_out();
    };
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    for service in [ServiceName::Audit, ServiceName::Identity] {
        let hands = Hands::given_to(&mut ordeal, service, &preload).await;
        // Set back, the clock calls a token good that has been over for a day.
        for (shift, sign, over) in [("+1d", 1.0, A_MINUTE), ("-1d", -1.0, A_DAY - A_MINUTE)] {
            ordeal.writers.progress(100).await;
            ordeal.disturb();
            hands.set(shift);
            let gone = |offset: f64| offset * sign > 86_000.0;
            until_offset(&ordeal.platform, service, gone).await;
            match (service, shift) {
                // By its clock what everybody shows it is over: until that is right, it lets nobody in.
                (ServiceName::Identity, "+1d") => {
                    let new = ordeal.platform.token(AUDITOR, SECTION, &[Role::Auditor]);
                    let code = ask(&ordeal.platform, service, &new).await;
                    assert_eq!(code, Code::Unauthenticated, "{shift}");
                }
                _ => ordeal.writers.progress(100).await,
            }
            nothing_revives(&ordeal.platform, service, shift, over).await;
            hands.set("+0");
            until_offset(&ordeal.platform, service, |offset| offset.abs() < 1.0).await;
            // Not even a restart is needed.
            is_well(&ordeal.platform, service).await;
            ordeal.drain().await;
        }
    }
    ordeal.end().await
}

/// The hands of a process's clock: a file that is read whenever it asks for the time.
struct Hands(PathBuf);

impl Hands {
    /// Starts a service's process again with a clock that can be set.
    async fn given_to(ordeal: &mut Ordeal, service: ServiceName, preload: &str) -> Self {
        let hands = Self(ordeal.platform.path(&format!("hands-of-{service}")));
        hands.set("+0");
        let file = format!("FAKETIME_TIMESTAMP_FILE={}", hands.0.display());
        let means = [&MEANS[..], &[preload, &file, "TZ=UTC"]].concat();
        ordeal.disturb();
        ordeal.platform.kill(service);
        ordeal.platform.start_under(service, &means);
        ordeal.platform.ready(service).await;
        ordeal.calm();
        hands
    }

    /// So far from the true time, or a time at which it stands.
    fn set(&self, time: &str) {
        // Never half of it.
        let next = self.0.with_extension("next");
        fs::write(&next, time).expect("a file");
        fs::rename(&next, &self.0).expect("a file");
    }

    /// From now on it stands.
    fn stop(&self) {
        self.set(&SystemClock.now().strftime("%F %T").to_string());
    }
}

async fn until_offset(platform: &Platform, service: ServiceName, reached: impl Fn(f64) -> bool) {
    let look = async || {
        let offset = platform.metric(service, OFFSET).await;
        offset.filter(|offset| reached(*offset)).map(|_| ())
    };
    platform.until(OFFSET, look).await;
}

/// Whoever's token has been over for so many seconds is not let in, whatever the clock says.
async fn nothing_revives(platform: &Platform, service: ServiceName, clock: &str, over: i64) {
    let ended = platform.ended_token(AUDITOR, SECTION, &[Role::Auditor], over);
    let code = ask(platform, service, &ended).await;
    assert_eq!(code, Code::Unauthenticated, "{clock}: a token lives again");
}

/// A new token is good: what it is not enough for is another question.
async fn is_well(platform: &Platform, service: ServiceName) {
    let new = platform.token(AUDITOR, SECTION, &[Role::Auditor]);
    assert_eq!(ask(platform, service, &new).await, Code::PermissionDenied);
}

/// The answer to somebody who asks for what only services may see.
async fn ask(platform: &Platform, service: ServiceName, token: &str) -> Code {
    let request = HeadRequest {
        source: service.as_str().to_owned(),
    };
    let mut journal = JournalClient::new(platform.bearer(service, token));
    let answer = journal.head(request).await;
    answer.map_or_else(|status| status.code(), |_| Code::Ok)
}
