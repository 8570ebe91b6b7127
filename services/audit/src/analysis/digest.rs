//! The digest: what a period of the pack brought, summed up and put on record when it is over.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use audit_domain::analysis::Key;
use jiff::Timestamp;
use proto::{
    audit::v1::{LogDigest, RuleDigest, SubjectCount},
    timestamp,
};
use runtime::{CancellationToken, Ticks};
use sea_orm::DbErr;
use standard::{Pack, Period, jst_date, jst_instant};

use super::{Looker, publish};
use crate::{
    rpc::sources,
    store::{
        analysis::{self, Progress},
        digest,
        tree::Growing,
    },
};

/// How often the clock is looked at: one small query.
const EVERY: Duration = Duration::from_secs(2);
/// Subjects that a digest names for each rule.
const SUBJECTS: usize = 10;

/// Looks until told to stop. A database that is away is asked again at the next look.
pub(crate) async fn run(looker: Looker, stop: CancellationToken) -> Result<(), Infallible> {
    let mut ticks = Ticks::every(EVERY, stop);
    while ticks.next().await {
        if let Err(error) = looker.digest_when_due().await {
            tracing::warn!(%error, "the digest waits");
        }
    }
    Ok(())
}

impl Looker {
    /// Makes the digest when it is due. Several periods that nobody was there for become one.
    pub(crate) async fn digest_when_due(&self) -> Result<(), DbErr> {
        let now = self.clock.now();
        let database = self.store.database();
        let (db, backend) = (database.read(), database.backend());
        let ended = |from| due_after(&self.pack, from) <= now;
        let due = |progress: &Progress| progress.digest_from.is_none_or(ended);
        if !due(&Progress::read(db, backend).await?) {
            return Ok(());
        }
        let mut unit = self.store.unit(self.context()).await?;
        // The lock keeps out other replicas, and suspicions that would be counted half way.
        let mut progress = Progress::lock(unit.tx(), backend).await?;
        if !due(&progress) {
            return unit.abandon().await;
        }
        let size = Growing::read(unit.tx(), backend).await?.tree.size();
        if let Some(from) = progress.digest_from {
            let counts = analysis::take_counts(unit.tx(), backend).await?;
            let digest = LogDigest {
                from_time: Some(timestamp(from)),
                to_time: Some(timestamp(now)),
                records: size.saturating_sub(progress.digest_size),
                not_analysed: size.saturating_sub(progress.size),
                rules: rules(&self.pack, counts),
                sources: sources(unit.tx(), backend).await?,
                pack_version: self.pack.edition(),
            };
            let made = publish::digest(digest);
            digest::put(unit.tx(), backend, now, made.data.clone()).await?;
            unit.record(publish::DIGEST, "log", made);
        }
        progress.digest_from = Some(now);
        progress.digest_size = size;
        progress.save(unit.tx(), backend).await?;
        unit.commit().await
    }
}

/// When the digest after one made at an instant is due: periods are counted from the beginning of its day
/// in Japan, so that a daily one sums up days.
fn due_after(pack: &Pack, made_at: Timestamp) -> Timestamp {
    let period = pack.period(Period::LogDigest);
    let mut due = jst_instant(jst_date(made_at)).unwrap_or(made_at);
    while due <= made_at {
        due = period.end(due, pack.calendar());
    }
    due
}

/// Every rule of the pack with what it raised, and after them what was raised by rules that it does not
/// have any more.
fn rules(pack: &Pack, counts: Vec<(Key, u64)>) -> Vec<RuleDigest> {
    let mut raised: BTreeMap<String, Vec<SubjectCount>> = BTreeMap::new();
    for (Key { rule, subject }, suspicions) in counts {
        let count = SubjectCount {
            subject,
            suspicions,
        };
        raised.entry(rule).or_default().push(count);
    }
    let digest = |rule: &str, mut subjects: Vec<SubjectCount>| {
        let suspicions = subjects.iter().map(|count| count.suspicions).sum();
        subjects.truncate(SUBJECTS);
        RuleDigest {
            rule: rule.to_owned(),
            suspicions,
            subjects,
            ..RuleDigest::default()
        }
    };
    let mut rules: Vec<_> = pack
        .analysis()
        .iter()
        .map(|rule| RuleDigest {
            title_ja: rule.title_ja.clone(),
            title_en: rule.title_en.clone(),
            severity: rule.severity.to_string(),
            ..digest(&rule.id, raised.remove(&rule.id).unwrap_or_default())
        })
        .collect();
    rules.extend(
        raised
            .into_iter()
            .map(|(rule, subjects)| digest(&rule, subjects)),
    );
    rules
}
