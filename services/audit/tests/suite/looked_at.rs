//! Everybody learns who looked at their accesses, how and when, and nothing more: not what was asked for, nor
//! who else was looked at. What was asked is for those who read every record, and for whoever asked.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kernel::{Actor, Clock as _, Context, SessionId};
use proto::{
    audit::v1::{
        GetInclusionProofRequest, GetRecordRequest, ListLogDigestsRequest, LogEntry, RecordsRead,
        ReplayAnalysisRequest, SearchRecordsRequest, analysis_client::AnalysisClient,
    },
    common::v1::{NetworkClass, PersonLookedAt},
    identity::v1::AccessOutcome,
    ledger::v1::{System, SystemRegistered},
    record::{Outgoing, Record},
};
use standard::{Role, ServiceName};
use testkit::{eventually, refused};

use crate::{
    analysis::{STRICTER, replay},
    city::{City, Client, at, on_both},
    readers::{client, found},
};

const LOOKED_AT: &str = "sekisho.common.v1.PersonLookedAt";
const READ: &str = "sekisho.audit.v1.RecordsRead";

async fn search(mut log: Client, type_prefix: &str) -> Vec<LogEntry> {
    let request = SearchRecordsRequest {
        type_prefix: type_prefix.to_owned(),
        order: 2,
        page_size: 500,
        ..SearchRecordsRequest::default()
    };
    let answer = log.search_records(request).await.unwrap();
    answer.into_inner().entries
}

/// What the auditor finds of a kind once it is so many.
async fn told(city: &City, kind: &str, count: usize) -> Vec<LogEntry> {
    eventually(kind, async || {
        let found = search(city.auditor(), kind).await;
        (found.len() >= count).then_some(found)
    })
    .await
}

async fn record(mut log: Client, index: u64) -> Result<Vec<u8>, String> {
    let request = GetRecordRequest { record: at(index) };
    let answer = log.get_record(request).await;
    answer
        .map(|answer| answer.into_inner().record)
        .map_err(|status| refused(&status).code)
}

