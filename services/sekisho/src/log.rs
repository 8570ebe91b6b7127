//! `sekisho log`: reading the log, and taking it home to be checked there.

mod analysis;
mod fetch;
mod find;
mod fitting;
mod named;
mod pruning;
mod row;

use std::path::PathBuf;

use clap::Subcommand;
use proto::audit::v1::{
    GetCheckpointRequest, GetInclusionProofRequest, GetVerifierKeyRequest, GetVerifierKeyResponse,
    audit_log_client::AuditLogClient,
};

pub(crate) use fitting::{Fitting, pages};
pub(crate) use named::Named;
pub(crate) use row::{Row, headings};

use crate::{
    Failure,
    client::{Acting, Connection, Line},
    language::Language,
    output::say,
};

/// Largest message a stream of records is sent in, in bytes.
pub(crate) const LARGEST_ANSWER: usize = 16 << 20;

/// Reads the audit log: everybody what is theirs to read, auditors, the CISO and the CSIRT all of it. The
/// checkpoint and the key are for everybody, without a sign-in; /log/checkpoint and /log/vkey of the
/// HTTP port give the same.
#[derive(Debug, clap::Args)]
pub(crate) struct Log {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 記録を探す / Find records, newest first.
    Search(find::Search),
    /// 記録を書き出す / Write records into a file: CSV, or JSON Lines.
    Export(find::Export),
    /// 記録を追う / Show records as they come.
    Tail(find::Tail),
    /// 保存期間の満了した記録 / Show what is over, and drop it with --decide.
    Prune(pruning::Prune),
    /// 保全中の記録 / The incidents that hold records.
    Holds,
    /// The whole log with its newest checkpoint (docs/log-format.md).
    Fetch {
        /// File to write, for example city.sklog.
        out: PathBuf,
        #[command(flatten)]
        seen: Seen,
    },
    /// One record with the proof that the log holds it (C2SP tlog-proof).
    Proof {
        /// The record: its index in the log, or source and position, for example ledger:85.
        record: Named,
        /// File to write, for example record.tlog-proof.
        out: PathBuf,
        #[command(flatten)]
        seen: Seen,
    },
    /// 分析の規則 / The rules by which the log is looked through for misuse, and how far they are.
    Rules,
    /// 過去で試す / What rules would have raised in a part of the log (docs/analysis.md).
    Replay(analysis::Replay),
    /// 要約 / What each day brought: what the rules raised, how the sources are.
    Digest(analysis::Digest),
    /// The newest signed checkpoint: keep it, and nobody can change what came before.
    Checkpoint {
        #[command(flatten)]
        seen: Seen,
    },
    /// The key that checkpoints are verified with.
    Key,
    /// The notes by which one key of the log followed another: add them to the file with the key.
    HandOvers,
}

/// Which checkpoint.
#[derive(Debug, clap::Args)]
struct Seen {
    /// Up to the newest checkpoint that at least so many witnesses have signed.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    witnesses: u32,
}

impl Log {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let channel = match self.what {
                What::Checkpoint { .. } | What::Key | What::HandOvers => {
                    self.connection.anonymous()?
                }
                _ => self.acting.line(&self.connection, lang).await?,
            };
            match self.what {
                What::Search(search) => search.run(channel, lang).await?,
                What::Export(export) => export.run(channel, lang).await?,
                What::Tail(tail) => tail.run(channel).await?,
                What::Prune(prune) => prune.run(channel, lang).await?,
                What::Holds => pruning::holds(channel).await?,
                What::Fetch { out, seen } => {
                    let size = fetch::run(channel, &out, seen.witnesses).await?;
                    let out = out.display();
                    say!(
                        "{}",
                        lang.pick(
                            format!("{out}: 記録 {size} 件"),
                            format!("{out}: {size} records")
                        )
                    );
                }
                What::Proof { record, out, seen } => {
                    let under = match seen.witnesses {
                        0 => None,
                        by => Some(checkpoint(channel.clone(), by).await?.size),
                    };
                    let bundle = proof(channel, record, under).await?;
                    let written = std::fs::write(&out, bundle);
                    written.map_err(|error| Failure::file(&out, &error))?;
                    say!("{}", out.display());
                }
                What::Rules => analysis::rules(channel, lang).await?,
                What::Replay(replay) => replay.run(channel, lang).await?,
                What::Digest(digest) => digest.run(channel, lang).await?,
                What::Checkpoint { seen } => {
                    let checkpoint = checkpoint(channel, seen.witnesses).await?;
                    say!("{}", checkpoint.note.trim_end());
                }
                What::Key => say!("{}", keys(channel).await?.verifier_key),
                What::HandOvers => say!("{}", keys(channel).await?.hand_overs.trim_end()),
            }
            Ok(())
        })
    }
}

/// The proof bundle of one record, under the newest checkpoint or that of a size.
pub(crate) async fn proof(
    channel: Line,
    record: Named,
    under: Option<u64>,
) -> Result<String, Failure> {
    let request = GetInclusionProofRequest {
        record: Some(record.into()),
        tree_size: under,
    };
    let answer = AuditLogClient::new(channel)
        .get_inclusion_proof(request)
        .await?;
    Ok(answer.into_inner().bundle)
}

/// The newest checkpoint that at least so many witnesses have signed.
pub(crate) async fn checkpoint(
    channel: Line,
    witnesses: u32,
) -> Result<proto::audit::v1::Checkpoint, Failure> {
    let answer = AuditLogClient::new(channel)
        .get_checkpoint(GetCheckpointRequest {
            size: None,
            witnesses,
        })
        .await?;
    answer
        .into_inner()
        .checkpoint
        .ok_or_else(|| Failure::unexpected("the answer holds no checkpoint"))
}

/// The public key of the log.
pub(crate) async fn key(channel: Line) -> Result<String, Failure> {
    Ok(keys(channel).await?.verifier_key)
}

/// The public key of the log with the hand-overs after it, as a verifier reads them.
pub(crate) async fn trusted(channel: Line) -> Result<Vec<u8>, Failure> {
    let keys = keys(channel).await?;
    Ok(format!("{}\n{}", keys.verifier_key, keys.hand_overs).into_bytes())
}

/// The public key of the log, and those before it.
async fn keys(channel: Line) -> Result<GetVerifierKeyResponse, Failure> {
    let answer = AuditLogClient::new(channel)
        .get_verifier_key(GetVerifierKeyRequest {})
        .await?;
    Ok(answer.into_inner())
}
