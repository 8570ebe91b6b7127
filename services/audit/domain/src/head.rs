//! Does a source still tell the same story? Gaps show missing records in the middle; only the
//! source's own report of its head can show a lost tail.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Hash, Suspicion, Watermark};

/// A source says how far its journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadReport {
    /// CloudEvents `source`.
    pub source: String,
    /// Position of its last record; 0 when it has none.
    pub position: u64,
    /// SHA-256 of that record, when the source says so.
    pub hash: Option<Hash>,
    /// When the report arrived, by the receiver's clock.
    pub at: Timestamp,
}

/// What is remembered of one source's reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadWatch {
    /// Highest position ever reported. Kept after a step back, so that it stays an alarm until
    /// someone has looked at it and begins a new watch.
    highest: u64,
    /// The oldest reported head the log has not reached yet, and when it was reported.
    awaited: Option<(u64, Timestamp)>,
}

impl HeadWatch {
    /// Takes in a report; `watermark` is how far the log is with this source.
    ///
    /// A head below what was reported or ingested before, or with another record where the log
    /// stands, means the source was restored from an old backup or rewritten.
    pub fn report(&mut self, report: &HeadReport, watermark: &Watermark) -> Option<Suspicion> {
        let known = self.highest.max(watermark.position);
        self.highest = known.max(report.position);
        self.settle(watermark);
        if self.awaited.is_none() && report.position > watermark.position {
            self.awaited = Some((report.position, report.at));
        }
        if report.position < known {
            return Some(Suspicion::WentBack {
                source_name: report.source.clone(),
                from: known,
                to: report.position,
            });
        }
        match report.hash {
            Some(offered) if report.position == watermark.position && offered != watermark.hash => {
                Some(Suspicion::Divergent {
                    source_name: report.source.clone(),
                    position: report.position,
                    held: watermark.hash,
                    offered,
                })
            }
            _ => None,
        }
    }

    /// Whether a reported head has been waited for longer than `patience`. Asked from time to time,
    /// since a source that fell silent sends no report to ask it on.
    pub fn overdue(
        &self,
        source: &str,
        watermark: &Watermark,
        now: Timestamp,
        patience: SignedDuration,
    ) -> Option<Suspicion> {
        let (head, since) = self.awaited?;
        if head <= watermark.position || now.duration_since(since) <= patience {
            return None;
        }
        Some(Suspicion::Overdue {
            source_name: source.to_owned(),
            head,
            ingested: watermark.position,
            since,
        })
    }

    /// A head reached is waited for no longer; the next report sets the next one. So a busy source,
    /// always a little ahead, is overdue only when the log really stands still.
    fn settle(&mut self, watermark: &Watermark) {
        if self
            .awaited
            .is_some_and(|(head, _)| head <= watermark.position)
        {
            self.awaited = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "/sekisho/ledger";
    const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn head(position: u64, second: i64) -> HeadReport {
        HeadReport {
            source: SOURCE.to_owned(),
            position,
            hash: None,
            at: at(second),
        }
    }

    fn ingested(position: u64) -> Watermark {
        Watermark {
            position,
            hash: [position as u8; 32],
        }
    }

    #[test]
    fn a_head_that_goes_back_is_an_alarm_until_a_new_watch_begins() {
        let mut watch = HeadWatch::default();
        assert_eq!(watch.report(&head(10, 0), &ingested(4)), None);
        for second in [1, 2] {
            let suspicion = watch.report(&head(9, second), &ingested(4));
            let back = Suspicion::WentBack {
                source_name: SOURCE.to_owned(),
                from: 10,
                to: 9,
            };
            assert_eq!(suspicion, Some(back));
        }
        assert_eq!(HeadWatch::default().report(&head(9, 3), &ingested(4)), None);
    }

    #[test]
    fn a_head_below_what_the_log_holds_went_back_even_if_never_reported() {
        let suspicion = HeadWatch::default().report(&head(3, 0), &ingested(4));
        assert!(matches!(
            suspicion,
            Some(Suspicion::WentBack { from: 4, to: 3, .. })
        ));
    }

    #[test]
    fn a_head_at_the_watermark_must_be_the_same_record() {
        let same = HeadReport {
            hash: Some([4; 32]),
            ..head(4, 0)
        };
        assert_eq!(HeadWatch::default().report(&same, &ingested(4)), None);
        let other = HeadReport {
            hash: Some([5; 32]),
            ..head(4, 0)
        };
        let suspicion = HeadWatch::default().report(&other, &ingested(4));
        assert!(matches!(
            suspicion,
            Some(Suspicion::Divergent { position: 4, .. })
        ));
    }

    #[test]
    fn a_head_not_reached_within_patience_is_overdue_though_reports_go_on() {
        let mut watch = HeadWatch::default();
        watch.report(&head(5, 0), &ingested(4));
        watch.report(&head(8, 29), &ingested(4));
        assert_eq!(watch.overdue(SOURCE, &ingested(4), at(30), PATIENCE), None);
        let overdue = Suspicion::Overdue {
            source_name: SOURCE.to_owned(),
            head: 5,
            ingested: 4,
            since: at(0),
        };
        assert_eq!(
            watch.overdue(SOURCE, &ingested(4), at(31), PATIENCE),
            Some(overdue)
        );
        assert_eq!(watch.overdue(SOURCE, &ingested(5), at(31), PATIENCE), None);
    }

    #[test]
    fn a_busy_source_always_a_little_ahead_is_not_overdue() {
        let mut watch = HeadWatch::default();
        for second in 0..120 {
            let position = second as u64 * 10;
            assert_eq!(
                watch.report(&head(position + 5, second), &ingested(position)),
                None
            );
            assert_eq!(
                watch.overdue(SOURCE, &ingested(position), at(second), PATIENCE),
                None
            );
        }
    }

    #[test]
    fn a_head_reached_makes_room_for_the_next_to_wait_for() {
        let mut watch = HeadWatch::default();
        watch.report(&head(5, 0), &ingested(4));
        watch.report(&head(9, 60), &ingested(5));
        assert_eq!(watch.overdue(SOURCE, &ingested(5), at(90), PATIENCE), None);
        let late = watch.overdue(SOURCE, &ingested(5), at(91), PATIENCE);
        assert!(
            matches!(late, Some(Suspicion::Overdue { head: 9, .. })),
            "{late:?}"
        );
    }
}
