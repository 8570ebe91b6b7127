//! `sekisho.journal.v1.Journal`: every process offers the journals of the services it runs.

use std::collections::BTreeMap;

use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::{Kind, Refusal};
use proto::journal::v1::{
    HeadRequest, HeadResponse, ReadRequest, ReadResponse,
    journal_server::{Journal, JournalServer},
};
use rpc::{AccessTable, Endpoint, Permission, status};
use store::Database;
use tonic::{Request, Response, Status, service::Routes};

/// Only the platform's own services read journals; people read the audit log.
const ACCESS: AccessTable = &[
    ("/sekisho.journal.v1.Journal/Read", Permission::Platform),
    ("/sekisho.journal.v1.Journal/Head", Permission::Platform),
];

/// Records in one message.
const BATCH: u64 = 200;
/// Records in one answer at most.
const MAX: u64 = 100_000;

pub(crate) struct Journals(BTreeMap<&'static str, Database>);

impl Journals {
    /// The part of the process's port that reads these journals.
    pub(crate) fn endpoint(stores: BTreeMap<&'static str, Database>) -> Endpoint {
        Endpoint::platform(Routes::new(JournalServer::new(Self(stores))), ACCESS)
    }

    fn find(&self, source: &str) -> Result<Database, Status> {
        let found = self.0.get(source).cloned();
        found.ok_or_else(|| status::refused(UnknownSource(source.to_owned())))
    }
}

/// The request names a source whose journal is not here.
#[derive(Debug, thiserror::Error)]
#[error("this process runs no service named {0:?}")]
struct UnknownSource(String);

impl Refusal for UnknownSource {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn code(&self) -> &'static str {
        "journal_source_unknown"
    }

    fn field(&self) -> Option<String> {
        Some("source".to_owned())
    }

    fn message_ja(&self) -> String {
        format!(
            "このプロセスでは「{}」というサービスは動いていません。",
            self.0
        )
    }
}

#[tonic::async_trait]
impl Journal for Journals {
    type ReadStream = BoxStream<'static, Result<ReadResponse, Status>>;

    async fn read(
        &self,
        request: Request<ReadRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let request = request.into_inner();
        let database = self.find(&request.source)?;
        let limit = match u64::from(request.limit) {
            0 => MAX,
            limit => limit.min(MAX),
        };
        let from = request.from.max(1);
        let pages = stream::try_unfold((from, limit), move |(from, left)| {
            let database = database.clone();
            async move {
                if left == 0 {
                    return Ok(None);
                }
                let records = database
                    .records(from, left.min(BATCH))
                    .await
                    .map_err(status::unavailable)?;
                let count = records.len() as u64;
                if count == 0 {
                    return Ok(None);
                }
                let records = records.into_iter().map(Into::into).collect();
                let left = if count < left.min(BATCH) {
                    0
                } else {
                    left - count
                };
                Ok(Some((ReadResponse { records }, (from + count, left))))
            }
        });
        Ok(Response::new(pages.boxed()))
    }

    async fn head(&self, request: Request<HeadRequest>) -> Result<Response<HeadResponse>, Status> {
        let database = self.find(&request.into_inner().source)?;
        // Asked last: a record stamped in between is then not missed.
        let head = database.head().await.map_err(status::unavailable)?;
        let committed = database.committed().await.map_err(status::unavailable)?;
        Ok(Response::new(HeadResponse {
            position: head.position,
            committed,
            hash: match head.position {
                0 => Vec::new(),
                _ => head.hash.to_vec(),
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_of_the_journal_is_listed() {
        assert_eq!(
            rpc::access_problems("sekisho.journal.", super::ACCESS),
            Vec::<String>::new()
        );
    }
}
