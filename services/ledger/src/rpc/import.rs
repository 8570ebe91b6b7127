//! The service `Import`.

use proto::{
    common::v1::{ImportMode, ImportReport, RowError},
    ledger::v1::{
        ExportTableRequest, ExportTableResponse, ImportTableRequest, ImportTableResponse,
        TableFormat, TableKind, import_server,
    },
};
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status, async_trait};

use super::{MAX_TABLE, convert::judged};
use crate::{
    Ledger,
    store::{Connections, Devices, InformationEntries, Networks, Systems},
    tables::{self, Exported, Format, How, Imported, Tabled},
};

impl Ledger {
    async fn import<T: Tabled>(
        &self,
        content: Vec<u8>,
        how: How,
        request: store::Request,
    ) -> Result<Imported, Status> {
        let contents = tokio::task::spawn_blocking(move || tables::read::<T>(&content)).await;
        let contents = contents.map_err(status::internal)?;
        let contents = contents.map_err(status::refused)?;
        let imported = tables::enter(self, &contents, how, &request).await;
        imported.map_err(status::failure)
    }

    async fn export<T: Tabled>(&self, format: Format) -> Result<Exported, Status> {
        let exported = tables::export::<T>(self.read(), format, self.clock.now()).await;
        exported.map_err(status::failure)?.map_err(status::internal)
    }
}

#[async_trait]
impl import_server::Import for Ledger {
    async fn import_table(
        &self,
        request: Request<ImportTableRequest>,
    ) -> Result<Response<ImportTableResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let kind = fields.choice("kind", message.kind, kind);
        fields.bytes("content", &message.content, 1..=MAX_TABLE);
        let all_or_nothing = fields.choice("mode", message.mode, all_or_nothing);
        fields.done()?;
        let how = How {
            all_or_nothing: judged(all_or_nothing)?,
            dry_run: message.dry_run,
        };
        let content = message.content;
        // No key: a table entered again changes nothing by itself.
        let request = store::Request::from(caller.context(&*self.clock));
        let imported = match judged(kind)? {
            Kind::Systems => self.import::<Systems>(content, how, request).await,
            Kind::Information => {
                self.import::<InformationEntries>(content, how, request)
                    .await
            }
            Kind::Networks => self.import::<Networks>(content, how, request).await,
            Kind::Connections => self.import::<Connections>(content, how, request).await,
            Kind::Devices => self.import::<Devices>(content, how, request).await,
        };
        Ok(Response::new(ImportTableResponse {
            report: Some(report(imported?)),
        }))
    }

    async fn export_table(
        &self,
        request: Request<ExportTableRequest>,
    ) -> Result<Response<ExportTableResponse>, Status> {
        let message = request.get_ref();
        let mut fields = Fields::new();
        let kind = fields.choice("kind", message.kind, kind);
        let format = fields.choice("format", message.format, format);
        fields.done()?;
        let format = judged(format)?;
        let exported = match judged(kind)? {
            Kind::Systems => self.export::<Systems>(format).await,
            Kind::Information => self.export::<InformationEntries>(format).await,
            Kind::Networks => self.export::<Networks>(format).await,
            Kind::Connections => self.export::<Connections>(format).await,
            Kind::Devices => self.export::<Devices>(format).await,
        }?;
        Ok(Response::new(ExportTableResponse {
            content: exported.content,
            file_name: exported.file_name,
            rows: count(exported.rows),
        }))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Systems,
    Information,
    Networks,
    Connections,
    Devices,
}

fn kind(value: i32) -> Option<Kind> {
    match TableKind::try_from(value).ok()? {
        TableKind::Unspecified => None,
        TableKind::Systems => Some(Kind::Systems),
        TableKind::Information => Some(Kind::Information),
        TableKind::Networks => Some(Kind::Networks),
        TableKind::Connections => Some(Kind::Connections),
        TableKind::Devices => Some(Kind::Devices),
    }
}

fn all_or_nothing(value: i32) -> Option<bool> {
    match ImportMode::try_from(value).ok()? {
        ImportMode::Unspecified => None,
        ImportMode::GoodRows => Some(false),
        ImportMode::AllOrNothing => Some(true),
    }
}

fn format(value: i32) -> Option<Format> {
    match TableFormat::try_from(value).ok()? {
        TableFormat::Unspecified => None,
        TableFormat::Csv => Some(Format::Csv),
        TableFormat::Xlsx => Some(Format::Xlsx),
    }
}

fn report(imported: Imported) -> ImportReport {
    let (warnings_ja, warnings_en) = imported.warnings.into_iter().unzip();
    ImportReport {
        created: imported.created,
        changed: imported.changed,
        unchanged: imported.unchanged,
        errors: imported.errors.into_iter().map(row_error).collect(),
        warnings_ja,
        warnings_en,
        entered: imported.entered,
        source: imported.source,
        more_errors: count(imported.more_errors),
        rows: count(imported.rows),
        refused: count(imported.refused),
    }
}

fn row_error(error: tables::RowError) -> RowError {
    RowError {
        row: error.row,
        column: error.column,
        value: error.value,
        message_ja: error.ja,
        message_en: error.en,
        code: error.code.to_owned(),
        clauses: error.clauses,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
