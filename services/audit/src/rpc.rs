//! `sekisho.audit.v1.AuditLog`: convert in, ask, convert out.

mod bundle;
mod convert;
mod evidence;
mod outcome;
mod retention;
mod stream;
mod walk;

use std::sync::Arc;

use kernel::PersonId;
use proto::audit::v1::{
    self as wire, ExportRecordsResponse, ReadLeavesResponse, StreamRecordsResponse,
    audit_log_server::{self, AuditLogServer},
    evidence_server::EvidenceServer,
    retention_server::RetentionServer,
};
use rpc::{Caller, status};
use sea_orm::{ConnectionTrait, DbErr};
use standard::{Pack, ServiceName};
use store::Backend;
use tonic::{Request, Response, Status, service::Routes};

use crate::{
    library::Library,
    readers::{Asked, Recording, STREAM, Scope},
    store::{
        aside,
        leaf::Leaf,
        search::{Name, Page},
        source,
    },
};
pub(crate) use evidence::Taker;
pub(crate) use retention::Pruning;
pub(crate) use stream::Watch;
use walk::{By, Walk};

/// The handlers.
pub(crate) struct AuditLog {
    pub(crate) library: Library,
    pub(crate) recording: Recording,
    pub(crate) verifier_key: Arc<str>,
    pub(crate) pack: Arc<Pack>,
    pub(crate) watch: Watch,
}

type Answer<T> = Result<Response<T>, Status>;

/// The routes of the service.
pub(crate) fn routes(log: AuditLog, pruning: Pruning, taker: Taker) -> Routes {
    Routes::new(AuditLogServer::new(log))
        .add_service(RetentionServer::new(pruning))
        .add_service(EvidenceServer::new(taker))
}

#[tonic::async_trait]
impl audit_log_server::AuditLog for AuditLog {
    async fn get_checkpoint(
        &self,
        request: Request<wire::GetCheckpointRequest>,
    ) -> Answer<wire::GetCheckpointResponse> {
        let wire::GetCheckpointRequest { size, witnesses } = request.into_inner();
        let signed = match (size, witnesses) {
            (None, by) if by > 0 => self.library.witnessed(by).await,
            _ => self.library.checkpoint(size).await,
        };
        let signed = signed.map_err(status::failure)?;
        let checkpoint = Some(convert::checkpoint(signed));
        Ok(Response::new(wire::GetCheckpointResponse { checkpoint }))
    }

    async fn get_verifier_key(
        &self,
        _: Request<wire::GetVerifierKeyRequest>,
    ) -> Answer<wire::GetVerifierKeyResponse> {
        let verifier_key = self.verifier_key.to_string();
        let hand_overs = self.library.hand_overs().await;
        Ok(Response::new(wire::GetVerifierKeyResponse {
            verifier_key,
            hand_overs: hand_overs.map_err(status::unavailable)?,
        }))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<wire::GetInclusionProofRequest>,
    ) -> Answer<wire::GetInclusionProofResponse> {
        let (caller, request) = Caller::open(request);
        let name = convert::name(request.record.as_ref())?;
        let (reader, scope) = self.reader(&caller)?;
        let proven = self
            .library
            .prove_record(&name, request.tree_size, &scope)
            .await;
        let proven = proven.map_err(status::failure)?;
        self.read_one(&reader, &caller, &proven.leaf).await?;
        let terms = self.library.terms();
        Ok(Response::new(convert::proven(terms, proven)))
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
        let (caller, request) = Caller::open(request);
        let name = convert::name(request.record.as_ref())?;
        let (reader, scope) = self.reader(&caller)?;
        let leaf = self.library.record(&name, &scope).await;
        let leaf = leaf.map_err(status::failure)?;
        self.read_one(&reader, &caller, &leaf).await?;
        let (entry, record) = convert::entry(self.library.terms(), leaf);
        let entry = Some(entry);
        Ok(Response::new(wire::GetRecordResponse { entry, record }))
    }

    async fn search_records(
        &self,
        request: Request<wire::SearchRecordsRequest>,
    ) -> Answer<wire::SearchRecordsResponse> {
        let (caller, request) = Caller::open(request);
        let (filter, part) = convert::search(&request)?;
        let (reader, scope) = self.reader(&caller)?;
        let (size, order) = (part.limit as usize - 1, part.order.clone());
        let asked = convert::asked("search", &request, &filter, &scope);
        let filter = convert::within(filter, &scope);
        let page = self.library.search().page(&filter, part).await;
        let Page { mut leaves, rest } = page.map_err(status::unavailable)?;
        if leaves.is_empty() && rest.is_empty() {
            self.known_clause(&request.clause, &scope).await?;
        }
        let more = leaves.len() > size;
        leaves.truncate(size);
        let last = leaves.last().filter(|_| more).map(|leaf| leaf.index);
        let next_page_token = convert::next_page(last, &rest, &order);
        let context = caller.context(&*self.watch.clock);
        let recorded = self.recording.answer(&reader, &context, &asked, &leaves);
        recorded.await?;
        let terms = self.library.terms();
        let entries = leaves
            .into_iter()
            .map(|leaf| convert::entry(terms, leaf).0)
            .collect();
        Ok(Response::new(wire::SearchRecordsResponse {
            entries,
            next_page_token: next_page_token.unwrap_or_default(),
        }))
    }

