//! To whom an action about a system falls, by the organisation as this service knows it.

use std::collections::BTreeSet;

use directory::{Directory, Question};
use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use standard::{Action, Pack};

/// Whoever manages a system at that instant, as far as an action falls to them: the head of the section
/// that owns it, or who acts in an absence; whoever stands above where the head's post is vacant or
/// the head is the one concerned.
pub(crate) fn system_managers(
    directory: &Directory,
    pack: &Pack,
    action: Action,
    system: &SystemId,
    concerned: Option<&PersonId>,
    now: Timestamp,
) -> BTreeSet<PersonId> {
    let question = Question {
        action: action.to_string(),
        system: Some(system.clone()),
        concerned: concerned.into_iter().cloned().collect(),
        ..Question::default()
    };
    // Of a system that nobody has told of there is no manager.
    let answer = directory.who_may(&question, pack, now);
    answer.map_or_else(|_| BTreeSet::new(), |answer| answer.people())
}

/// Whether the ledger has the system, in service.
pub(crate) fn system_in_service(directory: &Directory, system: &SystemId) -> bool {
    let known = directory.system(system);
    known.is_some_and(|known| !known.retired)
}
