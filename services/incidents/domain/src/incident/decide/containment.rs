//! Stop and resume systems, report that, hold records (8-3-(3)).

use kernel::SystemId;
use standard::Role;

use super::{
    super::{Authority, Refusal, Step, Suspension, What},
    Decision,
    act::{Act, text},
};
/// Most systems one incident keeps stopped.
const MAX_SUSPENDED: usize = 100;

impl Act<'_> {
    /// By the manager of the system, the CSIRT manager or chief, or the CISO.
    pub(super) fn suspend(&self, system: &SystemId, reason: &str) -> Decision {
        let authority = self.authority(system)?;
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
        let authority = self.authority(system)?;
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
        let stopped = self.incident.suspended.keys();
        let mut stopped = stopped.chain(&self.incident.resumed);
        if !stopped.any(|system| !self.roles(Some(system)).is_empty()) {
            self.must_be_in_charge()?;
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
        self.must_be_in_charge()?;
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
        self.must_be_in_charge()?;
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

    /// The caller's highest authority over a system.
    fn authority(&self, system: &SystemId) -> Result<Authority, Refusal> {
        let roles = self.roles(Some(system)).into_iter();
        let highest = roles.map(authority_of).max();
        highest.ok_or(Refusal::NotInCharge(self.action))
    }
}

/// How high a role stands among those to whom stopping and resuming a system falls.
fn authority_of(role: Role) -> Authority {
    match role {
        Role::Ciso | Role::CsirtChief => Authority::City,
        Role::BureauManager | Role::CsirtManager => Authority::Bureau,
        _ => Authority::Section,
    }
}
