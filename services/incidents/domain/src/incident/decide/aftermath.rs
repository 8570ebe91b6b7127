//! Recover, prevent, close (8-3-(4)).

use super::{
    super::{Link, Refusal, Step, What},
    Decision,
    act::{Act, text},
};

impl Act<'_> {
    /// Once every system is resumed; the measures are reported to both managers.
    pub(super) fn recover(&self, measures: &str) -> Decision {
        self.must_be_in_charge()?;
        let known = self.incident.recovery.as_ref();
        if known.is_some_and(|known| known.text == measures) {
            return Ok(Vec::new());
        }
        text("measures", measures)?;
        self.must_be_investigated()?;
        self.nothing_suspended()?;
        let mut event = self.event(What::Recovered {
            measures: measures.to_owned(),
        });
        if known.is_none() {
            event.chain.push(self.done(Step::Recover, measures));
        }
        for step in [
            Step::ReportRecoveryToBureauManager,
            Step::ReportRecoveryToCsirtManager,
        ] {
            event.chain.extend(self.opened_once(step));
        }
        Ok(vec![event])
    }

    /// By the bureau manager; reported to the CISO and the CSIRT manager when outside harm was
    /// grave.
    pub(super) fn prevent(&self, measures: &str) -> Decision {
        self.must_be_in_charge()?;
        let known = self.incident.prevention.as_ref();
        if known.is_some_and(|known| known.text == measures) {
            return Ok(Vec::new());
        }
        text("measures", measures)?;
        self.must_be_investigated()?;
        let mut event = self.event(What::PreventionRecorded {
            measures: measures.to_owned(),
        });
        if known.is_none() {
            event
                .chain
                .push(self.done(Step::PreventRecurrence, measures));
        }
        if self.incident.grave {
            event.chain.extend(self.result());
        }
        Ok(vec![event])
    }

    /// When every step of the chain is done; a minor one when no system is stopped.
    pub(super) fn close(&self, conclusion: &str) -> Decision {
        self.must_be_in_charge()?;
        if self.incident.closure.is_some() {
            return Ok(Vec::new());
        }
        text("conclusion", conclusion)?;
        self.nothing_suspended()?;
        let event = self.event(What::Closed {
            conclusion: conclusion.to_owned(),
        });
        if self.incident.minor.is_none() {
            self.must_be_investigated()?;
            let done = |step: Step| {
                let done = |link: &Link| matches!(link, Link::Done { step: s, .. } if *s == step);
                event.chain.iter().any(done)
            };
            let open: Vec<Step> = self
                .incident
                .open()
                .map(|duty| duty.step)
                .filter(|step| !done(*step))
                .collect();
            if !open.is_empty() {
                return Err(Refusal::StepsOpen(open));
            }
        }
        Ok(vec![event])
    }

    /// The result that is owed when grave harm shows after prevention was recorded.
    pub(super) fn result_owed(&self) -> Vec<Link> {
        match self.incident.prevention {
            Some(_) => self.result(),
            None => Vec::new(),
        }
    }

    fn result(&self) -> Vec<Link> {
        let steps = [Step::ReportResultToCiso, Step::ReportResultToCsirtManager];
        let owed = steps.into_iter().filter_map(|step| self.opened_once(step));
        owed.collect()
    }

    fn must_be_investigated(&self) -> Result<(), Refusal> {
        match self.incident.findings {
            Some(_) => Ok(()),
            None => Err(Refusal::NotInvestigated),
        }
    }

    fn nothing_suspended(&self) -> Result<(), Refusal> {
        let suspended = &self.incident.suspended;
        if suspended.is_empty() {
            Ok(())
        } else {
            Err(Refusal::StillSuspended(suspended.keys().cloned().collect()))
        }
    }
}
