//! Decisions explained, and decided once more as if something were another.

use kernel::Clock as _;
use proto::{
    common::v1 as common,
    identity::v1::{self as wire, decision_analysis_server::DecisionAnalysis as _},
    incidents::v1 as incidents,
};
use testkit::{on_both, refused};
use tonic::{Code, Status};
use wire::{
    AccessOutcome::{Allow, AllowByException, Deny, StepUp},
    RuleStanding,
    explain_request::Access,
    supposed_change::Change,
};

use super::rig::{Migrator, Rig, from_person, system, using};

impl Rig {
    async fn explain(&self, access: Access) -> Result<wire::ExplainResponse, Status> {
        let access = Some(access);
        let request = from_person("S0311", wire::ExplainRequest { access });
        Ok(self.analysis.explain(request).await?.into_inner())
    }

    /// The one fact of a kind as it is stored, and who told it.
    async fn as_stored(&self, kind: &str) -> (String, u64, String) {
        let facts = self.store.database().facts_since("identity", 0).await;
        let mut facts = facts.expect("facts").into_iter();
        let fact = facts.find(|fact| fact.kind == kind).expect("such a fact");
        let body = fact.body.expect("what it says");
        ("identity".to_owned(), fact.position, body)
    }

    async fn simulate(&self, change: Change) -> wire::SimulateResponse {
        let request = wire::SimulateRequest {
            changes: vec![wire::SupposedChange {
                change: Some(change),
            }],
            ..wire::SimulateRequest::default()
        };
        self.try_simulate(request).await.expect("simulated")
    }

    async fn try_simulate(
        &self,
        request: wire::SimulateRequest,
    ) -> Result<wire::SimulateResponse, Status> {
        let request = from_person("S0311", request);
        Ok(self.analysis.simulate(request).await?.into_inner())
    }
}

/// What a fact is shown to say, and by whom.
fn told(fact: &wire::UsedFact) -> (String, u64, String) {
    (fact.source.clone(), fact.position, fact.value.clone())
}

fn standing(explained: &wire::ExplainResponse, code: &str) -> RuleStanding {
    let coded = |one: &&wire::ExplainedRule| one.rule.as_ref().is_some_and(|r| r.code == code);
    let found = explained.rules.iter().find(coded);
    found.expect("the rule applied").standing()
}

fn fact<'a>(explained: &'a wire::ExplainResponse, kind: &str) -> &'a wire::UsedFact {
    let found = explained.facts.iter().find(|one| one.kind == kind);
    found.expect("such a fact")
}

#[tokio::test]
async fn a_decision_on_record_tells_its_rules_its_facts_and_what_would_have_been_enough() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let token = rig.token("s-1", 0);
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), StepUp);
        let known = rig.as_stored("access.session").await;
        let explained = rig
            .explain(Access::DecisionId(answer.decision_id.clone()))
            .await
            .expect("on record");
        assert_eq!(told(fact(&explained, "access.session")), known);
        // Much later, and after the session has ended.
        rig.clock.advance(jiff::SignedDuration::from_hours(48));
        let ended = wire::SessionEnded {
            session_id: "s-1".to_owned(),
            person_id: "S0001".to_owned(),
        };
        rig.says("identity", &ended).await;

        let id = answer.decision_id.clone();
        let explained = rig
            .explain(Access::DecisionId(id))
            .await
            .expect("on record");
        assert_eq!(explained.judged_at, answer.decided_at);
        assert_eq!(explained.outcome(), StepUp);
        assert_eq!(standing(&explained, "authentication"), RuleStanding::Met);
        assert_eq!(standing(&explained, "mfa_cloud"), RuleStanding::InTheWay);
        let enough = explained.enough.as_ref().expect("told");
        let asked = enough.authentication.as_ref().expect("a second factor");
        assert_eq!(asked.missing_categories, ["possession", "inherence"]);
        assert!(enough.clauses_to_relax.is_empty() && enough.nothing_relaxes.is_empty());
        let recorded = explained.recorded.as_ref().expect("the record");
        assert_eq!(recorded.decision_id, answer.decision_id);

        let system = fact(&explained, "access.system");
        assert_eq!((system.source.as_str(), system.position), ("ledger", 1));
        assert!(system.value.contains("\"cloud\":true"), "{}", system.value);
        let session = fact(&explained, "access.session");
        assert!(
            session.value.contains("password-1"),
            "as it was then: {}",
            session.value
        );
        let nobody = (session.source.as_str(), session.position);
        assert_eq!(nobody, ("", 0), "what told of it was replaced");
        assert!(!session.value.contains("ends_at"), "{}", session.value);
        assert!(explained.facts.iter().all(|fact| !fact.changed_since));
        assert_eq!(rig.records().await, 1, "an explanation is no decision");
    })
    .await;
}

