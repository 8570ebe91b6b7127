//! What one person may do on one system (利用者登録, clauses 7-2-(1)-1, 7-2-(8)-1a), or with one restricted
//! item there (7-1-(3)-2, 7-2-(5)-1, 2-3-1).
//!
//! A grant rests on grounds: a permit that was granted, or a register that was imported. Each
//! ground has a kind (plain use, or privileged), a start and an end, and ends by itself at that
//! end. A privileged ground always has an end, hours after its start; a permit that asks for
//! longer is cut to the pack's limit. A renewal is a second ground beside the first, so that
//! ending the old one does not take the new one away. The grant stands while any ground does.
//! Nothing granted to a member of one section outlasts the membership: it ends when the person moves
//! or leaves, by itself, and is granted anew for the next section if it is needed (7-2-(9)-1).
//! An ID that is nobody's own is granted nothing in these ways: one for emergencies only by being
//! opened (7-2-(8)-1b), a robot's only by its registration (7-8-3).

mod refusal;

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Context, Decider, PermitId, PersonId, RestrictedItemId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{Pack, Period};

use crate::organisation::person::Kind;

pub use refusal::Refusal;

/// The grounds that have not been ended. Some may be over, or not have begun.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Whose grant it is, on which system; none until the first ground.
    pub subject: Option<Subject>,
    /// In order of granting.
    pub grounds: Vec<Ground>,
}

/// Whose grant, on which system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The person.
    pub person: PersonId,
    /// The system.
    pub system: SystemId,
    /// The restricted item there that it admits to; none = the system as such.
    pub item: Option<RestrictedItemId>,
}

/// What a grant allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// Using the system.
    Use,
    /// Administering it (特権ID).
    Privileged,
}

/// One reason why a grant stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// What it allows.
    pub kind: GrantKind,
    /// The permit; none when it was imported.
    pub permit: Option<PermitId>,
    /// First instant.
    pub starts_at: Timestamp,
    /// First instant after it; none = until ended.
    pub ends_at: Option<Timestamp>,
}

impl Ground {
    /// Whether it stands at that instant.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.starts_at <= now && !self.over(now)
    }

    fn over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Add a ground.
    Grant {
        /// The ground.
        ground: Ground,
        /// By what it is given.
        means: Means,
    },
    /// End grounds of a kind.
    End {
        /// Of which kind.
        kind: GrantKind,
        /// Which of them.
        which: Which,
        /// Why.
        reason: String,
    },
    /// End what allows using the system, its holder having given notice that it is needed no longer
    /// (7-2-(9)-2).
    GiveUp {
        /// Why.
        reason: String,
    },
    /// Let no ground that begins before an instant, or has begun, last longer than till then, of any
    /// kind.
    EndBy {
        /// First instant after them.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// By what a ground is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A permit, a register that was imported, or an admission to a restricted item.
    Ordinary,
    /// The registration of a robot's ID, which names the systems (7-8-3).
    Registration,
    /// The opening of an ID for emergencies, which two approved (7-2-(8)-1b).
    Opening,
}

impl Means {
    /// Whether an ID of the kind can be given access by it.
    const fn reaches(self, kind: Kind) -> Result<(), Refusal> {
        match (kind, self) {
            (Kind::Staff, _)
            | (Kind::Robot { .. }, Self::Registration)
            | (Kind::Emergency, Self::Opening) => Ok(()),
            (Kind::Robot { .. }, _) => Err(Refusal::ServiceId),
            (Kind::Emergency, _) => Err(Refusal::EmergencyId),
        }
    }
}

