//! `sekisho import`: a table of the office, as it is.

use std::path::PathBuf;

use crate::client::Line;
use clap::ValueEnum;
use proto::{
    identity::v1::{self as identity, import_client::ImportClient as IdentityImport},
    ledger::v1::{self as ledger, import_client::ImportClient as LedgerImport},
};

use crate::{Failure, client::Connection, language::Language, sign_in};

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
    /// Staff number of the demo sign-in to act as.
    #[arg(long, value_name = "PERSON", conflicts_with = "token_file")]
    sign_in_as: Option<String>,
    /// File with the access token to act with.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
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

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) created: u32,
    pub(crate) changed: u32,
    pub(crate) unchanged: u32,
    pub(crate) errors: Vec<BadRow>,
    pub(crate) entered: bool,
    pub(crate) source: String,
}

/// A bad row.
#[derive(Debug)]
pub(crate) struct BadRow {
    row: u32,
    column: String,
    value: String,
    ja: String,
    en: String,
    clauses: Vec<String>,
}

impl Import {
    pub(crate) fn run(self) -> Result<(), Failure> {
        crate::block_on(async {
            let content = std::fs::read(&self.file)?;
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
            let manner = Manner {
                all_or_nothing: self.all_or_nothing,
                dry_run: self.dry_run,
            };
            let channel = self.connection.bearer(&token)?;
            let outcome = enter(channel, self.table, content, manner).await?;
            outcome.print(self.connection.lang);
            if outcome.errors.is_empty() {
                Ok(())
            } else {
                Err(Failure::new(format!("{} bad rows", outcome.errors.len())))
            }
        })
    }
}

/// Sends a table to the service that keeps it.
pub(crate) async fn enter(
    channel: Line,
    table: Table,
    content: Vec<u8>,
    manner: Manner,
) -> Result<Outcome, Failure> {
    if let Some(kind) = table.of_identity() {
        let mode = if manner.all_or_nothing {
            identity::ImportMode::AllOrNothing
        } else {
            identity::ImportMode::GoodRows
        };
        let request = identity::ImportTableRequest {
            kind: kind.into(),
            content,
            mode: mode.into(),
            dry_run: manner.dry_run,
        };
        let mut client = IdentityImport::new(channel).max_encoding_message_size(2 * MAX_BYTES);
        return Ok(client.import_table(request).await?.into_inner().into());
    }
    let mode = if manner.all_or_nothing {
        ledger::ImportMode::AllOrNothing
    } else {
        ledger::ImportMode::GoodRows
    };
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
            Self::Organisation | Self::Staff | Self::Posts | Self::Entitlements => {
                ledger::TableKind::Unspecified
            }
        }
    }

    /// What it is called.
    pub(crate) fn title(self, lang: Language) -> &'static str {
        match self {
            Self::Organisation => lang.pick("組織表", "organisation"),
            Self::Staff => lang.pick("職員表", "staff"),
            Self::Posts => lang.pick("職表", "posts"),
            Self::Entitlements => lang.pick("利用者登録表", "entitlements"),
            Self::Systems => lang.pick("情報システム台帳", "systems"),
            Self::Information => lang.pick("行政情報台帳", "information"),
            Self::Networks => lang.pick("ネットワーク台帳", "networks"),
            Self::Connections => lang.pick("接続台帳", "connections"),
            Self::Devices => lang.pick("端末台帳", "devices"),
        }
    }
}

impl Outcome {
    /// One line of counts, then every bad row.
    pub(crate) fn print(&self, lang: Language) {
        let (created, changed, unchanged) = (self.created, self.changed, self.unchanged);
        let bad = self.errors.len();
        println!(
            "    {}",
            lang.pick(
                format!(
                    "新規 {created}、変更 {changed}、変更なし {unchanged}、誤り {bad} ({})",
                    self.source
                ),
                format!(
                    "{created} new, {changed} changed, {unchanged} unchanged, {bad} bad ({})",
                    self.source
                ),
            )
        );
        for one in &self.errors {
            let clauses = match one.clauses.as_slice() {
                [] => String::new(),
                some => format!(" ({})", some.join(", ")),
            };
            let words = lang.pick(&one.ja, &one.en);
            let row = lang.pick(format!("{} 行", one.row), format!("row {}", one.row));
            let cell = match one.column.as_str() {
                "" => String::new(),
                column => format!(" {column} 「{}」", shortened(&one.value)),
            };
            println!("      {row}{cell}: {words}{clauses}");
        }
        if !self.entered {
            println!(
                "    {}",
                lang.pick("何も登録していません。", "Nothing was entered.")
            );
        }
    }
}

/// At most 20 characters of what a cell says.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

impl From<identity::ImportTableResponse> for Outcome {
    fn from(answer: identity::ImportTableResponse) -> Self {
        let errors = answer.errors.into_iter().map(|error| BadRow {
            row: error.row,
            column: error.column,
            value: error.value,
            ja: error.message_ja,
            en: error.message_en,
            clauses: error.clauses,
        });
        Self {
            created: answer.created,
            changed: answer.changed,
            unchanged: answer.unchanged,
            errors: errors.collect(),
            entered: answer.entered,
            source: answer.source,
        }
    }
}

impl From<ledger::ImportTableResponse> for Outcome {
    fn from(answer: ledger::ImportTableResponse) -> Self {
        let errors = answer.errors.into_iter().map(|error| BadRow {
            row: error.row,
            column: error.column,
            value: error.value,
            ja: error.message_ja,
            en: error.message_en,
            clauses: error.clauses,
        });
        Self {
            created: answer.created,
            changed: answer.changed,
            unchanged: answer.unchanged,
            errors: errors.collect(),
            entered: answer.entered,
            source: answer.source,
        }
    }
}
