//! The service `Authority`.

use std::collections::{BTreeMap, BTreeSet};

use directory::{Deputy, Directory, Named, Question, Step};
use identity_domain::organisation::delegation::{Command, State};
use jiff::Timestamp;
use kernel::{AbsenceId, PersonId, SectionId};
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use standard::{Role, route};
use tonic::{Request, Response, Status};
use wire::authority_server::Authority;

use crate::{
    authority::{Arrange, NoAnswer},
    identity::Identity,
    publish,
    refused::Refused,
    store::{Delegations, Sections, query},
};

type Answer<T> = Result<Response<T>, Status>;

/// Most people a question may concern.
const MOST_CONCERNED: usize = 10;
/// Most people in a plan.
const MOST_ENTRIES: usize = 20;
/// Most kinds of action planned for one of them.
const MOST_ACTIONS: usize = 100;

#[tonic::async_trait]
impl Authority for Identity {
    async fn who_may(&self, request: Request<wire::WhoMayRequest>) -> Answer<wire::WhoMayResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let concerned = fields.list(
            "concerned_ids",
            &message.concerned_ids,
            0..=MOST_CONCERNED,
            |fields, id| fields.id::<PersonId>("", id),
        );
        let kind = fields.text("permit_kind", &message.permit_kind, 0..=64);
        let question = Question {
            action: fields.text("action", &message.action, 1..=64),
            permit_kind: (!kind.is_empty()).then_some(kind),
            section: fields.optional_id("section_id", &message.section_id),
            bureau: fields.optional_id("bureau_id", &message.bureau_id),
            system: fields.optional_id("system_id", &message.system_id),
            concerned: concerned.into_iter().collect(),
        };
        fields.done()?;
        let (directory, pack, now) = (self.directory.get(), &self.runtime.pack, self.now());
        let answer = directory.who_may(&question, pack, now);
        let answer = answer.map_err(|why| status::refused(NoAnswer::of(why, pack)))?;
        let deputies = directory.deputies(now);
        let step = |step| authority_step(step, &directory, &deputies, now);
        Ok(Response::new(wire::WhoMayResponse {
            steps: answer.steps.into_iter().map(step).collect(),
            as_of: Some(timestamp(now)),
            alternatives: answer.alternatives,
            clause: answer.clause.to_string(),
        }))
    }

    async fn get_delegation(
        &self,
        request: Request<wire::GetDelegationRequest>,
    ) -> Answer<wire::GetDelegationResponse> {
        let mut fields = Fields::new();
        let section: SectionId = fields.id("section_id", &request.get_ref().section_id);
        fields.done()?;
        let id = section.as_str();
        let known = query::one::<Sections, Refused>(self.read(), id).await;
        if known.map_err(status::failure)?.recorded.is_none() {
            return Err(status::refused(Refused::SectionUnknown(id.to_owned())));
        }
        let state = query::one::<Delegations, Refused>(self.read(), id).await;
        let state = state.map_err(status::failure)?;
        let mut deputies = self.directory.get().deputies(self.now());
        deputies.retain(|deputy| deputy.section == section);
        Ok(Response::new(wire::GetDelegationResponse {
            delegation: Some(publish::arranged(&section, &state)),
            deputies: deputies.into_iter().map(deputy).collect(),
        }))
    }

    async fn nominate_deputy(
        &self,
        request: Request<wire::NominateDeputyRequest>,
    ) -> Answer<wire::NominateDeputyResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let section = fields.id("section_id", &message.section_id);
        let person = fields.id("person_id", &message.person_id);
        let role = fields.word("role", &message.role);
        let since = fields.optional_timestamp("since", message.since.as_ref());
        let until = fields.optional_timestamp("until", message.until.as_ref());
        fields.done()?;
        let command = Command::Nominate {
            person,
            role: role.unwrap_or(Role::Staff),
            since,
            until,
        };
        let delegation = self.arrange(&caller, &message, section, command).await?;
        Ok(Response::new(wire::NominateDeputyResponse { delegation }))
    }

    async fn end_nomination(
        &self,
        request: Request<wire::EndNominationRequest>,
    ) -> Answer<wire::EndNominationResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let section = fields.id("section_id", &message.section_id);
        let person = fields.id("person_id", &message.person_id);
        let role = fields.word("role", &message.role);
        let successor = fields.optional_id("successor_id", &message.successor_id);
        fields.done()?;
        let command = Command::EndNomination {
            person,
            role: role.unwrap_or(Role::Staff),
            successor,
        };
        let delegation = self.arrange(&caller, &message, section, command).await?;
        Ok(Response::new(wire::EndNominationResponse { delegation }))
    }

    async fn record_absence_plan(
        &self,
        request: Request<wire::RecordAbsencePlanRequest>,
    ) -> Answer<wire::RecordAbsencePlanResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let section = fields.id("section_id", &message.section_id);
        let entries = fields.list("entries", &message.entries, 1..=MOST_ENTRIES, entry);
        fields.done()?;
        let mut actions: BTreeMap<PersonId, BTreeSet<String>> = BTreeMap::new();
        for (person, kinds) in entries {
            actions.entry(person).or_default().extend(kinds);
        }
        let command = Command::Plan(actions);
        let delegation = self.arrange(&caller, &message, section, command).await?;
        Ok(Response::new(wire::RecordAbsencePlanResponse {
            delegation,
        }))
    }

    async fn withdraw_absence_plan(
        &self,
        request: Request<wire::WithdrawAbsencePlanRequest>,
    ) -> Answer<wire::WithdrawAbsencePlanResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let section = fields.id("section_id", &message.section_id);
        fields.done()?;
        let command = Command::WithdrawPlan;
        let delegation = self.arrange(&caller, &message, section, command).await?;
        Ok(Response::new(wire::WithdrawAbsencePlanResponse {
            delegation,
        }))
    }

    async fn record_absence(
        &self,
        request: Request<wire::RecordAbsenceRequest>,
    ) -> Answer<wire::RecordAbsenceResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let section = fields.id("section_id", &message.section_id);
        let since = fields.optional_timestamp("since", message.since.as_ref());
        let until = fields.timestamp("until", message.until.as_ref());
        fields.done()?;
        let id = AbsenceId::from(runtime::new_id());
        let command = Command::BeAbsent { id, since, until };
        let delegation = self.arrange(&caller, &message, section, command).await?;
        // A repeat answers with the absence recorded the first time: it is the last one.
        let last = delegation.as_ref().and_then(|known| known.absences.last());
        let absence_id = last.map(|absence| absence.absence_id.clone());
        Ok(Response::new(wire::RecordAbsenceResponse {
            absence_id: absence_id.unwrap_or_default(),
            delegation,
        }))
    }

    async fn end_absence(
        &self,
        request: Request<wire::EndAbsenceRequest>,
    ) -> Answer<wire::EndAbsenceResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let section = fields.id("section_id", &message.section_id);
        let command = Command::Return(fields.id("absence_id", &message.absence_id));
        fields.done()?;
        let delegation = self.arrange(&caller, &message, section, command).await?;
        Ok(Response::new(wire::EndAbsenceResponse { delegation }))
    }

    async fn list_authority_shortfalls(
        &self,
        request: Request<wire::ListAuthorityShortfallsRequest>,
    ) -> Answer<wire::ListAuthorityShortfallsResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let found = self.directory.get().shortfalls(self.now());
        // No id contains a space, and nothing sorts before it: keys are in the order of sections.
        let keyed = found.into_iter().map(|one| {
            let key = format!("{} {}", one.section, one.what.as_str());
            (key, one)
        });
        let keyed: BTreeMap<_, _> = keyed.collect();
        let (here, next_page_token) = page.of(keyed);
        Ok(Response::new(wire::ListAuthorityShortfallsResponse {
            next_page_token,
            shortfalls: here
                .into_iter()
                .map(|one| wire::AuthorityShortfall {
                    section_id: one.section.to_string(),
                    code: one.what.as_str().to_owned(),
                    clause: one.what.clause().to_string(),
                    manager_id: text(one.manager.as_ref()),
                })
                .collect(),
        }))
    }

    async fn list_role_collisions(
        &self,
        _: Request<wire::ListRoleCollisionsRequest>,
    ) -> Answer<wire::ListRoleCollisionsResponse> {
        let found = self.directory.get().collisions(self.now());
        let collisions = found.into_iter().map(|one| wire::RoleCollision {
            person_id: one.person.to_string(),
            role: one.role.to_string(),
            with_role: one.with.to_string(),
            clause: one.clause.to_string(),
        });
        Ok(Response::new(wire::ListRoleCollisionsResponse {
            collisions: collisions.collect(),
        }))
    }
}

