//! The decisions about a system.

use std::collections::BTreeSet;

use kernel::{Context, Decider, SectionId};

use super::{Command, Entry, Event, Facts, Handled, MfaConsideration, Refusal, System, importance};

impl Decider for System {
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
        let entry = match (command, &self.entry) {
            (Command::Register { id, entry }, None) => {
                facts.caller.must_keep(&entry.owner_section, context)?;
                let entry = entry.completed();
                known_sections(&entry, &BTreeSet::new(), facts)?;
                return Ok(self.then_important(
                    &entry.clone(),
                    &self.handled,
                    Event::Registered {
                        id: id.clone(),
                        entry,
                    },
                ));
            }
            (_, None) => return Err(Refusal::NotFound),
            (_, Some(entry)) => entry,
        };
        if self.retired {
            return match command {
                Command::Retire { .. } => Ok(vec![]),
                _ => Err(Refusal::Retired(self.id.clone())),
            };
        }
        if let Command::Handle { gained, lost } = command {
            // The information's own section was judged where the information was classified.
            let handled = self.handled.with(*gained, *lost);
            return Ok(if handled == self.handled {
                vec![]
            } else {
                let event = Event::HandledChanged {
                    handled: handled.clone(),
                };
                self.then_important(entry, &handled, event)
            });
        }
        facts.caller.must_keep(&entry.owner_section, context)?;
        match command {
            Command::Register { entry: asked, .. } if asked.completed() == *entry => Ok(vec![]),
            Command::Register { .. } => Err(Refusal::Exists(self.id.clone())),
            Command::Change { entry: asked } => {
                let asked = asked.completed();
                known_sections(&asked, &entry.used_by, facts)?;
                Ok(self.changed(entry, &asked))
            }
            Command::RecordMfaConsideration {
                introduced,
                reason,
                recorded_at,
            } => {
                let consideration = MfaConsideration {
                    introduced: *introduced,
                    reason: reason.clone(),
                    recorded_at: recorded_at.unwrap_or(context.now),
                };
                self.mfa_considered(consideration, recorded_at.is_some(), facts, context)
            }
            Command::Retire { reason } => self.retired(reason, facts),
            Command::Handle { .. } => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered { id, entry } => {
                self.id = id.clone();
                self.entry = Some(entry.clone());
            }
            Event::Changed { entry } => self.entry = Some(entry.clone()),
            Event::ImportanceChanged { grounds } => self.importance.clone_from(grounds),
            Event::HandledChanged { handled } => self.handled.clone_from(handled),
            Event::MfaConsidered { consideration } => self.mfa = Some(consideration.clone()),
            Event::Retired { .. } => self.retired = true,
        }
    }
}

impl System {
    fn changed(&self, entry: &Entry, asked: &Entry) -> Vec<Event> {
        if asked == entry {
            return vec![];
        }
        let event = Event::Changed {
            entry: asked.clone(),
        };
        self.then_important(asked, &self.handled, event)
    }

    fn mfa_considered(
        &self,
        consideration: MfaConsideration,
        dated: bool,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        if consideration.recorded_at > context.now {
            return Err(Refusal::MfaInTheFuture);
        }
        let already = self.mfa.as_ref().is_some_and(|known| {
            let same = known.introduced == consideration.introduced
                && known.reason == consideration.reason;
            // An old table does not undo what was decided since.
            let newer = dated && known.recorded_at >= consideration.recorded_at;
            newer || (same && !dated)
        });
        if already {
            return Ok(vec![]);
        }
        let reasoned = consideration.introduced || !kernel::is_blank(&consideration.reason);
        let taken_over = facts.existing_ledger && facts.caller.may_take_over(context);
        if !reasoned && !taken_over {
            return Err(Refusal::MfaReasonMissing);
        }
        Ok(vec![Event::MfaConsidered { consideration }])
    }

    fn retired(&self, reason: &str, facts: &Facts) -> Result<Vec<Event>, Refusal> {
        if self.handled.total() > 0 {
            return Err(Refusal::StillHandles(self.handled.total()));
        }
        if facts.connections > 0 {
            return Err(Refusal::StillConnected(facts.connections));
        }
        Ok(vec![Event::Retired {
            reason: reason.to_owned(),
        }])
    }

    /// The event, and after it the change of importance that follows, if one does.
    fn then_important(&self, entry: &Entry, handled: &Handled, event: Event) -> Vec<Event> {
        let grounds = importance::grounds(entry, handled);
        let mut events = vec![event];
        if grounds != self.importance {
            events.push(Event::ImportanceChanged { grounds });
        }
        events
    }
}

/// The city must have every section newly named.
fn known_sections(
    asked: &Entry,
    before: &BTreeSet<SectionId>,
    facts: &Facts,
) -> Result<(), Refusal> {
    let unknown = asked
        .used_by
        .iter()
        .find(|section| facts.unknown_sections.contains(section) && !before.contains(section));
    match unknown {
        None => Ok(()),
        Some(section) => Err(Refusal::UnknownSection {
            section: section.clone(),
            owner: *section == asked.owner_section,
        }),
    }
}
