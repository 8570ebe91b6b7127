//! The service `Privileges`.

use identity_domain::privilege::{Command, State};
use kernel::{PermitId, PersonId, SystemId};
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use store::micros;
use tonic::{Request, Response, Status};
use wire::privileges_server::Privileges;

use super::organisation::token;
use crate::{
    identity::Identity,
    privileges::PrivilegeWork,
    refused::Refused,
    store::{
        Privileges as Kept,
        query::{self, column, equals},
    },
};

#[tonic::async_trait]
impl Privileges for Identity {
    async fn list_privileges(
        &self,
        request: Request<wire::ListPrivilegesRequest>,
    ) -> Result<Response<wire::ListPrivilegesResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let person = fields.optional_id::<PersonId>("person_id", &message.person_id);
        let system = fields.optional_id::<SystemId>("system_id", &message.system_id);
        fields.done()?;
        let mut fits = equals(Condition::all(), "person_id", person);
        fits = equals(fits, "system_id", system);
        let now = micros(self.now());
        if message.in_force {
            fits = fits.add(column("ends_at").gt(now));
        }
        if message.to_review {
            fits = equals(fits, "reviewed", Some("no")).add(column("ends_at").lte(now));
        }
        let listed = query::page::<Kept, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListPrivilegesResponse {
            privileges: listed.items.iter().filter_map(privilege).collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn end_privilege(
        &self,
        request: Request<wire::EndPrivilegeRequest>,
    ) -> Result<Response<wire::EndPrivilegeResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let work = PrivilegeWork {
            permit: fields.id::<PermitId>("permit_id", &message.permit_id),
            command: Command::End,
            reason: fields.long_text("reason", &message.reason, 1..=2_000),
        };
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Response::new(wire::EndPrivilegeResponse {
            privilege: privilege(&done.state),
        }))
    }

    async fn review_privilege(
        &self,
        request: Request<wire::ReviewPrivilegeRequest>,
    ) -> Result<Response<wire::ReviewPrivilegeResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let permit = fields.id::<PermitId>("permit_id", &message.permit_id);
        let findings = fields.long_text("findings", &message.findings, 1..=2_000);
        fields.done()?;
        let work = PrivilegeWork {
            permit,
            command: Command::Review { findings },
            reason: String::new(),
        };
        let request = caller.request(self.clock(), &message);
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Response::new(wire::ReviewPrivilegeResponse {
            privilege: privilege(&done.state),
        }))
    }
}

fn privilege(state: &State) -> Option<wire::Privilege> {
    let granted = state.granted.as_ref()?;
    let review = state.review.as_ref();
    Some(wire::Privilege {
        permit_id: granted.permit.to_string(),
        person_id: granted.subject.person.to_string(),
        system_id: granted.subject.system.to_string(),
        starts_at: Some(timestamp(granted.starts_at)),
        ends_at: Some(timestamp(granted.ends_at)),
        review_due_at: Some(timestamp(granted.review_due_at)),
        reviewed_by: review.map(|one| one.by.to_string()).unwrap_or_default(),
        findings: review.map(|one| one.findings.clone()).unwrap_or_default(),
        reviewed_at: review.map(|one| timestamp(one.at)),
    })
}
