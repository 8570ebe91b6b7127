//! What enforcement points are told.

use std::time::Duration;

use auth::Withdrawn;
use proto::{common::v1 as common, identity::v1 as wire};
use testkit::on_both;
use wire::{
    AccessOutcome::{Allow, Deny, StepUp},
    access_decision_server::AccessDecision as _,
};

use super::{
    recorded::on_record,
    rig::{Migrator, Rig, from_workload, system, using},
};

// 7-2-(2)-2ア: a cloud system needs two categories, from the office as well.
#[tokio::test]
async fn a_cloud_system_asks_for_the_second_factor_and_then_lets_in() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        // The token claims the highest assurance; what counts is the session.
        let token = rig.token("s-1", 0);
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), StepUp);
        assert_eq!(answer.path(), common::AccessPath::Office);
        assert_eq!(answer.information_class(), common::InformationClass::I);
        assert_eq!(answer.clauses, ["3-4-(1)-1", "7-2-(2)-2ア", "3-4-(1)-10"]);
        assert_eq!(answer.reasons.len(), 1);
        assert_eq!(answer.reasons[0].code, "mfa_cloud");
        assert!(answer.reasons[0].message_ja.contains("7-2-(2)-2ア"));
        assert!(
            answer.reasons[0]
                .message_en
                .contains("possession or inherence")
        );
        let required = answer.required.expect("what would be enough");
        assert_eq!(required.acr_values, ["urn:sekisho:aal2"]);
        assert_eq!(required.missing_categories, ["possession", "inherence"]);
        assert_eq!(required.categories, 2);
        // Of class I, at most eight hours old.
        assert_eq!(required.max_age, Some(8 * 3600));

        rig.says(
            "identity",
            &wire::SessionSteppedUp {
                session_id: "s-1".to_owned(),
                person_id: "S0001".to_owned(),
                factor: "totp".to_owned(),
                credential_id: "totp-1".to_owned(),
                verified_at: None,
            },
        )
        .await;
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), Allow);
        assert!(answer.reasons.is_empty() && answer.required.is_none());
        assert_eq!(answer.clauses, ["3-4-(1)-1", "7-2-(2)-2ア", "3-4-(1)-10"]);
    })
    .await;
}

#[tokio::test]
async fn the_path_is_the_point_that_asks() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        rig.says("ledger", &system(|system| system.cloud = false))
            .await;
        let token = rig.token("s-1", 0);
        for (workload, outcome, codes) in [
            ("office", Allow, &[][..]),
            ("vdi", Deny, &["telework_device", "external_access"]),
            ("cafe", Deny, &["public_line"]),
            ("stranger", Deny, &["enforcement_point_unknown"]),
        ] {
            let answer = rig.ask(workload, &token, using("SYS-1")).await;
            assert_eq!(answer.outcome(), outcome, "{workload}");
            let found: Vec<_> = answer.reasons.iter().map(|one| one.code.as_str()).collect();
            assert_eq!(found, codes, "{workload}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_under_its_own_code() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let good = rig.token("s-1", 0);
        let expired = good.clone();
        let (head, _) = good.rsplit_once('.').expect("a JWT");
        let other = rig.token("s-1", 9);
        let (_, signature) = other.rsplit_once('.').expect("a JWT");
        let forged = format!("{head}.{signature}");
        for (session, by) in [("s-8", Withdrawn::Lost), ("s-9", Withdrawn::Ended)] {
            let session = session.parse().expect("an id");
            rig.revocations.revoke_session(session, by);
        }
        for (token, code, clause, whose) in [
            (rig.token("s-8", 0), "token_revoked_by_loss", "4-4-4", "s-8"),
            (rig.token("s-9", 0), "token_revoked", "7-2-(1)-1", "s-9"),
            (forged, "token_signature_wrong", "7-2-(1)-1", ""),
            ("nonsense".to_owned(), "token_malformed", "7-2-(1)-1", ""),
        ] {
            let answer = rig.ask("office", &token, using("SYS-1")).await;
            assert_eq!(answer.outcome(), Deny, "{code}");
            assert_eq!(answer.reasons[0].code, code);
            assert_eq!(answer.clauses, [clause], "{code}");
            assert!(!answer.reasons[0].message_ja.is_empty(), "{code}");
            // Whoever goes on with a token that was good once is known, and on record.
            let record = on_record(&rig, &answer.decision_id).await;
            assert_eq!(record.session_id, whose, "{code}");
            assert_eq!(record.person_id.is_empty(), whose.is_empty(), "{code}");
        }
        rig.clock.advance(jiff::SignedDuration::from_secs(300));
        let answer = rig.ask("office", &expired, using("SYS-1")).await;
        assert_eq!(answer.reasons[0].code, "token_expired");
    })
    .await;
}

