//! Whoever reads records of other people's accesses is on record before they are answered, with what was
//! asked and how much was found. What those learn whom they read about is in `looked_at`.

use proto::{
    audit::v1::{
        ExportRecordsRequest, GetRecordRequest, ReadEvidenceRequest, ReadLeavesRequest,
        RecordsRead, SearchRecordsRequest, StreamRecordsRequest, audit_log_client::AuditLogClient,
        evidence_client::EvidenceClient,
    },
    identity::v1::AccessOutcome,
    record::Record,
};
use standard::{Role, ServiceName};
use testkit::eventually;

use crate::city::{City, at, on_both};

const READ: &str = "sekisho.audit.v1.RecordsRead";

/// Every reading on record once there are so many, oldest first.
async fn readings(city: &City, count: usize) -> Vec<RecordsRead> {
    let request = SearchRecordsRequest {
        type_prefix: READ.into(),
        order: 2,
        page_size: 500,
        ..SearchRecordsRequest::default()
    };
    let entries = eventually("the readings", async || {
        let found = city.search(request.clone()).await;
        (found.len() >= count).then_some(found)
    })
    .await;
    let mut found = Vec::new();
    for entry in entries {
        let request = GetRecordRequest {
            record: at(entry.index),
        };
        let answer = city.auditor().get_record(request).await.unwrap();
        let record = Record::decode(&answer.into_inner().record).unwrap();
        assert_eq!(
            record.actor.to_string(),
            format!("person/{}", entry_reader(&record))
        );
        assert_eq!(record.clauses[0].as_str(), "7-1-(4)-3");
        found.push(record.event::<RecordsRead>().unwrap().unwrap());
    }
    found
}

fn entry_reader(record: &Record) -> String {
    let event = record.event::<RecordsRead>().unwrap().unwrap();
    event.reader_id
}

/// Waits for a record of a system without asking for anybody's accesses.
async fn until_logged(city: &City, count: u64) {
    city.checkpoint(count).await;
}

#[tokio::test]
async fn a_search_of_accesses_is_on_record_with_its_question_its_reader_and_its_results() {
    on_both(async |city| {
        city.evaluate("S0009", "SYS-1", AccessOutcome::Allow).await;
        city.evaluate("S0008", "SYS-1", AccessOutcome::Allow).await;
        until_logged(city, 2).await;
        let request = SearchRecordsRequest {
            system_id: "SYS-1".into(),
            type_prefix: "sekisho.identity.".into(),
            ..SearchRecordsRequest::default()
        };
        assert_eq!(city.search(request).await.len(), 2);
        let read = readings(city, 1).await;
        let [read] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(
            (read.reader_id.as_str(), read.way.as_str()),
            ("S0001", "search")
        );
        assert_eq!(
            (read.results, read.person_ids.as_slice()),
            (2, &["S0008".to_owned(), "S0009".to_owned()][..])
        );
        let asked = read.asked.clone().unwrap();
        assert_eq!(
            (asked.system_id.as_str(), asked.type_prefix.as_str()),
            ("SYS-1", "sekisho.identity.")
        );
    })
    .await;
}

