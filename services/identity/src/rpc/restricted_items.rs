//! The service `RestrictedItems`.

use identity_domain::restricted_item::{Command, ItemKind, Record, Refusal, State};
use kernel::{PersonId, RestrictedItemId, SectionId, SystemId};
use proto::identity::v1 as wire;
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};
use wire::restricted_items_server::RestrictedItems as Service;

use super::organisation::token;
use crate::{
    identity::Identity,
    publish::restricted_item_record,
    refused::Refused,
    restricted_items::RestrictedItemWork,
    store::{
        RestrictedItems, kept,
        query::{self, equals},
    },
    words,
};

type Answer<T> = Result<Response<T>, Status>;

/// Most people admitted or dismissed in one request.
const MOST: usize = 200;

#[tonic::async_trait]
impl Service for Identity {
    async fn register_restricted_item(
        &self,
        request: Request<wire::RegisterRestrictedItemRequest>,
    ) -> Answer<wire::RegisterRestrictedItemResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: RestrictedItemId = fields.id("item_id", &message.item_id);
        let kind = fields.choice("kind", message.kind, |kind| {
            words::item_kind(wire::RestrictedItemKind::try_from(kind).ok()?)
        });
        let record = Record {
            id: id.clone(),
            kind: kind.unwrap_or(ItemKind::Folder),
            name: fields.text("name", &message.name, 1..=200),
            system: fields.id("system_id", &message.system_id),
            section: fields.id("section_id", &message.section_id),
        };
        fields.done()?;
        let command = Command::Register(record);
        let item = self.restricted(&caller, &message, id, command).await?;
        Ok(Response::new(wire::RegisterRestrictedItemResponse { item }))
    }

    async fn withdraw_restricted_item(
        &self,
        request: Request<wire::WithdrawRestrictedItemRequest>,
    ) -> Answer<wire::WithdrawRestrictedItemResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("item_id", &message.item_id);
        let reason = fields.long_text("reason", &message.reason, 1..=2_000);
        fields.done()?;
        let command = Command::Withdraw { reason };
        let item = self.restricted(&caller, &message, id, command).await?;
        Ok(Response::new(wire::WithdrawRestrictedItemResponse { item }))
    }

    async fn admit_to_restricted_item(
        &self,
        request: Request<wire::AdmitToRestrictedItemRequest>,
    ) -> Answer<wire::AdmitToRestrictedItemResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("item_id", &message.item_id);
        let people = people(&mut fields, &message.person_ids);
        let until = fields.optional_timestamp("until", message.until.as_ref());
        fields.done()?;
        let command = Command::Admit {
            people: people.into_iter().collect(),
            until,
        };
        let item = self.restricted(&caller, &message, id, command).await?;
        Ok(Response::new(wire::AdmitToRestrictedItemResponse { item }))
    }

    async fn dismiss_from_restricted_item(
        &self,
        request: Request<wire::DismissFromRestrictedItemRequest>,
    ) -> Answer<wire::DismissFromRestrictedItemResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("item_id", &message.item_id);
        let people = people(&mut fields, &message.person_ids);
        let reason = fields.long_text("reason", &message.reason, 1..=2_000);
        fields.done()?;
        let command = Command::Dismiss {
            people: people.into_iter().collect(),
            reason,
        };
        let item = self.restricted(&caller, &message, id, command).await?;
        Ok(Response::new(wire::DismissFromRestrictedItemResponse {
            item,
        }))
    }

    async fn get_restricted_item(
        &self,
        request: Request<wire::GetRestrictedItemRequest>,
    ) -> Answer<wire::GetRestrictedItemResponse> {
        let mut fields = Fields::new();
        let id: RestrictedItemId = fields.id("item_id", &request.get_ref().item_id);
        fields.done()?;
        let state = query::one::<RestrictedItems, Refusal>(self.read(), id.as_str()).await;
        let item = record(&state.map_err(status::failure)?);
        let item = item.ok_or_else(|| status::refused(Refusal::Unknown))?;
        Ok(Response::new(wire::GetRestrictedItemResponse {
            item: Some(item),
        }))
    }

    async fn list_restricted_items(
        &self,
        request: Request<wire::ListRestrictedItemsRequest>,
    ) -> Answer<wire::ListRestrictedItemsResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let system = fields.optional_id::<SystemId>("system_id", &message.system_id);
        let section = fields.optional_id::<SectionId>("section_id", &message.section_id);
        fields.done()?;
        let fits = equals(kept(), "system_id", system);
        let fits = equals(fits, "section_id", section);
        let listed = query::page::<RestrictedItems, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListRestrictedItemsResponse {
            items: listed.items.iter().filter_map(record).collect(),
            next_page_token: token(listed.next),
        }))
    }
}

impl Identity {
    async fn restricted(
        &self,
        caller: &Caller,
        message: &impl prost::Message,
        id: RestrictedItemId,
        command: Command,
    ) -> Result<Option<wire::RestrictedItem>, Status> {
        let request = caller.request(self.clock(), message);
        let work = RestrictedItemWork { id, command };
        let done = self.carry_out(&work, &request).await;
        Ok(record(&done.map_err(status::failure)?.state))
    }
}

fn people(fields: &mut Fields, ids: &[String]) -> Vec<PersonId> {
    fields.list("person_ids", ids, 1..=MOST, |fields, id| fields.id("", id))
}

fn record(state: &State) -> Option<wire::RestrictedItem> {
    let known = state.registered.as_ref()?;
    Some(restricted_item_record(known, state.withdrawn))
}
