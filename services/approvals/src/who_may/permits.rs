//! Permits: every step of every kind, and what is done with the permit after.

use approvals_domain::{
    Permit,
    permit::{Application, Applied, Command, Event, Reason, Ruling, Step, Subject, Verdict},
    route::Deciders,
};
use kernel::Decider as _;
use standard::{PermitKind, Reference, Role};

use super::*;

/// An application somebody made, and the question of who may about it.
struct Case<'a> {
    city: &'a City,
    kind: &'a PermitKind,
    permit: Permit,
    question: Question,
}

impl<'a> Case<'a> {
    fn draw(city: &'a mut City, kind: &'a PermitKind) -> Self {
        let draw = &mut city.any.draw;
        let section = draw.one(&city.any.sections).clone();
        let applicant = draw.one(&city.any.people).clone();
        let beneficiary = draw.one(&city.any.people).clone();
        let needed = kind.needs.contains(&Reference::System);
        let system = (needed || draw.quarters(2)).then(|| draw.one(&city.any.systems).clone());
        let application = Application {
            kind: kind.id.clone(),
            subject: Subject {
                person: Some(beneficiary.clone()),
                system: system.clone(),
                ..Subject::default()
            },
            starts_at: Some(AnyCity::now()),
            ..Application::default()
        };
        let place = city.facts.organisation.section(&section);
        let mut permit = Permit::default();
        permit.evolve(&Event::Applied(Box::new(Applied {
            id: id("permit-1"),
            applicant: applicant.clone(),
            place: place.expect("a section"),
            application,
            clauses: kind.clauses.clone(),
            relaxes: kind.relaxes.clone(),
            effect: kind.effect,
            completion_due_at: None,
            steps: kind.route.iter().map(|step| undecided(*step)).collect(),
            at: AnyCity::now(),
            pack_version: String::new(),
        })));
        let question = Question {
            action: kind.id.clone(),
            permit_kind: Some(kind.id.clone()),
            section: Some(section),
            bureau: None,
            system,
            concerned: [applicant, beneficiary].into(),
        };
        Self {
            city,
            kind,
            permit,
            question,
        }
    }

    fn says(&self) -> String {
        format!(
            "city {}: {} {:?}",
            self.city.seed, self.kind.id, self.question
        )
    }

    /// Why somebody's command is refused; none = it is carried out.
    fn refusal(&self, person: &PersonId, command: &Command) -> Option<Reason> {
        let decided = self.permit.decide(command, &self.city.facts, &by(person));
        decided.err().map(|refusal| refusal.reason)
    }

    /// Who may confirm a decision of theirs as witness, by trying each.
    fn witnesses(&self, decider: &PersonId, step: usize) -> BTreeSet<PersonId> {
        self.city.accepted(|witness| {
            let refusal = self.refusal(decider, &decide(step, Some(witness)));
            assert!(
                matches!(refusal, None | Some(Reason::WitnessUnfit)),
                "{}: {refusal:?}",
                self.says()
            );
            refusal.is_none()
        })
    }

    /// Compares the step whose turn it is, and takes it as decided.
    fn step(&mut self, index: usize, seen: &mut Seen) {
        let answer = self.city.who_may(&self.question);
        assert!(!answer.alternatives);
        seen.note(&answer);
        let named = &answer.steps[index].deciders;
        let accepted =
            self.city
                .accepted(|person| match self.refusal(person, &decide(index, None)) {
                    None | Some(Reason::WitnessMissing) => true,
                    Some(
                        Reason::OwnRequest
                        | Reason::NotTheDecider
                        | Reason::PrincipalNotAbsent
                        | Reason::NotPlanned,
                    ) => false,
                    Some(other) => panic!("{}: {other:?}", self.says()),
                });
        let acting = named.acting.iter().map(|one| &one.person);
        let expected: BTreeSet<PersonId> = named.people.iter().chain(acting).cloned().collect();
        assert_eq!(accepted, expected, "step {index} of {}", self.says());
        for decider in &named.people {
            let waits = self.refusal(decider, &decide(index, None));
            let waits = waits == Some(Reason::WitnessMissing);
            assert_eq!(waits, named.witness.is_some(), "{}", self.says());
            if waits {
                let question = Question {
                    concerned: with(&self.question.concerned, decider),
                    ..of(Action::PermitWitness, &self.question)
                };
                let expected = self.city.who_may(&question).people();
                assert_eq!(self.witnesses(decider, index), expected, "{}", self.says());
            }
        }
        self.permit.evolve(&Event::StepDecided {
            step: index,
            deciders: named.clone(),
            ruling: Ruling {
                verdict: Verdict::Permitted,
                by: id("p0"),
                at: AnyCity::now(),
                reason: String::new(),
                witness: None,
                acting_for: None,
            },
        });
    }

    /// Compares revoking and completing it.
    fn afterwards(&mut self) {
        self.permit.evolve(&Event::Granted { at: AnyCity::now() });
        let revoke = Command::Revoke {
            reason: "不要".to_owned(),
        };
        let complete = Command::Complete {
            content: [("done_how".to_owned(), "?".to_owned())].into(),
        };
        let may = |command: &Command, not: Reason| {
            self.city
                .accepted(|person| self.refusal(person, command) != Some(not.clone()))
        };
        let named = |action| self.city.who_may(&of(action, &self.question)).people();
        assert_eq!(
            may(&revoke, Reason::NotTheRevoker),
            named(Action::PermitRevoke),
            "revoking {}",
            self.says()
        );
        // Those it concerns record it themselves as well.
        let concerned = self.question.concerned.iter().cloned();
        let recorders: BTreeSet<PersonId> = named(Action::PermitComplete)
            .into_iter()
            .chain(concerned)
            .collect();
        assert_eq!(
            may(&complete, Reason::NotTheCompleter),
            recorders,
            "completing {}",
            self.says()
        );
    }
}

/// Who decided is not asked of a step that nobody has decided.
fn undecided(step: standard::StepRole) -> Step {
    Step {
        step,
        deciders: Deciders {
            role: Role::Staff,
            people: Vec::new(),
            acting: Vec::new(),
            moves: Vec::new(),
            witness: None,
        },
        proposal: None,
        ruling: None,
    }
}

fn decide(step: usize, witness: Option<&PersonId>) -> Command {
    Command::DecideStep {
        step,
        verdict: Verdict::Permitted,
        reason: String::new(),
        witness: witness.cloned(),
    }
}

/// 2-6-2, 2-7-2, G7: nobody is named who is refused, and nobody is let decide who is not named.
#[test]
fn who_may_names_those_and_only_those_who_decide_on_permits() {
    let pack = pack();
    let mut seen = Seen::default();
    for mut city in cities(&pack) {
        for kind in pack
            .permit_kinds()
            .iter()
            .filter(|kind| kind.is_applied_for())
        {
            let mut case = Case::draw(&mut city, kind);
            for index in 0..kind.route.len() {
                case.step(index, &mut seen);
            }
            case.afterwards();
        }
    }
    let Seen {
        decided,
        acting,
        witnessed,
        passed_on,
    } = seen;
    let occurred = [decided, acting, witnessed, passed_on];
    assert!(occurred.iter().all(|times| *times > 50), "{occurred:?}");
}
