//! Report, acknowledge, investigate, judge and pass on (8-3-(1), 8-3-(2), 2-8).

use kernel::{Actor, Context};
use standard::Action;

use super::{
    super::{Event, Findings, Incident, Origin, Refusal, Report, Step, Target, What},
    Decision,
    act::{Act, opened, text},
    is_platform,
};
use crate::{Facts, clauses};

/// What a minor incident need not go through.
const NOT_FOR_MINOR: [Step; 3] = [
    Step::ReportToCsirtChief,
    Step::Recover,
    Step::PreventRecurrence,
];

impl Incident {
    /// Anyone reports, about any section; the platform, and the machines that may, report machine events.
    pub(super) fn begin(&self, report: &Report, facts: &Facts, context: &Context) -> Decision {
        if let Some(known) = &self.report {
            return if known == report {
                Ok(Vec::new())
            } else {
                Err(Refusal::Exists)
            };
        }
        let machine = match &context.actor {
            Actor::Workload(name) if !facts.machines.contains(name) => {
                return Err(Refusal::MachineUnknown(name.clone()));
            }
            Actor::Workload(_) => true,
            actor => is_platform(actor),
        };
        let by = context.actor.person();
        match (by, machine) {
            (None, false) => return Err(Refusal::NotAPerson),
            _ if machine != (report.origin == Origin::Machine) => {
                return Err(Refusal::OriginNotAllowed);
            }
            _ => {}
        }
        text("title", &report.title)?;
        text("description", &report.description)?;
        if report.noticed_at > context.now {
            return Err(Refusal::NoticedInFuture);
        }
        match &report.section {
            Some(section) if facts.office.section.as_ref() == Some(section) => {}
            // A machine event is taken in whatever the directory does not know yet.
            _ if machine => {}
            Some(section) => return Err(Refusal::SectionUnknown(section.clone())),
            None => return Err(Refusal::TextMissing("section_id")),
        }
        let system = match &report.system {
            None => None,
            Some(id) => match facts.in_service(id) {
                None if !machine => return Err(Refusal::SystemUnknown(id.clone())),
                system => system,
            },
        };
        let important_system = system.is_some_and(|system| system.important);
        // The duty of 8-3-(1)-1 begins when the incident is noticed, not when somebody finds the
        // time to report it.
        let mut chain = vec![opened(
            Step::ReportToInformationManager,
            important_system,
            facts,
            report.noticed_at,
        )];
        if important_system {
            let step = Step::ReportToSystemManager;
            chain.push(opened(step, important_system, facts, context.now));
        }
        let reported = Event {
            what: What::Reported {
                report: Box::new(report.clone()),
                important_system,
                pack_version: facts.pack.edition(),
            },
            at: context.now,
            by: by.cloned(),
            chain,
            deputised: None,
        };
        // A manager who reports has been told by doing so.
        let mut after = self.clone();
        after.take_in(&reported);
        let told = by.and_then(|by| {
            let act = Act {
                incident: &after,
                facts,
                by,
                now: context.now,
                action: Action::IncidentAcknowledge,
                standing_in: None,
            };
            act.told_first()
        });
        Ok(std::iter::once(reported).chain(told).collect())
    }
}

