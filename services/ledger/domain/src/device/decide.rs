//! The decisions about a device.

use kernel::{Context, Decider, NetworkId};

use super::{Binding, Command, Device, Entry, Event, Facts, Ownership, Refusal};
use crate::{allowance::Permit, clauses, connection::NetworkSide};

impl Decider for Device {
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
            (
                Command::Register {
                    id,
                    entry,
                    ownership,
                },
                known,
            ) if !self.retired => {
                let keeper = known.as_ref().unwrap_or(entry);
                facts.caller.must_keep(&keeper.section, context)?;
                if *ownership == Ownership::Personal {
                    return Err(Refusal::Personal);
                }
                let section_stays = known.as_ref().is_some_and(|k| k.section == entry.section);
                if !section_stays && !facts.section_known {
                    return Err(Refusal::UnknownSection(entry.section.clone()));
                }
                return Ok(if known.as_ref() == Some(entry) {
                    vec![]
                } else {
                    vec![Event::Registered {
                        id: id.clone(),
                        entry: entry.clone(),
                    }]
                });
            }
            // What the platform tells of a permit may concern a device nobody registered.
            (Command::Release { .. }, None) => return Ok(vec![]),
            (_, None) => return Err(Refusal::NotFound),
            (_, Some(entry)) => entry,
        };
        if self.retired {
            return match command {
                Command::Retire { .. } | Command::Release { .. } => Ok(vec![]),
                _ => Err(Refusal::Retired(self.id.clone())),
            };
        }
        match command {
            Command::Register { .. } => Ok(vec![]),
            Command::Bind { network } => {
                facts.caller.must_keep(&entry.section, context)?;
                self.bound_by_permit(network, facts, context)
            }
            Command::BindAtImport { network } => {
                self.bound_at_import(entry, network, facts, context)
            }
            Command::Release { permit } => {
                let rests_on_it = self
                    .binding
                    .as_ref()
                    .is_some_and(|binding| binding.permit.as_ref() == Some(permit));
                Ok(if rests_on_it {
                    vec![Event::Released]
                } else {
                    vec![]
                })
            }
            Command::Retire { reason } => {
                facts.caller.must_keep(&entry.section, context)?;
                Ok(vec![Event::Retired {
                    reason: reason.clone(),
                }])
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered { id, entry } => {
                self.id = id.clone();
                self.entry = Some(entry.clone());
            }
            Event::Bound(binding) => self.binding = Some(binding.clone()),
            Event::Released => self.binding = None,
            Event::Retired { .. } => {
                self.binding = None;
                self.retired = true;
            }
        }
    }
}

impl Device {
    fn bound_by_permit(
        &self,
        network: &NetworkId,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let known = known(network, facts)?;
        let connects = |permit: &&Permit| {
            permit.term.holds(context.now)
                && permit.satisfies.contains(&clauses::DEVICE_PERMITTED)
                && permit.device.as_ref() == Some(&self.id)
                && permit.network.as_ref() == Some(network)
        };
        let permit = facts
            .permits
            .iter()
            .find(connects)
            .ok_or_else(|| Refusal::NoPermit(network.clone()))?;
        Ok(self.bound(Binding {
            network: known.id.clone(),
            class: known.class,
            permit: Some(permit.id.clone()),
            ends_at: permit.term.ends_at,
        }))
    }

    /// For anybody who may not take over an existing ledger, a row in a file is no way around the
    /// permit.
    fn bound_at_import(
        &self,
        entry: &Entry,
        network: &NetworkId,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let already = self
            .binding_at(context.now)
            .is_some_and(|binding| binding.network == *network);
        if already {
            return Ok(vec![]);
        }
        if !facts.caller.may_take_over(context) {
            facts.caller.must_keep(&entry.section, context)?;
            return self.bound_by_permit(network, facts, context);
        }
        let known = known(network, facts)?;
        Ok(self.bound(Binding {
            network: known.id.clone(),
            class: known.class,
            permit: None,
            ends_at: None,
        }))
    }

    fn bound(&self, binding: Binding) -> Vec<Event> {
        if self.binding.as_ref() == Some(&binding) {
            return vec![];
        }
        vec![Event::Bound(binding)]
    }
}

fn known<'a>(network: &NetworkId, facts: &'a Facts) -> Result<&'a NetworkSide, Refusal> {
    facts
        .network
        .as_ref()
        .ok_or_else(|| Refusal::UnknownNetwork(network.clone()))
}
