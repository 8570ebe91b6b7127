//! `WhoMay` and the rules of incidents name the same people, over cities made up at random: for every
//! act on an incident, of any section or none, about any system or none.

use std::{collections::BTreeSet, sync::Arc};

use directory::Question;
use incidents_domain::{
    Incident,
    incident::{
        Authority, Command, Event, Findings, Link, Origin, Refusal, Report, Step, Suspension,
        Target, What,
    },
};
use kernel::{Actor, Context, Decider as _, PersonId, SectionId, SessionId, SystemId};
use standard::{Action, Pack};
use store::facts::FactSet;
use testkit::AnyCity;

use crate::{facts, known::Known};

const CITIES: u64 = 300;

struct City {
    seed: u64,
    any: AnyCity,
    known: Known,
    pack: Arc<Pack>,
}

/// An incident on which everything can be done that does not exclude another thing.
struct Case<'a> {
    city: &'a City,
    section: Option<SectionId>,
    system: Option<SystemId>,
    important: bool,
    incident: Incident,
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn event(what: What, chain: Vec<Link>) -> Event {
    Event {
        what,
        at: AnyCity::now(),
        by: None,
        chain,
        deputised: None,
    }
}

impl<'a> Case<'a> {
    /// Reported, every report of the chain still open, investigated.
    fn draw(city: &'a mut City) -> Self {
        let draw = &mut city.any.draw;
        let section = draw
            .quarters(3)
            .then(|| draw.one(&city.any.sections).clone());
        let system = draw
            .quarters(3)
            .then(|| draw.one(&city.any.systems).clone());
        let known = system
            .as_ref()
            .and_then(|id| city.known.directory.system(id));
        let important = known.is_some_and(|known| known.important);
        let report = Report {
            id: id("incident-1"),
            title: "改ざん".to_owned(),
            origin: Origin::Machine,
            section: section.clone(),
            system: system.clone(),
            person: None,
            description: "改ざん".to_owned(),
            noticed_at: AnyCity::now(),
            clause: kernel::ClauseId::known("8-3-(1)-1"),
        };
        let told = Step::ALL.into_iter().filter(|step| step.is_report());
        let told = told.filter(|step| important || *step != Step::ReportToSystemManager);
        let opened = told.map(|step| Link::Opened {
            step,
            role: step.role(important),
            due_at: None,
        });
        let reported = What::Reported {
            report: Box::new(report),
            important_system: important,
            pack_version: String::new(),
        };
        let mut incident = Incident::default();
        incident.evolve(&event(reported, opened.collect()));
        let findings = Findings {
            what_happened: "改ざん".to_owned(),
            cause: "脆弱性".to_owned(),
            damage_and_scope: "1ページ".to_owned(),
        };
        let investigated = What::Investigated {
            findings,
            grave: false,
        };
        incident.evolve(&event(investigated, Vec::new()));
        Self {
            city,
            section,
            system,
            important,
            incident,
        }
    }

    /// With a system stopped by its own manager, and not reported yet.
    fn stopped(&self, system: &SystemId) -> Incident {
        let mut incident = self.incident.clone();
        let suspension = Suspension {
            since: AnyCity::now(),
            authority: Authority::Section,
            reason: String::new(),
        };
        let suspended = What::Suspended {
            system: system.clone(),
            suspension,
        };
        incident.evolve(&event(suspended, Vec::new()));
        incident
    }

    fn held(&self) -> Incident {
        let mut incident = self.incident.clone();
        let reason = "疑い".to_owned();
        incident.evolve(&event(What::RecordsHeld { reason }, Vec::new()));
        incident
    }

    fn accepted(&self, incident: &Incident, command: &Command) -> BTreeSet<PersonId> {
        let may = |person: &&PersonId| {
            let actor = Actor::Person {
                id: PersonId::clone(person),
                session: SessionId::default(),
            };
            let context = Context::new(actor, AnyCity::now(), "test");
            let City { known, pack, .. } = self.city;
            let facts = facts::gather(incident, command, &known.directory, pack, &context);
            match incident.decide(command, &facts, &context) {
                Err(
                    Refusal::NotInCharge(_)
                    | Refusal::NotAddressed
                    | Refusal::PrincipalNotAbsent { .. }
                    | Refusal::NotPlanned { .. },
                ) => false,
                // Steps of the chain are open: who may close it was judged before.
                Ok(_) | Err(Refusal::StepsOpen(_)) => true,
                Err(other) => panic!("{}: {command:?}: {other:?}", self.city.seed),
            }
        };
        self.city.any.people.iter().filter(may).cloned().collect()
    }

