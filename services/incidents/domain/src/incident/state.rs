//! An incident as it stands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use serde::{Deserialize, Serialize};
use standard::Role;

use super::{Deputised, Event, Link, Report, Step, Suspicions, Target, What};

/// An incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The report; none before it is reported.
    pub report: Option<Report>,
    /// Who reported it or took the call; none for a machine event.
    pub reporter: Option<PersonId>,
    /// When it was reported.
    pub reported_at: Option<Timestamp>,
    /// The system concerned was important when it was reported.
    pub important_system: bool,
    /// The findings; the latest ones.
    pub findings: Option<Findings>,
    /// Outside harm may be grave.
    pub grave: bool,
    /// The judgement that it is minor, while it stands.
    pub minor: Option<Remark>,
    /// Whom it was passed on to.
    pub passed_on: BTreeSet<Target>,
    /// The reports to bodies outside.
    pub outside: Vec<OutsideReport>,
    /// The systems it keeps stopped.
    pub suspended: BTreeMap<SystemId, Suspension>,
    /// The systems it had stopped before.
    pub resumed: BTreeSet<SystemId>,
    /// The hold on the access records; the latest one. It outlives the incident's closure.
    pub hold: Option<Hold>,
    /// The recovery.
    pub recovery: Option<Remark>,
    /// The prevention of recurrence.
    pub prevention: Option<Remark>,
    /// The closure.
    pub closure: Option<Remark>,
    /// The reporting chain, in the order in which its steps became duties.
    pub chain: Vec<Duty>,
    /// What deputies did, and when.
    pub deputised: Vec<(Deputised, Timestamp)>,
    /// What the analysis of records raised; none for what was noticed otherwise.
    pub suspicions: Suspicions,
    /// `<pack id>/<version>` it is judged by.
    pub pack_version: String,
}

/// The three mandatory findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What happened (8-3-(2)-1a).
    pub what_happened: String,
    /// The cause (8-3-(2)-1b).
    pub cause: String,
    /// Confirmed damage and scope (8-3-(2)-1c).
    pub damage_and_scope: String,
}

/// Something said, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// By whom; none for the platform.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// A hold on the access records (8-3-(3)-2a).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who put them on hold, and why.
    pub held: Remark,
    /// Who released them, and why; none while they are held.
    pub released: Option<Remark>,
}

/// A report to a body outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideReport {
    /// The body.
    pub body: String,
    /// What was reported, by whom and when.
    pub remark: Remark,
}

/// Why and by what authority a system is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub since: Timestamp,
    /// By what authority.
    pub authority: Authority,
    /// Why.
    pub reason: String,
}

/// How high the one stands who stops or resumes a system. What a higher one stopped, a lower one
/// does not resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The system manager or information manager of the section that owns it.
    Section,
    /// The CSIRT manager, or to resume it the bureau manager.
    Bureau,
    /// The CSIRT chief or the CISO.
    City,
}

/// A step of the chain that is or was somebody's duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Which step.
    pub step: Step,
    /// Who is told, or must act.
    pub role: Role,
    /// Until when; none = no clock.
    pub due_at: Option<Timestamp>,
    /// When it was done, by whom, and what was recorded with it; none while open.
    pub done: Option<Remark>,
    /// That its time was over has been recorded.
    pub overdue_recorded: bool,
}

impl Duty {
    /// Not done yet.
    pub fn is_open(&self) -> bool {
        self.done.is_none()
    }

    /// Not done in time, as seen at that instant.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let done = self.done.as_ref().map_or(now, |done| done.at);
        self.due_at.is_some_and(|due| due <= done)
    }
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not reported.
    Absent,
    /// Reported, not yet investigated.
    Reported,
    /// Findings recorded, chain under way.
    Investigated,
    /// Judged minor.
    Minor,
    /// Passed on to the CSIRT chief or the CISO.
    Escalated,
    /// Restored.
    Recovered,
    /// Closed.
    Closed,
}

impl Phase {
    /// The one spelling in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Reported => "reported",
            Self::Investigated => "investigated",
            Self::Minor => "minor",
            Self::Escalated => "escalated",
            Self::Recovered => "recovered",
            Self::Closed => "closed",
        }
    }
}

impl Incident {
    /// Where it stands.
    pub fn phase(&self) -> Phase {
        if self.report.is_none() {
            Phase::Absent
        } else if self.closure.is_some() {
            Phase::Closed
        } else if self.minor.is_some() {
            Phase::Minor
        } else if self.recovery.is_some() {
            Phase::Recovered
        } else if !self.passed_on.is_empty() {
            Phase::Escalated
        } else if self.findings.is_some() {
            Phase::Investigated
        } else {
            Phase::Reported
        }
    }

