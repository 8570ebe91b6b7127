//! Who acts in the place of an absent manager: as planned beforehand, and no longer than the absence
//! (2-3-4b, 2-6-2, 2-7-2).

use std::collections::BTreeSet;

use kernel::{AbsenceId, PersonId, SectionId};
use serde::{Deserialize, Serialize};

use super::Deciders;
use crate::Role;

/// A deputy of a section's head (副情報管理者, システム担当者), as of an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// Who.
    pub person: PersonId,
    /// Of which section.
    pub section: SectionId,
    /// The role whose holder they act for.
    pub stands_in_for: Role,
    /// That holder; none while the post is vacant.
    pub principal: Option<PersonId>,
    /// The recorded absence that runs, if a plan was written before it; else none.
    pub absence: Option<AbsenceId>,
    /// The kinds of action the plan names for them.
    pub actions: BTreeSet<String>,
}

/// Somebody who acts for an absent holder, as the holder planned beforehand (2-3-4b).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// Who acts.
    pub person: PersonId,
    /// For whom.
    pub principal: PersonId,
    /// During which absence.
    pub absence: AbsenceId,
}

impl Deputy {
    /// Their authority to do this now: inside the absence and the plan, or none.
    pub fn acting(&self, action: &str) -> Option<Acting> {
        let planned = self.actions.contains(action);
        Some(Acting {
            person: self.person.clone(),
            principal: self.principal.clone().filter(|_| planned)?,
            absence: self.absence.clone()?,
        })
    }

    /// Whether they stand by one of those who decide, authorised to act now or not.
    pub fn stands_by(&self, deciders: &Deciders) -> bool {
        let principal = self.principal.as_ref();
        self.stands_in_for == deciders.role
            && principal.is_some_and(|principal| deciders.people.contains(principal))
    }
}

/// Those of the deputies who may do something at a section now, for the holder of a role there. The
/// section's own, and those of the section that a third-class office belongs to.
pub fn acting_at<'a>(
    deputies: impl IntoIterator<Item = &'a Deputy>,
    role: Role,
    (section, parent): (Option<&SectionId>, Option<&SectionId>),
    action: &str,
) -> Vec<Acting> {
    let here = |deputy: &&Deputy| {
        let known = Some(&deputy.section);
        deputy.stands_in_for == role && (known == section || known == parent)
    };
    let here = deputies.into_iter().filter(here);
    here.filter_map(|deputy| deputy.acting(action)).collect()
}
