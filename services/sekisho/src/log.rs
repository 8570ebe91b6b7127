//! `sekisho log` and `sekisho verify`: taking the log home, and checking it there.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    path::PathBuf,
};

use crate::client::Line;
use clap::Subcommand;
use proto::audit::v1::{
    GetCheckpointRequest, GetInclusionProofRequest, GetVerifierKeyRequest, ReadLeavesRequest,
    RecordName, audit_log_client::AuditLogClient, record_name::Name,
};
use verifier::{VerifierKey, Writer, verify_bundle, verify_dump};

use crate::{Failure, client::Connection, language::Language, sign_in};

/// Fetches from the audit log. The caller must be allowed to read it (auditor, CISO, CSIRT).
#[derive(Debug, clap::Args)]
pub(crate) struct Log {
    #[command(subcommand)]
    what: What,
    /// Staff number of the demo sign-in to act as.
    #[arg(long, value_name = "PERSON", global = true)]
    sign_in_as: Option<String>,
    /// File with the access token to act with.
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
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
    pub(crate) fn run(self) -> Result<(), Failure> {
        crate::block_on(async {
            let token = match (&self.token_file, &self.sign_in_as) {
                (Some(path), _) => std::fs::read_to_string(path)?.trim().to_owned(),
                (None, Some(person)) => {
                    let sign_ins = self.connection.sign_ins()?;
                    let who = sign_ins.of(person)?;
                    sign_in::both_factors(&self.connection, who)
                        .await?
                        .access_token
                }
                (None, None) => {
                    return Err(Failure::new("say who acts: --sign-in-as or --token-file"));
                }
            };
            let channel = self.connection.bearer(&token)?;
            match self.what {
                What::Fetch { out } => {
                    let size = fetch(channel, &out).await?;
                    println!("{}: {size}", out.display());
                }
                What::Proof { index, out } => {
                    std::fs::write(&out, proof(channel, index).await?)?;
                    println!("{}", out.display());
                }
                What::Checkpoint => print!("{}", checkpoint(channel).await?.note),
                What::Key => println!("{}", key(channel).await?),
            }
            Ok(())
        })
    }
}

/// Writes the log up to its newest checkpoint; returns the number of records.
pub(crate) async fn fetch(channel: Line, out: &PathBuf) -> Result<u64, Failure> {
    let checkpoint = checkpoint(channel.clone()).await?;
    let key: VerifierKey = key(channel.clone()).await?.parse().map_err(Failure::new)?;
    let file = BufWriter::new(File::create(out)?);
    let mut writer = Writer::begin(file, key.name())?;
    let request = ReadLeavesRequest {
        from_index: 0,
        to_index: Some(checkpoint.size),
    };
    let mut leaves = AuditLogClient::new(channel)
        .max_decoding_message_size(16 << 20)
        .read_leaves(request)
        .await?
        .into_inner();
    while let Some(batch) = leaves.message().await? {
        for record in batch.records {
            writer.record(&record)?;
        }
    }
    writer.finish(&checkpoint.note)?.flush()?;
    Ok(checkpoint.size)
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
        .ok_or_else(|| Failure::new("the answer holds no checkpoint"))
}

/// The public key of the log.
pub(crate) async fn key(channel: Line) -> Result<String, Failure> {
    let answer = AuditLogClient::new(channel)
        .get_verifier_key(GetVerifierKeyRequest {})
        .await?;
    Ok(answer.into_inner().verifier_key)
}

/// Checks a fetched log, or the proof of one record, without asking the platform anything.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// What was fetched: a log (.sklog) or a proof bundle (.json).
    file: PathBuf,
    /// File with the verifier key, obtained from the auditor and not from whoever sent the log.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A checkpoint kept from earlier: the log must still begin as it did then.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t, env = "SEKISHO_LANG")]
    lang: Language,
}

impl Verify {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let key = std::fs::read_to_string(&self.key)?;
        let key: VerifierKey = key.parse().map_err(Failure::new)?;
        let lang = self.lang;
        if self.file.extension().is_some_and(|end| end == "json") {
            let bundle = std::fs::read_to_string(&self.file)?;
            let proven = verify_bundle(&bundle, &key).map_err(|f| refused(lang, &f))?;
            println!(
                "✓ {} {}",
                lang.pick("記録は台帳にあります:", "the log holds the record:"),
                proven.leaf
            );
            return Ok(());
        }
        let kept = self.checkpoint.map(std::fs::read_to_string).transpose()?;
        let input = BufReader::new(File::open(&self.file)?);
        let report = verify_dump(input, &key, kept.as_deref()).map_err(|f| refused(lang, &f))?;
        println!(
            "✓ {} {}",
            lang.pick("記録の数:", "records:"),
            report.checkpoint.size
        );
        for (source, last) in &report.sources {
            println!("  {source:<10} {}", last.position);
        }
        match report.kept {
            Some(size) => println!(
                "✓ {} {size}",
                lang.pick(
                    "手元のチェックポイントまで変更なし:",
                    "unchanged up to the kept checkpoint:"
                )
            ),
            None => println!(
                "  {}",
                lang.pick(
                    "手元のチェックポイントがないので、書き換え前後の比較はしていません。",
                    "no kept checkpoint was given, so the past was not compared with anything.",
                )
            ),
        }
        Ok(())
    }
}

fn refused(lang: Language, failure: &verifier::Failure) -> Failure {
    Failure::new(format!(
        "✗ {}",
        lang.pick(failure.message_ja(), failure.to_string())
    ))
}