async fn proven(mut log: Client, index: u64) -> Result<Vec<u8>, String> {
    let request = GetInclusionProofRequest {
        record: at(index),
        tree_size: None,
    };
    let answer = log.get_inclusion_proof(request).await;
    answer
        .map(|answer| answer.into_inner().record)
        .map_err(|status| refused(&status).code)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn who_was_looked_at_reads_nothing_of_the_question_nor_of_anybody_else_7_1_4_3() {
    on_both(async |city| {
        for person in ["S0007", "S0008", "S0009"] {
            city.evaluate(person, "SYS-1", AccessOutcome::Allow).await;
        }
        city.checkpoint(3).await;
        // Both name S0009; the second finds nothing, and asks for an incident.
        let together = SearchRecordsRequest {
            system_id: "SYS-1".into(),
            type_prefix: "sekisho.identity.v1.AccessEval".into(),
            ..SearchRecordsRequest::default()
        };
        assert_eq!(city.search(together.clone()).await.len(), 3);
        let suspected = SearchRecordsRequest {
            person_id: "S0009".into(),
            incident_id: "INC-77".into(),
            ..SearchRecordsRequest::default()
        };
        assert_eq!(city.search(suspected.clone()).await, []);

        let all = told(city, LOOKED_AT, 4).await;
        let questions = told(city, READ, 2).await;
        let last = all.iter().chain(&questions).map(|entry| entry.index).max();
        city.checkpoint(last.unwrap() + 1).await;
        let staff = || client(city, "S0009", Role::Staff);
        let mine = search(staff(), LOOKED_AT).await;
        assert_eq!(mine.len(), 2);
        for entry in &mine {
            assert_eq!(entry.actor, "person/S0001");
            assert!(entry.time.is_some());
            let record = record(staff(), entry.index).await.unwrap();
            assert_eq!(proven(staff(), entry.index).await.unwrap(), record);
            let shown = format!("{entry:?}").into_bytes();
            for bytes in [&record, &shown] {
                assert!(holds(bytes, "S0009") && holds(bytes, "S0001"));
                for other in ["S0007", "S0008", "SYS-1", "INC-77", "AccessEval"] {
                    assert!(!holds(bytes, other), "{other} in {entry:?}");
                }
            }
            let said = Record::decode(&record).unwrap();
            let event = said.event::<PersonLookedAt>().unwrap().unwrap();
            let expected = PersonLookedAt {
                person_id: "S0009".into(),
                way: "search".into(),
            };
            assert_eq!(event, expected);
            assert_eq!(said.clauses[0].as_str(), "7-1-(4)-3");
        }
        // Of everything else that says so there is nothing for them, by whatever name.
        let theirs: BTreeSet<u64> = mine.iter().map(|entry| entry.index).collect();
        let others = all.iter().chain(&questions).map(|entry| entry.index);
        let others: Vec<u64> = others.filter(|index| !theirs.contains(index)).collect();
        assert_eq!(others.len(), 4, "two of others, and two questions");
        for index in others {
            let hidden = Err("record_not_found".to_owned());
            assert_eq!(record(staff(), index).await, hidden);
            assert_eq!(proven(staff(), index).await, hidden);
        }
        assert_eq!(search(staff(), READ).await, []);

        // The auditor has the questions, with everybody they named or found.
        let mut asked = Vec::new();
        for entry in questions {
            let bytes = record(city.auditor(), entry.index).await.unwrap();
            let said = Record::decode(&bytes).unwrap();
            let read = said.event::<RecordsRead>().unwrap().unwrap();
            let filter = read.asked.unwrap();
            asked.push((filter.system_id, filter.incident_id, read.person_ids));
        }
        let people = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let none = String::new;
        let expected = [
            (
                together.system_id,
                none(),
                people(&["S0007", "S0008", "S0009"]),
            ),
            (none(), suspected.incident_id, people(&["S0009"])),
        ];
        assert_eq!(asked, expected);
    })
    .await;
}

/// A bureau's manager learns that the bureau's people were looked at, not what else was asked; and nothing of
/// whom an auditor looks at who belongs to the bureau.
#[tokio::test]
async fn a_bureaus_manager_reads_who_was_looked_at_and_not_what_was_asked_7_1_4_3() {
    on_both(async |city| {
        found(city).await;
        for (person, system) in [("S0110", "SYS-1"), ("S0210", "SYS-2"), ("S0110", "SYS-3")] {
            city.evaluate(person, system, AccessOutcome::Allow).await;
        }
        city.checkpoint(13).await;
        // The finance bureau's own S0110 and the works bureau's S0210, each as an auditor, look at all of it;
        // the question names a system of finance, and one that is registered only afterwards.
        let auditor = |person| client(city, person, Role::Auditor);
        for system_id in ["", "SYS-1", "SYS-3"] {
            let question = SearchRecordsRequest {
                type_prefix: "sekisho.identity.v1.AccessEvaluated".into(),
                system_id: system_id.into(),
                ..SearchRecordsRequest::default()
            };
            for person in ["S0110", "S0210"] {
                auditor(person)
                    .search_records(question.clone())
                    .await
                    .unwrap();
            }
        }
        let questions = told(city, READ, 6).await.len();
        assert_eq!(questions, 6);
        let all = told(city, LOOKED_AT, 4).await;
        assert_eq!(all.len(), 4);
        let mut late = System {
            system_id: "SYS-3".into(),
            name: "SYS-3".into(),
            owner_section_id: "tax".into(),
            ..System::default()
        };
        late.set_network_class(NetworkClass::Lgwan);
        let event = SystemRegistered { system: Some(late) };
        let say = &city.process.neighbours;
        say.say(ServiceName::Ledger, "system", "SYS-3", &event, &[])
            .await;

        let manager = || client(city, "S0100", Role::BureauManager);
        eventually("the system that came late", async || {
            let found = search(manager(), "sekisho.ledger.").await;
            (found.len() == 2).then_some(())
        })
        .await;
        assert_eq!(search(manager(), READ).await, []);
        let theirs = search(manager(), LOOKED_AT).await;
        assert_eq!(theirs.len(), 3);
        for entry in &theirs {
            let who = (entry.actor.as_str(), entry.subject.as_str());
            assert_eq!(who, ("person/S0210", "S0110"));
        }
        // Whoever asked knows what they asked.
        assert_eq!(
            search(client(city, "S0110", Role::Staff), READ).await.len(),
            3
        );
    })
    .await;
}

/// That a replay found somebody says that they would be suspected, which is not theirs to know: they are told
/// of it as of whatever is read as it comes.
#[tokio::test]
async fn whom_a_replay_would_suspect_is_not_told_so() {
    on_both(async |city| {
        for _ in 0..4 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        }
        city.checkpoint(4).await;
        let tried = ReplayAnalysisRequest {
            rules_toml: STRICTER.to_owned(),
            ..ReplayAnalysisRequest::default()
        };
        assert_eq!(replay(city, tried).await.unwrap().len(), 1);
        let read = told(city, READ, 1).await;
        let read = record(city.auditor(), read[0].index).await.unwrap();
        let read = Record::decode(&read).unwrap().event::<RecordsRead>();
        assert_eq!(read.unwrap().unwrap().way, "replay");
        let mine = told(city, LOOKED_AT, 1).await;
        let staff = client(city, "S0009", Role::Staff);
        let mine = record(staff, mine[0].index).await.unwrap();
        let mine = Record::decode(&mine).unwrap().event::<PersonLookedAt>();
        assert_eq!(mine.unwrap().unwrap().way, "stream");
    })
    .await;
}

