//! `sekisho.audit.v1.AuditLog`: convert in, ask, convert out.

mod bundle;
mod convert;
mod outcome;
mod stream;

use std::sync::Arc;

use proto::audit::v1::{
    self as wire, ReadLeavesResponse, StreamRecordsResponse,
    audit_log_server::{self, AuditLogServer},
};
use rpc::{Caller, next_page_token, status};
use sea_orm::DbErr;
use standard::Pack;
use tonic::{Request, Response, Status, service::Routes};

use crate::{
    library::Library,
    store::{aside, source},
};
pub(crate) use stream::Watch;

/// The handlers.
pub(crate) struct AuditLog {
    pub(crate) library: Library,
    pub(crate) verifier_key: Arc<str>,
    pub(crate) sources: Vec<&'static str>,
    pub(crate) pack: Arc<Pack>,
    pub(crate) watch: Watch,
}

type Answer<T> = Result<Response<T>, Status>;

/// The routes of the service.
pub(crate) fn routes(log: AuditLog) -> Routes {
    Routes::new(AuditLogServer::new(log))
}

#[tonic::async_trait]
impl audit_log_server::AuditLog for AuditLog {
    async fn get_checkpoint(
        &self,
        request: Request<wire::GetCheckpointRequest>,
    ) -> Answer<wire::GetCheckpointResponse> {
        let size = request.into_inner().size;
        let signed = self
            .library
            .checkpoint(size)
            .await
            .map_err(status::failure)?;
        let checkpoint = Some(convert::checkpoint(signed));
        Ok(Response::new(wire::GetCheckpointResponse { checkpoint }))
    }

    async fn get_verifier_key(
        &self,
        _: Request<wire::GetVerifierKeyRequest>,
    ) -> Answer<wire::GetVerifierKeyResponse> {
        let verifier_key = self.verifier_key.to_string();
        Ok(Response::new(wire::GetVerifierKeyResponse { verifier_key }))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<wire::GetInclusionProofRequest>,
    ) -> Answer<wire::GetInclusionProofResponse> {
        let request = request.into_inner();
        let name = convert::name(request.record.as_ref())?;
        let proven = self.library.prove_record(&name, request.tree_size).await;
        let proven = proven.map_err(status::failure)?;
        Ok(Response::new(convert::proven(proven)))
    }

    async fn get_consistency_proof(
        &self,
        request: Request<wire::GetConsistencyProofRequest>,
    ) -> Answer<wire::GetConsistencyProofResponse> {
        let wire::GetConsistencyProofRequest { from_size, to_size } = request.into_inner();
        let proof = self.library.prove_growth(from_size, to_size).await;
        let (hashes, signed) = proof.map_err(status::failure)?;
        Ok(Response::new(wire::GetConsistencyProofResponse {
            hashes: hashes.iter().map(|hash| hash.to_vec()).collect(),
            checkpoint: Some(convert::checkpoint(signed)),
        }))
    }

    async fn get_record(
        &self,
        request: Request<wire::GetRecordRequest>,
    ) -> Answer<wire::GetRecordResponse> {
        let name = convert::name(request.into_inner().record.as_ref())?;
        let leaf = self.library.record(&name).await.map_err(status::failure)?;
        let (entry, record) = convert::entry(leaf);
        let entry = Some(entry);
        Ok(Response::new(wire::GetRecordResponse { entry, record }))
    }

    async fn search_records(
        &self,
        request: Request<wire::SearchRecordsRequest>,
    ) -> Answer<wire::SearchRecordsResponse> {
        let request = request.into_inner();
        let (filter, part) = convert::search(&request)?;
        let size = part.limit as usize - 1;
        let leaves = self.library.search().page(&filter, part).await;
        let mut leaves = leaves.map_err(status::unavailable)?;
        if leaves.is_empty() {
            self.known_clause(&request.clause).await?;
        }
        let more = leaves.len() > size;
        leaves.truncate(size);
        let last = leaves.last().filter(|_| more);
        let next_page_token =
            last.map_or_else(String::new, |leaf| next_page_token(&leaf.index.to_string()));
        let entries = leaves
            .into_iter()
            .map(|leaf| convert::entry(leaf).0)
            .collect();
        Ok(Response::new(wire::SearchRecordsResponse {
            entries,
            next_page_token,
        }))
    }

    type StreamRecordsStream = stream::Answers<StreamRecordsResponse>;

    async fn stream_records(
        &self,
        request: Request<wire::StreamRecordsRequest>,
    ) -> Answer<Self::StreamRecordsStream> {
        let (caller, message) = Caller::open(request);
        let records = self
            .watch
            .follow(self.library.clone(), caller, message.from_index);
        Ok(Response::new(records))
    }

    type ReadLeavesStream = stream::Answers<ReadLeavesResponse>;

    async fn read_leaves(
        &self,
        request: Request<wire::ReadLeavesRequest>,
    ) -> Answer<Self::ReadLeavesStream> {
        let wire::ReadLeavesRequest {
            from_index,
            to_index,
        } = request.into_inner();
        let end = match to_index {
            Some(end) => end,
            None => {
                let newest = self.library.checkpoint(None).await;
                newest.map_err(status::failure)?.root.size
            }
        };
        Ok(Response::new(stream::leaves(
            self.library.clone(),
            from_index..end,
        )))
    }

    async fn list_sources(
        &self,
        _: Request<wire::ListSourcesRequest>,
    ) -> Answer<wire::ListSourcesResponse> {
        let sources = self.all_sources().await.map_err(status::unavailable)?;
        Ok(Response::new(wire::ListSourcesResponse { sources }))
    }
}

impl AuditLog {
    /// Refuses a clause that neither the pack nor any record has. An earlier pack may have had it, and
    /// what was recorded under it is found all the same.
    async fn known_clause(&self, clause: &str) -> Result<(), Status> {
        let Some(unknown) = convert::not_of_the_pack(&self.pack, clause) else {
            return Ok(());
        };
        let (filter, part) = convert::under_clause(clause);
        let recorded = self.library.search().page(&filter, part).await;
        if recorded.map_err(status::unavailable)?.is_empty() {
            return Err(unknown);
        }
        Ok(())
    }

    async fn all_sources(&self) -> Result<Vec<wire::Source>, DbErr> {
        let (db, backend) = (self.library.read(), self.library.backend());
        let mut kept = aside::counts(db, backend).await?;
        let mut known = source::all(db, backend).await?;
        let one = |name: &&'static str| {
            let row = known.remove(*name).unwrap_or_default();
            convert::source(name, row, kept.remove(*name).unwrap_or_default())
        };
        Ok(self.sources.iter().map(one).collect())
    }
}
