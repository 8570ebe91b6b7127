//! What an application must name, and whether it is on record.

use kernel::PersonId;
use standard::{
    Effect,
    pack::{PermitKind, Reference},
};

use super::{Application, application::Subject};
use crate::{Facts, Problem, Violation};

/// References the kind needs and the application lacks, and those that name nothing on record.
pub(super) fn violations(
    kind: &PermitKind,
    own: &Application,
    applicant: &PersonId,
    facts: &Facts,
) -> Vec<Violation> {
    let subject = &own.subject;
    let missing = kind
        .needs
        .iter()
        .filter(|needed| !names(subject, **needed))
        .map(|needed| {
            let problem = Problem::MissingReference(*needed);
            Violation::of_kind(kind, field(*needed), problem)
        });
    let unknown = unknown(subject, applicant, facts)
        .into_iter()
        .map(|what| Violation::of_kind(kind, field(what), Problem::NotOnRecord));
    let nobodys = is_nobodys(kind, subject, applicant, facts)
        .then(|| Violation::of_kind(kind, field(Reference::Person), Problem::NobodysOwn));
    missing.chain(unknown).chain(nobodys).collect()
}

/// Whether the permit would give access to an ID that is no member of staff's own: what it reaches, it
/// reaches by its registration or by being opened (7-8-3, 7-2-(8)-1b).
fn is_nobodys(kind: &PermitKind, subject: &Subject, applicant: &PersonId, facts: &Facts) -> bool {
    let gives_access = matches!(
        kind.effect,
        Some(Effect::Entitlement | Effect::PrivilegedGrant)
    );
    let person = subject.person.as_ref().unwrap_or(applicant);
    gives_access && facts.organisation.nobodys.contains(person)
}

fn names(subject: &Subject, what: Reference) -> bool {
    match what {
        // Nobody named means the applicant.
        Reference::Person => true,
        Reference::System => subject.system.is_some(),
        Reference::Device => subject.device.is_some(),
        Reference::Medium => subject.medium.is_some(),
        Reference::Network => subject.network.is_some(),
        Reference::Information => subject.information.is_some(),
        Reference::Service => subject.service_name.is_some(),
    }
}

fn unknown(subject: &Subject, applicant: &PersonId, facts: &Facts) -> Vec<Reference> {
    let person = subject.person.as_ref().unwrap_or(applicant);
    let system = subject.system.as_ref();
    let device = subject.device.as_ref();
    let network = subject.network.as_ref();
    let information = subject.information.as_ref();
    [
        (
            Reference::Person,
            facts.organisation.person(person).is_none(),
        ),
        (
            Reference::System,
            system.is_some_and(|id| !facts.in_service(id)),
        ),
        (
            Reference::Device,
            device.is_some_and(|id| !facts.devices.contains(id)),
        ),
        (
            Reference::Network,
            network.is_some_and(|id| !facts.networks.contains(id)),
        ),
        (
            Reference::Information,
            information.is_some_and(|id| !facts.information.contains_key(id)),
        ),
    ]
    .into_iter()
    .filter_map(|(what, unknown)| unknown.then_some(what))
    .collect()
}

/// Where a reference stands in the request.
const fn field(what: Reference) -> &'static str {
    match what {
        Reference::Person => "subject.person_id",
        Reference::System => "subject.system_id",
        Reference::Device => "subject.device_id",
        Reference::Medium => "subject.medium_id",
        Reference::Network => "subject.network_id",
        Reference::Information => "subject.information_id",
        Reference::Service => "subject.service_name",
    }
}
