//! No access without its record (guarantee G3, clause 7-1-(4)-1).

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::identity::v1::{self as wire, access_decision_server::AccessDecision as _};
use testkit::on_both;
use tonic::Code;

use super::rig::{Migrator, Rig, from_person, from_workload, using};

#[tokio::test]
async fn every_answer_is_on_record_when_it_is_given() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let question = wire::AccessQuestion {
            device_id: "D-9".to_owned(),
            information_class: proto::common::v1::InformationClass::S.into(),
            ..using("SYS-1")
        };
        let answer = rig.ask("vdi", &rig.token("s-1", 0), question).await;
        let request = wire::GetDecisionRequest {
            decision_id: answer.decision_id.clone(),
        };
        let found = rig
            .decisions
            .get_decision(from_person("S0311", request))
            .await
            .expect("on record")
            .into_inner();
        assert_eq!(found.decided_at, answer.decided_at);
        assert_eq!(found.decided_at, Some(proto::timestamp(rig.clock.now())));
        let reasons: Vec<_> = found.reasons.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(reasons, ["telework_device", "device_unregistered"]);
        assert!(found.reasons.iter().all(|one| !one.message_ja.is_empty()));
        let record = found.decision.expect("the record");
        assert_eq!(
            record,
            wire::AccessEvaluated {
                decision_id: answer.decision_id,
                outcome: wire::AccessOutcome::Deny.into(),
                person_id: "S0001".to_owned(),
                system_id: "SYS-1".to_owned(),
                action: "use".to_owned(),
                path: proto::common::v1::AccessPath::Telework.into(),
                enforcement_point_id: "point-vdi".to_owned(),
                device_id: "D-9".to_owned(),
                information_class: proto::common::v1::InformationClass::S.into(),
                clauses: answer.clauses,
                pack_version: answer.pack_version,
                reasons: vec![
                    "telework_device".to_owned(),
                    "device_unregistered".to_owned()
                ],
                session_id: "s-1".to_owned(),
                factors: vec![wire::VerifiedFactor {
                    credential_id: "password-1".to_owned(),
                    kind: "password".to_owned(),
                    verified_at: Some(proto::timestamp(rig.clock.now())),
                }],
                claimed_class: proto::common::v1::InformationClass::S.into(),
                // The person, three points, the session and the entitlement; the system.
                known: Some(wire::KnownPositions {
                    identity: 6,
                    ledger: 1,
                    ..wire::KnownPositions::default()
                }),
                ..wire::AccessEvaluated::default()
            }
        );
    })
    .await;
}

/// What the journal holds of a decision.
pub(crate) async fn on_record(rig: &Rig, decision: &str) -> wire::AccessEvaluated {
    let id = decision.parse().expect("an id");
    let found = identity::decision::recorded(rig.store.database(), &id).await;
    found.expect("a database").expect("on record").event
}

#[tokio::test]
async fn a_refused_token_is_on_record_without_a_person() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let answer = rig.ask("office", "nonsense", using("SYS-1")).await;
        let found = on_record(&rig, &answer.decision_id).await;
        assert_eq!(found.person_id, "");
        assert_eq!(found.reasons, ["token_malformed"]);
        assert_eq!(found.enforcement_point_id, "point-office");
        assert!(!found.clauses.is_empty());
    })
    .await;
}

// If it cannot be recorded, there is no answer.
#[tokio::test]
async fn without_a_record_there_is_no_answer() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let token = rig.token("s-1", 0);
        assert!(rig.outcome().await != wire::AccessOutcome::Unspecified);
        use sea_orm::ConnectionTrait as _;
        test.database
            .migrations()
            .execute_unprepared("ALTER TABLE journal RENAME TO elsewhere")
            .await
            .expect("the journal is out of reach");
        let request = wire::EvaluateRequest {
            subject_token: token,
            question: Some(using("SYS-1")),
        };
        let refused = rig
            .decisions
            .evaluate(from_workload("office", request))
            .await
            .expect_err("no answer");
        assert_eq!(refused.code(), Code::Unavailable);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_decision_is_not_found() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::empty(&test).await;
        for (id, code) in [("nothing", Code::NotFound), ("", Code::InvalidArgument)] {
            let request = wire::GetDecisionRequest {
                decision_id: id.to_owned(),
            };
            let refused = rig
                .decisions
                .get_decision(from_person("S0311", request))
                .await
                .expect_err("no decision");
            assert_eq!(refused.code(), code, "{id:?}");
        }
    })
    .await;
}

// Facts of sessions that must have ended are deleted, others stay.
#[tokio::test]
async fn facts_of_ended_sessions_are_deleted_and_no_others() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let up_to = rig
            .store
            .database()
            .watermark("identity")
            .await
            .expect("a watermark");
        rig.clock.advance(SignedDuration::from_hours(9));
        rig.says("identity", &rig.session("s-2", "password")).await;
        let deleted = identity::decision::forget_sessions(&rig.store, &rig.clock, up_to)
            .await
            .expect("a database");
        assert_eq!(deleted, 1);
        let replica = Rig::empty(&test).await;
        let facts = replica.snapshot.get();
        assert!(facts.session(&"s-1".parse().expect("an id")).is_none());
        assert!(facts.session(&"s-2".parse().expect("an id")).is_some());
        assert!(facts.point_of("office").is_some());
    })
    .await;
}
