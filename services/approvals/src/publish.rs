//! What approvals tells the others: each event carries the permit or exception as it then stands.

use approvals_domain::{Exception, Permit, exception, permit};
use kernel::ClauseId;
use proto::{approvals::v1 as wire, record::Outgoing};

use crate::wire as to;

/// The public event for what happened to a permit.
pub(crate) fn permit(event: &permit::Event, state: &Permit) -> Outgoing {
    use permit::Event;
    let permit = Some(to::permit(state, state.phase));
    let clauses = state.clauses.clone();
    let index = |step: &usize| u32::try_from(*step).unwrap_or(u32::MAX);
    match event {
        Event::Applied(_) => Outgoing::new(&wire::PermitApplied { permit }, clauses),
        Event::Rerouted { step, .. } => {
            let step_index = index(step);
            Outgoing::new(&wire::PermitRerouted { permit, step_index }, clauses)
        }
        Event::WitnessAsked { step, .. } => {
            let step_index = index(step);
            Outgoing::new(&wire::PermitWitnessAsked { permit, step_index }, clauses)
        }
        Event::StepDecided { step, .. } => {
            let step_index = index(step);
            Outgoing::new(&wire::PermitStepDecided { permit, step_index }, clauses)
        }
        Event::Granted { .. } => Outgoing::new(&wire::PermitGranted { permit }, clauses),
        Event::Hindered(hindrance) => Outgoing::new(
            &wire::PermitHindered { permit },
            hindrance.clauses.iter().cloned(),
        ),
        Event::Refused(_) => Outgoing::new(&wire::PermitRefused { permit }, clauses),
        Event::Withdrawn(_) => Outgoing::new(&wire::PermitWithdrawn { permit }, clauses),
        Event::Revoked(_) => Outgoing::new(&wire::PermitRevoked { permit }, clauses),
        Event::Completed(_) => Outgoing::new(&wire::PermitCompleted { permit }, clauses),
        Event::Expired => Outgoing::new(&wire::PermitExpired { permit }, clauses),
    }
}

/// The public event for what happened to an exception.
pub(crate) fn exception(event: &exception::Event, state: &Exception) -> Outgoing {
    use exception::Event;
    let exception = Some(to::exception(state, state.phase));
    let own = if state.emergency {
        [ClauseId::known("8-4-(2)-1")]
    } else {
        [ClauseId::known("8-4-(1)-1")]
    };
    let report = [ClauseId::known("8-4-(2)-2")];
    match event {
        Event::Applied(_) => Outgoing::new(&wire::ExceptionApplied { exception }, own),
        Event::Invoked(_) => Outgoing::new(&wire::ExceptionInvoked { exception }, own),
        Event::WitnessAsked(_) => Outgoing::new(&wire::ExceptionWitnessAsked { exception }, own),
        Event::Granted(_) => Outgoing::new(&wire::ExceptionGranted { exception }, own),
        Event::Refused(_) => Outgoing::new(&wire::ExceptionRefused { exception }, own),
        Event::Reported(_) => Outgoing::new(&wire::ExceptionReported { exception }, report),
        Event::Endorsed(_) => Outgoing::new(&wire::ExceptionEndorsed { exception }, report),
        Event::Extended { .. } => Outgoing::new(&wire::ExceptionExtended { exception }, own),
        Event::Revoked(_) => Outgoing::new(&wire::ExceptionRevoked { exception }, own),
        Event::Expired => Outgoing::new(&wire::ExceptionExpired { exception }, own),
        Event::ReportOverdue { .. } => {
            Outgoing::new(&wire::ExceptionReportOverdue { exception }, report)
        }
        Event::Closed(_) => Outgoing::new(&wire::ExceptionClosed { exception }, own),
    }
}