/// Asking for somebody by name tells something even when nothing is found.
#[tokio::test]
async fn asking_for_somebody_by_name_is_on_record_although_nothing_is_found() {
    on_both(async |city| {
        for request in [
            SearchRecordsRequest {
                person_id: "S0404".into(),
                ..SearchRecordsRequest::default()
            },
            SearchRecordsRequest {
                actor: "person/S0404".into(),
                ..SearchRecordsRequest::default()
            },
        ] {
            assert!(
                city.search(request)
                    .await
                    .iter()
                    .all(|entry| entry.r#type == READ)
            );
        }
        let request = ExportRecordsRequest {
            fitting: Some(SearchRecordsRequest {
                person_id: "S0404".into(),
                type_prefix: "sekisho.identity.".into(),
                ..SearchRecordsRequest::default()
            }),
        };
        let mut pages = city.auditor().export_records(request).await.unwrap();
        assert!(pages.get_mut().message().await.unwrap().is_none());
        for read in readings(city, 3).await {
            assert_eq!(read.person_ids, ["S0404"]);
        }
    })
    .await;
}

/// That nobody accessed something is an answer about accesses.
#[tokio::test]
async fn asking_for_what_accesses_could_answer_is_on_record_although_nothing_is_found() {
    on_both(async |city| {
        let of = |type_prefix: &str| SearchRecordsRequest {
            type_prefix: type_prefix.into(),
            ..SearchRecordsRequest::default()
        };
        // No access can be the answer to these.
        for kind in ["sekisho.ledger.", "sekisho.audit.v1.EvidenceTaken"] {
            assert_eq!(city.search(of(kind)).await, []);
        }
        // Nor to what somebody asks who reads only of themselves.
        let mut staff = AuditLogClient::new(city.process.person("S0009", "tax", &[Role::Staff]));
        let own = of("sekisho.identity.v1.AccessEvaluated");
        staff.search_records(own.clone()).await.unwrap();
        let asked = [
            SearchRecordsRequest {
                system_id: "SYS-9".into(),
                ..own
            },
            of("sekisho.common.v1.RequestRefused"),
            of("sekisho.identity.v1.SharedId"),
            SearchRecordsRequest {
                subject: "S0999".into(),
                ..SearchRecordsRequest::default()
            },
        ];
        for request in asked.clone() {
            assert_eq!(city.search(request).await, []);
        }
        let request = ExportRecordsRequest {
            fitting: Some(asked[1].clone()),
        };
        let mut pages = city.auditor().export_records(request).await.unwrap();
        assert!(pages.get_mut().message().await.unwrap().is_none());
        let read = readings(city, 5).await;
        let told: Vec<_> = read
            .iter()
            .map(|read| {
                let asked = read.asked.clone().unwrap();
                assert!(read.person_ids.is_empty(), "{read:?}");
                (read.way.as_str(), asked.type_prefix, asked.subject)
            })
            .collect();
        let expected = asked
            .iter()
            .map(|asked| ("search", asked.type_prefix.clone(), asked.subject.clone()))
            .chain([("export", asked[1].type_prefix.clone(), String::new())]);
        assert_eq!(told, expected.collect::<Vec<_>>());
    })
    .await;
}

/// Whoever asks for what is about a person asks for the person; what they were refused is their access.
#[tokio::test]
async fn a_subject_that_is_a_staff_number_and_who_was_refused_are_named() {
    on_both(async |city| {
        let (say, since) = (
            &city.process.neighbours,
            kernel::Clock::now(&city.process.clock),
        );
        let event = testkit::registered("S0009", "tax", since);
        say.say(ServiceName::Identity, "person", "S0009", &event, &[])
            .await;
        let refused = EvidenceClient::new(city.process.person("S0008", "tax", &[Role::Staff]));
        let request = ReadEvidenceRequest::default();
        let answer = { refused }.read_evidence(request).await;
        assert_eq!(
            testkit::refused(&answer.err().unwrap()).code,
            "role_missing"
        );
        until_logged(city, 2).await;
        let named = async |request: SearchRecordsRequest, found: usize, person: &str| {
            // What is known of the city follows the log a moment later.
            eventually(person, async || {
                assert_eq!(city.search(request.clone()).await.len(), found);
                let read = readings(city, 1).await;
                read.iter()
                    .any(|read| read.person_ids == [person])
                    .then_some(())
            })
            .await;
        };
        let request = SearchRecordsRequest {
            subject: "S0009".into(),
            type_prefix: "sekisho.identity.v1.Session".into(),
            ..SearchRecordsRequest::default()
        };
        named(request, 0, "S0009").await;
        let request = SearchRecordsRequest {
            type_prefix: "sekisho.common.v1.RequestRefused".into(),
            ..SearchRecordsRequest::default()
        };
        named(request, 1, "S0008").await;
    })
    .await;
}

#[tokio::test]
async fn a_record_a_stream_and_the_leaves_are_on_record_once_they_hold_an_access() {
    on_both(async |city| {
        city.retire(0..2).await;
        until_logged(city, 2).await;
        let mut auditor = city.auditor();
        // Of no person's accesses: none of these is on record.
        auditor
            .get_record(GetRecordRequest { record: at(0) })
            .await
            .unwrap();
        auditor
            .search_records(SearchRecordsRequest::default())
            .await
            .unwrap();
        let request = StreamRecordsRequest::default();
        let mut stream = auditor.stream_records(request).await.unwrap().into_inner();
        for _ in 0..2 {
            stream.message().await.unwrap().unwrap();
        }
        city.evaluate("S0009", "SYS-1", AccessOutcome::Allow).await;
        stream.message().await.unwrap().unwrap();
        let read = readings(city, 1).await;
        assert_eq!(read[0].way, "stream");
        auditor
            .get_record(GetRecordRequest { record: at(2) })
            .await
            .unwrap();
        let request = ReadLeavesRequest {
            from_index: 0,
            to_index: Some(3),
        };
        let mut leaves = auditor.read_leaves(request).await.unwrap().into_inner();
        while leaves.message().await.unwrap().is_some() {}
        let read = readings(city, 3).await;
        let ways: Vec<&str> = read.iter().map(|read| read.way.as_str()).collect();
        assert_eq!(ways, ["stream", "record", "leaves"]);
    })
    .await;
}

/// However many batches it is sent in; who comes late in it is named then.
#[tokio::test]
async fn an_export_and_a_package_are_one_reading_each_and_name_everybody_once() {
    on_both(async |city| {
        let people: Vec<&str> = std::iter::repeat_n("S0009", 520).chain(["S0008"]).collect();
        city.evaluate_all(&people, "SYS-1").await;
        let size = city.checkpoint(521).await.size;
        let fitting = Some(SearchRecordsRequest {
            system_id: "SYS-1".into(),
            type_prefix: "sekisho.identity.".into(),
            ..SearchRecordsRequest::default()
        });
        let all: Vec<u64> = (0..521).collect();

        let request = ExportRecordsRequest {
            fitting: fitting.clone(),
        };
        let answer = city.auditor().export_records(request).await.unwrap();
        let (mut pages, mut exported) = (answer.into_inner(), Vec::new());
        while let Some(page) = pages.message().await.unwrap() {
            exported.extend(page.entries.iter().map(|entry| entry.index));
        }
        assert_eq!(exported, all);

        let auditor = city.process.person("S0001", "1301", &[Role::Auditor]);
        let request = ReadEvidenceRequest { fitting, size };
        let answer = EvidenceClient::new(auditor).read_evidence(request).await;
        let (mut records, mut proven) = (answer.unwrap().into_inner(), Vec::new());
        let key = city.verifier_key().await;
        while let Some(record) = records.message().await.unwrap() {
            let proof = verifier::verify_bundle(&record.bundle, &key).unwrap();
            assert_eq!(proof.leaf, record.entry.unwrap().index);
            assert_eq!(proof.checkpoint.size, size);
            proven.push(proof.leaf);
        }
        assert_eq!(proven, all);

        let read = readings(city, 4).await;
        let told: Vec<_> = read
            .iter()
            .map(|read| (read.way.as_str(), read.person_ids.join(",")))
            .collect();
        let expected = [
            ("export", "S0009".to_owned()),
            ("export", "S0008".to_owned()),
            ("evidence", "S0009".to_owned()),
            ("evidence", "S0008".to_owned()),
        ];
        assert_eq!(told, expected);
    })
    .await;
}

/// One's own accesses are one's own to look at.
#[tokio::test]
async fn who_reads_of_their_own_accesses_only_is_not_on_record() {
    on_both(async |city| {
        city.evaluate("S0009", "SYS-1", AccessOutcome::Allow).await;
        city.evaluate("S0008", "SYS-1", AccessOutcome::Allow).await;
        until_logged(city, 2).await;
        let mut own = AuditLogClient::new(city.process.person("S0009", "tax", &[Role::Staff]));
        let mine = SearchRecordsRequest {
            person_id: "S0009".into(),
            ..SearchRecordsRequest::default()
        };
        let found = own.search_records(mine).await.unwrap().into_inner();
        assert_eq!(found.entries.len(), 1);
        let by_auditor = SearchRecordsRequest {
            person_id: "S0009".into(),
            ..SearchRecordsRequest::default()
        };
        city.search(by_auditor).await;
        let readers: Vec<String> = readings(city, 1)
            .await
            .into_iter()
            .map(|read| read.reader_id)
            .collect();
        assert_eq!(readers, ["S0001"]);
    })
    .await;
}