    type ExportRecordsStream = stream::Answers<ExportRecordsResponse>;

    async fn export_records(
        &self,
        request: Request<wire::ExportRecordsRequest>,
    ) -> Answer<Self::ExportRecordsStream> {
        let (caller, message) = Caller::open(request);
        let fitting = message.fitting.unwrap_or_default();
        let (filter, _) = convert::search(&fitting)?;
        let (reader, scope) = self.reader(&caller)?;
        self.known_clause(&fitting.clause, &scope).await?;
        let asked = convert::asked("export", &fitting, &filter, &scope);
        let context = caller.context(&*self.watch.clock);
        let size = self.library.size().await.map_err(status::unavailable)?;
        let walk = Walk {
            library: self.library.clone(),
            by: By::Index,
            filter: convert::within(filter, &scope),
            range: 0..size,
            reading: self.recording.reading(reader, context, asked),
        };
        Ok(Response::new(walk.entries()))
    }

    type StreamRecordsStream = stream::Answers<StreamRecordsResponse>;

    async fn stream_records(
        &self,
        request: Request<wire::StreamRecordsRequest>,
    ) -> Answer<Self::StreamRecordsStream> {
        let (caller, message) = Caller::open(request);
        let fitting = message.fitting.unwrap_or_default();
        let (filter, _) = convert::search(&fitting)?;
        let (reader, scope) = self.reader(&caller)?;
        let asked = convert::asked(STREAM, &fitting, &filter, &scope);
        let context = caller.context(&*self.watch.clock);
        let reading = self.recording.reading(reader, context, asked);
        let wanted = stream::Wanted {
            from: message.from_index,
            filter: convert::within(filter, &scope),
            reading,
        };
        let library = self.library.clone();
        Ok(Response::new(self.watch.follow(library, caller, wanted)))
    }

    type ReadLeavesStream = stream::Answers<ReadLeavesResponse>;

    async fn read_leaves(
        &self,
        request: Request<wire::ReadLeavesRequest>,
    ) -> Answer<Self::ReadLeavesStream> {
        let (caller, message) = Caller::open(request);
        let wire::ReadLeavesRequest {
            from_index,
            to_index,
        } = message;
        let end = match to_index {
            Some(end) => end,
            None => {
                let newest = self.library.checkpoint(None).await;
                newest.map_err(status::failure)?.root.size
            }
        };
        let (reader, _) = self.reader(&caller)?;
        let asked = Asked {
            way: "leaves",
            ..Asked::default()
        };
        let context = caller.context(&*self.watch.clock);
        let reading = self.recording.reading(reader, context, asked);
        Ok(Response::new(stream::leaves(
            self.library.clone(),
            from_index..end,
            reading,
        )))
    }

    async fn list_sources(
        &self,
        _: Request<wire::ListSourcesRequest>,
    ) -> Answer<wire::ListSourcesResponse> {
        let (db, backend) = (self.library.read(), self.library.backend());
        let sources = sources(db, backend).await.map_err(status::unavailable)?;
        Ok(Response::new(wire::ListSourcesResponse { sources }))
    }
}

impl AuditLog {
    /// Who reads, and what they may read.
    fn reader(&self, caller: &Caller) -> Result<(PersonId, Scope), Status> {
        let missing = || status::refused(auth::Refused::Missing);
        let principal = caller.principal().ok_or_else(missing)?;
        let person = caller.person().ok_or_else(missing)?;
        let city = self.library.terms().city();
        let now = self.watch.clock.now();
        let scope = Scope::of(person, &principal.roles, &city.directory, now);
        if scope.is_by_post() {
            rpc::need_two_categories(principal)?;
        }
        Ok((person.clone(), scope))
    }

    async fn read_one(
        &self,
        reader: &PersonId,
        caller: &Caller,
        leaf: &Leaf,
    ) -> Result<(), Status> {
        let asked = Asked {
            way: "record",
            ..Asked::default()
        };
        let context = caller.context(&*self.watch.clock);
        let read = std::slice::from_ref(leaf);
        self.recording.answer(reader, &context, &asked, read).await
    }

    /// Refuses a clause that neither the pack nor any record has that the reader may read. An earlier pack may have had it, and
    /// what was recorded under it is found all the same.
    async fn known_clause(&self, clause: &str, scope: &Scope) -> Result<(), Status> {
        let Some(unknown) = convert::not_of_the_pack(&self.pack, clause) else {
            return Ok(());
        };
        let under_it = convert::within(convert::under_clause(clause), scope);
        let recorded = self.library.search().find(&Name::Any, under_it).await;
        match recorded.map_err(status::unavailable)? {
            Some(_) => Ok(()),
            None => Err(unknown),
        }
    }
}

/// How far the log is with each source, and whether they tell the same story.
pub(crate) async fn sources(
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Vec<wire::Source>, DbErr> {
    let mut kept = aside::counts(db, backend).await?;
    let mut known = source::all(db, backend).await?;
    let one = |service: &ServiceName| {
        let name = service.as_str();
        let row = known.remove(name).unwrap_or_default();
        convert::source(name, row, kept.remove(name).unwrap_or_default())
    };
    Ok(ServiceName::ALL.iter().map(one).collect())
}