/// 4-3-2: who acted under a shared ID then did so, although it was given back since.
#[tokio::test]
async fn a_decision_under_a_shared_id_is_explained_as_it_was() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        rig.says("ledger", &system(|system| system.cloud = false))
            .await;
        let held = wire::SharedIdCheckedOut {
            shared_id: "desk".to_owned(),
            system_id: "SYS-1".to_owned(),
            person_id: "S0001".to_owned(),
            session_id: "s-1".to_owned(),
            ends_at: Some(proto::timestamp(
                rig.clock.now() + jiff::SignedDuration::from_hours(1),
            )),
            ..wire::SharedIdCheckedOut::default()
        };
        rig.says("identity", &held).await;
        let question = wire::AccessQuestion {
            shared_id: "desk".to_owned(),
            ..using("SYS-1")
        };
        let token = rig.token("s-1", 0);
        let answer = rig.ask("office", &token, question.clone()).await;
        assert_eq!(answer.outcome(), Allow);
        let known = rig.as_stored("access.shared_id").await;
        let explained = rig
            .explain(Access::DecisionId(answer.decision_id.clone()))
            .await
            .expect("on record");
        assert_eq!(told(fact(&explained, "access.shared_id")), known);
        let back = wire::SharedIdCheckedIn {
            shared_id: "desk".to_owned(),
            system_id: "SYS-1".to_owned(),
            person_id: "S0001".to_owned(),
            how: "checked_in".to_owned(),
        };
        rig.says("identity", &back).await;
        let refused = rig.ask("office", &token, question).await;
        assert_eq!(refused.outcome(), Deny);
        for answer in [answer, refused] {
            let id = answer.decision_id.clone();
            let explained = rig
                .explain(Access::DecisionId(id))
                .await
                .expect("on record");
            assert_eq!(explained.outcome(), answer.outcome());
            let held = fact(&explained, "access.shared_id");
            assert!(!held.value.contains("ends_at"), "{}", held.value);
            let by_then = answer.outcome() == Deny;
            assert_eq!(held.source == "identity", by_then, "who told so by then");
            if answer.outcome() == Deny {
                let stands = standing(&explained, "shared_id_not_checked_out");
                assert_eq!(stands, RuleStanding::InTheWay);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_said_after_the_decision_is_marked() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let answer = rig
            .ask("office", &rig.token("s-1", 0), using("SYS-1"))
            .await;
        rig.says("ledger", &system(|system| system.cloud = false))
            .await;
        let suspended = incidents::SystemSuspended {
            incident: Some(incidents::Incident {
                incident_id: "I-1".to_owned(),
                ..incidents::Incident::default()
            }),
            system_id: "SYS-1".to_owned(),
            reason: "侵入の疑い".to_owned(),
        };
        rig.says("incidents", &suspended).await;
        let id = answer.decision_id.clone();
        let explained = rig
            .explain(Access::DecisionId(id))
            .await
            .expect("on record");
        assert_eq!(explained.recorded.as_ref().expect("it").outcome(), StepUp);
        assert_eq!(explained.outcome(), Deny);
        let changed: Vec<_> = (explained.facts.iter())
            .filter(|fact| fact.changed_since)
            .map(|fact| fact.kind.as_str())
            .collect();
        assert_eq!(changed, ["access.system", "access.suspension"]);
        let enough = explained.enough.expect("told");
        assert_eq!(enough.clauses_to_relax, ["8-3-(3)-1a"]);
    })
    .await;
}

