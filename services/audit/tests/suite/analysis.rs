//! The analysis of the log over gRPC: rules, replays, digests.

use jiff::SignedDuration;
use proto::{
    audit::v1::{
        ListAnalysisRulesRequest, ListLogDigestsRequest, ReplayAnalysisRequest, SuspicionRaised,
        analysis_client::AnalysisClient,
    },
    identity::v1::AccessOutcome,
    timestamp,
};
use rpc::client::Channel;
use standard::Role;
use testkit::{eventually, refused};
use tonic::{Code, Status};

use crate::city::{City, on_both};

/// What a city's own file of rules may look like.
pub(crate) const STRICTER: &str = r#"
    [[rule]]
    id = "denied_thrice"
    title_ja = "三回の拒否"
    title_en = "Denied three times"
    clauses = ["7-1-(4)-4b"]
    severity = "notice"
    quiet = { hours = 1 }
    detector.burst = { counted = "denied_access", tolerated = 2, window = { hours = 1 } }
"#;

fn by(city: &City, role: Role) -> AnalysisClient<Channel> {
    AnalysisClient::new(city.process.person("S0001", "1301", &[role]))
}

pub(crate) async fn replay(
    city: &City,
    request: ReplayAnalysisRequest,
) -> Result<Vec<SuspicionRaised>, Status> {
    let answer = by(city, Role::Auditor).replay_analysis(request).await?;
    let mut steps = answer.into_inner();
    let (mut raised, mut through) = (Vec::new(), false);
    while let Some(step) = steps.message().await? {
        through = step.next_index == step.to_index;
        raised.extend(step.suspicion);
    }
    assert!(through, "the last step says that it is through");
    Ok(raised)
}

#[tokio::test]
async fn the_rules_of_the_pack_are_listed_with_how_far_they_are() {
    on_both(async |city| {
        city.retire(0..3).await;
        let answer = eventually("all is seen", async || {
            let request = ListAnalysisRulesRequest {};
            let mut client = by(city, Role::CsirtChief);
            let answer = client.list_analysis_rules(request).await;
            let answer = answer.unwrap().into_inner();
            let seen = answer.log_size >= 3 && answer.analysed == answer.log_size;
            seen.then_some(answer)
        })
        .await;
        let pack = &city.process.runtime().pack;
        let ids: Vec<_> = answer.rules.iter().map(|rule| rule.rule.as_str()).collect();
        let expected: Vec<_> = pack
            .analysis()
            .iter()
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(ids, expected);
        assert_eq!(answer.rules[0].severity, "warning");
        assert_eq!(answer.rules[0].clauses, ["7-1-(4)-4b"]);
    })
    .await;
}

#[tokio::test]
async fn rules_are_tried_on_the_past_before_they_are_put_in_force() {
    on_both(async |city| {
        for _ in 0..4 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        }
        city.records("identity", 4).await;
        let in_force = replay(city, ReplayAnalysisRequest::default()).await;
        assert!(in_force.unwrap().is_empty());
        let tried = ReplayAnalysisRequest {
            rules_toml: STRICTER.to_owned(),
            ..ReplayAnalysisRequest::default()
        };
        let raised = replay(city, tried.clone()).await.unwrap();
        assert_eq!(raised.len(), 1);
        assert_eq!(
            (raised[0].rule.as_str(), raised[0].person_id.as_str()),
            ("denied_thrice", "S0009")
        );
        assert_eq!(raised[0].log_indexes.len(), 3);
        // What comes after all that is in the log.
        let now = kernel::Clock::now(&city.process.clock);
        let later = ReplayAnalysisRequest {
            from_time: Some(timestamp(now + SignedDuration::from_hours(1))),
            ..tried
        };
        assert!(replay(city, later).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_rules_and_range_is_told_at_once_with_its_line() {
    on_both(async |city| {
        let at = |second| {
            let nanos = 0;
            Some(prost_types::Timestamp {
                seconds: second,
                nanos,
            })
        };
        let request = ReplayAnalysisRequest {
            rules: vec!["denied_burst".to_owned(), "witchcraft".to_owned()],
            from_time: at(100),
            to_time: at(100),
            ..ReplayAnalysisRequest::default()
        };
        let mut client = by(city, Role::Auditor);
        let answer = client.replay_analysis(request).await.err().unwrap();
        let refused_ = refused(&answer);
        assert_eq!(refused_.status, Code::InvalidArgument);
        assert_eq!(refused_.fields, ["rules[1]", "to_time"]);

        let request = ReplayAnalysisRequest {
            rules_toml: STRICTER.replace("\"notice\"", "\"loud\""),
            ..ReplayAnalysisRequest::default()
        };
        let answer = client.replay_analysis(request).await.err().unwrap();
        assert_eq!(refused(&answer).fields, ["rules_toml"]);
        let told = format!("{answer:?}");
        assert!(told.contains("analysis.toml:7: unknown severity"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_day_of_the_log_is_summed_up_and_only_those_who_read_all_of_it_see_it() {
    on_both(async |city| {
        for _ in 0..12 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        }
        eventually("the suspicion", async || {
            let raised = city.records("audit", 1).await;
            let suspicion = "sekisho.audit.v1.SuspicionRaised";
            raised
                .iter()
                .any(|one| one.r#type == suspicion)
                .then_some(())
        })
        .await;
        city.process.clock.advance(SignedDuration::from_hours(24));
        let digests = eventually("the digest", async || {
            let request = ListLogDigestsRequest::default();
            let answer = by(city, Role::Ciso).list_log_digests(request).await;
            let digests = answer.unwrap().into_inner().digests;
            (!digests.is_empty()).then_some(digests)
        })
        .await;
        let burst = &digests[0].rules[0];
        assert_eq!((burst.rule.as_str(), burst.suspicions), ("denied_burst", 1));
        assert_eq!(burst.subjects[0].subject, "person/S0009");

        for role in [Role::Staff, Role::BureauManager, Role::SystemManager] {
            let mut client = by(city, role);
            let rules = client
                .list_analysis_rules(ListAnalysisRulesRequest {})
                .await;
            let replay = client
                .replay_analysis(ReplayAnalysisRequest::default())
                .await;
            let digests = client
                .list_log_digests(ListLogDigestsRequest::default())
                .await;
            for answer in [rules.map(drop), replay.map(drop), digests.map(drop)] {
                assert_eq!(refused(&answer.unwrap_err()).code, "role_missing", "{role}");
            }
        }
    })
    .await;
}
