//! Who holds which post. Roles sit on posts, and whoever holds the post holds the role (充て職).

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BureauId, PersonId, PostId, SectionId};
use serde::{Deserialize, Serialize};
use standard::{
    Role,
    pack::{Pack, Seat},
    route::Deputy,
};

/// The organisation as it stands at the moment of a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Every post that carries a role.
    pub posts: BTreeMap<PostId, Post>,
    /// Every section and third-class office.
    pub sections: BTreeMap<SectionId, Section>,
    /// Which section people belong to; at least those a command names.
    pub people: BTreeMap<PersonId, SectionId>,
    /// Of those a command names, the IDs that are no member of staff's own: robots' (7-8-3), and those
    /// for emergencies (7-2-(8)-1b).
    pub nobodys: BTreeSet<PersonId>,
    /// Every deputy, with the authority to act they have at that moment.
    pub deputies: Vec<Deputy>,
}

/// A post.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// The roles it carries.
    pub roles: Vec<Role>,
    /// Its bureau; none at city level.
    pub bureau: Option<BureauId>,
    /// Its section; none at bureau or city level.
    pub section: Option<SectionId>,
    /// Who holds it; none while it is vacant.
    pub holder: Option<PersonId>,
}

/// A section (課公所), or a third-class office (三種公所) below one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its bureau.
    pub bureau: BureauId,
    /// The section a third-class office belongs to.
    pub parent: Option<SectionId>,
}

/// Where in the organisation somebody or something belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Bureau; none at city level.
    pub bureau: Option<BureauId>,
    /// Section; none at bureau or city level.
    pub section: Option<SectionId>,
}

impl Organisation {
    /// Where a section stands; none if nobody has told of it.
    pub fn section(&self, id: &SectionId) -> Option<Place> {
        let section = self.sections.get(id)?;
        Some(Place {
            bureau: Some(section.bureau.clone()),
            section: Some(id.clone()),
        })
    }

    /// Where a person belongs: their section, else the place of a post they hold.
    pub fn person(&self, id: &PersonId) -> Option<Place> {
        if let Some(place) = self
            .people
            .get(id)
            .and_then(|section| self.section(section))
        {
            return Some(place);
        }
        let held = || {
            self.posts
                .values()
                .filter(|post| post.holder.as_ref() == Some(id))
        };
        let post = held()
            .find(|post| post.bureau.is_some())
            .or_else(|| held().next())?;
        Some(self.place_of(post))
    }

    /// Where a post stands; none if nobody has told of it.
    pub fn post(&self, id: &PostId) -> Option<Place> {
        self.posts.get(id).map(|post| self.place_of(post))
    }

    fn place_of(&self, post: &Post) -> Place {
        let by_section = || {
            let section = self.sections.get(post.section.as_ref()?)?;
            Some(section.bureau.clone())
        };
        Place {
            bureau: post.bureau.clone().or_else(by_section),
            section: post.section.clone(),
        }
    }

    /// Who holds a role at a place: of the section, the bureau or the city, as the pack seats it.
    ///
    /// A third-class office without a holder of its own is under its section's.
    pub fn holders(&self, role: Role, place: &Place, pack: &Pack) -> BTreeSet<PersonId> {
        match pack.role(role).seat {
            Seat::City | Seat::Anywhere => self.holders_anywhere(role),
            Seat::Bureau => {
                self.holding(role, |at| at.bureau.is_some() && at.bureau == place.bureau)
            }
            Seat::Section => {
                let Some(section) = &place.section else {
                    return BTreeSet::new();
                };
                let here = self.holding(role, |at| at.section.as_ref() == Some(section));
                match self.sections.get(section).and_then(|s| s.parent.as_ref()) {
                    Some(parent) if here.is_empty() => {
                        self.holding(role, |at| at.section.as_ref() == Some(parent))
                    }
                    _ => here,
                }
            }
        }
    }

    /// Who holds a role anywhere.
    pub(crate) fn holders_anywhere(&self, role: Role) -> BTreeSet<PersonId> {
        self.holding(role, |_| true)
    }

    /// The bureaus a person is bureau manager of (局(区)情報管理者).
    pub fn bureaus_managed(&self, person: &PersonId) -> BTreeSet<BureauId> {
        self.posts
            .values()
            .filter(|post| post.roles.contains(&Role::BureauManager))
            .filter(|post| post.holder.as_ref() == Some(person))
            .filter_map(|post| self.place_of(post).bureau)
            .collect()
    }

    fn holding(&self, role: Role, at: impl Fn(&Place) -> bool) -> BTreeSet<PersonId> {
        self.posts
            .values()
            .filter(|post| post.roles.contains(&role) && at(&self.place_of(post)))
            .filter_map(|post| post.holder.clone())
            .collect()
    }
}
