//! The service `Emergency`.

use identity_domain::{
    emergency_access::{Command, Event, State},
    organisation::person,
};
use kernel::{EmergencyAccessId, PersonId, SystemId};
use prost::Message;
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use sea_orm::sea_query::Condition;
use tonic::{Request, Response, Status};
use wire::emergency_server::Emergency;

use super::{organisation::token, service_ids::MOST_SYSTEMS};
use crate::{
    emergency::{EmergencyWork, RegisterEmergencyId, readiness},
    identity::Identity,
    metrics,
    publish::texts,
    refused::Refused,
    store::{EmergencyAccesses, query},
};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl Emergency for Identity {
    async fn register_emergency_id(
        &self,
        request: Request<wire::RegisterEmergencyIdRequest>,
    ) -> Answer<wire::RegisterEmergencyIdResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let work = RegisterEmergencyId {
            id: fields.id("emergency_id", &message.emergency_id),
            name: fields.text("name", &message.name, 1..=200),
            section: fields.id("section_id", &message.section_id),
        };
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let done = self.carry_out(&work, &request).await;
        let state = done.map_err(status::failure)?.state;
        Ok(Response::new(wire::RegisterEmergencyIdResponse {
            emergency_id: self.emergency_id(state).await?,
        }))
    }

    async fn list_emergency_ids(
        &self,
        _: Request<wire::ListEmergencyIdsRequest>,
    ) -> Answer<wire::ListEmergencyIdsResponse> {
        let known = readiness::registered(self).await;
        let mut emergency_ids = Vec::new();
        for state in known.map_err(status::failure)? {
            emergency_ids.extend(self.emergency_id(state).await?);
        }
        let ready = emergency_ids.iter().filter(|one| one.ready).count();
        Ok(Response::new(wire::ListEmergencyIdsResponse {
            ready_missing: readiness::missing(ready),
            emergency_ids,
        }))
    }

    async fn ask_emergency_access(
        &self,
        request: Request<wire::AskEmergencyAccessRequest>,
    ) -> Answer<wire::AskEmergencyAccessResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let systems = fields.list(
            "system_ids",
            &message.system_ids,
            1..=MOST_SYSTEMS,
            |fields, id| fields.id::<SystemId>("", id),
        );
        let id = EmergencyAccessId::from(runtime::new_id());
        let command = Command::Ask {
            id: id.clone(),
            account: fields.id("emergency_id", &message.emergency_id),
            systems: systems.into_iter().collect(),
            reason: fields.long_text("reason", &message.reason, 1..=2_000),
        };
        fields.done()?;
        let access = self.emergency(&caller, &message, id, command).await?;
        Ok(Response::new(wire::AskEmergencyAccessResponse { access }))
    }

    async fn approve_emergency_access(
        &self,
        request: Request<wire::ApproveEmergencyAccessRequest>,
    ) -> Answer<wire::ApproveEmergencyAccessResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("access_id", &message.access_id);
        fields.done()?;
        let command = Command::Approve;
        let access = self.emergency(&caller, &message, id, command).await?;
        Ok(Response::new(wire::ApproveEmergencyAccessResponse {
            access,
        }))
    }

    async fn close_emergency_access(
        &self,
        request: Request<wire::CloseEmergencyAccessRequest>,
    ) -> Answer<wire::CloseEmergencyAccessResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("access_id", &message.access_id);
        fields.done()?;
        let access = self
            .emergency(&caller, &message, id, Command::Close)
            .await?;
        Ok(Response::new(wire::CloseEmergencyAccessResponse { access }))
    }

    async fn review_emergency_access(
        &self,
        request: Request<wire::ReviewEmergencyAccessRequest>,
    ) -> Answer<wire::ReviewEmergencyAccessResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("access_id", &message.access_id);
        let findings = fields.long_text("findings", &message.findings, 1..=2_000);
        fields.done()?;
        let command = Command::Review { findings };
        let access = self.emergency(&caller, &message, id, command).await?;
        Ok(Response::new(wire::ReviewEmergencyAccessResponse {
            access,
        }))
    }

    async fn list_emergency_accesses(
        &self,
        request: Request<wire::ListEmergencyAccessesRequest>,
    ) -> Answer<wire::ListEmergencyAccessesResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let all = Condition::all();
        let listed = query::page::<EmergencyAccesses, Refused>(self.read(), all, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListEmergencyAccessesResponse {
            accesses: listed.items.iter().filter_map(access).collect(),
            next_page_token: token(listed.next),
        }))
    }
}

impl Identity {
    async fn emergency(
        &self,
        caller: &Caller,
        message: &impl Message,
        id: EmergencyAccessId,
        command: Command,
    ) -> Result<Option<wire::EmergencyAccess>, Status> {
        let request = caller.request(self.clock(), message);
        let work = EmergencyWork { id, command };
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        if done
            .events
            .iter()
            .any(|event| matches!(event, Event::Opened(_)))
        {
            metrics::emergency_opened();
        }
        Ok(access(&done.state))
    }

    async fn emergency_id(
        &self,
        state: person::State,
    ) -> Result<Option<wire::EmergencyId>, Status> {
        let Some(record) = state.registered else {
            return Ok(None);
        };
        let ready = readiness::is_ready(self, &record.id).await;
        let spell = record.memberships.spells().last();
        Ok(Some(wire::EmergencyId {
            emergency_id: record.id.to_string(),
            name: record.name.clone(),
            section_id: spell.map_or(String::new(), |spell| spell.value.to_string()),
            ready: ready.map_err(status::failure)?,
            serves_until: spell.and_then(|spell| spell.until).map(timestamp),
        }))
    }
}

fn access(state: &State) -> Option<wire::EmergencyAccess> {
    let asked = state.asked.as_ref()?;
    let (open, review) = (state.open.as_ref(), state.review.as_ref());
    let id = |person: &PersonId| person.to_string();
    Some(wire::EmergencyAccess {
        access_id: asked.id.to_string(),
        emergency_id: asked.account.to_string(),
        asked_by: asked.by.to_string(),
        system_ids: texts(&asked.systems),
        reason: asked.reason.clone(),
        asked_at: Some(timestamp(asked.at)),
        approved_by: texts(&state.approvals),
        opened_at: open.map(|open| timestamp(open.since)),
        ends_at: open.map(|open| timestamp(open.until)),
        closed_by: state.closed_by.as_ref().map(id).unwrap_or_default(),
        review_due_at: open.map(|open| timestamp(open.review_due_at)),
        reviewed_by: review.map(|one| id(&one.by)).unwrap_or_default(),
        findings: review.map(|one| one.findings.clone()).unwrap_or_default(),
        reviewed_at: review.map(|one| timestamp(one.at)),
    })
}
