//! `sekisho.audit.v1.Evidence`: convert in, take, convert out.

use std::sync::Arc;

use kernel::Clock;
use proto::audit::v1::{self as wire, evidence_server};
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};

use super::{
    convert,
    stream::Answers,
    walk::{By, Walk},
};
use crate::{
    evidence::{Evidence, Taking},
    readers::{Recording, Scope},
};

/// Files put beside the records, at most.
const FILES: usize = 20;

/// The handlers.
pub(crate) struct Taker {
    pub(crate) evidence: Evidence,
    pub(crate) recording: Recording,
    pub(crate) clock: Arc<dyn Clock>,
}

#[tonic::async_trait]
impl evidence_server::Evidence for Taker {
    type ReadEvidenceStream = Answers<wire::ReadEvidenceResponse>;

    async fn read_evidence(
        &self,
        request: Request<wire::ReadEvidenceRequest>,
    ) -> Result<Response<Self::ReadEvidenceStream>, Status> {
        let (caller, request) = Caller::open(request);
        let missing = || status::refused(auth::Refused::Missing);
        let reader = caller.person().cloned().ok_or_else(missing)?;
        let fitting = request.fitting.unwrap_or_default();
        let (filter, _) = convert::search(&fitting)?;
        let checkpoint = self.evidence.readable(&filter, request.size).await;
        let checkpoint = checkpoint.map_err(status::failure)?;
        let asked = convert::asked("evidence", &fitting, &filter, &Scope::City);
        let context = caller.context(&*self.clock);
        let walk = Walk {
            library: self.evidence.library.clone(),
            by: By::Leaves,
            filter,
            range: 0..request.size,
            reading: self.recording.reading(reader, context, asked),
        };
        Ok(Response::new(walk.proven(checkpoint)))
    }

    async fn take_evidence(
        &self,
        request: Request<wire::TakeEvidenceRequest>,
    ) -> Result<Response<wire::TakeEvidenceResponse>, Status> {
        let (caller, request) = Caller::open(request);
        let missing = || status::refused(auth::Refused::Missing);
        let reader = caller.person().cloned().ok_or_else(missing)?;
        let fitting = request.fitting.unwrap_or_default();
        let (filter, _) = convert::search(&fitting)?;
        let mut fields = Fields::new();
        let files = fields.list("files", &request.files, 0..=FILES, |fields, file| {
            fields.bytes("sha256", &file.sha256, 32..=32);
            wire::EvidenceFile {
                name: fields.text("name", &file.name, 1..=100),
                sha256: file.sha256.clone(),
            }
        });
        fields.done()?;
        let taking = Taking {
            asked: convert::asked("evidence", &fitting, &filter, &Scope::City).filter,
            filter,
            size: request.size,
            files,
        };
        let context = caller.context(&*self.clock);
        let taken = self.evidence.take(taking, &reader, context).await;
        let taken = taken.map_err(status::failure)?;
        Ok(Response::new(wire::TakeEvidenceResponse {
            evidence_id: taken.id,
            indexes: taken.indexes,
        }))
    }
}
