//! Guarantee G9 as an auditor has it: whoever kept a checkpoint finds out, with `sekisho verify`
//! alone, that the platform was put back to an earlier day and has gone on from there.

use std::path::{Path, PathBuf};

use standard::ServiceName;

use crate::{
    auditor::{fetched, verify},
    checker, city,
    harness::Platform,
};

/// Commands at a time.
const SOME: u32 = 10;

#[tokio::test]
async fn a_log_that_was_put_back_is_found_with_a_kept_checkpoint() {
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, 1).await;
    halt(&mut platform).await;
    let earlier = databases(&platform.path(""));
    start(&mut platform).await;

    at_work(&platform, "A").await;
    let key = platform.path("audit-log.pub");
    let kept = platform.path("kept.txt");
    let checkpoint = platform.sekisho(&["log", "checkpoint"], &[]).await;
    std::fs::write(&kept, &checkpoint).expect("a checkpoint");
    let kept = ["--checkpoint", kept.to_str().unwrap()];
    let (code, told) = verify(fetched(&platform).await, &key, &kept);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("unchanged up to the kept checkpoint"),
        "{told}"
    );
    let of_that_day = platform.path("kept.sklog");
    std::fs::rename(fetched(&platform).await, &of_that_day).expect("the log of that day");
    let beside = platform.http(ServiceName::Audit) + "/log";
    let beside = ["--log", beside.as_str()];

    halt(&mut platform).await;
    for (path, bytes) in &earlier {
        std::fs::write(path, bytes).expect("the database of that day");
    }
    start(&mut platform).await;
    let (code, told) = verify(fetched(&platform).await, &key, &kept);
    assert_eq!(code, Some(1), "{told}");
    let (code, told) = verify(&of_that_day, &key, &beside);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("the log was rolled back"), "{told}");

    // Nor does it help to go on until there are as many records as there were.
    for day in ["B", "C"] {
        at_work(&platform, day).await;
    }
    let longer = platform.sekisho(&["log", "checkpoint"], &[]).await;
    assert!(size_of(&longer) > size_of(&checkpoint), "{longer}");
    let (code, told) = verify(fetched(&platform).await, &key, &kept);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains('✗'), "{told}");
    let (code, told) = verify(&of_that_day, &key, &beside);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("signed both"), "{told}");
}

#[tokio::test]
async fn a_log_that_fails_its_own_check_says_so_to_whoever_compares() {
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, 1).await;
    checker::at_rest(&platform).await;
    let file = fetched(&platform).await;
    halt(&mut platform).await;
    let database = platform.databases.open(ServiceName::Audit).await;
    let swapped = "UPDATE leaf SET record = (SELECT record FROM leaf WHERE idx = 5) WHERE idx = 6";
    database.tamper(swapped).await;
    start(&mut platform).await;

    let log = platform.http(ServiceName::Audit) + "/log";
    let key = platform.path("audit-log.pub");
    let refusal = async || {
        let (code, told) = verify(&file, &key, &["--log", &log]);
        (code == Some(1) && told.contains("log_unsound")).then_some(())
    };
    platform.until("why nobody vouches for it", refusal).await;
}

/// Some commands, all of them in the log and signed for.
async fn at_work(platform: &Platform, day: &str) {
    for number in 0..SOME {
        city::register_system(platform, &format!("SYS-{day}{number}")).await;
    }
    checker::at_rest(platform).await;
}

async fn halt(platform: &mut Platform) {
    let ended = platform.stop(ServiceName::Audit).await;
    assert!(ended.success(), "{ended}");
}

async fn start(platform: &mut Platform) {
    platform.start(ServiceName::Audit);
    platform.ready(ServiceName::Audit).await;
}

/// Every database, whole: it was stopped in order.
fn databases(data: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let each = ServiceName::ALL.iter().map(|service| {
        let path = data.join(format!("{service}.db"));
        let bytes = std::fs::read(&path).expect("a database");
        (path, bytes)
    });
    each.collect()
}

/// The second line of a checkpoint is the number of records it is of.
fn size_of(checkpoint: &str) -> u64 {
    let line = checkpoint.lines().nth(1).expect("a size");
    line.parse().expect("a number")
}
