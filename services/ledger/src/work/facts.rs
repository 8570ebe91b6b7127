//! What the directory says, in the form the rules ask for it.

use std::collections::BTreeSet;

use directory::Directory;
use kernel::{Context, SectionId};
use ledger_domain::keeper::{Caller, Post};

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
    let posts = directory
        .posts_of(person, context.now)
        .map(|(_, post)| {
            let offices = about.iter().copied().filter(|section| {
                let parent = directory.section(section).and_then(|s| s.parent.as_ref());
                parent.is_some() && parent == post.section.as_ref()
            });
            Post {
                sections: post.section.iter().chain(offices).cloned().collect(),
                roles: post.roles.iter().copied().collect(),
            }
        })
        .collect();
    Caller { posts }
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
