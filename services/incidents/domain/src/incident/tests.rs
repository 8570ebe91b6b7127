//! Given events, when a command comes, then events or a refusal.

mod aftermath;
mod clocks;
mod containment;
mod deputies;
mod judging;
mod reporting;
mod suspecting;

use jiff::{SignedDuration, Timestamp};
use kernel::{Context, Decider, Refusal as _};

use super::{
    Command, Event, Findings, Incident, Link, Origin, Refusal, Report, Step, Target, What,
};
use crate::{
    Facts,
    fixture::{facts, id, now, platform, staff},
};

/// An incident and the facts and clock around it.
struct Story {
    incident: Incident,
    facts: Facts,
    now: Timestamp,
}

impl Story {
    /// Nothing reported yet.
    fn new() -> Self {
        Self {
            incident: Incident::default(),
            facts: facts(),
            now: now(),
        }
    }

    /// Reported by plain staff of `sec-1`, about an important system or none.
    fn reported(system: Option<&str>) -> Self {
        let mut story = Self::new();
        story.by("clerk", &report(system)).expect("a report");
        story
    }

    /// Told to everybody, investigated, acknowledged by both managers.
    fn investigated() -> Self {
        let mut story = Self::reported(None);
        for (who, command) in [
            ("im-sec-1", Command::Acknowledge),
            ("im-sec-1", findings(false)),
            ("bm", Command::Acknowledge),
            ("cm", Command::Acknowledge),
        ] {
            story.by(who, &command).expect("the chain");
        }
        story
    }

    fn later(&mut self, minutes: i64) -> &mut Self {
        self.now += SignedDuration::from_mins(minutes);
        self
    }

    /// Does it, if nothing stands against it.
    fn by(&mut self, who: &str, command: &Command) -> Result<Vec<Event>, Refusal> {
        let context = staff(who, self.now);
        self.act(command, &context)
    }

    fn by_platform(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let context = platform(self.now);
        self.act(command, &context)
    }

    fn act(&mut self, command: &Command, context: &Context) -> Result<Vec<Event>, Refusal> {
        let events = self.incident.decide(command, &self.facts, context)?;
        for event in &events {
            self.incident.evolve(event);
        }
        Ok(events)
    }

    /// The code of the refusal.
    fn refused(&mut self, who: &str, command: &Command) -> &'static str {
        self.by(who, command).expect_err("a refusal").code()
    }

    /// The codes of the steps that are open.
    fn open(&self) -> Vec<&'static str> {
        self.incident
            .open()
            .map(|duty| duty.step.as_str())
            .collect()
    }

    /// The latest duty of that step.
    fn duty(&self, step: Step) -> &super::Duty {
        let mut chain = self.incident.chain.iter().rev();
        chain.find(|duty| duty.step == step).expect("the step")
    }
}

fn report(system: Option<&str>) -> Command {
    Command::Report(Box::new(Report {
        id: id("inc-1"),
        title: "公開サーバの改ざん".to_owned(),
        origin: Origin::Staff,
        section: Some(id("sec-1")),
        system: system.map(id),
        person: None,
        description: "トップページが書き換えられている".to_owned(),
        noticed_at: now(),
        clause: crate::clauses::REPORT,
    }))
}

fn findings(grave: bool) -> Command {
    Command::Investigate {
        findings: Findings {
            what_happened: "改ざん".to_owned(),
            cause: "脆弱性".to_owned(),
            damage_and_scope: "1ページ".to_owned(),
        },
        grave,
    }
}

fn suspend(system: &str) -> Command {
    Command::Suspend {
        system: id(system),
        reason: "拡大防止".to_owned(),
    }
}

fn resume(system: &str) -> Command {
    Command::Resume {
        system: id(system),
        reason: "確認済み".to_owned(),
    }
}

fn pass_on(to: Target) -> Command {
    Command::PassOn {
        to,
        reason: "支援が必要".to_owned(),
    }
}

fn minor() -> Command {
    Command::JudgeMinor {
        reason: "影響なし".to_owned(),
    }
}

fn recover() -> Command {
    Command::Recover {
        measures: "復元した".to_owned(),
    }
}

fn prevent() -> Command {
    Command::Prevent {
        measures: "更新手順を改めた".to_owned(),
    }
}

fn close() -> Command {
    Command::Close {
        conclusion: "終結".to_owned(),
    }
}

/// What happened, without the chain.
fn whats(events: &[Event]) -> Vec<&'static str> {
    let name = |what: &What| match what {
        What::Reported { .. } => "reported",
        What::Acknowledged => "acknowledged",
        What::Investigated { .. } => "investigated",
        What::JudgedMinor { .. } => "judged_minor",
        What::Reconsidered => "reconsidered",
        What::PassedOn { .. } => "passed_on",
        What::ReportedOutside { .. } => "reported_outside",
        What::Suspended { .. } => "suspended",
        What::Resumed { .. } => "resumed",
        What::ContainmentReported { .. } => "containment_reported",
        What::RecordsHeld { .. } => "records_held",
        What::Recovered { .. } => "recovered",
        What::PreventionRecorded { .. } => "prevention_recorded",
        What::Overdue { .. } => "overdue",
        What::RecordsReleased { .. } => "records_released",
        What::Suspected(_) => "suspected",
        What::Closed { .. } => "closed",
    };
    events.iter().map(|event| name(&event.what)).collect()
}
