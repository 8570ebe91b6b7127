//! Further suspicions of the same thing (7-1-(4)-4b).

use kernel::Context;

use super::{
    super::{Event, Incident, Refusal, Suspicion, What},
    Decision, is_platform,
};

impl Incident {
    /// The platform adds one. Nobody is told anew: those whose duty the incident is have it before them.
    pub(super) fn suspect(&self, suspicion: &Suspicion, context: &Context) -> Decision {
        if !is_platform(&context.actor) {
            return Err(Refusal::OriginNotAllowed);
        }
        if self.report.is_none() {
            return Err(Refusal::NotFound);
        }
        let mut latest = self.suspicions.latest.iter();
        if latest.any(|known| known.record == suspicion.record) {
            return Ok(Vec::new());
        }
        if self.closure.is_some() {
            return Err(Refusal::Closed);
        }
        Ok(vec![Event {
            what: What::Suspected(Box::new(suspicion.clone())),
            at: context.now,
            by: None,
            chain: Vec::new(),
            deputised: None,
        }])
    }
}
