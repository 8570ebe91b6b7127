//! `sekisho log`: taking the log home, to be checked there.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use proto::audit::v1::{
    GetCheckpointRequest, GetInclusionProofRequest, GetVerifierKeyRequest, ReadLeavesRequest,
    RecordName, audit_log_client::AuditLogClient, record_name::Name,
};
use verifier::{VerifierKey, Writer};

use crate::{
    Failure,
    client::{Acting, Connection, Line},
    language::Language,
    output::say,
};

/// Largest message a stream of records is sent in, in bytes.
const LARGEST_ANSWER: usize = 16 << 20;

/// Fetches from the audit log. Records and proofs are for auditors, the CISO and the CSIRT; the
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
    /// The whole log with its newest checkpoint (docs/log-format.md).
    Fetch {
        /// File to write, for example city.sklog.
        out: PathBuf,
    },
    /// One record with the proof that the log holds it.
    Proof {
        /// Index of the record in the log.
        index: u64,
        /// File to write, for example record.json.
        out: PathBuf,
    },
    /// The newest signed checkpoint: keep it, and nobody can change what came before.
    Checkpoint,
    /// The key that checkpoints are verified with.
    Key,
}

impl Log {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let channel = match self.what {
                What::Checkpoint | What::Key => self.connection.anonymous()?,
                _ => self.acting.line(&self.connection, lang).await?,
            };
            match self.what {
                What::Fetch { out } => {
                    let size = fetch(channel, &out).await?;
                    let out = out.display();
                    say!(
                        "{}",
                        lang.pick(
                            format!("{out}: 記録 {size} 件"),
                            format!("{out}: {size} records")
                        )
                    );
                }
                What::Proof { index, out } => {
                    let bundle = proof(channel, index).await?;
                    let written = std::fs::write(&out, bundle);
                    written.map_err(|error| Failure::file(&out, &error))?;
                    say!("{}", out.display());
                }
                What::Checkpoint => say!("{}", checkpoint(channel).await?.note.trim_end()),
                What::Key => say!("{}", key(channel).await?),
            }
            Ok(())
        })
    }
}

/// Writes the log up to its newest checkpoint; returns the number of records. Until all of it is
/// there, a file from an earlier time stays what it is.
async fn fetch(channel: Line, out: &Path) -> Result<u64, Failure> {
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let fetched = match fetch_into(channel, &beside).await {
        Ok(count) => std::fs::rename(&beside, out)
            .map(|()| count)
            .map_err(|error| Failure::file(out, &error)),
        Err(failure) => Err(failure),
    };
    if fetched.is_err() {
        // What is there of it is of no use; that it cannot be removed is no second failure.
        let _ = std::fs::remove_file(&beside);
    }
    fetched
}

async fn fetch_into(channel: Line, out: &Path) -> Result<u64, Failure> {
    let checkpoint = checkpoint(channel.clone()).await?;
    let key = key(channel.clone()).await?;
    let key: VerifierKey = key.parse().map_err(Failure::unexpected)?;
    let failed = |error: io::Error| Failure::file(out, &error);
    let file = BufWriter::new(File::create(out).map_err(failed)?);
    let mut writer = Writer::begin(file, key.name()).map_err(failed)?;
    let mut count = 0;
    let request = ReadLeavesRequest {
        from_index: 0,
        to_index: Some(checkpoint.size),
    };
    let mut leaves = AuditLogClient::new(channel)
        .max_decoding_message_size(LARGEST_ANSWER)
        .read_leaves(request)
        .await?
        .into_inner();
    while let Some(batch) = leaves.message().await? {
        for record in batch.records {
            writer.record(&record).map_err(failed)?;
            count += 1;
        }
    }
    if count != checkpoint.size {
        let size = checkpoint.size;
        return Err(Failure::new(
            format!(
                "チェックポイントは記録 {size} 件を証しますが、届いたのは {count} 件です。ファイルは書きません。"
            ),
            format!("the checkpoint is of {size} records, and {count} came: no file is written"),
        ));
    }
    let finished = writer.finish(&checkpoint.note);
    finished.and_then(|mut file| file.flush()).map_err(failed)?;
    Ok(count)
}

/// The proof bundle of one record.
pub(crate) async fn proof(channel: Line, index: u64) -> Result<String, Failure> {
    let request = GetInclusionProofRequest {
        record: Some(RecordName {
            name: Some(Name::Index(index)),
        }),
        tree_size: None,
    };
    let answer = AuditLogClient::new(channel)
        .get_inclusion_proof(request)
        .await?;
    Ok(answer.into_inner().bundle)
}

/// The newest signed checkpoint.
pub(crate) async fn checkpoint(channel: Line) -> Result<proto::audit::v1::Checkpoint, Failure> {
    let answer = AuditLogClient::new(channel)
        .get_checkpoint(GetCheckpointRequest { size: None })
        .await?;
    answer
        .into_inner()
        .checkpoint
        .ok_or_else(|| Failure::unexpected("the answer holds no checkpoint"))
}

/// The public key of the log.
pub(crate) async fn key(channel: Line) -> Result<String, Failure> {
    let answer = AuditLogClient::new(channel)
        .get_verifier_key(GetVerifierKeyRequest {})
        .await?;
    Ok(answer.into_inner().verifier_key)
}
