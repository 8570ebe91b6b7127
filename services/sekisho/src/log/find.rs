//! `sekisho log search`, `export` and `tail`: records as the reader may read them.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use proto::audit::v1::{
    ExportRecordsRequest, SearchRecordsRequest, StreamRecordsRequest,
    audit_log_client::AuditLogClient,
};
use sheet::CsvWriter;

use super::{
    fitting::{Fitting, pages},
    row::{Row, headings},
};
use crate::{
    Failure,
    client::Line,
    language::Language,
    output::{aside, say},
};

/// Records that fit, newest first.
#[derive(Debug, clap::Args)]
pub(super) struct Search {
    #[command(flatten)]
    fitting: Fitting,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// As JSON, one record a line.
    #[arg(long)]
    json: bool,
}

/// All records that fit, oldest first, into a file.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// File to write.
    out: PathBuf,
    /// Form of the file.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    form: Form,
    #[command(flatten)]
    fitting: Fitting,
}

/// Records that fit as they come, until it is stopped.
#[derive(Debug, clap::Args)]
pub(super) struct Tail {
    #[command(flatten)]
    fitting: Fitting,
    /// Begin with this index [default: the next record].
    #[arg(long)]
    from_index: Option<u64>,
    /// As JSON, one record a line.
    #[arg(long)]
    json: bool,
}

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// CSV that Excel opens, with headings in the language of the command.
    Csv,
    /// JSON Lines.
    Jsonl,
}

fn show(row: &Row, json: bool) -> Result<(), Failure> {
    match json {
        true => say!("{}", as_json(row)?),
        false => say!("{}", row.line()),
    }
    Ok(())
}

fn as_json(row: &Row) -> Result<String, Failure> {
    serde_json::to_string(row).map_err(Failure::unexpected)
}

impl Search {
    pub(super) async fn run(self, line: Line, lang: Language) -> Result<(), Failure> {
        let mut left = self.limit;
        let mut request = self.fitting.request();
        request.page_size = i32::try_from(left.clamp(1, 500)).unwrap_or(500);
        pages(line, request, |entries| {
            for entry in entries.into_iter().take(left) {
                left -= 1;
                show(&Row::from(entry), self.json)?;
            }
            Ok(left > 0)
        })
        .await?;
        if left == self.limit {
            let words = lang.pick(
                "当てはまる記録のうち、読めるものはありません。",
                "No record fits that you may read.",
            );
            aside(words);
        }
        Ok(())
    }
}

impl Export {
    /// Returns how many records there were.
    pub(super) async fn run(self, line: Line, lang: Language) -> Result<(), Failure> {
        let count = export(line, self.fitting.request(), &self.out, self.form, lang).await?;
        let out = self.out.display();
        say!(
            "{}",
            lang.pick(
                format!("{out}: 記録 {count} 件"),
                format!("{out}: {count} records")
            )
        );
        Ok(())
    }
}

async fn export(
    line: Line,
    fitting: SearchRecordsRequest,
    out: &Path,
    form: Form,
    lang: Language,
) -> Result<u64, Failure> {
    let request = ExportRecordsRequest {
        fitting: Some(fitting),
    };
    let answer = AuditLogClient::new(line).export_records(request).await?;
    let mut pages = answer.into_inner();
    let failed = |error: std::io::Error| Failure::file(out, &error);
    let mut file = BufWriter::new(File::create(out).map_err(failed)?);
    let mut count = 0;
    match form {
        Form::Csv => {
            let mut table = CsvWriter::begin(file, &headings(lang)).map_err(failed)?;
            while let Some(page) = pages.message().await? {
                count += page.entries.len() as u64;
                for entry in page.entries {
                    table.row(&Row::from(entry).cells()).map_err(failed)?;
                }
            }
            file = table.finish().map_err(failed)?;
        }
        Form::Jsonl => {
            while let Some(page) = pages.message().await? {
                count += page.entries.len() as u64;
                for entry in page.entries {
                    let row = as_json(&Row::from(entry))?;
                    writeln!(file, "{row}").map_err(failed)?;
                }
            }
        }
    }
    file.flush().map_err(failed)?;
    Ok(count)
}

impl Tail {
    pub(super) async fn run(self, line: Line) -> Result<(), Failure> {
        let mut client = AuditLogClient::new(line);
        let from_index = match self.from_index {
            Some(index) => index,
            None => {
                let newest = SearchRecordsRequest {
                    page_size: 1,
                    ..SearchRecordsRequest::default()
                };
                let newest = client.search_records(newest).await?.into_inner();
                newest.entries.first().map_or(0, |entry| entry.index + 1)
            }
        };
        let request = StreamRecordsRequest {
            from_index,
            fitting: Some(self.fitting.request()),
        };
        let mut records = client.stream_records(request).await?.into_inner();
        while let Some(record) = records.message().await? {
            if let Some(entry) = record.entry {
                show(&Row::from(entry), self.json)?;
            }
        }
        Ok(())
    }
}
