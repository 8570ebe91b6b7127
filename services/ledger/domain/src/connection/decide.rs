//! The decisions about a connection.

use kernel::{Context, Decider};

use super::{
    Command, Connection, Event, Facts, Life, NetworkSide, Refusal, SystemSide, judge,
    judge::Judgement,
};

impl Decider for Connection {
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
        match (command, self.life) {
            (Command::Register { .. }, Life::Removed) => Err(Refusal::Removed(self.id.clone())),
            (
                Command::Register {
                    id,
                    system,
                    network,
                },
                life,
            ) => {
                let known = facts
                    .system
                    .as_ref()
                    .ok_or_else(|| Refusal::UnknownSystem(system.clone()))?;
                may_write(facts, context)?;
                if life == Life::Live {
                    let same = self.system == *system && self.network == *network;
                    return if same {
                        Ok(vec![])
                    } else {
                        Err(Refusal::Exists(self.id.clone()))
                    };
                }
                let network = facts
                    .network
                    .as_ref()
                    .ok_or_else(|| Refusal::UnknownNetwork(network.clone()))?;
                let judgement = judge(known, network, &facts.allowances, context.now);
                if !judgement.forbidden.is_empty() {
                    return Err(Refusal::Forbidden(judgement.forbidden));
                }
                Ok(vec![Event::Registered {
                    id: id.clone(),
                    system: known.id.clone(),
                    network: network.id.clone(),
                    relaxations: judgement.relaxations,
                }])
            }
            (Command::Rejudge, Life::Live) => match (&facts.system, &facts.network) {
                (Some(system), Some(network)) => Ok(self.rejudged(system, network, facts, context)),
                // A system is retired only without connections; there is nothing to judge by.
                _ => Ok(vec![]),
            },
            (Command::Rejudge, Life::Absent | Life::Removed) => Ok(vec![]),
            (Command::Remove { .. }, Life::Absent) => Err(Refusal::NotFound),
            (Command::Remove { .. }, Life::Removed) => Ok(vec![]),
            (Command::Remove { reason }, Life::Live) => {
                may_write(facts, context)?;
                Ok(vec![Event::Removed {
                    reason: reason.clone(),
                }])
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered {
                id,
                system,
                network,
                relaxations,
            } => {
                *self = Self {
                    id: id.clone(),
                    system: system.clone(),
                    network: network.clone(),
                    relaxations: relaxations.clone(),
                    forbidden: Vec::new(),
                    life: Life::Live,
                };
            }
            Event::Rejudged {
                relaxations,
                forbidden,
            } => {
                self.relaxations.clone_from(relaxations);
                self.forbidden.clone_from(forbidden);
            }
            Event::Removed { .. } => self.life = Life::Removed,
        }
    }
}

impl Connection {
    fn rejudged(
        &self,
        system: &SystemSide,
        network: &NetworkSide,
        facts: &Facts,
        context: &Context,
    ) -> Vec<Event> {
        let Judgement {
            relaxations,
            forbidden,
        } = judge(system, network, &facts.allowances, context.now);
        if relaxations == self.relaxations && forbidden == self.forbidden {
            return vec![];
        }
        vec![Event::Rejudged {
            relaxations,
            forbidden,
        }]
    }
}

/// The owner section's keeper writes its systems' connections, the network manager all of them.
fn may_write(facts: &Facts, context: &Context) -> Result<(), Refusal> {
    if facts.caller.must_keep_networks(context).is_ok() {
        return Ok(());
    }
    Ok(facts.caller.must_keep(&facts.owner_section, context)?)
}
