//! Rows 2 and 3: `Evaluate` over gRPC without and with its durable record.

mod echo;
mod without_record;
mod world;

use std::sync::Arc;

use proto::identity::v1::{EvaluateRequest, access_decision_client::AccessDecisionClient};
use rpc::client::Channel;
use testkit::Engine;

use crate::{
    engine,
    measure::{Compared, Load, ROUNDS, SPAN, load},
    table::{Goal, Line},
};
use echo::Echo;
use world::World;

/// Whom a load asks, with what.
#[derive(Clone)]
struct Asked {
    client: AccessDecisionClient<Channel>,
    requests: Arc<Vec<EvaluateRequest>>,
}

impl Asked {
    async fn load(&self, in_flight: usize, span: std::time::Duration) -> Load {
        let asked = self.clone();
        load(in_flight, span, move |caller, count| {
            let mut client = asked.client.clone();
            let n = (caller * 17 + count as usize) % asked.requests.len();
            let request = asked.requests[n].clone();
            async move {
                let answer = client.evaluate(request).await.expect("an answer");
                assert!(answer.into_inner().answer.is_some());
            }
        })
        .await
    }
}

async fn compare(ours: &Asked, beside: &Asked, in_flight: usize) -> (Compared, Compared) {
    let (mut rate, mut p99) = (Compared::default(), Compared::default());
    for round in 0..=ROUNDS {
        let span = if round == 0 { SPAN / 4 } else { SPAN };
        let (ours, beside) = (
            ours.load(in_flight, span).await,
            beside.load(in_flight, span).await,
        );
        // The first round only warms up.
        if round > 0 {
            rate.by(ours.per_second, beside.per_second);
            p99.by(ours.p99_ms, beside.p99_ms);
        }
    }
    (rate, p99)
}

/// Row 2.
pub(crate) async fn without_record() -> Vec<Line> {
    let world = World::start(Engine::Sqlite, without_record::start).await;
    let ours = world.asked();
    let mut client = ours.client.clone();
    let answer = client.evaluate(ours.requests[0].clone()).await;
    let echo = Echo::start(answer.expect("an answer").into_inner()).await;
    let beside = Asked {
        client: echo.client(world.gateway_token()),
        requests: Arc::clone(&ours.requests),
    };
    let (rate, p99) = compare(&ours, &beside, 8).await;
    drop(echo);
    world.stop().await;
    vec![
        Line::ratio(
            2,
            "Evaluate without record, 8 in flight; bare tonic echo",
            rate,
            "/s",
            Goal::AtLeast(0.7),
        ),
        Line::ratio(
            2,
            "the same, p99; less is better",
            p99,
            "ms",
            Goal::AtMost(1.5),
        ),
    ]
}

/// Row 3.
pub(crate) async fn with_record() -> Vec<Line> {
    let mut lines = Vec::new();
    for engine in engine::BOTH {
        let recorded = World::start(engine, world::start).await;
        let unrecorded = World::start(engine, without_record::start).await;
        for in_flight in [8, 64] {
            let (rate, p99) = compare(&recorded.asked(), &unrecorded.asked(), in_flight).await;
            let mut more = Compared::default();
            for (ours, beside) in p99.rounds() {
                more.less(ours, beside);
            }
            let name = engine::name(engine);
            lines.push(Line::ratio(
                3,
                format!("Evaluate with its record, {name}, {in_flight} in flight; without"),
                rate,
                "/s",
                Goal::AtLeast(0.6),
            ));
            lines.push(Line::of(
                3,
                "the same, p99 more",
                more,
                "ms",
                "ms",
                Goal::AtMost(3.0),
            ));
        }
        recorded.stop().await;
        unrecorded.stop().await;
    }
    lines
}