#[tokio::test]
async fn a_refused_token_is_explained_by_its_code_alone() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let answer = rig.ask("office", "nonsense", using("SYS-1")).await;
        let id = answer.decision_id.clone();
        let explained = rig
            .explain(Access::DecisionId(id))
            .await
            .expect("on record");
        assert_eq!(explained.outcome(), Deny);
        assert_eq!(
            standing(&explained, "token_malformed"),
            RuleStanding::InTheWay
        );
        assert!(explained.facts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_access_nobody_asked_for_can_be_explained() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let supposed = |factors: &[&str]| {
            Access::Supposed(wire::SupposedAccess {
                person_id: "S0001".to_owned(),
                factors: factors.iter().map(|one| (*one).to_owned()).collect(),
                enforcement_point_id: "point-office".to_owned(),
                question: Some(using("SYS-1")),
            })
        };
        let explained = rig
            .explain(supposed(&["password"]))
            .await
            .expect("explained");
        assert_eq!(explained.outcome(), StepUp);
        assert!(explained.recorded.is_none());
        let session = fact(&explained, "access.session");
        assert!(!session.value.contains("ends_at"), "{}", session.value);
        let explained = rig
            .explain(supposed(&["passkey"]))
            .await
            .expect("explained");
        assert_eq!(explained.outcome(), Allow);

        let bad = wire::SupposedAccess {
            person_id: "a b".to_owned(),
            factors: vec!["magic".to_owned()],
            ..wire::SupposedAccess::default()
        };
        let status = rig.explain(Access::Supposed(bad)).await.expect_err("bad");
        assert_eq!(
            refused(&status).fields,
            [
                "supposed.person_id",
                "supposed.factors[0]",
                "supposed.enforcement_point_id",
                "supposed.question",
            ]
        );
        let unknown = Access::DecisionId("nothing".to_owned());
        let status = rig.explain(unknown).await.expect_err("unknown");
        assert_eq!(status.code(), Code::NotFound);
        let request = from_person("S0311", wire::ExplainRequest { access: None });
        let status = rig
            .analysis
            .explain(request)
            .await
            .expect_err("nothing asked");
        assert_eq!(refused(&status).fields, ["access"]);
    })
    .await;
}

fn transitions(
    answer: &wire::SimulateResponse,
) -> Vec<(wire::AccessOutcome, wire::AccessOutcome, u32)> {
    let changes = answer.changes.iter();
    changes
        .map(|one| (one.from(), one.to(), one.count))
        .collect()
}

#[tokio::test]
async fn what_would_change_is_counted_over_the_decisions_on_record() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let token = rig.token("s-1", 0);
        // Two step-ups, a refusal and one whose token is not good.
        let first = rig.ask("office", &token, using("SYS-1")).await;
        rig.ask("office", &token, using("SYS-1")).await;
        rig.ask("office", &token, using("SYS-2")).await;
        rig.ask("office", "nonsense", using("SYS-1")).await;

        let answer = rig
            .simulate(Change::WithoutRule("mfa_cloud".to_owned()))
            .await;
        assert_eq!((answer.looked_through, answer.sampled), (4, 3));
        assert_eq!(answer.changed_since, 0);
        assert_eq!(transitions(&answer), [(StepUp, Allow, 2)]);
        assert_eq!(answer.examples.len(), 2);
        let oldest = answer.examples.last().expect("an example");
        assert_eq!(oldest.decision_id, first.decision_id);
        assert!(oldest.reasons.is_empty());

        let class_iii = wire::SupposedSystem {
            system_id: "SYS-1".to_owned(),
            highest_class: common::InformationClass::Iii.into(),
            ..wire::SupposedSystem::default()
        };
        let answer = rig.simulate(Change::System(class_iii)).await;
        assert_eq!(transitions(&answer), [(StepUp, Allow, 2)]);

        let exception = wire::SupposedException {
            clauses: vec!["7-2-(2)-2ア".to_owned()],
            section_ids: vec!["tax".to_owned()],
            system_ids: vec!["SYS-1".to_owned()],
            class_ceiling: common::InformationClass::S.into(),
            ..wire::SupposedException::default()
        };
        let answer = rig.simulate(Change::Exception(exception.clone())).await;
        assert_eq!(transitions(&answer), [(StepUp, AllowByException, 2)]);
        let elsewhere = wire::SupposedException {
            paths: vec![common::AccessPath::Telework.into()],
            ..exception
        };
        let answer = rig.simulate(Change::Exception(elsewhere)).await;
        assert_eq!(transitions(&answer), []);

        let only = wire::SimulateRequest {
            changes: vec![wire::SupposedChange {
                change: Some(Change::WithoutRule("system_unknown".to_owned())),
            }],
            sample: 1,
            system_id: "SYS-2".to_owned(),
        };
        let answer = rig.try_simulate(only).await.expect("simulated");
        assert_eq!((answer.looked_through, answer.sampled), (2, 1));
        assert_eq!(transitions(&answer), [], "nobody is entitled either");

        // Nothing supposed has come true, and none of it is a decision on record.
        assert_eq!(rig.outcome().await, StepUp);
        assert_eq!(rig.records().await, 5);
    })
    .await;
}