impl Identity {
    async fn arrange(
        &self,
        caller: &Caller,
        message: &impl prost::Message,
        section: SectionId,
        command: Command,
    ) -> Result<Option<wire::Delegation>, Status> {
        let request = caller.request(self.clock(), message);
        let work = Arrange { section, command };
        let done = self.carry_out(&work, &request).await;
        let state: State = done.map_err(status::failure)?.state;
        Ok(Some(publish::arranged(&work.section, &state)))
    }
}

fn entry(fields: &mut Fields, entry: &wire::AbsencePlanEntry) -> (PersonId, Vec<String>) {
    let person = fields.id("person_id", &entry.person_id);
    let actions = fields.list(
        "actions",
        &entry.actions,
        1..=MOST_ACTIONS,
        |fields, action| fields.text("", action, 1..=64),
    );
    (person, actions)
}

fn authority_step(
    step: Step,
    directory: &Directory,
    deputies: &[Deputy],
    now: Timestamp,
) -> wire::AuthorityStep {
    let deciders = step.deciders;
    let post = |person: &PersonId| text(directory.post_with(person, deciders.role, now));
    let holders = deciders.people.iter().map(|person| wire::Authorised {
        person_id: person.to_string(),
        post_id: post(person),
        ..wire::Authorised::default()
    });
    let acting = deciders.acting.iter().map(|acting| {
        let known = deputies.iter().find(|deputy| {
            deputy.person == acting.person
                && deputy.principal.as_ref() == Some(&acting.principal)
                && route::stands_in_for(deputy.role) == Some(deciders.role)
        });
        let charge = known.and_then(|deputy| deputy.charge.as_ref());
        wire::Authorised {
            person_id: acting.person.to_string(),
            post_id: post(&acting.principal),
            acting_for_id: acting.principal.to_string(),
            absence_id: acting.absence.to_string(),
            until: charge.map(|charge| timestamp(charge.until)),
            planned_at: charge.map(|charge| timestamp(charge.planned_at)),
        }
    });
    let passed = deciders.moves.iter();
    wire::AuthorityStep {
        step: step.step.to_owned(),
        role: deciders.role.to_string(),
        section_id: text(step.section.as_ref()),
        people: holders.chain(acting).collect(),
        passed_over: passed.map(|passed| passed.from.to_string()).collect(),
        witness_role: text(deciders.witness.as_ref()),
    }
}

fn deputy(deputy: Deputy) -> wire::Deputy {
    let (post, office_head) = match &deputy.named {
        Named::Nomination => (None, false),
        Named::Post(post) => (Some(post), false),
        Named::OfficeHead(post) => (Some(post), true),
    };
    let charge = deputy.charge;
    wire::Deputy {
        person_id: deputy.person.to_string(),
        role: deputy.role.to_string(),
        post_id: text(post),
        office_head,
        acting_on: charge
            .map(|charge| charge.actions.into_iter().collect())
            .unwrap_or_default(),
    }
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
