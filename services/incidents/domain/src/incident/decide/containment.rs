//! Stop and resume systems, report that, hold records (8-3-(3)).

use kernel::SystemId;
use standard::Role;

use super::{
    super::{Authority, Refusal, Step, Suspension, What},
    Decision,
    act::{Act, text},
};
use crate::clauses;

/// Most systems one incident keeps stopped.
const MAX_SUSPENDED: usize = 100;

/// Who may preserve evidence and speak of the measures taken.
const CONTAINERS: &[Role] = &[
    Role::InformationManager,
    Role::SystemManager,
    Role::CsirtManager,
    Role::CsirtChief,
    Role::Ciso,
];

impl Act<'_> {
    /// By the manager of the system, the CSIRT manager or chief, or the CISO.
    pub(super) fn suspend(&self, system: &SystemId, reason: &str) -> Decision {
        let roles = &[
            Role::SystemManager,
            Role::CsirtManager,
            Role::CsirtChief,
            Role::Ciso,
        ];
        let Some(authority) = self.authority(system, &[Role::CsirtManager]) else {
            return Err(Refusal::NotInCharge {
                roles,
                clause: clauses::SUSPEND,
            });
        };
        if self.incident.suspended.contains_key(system) {
            return Ok(Vec::new());
        }
        text("reason", reason)?;
        if self.facts.in_service(system).is_none() {
            return Err(Refusal::SystemUnknown(system.clone()));
        }
        if self.incident.suspended.len() >= MAX_SUSPENDED {
            return Err(Refusal::TooManySuspended(MAX_SUSPENDED));
        }
        let mut event = self.event(What::Suspended {
            system: system.clone(),
            suspension: Suspension {
                since: self.now,
                authority,
                reason: reason.to_owned(),
            },
        });
        if self.has(Role::CsirtChief) {
            event.chain.push(self.done(Step::ReportContainment, reason));
        } else {
            event
                .chain
                .extend(self.opened_once(Step::ReportContainment));
        }
        Ok(self.reconsidered_if(true, event))
    }

    /// By somebody at least as high as the one who stopped it. Another incident may still keep the
    /// system stopped: it works again when none does.
    pub(super) fn resume(&self, system: &SystemId, reason: &str) -> Decision {
        let roles = &[
            Role::SystemManager,
            Role::BureauManager,
            Role::CsirtChief,
            Role::Ciso,
        ];
        let lifting = [Role::BureauManager, Role::CsirtManager];
        let Some(authority) = self.authority(system, &lifting) else {
            return Err(Refusal::NotInCharge {
                roles,
                clause: clauses::RECOVER,
            });
        };
        let Some(suspension) = self.incident.suspended.get(system) else {
            return if self.incident.resumed.contains(system) {
                Ok(Vec::new())
            } else {
                Err(Refusal::NotSuspended(system.clone()))
            };
        };
        if authority < suspension.authority {
            return Err(Refusal::OrderedFromAbove(system.clone()));
        }
        text("reason", reason)?;
        Ok(vec![self.event(What::Resumed {
            system: system.clone(),
            reason: reason.to_owned(),
        })])
    }

    /// To the CSIRT chief, by those who took the measure.
    pub(super) fn report_containment(&self, measures: &str) -> Decision {
        if !self.manages_a_stopped_system() {
            self.must_have(CONTAINERS, clauses::REPORT_CONTAINMENT)?;
        }
        let step = Step::ReportContainment;
        if !self.incident.open().any(|duty| duty.step == step) {
            let reported = self.incident.chain.iter().any(|duty| duty.step == step);
            return if reported {
                Ok(Vec::new())
            } else {
                Err(Refusal::NothingContained)
            };
        }
        text("measures", measures)?;
        let mut event = self.event(What::ContainmentReported {
            measures: measures.to_owned(),
        });
        event.chain.push(self.done(step, measures));
        Ok(vec![event])
    }

    /// When an intrusion is suspected.
    pub(super) fn hold_records(&self, reason: &str) -> Decision {
        self.must_have(CONTAINERS, clauses::HOLD_RECORDS)?;
        if self.incident.holds_records() {
            return Ok(Vec::new());
        }
        text("reason", reason)?;
        let mut event = self.event(What::RecordsHeld {
            reason: reason.to_owned(),
        });
        event.chain.push(self.done(Step::HoldRecords, reason));
        Ok(vec![event])
    }

    /// By those the incident may be passed on to: whoever is in the middle of it does not let its
    /// evidence go.
    pub(super) fn release_records(&self, reason: &str) -> Decision {
        self.must_have(&[Role::CsirtChief, Role::Ciso], clauses::HOLD_RECORDS)?;
        match &self.incident.hold {
            None => return Err(Refusal::RecordsNotHeld),
            Some(hold) if hold.released.is_some() => return Ok(Vec::new()),
            Some(_) => {}
        }
        text("reason", reason)?;
        Ok(vec![self.event(What::RecordsReleased {
            reason: reason.to_owned(),
        })])
    }

    /// The caller's highest authority over a system; the roles named have their bureau's, be it the
    /// incident's or the owner's.
    fn authority(&self, system: &SystemId, of_bureau: &[Role]) -> Option<Authority> {
        let owner = self.owner(system);
        let city = [Role::CsirtChief, Role::Ciso];
        if city.iter().any(|role| self.has(*role)) {
            return Some(Authority::City);
        }
        let at_owner = |role: &Role| owner.is_some_and(|owner| self.has_at(owner, *role));
        if of_bureau
            .iter()
            .any(|role| self.has(*role) || at_owner(role))
        {
            return Some(Authority::Bureau);
        }
        self.manages(system).then_some(Authority::Section)
    }

    /// Whether the caller manages a system: as system manager if it is important, as information
    /// manager of the section that owns it otherwise (1-4-1).
    fn manages(&self, system: &SystemId) -> bool {
        let Some(known) = self.facts.systems.get(system) else {
            return false;
        };
        let plain = !known.important && self.has_at(&known.owner, Role::InformationManager);
        plain || self.has_at(&known.owner, Role::SystemManager)
    }

    fn manages_a_stopped_system(&self) -> bool {
        let stopped = self.incident.suspended.keys();
        let mut stopped = stopped.chain(&self.incident.resumed);
        stopped.any(|system| self.manages(system))
    }
}
