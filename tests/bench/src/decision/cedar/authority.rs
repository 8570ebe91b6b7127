//! Whose authority a change is, by the standard's own words: the head's of the section in charge, or theirs
//! who act while the head is absent; while a post is vacant, whoever's stands above.

use std::collections::{BTreeMap, BTreeSet};

use directory::Post;
use identity_domain::decision::{Fact, System};
use jiff::Timestamp;
use kernel::{PersonId, SectionId};
use standard::Role;

use super::meaning::{holding, within};
use crate::decision::city::{City, Organisation};

/// How a plan for an absence names the change of a system.
const CHANGING_A_SYSTEM: &str = "system.manage";

pub(super) type People<'a> = BTreeSet<&'a PersonId>;

/// The city as it stands at its instant.
pub(super) struct Authorities<'a> {
    organisation: &'a Organisation,
    now: Timestamp,
    /// The posts that are held, and by whom.
    held: Vec<(&'a Post, &'a PersonId)>,
    /// Where people belong.
    homes: BTreeMap<&'a PersonId, &'a SectionId>,
}

impl<'a> Authorities<'a> {
    pub(super) fn of(city: &'a City) -> Self {
        let (mut held, mut homes) = (Vec::new(), BTreeMap::new());
        for fact in &city.all {
            match fact {
                Fact::Holders(one) => {
                    let post = &city.organisation.posts[&one.post];
                    let holder = holding(one.holders.spells(), city.now);
                    held.extend(holder.map(|holder| (post, holder)));
                }
                Fact::Person(one) => {
                    let home = holding(one.memberships.spells(), city.now);
                    homes.extend(home.map(|home| (&one.id, home)));
                }
                _ => {}
            }
        }
        Self {
            organisation: &city.organisation,
            now: city.now,
            held,
            homes,
        }
    }

    /// 2-3-3; 2-4-1 of an important one.
    pub(super) fn over_system(&self, system: &System) -> People<'a> {
        let owner = &self.organisation.owners[&system.id];
        let Some(head) = self.head(owner) else {
            let bureau = &self.organisation.sections[owner].bureau;
            let manager = self.holding(Role::BureauManager, |post| {
                post.bureau.as_ref() == Some(bureau)
            });
            return self.or_the_ciso(manager);
        };
        // The deputy acts for the information manager (2-6-2), the staff for the system manager (2-7-2).
        let deputy = match system.important {
            true => Role::SystemStaff,
            false => Role::DeputyInformationManager,
        };
        let mut people = self.acting(owner, deputy, head);
        if let Some(above) = self.parent(owner) {
            people.extend(self.acting(above, deputy, head));
        }
        people.insert(head);
        people
    }

    /// 2-5-1.
    pub(super) fn over_networks(&self) -> People<'a> {
        self.or_the_ciso(self.holding(Role::NetworkManager, |_| true))
    }

    /// 7-4-(1)-5: the manager and the deputies, each in their own right.
    pub(super) fn over_terminals_of(&self, section: &SectionId) -> People<'a> {
        let deputy = Role::DeputyInformationManager;
        let sections = [Some(section), self.parent(section)];
        let people = sections.into_iter().flatten().flat_map(|section| {
            let heads = self.in_section(Role::InformationManager, section);
            let deputies = self.in_section(deputy, section);
            let named = self.named(deputy, section);
            [heads, deputies, named].into_iter().flatten()
        });
        people.collect()
    }

    /// Who acts for a section's absent head: as planned before the absence, and inside both.
    fn acting(&self, section: &SectionId, role: Role, head: &PersonId) -> People<'a> {
        let known = &self.organisation.delegations[section];
        let Some(plan) = &known.plan else {
            return People::new();
        };
        let planned = plan.principal == *head && within(plan.since, Some(plan.until), self.now);
        let absent = known.absences.iter().any(|absence| {
            absence.principal == *head
                && within(absence.since, Some(absence.until), self.now)
                && plan.since <= absence.since
        });
        if !planned || !absent || self.head(section) != Some(head) {
            return People::new();
        }
        let mut deputies = self.deputies(role, section);
        deputies.retain(|one| {
            let actions = plan.actions.get(*one);
            actions.is_some_and(|actions| actions.contains(CHANGING_A_SYSTEM))
        });
        deputies
    }

    /// By post or by name; and as deputies the heads of a section's offices (2-3-5).
    fn deputies(&self, role: Role, section: &SectionId) -> People<'a> {
        let mut found = self.in_section(role, section);
        found.extend(self.named(role, section));
        if role == Role::DeputyInformationManager {
            let offices = self.organisation.sections.iter();
            for (office, _) in offices.filter(|(_, known)| known.parent.as_ref() == Some(section)) {
                found.extend(self.in_section(Role::InformationManager, office));
                found.extend(self.in_section(Role::DeputyInformationManager, office));
            }
        }
        found
    }

    /// Named by the head, for as long as they belong there (1-6-1, 1-7-1).
    fn named(&self, role: Role, section: &SectionId) -> People<'a> {
        let known = self.organisation.delegations[section].nominations.iter();
        let named = known.filter(|one| {
            let home = self.homes.get(&one.person).copied();
            let belongs =
                home == Some(section) || home.and_then(|home| self.parent(home)) == Some(section);
            one.role == role && belongs && within(one.since, one.until, self.now)
        });
        named.map(|one| &one.person).collect()
    }

    /// Its own, or a third-class office's section's.
    fn head(&self, section: &SectionId) -> Option<&'a PersonId> {
        let own = self.in_section(Role::InformationManager, section);
        let above = || {
            self.in_section(Role::InformationManager, self.parent(section)?)
                .pop_first()
        };
        own.first().copied().or_else(above)
    }

    fn parent(&self, section: &SectionId) -> Option<&'a SectionId> {
        self.organisation.sections[section].parent.as_ref()
    }

    fn in_section(&self, role: Role, section: &SectionId) -> People<'a> {
        self.holding(role, |post| post.section.as_ref() == Some(section))
    }

    fn or_the_ciso(&self, people: People<'a>) -> People<'a> {
        match people.is_empty() {
            true => self.holding(Role::Ciso, |_| true),
            false => people,
        }
    }

    fn holding(&self, role: Role, at: impl Fn(&Post) -> bool) -> People<'a> {
        let there = (self.held.iter()).filter(|(post, _)| post.roles.contains(&role) && at(post));
        there.map(|(_, holder)| *holder).collect()
    }
}