// The session as it was then: a decision is repeated although its session is long over.
#[tokio::test]
async fn decisions_of_the_past_are_repeated_as_they_were() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let token = rig.token("s-1", 0);
        rig.says("ledger", &system(|system| system.important = true))
            .await;
        rig.says("identity", &stepped_up("totp")).await;
        assert_eq!(
            rig.ask("office", &token, using("SYS-1")).await.outcome(),
            Allow
        );
        rig.clock.advance(jiff::SignedDuration::from_secs(60));
        rig.confirm_all();
        assert_eq!(
            rig.ask("office", &token, using("SYS-1")).await.outcome(),
            Allow
        );
        rig.clock.advance(jiff::SignedDuration::from_hours(100));
        let gone = wire::SessionsRevoked {
            person_id: "S0001".to_owned(),
            session_ids: vec!["s-1".to_owned()],
            epoch: 9,
            reason: "異動".to_owned(),
        };
        rig.says("identity", &gone).await;
        let stricter = wire::SupposedPeriod {
            period: "important_system_authentication_age".to_owned(),
            seconds: 30,
        };
        let answer = rig.simulate(Change::Period(stricter)).await;
        assert_eq!((answer.sampled, answer.changed_since), (2, 0));
        assert_eq!(transitions(&answer), [(Allow, StepUp, 1)]);
        assert_eq!(answer.examples[0].reasons, ["important_fresh"]);
    })
    .await;
}

fn stepped_up(factor: &str) -> wire::SessionSteppedUp {
    wire::SessionSteppedUp {
        session_id: "s-1".to_owned(),
        person_id: "S0001".to_owned(),
        factor: factor.to_owned(),
        credential_id: format!("{factor}-1"),
        verified_at: None,
    }
}

#[tokio::test]
async fn what_cannot_be_supposed_is_named() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let changes = [
            None,
            Some(Change::WithoutRule("gravity".to_owned())),
            Some(Change::Period(wire::SupposedPeriod {
                period: "takeout_max".to_owned(),
                seconds: 0,
            })),
            Some(Change::System(wire::SupposedSystem {
                system_id: "SYS-9".to_owned(),
                ..wire::SupposedSystem::default()
            })),
            Some(Change::Exception(wire::SupposedException::default())),
            Some(Change::WithoutExceptionId("E-9".to_owned())),
            Some(Change::WithoutPermitId("P-9".to_owned())),
        ];
        let request = wire::SimulateRequest {
            changes: changes
                .map(|change| wire::SupposedChange { change })
                .to_vec(),
            sample: 1_001,
            system_id: "a b".to_owned(),
        };
        let status = rig.try_simulate(request).await.expect_err("bad");
        assert_eq!(
            refused(&status).fields,
            [
                "changes[0].change",
                "changes[1].without_rule",
                "changes[2].period.seconds",
                "changes[2].period.period",
                "changes[3].system.system_id",
                "changes[4].exception.clauses",
                "changes[4].exception.system_ids",
                "changes[5].without_exception_id",
                "changes[6].without_permit_id",
                "sample",
                "system_id",
            ]
        );
        let nothing = wire::SimulateRequest::default();
        let status = rig
            .try_simulate(nothing)
            .await
            .expect_err("nothing supposed");
        assert_eq!(refused(&status).fields, ["changes"]);
    })
    .await;
}
