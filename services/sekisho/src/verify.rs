//! `sekisho verify`: the log, the proof of one record or an evidence package, checked without asking the
//! platform.

mod event;
mod record;
mod tiles;

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use verifier::{
    Grown, Package, Proven, Report, Trust, WitnessKey, verify_bundle, verify_dump, verify_package,
};

use crate::{Failure, evidence::asked, language::Language, output::say};

/// Checks a fetched log, the proof of one record or an evidence package, without asking the platform
/// anything.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// What was fetched: a whole log, a proof or a package, recognised by its content. Or the address of a
    /// log, https://HOST/log: without a sign-in, its newest checkpoint is then shown to continue a kept one.
    file: PathBuf,
    /// File with the verifier key, obtained from the auditor and not from whoever sent the log; after
    /// it the hand-overs (sekisho log hand-overs), where the log has another key by now.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// For a whole log or its address, a checkpoint kept from earlier: the log must still begin as it did then.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// For a whole log, the address it has now, https://HOST/log: it must begin with what was fetched, and if
    /// not, the first record that is another is named. Needs no sign-in.
    #[arg(long, value_name = "ADDRESS", value_parser = tiles::address)]
    log: Option<String>,
    /// Key of a witness that must have signed the checkpoint. Repeat for each.
    #[arg(long, value_name = "KEY", value_parser = witness)]
    witness: Vec<WitnessKey>,
}

/// What a file begins with.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    Log,
    Bundle,
    Package,
    Neither,
}

impl Content {
    fn of(beginning: &[u8]) -> Self {
        if beginning.starts_with(b"sklog ") {
            Self::Log
        } else if beginning.starts_with(b"c2sp.org/tlog-proof@") {
            Self::Bundle
        } else if beginning.starts_with(b"PK") {
            Self::Package
        } else {
            Self::Neither
        }
    }
}

impl Verify {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        let key: Result<Trust, _> = text(&self.key)?.parse();
        let key = key.map_err(|failure| refused(&self.key, &failure))?;
        let witnesses = self.witness.into_iter();
        let key = witnesses.fold(key, Trust::witnessed_by);
        let kept = || self.checkpoint.as_deref().map(text).transpose();
        if let Some(address) = self.file.to_str().filter(|file| tiles::is_address(file)) {
            if self.log.is_some() {
                return Err(of_a_file("--log"));
            }
            let grown = tiles::read(address, &key, kept()?.as_deref())?;
            show_grown(&grown, lang);
            return Ok(());
        }
        let failed = |error: io::Error| Failure::file(&self.file, &error);
        let mut input = BufReader::new(File::open(&self.file).map_err(failed)?);
        match Content::of(input.fill_buf().map_err(failed)?) {
            Content::Log => {
                let kept = kept()?;
                let report = verify_dump(input, &key, kept.as_deref())
                    .inspect(|report| show_log(report, lang))
                    .map(|report| report.checkpoint.size)
                    .map_err(|failure| refused(&self.file, &failure));
                let Some(address) = &self.log else {
                    return report.map(drop);
                };
                let signed = report.as_ref().ok().copied();
                let compared = tiles::compare(address, &key, kept.as_deref(), &self.file, signed)
                    .map(|size| begins_so(address, size));
                match (report, compared) {
                    (Ok(_), Ok((ja, en))) => say!("✓ {}", lang.pick(ja, en)),
                    (Ok(_), Err(failure)) => return Err(failure),
                    (Err(failure), Ok((ja, en))) => return Err(failure.and(Failure::new(ja, en))),
                    (Err(failure), Err(other)) => return Err(failure.and(other)),
                }
            }
            Content::Bundle | Content::Package if self.checkpoint.is_some() => {
                return Err(of_a_file("--checkpoint"));
            }
            Content::Bundle | Content::Package if self.log.is_some() => {
                return Err(of_a_file("--log"));
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
            Content::Package => {
                let package = verify_package(input, &key);
                show_package(
                    &package.map_err(|failure| refused(&self.file, &failure))?,
                    lang,
                );
            }
            Content::Neither => {
                let file = self.file.display();
                return Err(Failure::new(
                    format!("{file} は、取り出したログでも、証明でも、証跡でもありません。"),
                    format!("{file} is neither a fetched log nor a proof nor an evidence package"),
                ));
            }
        }
        Ok(())
    }
}

/// What is only for a whole log.
fn of_a_file(flag: &str) -> Failure {
    Failure::new(
        format!("{flag} は、ログ全体（sekisho log fetch）を検証するときに使います。"),
        format!("{flag} is for a whole log (sekisho log fetch)"),
    )
    .usage()
}

/// That nothing was found in a file that is not the log's.
fn begins_so(address: &str, size: u64) -> (String, String) {
    (
        format!("ファイルにある記録は、{address} のログ（{size} 件）の先頭と同じです。"),
        format!("the records of the file are the first of the log at {address} ({size} records)"),
    )
}

fn show_grown(grown: &Grown, lang: Language) {
    let size = grown.checkpoint.size;
    say!("✓ {} {size}", lang.pick("記録の数:", "records:"));
    say!(
        "  {}",
        lang.pick(
            "記録の内容は読んでいません（sekisho log fetch）。",
            "what the records say was not read (sekisho log fetch).",
        )
    );
    show_kept(grown.kept, lang);
}

fn show_log(report: &Report, lang: Language) {
    let size = report.checkpoint.size;
    say!("✓ {} {size}", lang.pick("記録の数:", "records:"));
    for (source, last) in &report.sources {
        say!("  {source:<20} {}", last.position);
    }
    if report.pruned > 0 {
        let pruned = report.pruned;
        say!(
            "  {}",
            lang.pick(
                format!("うち {pruned} 件は、保存期間の満了により内容が削除されています（ログに記録あり）。"),
                format!("of these, {pruned} were dropped when their period was over, as the log says"),
            )
        );
    }
    show_kept(report.kept, lang);
}

fn show_kept(kept: Option<u64>, lang: Language) {
    match kept {
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

fn show_package(package: &Package, lang: Language) {
    let (count, size) = (package.records.len(), package.size);
    say!(
        "✓ {}",
        lang.pick(
            format!(
                "監査ログの最初の {size} 件から取得された {count} 件の記録が、すべて揃っています。"
            ),
            format!(
                "all {count} records that were taken of the first {size} of the audit log are here"
            ),
        )
    );
    for (label, words) in record::told(&package.statement.record, lang) {
        say!("  {label}: {words}");
    }
    if let Some(asked) = asked::told(&package.statement.record, lang) {
        say!("  {}: {asked}", lang.pick("条件", "asked for"));
    }
    for file in &package.files {
        say!("✓ {file}");
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
    for (field, words) in event::fields(&proven.record) {
        say!("    {field}: {words}");
    }
}

fn witness(key: &str) -> Result<WitnessKey, String> {
    let key = key.parse();
    key.map_err(|_| "not the key of a witness: name+id+base64".to_owned())
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}

pub(crate) fn refused(path: &Path, failure: &verifier::Failure) -> Failure {
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
            (b"c2sp.org/tlog-proof@v1\nextra AAAA\n", Content::Bundle),
            (b"PK\x03\x04", Content::Package),
            (b"{\"proof\":", Content::Neither),
            (b"city.example\n40\n", Content::Neither),
            (b"", Content::Neither),
        ] {
            assert_eq!(Content::of(beginning), content);
        }
    }
}