    /// Whether the access records are on hold because of it.
    pub fn holds_records(&self) -> bool {
        let hold = self.hold.as_ref();
        hold.is_some_and(|hold| hold.released.is_none())
    }

    /// The duties still open; none any more once it is closed.
    pub fn open(&self) -> impl Iterator<Item = &Duty> {
        let live = self.closure.is_none();
        self.chain.iter().filter(move |duty| live && duty.is_open())
    }

    /// When the first open step is or was due.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.open().filter_map(|duty| duty.due_at).min()
    }

    /// When the next step will have to be recorded as overdue.
    pub fn next_overdue_at(&self) -> Option<Timestamp> {
        self.open()
            .filter(|duty| !duty.overdue_recorded)
            .filter_map(|duty| duty.due_at)
            .min()
    }

    pub(super) fn take_in(&mut self, event: &Event) {
        let remark = |text: &str| Remark {
            by: event.by.clone(),
            at: event.at,
            text: text.to_owned(),
        };
        match &event.what {
            What::Reported {
                report,
                important_system,
                pack_version,
            } => {
                self.report = Some(Report::clone(report));
                self.reporter.clone_from(&event.by);
                self.reported_at = Some(event.at);
                self.important_system = *important_system;
                self.pack_version.clone_from(pack_version);
            }
            What::Acknowledged | What::Overdue { .. } | What::ContainmentReported { .. } => {}
            What::Investigated { findings, grave } => {
                self.findings = Some(findings.clone());
                self.grave = *grave;
            }
            What::JudgedMinor { reason } => self.minor = Some(remark(reason)),
            What::Reconsidered => self.minor = None,
            What::PassedOn { to, .. } => {
                self.passed_on.insert(*to);
                self.grave |= *to == Target::Ciso;
            }
            What::ReportedOutside { body, content } => self.outside.push(OutsideReport {
                body: body.clone(),
                remark: remark(content),
            }),
            What::Suspended { system, suspension } => {
                self.suspended.insert(system.clone(), suspension.clone());
                self.resumed.remove(system);
            }
            What::Resumed { system, .. } => {
                self.suspended.remove(system);
                self.resumed.insert(system.clone());
            }
            What::RecordsHeld { reason } => {
                self.hold = Some(Hold {
                    held: remark(reason),
                    released: None,
                });
            }
            What::RecordsReleased { reason } => {
                if let Some(hold) = &mut self.hold {
                    hold.released = Some(remark(reason));
                }
            }
            What::Recovered { measures } => self.recovery = Some(remark(measures)),
            What::PreventionRecorded { measures } => self.prevention = Some(remark(measures)),
            What::Suspected(suspicion) => self.suspicions.add(suspicion),
            What::Closed { conclusion } => self.closure = Some(remark(conclusion)),
        }
        for link in &event.chain {
            self.link(link, &remark);
        }
        let deputised = event.deputised.clone().map(|done| (done, event.at));
        // One act may be several events.
        if deputised.is_some() && self.deputised.last() != deputised.as_ref() {
            self.deputised.extend(deputised);
        }
    }

    fn link(&mut self, link: &Link, remark: &impl Fn(&str) -> Remark) {
        match link {
            Link::Opened { step, role, due_at } => self.chain.push(Duty {
                step: *step,
                role: *role,
                due_at: *due_at,
                done: None,
                overdue_recorded: false,
            }),
            Link::Done { step, role, note } => match self.first(*step, Duty::is_open) {
                Some(duty) => duty.done = Some(remark(note)),
                None => self.chain.push(Duty {
                    step: *step,
                    role: *role,
                    due_at: None,
                    done: Some(remark(note)),
                    overdue_recorded: false,
                }),
            },
            Link::Dropped(step) => self
                .chain
                .retain(|duty| duty.step != *step || !duty.is_open()),
            Link::Overdue(step) => {
                let due = self.first(*step, |duty| duty.is_open() && !duty.overdue_recorded);
                if let Some(duty) = due {
                    duty.overdue_recorded = true;
                }
            }
        }
    }

    fn first(&mut self, step: Step, fits: impl Fn(&Duty) -> bool) -> Option<&mut Duty> {
        let mut chain = self.chain.iter_mut();
        chain.find(|duty| duty.step == step && fits(duty))
    }
}
