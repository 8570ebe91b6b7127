//! Row 7: how long a session killed at one replica of identity is still let in at another.

use std::time::Instant;

use proto::{
    common::v1 as common,
    identity::v1::{
        AccessAction, AccessQuestion, EvaluateRequest, RegisterEnforcementPointRequest,
        RevokeSessionsRequest, access_decision_client::AccessDecisionClient,
        accounts_client::AccountsClient, enforcement_points_client::EnforcementPointsClient,
    },
};
use rpc::client::Channel;
use standard::ServiceName;
use testkit::{Engine, Replica, TestProcess, eventually};

use crate::{
    measure::{ROUNDS, Rounds, latencies, micros},
    table::{Goal, Line},
    town,
};

/// Sessions killed in a round.
const KILLED: usize = 100;
/// By which rules a killed session is refused; before, it is refused by others.
const KILLED_BY: [&str; 3] = ["token_revoked", "session_not_live", "epoch_outdated"];

/// The whole of identity, twice, on one PostgreSQL and one broker.
pub(crate) async fn row() -> Vec<Line> {
    let services = [(ServiceName::Identity, town::start as shell::Start)];
    let first = TestProcess::start(Engine::Postgres, &services).await;
    let second = Replica::of(&first, &[town::start]).await;
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
    /// One person with an account, and a gateway.
    async fn settle(&self) {
        town::found(&self.first, 1).await;
        let gateway = RegisterEnforcementPointRequest {
            enforcement_point_id: "office".to_owned(),
            name: "庁内プロキシ".to_owned(),
            workload: "office".to_owned(),
            path: common::AccessPath::Office.into(),
        };
        EnforcementPointsClient::new(town::platform(&self.first))
            .register_enforcement_point(gateway)
            .await
            .expect("registered");
    }

    /// From the answer to the revocation at one replica to the first refusal at the other.
    async fn kill(&self) -> std::time::Duration {
        let token = town::sign_in(self.first.anonymous(), town::person(0)).await;
        eventually("the session is known", async || {
            (!self.is_killed(&token).await).then_some(())
        })
        .await;
        let revoke = RevokeSessionsRequest {
            person_id: town::person(0),
            reason: "bench".to_owned(),
            ..RevokeSessionsRequest::default()
        };
        AccountsClient::new(town::platform(&self.first))
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
