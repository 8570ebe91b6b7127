//! An enforcement point: the VPN or VDI gateway, office proxy or cloud SSO proxy that asks for
//! decisions.
//!
//! It is registered with the subject of the workload token it asks with and the path every
//! request through it takes; a request's path is read from here and never from what the asker
//! claims. One workload is one point, so that no point can pick the better of two paths.

use kernel::{Context, Decider, EnforcementPointId, Kind};
use serde::{Deserialize, Serialize};
use standard::AccessPath;

/// What is known of it; nothing before it is registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub registered: Option<Record>,
}

/// An enforcement point's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Enforcement point id.
    pub id: EnforcementPointId,
    /// Name as shown.
    pub name: String,
    /// Subject of its workload token, without the leading `workload/`.
    pub workload: String,
    /// The path of every request through it.
    pub path: AccessPath,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Register it, or change its record.
    Register(Record),
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Registered or changed.
    Registered(Record),
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Another point registered with the same workload.
    pub rival: Option<EnforcementPointId>,
}

/// Why it is not registered so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The workload is another point.
    #[error("the workload is registered as enforcement point {0}")]
    WorkloadTaken(EnforcementPointId),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        Kind::Conflict
    }

    fn code(&self) -> &'static str {
        "enforcement_point_workload_taken"
    }

    fn field(&self) -> Option<String> {
        Some("workload".to_owned())
    }

    fn message_ja(&self) -> String {
        let Self::WorkloadTaken(id) = self;
        format!("このワークロードは、既に実施点 {id} として登録されています。")
    }
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(&self, command: &Command, facts: &Facts, _: &Context) -> Result<Vec<Event>, Refusal> {
        let Command::Register(record) = command;
        if self.registered.as_ref() == Some(record) {
            return Ok(vec![]);
        }
        if let Some(other) = &facts.rival {
            return Err(Refusal::WorkloadTaken(other.clone()));
        }
        Ok(vec![Event::Registered(record.clone())])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Registered(record) = event;
        self.registered = Some(record.clone());
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{Actor, replay};

    use super::*;

    #[test]
    fn one_workload_is_one_enforcement_point() {
        let record = |path| Record {
            id: "vdi".parse().expect("an id"),
            name: "VDI".to_owned(),
            workload: "vdi-gateway".to_owned(),
            path,
        };
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
        let decide = |state: &State, path, facts: &Facts| {
            state.decide(&Command::Register(record(path)), facts, &context)
        };
        let rival: EnforcementPointId = "vdi-2".parse().expect("an id");
        let taken = Facts {
            rival: Some(rival.clone()),
        };
        let fresh = State::default();
        assert_eq!(
            decide(&fresh, AccessPath::Office, &taken),
            Err(Refusal::WorkloadTaken(rival))
        );
        let state: State = replay(&[Event::Registered(record(AccessPath::Telework))]);
        assert_eq!(decide(&state, AccessPath::Telework, &taken), Ok(vec![]));
        assert_eq!(
            decide(&state, AccessPath::Office, &Facts::default()),
            Ok(vec![Event::Registered(record(AccessPath::Office))])
        );
    }
}
