//! The decisions about an entry of information.

use kernel::{Context, Decider};
use standard::InformationClass;

use super::{Classification, Command, Entry, Event, Facts, Information, Refusal};

impl Decider for Information {
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
        match (command, &self.entry) {
            (Command::Classify { .. }, Some(_)) if self.removed => {
                Err(Refusal::Removed(self.id.clone()))
            }
            (Command::Classify { id, entry }, known) => {
                let keeper = known.as_ref().unwrap_or(entry);
                facts.caller.must_keep(&keeper.section, context)?;
                let entry = entry.carrying(known.as_ref());
                if known.as_ref() == Some(&entry) {
                    return Ok(vec![]);
                }
                let taken_over = facts.existing_ledger && facts.caller.may_take_over(context);
                entry.classification.grounded(taken_over)?;
                let section_stays = known.as_ref().is_some_and(|k| k.section == entry.section);
                if !section_stays && !facts.section_known {
                    return Err(Refusal::UnknownSection(entry.section));
                }
                if let Some(system) = &entry.system
                    && !facts.system_in_service
                {
                    return Err(Refusal::UnknownSystem(system.clone()));
                }
                Ok(vec![Event::Classified {
                    id: id.clone(),
                    entry,
                    previous_class: known.as_ref().map(|known| known.classification.class),
                }])
            }
            (Command::Remove { .. }, None) => Err(Refusal::NotFound),
            (Command::Remove { .. }, Some(_)) if self.removed => Ok(vec![]),
            (Command::Remove { reason }, Some(entry)) => {
                facts.caller.must_keep(&entry.section, context)?;
                Ok(vec![Event::Removed {
                    reason: reason.clone(),
                }])
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Classified { id, entry, .. } => {
                self.id = id.clone();
                self.entry = Some(entry.clone());
            }
            Event::Removed { .. } => self.removed = true,
        }
    }
}

impl Entry {
    /// What makes it class I is not asked twice: an entry that rises to S keeps that ground.
    fn carrying(&self, known: Option<&Self>) -> Self {
        let mut entry = self.clone();
        let now = &mut entry.classification;
        if now.class == InformationClass::S && now.class_i_ground.is_none() {
            now.class_i_ground = known.and_then(|known| match known.classification.class {
                InformationClass::S => known.classification.class_i_ground,
                InformationClass::I => Some(known.classification.ground),
                InformationClass::II | InformationClass::III => None,
            });
        }
        entry
    }
}

impl Classification {
    /// Refuses a class its ground does not give. An entry taken over from an existing ledger need
    /// not name what makes class S class I.
    fn grounded(&self, taken_over: bool) -> Result<(), Refusal> {
        let Self {
            class,
            ground,
            class_i_ground,
            reason,
        } = self;
        if !ground.allows(*class) {
            return Err(Refusal::GroundDoesNotGiveClass {
                ground: *ground,
                class: *class,
            });
        }
        match (*class == InformationClass::S, class_i_ground) {
            (true, Some(within)) if within.allows(InformationClass::I) => {}
            (true, None) if taken_over => {}
            (true, _) => return Err(Refusal::ClassSOutsideClassI),
            (false, None) => {}
            (false, Some(_)) => return Err(Refusal::SecondGroundWithoutS),
        }
        let given = reason.as_ref().is_some_and(|text| !kernel::is_blank(text));
        if ground.needs_reason() && !given {
            return Err(Refusal::ReasonMissing(ground.clause(*class)));
        }
        Ok(())
    }
}
