//! Who holds a role for a place, as the pack seats it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{BureauId, PersonId, PostId, SectionId};
use standard::{
    Pack, Role, Seat,
    route::{At, seated},
};

use crate::Directory;

/// Where a matter belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) section: Option<&'a SectionId>,
    pub(crate) bureau: Option<&'a BureauId>,
}

impl Directory {
    /// Who holds a role for a section as the pack seats it: in the section, its bureau or the city.
    /// A third-class office without a holder of its own has its section's.
    pub fn holders_for(
        &self,
        role: Role,
        section: Option<&SectionId>,
        pack: &Pack,
        now: Timestamp,
    ) -> BTreeSet<PersonId> {
        self.holders_at(role, At::Here, self.place(section), pack, now)
    }

    /// A section with its bureau; nowhere, if there is no such section.
    pub(crate) fn place<'a>(&'a self, section: Option<&'a SectionId>) -> Place<'a> {
        let known = section.and_then(|id| Some((id, self.section(id)?)));
        Place {
            section: known.map(|(id, _)| id),
            bureau: known.map(|(_, known)| &known.bureau),
        }
    }

    /// The section that a third-class office belongs to.
    pub(crate) fn parent(&self, section: Option<&SectionId>) -> Option<&SectionId> {
        self.section(section?)?.parent.as_ref()
    }

    /// Who holds a role there: by posts, and the deputies of a section also by nomination.
    pub(crate) fn holders_at(
        &self,
        role: Role,
        at: At,
        place: Place<'_>,
        pack: &Pack,
        now: Timestamp,
    ) -> BTreeSet<PersonId> {
        let in_section = |section: &SectionId| self.holders_in_section(role, section, now);
        match (at, pack.role(role).seat) {
            (At::Anywhere, _) | (_, Seat::City | Seat::Anywhere) => self.holders(role, now),
            (At::Bureau, _) | (_, Seat::Bureau) => {
                let in_bureau = |bureau| self.holders_in_bureau(role, bureau, now);
                place.bureau.map(in_bureau).unwrap_or_default()
            }
            (At::Chain, Seat::Section) => {
                let chain = place.section.into_iter().chain(self.parent(place.section));
                let chain: Vec<&SectionId> = chain.collect();
                let by_post = chain.iter().flat_map(|section| in_section(section));
                by_post.chain(self.nominated(role, &chain, now)).collect()
            }
            (At::Here | At::Owner, Seat::Section) => {
                let here = place.section.map(in_section).unwrap_or_default();
                match self.parent(place.section) {
                    Some(parent) if here.is_empty() => in_section(parent),
                    _ => here,
                }
            }
        }
    }

    fn nominated(&self, role: Role, at: &[&SectionId], now: Timestamp) -> BTreeSet<PersonId> {
        let known = at
            .iter()
            .filter_map(|id| Some((*id, self.delegations.get(*id)?)));
        let named = known.flat_map(|(section, known)| {
            let named = known.nominations.iter();
            named.filter(move |one| one.role == role && self.counts(one, section, now))
        });
        named.map(|one| one.person.clone()).collect()
    }

    /// The post by which a person holds a role.
    pub fn post_with(&self, person: &PersonId, role: Role, now: Timestamp) -> Option<&PostId> {
        let mut held = self.posts_of(person, now);
        held.find(|(_, post)| post.roles.contains(&seated(role)))
            .map(|(id, _)| id)
    }
}
