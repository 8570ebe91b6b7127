//! Questions to the log that have no answer, or not yet.

use std::time::Duration;

use kernel::{ClauseId, Kind, Refusal};

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");

/// Collect and retain access records.
const RETAIN: ClauseId = ClauseId::known("7-1-(4)-1");

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// No such record.
    #[error("the log holds no such record")]
    RecordNotFound,
    /// Nothing was signed for exactly so many leaves.
    #[error("no checkpoint was signed for {0} leaves")]
    CheckpointNotFound(u64),
    /// Nothing was signed at all.
    #[error("the log was not signed yet; try again in {} ms", .0.as_millis())]
    NothingSigned(Duration),
    /// No checkpoint has been signed by so many witnesses.
    #[error("no checkpoint is signed by {0} witnesses")]
    Unwitnessed(u32),
    /// The record is in the log, but not under the newest checkpoint.
    #[error(
        "record {index} is not under the newest checkpoint, of {signed} leaves; try again in {} ms",
        next.as_millis()
    )]
    NotYetSigned {
        /// Place in the log.
        index: u64,
        /// Leaves under the checkpoint.
        signed: u64,
        /// Until there is another one.
        next: Duration,
    },
    /// The checkpoint asked for was signed before the record came.
    #[error("record {index} is not under the checkpoint of {size} leaves and never will be")]
    Beyond {
        /// Place in the log.
        index: u64,
        /// Leaves under the checkpoint asked for.
        size: u64,
    },
    /// The log cannot have grown from the larger to the smaller.
    #[error("a log of {from} leaves is not an earlier state of one of {to}")]
    NotEarlier {
        /// Leaves before.
        from: u64,
        /// Leaves after.
        to: u64,
    },
    /// No tile of that name, or none as long as no checkpoint stands over it.
    #[error("the signed log has no such tile")]
    TileNotFound,
    /// The record's period is over: what it said was dropped, its hashes were not.
    #[error("what record {0} said was dropped when its period was over")]
    RecordPruned(u64),
    /// Made now, the plan would be another.
    #[error("this pruning would no longer be the one that was planned: make the plan again")]
    PruningPlanChanged,
    /// More records than one package holds.
    #[error("more than {0} records fit: take them in parts, by time")]
    EvidenceTooLarge(u64),
    /// Nobody knows yet what will be held then.
    #[error("records are not pruned for an instant to come")]
    PruningToCome,
    /// The log failed its check, and nobody vouches for it as it is now.
    #[error("the log failed its check ({0}): nothing new is signed until this is cleared up")]
    Unsound(String),
}

impl Refusal for Refused {
    fn kind(&self) -> Kind {
        match self {
            Self::RecordNotFound
            | Self::CheckpointNotFound(_)
            | Self::TileNotFound
            | Self::RecordPruned(_) => Kind::NotFound,
            Self::PruningPlanChanged => Kind::Precondition,
            Self::PruningToCome | Self::EvidenceTooLarge(_) => Kind::Invalid,
            Self::NothingSigned(_)
            | Self::Unwitnessed(_)
            | Self::NotYetSigned { .. }
            | Self::Unsound(_) => Kind::Precondition,
            Self::NotEarlier { .. } | Self::Beyond { .. } => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::RecordNotFound => "record_not_found",
            Self::CheckpointNotFound(_) => "checkpoint_not_found",
            Self::NothingSigned(_) => "log_not_yet_signed",
            Self::Unwitnessed(_) => "checkpoint_not_witnessed",
            Self::NotYetSigned { .. } => "record_not_yet_signed",
            Self::Beyond { .. } => "record_beyond_size",
            Self::NotEarlier { .. } => "log_size_not_earlier",
            Self::TileNotFound => "tile_not_found",
            Self::RecordPruned(_) => "record_pruned",
            Self::PruningPlanChanged => "pruning_plan_changed",
            Self::PruningToCome => "pruning_to_come",
            Self::EvidenceTooLarge(_) => "evidence_too_large",
            Self::Unsound(_) => "log_unsound",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::Unsound(_) => vec![PROTECT],
            Self::RecordPruned(_) => vec![RETAIN],
            _ => Vec::new(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::NotEarlier { .. } => Some("from_size".to_owned()),
            Self::Beyond { .. } => Some("tree_size".to_owned()),
            Self::Unwitnessed(_) => Some("witnesses".to_owned()),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NothingSigned(next) | Self::NotYetSigned { next, .. } => Some(*next),
            _ => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::RecordNotFound => "その記録はログにありません。".to_owned(),
            Self::CheckpointNotFound(size) => {
                format!("葉の数 {size} のチェックポイントはありません。")
            }
            Self::NothingSigned(next) => format!(
                "ログはまだ署名されていません。{}ミリ秒後にもう一度お試しください。",
                next.as_millis()
            ),
            Self::Unwitnessed(by) => {
                format!("{by} 者の証人が署名したチェックポイントはありません。")
            }
            Self::NotYetSigned {
                index,
                signed,
                next,
            } => format!(
                "記録 {index} は最新のチェックポイント（葉の数 {signed}）にまだ含まれていません。{}ミリ秒後にもう一度お試しください。",
                next.as_millis()
            ),
            Self::Beyond { index, size } => {
                format!("記録 {index} は葉の数 {size} のチェックポイントより後の記録です。")
            }
            Self::NotEarlier { from, to } => {
                format!("葉の数 {from} のログは、葉の数 {to} のログの以前の状態ではありません。")
            }
            Self::RecordPruned(index) => {
                format!("記録 {index} の内容は、保存期間の満了により削除されました。")
            }
            Self::PruningPlanChanged => {
                "計画が変わりました。もう一度計画を作成してください。".to_owned()
            }
            Self::EvidenceTooLarge(most) => {
                format!("該当する記録が {most} 件を超えています。期間を分けて取得してください。")
            }
            Self::PruningToCome => "将来の時点での削除はできません。".to_owned(),
            Self::TileNotFound => "署名済みのログにそのタイルはありません。".to_owned(),
            Self::Unsound(finding) => format!(
                "ログの検査に失敗しました（{finding}）。解決するまで新しい署名は行いません。"
            ),
        }
    }
}
