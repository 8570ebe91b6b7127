//! What rules would have raised.

use audit_domain::analysis::Raised;
use futures::TryStreamExt as _;
use jiff::Timestamp;
use standard::pack::AnalysisRule;

use super::*;
use crate::analysis::replay::{Replay, Step};

async fn replay(
    log: &Log,
    rules: &[AnalysisRule],
    range: [Option<Timestamp>; 2],
) -> (Vec<Raised>, Option<u64>) {
    let pack = Arc::new(Pack::sendai().unwrap());
    let replay = Replay::open(log.library(), pack, rules.to_vec(), range).await;
    let steps: Vec<Step> = replay.unwrap().steps().try_collect().await.unwrap();
    let last = steps.last().map(|step| step.next);
    let raised = steps.into_iter().filter_map(|step| step.raised);
    (raised.map(|(raised, _)| raised).collect(), last)
}

/// Three minutes of refusals, each logged as it came: at 02:00:00, 02:00:10 and so on, and 700 other
/// things at first.
async fn refusals(log: &Log, count: u32) {
    let (journal, other) = (Journal::new("identity"), Journal::of("ledger", 700));
    log.take(&other).await;
    for n in 0..count {
        let at = format!("2026-04-01T02:{:02}:{:02}Z", n / 6, 10 * (n % 6));
        journal.say_at(&denied("S0001"), &[], &at);
        log.take(&journal).await;
        log.clock.advance(SignedDuration::from_secs(10));
    }
}

#[tokio::test]
async fn a_replay_says_what_was_raised_and_raises_nothing() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        refusals(&log, 50).await;
        look(&log).await;
        let raised = log.events::<SuspicionRaised>().await;
        let spoke: Vec<_> = raised.iter().map(|one| one.log_indexes.clone()).collect();
        assert_eq!(spoke.len(), 2, "at 100 s and at 400 s");

        let pack = Pack::sendai().unwrap();
        let (again, last) = replay(&log, pack.analysis(), [None, None]).await;
        let again: Vec<_> = again.into_iter().map(|one| one.evidence).collect();
        assert_eq!(again, spoke);
        assert_eq!(last, Some(750), "it says when it is through");
        assert_eq!(log.events::<SuspicionRaised>().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_replay_of_a_part_remembers_what_was_before_it() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        refusals(&log, 50).await;
        let pack = Pack::sendai().unwrap();
        let rules = &pack.analysis()[..1];
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        // The first suspicion is at 02:01:40, the second at 02:06:40.
        for (from, to, spoke) in [
            ("2026-04-01T02:00:00Z", "2026-04-01T02:01:40Z", vec![]),
            ("2026-04-01T02:01:40Z", "2026-04-01T02:01:41Z", vec![710]),
            ("2026-04-01T02:01:41Z", "2026-04-01T02:06:41Z", vec![740]),
            ("2026-04-01T03:00:00Z", "2026-04-01T04:00:00Z", vec![]),
        ] {
            let (raised, _) = replay(&log, rules, [at(from), at(to)]).await;
            let found: Vec<_> = raised.iter().map(|one| one.evidence[10]).collect();
            assert_eq!(found, spoke, "{from}");
        }
    })
    .await;
}

#[tokio::test]
async fn other_rules_say_what_they_would_have_raised() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        refusals(&log, 5).await;
        let pack = Pack::sendai().unwrap();
        let text = include_str!("../../../../../crates/standard/packs/sendai/analysis.toml");
        let stricter = text.replace("tolerated = 10", "tolerated = 3");
        let rules = pack.read_analysis(&stricter).unwrap();
        let (raised, _) = replay(&log, &rules, [None, None]).await;
        assert_eq!(raised.len(), 1);
        assert_eq!(raised[0].evidence, [700, 701, 702, 703]);
        assert!(
            replay(&log, pack.analysis(), [None, None])
                .await
                .0
                .is_empty()
        );
    })
    .await;
}
