//! What is not as the standard wants it, and what must be looked at: sections without a deputy,
//! managers without a plan for their absence, people in two roles that should watch each other.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{ClauseId, PersonId, SectionId};
use standard::Role;

use crate::Directory;
use crate::deputies::heads_an_office;

/// A duty of a section's manager that is not met.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shortfall {
    /// The section or third-class office.
    pub section: SectionId,
    /// What is missing.
    pub what: Missing,
    /// Whose duty it is: the section's head; none while nobody is.
    pub manager: Option<PersonId>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// The section has no deputy.
    Deputy,
    /// A third-class office has no head who would be a deputy.
    OfficeHead,
    /// The manager has written no plan for an absence.
    Plan,
    /// The plan's yearly renewal is overdue.
    Renewal,
}

impl Missing {
    /// Everything that can be missing.
    pub const ALL: [Self; 4] = [Self::Deputy, Self::OfficeHead, Self::Plan, Self::Renewal];

    /// The one spelling in answers and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deputy => "deputy_missing",
            Self::OfficeHead => "office_head_missing",
            Self::Plan => "absence_plan_missing",
            Self::Renewal => "absence_plan_overdue",
        }
    }

    /// The clause that asks for it.
    pub const fn clause(self) -> ClauseId {
        match self {
            Self::Deputy => ClauseId::known("2-3-4a"),
            Self::OfficeHead => ClauseId::known("2-3-5"),
            Self::Plan | Self::Renewal => ClauseId::known("2-3-4b"),
        }
    }
}

/// Two roles in one hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Collision {
    /// Whose.
    pub person: PersonId,
    /// The role that permits or is consulted.
    pub role: Role,
    /// The role that asks.
    pub with: Role,
    /// The clause by which they meet.
    pub clause: ClauseId,
}

const COLLISIONS: [(Role, Role, ClauseId); 3] = [
    (Role::Ciso, Role::BureauManager, ClauseId::known("2-1-4")),
    (
        Role::NetworkManager,
        Role::InformationManager,
        ClauseId::known("2-5-3"),
    ),
    (
        Role::NetworkManager,
        Role::SystemManager,
        ClauseId::known("2-5-3"),
    ),
];

impl Directory {
    /// Every duty not met at that instant, by section.
    pub fn shortfalls(&self, now: Timestamp) -> Vec<Shortfall> {
        let heads = self.heads(now);
        let deputies = self.deputies(now);
        let deputised: BTreeSet<&SectionId> = deputies
            .iter()
            .filter(|deputy| deputy.role == Role::DeputyInformationManager)
            .map(|deputy| &deputy.section)
            .collect();
        let headed: BTreeSet<&SectionId> = self
            .posts(now)
            .filter(|(_, post, holder)| holder.is_some() && heads_an_office(&post.roles))
            .filter_map(|(_, post, _)| post.section.as_ref())
            .collect();
        let mut found = Vec::new();
        for (id, section) in self.sections.iter() {
            let manager = heads.get(id).map(|head| (*head).clone());
            let mut miss = |what| {
                found.push(Shortfall {
                    section: id.clone(),
                    what,
                    manager: manager.clone(),
                });
            };
            if section.parent.is_some() {
                if !headed.contains(id) {
                    miss(Missing::OfficeHead);
                }
                continue;
            }
            if !deputised.contains(id) {
                miss(Missing::Deputy);
            }
            let plan = self.delegations.get(id).and_then(|one| one.plan.as_ref());
            let own = plan.filter(|plan| Some(&plan.principal) == manager.as_ref());
            match own {
                _ if manager.is_none() => {}
                None => miss(Missing::Plan),
                Some(plan) if plan.until <= now => miss(Missing::Renewal),
                Some(_) => {}
            }
        }
        found
    }

    /// Everybody in two roles of which one watches the other (2-1-4, 2-5-3).
    pub fn collisions(&self, now: Timestamp) -> Vec<Collision> {
        let suspects = COLLISIONS
            .into_iter()
            .flat_map(|(role, _, _)| self.holders(role, now));
        let suspects: BTreeSet<PersonId> = suspects.collect();
        let mut found = Vec::new();
        for person in suspects {
            let roles = self.roles_of(&person, now);
            for (role, with, clause) in COLLISIONS {
                if roles.contains(&role) && roles.contains(&with) {
                    found.push(Collision {
                        person: person.clone(),
                        role,
                        with,
                        clause,
                    });
                }
            }
        }
        found
    }
}
