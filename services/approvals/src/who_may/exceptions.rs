//! Exceptions: every step of their life.

use approvals_domain::{
    Exception,
    exception::{Began, Command, Event, Reason, Report, Ruling, Scope, Terms},
};
use jiff::SignedDuration;
use kernel::{BureauId, Decider as _};

use super::*;

/// An exception of a bureau, and the question of who may about it.
struct Case<'a> {
    city: &'a City,
    bureau: BureauId,
    manager: PersonId,
    scope: Scope,
    question: Question,
}

impl<'a> Case<'a> {
    fn draw(city: &'a mut City) -> Self {
        let draw = &mut city.any.draw;
        let bureau = draw.one(&city.any.bureaus).clone();
        let manager = draw.one(&city.any.people).clone();
        let covered = (0..draw.below(3)).map(|_| draw.one(&city.any.people).clone());
        let scope = Scope {
            people: covered.collect(),
            ..Scope::default()
        };
        let question = Question {
            bureau: Some(bureau.clone()),
            concerned: with(&scope.people, &manager),
            ..Question::default()
        };
        Self {
            city,
            bureau,
            manager,
            scope,
            question,
        }
    }

    fn says(&self) -> String {
        format!("city {}: {:?}", self.city.seed, self.question)
    }

    fn named(&self, action: Action) -> Answer {
        self.city.who_may(&of(action, &self.question))
    }

    fn began(&self, hours: i64) -> Box<Began> {
        let now = AnyCity::now();
        Box::new(Began {
            id: id("exception-1"),
            bureau: self.bureau.clone(),
            manager: self.manager.clone(),
            clauses: Vec::new(),
            scope: self.scope.clone(),
            ground: String::new(),
            substitute_measure: String::new(),
            at: now,
            starts_at: now,
            ends_at: now + SignedDuration::from_hours(hours),
            report_due_at: None,
            pack_version: String::new(),
        })
    }

    fn ruling(&self) -> Ruling {
        Ruling {
            by: id("p0"),
            at: AnyCity::now(),
            reason: String::new(),
            witness: None,
        }
    }

    fn refusal(&self, state: &Exception, person: &PersonId, command: &Command) -> Option<Reason> {
        let decided = state.decide(command, &self.city.facts, &by(person));
        decided.err().map(|refusal| refusal.reason)
    }

    /// Those whom it is not refused for who they are.
    fn accepted(&self, state: &Exception, command: &Command, not: &Reason) -> BTreeSet<PersonId> {
        self.city
            .accepted(|person| self.refusal(state, person, command).as_ref() != Some(not))
    }

    fn compare(&self, state: &Exception, command: &Command, action: Action, not: &Reason) {
        let accepted = self.accepted(state, command, not);
        assert_eq!(
            accepted,
            self.named(action).people(),
            "{action} in {}",
            self.says()
        );
    }

    /// What only the CISO decides, and before whom.
    fn compare_with_witness(
        &self,
        state: &Exception,
        command: impl Fn(Option<&PersonId>) -> Command,
        action: Action,
        seen: &mut Seen,
    ) {
        self.compare(state, &command(None), action, &Reason::NotTheCiso);
        let answer = self.named(action);
        seen.note(&answer);
        let [step] = &answer.steps[..] else {
            unreachable!("one charge")
        };
        for ciso in &step.deciders.people {
            let waits = self.refusal(state, ciso, &command(None)) == Some(Reason::WitnessMissing);
            assert_eq!(
                waits,
                step.deciders.witness.is_some(),
                "{action} in {}",
                self.says()
            );
            if !waits {
                continue;
            }
            let accepted = self.city.accepted(|witness| {
                let refusal = self.refusal(state, ciso, &command(Some(witness)));
                refusal != Some(Reason::WitnessUnfit)
            });
            let question = Question {
                concerned: with(&self.question.concerned, ciso),
                ..of(Action::ExceptionWitness, &self.question)
            };
            let expected = self.city.who_may(&question).people();
            assert_eq!(accepted, expected, "witness of {action} in {}", self.says());
        }
    }

    fn whole_life(&self, seen: &mut Seen) {
        let terms = Box::new(Terms {
            bureau: Some(self.bureau.clone()),
            ..Terms::default()
        });
        let (id, nothing) = (id("exception-1"), Exception::default());
        let apply = Command::Apply {
            id,
            terms: terms.clone(),
        };
        let not = Reason::NotABureauManager;
        self.compare(&nothing, &apply, Action::ExceptionApply, &not);
        let invoke = Command::Invoke {
            id: super::id("exception-1"),
            terms,
        };
        self.compare(&nothing, &invoke, Action::ExceptionInvoke, &not);

        let mut state = Exception::default();
        state.evolve(&Event::Applied(self.began(24)));
        let grant = |witness: Option<&PersonId>| Command::Grant {
            reason: "可".to_owned(),
            witness: witness.cloned(),
        };
        let refuse = |witness: Option<&PersonId>| Command::Refuse {
            reason: "否".to_owned(),
            witness: witness.cloned(),
        };
        self.compare_with_witness(&state, grant, Action::ExceptionDecide, seen);
        self.compare_with_witness(&state, refuse, Action::ExceptionDecide, seen);
        state.evolve(&Event::Granted(self.ruling()));
        let extend = |witness: Option<&PersonId>| Command::Extend {
            ends_at: AnyCity::now() + SignedDuration::from_hours(48),
            reason: "納入遅れ".to_owned(),
            witness: witness.cloned(),
        };
        self.compare_with_witness(&state, extend, Action::ExceptionExtend, seen);
        let revoke = Command::Revoke {
            reason: "復旧".to_owned(),
        };
        self.compare(
            &state,
            &revoke,
            Action::ExceptionRevoke,
            &Reason::NotTheCiso,
        );
        state.evolve(&Event::Revoked(self.ruling()));
        let close = Command::Close {
            review: "終了".to_owned(),
        };
        self.compare(
            &state,
            &close,
            Action::ExceptionClose,
            &Reason::NotTheManager,
        );

        let mut urgent = Exception::default();
        urgent.evolve(&Event::Invoked(self.began(24)));
        let report = Command::Report {
            text: "経緯".to_owned(),
        };
        self.compare(
            &urgent,
            &report,
            Action::ExceptionReport,
            &Reason::NotTheManager,
        );
        urgent.evolve(&Event::Reported(Report {
            by: self.manager.clone(),
            at: AnyCity::now(),
            text: "経緯".to_owned(),
        }));
        let endorse = |witness: Option<&PersonId>| Command::Endorse {
            reason: "可".to_owned(),
            witness: witness.cloned(),
        };
        self.compare_with_witness(&urgent, endorse, Action::ExceptionEndorse, seen);
    }
}

/// 8-4-(1)-1, 8-4-(2)-1, 8-4-(2)-2, 2-1-4.
#[test]
fn who_may_names_those_and_only_those_who_take_each_step_of_an_exception() {
    let mut seen = Seen::default();
    for mut city in cities(&pack()) {
        for _ in 0..4 {
            Case::draw(&mut city).whole_life(&mut seen);
        }
    }
    assert!(seen.decided > 50 && seen.witnessed > 50, "{seen:?}");
}
