//! `sekisho.approvals.v1.Permits`.

use approvals_domain::{
    Facts,
    permit::{Command, Reason, Refusal, check},
};
use kernel::PermitId;
use proto::{
    approvals::v1::{
        ApplyPermitRequest, ApplyPermitResponse, CheckPermitRequest, CheckPermitResponse,
        CompletePermitRequest, CompletePermitResponse, DecideStepRequest, DecideStepResponse,
        GetPermitRequest, GetPermitResponse, ListPermitsRequest, ListPermitsResponse, Permit,
        RevokePermitRequest, RevokePermitResponse, WithdrawPermitRequest, WithdrawPermitResponse,
        WitnessStepRequest, WitnessStepResponse, permits_server,
    },
    common::v1::InformationClass,
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status};

use super::convert;
use crate::{desk::Desk, store, wire};

/// The RPCs on permits.
pub struct Permits {
    desk: Desk,
}

impl Permits {
    /// At a desk.
    pub const fn new(desk: Desk) -> Self {
        Self { desk }
    }

    async fn carry_out(
        &self,
        id: &PermitId,
        command: Command,
        facts: &Facts,
        request: ::store::Request,
    ) -> Result<Option<Permit>, Status> {
        let done = self
            .desk
            .permit(id.as_str(), &command, facts, &request)
            .await;
        let state = done.map_err(status::failure)?.state;
        Ok(Some(wire::permit(
            &state,
            state.phase_at(request.context.now),
        )))
    }
}

/// What there is not and what may not be seen look the same.
fn not_found() -> Status {
    status::refused(Refusal {
        reason: Reason::Unknown,
        clauses: Vec::new(),
    })
}

#[tonic::async_trait]
impl permits_server::Permits for Permits {
    async fn apply_permit(
        &self,
        request: Request<ApplyPermitRequest>,
    ) -> Result<Response<ApplyPermitResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let application = Box::new(convert::application(
            message.application.as_ref(),
            &self.desk.pack,
        )?);
        let facts = self.desk.facts_for(&application, caller.person());
        let id = PermitId::from(runtime::new_id());
        let command = Command::Apply {
            id: id.clone(),
            application,
        };
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let permit = self.carry_out(&id, command, &facts, request).await?;
        Ok(Response::new(ApplyPermitResponse { permit }))
    }

    async fn check_permit(
        &self,
        request: Request<CheckPermitRequest>,
    ) -> Result<Response<CheckPermitResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let application = convert::application(message.application.as_ref(), &self.desk.pack)?;
        let applicant = caller.person().cloned().unwrap_or_default();
        let facts = self.desk.facts_for(&application, Some(&applicant));
        let check = check(&application, &applicant, &facts, self.desk.clock.now())
            .map_err(status::refused)?;
        Ok(Response::new(CheckPermitResponse {
            violations: check.violations.iter().map(wire::violation).collect(),
            steps: check.steps.iter().map(wire::step).collect(),
            information_class: InformationClass::number_of(check.application.class),
            pack_version: self.desk.pack.edition(),
        }))
    }

    async fn decide_step(
        &self,
        request: Request<DecideStepRequest>,
    ) -> Result<Response<DecideStepResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (id, command) = convert::decide(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let permit = self
            .carry_out(&id, command, &self.desk.facts(), request)
            .await?;
        Ok(Response::new(DecideStepResponse { permit }))
    }

    async fn witness_step(
        &self,
        request: Request<WitnessStepRequest>,
    ) -> Result<Response<WitnessStepResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (id, command) = convert::witness(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let permit = self
            .carry_out(&id, command, &self.desk.facts(), request)
            .await?;
        Ok(Response::new(WitnessStepResponse { permit }))
    }

    async fn withdraw_permit(
        &self,
        request: Request<WithdrawPermitRequest>,
    ) -> Result<Response<WithdrawPermitResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (id, command) = convert::withdraw(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let permit = self
            .carry_out(&id, command, &self.desk.facts(), request)
            .await?;
        Ok(Response::new(WithdrawPermitResponse { permit }))
    }

    async fn revoke_permit(
        &self,
        request: Request<RevokePermitRequest>,
    ) -> Result<Response<RevokePermitResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (id, command) = convert::revoke(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let permit = self
            .carry_out(&id, command, &self.desk.facts(), request)
            .await?;
        Ok(Response::new(RevokePermitResponse { permit }))
    }

    async fn complete_permit(
        &self,
        request: Request<CompletePermitRequest>,
    ) -> Result<Response<CompletePermitResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (id, command) = convert::complete(&message)?;
        let request = caller.request(self.desk.clock.as_ref(), &message);
        let permit = self
            .carry_out(&id, command, &self.desk.facts(), request)
            .await?;
        Ok(Response::new(CompletePermitResponse { permit }))
    }

    async fn get_permit(
        &self,
        request: Request<GetPermitRequest>,
    ) -> Result<Response<GetPermitResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("permit_id", &message.permit_id);
        fields.done()?;
        let viewer = self.desk.viewer(caller.person());
        let found = store::permit(self.desk.store.database().read(), &viewer, &id).await;
        let permit = found.map_err(status::unavailable)?.ok_or_else(not_found)?;
        let phase = permit.phase_at(self.desk.clock.now());
        Ok(Response::new(GetPermitResponse {
            permit: Some(wire::permit(&permit, phase)),
        }))
    }

    async fn list_permits(
        &self,
        request: Request<ListPermitsRequest>,
    ) -> Result<Response<ListPermitsResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (filter, page) = convert::permit_filter(&message, caller.person())?;
        let now = self.desk.clock.now();
        let viewer = self.desk.viewer(caller.person());
        let database = self.desk.store.database();
        let (permits, next) = store::permits(database.read(), &viewer, &filter, &page, now)
            .await
            .map_err(status::unavailable)?;
        Ok(Response::new(ListPermitsResponse {
            permits: permits
                .iter()
                .map(|one| wire::permit(one, one.phase_at(now)))
                .collect(),
            next_page_token: next.as_deref().map(next_page_token).unwrap_or_default(),
        }))
    }
}