    /// The people `WhoMay` names, and how many of them act for somebody absent.
    fn named(&self, action: Action, system: Option<&SystemId>) -> (BTreeSet<PersonId>, usize) {
        let question = Question {
            action: action.to_string(),
            section: self.section.clone(),
            system: system.cloned(),
            ..Question::default()
        };
        let City { known, pack, .. } = self.city;
        let answer = known.directory.who_may(&question, pack, AnyCity::now());
        let answer = answer.unwrap_or_else(|why| panic!("{question:?}: {why:?}"));
        let acting = answer.steps.iter().map(|step| step.deciders.acting.len());
        let acting = acting.sum();
        (answer.people(), acting)
    }

    /// Each command with the incident it is for and the system it is about.
    fn commands(&self, other: &SystemId) -> Vec<(Incident, Command, Option<SystemId>)> {
        let text = || "理由".to_owned();
        let (own, of_system) = (self.system.clone(), Some(other.clone()));
        let plain = |command: Command| (self.incident.clone(), command, own.clone());
        let findings = Findings {
            what_happened: "別".to_owned(),
            cause: "別".to_owned(),
            damage_and_scope: "別".to_owned(),
        };
        let pass_on = |to| Command::PassOn { to, reason: text() };
        vec![
            plain(Command::Acknowledge),
            plain(Command::Investigate {
                findings,
                grave: false,
            }),
            plain(Command::JudgeMinor { reason: text() }),
            plain(pass_on(Target::CsirtChief)),
            plain(pass_on(Target::Ciso)),
            plain(Command::ReportOutside {
                body: text(),
                content: text(),
            }),
            plain(Command::HoldRecords { reason: text() }),
            plain(Command::Recover { measures: text() }),
            plain(Command::Prevent { measures: text() }),
            plain(Command::Close { conclusion: text() }),
            (
                self.held(),
                Command::ReleaseRecords { reason: text() },
                own.clone(),
            ),
            (
                self.incident.clone(),
                Command::Suspend {
                    system: other.clone(),
                    reason: text(),
                },
                of_system.clone(),
            ),
            (
                self.stopped(other),
                Command::Resume {
                    system: other.clone(),
                    reason: text(),
                },
                of_system,
            ),
        ]
    }

    fn says(&self) -> String {
        let Self {
            section,
            system,
            important,
            ..
        } = self;
        format!(
            "city {}: {section:?} {system:?} {important}",
            self.city.seed
        )
    }
}

/// 8-3, 2-6-2, 2-7-2.
#[test]
fn who_may_names_those_and_only_those_who_take_each_step_of_an_incident() {
    let pack = Arc::new(Pack::sendai().expect("the pack"));
    let deputised = Action::ALL.iter().filter(|action| action.is_deputised());
    let deputised: Vec<String> = deputised.map(ToString::to_string).collect();
    let (mut compared, mut accepted_in_all, mut acting_in_all) = (BTreeSet::new(), 0, 0);
    for seed in 0..CITIES {
        let any = AnyCity::of(seed, &deputised);
        let mut known = Known::default();
        any.facts.iter().for_each(|fact| known.apply(fact));
        let mut city = City {
            seed,
            any,
            known,
            pack: Arc::clone(&pack),
        };
        let other = city.any.draw.one(&city.any.systems).clone();
        let case = Case::draw(&mut city);
        for (incident, command, system) in case.commands(&other) {
            let action = command.action().expect("somebody's charge");
            let accepted = case.accepted(&incident, &command);
            let (named, acting) = case.named(action, system.as_ref());
            assert_eq!(
                accepted,
                named,
                "{action} about {system:?} in {}",
                case.says()
            );
            compared.insert(action);
            accepted_in_all += accepted.len();
            acting_in_all += acting;
        }
        reports_of_containment(&case, &other);
    }
    let of_incidents = Action::ALL.iter().filter(|action| action.is_of_incidents());
    let mut missing: BTreeSet<Action> = of_incidents.copied().collect();
    missing.retain(|action| !compared.contains(action));
    assert_eq!(missing, [Action::IncidentReportContainment].into());
    assert!(
        accepted_in_all > 500 && acting_in_all > 50,
        "{acting_in_all}"
    );
}

/// Of a stopped system its manager reports, beside those to whom it falls for the incident's own.
fn reports_of_containment(case: &Case<'_>, stopped: &SystemId) {
    let mut incident = case.stopped(stopped);
    let opened = Link::Opened {
        step: Step::ReportContainment,
        role: Step::ReportContainment.role(case.important),
        due_at: None,
    };
    let told = event(What::Acknowledged, vec![opened]);
    incident.evolve(&told);
    let command = Command::ReportContainment {
        measures: "停止した".to_owned(),
    };
    let action = Action::IncidentReportContainment;
    let (mut named, _) = case.named(action, case.system.as_ref());
    named.extend(case.named(action, Some(stopped)).0);
    assert_eq!(
        case.accepted(&incident, &command),
        named,
        "{action} in {}",
        case.says()
    );
}
