//! What rules would have raised in a part of the log. Reads only.

use std::{collections::VecDeque, sync::Arc};

use audit_domain::analysis::{Analyst, Raised, Rules};
use futures::{Stream, stream};
use jiff::{SignedDuration, Timestamp};
use sea_orm::DbErr;
use standard::{Pack, pack::AnalysisRule};

use super::observe;
use crate::{
    library::Library,
    store::{
        leaf::{self, Leaf},
        search,
        tree::Growing,
    },
};

/// Records read in one go.
const BATCH: u64 = 500;
/// How many records are looked through between two words on how far it is.
const WORD: u64 = 10_000;

/// A step of a replay.
pub(super) struct Step {
    /// What would have been raised, and the record at which; none when this only tells how far it is.
    pub(super) raised: Option<(Raised, Leaf)>,
    /// Index of the record looked at next.
    pub(super) next: u64,
    /// Index after the last one.
    pub(super) end: u64,
}

/// A replay under way.
pub(super) struct Replay {
    library: Library,
    pack: Arc<Pack>,
    rules: Vec<AnalysisRule>,
    analyst: Analyst,
    /// What is raised before this one only sets what rules remember.
    begin: u64,
    next: u64,
    end: u64,
    told: u64,
    ready: VecDeque<Step>,
}

impl Replay {
    /// Over the records logged from one instant on, before another; none = from the first, to the last.
    pub(super) async fn open(
        library: Library,
        pack: Arc<Pack>,
        rules: Vec<AnalysisRule>,
        [from, to]: [Option<Timestamp>; 2],
    ) -> Result<Self, DbErr> {
        let (db, backend) = (library.read(), library.backend());
        let size = Growing::read(db, backend).await?.tree.size();
        let (mut begin, mut next, mut end) = (0, 0, size);
        if let Some(from) = from {
            begin = leaf::first_logged_from(db, backend, from, size).await?;
            let earlier = from
                .saturating_sub(memory(&rules))
                .unwrap_or(Timestamp::MIN);
            next = leaf::first_logged_from(db, backend, earlier, size).await?;
        }
        if let Some(to) = to {
            end = leaf::first_logged_from(db, backend, to, size).await?;
        }
        Ok(Self {
            library,
            pack,
            rules,
            analyst: Analyst::new(Timestamp::MIN),
            begin,
            next: next.min(begin),
            end,
            told: next,
            ready: VecDeque::new(),
        })
    }

    /// The steps, as fast as they are taken. The last one says that it is through.
    pub(super) fn steps(self) -> impl Stream<Item = Result<Step, DbErr>> {
        stream::try_unfold(self, async |mut replay: Self| {
            while replay.ready.is_empty() && replay.next < replay.end {
                replay.go_on().await?;
            }
            let step = replay.ready.pop_front();
            Ok(step.map(|step| (step, replay)))
        })
    }

    async fn go_on(&mut self) -> Result<(), DbErr> {
        let range = self.next..self.end.min(self.next + BATCH);
        let leaves = search::range(self.library.read(), range, BATCH).await?;
        let rules = Rules {
            rules: &self.rules,
            calendar: self.pack.calendar(),
        };
        for leaf in &leaves {
            let Some((seen, _)) = observe::seen(leaf) else {
                continue;
            };
            let raised = self.analyst.see(&rules, &seen);
            let told = raised.into_iter().filter(|_| leaf.index >= self.begin);
            self.ready.extend(told.map(|raised| Step {
                raised: Some((raised, leaf.clone())),
                next: leaf.index + 1,
                end: self.end,
            }));
        }
        self.analyst.forget();
        self.next = leaves.last().map_or(self.end, |leaf| leaf.index + 1);
        if self.next >= self.end || self.next - self.told >= WORD {
            self.told = self.next;
            self.ready.push_back(Step {
                raised: None,
                next: self.next,
                end: self.end,
            });
        }
        Ok(())
    }
}

/// How far back something may still count.
fn memory(rules: &[AnalysisRule]) -> SignedDuration {
    let each = rules
        .iter()
        .map(|rule| rule.detector.window().max(rule.quiet));
    each.max().unwrap_or_default()
}