/// Whose decisions are looked at in identity finds it at the same place.
#[tokio::test]
async fn what_identity_says_of_who_looked_is_found_beside_it() {
    on_both(async |city| {
        let actor = Actor::Person {
            id: "S0311".parse().unwrap(),
            session: SessionId::default(),
        };
        let context = Context::new(actor, city.process.clock.now(), "test");
        let store = city.process.neighbours.store(ServiceName::Identity);
        let mut unit = store.unit(context).await.unwrap();
        for person in ["S0008", "S0009"] {
            let event = PersonLookedAt {
                person_id: person.into(),
                way: "explain".into(),
            };
            unit.record("reading", person, Outgoing::new(&event, []));
        }
        unit.commit().await.unwrap();
        assert_eq!(told(city, LOOKED_AT, 2).await.len(), 2);
        let mine = search(client(city, "S0009", Role::Staff), LOOKED_AT).await;
        let mine: Vec<_> = mine
            .iter()
            .map(|entry| (entry.actor.as_str(), entry.subject.as_str()))
            .collect();
        assert_eq!(mine, [("person/S0311", "S0009")]);
    })
    .await;
}

/// That somebody is suspected is not theirs to know, and so not that it was read: who read it is on record
/// all the same.
#[tokio::test]
async fn who_reads_of_suspicions_is_on_record_and_the_suspects_are_not_told_7_1_4_4() {
    on_both(async |city| {
        for _ in 0..12 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        }
        told(city, "sekisho.audit.v1.SuspicionRaised", 1).await;
        read_of(city, "search", "S0009").await;
        city.process.clock.advance(SignedDuration::from_hours(24));
        eventually("the digest", async || {
            let chief = city.process.person("S0001", "1301", &[Role::Ciso]);
            let request = ListLogDigestsRequest::default();
            let answer = AnalysisClient::new(chief).list_log_digests(request).await;
            (!answer.unwrap().into_inner().digests.is_empty()).then_some(())
        })
        .await;
        read_of(city, "digests", "S0009").await;
        // Nor when they are asked for by name, which only tells of suspicions.
        let by_name = SearchRecordsRequest {
            person_id: "S0009".into(),
            type_prefix: "sekisho.audit.v1.SuspicionRaised".into(),
            ..SearchRecordsRequest::default()
        };
        assert_eq!(city.search(by_name).await.len(), 1);
        assert_eq!(search(city.auditor(), LOOKED_AT).await, []);
        search(city.auditor(), "sekisho.identity.v1.AccessEvaluated").await;
        let looked_at = told(city, LOOKED_AT, 1).await;
        assert_eq!(looked_at[0].subject, "S0009");
    })
    .await;
}

/// Waits until it is on record that somebody was read about in that way, and nobody else.
async fn read_of(city: &City, way: &str, person: &str) {
    eventually(way, async || {
        for entry in told(city, READ, 1).await {
            let bytes = record(city.auditor(), entry.index).await.unwrap();
            let read = Record::decode(&bytes).unwrap().event::<RecordsRead>();
            let read = read.unwrap().unwrap();
            if read.way == way && read.person_ids == [person] {
                return Some(());
            }
        }
        None
    })
    .await;
}

/// What is suspected of oneself is not one's own to read unseen, whoever one is.
#[tokio::test]
async fn an_auditor_who_reads_what_is_suspected_of_them_is_on_record() {
    on_both(async |city| {
        for _ in 0..12 {
            city.evaluate("S0001", "SYS-1", AccessOutcome::Deny).await;
        }
        let kind = "sekisho.audit.v1.SuspicionRaised";
        let raised = eventually("the suspicion", async || {
            let about_them = SearchRecordsRequest {
                person_id: "S0001".into(),
                type_prefix: kind.into(),
                ..SearchRecordsRequest::default()
            };
            city.search(about_them).await.pop()
        })
        .await;
        record(city.auditor(), raised.index).await.unwrap();
        read_of(city, "search", "S0001").await;
        read_of(city, "record", "S0001").await;
        assert_eq!(search(city.auditor(), LOOKED_AT).await, []);
    })
    .await;
}
