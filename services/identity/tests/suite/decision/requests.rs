//! Bad input gets a precise error and leaves no record (guarantees G8, G10).

use proto::identity::v1::{self as wire, access_decision_server::AccessDecision as _};
use testkit::{on_both, refused};

use super::rig::{Migrator, Rig, from_workload, using};

#[tokio::test]
async fn every_field_at_fault_is_named() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let bad = wire::AccessQuestion {
            system_id: "a b".to_owned(),
            action: 9,
            device_id: "x/y".to_owned(),
            information_class: 7,
            automated: false,
            shared_id: String::new(),
            ..wire::AccessQuestion::default()
        };
        let one = |question| {
            let request = wire::EvaluateRequest {
                subject_token: String::new(),
                question,
            };
            rig.decisions.evaluate(from_workload("office", request))
        };
        let status = one(None).await.expect_err("no question");
        assert_eq!(fields(&status), ["subject_token", "question"]);
        let status = one(Some(bad.clone())).await.expect_err("a bad question");
        assert_eq!(
            fields(&status),
            [
                "subject_token",
                "question.system_id",
                "question.device_id",
                "question.information_class",
                "question.action"
            ]
        );

        let many = |questions| {
            let request = wire::EvaluateManyRequest {
                subject_token: "t".repeat(8_193),
                questions,
            };
            rig.decisions
                .evaluate_many(from_workload("office", request))
        };
        let status = many(Vec::new()).await.expect_err("no questions");
        assert_eq!(fields(&status), ["subject_token", "questions"]);
        let status = many(vec![using("SYS-1"); 101]).await.expect_err("too many");
        assert_eq!(fields(&status), ["subject_token", "questions"]);
        let status = many(vec![using("SYS-1"), wire::AccessQuestion::default()])
            .await
            .expect_err("a bad question");
        assert_eq!(
            fields(&status),
            [
                "subject_token",
                "questions[1].system_id",
                "questions[1].action"
            ]
        );
        assert_eq!(
            rig.records().await,
            0,
            "nobody understood, nothing was decided"
        );
        rig.outcome().await;
        assert_eq!(rig.records().await, 1);
    })
    .await;
}

fn fields(status: &tonic::Status) -> Vec<String> {
    refused(status).fields.into_iter().collect()
}
