//! `sekisho verify`: the log, or the proof of one record, checked without asking the platform.

mod record;

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use verifier::{Proven, Report, VerifierKey, verify_bundle, verify_dump};

use crate::{Failure, language::Language, output::say};

/// Checks a fetched log, or the proof of one record, without asking the platform anything.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// What was fetched: a whole log or a proof bundle, recognised by its content.
    file: PathBuf,
    /// File with the verifier key, obtained from the auditor and not from whoever sent the log.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// For a whole log, a checkpoint kept from earlier: the log must still begin as it did then.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

/// What a file begins with.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    Log,
    Bundle,
    Neither,
}

impl Content {
    fn of(beginning: &[u8]) -> Self {
        if beginning.starts_with(b"sklog ") {
            Self::Log
        } else if beginning.trim_ascii_start().starts_with(b"{") {
            Self::Bundle
        } else {
            Self::Neither
        }
    }
}

impl Verify {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        let key: VerifierKey = text(&self.key)?
            .parse()
            .map_err(|failure| refused(&self.key, &failure))?;
        let failed = |error: io::Error| Failure::file(&self.file, &error);
        let mut input = BufReader::new(File::open(&self.file).map_err(failed)?);
        match Content::of(input.fill_buf().map_err(failed)?) {
            Content::Log => {
                let kept = self.checkpoint.as_deref().map(text).transpose()?;
                let report = verify_dump(input, &key, kept.as_deref());
                show_log(
                    &report.map_err(|failure| refused(&self.file, &failure))?,
                    lang,
                );
            }
            Content::Bundle if self.checkpoint.is_some() => {
                return Err(Failure::new(
                    "--checkpoint は、ログ全体（sekisho log fetch）を検証するときに使います。",
                    "--checkpoint is for a whole log (sekisho log fetch)",
                )
                .usage());
            }
            Content::Bundle => {
                let mut bundle = String::new();
                input.read_to_string(&mut bundle).map_err(failed)?;
                let proven = verify_bundle(&bundle, &key);
                show_record(
                    &proven.map_err(|failure| refused(&self.file, &failure))?,
                    lang,
                );
            }
            Content::Neither => {
                let file = self.file.display();
                return Err(Failure::new(
                    format!("{file} は、取り出したログでも証明でもありません。"),
                    format!("{file} is neither a fetched log nor a proof bundle"),
                ));
            }
        }
        Ok(())
    }
}

fn show_log(report: &Report, lang: Language) {
    let size = report.checkpoint.size;
    say!("✓ {} {size}", lang.pick("記録の数:", "records:"));
    for (source, last) in &report.sources {
        say!("  {source:<20} {}", last.position);
    }
    match report.kept {
        Some(size) => say!(
            "✓ {} {size}",
            lang.pick(
                "手元のチェックポイントまで変更なし:",
                "unchanged up to the kept checkpoint:"
            )
        ),
        None => say!(
            "  {}",
            lang.pick(
                "手元のチェックポイント（--checkpoint）がないので、過去が書き換えられていないことは確かめていません。",
                "no kept checkpoint (--checkpoint) was given, so nothing is said about changes of the past.",
            )
        ),
    }
}

fn show_record(proven: &Proven, lang: Language) {
    let (leaf, size) = (proven.leaf, proven.checkpoint.size);
    say!(
        "✓ {}",
        lang.pick(
            format!("監査ログ（{size} 件）の {leaf} 番にこの記録があります。"),
            format!("the audit log of {size} records holds this one at index {leaf}"),
        )
    );
    for (label, words) in record::told(&proven.record, lang) {
        say!("  {label}: {words}");
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}

fn refused(path: &Path, failure: &verifier::Failure) -> Failure {
    let path = path.display();
    Failure::new(
        format!("✗ {path}: {}", failure.message_ja()),
        format!("✗ {path}: {failure}"),
    )
}

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn a_file_is_known_by_what_is_in_it() {
        for (beginning, content) in [
            (&b"sklog 1 city.example\n"[..], Content::Log),
            (b"{\n  \"format\": \"sekisho-proof/1\"", Content::Bundle),
            (b"\n {", Content::Bundle),
            (b"city.example\n40\n", Content::Neither),
            (b"", Content::Neither),
        ] {
            assert_eq!(Content::of(beginning), content);
        }
    }
}
