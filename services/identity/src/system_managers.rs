//! Who manages a system, by the organisation as this service knows it.

use std::collections::BTreeSet;

use directory::{Directory, Question};
use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use standard::{Effect, Pack, StepRole};

/// Who decides on the use of a system at that instant: the head of the section that owns it, or who
/// acts in an absence; whoever stands above where the head's post is vacant or the head is the one
/// concerned; at the top, whoever would witness.
pub(crate) fn system_managers(
    directory: &Directory,
    pack: &Pack,
    system: &SystemId,
    concerned: Option<&PersonId>,
    now: Timestamp,
) -> BTreeSet<PersonId> {
    // Whoever permits the use of a system answers for it.
    let mut kinds = pack.permit_kinds().iter();
    let registration = kinds.find(|kind| kind.effect == Some(Effect::Entitlement));
    let question = Question {
        action: registration.map_or(String::new(), |kind| kind.id.clone()),
        section: None,
        system: Some(system.clone()),
        concerned: concerned.into_iter().cloned().collect(),
    };
    let steps = directory.who_may(&question, pack, now).unwrap_or_default();
    let mut steps = steps.into_iter();
    let step = steps.find(|step| matches!(step.step, StepRole::Sm | StepRole::SmOrIm));
    let Some(deciders) = step.map(|step| step.deciders) else {
        return BTreeSet::new();
    };
    match deciders.witness {
        Some(role) => directory.holders(role, now),
        None => {
            let acting = deciders.acting.into_iter().map(|acting| acting.person);
            deciders.people.into_iter().chain(acting).collect()
        }
    }
}

/// Whether the ledger has the system, in service.
pub(crate) fn system_in_service(directory: &Directory, system: &SystemId) -> bool {
    let known = directory.system(system);
    known.is_some_and(|known| !known.retired)
}
