//! The service `ServiceIds`.

use std::collections::BTreeMap;

use identity_domain::service_id::{Entry, State};
use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use proto::{common::v1::AccessPath, identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use sea_orm::sea_query::Condition;
use standard::AccessPath as Path;
use tonic::{Request, Response, Status};
use wire::service_ids_server::ServiceIds;

use super::organisation::token;
use crate::{
    facts,
    identity::Identity,
    publish::texts,
    refused::Refused,
    service_ids::{EndServiceId, RegisterServiceId},
    store::{ServiceIds as Robots, query},
};

/// Most systems one ID may name.
pub(super) const MOST_SYSTEMS: usize = 50;

#[tonic::async_trait]
impl ServiceIds for Identity {
    async fn register_service_id(
        &self,
        request: Request<wire::RegisterServiceIdRequest>,
    ) -> Result<Response<wire::RegisterServiceIdResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let systems = fields.list(
            "system_ids",
            &message.system_ids,
            1..=MOST_SYSTEMS,
            |fields, id| fields.id::<SystemId>("", id),
        );
        let path = fields.choice("path", message.path, AccessPath::word_of);
        let entry = Entry {
            id: fields.id("service_id", &message.service_id),
            name: fields.text("name", &message.name, 1..=200),
            owner: fields.id("owner_id", &message.owner_id),
            purpose: fields.long_text("purpose", &message.purpose, 1..=2_000),
            systems: systems.into_iter().collect(),
            // A placeholder where none was given: `done` keeps it from being used.
            path: path.unwrap_or(Path::PublicLine),
        };
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let done = self.carry_out(&RegisterServiceId(entry), &request).await;
        let state = done.map_err(status::failure)?.state;
        Ok(Response::new(wire::RegisterServiceIdResponse {
            service_id: self.robots(&[state]).await?.pop(),
        }))
    }

    async fn end_service_id(
        &self,
        request: Request<wire::EndServiceIdRequest>,
    ) -> Result<Response<wire::EndServiceIdResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let work = EndServiceId {
            id: fields.id("service_id", &message.service_id),
            reason: fields.long_text("reason", &message.reason, 1..=2_000),
        };
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let done = self.carry_out(&work, &request).await;
        let state = done.map_err(status::failure)?.state;
        Ok(Response::new(wire::EndServiceIdResponse {
            service_id: self.robots(&[state]).await?.pop(),
        }))
    }

    async fn list_service_ids(
        &self,
        request: Request<wire::ListServiceIdsRequest>,
    ) -> Result<Response<wire::ListServiceIdsResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let listed = query::page::<Robots, Refused>(self.read(), Condition::all(), &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListServiceIdsResponse {
            service_ids: self.robots(&listed.items).await?,
            next_page_token: token(listed.next),
        }))
    }
}

impl Identity {
    async fn robots(&self, states: &[State]) -> Result<Vec<wire::ServiceId>, Status> {
        let now = self.now();
        let mut serving: BTreeMap<&PersonId, bool> = BTreeMap::new();
        let mut shown = Vec::new();
        for record in states.iter().filter_map(|state| state.registered.as_ref()) {
            let owner = &record.entry.owner;
            let serves = match serving.get(owner) {
                Some(known) => *known,
                None => self.serves(owner, now).await?,
            };
            serving.insert(owner, serves);
            shown.push(wire::ServiceId {
                service_id: record.entry.id.to_string(),
                name: record.entry.name.clone(),
                owner_id: owner.to_string(),
                purpose: record.entry.purpose.clone(),
                system_ids: texts(&record.entry.systems),
                path: AccessPath::from(record.entry.path).into(),
                ends_at: Some(timestamp(record.ends_at)),
                owner_gone: !serves,
            });
        }
        Ok(shown)
    }

    async fn serves(&self, person: &PersonId, now: Timestamp) -> Result<bool, Status> {
        let serves = facts::serves::<Refused>(self.read(), person, now).await;
        serves.map_err(status::failure)
    }
}
