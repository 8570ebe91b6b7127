//! `sekisho log fetch`: the whole log in one file, to be checked anywhere.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use proto::audit::v1::{Checkpoint, ReadLeavesRequest, audit_log_client::AuditLogClient};
use verifier::{Hash, VerifierKey, Writer};

use super::{LARGEST_ANSWER, checkpoint, key};
use crate::{Failure, client::Line};

/// How often is asked whether the log has signed for what was dropped meanwhile, and how many times.
const LOOK: Duration = Duration::from_millis(250);
const LOOKS: u32 = 240;

/// Writes the log up to its newest checkpoint; returns the number of records. Until all of it is
/// there, a file from an earlier time stays what it is.
pub(super) async fn run(line: Line, out: &Path, witnesses: u32) -> Result<u64, Failure> {
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let fetched = match fetch_into(line, &beside, witnesses).await {
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

async fn fetch_into(line: Line, out: &Path, witnesses: u32) -> Result<u64, Failure> {
    let first = checkpoint(line.clone(), witnesses).await?;
    let key: VerifierKey = key(line.clone())
        .await?
        .parse()
        .map_err(Failure::unexpected)?;
    let failed = |error: io::Error| Failure::file(out, &error);
    let file = BufWriter::new(File::create(out).map_err(failed)?);
    let mut writer = Writer::begin(file, key.name()).map_err(failed)?;
    let last = read(&line, &mut writer, first, witnesses, out).await?;
    let finished = writer.finish(&last.note);
    finished.and_then(|mut file| file.flush()).map_err(failed)?;
    Ok(last.size)
}

/// Writes the leaves up to a checkpoint. Where records were dropped while they were read, it goes on to a
/// later one, under which the log says so; returns the last.
async fn read(
    line: &Line,
    writer: &mut Writer<impl Write>,
    mut checkpoint: Checkpoint,
    witnesses: u32,
    out: &Path,
) -> Result<Checkpoint, Failure> {
    let mut looks = 0;
    loop {
        leaves(line, writer, checkpoint.size, out).await?;
        let Some(leaf) = writer.unannounced() else {
            return Ok(checkpoint);
        };
        if looks == LOOKS {
            let size = checkpoint.size;
            return Err(Failure::new(
                format!(
                    "{leaf} 番の記録は内容が削除されていますが、署名された {size} 件のどれも、削除したことを述べていません。ファイルは書きません。"
                ),
                format!(
                    "record {leaf} was dropped, and none of the {size} that are signed for says so: no file is written"
                ),
            ));
        }
        looks += 1;
        tokio::time::sleep(LOOK).await;
        checkpoint = super::checkpoint(line.clone(), witnesses).await?;
    }
}

/// Writes the leaves that are missing up to a size.
async fn leaves(
    line: &Line,
    writer: &mut Writer<impl Write>,
    size: u64,
    out: &Path,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::file(out, &error);
    let request = ReadLeavesRequest {
        from_index: writer.leaves(),
        to_index: Some(size),
    };
    let mut leaves = AuditLogClient::new(line.clone())
        .max_decoding_message_size(LARGEST_ANSWER)
        .read_leaves(request)
        .await?
        .into_inner();
    while let Some(batch) = leaves.message().await? {
        for (index, record) in (batch.first_index..).zip(batch.records) {
            match batch.pruned.get(&index) {
                Some(hash) => writer.pruned(&leaf_hash(hash)?),
                None => writer.record(&record),
            }
            .map_err(failed)?;
        }
    }
    let count = writer.leaves();
    if count != size {
        return Err(Failure::new(
            format!(
                "チェックポイントは記録 {size} 件を証しますが、届いたのは {count} 件です。ファイルは書きません。"
            ),
            format!("the checkpoint is of {size} records, and {count} came: no file is written"),
        ));
    }
    Ok(())
}

fn leaf_hash(bytes: &[u8]) -> Result<Hash, Failure> {
    let wrong = |_| Failure::unexpected("a leaf hash has 32 bytes");
    bytes.try_into().map_err(wrong)
}

#[cfg(test)]
mod tests;
