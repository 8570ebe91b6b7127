//! Whose authority something is: the answer of `WhoMay`, at the decision's own instant.

use directory::{Directory, Question, kind};
use identity_domain::decision::{Authority, Over};
use jiff::Timestamp;
use kernel::{PersonId, SectionId};
use standard::{Action, Pack, Role};

/// What gives a person authority over something then; none where nobody has any.
pub(super) fn authority(
    directory: &Directory,
    pack: &Pack,
    over: Over<'_>,
    person: &PersonId,
    now: Timestamp,
) -> Authority {
    let of = |action: Action| Question {
        action: action.to_string(),
        ..Question::default()
    };
    let question = match over {
        Over::System(system) => Question {
            system: Some(system.clone()),
            ..of(Action::SystemManage)
        },
        Over::Network(_) => of(Action::NetworkManage),
        Over::TerminalsOf(section) => Question {
            section: Some(section.clone()),
            ..of(Action::TerminalProtect)
        },
    };
    let Ok(answer) = directory.who_may(&question, pack, now) else {
        return Authority::None;
    };
    let deciders = || answer.steps.iter().map(|step| &step.deciders);
    if deciders().any(|one| one.people.contains(person)) {
        return Authority::Own;
    }
    let mut acting = deciders().flat_map(|one| &one.acting);
    match acting.find(|one| one.person == *person) {
        Some(acting) => Authority::Acting {
            principal: acting.principal.clone(),
            absence: acting.absence.clone(),
        },
        None => Authority::None,
    }
}

/// Kind and id of each fact it rests on, where the posts are held: those of a section's head and
/// deputies with what the head arranged for an absence, or the network manager's.
pub(super) fn rests_on(
    directory: &Directory,
    over: Over<'_>,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let (section, roles): (Option<&SectionId>, &[Role]) = match over {
        Over::System(system) => (
            directory.system(system).map(|system| &system.owner),
            &[Role::InformationManager],
        ),
        Over::Network(_) => (None, &[Role::NetworkManager]),
        Over::TerminalsOf(section) => (
            Some(section),
            &[Role::InformationManager, Role::DeputyInformationManager],
        ),
    };
    let posts = directory.posts(now).filter(|(_, post, _)| {
        let here = section.is_none() || post.section.as_ref() == section;
        here && post.roles.iter().any(|role| roles.contains(role))
    });
    let mut facts: Vec<(&'static str, String)> = posts
        .flat_map(|(id, ..)| {
            [
                (kind::POST, id.to_string()),
                (kind::HOLDERS, id.to_string()),
            ]
        })
        .collect();
    facts.extend(section.map(|section| (kind::DELEGATION, section.to_string())));
    facts
}
