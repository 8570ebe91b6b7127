//! The service `People`.

use identity_domain::grant::{Command, Subject};
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use store::Failure;
use tonic::{Request, Response, Status};
use wire::people_server::People;

use super::organisation::token;
use crate::{
    grants::GrantWork,
    identity::Identity,
    people::{Consequence, Unused, What},
    refused::Refused,
};

#[tonic::async_trait]
impl People for Identity {
    async fn list_dormant_accounts(
        &self,
        request: Request<wire::ListDormantAccountsRequest>,
    ) -> Result<Response<wire::ListDormantAccountsResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let listed = self.unused(&caller.actor(), &page).await;
        let listed = listed.map_err(status::failure)?;
        let now = self.now();
        Ok(Response::new(wire::ListDormantAccountsResponse {
            accounts: listed.items.iter().map(|one| unused(one, now)).collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn give_up_entitlement(
        &self,
        request: Request<wire::GiveUpEntitlementRequest>,
    ) -> Result<Response<wire::GiveUpEntitlementResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let system = fields.id("system_id", &message.system_id);
        let reason = fields.long_text("reason", &message.reason, 1..=2_000);
        fields.done()?;
        let actor = caller.actor();
        let person = actor.person().cloned();
        let nobody = || status::failure(Failure::Refused(Refused::NobodyIn));
        let person = person.ok_or_else(nobody)?;
        let work = GrantWork {
            subject: Subject {
                person,
                system,
                item: None,
            },
            command: Command::GiveUp { reason },
        };
        let request = caller.request(self.clock(), &message);
        let done = self.carry_out(&work, &request).await;
        done.map_err(status::failure)?;
        Ok(Response::new(wire::GiveUpEntitlementResponse {}))
    }
}

fn unused(one: &Unused, now: jiff::Timestamp) -> wire::DormantAccount {
    let section = one.record.section(now);
    wire::DormantAccount {
        person_id: one.record.id.to_string(),
        display_name: one.record.name.clone(),
        section_id: section.map_or(String::new(), ToString::to_string),
        used_at: Some(timestamp(one.dormancy.used_at)),
        flagged_from: Some(timestamp(one.dormancy.flagged_from)),
        stops_at: Some(timestamp(one.dormancy.stops_at)),
        stopped: one.stopped,
    }
}

pub(super) fn consequence((row, one): (u32, Consequence)) -> wire::Consequence {
    let kind = match one.what {
        What::Joins => wire::ConsequenceKind::Joins,
        What::Moves => wire::ConsequenceKind::Moves,
        What::Leaves => wire::ConsequenceKind::Leaves,
        What::PostBegins => wire::ConsequenceKind::PostBegins,
        What::PostEnds => wire::ConsequenceKind::PostEnds,
        What::EntitlementEnds => wire::ConsequenceKind::EntitlementEnds,
        What::PrivilegeEnds => wire::ConsequenceKind::PrivilegeEnds,
        What::NominationEnds => wire::ConsequenceKind::NominationEnds,
        What::AbsencePlanEnds => wire::ConsequenceKind::AbsencePlanEnds,
    };
    wire::Consequence {
        row,
        person_id: one.person.to_string(),
        kind: kind.into(),
        subject: one.subject,
        at: Some(timestamp(one.at)),
    }
}
