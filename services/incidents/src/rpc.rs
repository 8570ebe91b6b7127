//! `sekisho.incidents.v1.Incidents`: convert in, carry out or query, convert out.

mod convert;
mod query;

use incidents_domain::incident::Command;
use kernel::IncidentId;
use prost::Message;
use proto::incidents::v1::{self as wire, incidents_server};
use rpc::{Caller, status};
use tonic::{Request, Response, Status};

use crate::{desk::Desk, wire::incident};

/// The handlers.
pub(crate) struct Incidents(pub(crate) Desk);

type Answer<T> = Result<Response<T>, Status>;

impl Incidents {
    async fn carry_out(
        &self,
        caller: &Caller,
        message: &impl Message,
        (id, command): (IncidentId, Command),
    ) -> Result<Option<wire::Incident>, Status> {
        let request = caller.request(&*self.0.clock, message);
        let done = self.0.carry_out(&id, &command, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Some(incident(&done.state, request.context.now)))
    }
}

#[tonic::async_trait]
impl incidents_server::Incidents for Incidents {
    async fn report_incident(
        &self,
        request: Request<wire::ReportIncidentRequest>,
    ) -> Answer<wire::ReportIncidentResponse> {
        let (caller, message) = Caller::open(request);
        let section = query::section_for(&self.0, &caller, &message);
        let report = convert::report_incident(&message, section, self.0.clock.now())?;
        let incident = self.carry_out(&caller, &message, report).await?;
        Ok(Response::new(wire::ReportIncidentResponse { incident }))
    }

    async fn acknowledge_report(
        &self,
        request: Request<wire::AcknowledgeReportRequest>,
    ) -> Answer<wire::AcknowledgeReportResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::acknowledge_report(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::AcknowledgeReportResponse { incident }))
    }

    async fn record_investigation(
        &self,
        request: Request<wire::RecordInvestigationRequest>,
    ) -> Answer<wire::RecordInvestigationResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::record_investigation(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::RecordInvestigationResponse {
            incident,
        }))
    }

    async fn judge_minor(
        &self,
        request: Request<wire::JudgeMinorRequest>,
    ) -> Answer<wire::JudgeMinorResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::judge_minor(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::JudgeMinorResponse { incident }))
    }

    async fn escalate(
        &self,
        request: Request<wire::EscalateRequest>,
    ) -> Answer<wire::EscalateResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::escalate(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::EscalateResponse { incident }))
    }

    async fn report_outside(
        &self,
        request: Request<wire::ReportOutsideRequest>,
    ) -> Answer<wire::ReportOutsideResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::report_outside(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::ReportOutsideResponse { incident }))
    }

    async fn suspend_system(
        &self,
        request: Request<wire::SuspendSystemRequest>,
    ) -> Answer<wire::SuspendSystemResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::suspend_system(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::SuspendSystemResponse { incident }))
    }

    async fn resume_system(
        &self,
        request: Request<wire::ResumeSystemRequest>,
    ) -> Answer<wire::ResumeSystemResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::resume_system(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::ResumeSystemResponse { incident }))
    }

    async fn report_containment(
        &self,
        request: Request<wire::ReportContainmentRequest>,
    ) -> Answer<wire::ReportContainmentResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::report_containment(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::ReportContainmentResponse { incident }))
    }

    async fn hold_records(
        &self,
        request: Request<wire::HoldRecordsRequest>,
    ) -> Answer<wire::HoldRecordsResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::hold_records(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::HoldRecordsResponse { incident }))
    }

    async fn release_records(
        &self,
        request: Request<wire::ReleaseRecordsRequest>,
    ) -> Answer<wire::ReleaseRecordsResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::release_records(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::ReleaseRecordsResponse { incident }))
    }

    async fn record_recovery(
        &self,
        request: Request<wire::RecordRecoveryRequest>,
    ) -> Answer<wire::RecordRecoveryResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::record_recovery(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::RecordRecoveryResponse { incident }))
    }

    async fn record_prevention(
        &self,
        request: Request<wire::RecordPreventionRequest>,
    ) -> Answer<wire::RecordPreventionResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::record_prevention(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::RecordPreventionResponse { incident }))
    }

    async fn close_incident(
        &self,
        request: Request<wire::CloseIncidentRequest>,
    ) -> Answer<wire::CloseIncidentResponse> {
        let (caller, message) = Caller::open(request);
        let command = convert::close_incident(&message)?;
        let incident = self.carry_out(&caller, &message, command).await?;
        Ok(Response::new(wire::CloseIncidentResponse { incident }))
    }

    async fn get_incident(
        &self,
        request: Request<wire::GetIncidentRequest>,
    ) -> Answer<wire::GetIncidentResponse> {
        let (caller, message) = Caller::open(request);
        let answer = query::get_incident(&self.0, &caller, &message).await?;
        Ok(Response::new(answer))
    }

    async fn list_incidents(
        &self,
        request: Request<wire::ListIncidentsRequest>,
    ) -> Answer<wire::ListIncidentsResponse> {
        let (caller, message) = Caller::open(request);
        let answer = query::list_incidents(&self.0, &caller, &message).await?;
        Ok(Response::new(answer))
    }

    async fn list_suspended_systems(
        &self,
        request: Request<wire::ListSuspendedSystemsRequest>,
    ) -> Answer<wire::ListSuspendedSystemsResponse> {
        let message = request.into_inner();
        let answer = query::list_suspended_systems(&self.0, &message).await?;
        Ok(Response::new(answer))
    }
}
