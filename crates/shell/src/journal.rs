//! `sekisho.journal.v1.Journal`: every process offers the journals of the services it runs.

use std::{collections::BTreeMap, sync::Arc};

use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::{Clock, Kind, Refusal};
use proto::journal::v1::{
    HeadRequest, HeadResponse, ReadRequest, ReadResponse,
    journal_server::{Journal, JournalServer},
    quarantine_server::QuarantineServer,
};
use rpc::{AccessTable, Endpoint, Permission, status};
use standard::Role;
use store::Database;
use tonic::{Request, Response, Status, service::Routes};

use crate::quarantine::{Quarantines, Retries};

/// Those who operate the platform.
const OPERATORS: Permission = Permission::AnyOf(&[
    Permission::Roles(&[Role::NetworkManager, Role::Ciso]),
    Permission::Platform,
]);

/// Only the platform's own services read journals; people read the audit log.
const ACCESS: AccessTable = &[
    ("/sekisho.journal.v1.Journal/Read", Permission::Platform),
    ("/sekisho.journal.v1.Journal/Head", Permission::Platform),
    ("/sekisho.journal.v1.Quarantine/ListQuarantined", OPERATORS),
    ("/sekisho.journal.v1.Quarantine/RetryQuarantined", OPERATORS),
];

/// Records in one message.
const BATCH: u64 = 200;
/// Records in one answer at most.
const MAX: u64 = 100_000;

/// The databases of the services this process runs.
#[derive(Clone)]
pub(crate) struct Journals(BTreeMap<&'static str, Database>);

impl Journals {
    /// The part of the process's port that reads these journals, and shows what was put aside.
    pub(crate) fn endpoint(
        stores: BTreeMap<&'static str, Database>,
        retries: Retries,
        clock: Arc<dyn Clock>,
    ) -> Endpoint {
        let journals = Self(stores);
        let quarantines = Quarantines::new(journals.clone(), retries, clock);
        let routes = Routes::new(JournalServer::new(journals));
        let routes = routes.add_service(QuarantineServer::new(quarantines));
        Endpoint::platform(routes, ACCESS)
    }

    fn find(&self, source: &str) -> Result<Database, Status> {
        self.of(source, "source")
    }

    /// The database of a service that the request names in this field.
    pub(crate) fn of(&self, service: &str, field: &'static str) -> Result<Database, Status> {
        let found = self.0.get(service).cloned();
        found.ok_or_else(|| {
            status::refused(UnknownSource {
                name: service.to_owned(),
                field,
            })
        })
    }
}

/// The request names a source whose journal is not here.
#[derive(Debug, thiserror::Error)]
#[error("this process runs no service named {name:?}")]
struct UnknownSource {
    name: String,
    field: &'static str,
}

impl Refusal for UnknownSource {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn code(&self) -> &'static str {
        "journal_source_unknown"
    }

    fn field(&self) -> Option<String> {
        Some(self.field.to_owned())
    }

    fn message_ja(&self) -> String {
        format!(
            "このプロセスでは「{}」というサービスは動いていません。",
            self.name
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
