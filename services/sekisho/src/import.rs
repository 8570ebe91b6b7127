//! `sekisho import`: a table of the office, as it is.

mod consequence;
mod outcome;

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use kernel::Actor;
use proto::{
    common::v1::ImportMode,
    identity::v1::{self as identity, import_client::ImportClient as IdentityImport},
    ledger::v1::{self as ledger, import_client::ImportClient as LedgerImport},
};

pub(crate) use outcome::Outcome;

use crate::{
    Failure,
    client::{Acting, Connection, Line, Machine},
    language::Language,
};

/// Largest file the platform takes.
const MAX_BYTES: usize = 8 << 20;

/// Enters a table and reports every bad row.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// What the table holds.
    #[arg(value_enum)]
    table: Table,
    /// CSV (UTF-8, UTF-16 or Windows-31J) or .xlsx.
    file: PathBuf,
    /// Enter nothing unless every row is good.
    #[arg(long)]
    all_or_nothing: bool,
    /// Judge every row, enter nothing.
    #[arg(long)]
    dry_run: bool,
    /// Act for the platform by the workload key of its data directory: for the first tables of a
    /// new city, in which nobody can sign in yet.
    #[arg(long, conflicts_with_all = ["sign_in_as", "token_file"])]
    as_operator: bool,
    #[command(flatten)]
    machine: Machine,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    connection: Connection,
}

/// A table the platform knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Table {
    /// 組織表.
    Organisation,
    /// 職員表.
    Staff,
    /// 職表.
    Posts,
    /// 利用者登録表.
    Entitlements,
    /// 人事異動表. Entered whole or not at all.
    Transfers,
    /// 情報システム台帳.
    Systems,
    /// 行政情報台帳.
    Information,
    /// ネットワーク台帳.
    Networks,
    /// 接続台帳.
    Connections,
    /// 端末台帳.
    Devices,
}

/// How a table is entered.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    pub(crate) all_or_nothing: bool,
    pub(crate) dry_run: bool,
}

impl Import {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let content = content(&self.file)?;
            let manner = Manner {
                all_or_nothing: self.all_or_nothing,
                dry_run: self.dry_run,
            };
            let channel = if self.as_operator {
                let operator = Actor::Service("operator".to_owned());
                self.connection.machine(&self.machine, operator)?
            } else {
                self.acting.line(&self.connection, lang).await?
            };
            let outcome = enter(channel, self.table, content, manner).await?;
            outcome.print(lang);
            match outcome.report.refused {
                0 => Ok(()),
                bad => Err(Failure::new(
                    format!("誤りのある行が {bad} 行あります。"),
                    format!("{bad} bad rows"),
                )),
            }
        })
    }
}

/// A file larger than the services take would break the connection in the midst of it, and say nothing.
fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let at_most = MAX_BYTES as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(at_most).read_to_end(&mut content));
    read.map_err(|error| Failure::file(path, &error))?;
    if content.len() > MAX_BYTES {
        let (path, max) = (path.display(), MAX_BYTES >> 20);
        return Err(Failure::new(
            format!(
                "{path}: ファイルが大きすぎます。一度に取り込めるのは {max} MiB までです。見出し行を付けたまま、行を分けて取り込んでください。"
            ),
            format!(
                "{path}: the file is too large: at most {max} MiB are taken at once. Split it by rows, each part with the heading row."
            ),
        ));
    }
    Ok(content)
}

/// Sends a table to the service that keeps it.
pub(crate) async fn enter(
    channel: Line,
    table: Table,
    content: Vec<u8>,
    manner: Manner,
) -> Result<Outcome, Failure> {
    let mode = if manner.all_or_nothing {
        ImportMode::AllOrNothing
    } else {
        ImportMode::GoodRows
    };
    if let Some(kind) = table.of_identity() {
        let request = identity::ImportTableRequest {
            kind: kind.into(),
            content,
            mode: mode.into(),
            dry_run: manner.dry_run,
        };
        let mut client = IdentityImport::new(channel).max_encoding_message_size(2 * MAX_BYTES);
        return Ok(client.import_table(request).await?.into_inner().into());
    }
    let request = ledger::ImportTableRequest {
        kind: table.of_ledger().into(),
        content,
        mode: mode.into(),
        dry_run: manner.dry_run,
    };
    let mut client = LedgerImport::new(channel).max_encoding_message_size(2 * MAX_BYTES);
    Ok(client.import_table(request).await?.into_inner().into())
}

impl Table {
    fn of_identity(self) -> Option<identity::TableKind> {
        match self {
            Self::Organisation => Some(identity::TableKind::Organisation),
            Self::Staff => Some(identity::TableKind::Staff),
            Self::Posts => Some(identity::TableKind::Posts),
            Self::Entitlements => Some(identity::TableKind::Entitlements),
            Self::Transfers => Some(identity::TableKind::Transfers),
            Self::Systems
            | Self::Information
            | Self::Networks
            | Self::Connections
            | Self::Devices => None,
        }
    }

    fn of_ledger(self) -> ledger::TableKind {
        match self {
            Self::Systems => ledger::TableKind::Systems,
            Self::Information => ledger::TableKind::Information,
            Self::Networks => ledger::TableKind::Networks,
            Self::Connections => ledger::TableKind::Connections,
            Self::Devices => ledger::TableKind::Devices,
            Self::Organisation
            | Self::Staff
            | Self::Posts
            | Self::Entitlements
            | Self::Transfers => ledger::TableKind::Unspecified,
        }
    }

    /// What it is called.
    pub(crate) fn title(self, lang: Language) -> &'static str {
        match self {
            Self::Organisation => lang.pick("組織表", "organisation"),
            Self::Staff => lang.pick("職員表", "staff"),
            Self::Posts => lang.pick("職表", "posts"),
            Self::Entitlements => lang.pick("利用者登録表", "entitlements"),
            Self::Transfers => lang.pick("人事異動表", "transfers"),
            Self::Systems => lang.pick("情報システム台帳", "systems"),
            Self::Information => lang.pick("行政情報台帳", "information"),
            Self::Networks => lang.pick("ネットワーク台帳", "networks"),
            Self::Connections => lang.pick("接続台帳", "connections"),
            Self::Devices => lang.pick("端末台帳", "devices"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_told_with_the_limit_before_it_is_sent() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(MAX_BYTES as u64).unwrap();
        assert_eq!(content(file.path()).unwrap().len(), MAX_BYTES);
        file.as_file().set_len(MAX_BYTES as u64 + 1).unwrap();
        let told = format!("{:?}", content(file.path()).unwrap_err());
        assert!(told.contains("8 MiB まで"), "{told}");
        assert!(told.contains("at most 8 MiB"), "{told}");
    }
}
