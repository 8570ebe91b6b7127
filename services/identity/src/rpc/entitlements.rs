//! The service `Entitlements`.

use identity_domain::grant::{self, Command, GrantKind, Subject, Which};
use kernel::{PersonId, RestrictedItemId, SystemId};
use proto::identity::v1 as wire;
use rpc::{Caller, Fields, status};
use sea_orm::sea_query::Condition;
use tonic::{Request, Response, Status};
use wire::entitlements_server::Entitlements;

use super::{convert, organisation::token};
use crate::{
    grants::GrantWork,
    identity::Identity,
    refused::Refused,
    store::{
        Grants,
        query::{self, equals},
    },
};

#[tonic::async_trait]
impl Entitlements for Identity {
    async fn list_entitlements(
        &self,
        request: Request<wire::ListEntitlementsRequest>,
    ) -> Result<Response<wire::ListEntitlementsResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let person = fields.optional_id::<PersonId>("person_id", &message.person_id);
        let system = fields.optional_id::<SystemId>("system_id", &message.system_id);
        let item = fields.optional_id::<RestrictedItemId>("item_id", &message.item_id);
        fields.done()?;
        let fits = equals(Condition::all(), "person_id", person);
        let fits = equals(fits, "system_id", system);
        let fits = equals(fits, "item_id", item);
        let listed = query::page::<Grants, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListEntitlementsResponse {
            entitlements: listed
                .items
                .iter()
                .flat_map(|one| standing(one, self.now()))
                .collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn remove_entitlement(
        &self,
        request: Request<wire::RemoveEntitlementRequest>,
    ) -> Result<Response<wire::RemoveEntitlementResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let subject = Subject {
            person: fields.id("person_id", &message.person_id),
            system: fields.id("system_id", &message.system_id),
            item: None,
        };
        let kind = fields.choice("kind", message.kind, convert::grant_kind);
        let reason = fields.long_text("reason", &message.reason, 1..=2_000);
        fields.done()?;
        let command = Command::End {
            kind: kind.unwrap_or(GrantKind::Use),
            which: Which::All,
            reason,
        };
        let request = caller.request(self.clock(), &message);
        let work = GrantWork { subject, command };
        let done = self.carry_out(&work, &request).await;
        done.map_err(status::failure)?;
        Ok(Response::new(wire::RemoveEntitlementResponse {}))
    }
}

/// The grounds that have not ended by themselves.
fn standing(
    state: &grant::State,
    now: jiff::Timestamp,
) -> impl Iterator<Item = wire::Entitlement> + '_ {
    let grounds = state.grounds.iter();
    let standing = grounds.filter(move |ground| ground.ends_at.is_none_or(|end| now < end));
    standing.filter_map(|ground| Some(convert::entitlement(state.subject.as_ref()?, ground)))
}
