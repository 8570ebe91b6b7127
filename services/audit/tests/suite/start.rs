//! A process of audit that begins where there is a log already.

use jiff::{SignedDuration, Timestamp};
use kernel::Clock as _;
use shell::StartError;
use standard::ServiceName;
use testkit::{Engine, Replica, TestProcess};

use crate::city::{City, start};

#[tokio::test]
async fn a_process_whose_clock_was_set_back_behind_the_log_does_not_begin() {
    let process = TestProcess::start(Engine::Postgres, &[(ServiceName::Audit, start)]).await;
    let city = City { process };
    let recorded: Timestamp = city.process.clock.now();
    city.retire(0..1).await;
    city.records("ledger", 1).await;

    let back = SignedDuration::from_mins(3);
    city.process.clock.advance(-back);
    let refused = Replica::try_of(&city.process, &[start]).await.err();
    match refused.unwrap() {
        StartError::ClockBehind {
            service: "audit",
            now,
            newest,
        } => assert_eq!((now, newest), (recorded - back, recorded)),
        other => panic!("{other}"),
    }
    city.process.stop().await;
}