/// Which grounds to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one that rests on this permit.
    Permit(PermitId),
    /// The one that was imported.
    Imported,
    /// All of the kind.
    All,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A ground was added.
    Granted {
        /// Whose grant, on which system.
        subject: Subject,
        /// The ground, its end as judged.
        ground: Ground,
        /// When.
        at: Timestamp,
    },
    /// A ground was ended before its time.
    Ended {
        /// The ground's kind.
        kind: GrantKind,
        /// The ground's permit.
        permit: Option<PermitId>,
        /// First instant after it; none = now.
        at: Option<Timestamp>,
        /// Why.
        reason: String,
        /// Its holder gave notice of it.
        given_up: bool,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Whose grant it is, on which system.
    pub subject: Subject,
    /// The pack in force: how long a privileged grant may last.
    pub pack: Arc<Pack>,
    /// Whose ID the subject is; none = not registered.
    pub kind: Option<Kind>,
    /// The person is in service when the ground begins, or now if that is later.
    pub in_service: bool,
    /// When the person moves on from the section of that time, as far as is known.
    pub moves_at: Option<Timestamp>,
    /// The system is in the ledger and in service.
    pub system_known: bool,
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(
        &self,
        command: &Command,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Grant { ground, means } => {
                let kind = facts.kind.ok_or(Refusal::PersonUnknown)?;
                means.reaches(kind)?;
                self.grant(ground, facts, context.now)
            }
            Command::End {
                which: Which::All, ..
            }
            | Command::GiveUp { .. }
                if self.subject.is_none() =>
            {
                Err(never_granted(facts))
            }
            Command::End {
                kind,
                which,
                reason,
            } => Ok(self.end(*kind, which, reason, false)),
            Command::GiveUp { reason } => Ok(self.end(GrantKind::Use, &Which::All, reason, true)),
            Command::EndBy { at, reason } => Ok(self.end_by(*at, reason, context.now)),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Granted {
                subject,
                ground,
                at,
            } => {
                self.subject = Some(subject.clone());
                self.grounds.retain(|old| !old.over(*at));
                self.grounds.push(ground.clone());
            }
            Event::Ended {
                kind, permit, at, ..
            } => {
                let ended = |ground: &Ground| (ground.kind, &ground.permit) == (*kind, permit);
                match at {
                    None => self.grounds.retain(|ground| !ended(ground)),
                    Some(at) => self
                        .grounds
                        .iter_mut()
                        .filter(|ground| ended(ground))
                        .for_each(|ground| ground.ends_at = Some(*at)),
                }
            }
        }
    }
}

/// Why nothing can be ended: whoever mistypes a number must not believe that an access is over.
fn never_granted(facts: &Facts) -> Refusal {
    let system = || facts.subject.system.clone();
    match (facts.kind, facts.system_known) {
        (None, _) => Refusal::PersonUnknown,
        (Some(_), false) => Refusal::SystemUnknown(system()),
        (Some(_), true) => Refusal::NeverGranted(system()),
    }
}

impl State {
    /// Whether any ground of the kind stands.
    pub fn stands(&self, kind: GrantKind, now: Timestamp) -> bool {
        self.grounds.iter().any(|g| g.kind == kind && g.stands(now))
    }

    fn grant(&self, wanted: &Ground, facts: &Facts, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        if !facts.in_service {
            return Err(Refusal::NotInService);
        }
        // A permit was judged by those who know the system; its news may be here before the ledger's.
        if wanted.permit.is_none() && !facts.system_known {
            return Err(Refusal::SystemUnknown(facts.subject.system.clone()));
        }
        let mut ground = wanted.clone();
        if ground.kind == GrantKind::Privileged {
            let longest = facts.pack.period(Period::PrivilegedGrantMax);
            let limit = longest.end(ground.starts_at, facts.pack.calendar());
            ground.ends_at = Some(ground.ends_at.map_or(limit, |end| end.min(limit)));
        }
        ground.ends_at = ground.ends_at.into_iter().chain(facts.moves_at).min();
        if ground.over(now) || ground.over(ground.starts_at) {
            return Err(Refusal::PeriodOver(ground.kind));
        }
        let same = |old: &&Ground| {
            (old.kind, &old.permit) == (ground.kind, &ground.permit) && !old.over(now)
        };
        match self.grounds.iter().find(same) {
            // An imported register may be imported again with another end; a permit's end is
            // fixed by its decision.
            Some(old) if old.permit.is_some() || old.ends_at == ground.ends_at => Ok(vec![]),
            Some(old) => Ok(vec![
                Event::Ended {
                    kind: old.kind,
                    permit: old.permit.clone(),
                    at: None,
                    reason: "recorded anew".to_owned(),
                    given_up: false,
                },
                Event::Granted {
                    subject: facts.subject.clone(),
                    ground,
                    at: now,
                },
            ]),
            None => Ok(vec![Event::Granted {
                subject: facts.subject.clone(),
                ground,
                at: now,
            }]),
        }
    }

    fn end(&self, kind: GrantKind, which: &Which, reason: &str, given_up: bool) -> Vec<Event> {
        self.grounds
            .iter()
            .filter(|ground| ground.kind == kind)
            .filter(|ground| match which {
                Which::Permit(permit) => ground.permit.as_ref() == Some(permit),
                Which::Imported => ground.permit.is_none(),
                Which::All => true,
            })
            .map(|ground| Event::Ended {
                kind,
                permit: ground.permit.clone(),
                at: None,
                reason: reason.to_owned(),
                given_up,
            })
            .collect()
    }

    fn end_by(&self, at: Timestamp, reason: &str, now: Timestamp) -> Vec<Event> {
        let before = at.max(now);
        let longer = |ground: &&Ground| {
            ground.starts_at < before && ground.ends_at.is_none_or(|end| at < end)
        };
        let longer = self.grounds.iter().filter(longer);
        longer
            .map(|ground| Event::Ended {
                kind: ground.kind,
                permit: ground.permit.clone(),
                at: Some(at),
                reason: reason.to_owned(),
                given_up: false,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
