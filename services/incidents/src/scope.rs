//! What a caller may see: the whole city's incidents, or a part of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{PersonId, SectionId, SystemId};
use standard::Role;

use crate::known::Known;

/// Who sees every incident.
const CITY: [Role; 4] = [
    Role::Ciso,
    Role::CsirtChief,
    Role::CsirtStaff,
    Role::Auditor,
];
/// Who sees their bureau's.
const BUREAU: [Role; 2] = [Role::BureauManager, Role::CsirtManager];
/// Who sees their section's, with its third-class offices.
const SECTION: [Role; 4] = [
    Role::InformationManager,
    Role::DeputyInformationManager,
    Role::SystemManager,
    Role::SystemStaff,
];

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything.
    City,
    /// What concerns these sections or systems, and the person's own reports.
    Part {
        person: PersonId,
        sections: BTreeSet<SectionId>,
        systems: BTreeSet<SystemId>,
    },
}

impl Scope {
    /// By the posts the person holds, as the directory stands at that instant.
    pub(crate) fn of(person: &PersonId, known: &Known, now: Timestamp) -> Self {
        let directory = &known.directory;
        let mut sections = BTreeSet::new();
        for (_, post) in directory.posts_of(person, now) {
            let any = |roles: &[Role]| roles.iter().any(|role| post.roles.contains(role));
            if any(&CITY) {
                return Self::City;
            }
            if any(&BUREAU)
                && let Some(bureau) = directory.bureau_of_post(post)
            {
                sections.extend(known.sections_of(bureau).cloned());
            }
            if any(&SECTION)
                && let Some(section) = &post.section
            {
                sections.extend(known.with_offices(section).cloned());
            }
        }
        for (section, _) in directory.nominations_of(person, now) {
            sections.extend(known.with_offices(section).cloned());
        }
        let systems = directory.systems();
        let systems = systems
            .filter(|(_, system)| sections.contains(&system.owner))
            .map(|(id, _)| id.clone())
            .collect();
        Self::Part {
            person: person.clone(),
            sections,
            systems,
        }
    }
}
