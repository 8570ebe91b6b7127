//! Row 7: how long a session killed at one replica of identity is still let in at another.

use std::{pin::Pin, time::Instant};

use proto::{
    common::v1::{self as common, ImportMode},
    identity::v1::{
        AccessAction, AccessQuestion, EnrolRequest, EvaluateRequest, ImportTableRequest,
        OpenEnrolmentRequest, RegisterEnforcementPointRequest, RevokeSessionsRequest,
        SignInWithPasswordRequest, TableKind, access_decision_client::AccessDecisionClient,
        accounts_client::AccountsClient, enforcement_points_client::EnforcementPointsClient,
        import_client::ImportClient, sign_in_client::SignInClient,
    },
};
use rpc::{Endpoint, client::Channel};
use shell::{Platform, StartError};
use standard::ServiceName;
use testkit::{Engine, Replica, TestProcess, eventually};

use crate::{
    measure::{ROUNDS, Rounds, latencies, micros},
    table::{Goal, Line},
};

/// Sessions killed in a round.
const KILLED: usize = 100;
const PERSON: &str = "S1";
const PASSWORD: &str = "kettle orbit walnut";
const ORGANISATION: &str =
    "コード,名称,種別,上位コード\ntax,税制課,課公所,finance\nfinance,財政局,局,\n";
const STAFF: &str = "職員番号,氏名,所属コード,会計年度任用\nS1,青葉 花子,tax,\n";
/// By which rules a killed session is refused; before, it is refused by others.
const KILLED_BY: [&str; 3] = ["token_revoked", "session_not_live", "epoch_outdated"];

fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + '_>> {
    Box::pin(identity::start(platform))
}

/// The whole of identity, twice, on one PostgreSQL and one broker.
pub(crate) async fn row() -> Vec<Line> {
    let services = [(ServiceName::Identity, start as shell::Start)];
    let first = TestProcess::start(Engine::Postgres, &services).await;
    let second = Replica::of(&first, &[start]).await;
    let gateway = AccessDecisionClient::new(second.workload("office"));
    let town = Town {
        first,
        second,
        gateway,
    };
    town.settle().await;
    let (mut median, mut p99) = (Rounds::default(), Rounds::default());
    for round in 0..=ROUNDS {
        let mut spans = latencies();
        for _ in 0..KILLED {
            spans.saturating_record(micros(town.kill().await));
        }
        // The first round only warms up.
        if round > 0 {
            median.push(spans.value_at_quantile(0.5) as f64 / 1e3);
            p99.push(spans.value_at_quantile(0.99) as f64 / 1e3);
        }
    }
    town.second.stop().await;
    town.first.stop().await;
    let line = |what, result, goal| Line::alone(7, what, result, "ms", goal);
    vec![
        line(
            "revocation answered at one replica, refused at another, p99",
            p99,
            Goal::AtMost(100.0),
        ),
        line("the same, median", median, Goal::Told),
    ]
}

struct Town {
    first: TestProcess,
    second: Replica,
    /// Asks the second.
    gateway: AccessDecisionClient<Channel>,
}

impl Town {
    fn platform(&self) -> Channel {
        self.first.service(ServiceName::Audit)
    }

    /// One person with an account, and a gateway.
    async fn settle(&self) {
        for (kind, content) in [
            (TableKind::Organisation, ORGANISATION),
            (TableKind::Staff, STAFF),
        ] {
            let table = ImportTableRequest {
                kind: kind.into(),
                content: content.into(),
                mode: ImportMode::AllOrNothing.into(),
                dry_run: false,
            };
            let answer = ImportClient::new(self.platform()).import_table(table).await;
            let report = answer.expect("judged").into_inner().report;
            assert!(report.expect("a report").entered);
        }
        let gateway = RegisterEnforcementPointRequest {
            enforcement_point_id: "office".to_owned(),
            name: "庁内プロキシ".to_owned(),
            workload: "office".to_owned(),
            path: common::AccessPath::Office.into(),
        };
        EnforcementPointsClient::new(self.platform())
            .register_enforcement_point(gateway)
            .await
            .expect("registered");
        let code = AccountsClient::new(self.platform())
            .open_enrolment(OpenEnrolmentRequest {
                person_id: PERSON.to_owned(),
            })
            .await
            .expect("opened")
            .into_inner()
            .code;
        let enrol = EnrolRequest {
            person_id: PERSON.to_owned(),
            code,
            password: PASSWORD.to_owned(),
        };
        AccountsClient::new(self.first.anonymous())
            .enrol(enrol)
            .await
            .expect("enrolled");
    }

    /// From the answer to the revocation at one replica to the first refusal at the other.
    async fn kill(&self) -> std::time::Duration {
        let sign_in = SignInWithPasswordRequest {
            person_id: PERSON.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let signed_in = SignInClient::new(self.first.anonymous())
            .sign_in_with_password(sign_in)
            .await
            .expect("signed in");
        let token = signed_in.into_inner().grant.expect("a grant").access_token;
        eventually("the session is known", async || {
            (!self.is_killed(&token).await).then_some(())
        })
        .await;
        let revoke = RevokeSessionsRequest {
            person_id: PERSON.to_owned(),
            reason: "bench".to_owned(),
            ..RevokeSessionsRequest::default()
        };
        AccountsClient::new(self.platform())
            .revoke_sessions(revoke)
            .await
            .expect("revoked");
        let answered = Instant::now();
        while !self.is_killed(&token).await {}
        answered.elapsed()
    }

    async fn is_killed(&self, token: &str) -> bool {
        let asked = EvaluateRequest {
            subject_token: token.to_owned(),
            question: Some(AccessQuestion {
                system_id: "SYS-1".to_owned(),
                action: AccessAction::Use.into(),
                ..AccessQuestion::default()
            }),
        };
        let answer = self
            .gateway
            .clone()
            .evaluate(asked)
            .await
            .expect("an answer");
        let reasons = answer.into_inner().answer.expect("an answer").reasons;
        let killed = |code: &str| KILLED_BY.contains(&code);
        reasons.iter().any(|reason| killed(&reason.code))
    }
}