#[tokio::test]
async fn several_questions_are_answered_in_their_order() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let request = wire::EvaluateManyRequest {
            subject_token: rig.token("s-1", 0),
            questions: ["SYS-1", "SYS-2", "SYS-1"].map(using).to_vec(),
        };
        let answers = rig
            .decisions
            .evaluate_many(from_workload("office", request))
            .await
            .expect("answers")
            .into_inner()
            .answers;
        let outcomes: Vec<_> = answers.iter().map(wire::AccessAnswer::outcome).collect();
        assert_eq!(outcomes, [StepUp, Deny, StepUp]);
        assert_eq!(answers[1].reasons[0].code, "system_unknown");
        assert_ne!(answers[0].decision_id, answers[2].decision_id);
        assert_eq!(answers[0].decided_at, answers[2].decided_at);
    })
    .await;
}

// Who has just signed in must not be refused because the news is still on its way.
#[tokio::test]
async fn an_answer_waits_for_a_session_younger_than_the_snapshot() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        rig.says("ledger", &system(|system| system.cloud = false))
            .await;
        let token = rig.token("s-2", 0);
        let session = rig.session("s-2", "password");
        rig.keep_fresh();
        let told = async {
            rig.told("identity", &session).await;
            // As the consumer of this process does once it has committed.
            rig.snapshot.wake();
        };
        let (answer, ()) = tokio::join!(rig.ask("office", &token, using("SYS-1")), told);
        assert_eq!(answer.outcome(), Allow);
    })
    .await;
}

// Nobody reads a database for an answer: what the tasks behind the snapshot have not brought is not
// known, and refused.
#[tokio::test]
async fn a_decision_does_not_read_what_the_snapshot_lacks() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        rig.says("ledger", &system(|system| system.cloud = false))
            .await;
        rig.told("identity", &rig.session("s-2", "password")).await;
        let token = rig.token("s-2", 0);
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), Deny);
        assert_eq!(answer.reasons[0].code, "session_not_live");
        rig.snapshot.refresh().await.expect("a snapshot");
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), Allow);
    })
    .await;
}

// And not for ever: a session nobody knows is refused.
#[tokio::test]
async fn a_session_nobody_knows_is_refused_after_a_while() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let begun = tokio::time::Instant::now();
        let answer = rig
            .ask("office", &rig.token("s-7", 0), using("SYS-1"))
            .await;
        assert_eq!(answer.outcome(), Deny);
        assert_eq!(answer.reasons[0].code, "session_not_live");
        assert!(begun.elapsed() >= Duration::from_millis(500));
        // An older token is known to be behind nothing.
        let old = rig.token("s-7", 0);
        rig.clock.advance(jiff::SignedDuration::from_secs(60));
        rig.confirm_all();
        let begun = tokio::time::Instant::now();
        let answer = rig.ask("office", &old, using("SYS-1")).await;
        assert_eq!(answer.reasons[0].code, "session_not_live");
        assert!(begun.elapsed() < Duration::from_millis(500));
    })
    .await;
}
