//! Records are found by who, what, when and by which clause; pages follow each other without a hole.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    audit::v1::{
        ExportRecordsRequest, GetInclusionProofRequest, ListSourcesRequest, LogEntry,
        SearchRecordsRequest, SourceState, SuspicionRaised,
    },
    identity::v1::AccessOutcome,
    io::cloudevents::v1::CloudEvent,
    ledger::v1::SystemRetired,
};
use standard::ServiceName;
use testkit::{eventually, refused};
use tonic::Code;

use crate::city::{at, on_both};

#[tokio::test]
async fn what_every_source_said_is_found_with_what_it_says_of_itself() {
    on_both(async |city| {
        city.retire(7..8).await;
        city.evaluate("S0009", "SYS-7", AccessOutcome::Allow).await;
        city.records("ledger", 1).await;
        city.records("identity", 1).await;
        let by_system = city
            .search(SearchRecordsRequest {
                system_id: "SYS-7".to_owned(),
                ..SearchRecordsRequest::default()
            })
            .await;
        assert_eq!(by_system.len(), 2, "both name it");
        let found = city
            .search(SearchRecordsRequest {
                person_id: "S0009".to_owned(),
                clause: "7-2-(1)-1".to_owned(),
                actor: "service/identity".to_owned(),
                subject: "S0009".to_owned(),
                type_prefix: "sekisho.identity.v1.Access".to_owned(),
                ..SearchRecordsRequest::default()
            })
            .await;
        let [entry] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!((entry.source.as_str(), entry.position), ("identity", 1));
        assert_eq!(entry.r#type, "sekisho.identity.v1.AccessEvaluated");
        assert_eq!(entry.clauses, ["7-2-(1)-1"]);
        assert!(entry.time.is_some() && entry.logged_at.is_some());
        let request = proto::audit::v1::GetRecordRequest {
            record: at(entry.index),
        };
        let record = city
            .auditor()
            .get_record(request)
            .await
            .unwrap()
            .into_inner()
            .record;
        let event: CloudEvent = prost::Message::decode(record.as_slice()).unwrap();
        assert_eq!(
            (event.id, event.r#type),
            (entry.record_id.clone(), entry.r#type.clone())
        );
        assert_eq!(record.len() as u64, entry.record_size);
    })
    .await;
}

/// Each filter alone takes its own and leaves the other.
#[tokio::test]
async fn records_are_found_by_actor_subject_type_clause_person_source_and_time() {
    on_both(async |city| {
        city.retire(1..2).await;
        city.records("ledger", 1).await;
        let between = city.process.clock.now();
        city.process.clock.advance(SignedDuration::from_secs(60));
        city.evaluate("S0009", "SYS-9", AccessOutcome::Deny).await;
        city.records("identity", 1).await;
        let later = between + SignedDuration::from_secs(1);
        type Change = fn(&mut SearchRecordsRequest, Option<prost_types::Timestamp>);
        let by: [(&str, Change, &str); 9] = [
            ("actor", |r, _| r.actor = "service/ledger".into(), "ledger"),
            ("subject", |r, _| r.subject = "SYS-1".into(), "ledger"),
            (
                "type",
                |r, _| r.type_prefix = "sekisho.identity.".into(),
                "identity",
            ),
            ("clause", |r, _| r.clause = "7-1-(1)-1".into(), "ledger"),
            ("system", |r, _| r.system_id = "SYS-9".into(), "identity"),
            ("person", |r, _| r.person_id = "S0009".into(), "identity"),
            ("source", |r, _| r.source = "identity".into(), "identity"),
            ("from", |r, at| r.from_time = at, "identity"),
            ("to", |r, at| r.to_time = at, "ledger"),
        ];
        for (what, change, expected) in by {
            let mut request = SearchRecordsRequest::default();
            change(&mut request, Some(proto::timestamp(later)));
            let found = city.search(request).await;
            let sources = found.iter().map(|entry| entry.source.as_str());
            // That somebody was searched for is itself recorded, and found by whom it was for.
            let sources: Vec<&str> = sources.filter(|source| *source != "audit").collect();
            assert_eq!(sources, [expected], "by {what}");
        }
    })
    .await;
}

/// Who accessed what: neither the actor nor the subject of an access says it (7-1-(4)-1).
#[tokio::test]
async fn an_entry_says_whom_and_which_systems_it_concerns_as_it_is_found_by_them() {
    on_both(async |city| {
        city.evaluate("S0009", "SYS-9", AccessOutcome::Deny).await;
        city.retire(7..8).await;
        city.records("ledger", 1).await;
        let access = &city.records("identity", 1).await[0];
        assert_eq!(access.actor, "service/identity");
        let by_person = SearchRecordsRequest {
            person_id: "S0009".to_owned(),
            ..SearchRecordsRequest::default()
        };
        let exported = ExportRecordsRequest {
            fitting: Some(by_person.clone()),
        };
        let exported = city.auditor().export_records(exported).await;
        let page = exported.unwrap().into_inner().message().await;
        let page = page.unwrap().unwrap();
        assert_eq!(page.entries[0], *access);
        let proven = GetInclusionProofRequest {
            record: at(access.index),
            tree_size: Some(city.checkpoint(access.index + 1).await.size),
        };
        let proven = city.auditor().get_inclusion_proof(proven).await;
        assert_eq!(proven.unwrap().into_inner().entry.as_ref(), Some(access));
        let told = |entry: &LogEntry| (entry.person_ids.clone(), entry.system_ids.clone());
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told(access), (ids(&["S0009"]), ids(&["SYS-9"])));
        let retired = &city.records("ledger", 1).await[0];
        assert_eq!(told(retired), (ids(&[]), ids(&["SYS-7"])));
        // That the auditor read of it is a record of both of them.
        let found = eventually("what was read", async || {
            let found = city.search(by_person.clone()).await;
            (found.len() > 1).then_some(found)
        })
        .await;
        for entry in found {
            let named = entry.person_ids.contains(&"S0009".to_owned());
            assert!(named, "found by a person it does not tell: {entry:?}");
            if entry.source == "audit" {
                assert!(entry.person_ids.contains(&"S0001".to_owned()), "{entry:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_says_what_came_of_what_was_judged() {
    on_both(async |city| {
        city.retire(1..2).await;
        for outcome in [
            AccessOutcome::Allow,
            AccessOutcome::StepUp,
            AccessOutcome::Deny,
            AccessOutcome::AllowByException,
        ] {
            city.evaluate("S0009", "SYS-9", outcome).await;
        }
        let outcomes = async |source, count| {
            let records = city.records(source, count).await;
            let outcomes = records
                .into_iter()
                .map(|entry| (entry.outcome, entry.codes.len()));
            outcomes.collect::<Vec<_>>()
        };
        let judged = ["allow", "step_up", "deny", "allow_by_exception"];
        let judged = judged.map(|outcome| (outcome.to_owned(), 1));
        assert_eq!(outcomes("identity", 4).await, judged);
        assert_eq!(outcomes("ledger", 1).await, [(String::new(), 0)]);
    })
    .await;
}

/// Nothing found would be taken for proof that nothing happened.
#[tokio::test]
async fn a_search_for_what_no_record_can_hold_is_refused() {
    on_both(async |city| {
        let wrong = SearchRecordsRequest {
            actor: "S0001".to_owned(),
            source: "ledgers".to_owned(),
            ..SearchRecordsRequest::default()
        };
        let clause = SearchRecordsRequest {
            clause: "99-9".to_owned(),
            ..SearchRecordsRequest::default()
        };
        for (request, fields) in [(wrong, &["actor", "source"][..]), (clause, &["clause"])] {
            let answer = city.auditor().search_records(request).await;
            let refused = refused(&answer.unwrap_err());
            assert_eq!(refused.status, Code::InvalidArgument);
            assert_eq!(refused.fields, fields);
        }
        let empty = SearchRecordsRequest {
            clause: "7-1-(1)-1".to_owned(),
            ..SearchRecordsRequest::default()
        };
        assert_eq!(city.search(empty).await, []);
    })
    .await;
}

/// A clause that an earlier pack had and the log still has is no mistake, whatever else is asked.
#[tokio::test]
async fn a_clause_of_an_earlier_pack_is_searched_for_like_any_other() {
    on_both(async |city| {
        let retired = SystemRetired {
            system_id: "SYS-1".to_owned(),
        };
        let neighbours = &city.process.neighbours;
        neighbours
            .say(ServiceName::Ledger, "system", "SYS-1", &retired, &["77-7"])
            .await;
        city.records("ledger", 1).await;
        let of = |person: &str| SearchRecordsRequest {
            clause: "77-7".to_owned(),
            person_id: person.to_owned(),
            ..SearchRecordsRequest::default()
        };
        assert_eq!(city.search(of("")).await.len(), 1);
        assert_eq!(city.search(of("S0009")).await, []);
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_hole_or_repeat_in_both_orders() {
    on_both(async |city| {
        city.retire(0..23).await;
        let all: Vec<u64> = city
            .records("ledger", 23)
            .await
            .iter()
            .map(|e| e.index)
            .collect();
        for order in [1, 2] {
            let mut seen = Vec::new();
            let mut request = SearchRecordsRequest {
                source: "ledger".to_owned(),
                page_size: 5,
                order,
                ..SearchRecordsRequest::default()
            };
            loop {
                let page = city.auditor().search_records(request.clone()).await;
                let page = page.unwrap().into_inner();
                assert!(page.entries.len() <= 5);
                seen.extend(page.entries.iter().map(|entry| entry.index));
                if page.next_page_token.is_empty() {
                    break;
                }
                request.page_token = page.next_page_token;
            }
            if order == 1 {
                seen.reverse();
            }
            assert_eq!(seen, all);
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_with_several_faults_names_all_of_them() {
    on_both(async |city| {
        let request = SearchRecordsRequest {
            page_size: 501,
            page_token: rpc::next_page_token("not a number"),
            subject: "x".repeat(201),
            source: "a\u{1}b".to_owned(),
            from_time: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
            order: 9,
            ..SearchRecordsRequest::default()
        };
        let answer = city.auditor().search_records(request).await.unwrap_err();
        let refused = refused(&answer);
        assert_eq!(refused.status, Code::InvalidArgument);
        let expected = [
            "page_size",
            "page_token",
            "subject",
            "source",
            "from_time",
            "order",
        ];
        assert_eq!(refused.fields, expected);
    })
    .await;
}

#[tokio::test]
async fn a_burst_of_refusals_raises_a_suspicion_that_is_itself_in_the_log() {
    on_both(async |city| {
        for _ in 0..12 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        }
        let raised = city.records("audit", 1).await;
        assert_eq!(raised[0].r#type, "sekisho.audit.v1.SuspicionRaised");
        assert_eq!(raised[0].clauses, ["7-1-(4)-4b"]);
        let request = proto::audit::v1::GetRecordRequest {
            record: at(raised[0].index),
        };
        let record = city
            .auditor()
            .get_record(request)
            .await
            .unwrap()
            .into_inner()
            .record;
        let record = proto::record::Record::decode(&record).unwrap();
        let suspicion = record.event::<SuspicionRaised>().unwrap().unwrap();
        assert_eq!(
            (suspicion.person_id.as_str(), suspicion.rule.as_str()),
            ("S0009", "denied_burst")
        );
        assert_eq!(suspicion.log_indexes.len(), 11);
    })
    .await;
}

#[tokio::test]
async fn every_source_is_listed_with_how_far_the_log_is() {
    on_both(async |city| {
        city.retire(0..4).await;
        let sources = eventually("the ledger's head", async || {
            let answer = city.auditor().list_sources(ListSourcesRequest {}).await;
            let sources = answer.unwrap().into_inner().sources;
            let ledger = sources.iter().find(|source| source.source == "ledger")?;
            (ledger.logged == 4 && ledger.head == 4).then_some(sources)
        })
        .await;
        let names: Vec<_> = sources
            .iter()
            .map(|source| source.source.as_str())
            .collect();
        assert_eq!(
            names,
            ["identity", "ledger", "approvals", "incidents", "audit"]
        );
        for source in &sources {
            assert_eq!(source.state(), SourceState::Sound, "{source:?}");
            assert_eq!((source.finding.as_str(), source.kept_aside), ("", 0));
        }
    })
    .await;
}
