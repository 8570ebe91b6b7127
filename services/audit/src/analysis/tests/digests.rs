//! A day summed up.

use proto::audit::v1::{LogDigest, LogDigestMade};

use super::*;
use crate::store::digest;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn kept(log: &Log) -> Vec<LogDigest> {
    let library = log.library();
    let rows = digest::page(library.read(), library.backend(), i64::MAX, 50).await;
    rows.unwrap()
        .into_iter()
        .map(|(_, digest)| digest)
        .collect()
}

#[tokio::test]
async fn a_day_is_summed_up_once_at_its_end() {
    on_both::<Migrator, _>(async |test| {
        // Eleven in the morning of 1 April, in Japan.
        let log = Log::new(&test).await;
        let looker = looker(&log);
        looker.digest_when_due().await.unwrap();
        let journal = Journal::new("identity");
        for person in ["S0001", "S0002"] {
            for _ in 0..11 {
                journal.say(&denied(person), &[]);
            }
        }
        log.take(&journal).await;
        look(&log).await;
        journal.grow(1, "not looked at yet");
        log.take(&journal).await;
        log.clock.advance(HOUR * 13 - SignedDuration::from_secs(1));
        looker.digest_when_due().await.unwrap();
        assert!(kept(&log).await.is_empty(), "the day is not over");

        log.clock.advance(SignedDuration::from_secs(1));
        // Two replicas look at the clock.
        let other = super::looker(&log);
        let (one, other) = futures::join!(looker.digest_when_due(), other.digest_when_due());
        one.and(other).unwrap();
        let digests = kept(&log).await;
        assert_eq!(digests.len(), 1);
        let digest = &digests[0];
        assert_eq!((digest.records, digest.not_analysed), (23, 1));
        let rules: Vec<_> = digest.rules.iter().map(|rule| rule.rule.as_str()).collect();
        let pack = Pack::sendai().unwrap();
        let all: Vec<_> = pack
            .analysis()
            .iter()
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(rules, all, "those that raised nothing too");
        let burst = &digest.rules[0];
        assert_eq!((burst.suspicions, burst.severity.as_str()), (2, "warning"));
        let subjects: Vec<_> = burst
            .subjects
            .iter()
            .map(|one| one.subject.as_str())
            .collect();
        assert_eq!(subjects, ["person/S0001", "person/S0002"]);
        assert!(digest.rules[1..].iter().all(|rule| rule.suspicions == 0));
        let identity = digest.sources.iter().find(|one| one.source == "identity");
        assert_eq!(identity.unwrap().logged, 23);
        assert_eq!(digest.sources.len(), 5, "silent ones too");

        let said = log.events::<LogDigestMade>().await;
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].digest.as_ref(), Some(digest));
    })
    .await;
}

#[tokio::test]
async fn days_that_nobody_was_there_for_become_one_digest_and_the_next_begins_anew() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let looker = looker(&log);
        looker.digest_when_due().await.unwrap();
        let journal = Journal::new("identity");
        for _ in 0..11 {
            journal.say(&denied("S0001"), &[]);
        }
        log.take(&journal).await;
        look(&log).await;
        log.clock.advance(HOUR * 24 * 5);
        looker.digest_when_due().await.unwrap();
        looker.digest_when_due().await.unwrap();
        assert_eq!(kept(&log).await.len(), 1);
        // Made at eleven; the next is due at midnight.
        log.clock.advance(HOUR * 13);
        looker.digest_when_due().await.unwrap();
        let digests = kept(&log).await;
        assert_eq!(digests.len(), 2);
        assert_eq!(
            digests[0].from_time, digests[1].to_time,
            "newest first, no gap"
        );
        assert_eq!((digests[0].records, digests[1].records), (0, 11));
        let raised =
            |digest: &LogDigest| digest.rules.iter().map(|rule| rule.suspicions).sum::<u64>();
        assert_eq!((raised(&digests[0]), raised(&digests[1])), (0, 1));
    })
    .await;
}
