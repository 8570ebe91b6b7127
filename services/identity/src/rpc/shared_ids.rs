//! The service `SharedIds`.

use identity_domain::shared_id::{Command, Refusal, Registration, State};
use jiff::Timestamp;
use kernel::{PersonId, SharedId, SystemId};
use proto::identity::v1 as wire;
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};
use wire::shared_ids_server::SharedIds as Service;

use super::{convert, organisation::token};
use crate::{
    identity::Identity,
    publish,
    refused::Refused,
    shared_ids::{SharedIdWork, Violation},
    store::{
        SharedIds, in_use, in_violation,
        query::{self, equals},
        with_member,
    },
};

type Answer<T> = Result<Response<T>, Status>;

/// Most members of a shared ID.
const MOST_MEMBERS: usize = 200;

#[tonic::async_trait]
impl Service for Identity {
    async fn register_shared_id(
        &self,
        request: Request<wire::RegisterSharedIdRequest>,
    ) -> Answer<wire::RegisterSharedIdResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: SharedId = fields.id("shared_id", &message.shared_id);
        let system = fields.id("system_id", &message.system_id);
        let name = fields.text("name", &message.name, 1..=200);
        let owner = fields.id("owner_id", &message.owner_id);
        let members = fields.list(
            "member_ids",
            &message.member_ids,
            1..=MOST_MEMBERS,
            |fields, id| fields.id::<PersonId>("", id),
        );
        fields.done()?;
        let command = Command::Register(Registration {
            id: id.clone(),
            system,
            name,
            owner,
            members: members.into_iter().collect(),
            concurrent: message.concurrent,
        });
        let record = self.shared(&caller, &message, id, command).await?;
        Ok(Response::new(wire::RegisterSharedIdResponse { record }))
    }

    async fn withdraw_shared_id(
        &self,
        request: Request<wire::WithdrawSharedIdRequest>,
    ) -> Answer<wire::WithdrawSharedIdResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("shared_id", &message.shared_id);
        let reason = fields.long_text("reason", &message.reason, 1..=2_000);
        fields.done()?;
        let command = Command::Withdraw { reason };
        let record = self.shared(&caller, &message, id, command).await?;
        Ok(Response::new(wire::WithdrawSharedIdResponse { record }))
    }

    async fn get_shared_id(
        &self,
        request: Request<wire::GetSharedIdRequest>,
    ) -> Answer<wire::GetSharedIdResponse> {
        let mut fields = Fields::new();
        let id: SharedId = fields.id("shared_id", &request.get_ref().shared_id);
        fields.done()?;
        let state = query::one::<SharedIds, Refusal>(self.read(), id.as_str()).await;
        let state = state.map_err(status::failure)?;
        let record = record(state, self.now());
        let record = record.ok_or_else(|| status::refused(Refusal::Unknown))?;
        Ok(Response::new(wire::GetSharedIdResponse {
            record: Some(record),
        }))
    }

    async fn list_shared_ids(
        &self,
        request: Request<wire::ListSharedIdsRequest>,
    ) -> Answer<wire::ListSharedIdsResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let system = fields.optional_id::<SystemId>("system_id", &message.system_id);
        let member = fields.optional_id::<PersonId>("member_id", &message.member_id);
        fields.done()?;
        let mut fits = equals(in_use(), "system_id", system);
        if let Some(member) = &member {
            fits = fits.add(with_member(member));
        }
        let listed = query::page::<SharedIds, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        let (items, now) = (listed.items.into_iter(), self.now());
        Ok(Response::new(wire::ListSharedIdsResponse {
            records: items.filter_map(|state| record(state, now)).collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn check_out_shared_id(
        &self,
        request: Request<wire::CheckOutSharedIdRequest>,
    ) -> Answer<wire::CheckOutSharedIdResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("shared_id", &message.shared_id);
        let until = fields.optional_timestamp("until", message.until.as_ref());
        fields.done()?;
        let command = Command::CheckOut { until };
        let record = self.shared(&caller, &message, id, command).await?;
        Ok(Response::new(wire::CheckOutSharedIdResponse { record }))
    }

    async fn check_in_shared_id(
        &self,
        request: Request<wire::CheckInSharedIdRequest>,
    ) -> Answer<wire::CheckInSharedIdResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("shared_id", &message.shared_id);
        let person = convert::person_or_caller(&mut fields, &caller, &message.person_id);
        fields.done()?;
        let command = Command::CheckIn { person };
        let record = self.shared(&caller, &message, id, command).await?;
        Ok(Response::new(wire::CheckInSharedIdResponse { record }))
    }

    async fn confirm_shared_id_secret_changed(
        &self,
        request: Request<wire::ConfirmSharedIdSecretChangedRequest>,
    ) -> Answer<wire::ConfirmSharedIdSecretChangedResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("shared_id", &message.shared_id);
        fields.done()?;
        let command = Command::ConfirmSecretChanged;
        let record = self.shared(&caller, &message, id, command).await?;
        Ok(Response::new(wire::ConfirmSharedIdSecretChangedResponse {
            record,
        }))
    }

    async fn list_shared_id_violations(
        &self,
        request: Request<wire::ListSharedIdViolationsRequest>,
    ) -> Answer<wire::ListSharedIdViolationsResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let now = self.now();
        let listed = query::page::<SharedIds, Refused>(self.read(), in_violation(now), &page).await;
        let listed = listed.map_err(status::failure)?;
        let mut violations = Vec::new();
        for state in listed.items {
            let found = Violation::ALL.into_iter();
            violations.extend(found.filter(|one| one.is_of(&state, now)).map(|one| {
                wire::SharedIdViolation {
                    code: one.as_str().to_owned(),
                    clause: one.clause().to_string(),
                    record: record(state.clone(), now),
                }
            }));
        }
        Ok(Response::new(wire::ListSharedIdViolationsResponse {
            violations,
            next_page_token: token(listed.next),
        }))
    }
}

impl Identity {
    async fn shared(
        &self,
        caller: &Caller,
        message: &impl prost::Message,
        id: SharedId,
        command: Command,
    ) -> Result<Option<wire::SharedIdRecord>, Status> {
        let request = caller.request(self.clock(), message);
        let work = SharedIdWork { id, command };
        let done = self.carry_out(&work, &request).await;
        let state = done.map_err(status::failure)?.state;
        Ok(record(state, self.now()))
    }
}

/// As it stands at that instant: a check-out that is over is none, whether or not it is on record.
fn record(mut state: State, now: Timestamp) -> Option<wire::SharedIdRecord> {
    let id = state.registered.as_ref()?.id.clone();
    state.check_outs.retain(|one| now < one.ends_at);
    Some(publish::shared_id_record(&id, &state))
}
