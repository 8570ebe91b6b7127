//! `sekisho.approvals.v1.Exceptions`.

use approvals_domain::{
    Facts,
    exception::{Command, Reason, Refusal},
};
use kernel::ExceptionId;
use proto::approvals::v1::{
    ApplyExceptionRequest, ApplyExceptionResponse, CloseExceptionRequest, CloseExceptionResponse,
    DecideExceptionRequest, DecideExceptionResponse, EndorseExceptionRequest,
    EndorseExceptionResponse, Exception, ExtendExceptionRequest, ExtendExceptionResponse,
    GetExceptionRequest, GetExceptionResponse, InvokeEmergencyExceptionRequest,
    InvokeEmergencyExceptionResponse, ListExceptionsRequest, ListExceptionsResponse,
    ReportEmergencyExceptionRequest, ReportEmergencyExceptionResponse, RevokeExceptionRequest,
    RevokeExceptionResponse, WitnessExceptionRequest, WitnessExceptionResponse, exceptions_server,
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status};

use super::convert;
use crate::{desk::Desk, store, wire};

/// The RPCs on exceptions.
pub struct Exceptions {
    desk: Desk,
}

impl Exceptions {
    /// At a desk.
    pub const fn new(desk: Desk) -> Self {
        Self { desk }
    }

    async fn carry_out(
        &self,
        (id, command): (ExceptionId, Command),
        facts: &Facts,
        request: ::store::Request,
    ) -> Result<Option<Exception>, Status> {
        let done = self
            .desk
            .exception(id.as_str(), &command, facts, &request)
            .await;
        let state = done.map_err(status::failure)?.state;
        let phase = state.phase_at(request.context.now);
        Ok(Some(wire::exception(&state, phase)))
    }
}

/// What there is not and what may not be seen look the same.
fn not_found() -> Status {
    status::refused(Refusal::from(Reason::Unknown))
}

#[tonic::async_trait]
impl exceptions_server::Exceptions for Exceptions {
    async fn apply_exception(
        &self,
        request: Request<ApplyExceptionRequest>,
    ) -> Result<Response<ApplyExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let terms = Box::new(convert::exception_terms(message.terms.as_ref())?);
        let facts = self.desk.facts_for_terms(&terms);
        let id = ExceptionId::from(runtime::new_id());
        let command = Command::Apply {
            id: id.clone(),
            terms,
        };
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out((id, command), &facts, request).await?;
        Ok(Response::new(ApplyExceptionResponse { exception }))
    }

    async fn decide_exception(
        &self,
        request: Request<DecideExceptionRequest>,
    ) -> Result<Response<DecideExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let command = convert::decide_exception(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(DecideExceptionResponse { exception }))
    }

    async fn witness_exception(
        &self,
        request: Request<WitnessExceptionRequest>,
    ) -> Result<Response<WitnessExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("exception_id", &message.exception_id);
        fields.done()?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let command = (id, Command::Witness);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(WitnessExceptionResponse { exception }))
    }

    async fn invoke_emergency_exception(
        &self,
        request: Request<InvokeEmergencyExceptionRequest>,
    ) -> Result<Response<InvokeEmergencyExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let terms = Box::new(convert::exception_terms(message.terms.as_ref())?);
        let facts = self.desk.facts_for_terms(&terms);
        let id = ExceptionId::from(runtime::new_id());
        let command = Command::Invoke {
            id: id.clone(),
            terms,
        };
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out((id, command), &facts, request).await?;
        Ok(Response::new(InvokeEmergencyExceptionResponse {
            exception,
        }))
    }

    async fn report_emergency_exception(
        &self,
        request: Request<ReportEmergencyExceptionRequest>,
    ) -> Result<Response<ReportEmergencyExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let command = convert::report(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(ReportEmergencyExceptionResponse {
            exception,
        }))
    }

    async fn endorse_exception(
        &self,
        request: Request<EndorseExceptionRequest>,
    ) -> Result<Response<EndorseExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let command = convert::endorse(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(EndorseExceptionResponse { exception }))
    }

    async fn revoke_exception(
        &self,
        request: Request<RevokeExceptionRequest>,
    ) -> Result<Response<RevokeExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let command = convert::revoke_exception(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(RevokeExceptionResponse { exception }))
    }

    async fn extend_exception(
        &self,
        request: Request<ExtendExceptionRequest>,
    ) -> Result<Response<ExtendExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let command = convert::extend(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(ExtendExceptionResponse { exception }))
    }

    async fn close_exception(
        &self,
        request: Request<CloseExceptionRequest>,
    ) -> Result<Response<CloseExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let command = convert::close(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let exception = self.carry_out(command, &self.desk.facts(), request).await?;
        Ok(Response::new(CloseExceptionResponse { exception }))
    }

    async fn get_exception(
        &self,
        request: Request<GetExceptionRequest>,
    ) -> Result<Response<GetExceptionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("exception_id", &message.exception_id);
        fields.done()?;
        let viewer = self.desk.viewer(caller.person());
        let found = store::exception(self.desk.store.database().read(), &viewer, &id).await;
        let exception = found.map_err(status::unavailable)?.ok_or_else(not_found)?;
        let phase = exception.phase_at(self.desk.clock.now());
        Ok(Response::new(GetExceptionResponse {
            exception: Some(wire::exception(&exception, phase)),
        }))
    }

    async fn list_exceptions(
        &self,
        request: Request<ListExceptionsRequest>,
    ) -> Result<Response<ListExceptionsResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (filter, page) = convert::exception_filter(&message)?;
        let now = self.desk.clock.now();
        let viewer = self.desk.viewer(caller.person());
        let database = self.desk.store.database();
        let (found, next) = store::exceptions(database.read(), &viewer, &filter, &page, now)
            .await
            .map_err(status::unavailable)?;
        let shown = found
            .iter()
            .map(|one| wire::exception(one, one.phase_at(now)));
        Ok(Response::new(ListExceptionsResponse {
            exceptions: shown.collect(),
            next_page_token: next.as_deref().map(next_page_token).unwrap_or_default(),
        }))
    }
}
