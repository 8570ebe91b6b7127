//! `sekisho evidence`: all records that fit a question, each with its proof, in one file that anybody can
//! check anywhere (docs/evidence.md).

pub(crate) mod asked;
mod summary;

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use proto::audit::v1::{
    EvidenceFile, LogEntry, ReadEvidenceRequest, SearchRecordsRequest, TakeEvidenceRequest,
    evidence_client::EvidenceClient,
};
use sha2::{Digest as _, Sha256};
use verifier::{PROOF, RECORDS, STATEMENT};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    Failure,
    client::{Acting, Connection, Line},
    language::Language,
    log::{self, Fitting, Named, pages},
    output::say,
};
use summary::Summary;

/// How often is asked whether the log has signed for what was taken, and how many times.
const LOOK: Duration = Duration::from_millis(250);
const LOOKS: u32 = 240;

/// Takes evidence: all records that fit, with their proofs, into a package for `sekisho verify`. For
/// auditors, the CISO and the CSIRT.
#[derive(Debug, clap::Args)]
pub(crate) struct Evidence {
    #[command(flatten)]
    fitting: Fitting,
    /// File to write, for example package.zip.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Under a checkpoint that at least so many witnesses have signed.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    witnesses: u32,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    connection: Connection,
}

/// A file of the package.
type Content = (String, Vec<u8>);

impl Evidence {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let line = self.acting.line(&self.connection, lang).await?;
            let files = take(&line, self.fitting.request(), self.witnesses).await?;
            let records = files.iter().filter(|(name, _)| name.starts_with(RECORDS));
            let count = records.count();
            write(&self.out, &files)?;
            let out = self.out.display();
            say!(
                "{}",
                lang.pick(
                    format!("{out}: 記録 {count} 件"),
                    format!("{out}: {count} records")
                )
            );
            Ok(())
        })
    }
}

async fn take(
    line: &Line,
    request: SearchRecordsRequest,
    witnesses: u32,
) -> Result<Vec<Content>, Failure> {
    let size = log::checkpoint(line.clone(), witnesses).await?.size;
    let (entries, proofs) = read(line, request.clone(), size).await?;
    let summary = Summary {
        request: &request,
        entries: &entries,
        size,
    };
    let mut files = vec![
        ("summary.ja.md".to_owned(), summary.told(Language::Ja)),
        ("summary.en.md".to_owned(), summary.told(Language::En)),
        ("records.csv".to_owned(), summary.table()),
        ("key.txt".to_owned(), log::trusted(line.clone()).await?),
    ];
    let beside = files.iter().map(|(name, content)| EvidenceFile {
        name: name.clone(),
        sha256: Sha256::digest(content).to_vec(),
    });
    let taking = TakeEvidenceRequest {
        fitting: Some(request),
        size,
        files: beside.collect(),
    };
    let taken = EvidenceClient::new(line.clone())
        .take_evidence(taking)
        .await?;
    let taken = taken.into_inner();
    if !entries
        .iter()
        .map(|entry| entry.index)
        .eq(taken.indexes.iter().copied())
    {
        return Err(Failure::new(
            "取得中に対象の記録が変わりました。もう一度実行してください。",
            "the records changed while they were taken: try again",
        ));
    }
    files.extend(proofs);
    let statement = statement(line, &taken.evidence_id, witnesses).await?;
    files.push((STATEMENT.to_owned(), statement.into_bytes()));
    Ok(files)
}

/// What the log says of all that fit, and the files with their proofs.
async fn read(
    line: &Line,
    fitting: SearchRecordsRequest,
    size: u64,
) -> Result<(Vec<LogEntry>, Vec<Content>), Failure> {
    let request = ReadEvidenceRequest {
        fitting: Some(fitting),
        size,
    };
    let answer = EvidenceClient::new(line.clone())
        .max_decoding_message_size(log::LARGEST_ANSWER)
        .read_evidence(request)
        .await?;
    let mut records = answer.into_inner();
    let (mut entries, mut proofs) = (Vec::new(), Vec::new());
    while let Some(record) = records.message().await? {
        let without = || Failure::unexpected("a record comes without its place");
        let entry = record.entry.ok_or_else(without)?;
        let name = format!("{RECORDS}{}{PROOF}", entry.index);
        proofs.push((name, record.bundle.into_bytes()));
        entries.push(entry);
    }
    Ok((entries, proofs))
}

/// The log's own record of what was taken, with its proof, as soon as it is signed for.
async fn statement(line: &Line, evidence: &str, witnesses: u32) -> Result<String, Failure> {
    let request = SearchRecordsRequest {
        subject: evidence.to_owned(),
        type_prefix: "sekisho.audit.v1.EvidenceTaken".to_owned(),
        ..SearchRecordsRequest::default()
    };
    for _ in 0..LOOKS {
        let mut found = None;
        pages(line.clone(), request.clone(), |page| {
            found = page.first().map(|entry| entry.index);
            Ok(false)
        })
        .await?;
        let signed = log::checkpoint(line.clone(), witnesses).await?.size;
        if let Some(index) = found.filter(|index| *index < signed) {
            return log::proof(line.clone(), Named::Index(index), Some(signed)).await;
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(Failure::new(
        "取得の記録にまだ署名がありません。ログの状態を確認してください。",
        "the log has not signed for what was taken: look at its state",
    ))
}

/// Until all of it is there, a file from an earlier time stays what it is.
fn write(out: &Path, files: &[Content]) -> Result<(), Failure> {
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let failed = |error: std::io::Error| Failure::file(out, &error);
    let mut zip = ZipWriter::new(BufWriter::new(File::create(&beside).map_err(failed)?));
    for (name, content) in files {
        zip.start_file(name, SimpleFileOptions::default())
            .map_err(Failure::unexpected)?;
        zip.write_all(content).map_err(failed)?;
    }
    let mut file = zip.finish().map_err(Failure::unexpected)?;
    file.flush().map_err(failed)?;
    std::fs::rename(&beside, out).map_err(failed)
}
