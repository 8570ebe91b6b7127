//! What the directory says, in the form the rules ask for it.

use std::collections::BTreeSet;

use directory::Directory;
use kernel::{Context, SectionId};
use ledger_domain::keeper::{Caller, Post};
use standard::Role;

/// The posts the actor holds as the command is decided. A post of a section also covers those of the
/// sections asked about that are its third-class offices.
pub(super) fn caller<'a>(
    directory: &Directory,
    context: &Context,
    about: impl IntoIterator<Item = &'a SectionId>,
) -> Caller {
    let Some(person) = context.actor.person() else {
        return Caller::default();
    };
    let about: Vec<&SectionId> = about.into_iter().collect();
    let post = |seat: Option<&SectionId>, roles: &[Role]| {
        let offices = about.iter().copied().filter(|section| {
            let parent = directory.section(section).and_then(|s| s.parent.as_ref());
            parent.is_some() && parent == seat
        });
        Post {
            sections: seat.into_iter().chain(offices).cloned().collect(),
            roles: roles.iter().copied().collect(),
        }
    };
    let held = directory.posts_of(person, context.now);
    let held = held.map(|(_, held)| post(held.section.as_ref(), &held.roles));
    // A deputy that the head named keeps the ledger like one who is it by a post.
    let named = directory.nominations_of(person, context.now);
    let named = named.map(|(section, one)| post(Some(section), &[one.role]));
    Caller {
        posts: held.chain(named).collect(),
    }
}

/// Those of the sections that the city does not have.
pub(super) fn unknown<'a>(
    directory: &Directory,
    sections: impl IntoIterator<Item = &'a SectionId>,
) -> BTreeSet<SectionId> {
    sections
        .into_iter()
        .filter(|section| directory.section(section).is_none())
        .cloned()
        .collect()
}
