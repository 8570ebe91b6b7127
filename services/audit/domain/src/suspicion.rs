//! What a source may have done, or what was done to it: raised as an incident, never merged.

use jiff::Timestamp;
use kernel::ClauseId;

use crate::Hash;

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");
/// Decide what to do when recording fails.
const LOSS_OF_LOGGING: ClauseId = ClauseId::known("7-1-(4)-2");

/// A source's records and the log tell different stories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Suspicion {
    /// The log holds another record at this position.
    #[error(
        "{source_name} sent other bytes for position {position}: the log holds {}, offered was {}",
        hex::encode(held),
        hex::encode(offered)
    )]
    Divergent {
        /// CloudEvents `source`.
        source_name: String,
        /// Position in that source.
        position: u64,
        /// SHA-256 of the record in the log.
        held: Hash,
        /// SHA-256 of the record offered.
        offered: Hash,
    },
    /// The record does not name the one before it.
    #[error(
        "{source_name} broke its chain at position {position}: prevhash is {}, the record before has {}",
        hex::encode(named),
        hex::encode(held)
    )]
    ChainBroken {
        /// CloudEvents `source`.
        source_name: String,
        /// Position in that source.
        position: u64,
        /// `prevhash` of the record offered.
        named: Hash,
        /// SHA-256 of the record before it, in the log.
        held: Hash,
    },
    /// The watermark says the log took this position in, yet it holds no record there.
    #[error("the log took in position {position} of {source_name} but holds no record there")]
    Lost {
        /// CloudEvents `source`.
        source_name: String,
        /// Position in that source.
        position: u64,
    },
    /// A record at position 0; positions begin at 1.
    #[error("{source_name} sent a record at position 0; positions begin at 1")]
    NoPosition {
        /// CloudEvents `source`.
        source_name: String,
    },
    /// The record names another source or position than the one it came under.
    #[error(
        "a record that came as position {position} of {source_name} says it is position {named_position} of {named_source}"
    )]
    Misplaced {
        /// CloudEvents `source` it came under.
        source_name: String,
        /// Position it came under.
        position: u64,
        /// CloudEvents `source` it names.
        named_source: String,
        /// Position it names.
        named_position: u64,
    },
    /// The source's head is lower than it was: restored from an old backup, or cut.
    #[error("the head of {source_name} went back from {from} to {to}")]
    WentBack {
        /// CloudEvents `source`.
        source_name: String,
        /// Highest position known.
        from: u64,
        /// Position reported now.
        to: u64,
    },
    /// Records the source says it has have not reached the log for too long.
    #[error("{source_name} has had position {head} since {since}, the log is still at {ingested}")]
    Overdue {
        /// CloudEvents `source`.
        source_name: String,
        /// Position the source reported.
        head: u64,
        /// Position the log has reached.
        ingested: u64,
        /// When it was first reported.
        since: Timestamp,
    },
}

impl Suspicion {
    /// Stable, lower snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Divergent { .. } => "log_record_divergent",
            Self::ChainBroken { .. } => "log_chain_broken",
            Self::Lost { .. } => "log_record_lost",
            Self::NoPosition { .. } => "log_record_without_position",
            Self::Misplaced { .. } => "log_record_misplaced",
            Self::WentBack { .. } => "log_source_went_back",
            Self::Overdue { .. } => "log_source_overdue",
        }
    }

    /// The clauses it serves.
    pub fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::Overdue { .. } => vec![LOSS_OF_LOGGING],
            Self::NoPosition { .. } => vec![PROTECT, LOSS_OF_LOGGING],
            _ => vec![PROTECT],
        }
    }

    /// The sentence a person reads, in Japanese; `Display` is the English one.
    pub fn message_ja(&self) -> String {
        match self {
            Self::Divergent {
                source_name,
                position,
                held,
                offered,
            } => format!(
                "{source_name} の位置 {position} に、保存済みの記録と異なる内容が届きました（保存済み {}、到着 {}）。",
                hex::encode(held),
                hex::encode(offered)
            ),
            Self::ChainBroken {
                source_name,
                position,
                named,
                held,
            } => format!(
                "{source_name} の位置 {position} で記録の連鎖が切れています（prevhash {}、直前の記録 {}）。",
                hex::encode(named),
                hex::encode(held)
            ),
            Self::Lost {
                source_name,
                position,
            } => format!(
                "{source_name} の位置 {position} は取込済みですが、ログに記録がありません。"
            ),
            Self::NoPosition { source_name } => {
                format!("{source_name} から位置 0 の記録が届きました。位置は 1 から始まります。")
            }
            Self::Misplaced {
                source_name,
                position,
                named_source,
                named_position,
            } => format!(
                "{source_name} の位置 {position} として届いた記録が、{named_source} の位置 {named_position} を名乗っています。"
            ),
            Self::WentBack {
                source_name,
                from,
                to,
            } => format!("{source_name} の先頭位置が {from} から {to} に戻りました。"),
            Self::Overdue {
                source_name,
                head,
                ingested,
                since,
            } => format!(
                "{source_name} の位置 {head} の記録（{since} 報告）が届いていません。ログは位置 {ingested} までです。"
            ),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> Vec<Suspicion> {
        let (source_name, position) = (|| "/sekisho/ledger".to_owned(), 77);
        vec![
            Suspicion::Divergent {
                source_name: source_name(),
                position,
                held: [1; 32],
                offered: [2; 32],
            },
            Suspicion::ChainBroken {
                source_name: source_name(),
                position,
                named: [1; 32],
                held: [2; 32],
            },
            Suspicion::Lost {
                source_name: source_name(),
                position,
            },
            Suspicion::NoPosition {
                source_name: source_name(),
            },
            Suspicion::Misplaced {
                source_name: source_name(),
                position,
                named_source: "/sekisho/audit".to_owned(),
                named_position: 3,
            },
            Suspicion::WentBack {
                source_name: source_name(),
                from: position,
                to: 3,
            },
            Suspicion::Overdue {
                source_name: source_name(),
                head: position,
                ingested: 3,
                since: Timestamp::UNIX_EPOCH,
            },
        ]
    }

    #[test]
    fn every_suspicion_names_clauses_of_the_standard() {
        let pack = standard::Pack::sendai().unwrap();
        for suspicion in all() {
            let clauses = suspicion.clauses();
            assert!(!clauses.is_empty(), "{suspicion}");
            for clause in clauses {
                assert!(pack.clause(&clause).is_some(), "{clause}");
            }
        }
    }

    #[test]
    fn every_suspicion_has_its_own_code_and_says_where_in_both_languages() {
        let codes: BTreeSet<_> = all().iter().map(Suspicion::code).collect();
        assert_eq!(codes.len(), all().len());
        for suspicion in all() {
            let place = match suspicion {
                Suspicion::NoPosition { .. } => "0",
                _ => "77",
            };
            for text in [suspicion.to_string(), suspicion.message_ja()] {
                assert!(
                    text.contains("/sekisho/ledger") && text.contains(place),
                    "{text}"
                );
            }
        }
    }
}
