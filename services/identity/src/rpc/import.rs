//! The service `Import`.

use kernel::ClauseId;
use proto::{
    common::v1::{ImportMode, ImportReport, RowError},
    identity::v1 as wire,
};
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};
use wire::import_server::Import;

use super::{MAX_TABLE, people::consequence};
use crate::{
    identity::Identity,
    import::{self, Fault, Report, Table, Wish},
};

#[tonic::async_trait]
impl Import for Identity {
    async fn import_table(
        &self,
        request: Request<wire::ImportTableRequest>,
    ) -> Result<Response<wire::ImportTableResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let table = fields.choice("kind", message.kind, table);
        let all_or_nothing = fields.choice("mode", message.mode, all_or_nothing);
        fields.bytes("content", &message.content, 1..=MAX_TABLE);
        fields.done()?;
        let wish = Wish {
            all_or_nothing: all_or_nothing.unwrap_or(true),
            dry_run: message.dry_run,
        };
        let table = table.unwrap_or(Table::Organisation);
        let request = self.once(&caller);
        let content = message.content;
        let contents = tokio::task::spawn_blocking(move || import::read(table, &content)).await;
        let contents = contents.map_err(status::internal)?;
        let contents = contents.map_err(status::refused)?;
        let report = self.enter(&contents, wish, &request).await;
        Ok(Response::new(answer(report.map_err(status::failure)?)))
    }
}

fn table(value: i32) -> Option<Table> {
    match wire::TableKind::try_from(value).ok()? {
        wire::TableKind::Unspecified => None,
        wire::TableKind::Organisation => Some(Table::Organisation),
        wire::TableKind::Staff => Some(Table::Staff),
        wire::TableKind::Posts => Some(Table::Posts),
        wire::TableKind::Entitlements => Some(Table::Entitlements),
        wire::TableKind::Transfers => Some(Table::Transfers),
    }
}

fn all_or_nothing(value: i32) -> Option<bool> {
    match ImportMode::try_from(value).ok()? {
        ImportMode::Unspecified => None,
        ImportMode::GoodRows => Some(false),
        ImportMode::AllOrNothing => Some(true),
    }
}

fn answer(report: Report) -> wire::ImportTableResponse {
    let (warnings_ja, warnings_en) = report
        .notes
        .into_iter()
        .map(|note| (note.ja, note.en))
        .unzip();
    let consequences = report.consequences.into_iter().map(consequence).collect();
    let report = ImportReport {
        created: report.created,
        changed: report.changed,
        unchanged: report.unchanged,
        errors: report.faults.into_iter().map(row_error).collect(),
        warnings_ja,
        warnings_en,
        entered: report.entered,
        source: report.source,
        more_errors: count(report.more_faults),
        rows: count(report.rows),
        refused: count(report.refused),
    };
    wire::ImportTableResponse {
        report: Some(report),
        consequences,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn row_error(Fault { cell, clauses }: Fault) -> RowError {
    RowError {
        row: cell.row,
        column: cell.column,
        value: cell.value,
        message_ja: cell.message_ja,
        message_en: cell.message_en,
        code: cell.code.to_owned(),
        clauses: clauses.iter().map(ClauseId::to_string).collect(),
    }
}
