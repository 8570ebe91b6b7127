//! Questions to the log that have no answer, or not yet.

use kernel::{ClauseId, Kind, Refusal};

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");

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
    #[error("the log was not signed yet; try again in two seconds")]
    NothingSigned,
    /// The record is in the log, but not under the checkpoint asked for.
    #[error(
        "record {index} is not under the checkpoint of {signed} leaves; try again in two seconds"
    )]
    NotYetSigned {
        /// Place in the log.
        index: u64,
        /// Leaves under the checkpoint.
        signed: u64,
    },
    /// The log cannot have grown from the larger to the smaller.
    #[error("a log of {from} leaves is not an earlier state of one of {to}")]
    NotEarlier {
        /// Leaves before.
        from: u64,
        /// Leaves after.
        to: u64,
    },
    /// The log failed its check, and nobody vouches for it as it is now.
    #[error("the log failed its check ({0}): nothing new is signed until this is cleared up")]
    Unsound(String),
}

impl Refusal for Refused {
    fn kind(&self) -> Kind {
        match self {
            Self::RecordNotFound | Self::CheckpointNotFound(_) => Kind::NotFound,
            Self::NothingSigned | Self::NotYetSigned { .. } | Self::Unsound(_) => {
                Kind::Precondition
            }
            Self::NotEarlier { .. } => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::RecordNotFound => "record_not_found",
            Self::CheckpointNotFound(_) => "checkpoint_not_found",
            Self::NothingSigned => "log_not_yet_signed",
            Self::NotYetSigned { .. } => "record_not_yet_signed",
            Self::NotEarlier { .. } => "log_size_not_earlier",
            Self::Unsound(_) => "log_unsound",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::Unsound(_) => vec![PROTECT],
            _ => Vec::new(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::NotEarlier { .. } => Some("from_size".to_owned()),
            _ => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::RecordNotFound => "その記録はログにありません。".to_owned(),
            Self::CheckpointNotFound(size) => {
                format!("葉の数 {size} のチェックポイントはありません。")
            }
            Self::NothingSigned => {
                "ログはまだ署名されていません。2秒後にもう一度お試しください。".to_owned()
            }
            Self::NotYetSigned { index, signed } => format!(
                "記録 {index} は葉の数 {signed} のチェックポイントにまだ含まれていません。2秒後にもう一度お試しください。"
            ),
            Self::NotEarlier { from, to } => {
                format!("葉の数 {from} のログは、葉の数 {to} のログの以前の状態ではありません。")
            }
            Self::Unsound(finding) => format!(
                "ログの検査に失敗しました（{finding}）。解決するまで新しい署名は行いません。"
            ),
        }
    }
}
