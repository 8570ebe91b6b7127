//! What a move or a leaving ends: posts, grants, what somebody is named to.

use std::{collections::BTreeMap, sync::Arc};

use identity_domain::{
    grant,
    organisation::{delegation, person::Kind, post},
};
use jiff::Timestamp;
use kernel::{Decider as _, PersonId, PostId, SectionId, Timeline};
use standard::Pack;
use store::Unit;

use super::{City, Consequence, What};

impl City {
    pub(super) fn vacate(
        &mut self,
        unit: &mut Unit,
        pack: &Arc<Pack>,
        (person, at): (&PersonId, Timestamp),
        which: impl Fn(&PostId, &post::Record) -> bool,
        told: &mut Vec<Consequence>,
    ) {
        let facts = post::Facts {
            pack: Arc::clone(pack),
            place_known: true,
            rivals: BTreeMap::new(),
            home: None,
            memberships: Timeline::default(),
        };
        let command = post::Command::Vacate {
            from: Some(at),
            person: Some(person.clone()),
        };
        let ended: Vec<_> = self
            .posts
            .states()
            .filter(|(_, state)| {
                let known = state.recorded.as_ref();
                let mut ever = state.holders.spells().iter();
                ever.any(|spell| spell.value == *person)
                    && known.is_some_and(|record| which(&record.id, record))
            })
            .filter_map(|(id, state)| {
                let events = state.decide(&command, &facts, unit.context()).ok()?;
                (!events.is_empty()).then(|| (id.to_owned(), events))
            })
            .collect();
        for (id, events) in ended {
            self.posts.stage(unit, &id, events);
            told.push(Consequence {
                person: person.clone(),
                what: What::PostEnds,
                subject: id,
                at,
            });
        }
    }

    pub(super) fn end_grants(
        &mut self,
        unit: &mut Unit,
        pack: &Arc<Pack>,
        (person, at): (&PersonId, Timestamp),
        reason: &str,
        told: &mut Vec<Consequence>,
    ) {
        let command = grant::Command::EndBy {
            at,
            reason: reason.to_owned(),
        };
        for id in self.granted.get(person).cloned().unwrap_or_default() {
            let Some((state, subject)) = self
                .grants
                .state(&id)
                .and_then(|state| Some((state, state.subject.clone()?)))
            else {
                continue;
            };
            let facts = grant::Facts {
                subject: subject.clone(),
                pack: Arc::clone(pack),
                kind: Some(Kind::Staff),
                in_service: true,
                moves_at: None,
                system_known: true,
            };
            let Ok(events) = state.decide(&command, &facts, unit.context()) else {
                continue;
            };
            for event in &events {
                let grant::Event::Ended { kind, .. } = event else {
                    continue;
                };
                told.push(Consequence {
                    person: person.clone(),
                    what: match kind {
                        grant::GrantKind::Use => What::EntitlementEnds,
                        grant::GrantKind::Privileged => What::PrivilegeEnds,
                    },
                    subject: subject.system.to_string(),
                    at,
                });
                if *kind == grant::GrantKind::Privileged {
                    self.privileges.push((subject.clone(), event.clone()));
                }
            }
            self.grants.stage(unit, &id, events);
        }
    }

    /// Ends what the person is named to where they do not belong from then on, and tells of a plan for
    /// their absence that serves nobody else.
    pub(super) fn end_nominations(
        &mut self,
        unit: &mut Unit,
        pack: &Arc<Pack>,
        (person, at): (&PersonId, Timestamp),
        goes_to: Option<&SectionId>,
        told: &mut Vec<Consequence>,
    ) {
        let above = goes_to.and_then(|id| self.section(id)?.parent.clone());
        let ended: Vec<_> = self
            .delegations
            .states()
            .filter_map(|(id, state)| Some((id, state, state.section.as_ref()?)))
            .filter(|(_, state, section)| {
                let mut named = state.nominations.iter();
                let principal = state.plan.as_ref().map(|plan| &plan.principal);
                let stays = Some(*section) == goes_to || Some(*section) == above.as_ref();
                !stays && (named.any(|one| one.person == *person) || principal == Some(person))
            })
            .filter_map(|(id, state, section)| {
                let facts = delegation::Facts::of_section(section.clone(), Arc::clone(pack));
                let command = delegation::Command::EndBy {
                    person: person.clone(),
                    at,
                };
                let events = state.decide(&command, &facts, unit.context()).ok()?;
                let plan = state.plan.as_ref();
                let plan = plan.is_some_and(|plan| plan.principal == *person && at < plan.until);
                (plan || !events.is_empty()).then(|| (id.to_owned(), events, plan))
            })
            .collect();
        for (id, events, plan) in ended {
            let mut tell = |what| {
                told.push(Consequence {
                    person: person.clone(),
                    what,
                    subject: id.clone(),
                    at,
                });
            };
            events.iter().for_each(|_| tell(What::NominationEnds));
            if plan {
                tell(What::AbsencePlanEnds);
            }
            self.delegations.stage(unit, &id, events);
        }
    }
}
