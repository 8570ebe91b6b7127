//! Deputies, and when they act: inside a recorded absence and the plan written before it, and not
//! a moment or an action beyond (2-6-2, 2-7-2). Nothing here is typed in for the purpose: who is a
//! deputy follows from nominations, posts and offices, whom they act for from who holds the post.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{AbsenceId, PersonId, PostId, SectionId};
use standard::{Role, route};

use crate::Directory;

/// A deputy information manager or a member of system staff of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// Who.
    pub person: PersonId,
    /// `DeputyInformationManager` or `SystemStaff`.
    pub role: Role,
    /// Of which section.
    pub section: SectionId,
    /// How they came to be it.
    pub named: Named,
    /// The section's present head, for whom they may act; none while nobody is.
    pub principal: Option<PersonId>,
    /// The authority to act they have now.
    pub charge: Option<Charge>,
}

/// How somebody came to be a deputy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the manager (1-6-1, 1-7-1).
    Nomination,
    /// By holding a post with the role.
    Post(PostId),
    /// By heading a third-class office of the section (2-3-5).
    OfficeHead(PostId),
}

/// Authority to act for somebody absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// During which absence.
    pub absence: AbsenceId,
    /// First instant after it: the absence's end, or the plan's if that comes first.
    pub until: Timestamp,
    /// When the plan was written.
    pub planned_at: Timestamp,
    /// The kinds of action planned for this deputy.
    pub actions: BTreeSet<String>,
}

impl Deputy {
    /// The role whose holder they act for.
    pub fn stands_in_for(&self) -> Option<Role> {
        route::stands_in_for(self.role)
    }

    /// The deputy as every rule of who may knows them; none for one who acts for nobody.
    fn on_a_route(self) -> Option<route::Deputy> {
        let stands_in_for = self.stands_in_for()?;
        let (absence, actions) = self
            .charge
            .map(|charge| (charge.absence, charge.actions))
            .unzip();
        Some(route::Deputy {
            person: self.person,
            section: self.section,
            stands_in_for,
            principal: self.principal,
            absence,
            actions: actions.unwrap_or_default(),
        })
    }

    /// The authority to do this now, in the place of the principal.
    pub fn charge_for(&self, action: &str) -> Option<(&PersonId, &Charge)> {
        let charge = self.charge.as_ref()?;
        let planned = charge.actions.contains(action);
        planned.then_some((self.principal.as_ref()?, charge))
    }
}

impl Directory {
    /// Every section's deputies at that instant, with whatever authority to act they have.
    pub fn deputies(&self, now: Timestamp) -> Vec<Deputy> {
        let heads = self.heads(now);
        let head = |section: &SectionId| {
            let parent = || self.section(section)?.parent.as_ref();
            heads
                .get(section)
                .or_else(|| heads.get(parent()?))
                .map(|head| (*head).clone())
        };
        let named = self.named(now).into_iter();
        named
            .map(|((section, role, person), named)| Deputy {
                principal: head(&section),
                person,
                role,
                section,
                named,
                charge: None,
            })
            .filter(|deputy| deputy.principal.as_ref() != Some(&deputy.person))
            .map(|deputy| Deputy {
                charge: self.charge(&deputy, now),
                ..deputy
            })
            .collect()
    }

    /// The same deputies as every rule of who may knows them.
    pub fn deputies_on_routes(&self, now: Timestamp) -> Vec<route::Deputy> {
        let deputies = self.deputies(now).into_iter();
        deputies.filter_map(Deputy::on_a_route).collect()
    }

    /// The head of each section that has one of its own.
    pub(crate) fn heads(&self, now: Timestamp) -> BTreeMap<&SectionId, &PersonId> {
        let posts = self.posts(now);
        posts
            .filter(|(_, post, _)| post.roles.contains(&Role::InformationManager))
            .filter_map(|(_, post, holder)| Some((post.section.as_ref()?, holder?)))
            .collect()
    }

    /// What a person is named in sections of their own at that instant.
    pub fn nominations_of(
        &self,
        person: &PersonId,
        now: Timestamp,
    ) -> impl Iterator<Item = (&SectionId, &crate::Nomination)> {
        self.delegations.iter().flat_map(move |(section, known)| {
            let named = known.nominations.iter();
            named
                .filter(move |one| one.person == *person && self.counts(one, section, now))
                .map(move |one| (section, one))
        })
    }

    /// Whoever left the section is its deputy no longer, whether or not anybody ended that.
    pub(crate) fn counts(
        &self,
        nomination: &crate::Nomination,
        section: &SectionId,
        now: Timestamp,
    ) -> bool {
        let place = self
            .person(&nomination.person)
            .and_then(|one| one.section(now));
        let parent = |place| self.section(place).and_then(|known| known.parent.as_ref());
        nomination.holds(now)
            && place.is_some_and(|place| place == section || parent(place) == Some(section))
    }

    fn named(&self, now: Timestamp) -> BTreeMap<(SectionId, Role, PersonId), Named> {
        let mut named = BTreeMap::new();
        for (section, known) in self.delegations.iter() {
            for one in &known.nominations {
                if self.counts(one, section, now) {
                    let key = (section.clone(), one.role, one.person.clone());
                    named.insert(key, Named::Nomination);
                }
            }
        }
        for (id, post, holder) in self.posts(now) {
            let (Some(holder), Some(section)) = (holder, &post.section) else {
                continue;
            };
            for role in [Role::DeputyInformationManager, Role::SystemStaff] {
                if post.roles.contains(&role) {
                    let key = (section.clone(), role, holder.clone());
                    named.entry(key).or_insert(Named::Post(id.clone()));
                }
            }
            let parent = self.section(section).and_then(|one| one.parent.as_ref());
            if let Some(parent) = parent.filter(|_| heads_an_office(&post.roles)) {
                let role = Role::DeputyInformationManager;
                let key = (parent.clone(), role, holder.clone());
                named.entry(key).or_insert(Named::OfficeHead(id.clone()));
            }
        }
        named
    }

    /// Inside both: the absence is recorded and runs, and the plan was there before it began.
    fn charge(&self, deputy: &Deputy, now: Timestamp) -> Option<Charge> {
        let principal = deputy.principal.as_ref()?;
        let known = self.delegations.get(&deputy.section)?;
        let plan = known.plan.as_ref()?;
        let actions = plan.actions.get(&deputy.person)?;
        let own = plan.principal == *principal && plan.since <= now && now < plan.until;
        let absence = known.absences.iter().find(|absence| {
            absence.principal == *principal
                && absence.since <= now
                && now < absence.until
                && plan.since <= absence.since
        })?;
        own.then(|| Charge {
            absence: absence.id.clone(),
            until: absence.until.min(plan.until),
            planned_at: plan.since,
            actions: actions.clone(),
        })
    }
}

/// The roles on the post of a third-class office's head: its own manager, or a deputy.
pub(crate) fn heads_an_office(roles: &[Role]) -> bool {
    roles.contains(&Role::InformationManager) || roles.contains(&Role::DeputyInformationManager)
}