impl Act<'_> {
    /// The reports to the caller are done; the first of them starts the investigation.
    pub(super) fn acknowledge(&self) -> Decision {
        if let Some(event) = self.told_first() {
            return Ok(vec![event]);
        }
        let before = self.incident.chain.iter();
        if before
            .filter(|duty| duty.step.is_report())
            .any(|duty| self.has(duty.role))
        {
            Ok(Vec::new())
        } else {
            Err(Refusal::NotAddressed)
        }
    }

    fn told_first(&self) -> Option<Event> {
        let mut event = self.event(What::Acknowledged);
        if event.chain.is_empty() {
            return None;
        }
        let begun = self.incident.chain.iter();
        if !begun.clone().any(|duty| duty.step == Step::Investigate) {
            event.chain.push(self.opened(Step::Investigate));
        }
        Some(event)
    }

    /// All three findings, by those who manage the section or the system. Better findings are
    /// reported again.
    pub(super) fn investigate(&self, findings: &Findings, grave: bool) -> Decision {
        self.must_be_in_charge()?;
        for (field, clause, finding) in [
            (
                "what_happened",
                clauses::WHAT_HAPPENED,
                &findings.what_happened,
            ),
            ("cause", clauses::CAUSE, &findings.cause),
            (
                "damage_and_scope",
                clauses::DAMAGE_AND_SCOPE,
                &findings.damage_and_scope,
            ),
        ] {
            if kernel::is_blank(finding) {
                return Err(Refusal::FindingMissing { field, clause });
            }
        }
        let now_grave = self.incident.grave || grave;
        let first = self.incident.findings.is_none();
        if self.incident.findings.as_ref() == Some(findings) && now_grave == self.incident.grave {
            return Ok(Vec::new());
        }
        let mut event = self.event(What::Investigated {
            findings: findings.clone(),
            grave: now_grave,
        });
        if first {
            event.chain.push(self.done(Step::Investigate, ""));
        }
        for step in [Step::ReportToBureauManager, Step::ReportToCsirtManager] {
            event.chain.extend(self.opened_once(step));
        }
        if first {
            let passed_on = self.incident.passed_on.contains(&Target::CsirtChief);
            let judged = passed_on.then_some(Step::ReportToCsirtChief);
            for step in [
                Step::ReportToCsirtChief,
                Step::Recover,
                Step::PreventRecurrence,
            ] {
                let needed = Some(step) != judged;
                event.chain.extend(needed.then(|| self.opened(step)));
            }
        }
        if now_grave && !self.incident.grave {
            event.chain.push(self.opened(Step::ReportToCiso));
            event.chain.extend(self.result_owed());
        }
        Ok(self.reconsidered_if(now_grave, event))
    }

    /// Minor and not passed on, as long as nothing speaks against it.
    pub(super) fn judge_minor(&self, reason: &str) -> Decision {
        self.must_be_in_charge()?;
        let incident = self.incident;
        if incident.minor.is_some() {
            return Ok(Vec::new());
        }
        text("reason", reason)?;
        if incident.findings.is_none() {
            return Err(Refusal::NotInvestigated);
        }
        if incident.grave {
            return Err(Refusal::GraveIsNotMinor);
        }
        if !incident.passed_on.is_empty() {
            return Err(Refusal::PassedOnIsNotMinor);
        }
        if !incident.suspended.is_empty() {
            return Err(Refusal::SuspendedIsNotMinor);
        }
        let mut event = self.event(What::JudgedMinor {
            reason: reason.to_owned(),
        });
        event.chain.extend(self.dropped(&NOT_FOR_MINOR));
        event.chain.push(self.done(Step::JudgeMinor, reason));
        Ok(vec![event])
    }

    /// To the CSIRT chief by the CSIRT manager, to the CISO by the bureau manager. Nobody need wait
    /// for the findings.
    pub(super) fn pass_on(&self, to: Target, reason: &str) -> Decision {
        self.must_be_in_charge()?;
        if self.incident.passed_on.contains(&to) {
            return Ok(Vec::new());
        }
        text("reason", reason)?;
        let mut event = self.event(What::PassedOn {
            to,
            reason: reason.to_owned(),
        });
        match to {
            Target::CsirtChief => {
                event
                    .chain
                    .push(self.done(Step::ReportToCsirtChief, reason));
                event.chain.push(self.opened(Step::VerifyReport));
            }
            Target::Ciso => {
                event.chain.push(self.done(Step::ReportToCiso, reason));
                if !self.incident.grave {
                    event.chain.extend(self.result_owed());
                }
            }
        }
        Ok(self.reconsidered_if(true, event))
    }

    /// By the CSIRT chief, once it is confirmed what happened.
    pub(super) fn report_outside(&self, body: &str, content: &str) -> Decision {
        self.must_be_in_charge()?;
        text("body", body)?;
        text("content", content)?;
        let mut before = self.incident.outside.iter();
        if before.any(|report| report.body == body && report.remark.text == content) {
            return Ok(Vec::new());
        }
        if self.incident.findings.is_none() {
            return Err(Refusal::NotInvestigated);
        }
        let mut event = self.event(What::ReportedOutside {
            body: body.to_owned(),
            content: content.to_owned(),
        });
        event.chain.push(self.done(Step::ReportOutside, body));
        Ok(vec![event])
    }

    /// The event, and before it the end of a judgement as minor that it contradicts: what was
    /// spared is owed again.
    pub(super) fn reconsidered_if(&self, contradicted: bool, event: Event) -> Vec<Event> {
        if !contradicted || self.incident.minor.is_none() {
            return vec![event];
        }
        let passed_on = matches!(
            event.what,
            What::PassedOn {
                to: Target::CsirtChief,
                ..
            }
        );
        let mut reconsidered = self.event(What::Reconsidered);
        for step in NOT_FOR_MINOR {
            let done = match step {
                Step::ReportToCsirtChief => passed_on,
                Step::Recover => self.incident.recovery.is_some(),
                _ => self.incident.prevention.is_some(),
            };
            let owed = (!done).then(|| self.opened_once(step)).flatten();
            reconsidered.chain.extend(owed);
        }
        let told = self.told();
        let mut event = event;
        // The reports to the caller are done by the first of the two.
        event.chain.retain(|link| !told.contains(link));
        vec![reconsidered, event]
    }
}
