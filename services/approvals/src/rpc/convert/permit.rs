//! Requests on permits.

use std::collections::{BTreeMap, BTreeSet};

use approvals_domain::permit::{Answers, Application, Command, Subject, Verdict};
use kernel::{PermitId, PersonId};
use proto::{approvals::v1 as wire, common::v1 as common};
use rpc::{Fields, Page};
use standard::{Pack, pack::FieldFormat};
use tonic::Status;

use super::{LONG, NAME, page};
use crate::{
    store::{PermitFilter, PermitScope},
    wire as words,
};

const FIELDS: usize = 50;
const CHECKLISTS: usize = 10;
const ITEMS: usize = 200;

/// What is applied for; days in the eras (和暦) become ISO 8601.
pub(in crate::rpc) fn application(
    message: Option<&wire::Application>,
    pack: &Pack,
) -> Result<Application, Status> {
    let mut fields = Fields::new();
    let application = fields.message("application", message, |fields, message| {
        let subject = message.subject.as_ref();
        Application {
            kind: fields.text("kind", &message.kind, 1..=NAME),
            subject: fields
                .optional_message("subject", subject, self::subject)
                .unwrap_or_default(),
            class: optional(
                fields,
                "information_class",
                message.information_class,
                common::InformationClass::word_of,
            ),
            personal_information: message.personal_information,
            content: fields.map("content", &message.content, FIELDS, LONG),
            checklists: checklists(fields, &message.checklists),
            starts_at: fields.optional_timestamp("starts_at", message.starts_at.as_ref()),
            ends_at: fields.optional_timestamp("ends_at", message.ends_at.as_ref()),
        }
    });
    fields.done()?;
    let mut application = application.unwrap_or_default();
    for (id, text) in &mut application.content {
        let is_day = pack
            .field(id)
            .is_some_and(|field| field.format == FieldFormat::Date);
        // What is no day at all is left for the rules of the kind to name.
        if let Some(day) = is_day.then(|| sheet::cell::date(text).ok()).flatten() {
            *text = day.to_string();
        }
    }
    Ok(application)
}

fn subject(fields: &mut Fields, message: &wire::PermitSubject) -> Subject {
    Subject {
        person: fields.optional_id("person_id", &message.person_id),
        system: fields.optional_id("system_id", &message.system_id),
        device: fields.optional_id("device_id", &message.device_id),
        medium: fields.optional_text("medium_id", &message.medium_id, 64),
        network: fields.optional_id("network_id", &message.network_id),
        information: fields.optional_id("information_id", &message.information_id),
        service_name: fields.optional_text("service_name", &message.service_name, NAME),
        service_type: optional(
            fields,
            "service_type",
            message.service_type,
            common::ServiceType::word_of,
        ),
        cloud: message.cloud,
    }
}

fn checklists(fields: &mut Fields, answers: &[wire::ChecklistAnswer]) -> BTreeMap<String, Answers> {
    let read = fields.list("checklists", answers, 0..=CHECKLISTS, |fields, answer| {
        let id = fields.text("checklist_id", &answer.checklist_id, 1..=64);
        let version = fields.text("version", &answer.version, 1..=64);
        let items = &answer.confirmed_item_ids;
        let confirmed = fields.list("confirmed_item_ids", items, 0..=ITEMS, |fields, item| {
            fields.text("", item, 1..=64)
        });
        let confirmed = confirmed.into_iter().collect();
        (id, Answers { version, confirmed })
    });
    let distinct: BTreeSet<&String> = read.iter().map(|(id, _)| id).collect();
    if distinct.len() < read.len() {
        fields.fail(
            "checklists",
            "checklist_twice",
            "a checklist is answered twice",
            "同じ確認票に二度回答しています。",
        );
    }
    read.into_iter().collect()
}

/// A decision on a step.
pub(in crate::rpc) fn decide(
    message: &wire::DecideStepRequest,
) -> Result<(PermitId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("permit_id", &message.permit_id);
    let verdict = fields.choice("verdict", message.verdict, words::verdict_from);
    let reason = fields.long_text("reason", &message.reason, 0..=LONG);
    let witness = fields.optional_id("witness_id", &message.witness_id);
    fields.done()?;
    let command = Command::DecideStep {
        step: message.step_index as usize,
        verdict: verdict.unwrap_or(Verdict::Refused),
        reason,
        witness,
    };
    Ok((id, command))
}

/// A witness's confirmation.
pub(in crate::rpc) fn witness(
    message: &wire::WitnessStepRequest,
) -> Result<(PermitId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("permit_id", &message.permit_id);
    fields.done()?;
    let step = message.step_index as usize;
    Ok((id, Command::Witness { step }))
}

/// A withdrawal.
pub(in crate::rpc) fn withdraw(
    message: &wire::WithdrawPermitRequest,
) -> Result<(PermitId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("permit_id", &message.permit_id);
    let reason = fields.long_text("reason", &message.reason, 0..=LONG);
    fields.done()?;
    Ok((id, Command::Withdraw { reason }))
}

/// A revocation.
pub(in crate::rpc) fn revoke(
    message: &wire::RevokePermitRequest,
) -> Result<(PermitId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("permit_id", &message.permit_id);
    let reason = fields.long_text("reason", &message.reason, 1..=LONG);
    fields.done()?;
    Ok((id, Command::Revoke { reason }))
}

/// A completion.
pub(in crate::rpc) fn complete(
    message: &wire::CompletePermitRequest,
) -> Result<(PermitId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("permit_id", &message.permit_id);
    let content = fields.map("completion", &message.completion, FIELDS, LONG);
    fields.done()?;
    Ok((id, Command::Complete { content }))
}

/// Which permits are wanted; `person` is who asks, if it is a person.
pub(in crate::rpc) fn filter(
    message: &wire::ListPermitsRequest,
    person: Option<&PersonId>,
) -> Result<(PermitFilter, Page), Status> {
    let mut fields = Fields::new();
    let filter = PermitFilter {
        scope: scope(&mut fields, message.scope, person),
        kind: fields.optional_text("kind", &message.kind, NAME),
        phases: fields
            .list("states", &message.states, 0..=7, |fields, state| {
                fields.choice("", *state, words::permit_phase_from)
            })
            .into_iter()
            .flatten()
            .collect(),
        section: fields.optional_id("section_id", &message.section_id),
        system: fields.optional_id("system_id", &message.system_id),
    };
    let page = page(&mut fields, message.page_size, &message.page_token);
    fields.done()?;
    Ok((filter, page))
}

fn scope(fields: &mut Fields, number: i32, person: Option<&PersonId>) -> PermitScope {
    match (wire::PermitScope::try_from(number), person) {
        (Ok(wire::PermitScope::Unspecified), _) => PermitScope::Visible,
        (Ok(wire::PermitScope::Mine), Some(person)) => PermitScope::Mine(person.clone()),
        (Ok(wire::PermitScope::WaitingForMe), Some(person)) => {
            PermitScope::WaitingFor(person.clone())
        }
        (Ok(wire::PermitScope::WithoutDecider), _) => PermitScope::WithoutDecider,
        (Ok(wire::PermitScope::Overdue), _) => PermitScope::Overdue,
        _ => {
            fields.choice("scope", number, |_| None::<()>);
            PermitScope::Visible
        }
    }
}

/// An enum that may be left out; a number of a later version is at fault.
fn optional<T>(
    fields: &mut Fields,
    field: &str,
    number: i32,
    convert: impl FnOnce(i32) -> Option<T>,
) -> Option<T> {
    if number == 0 {
        return None;
    }
    fields.choice(field, number, convert)
}
