//! Who reads which records: an auditor all, a bureau manager the bureau's, everybody their own, and
//! nobody learns that there are others, by whatever way they ask.

use std::collections::BTreeSet;

use proto::{
    audit::v1::{
        ExportRecordsRequest, GetInclusionProofRequest, GetRecordRequest, LogEntry, RecordOrder,
        SearchRecordsRequest, SourcePosition, StreamRecordsRequest,
        audit_log_client::AuditLogClient, record_name::Name,
    },
    common::v1::NetworkClass,
    identity::v1::{AccessOutcome, BureauRecorded, PostRecorded, SectionRecorded},
    ledger::v1::{System, SystemRegistered},
};
use standard::{Role, ServiceName};
use testkit::{assigned, refused, registered};

use crate::city::{City, Client, at, named, on_both};

/// Bureau `finance` with section `tax`, its manager and a clerk, and the system `SYS-1`; bureau `works`
/// with section `roads`, a clerk, and `SYS-2`.
pub(crate) async fn found(city: &City) {
    use ServiceName::{Identity, Ledger};
    let say = &city.process.neighbours;
    let since = kernel::Clock::now(&city.process.clock);
    let mut said = 0;
    for (bureau, section, person) in [("finance", "tax", "S0110"), ("works", "roads", "S0210")] {
        let event = BureauRecorded {
            bureau_id: bureau.into(),
            name: bureau.into(),
            ward: false,
        };
        say.say(Identity, "bureau", bureau, &event, &[]).await;
        let event = SectionRecorded {
            section_id: section.into(),
            bureau_id: bureau.into(),
            name: section.into(),
            ..SectionRecorded::default()
        };
        say.say(Identity, "section", section, &event, &[]).await;
        let event = registered(person, section, since);
        say.say(Identity, "person", person, &event, &[]).await;
        said += 3;
    }
    let event = PostRecorded {
        post_id: "finance-head".into(),
        bureau_id: "finance".into(),
        roles: vec!["bureau_manager".into()],
        ..PostRecorded::default()
    };
    say.say(Identity, "post", "finance-head", &event, &[]).await;
    let event = assigned("finance-head", "S0100", since);
    say.say(Identity, "post", "finance-head", &event, &[]).await;
    city.records("identity", said + 2).await;
    for (system, section) in [("SYS-1", "tax"), ("SYS-2", "roads")] {
        let mut known = System {
            system_id: system.into(),
            name: system.into(),
            owner_section_id: section.into(),
            ..System::default()
        };
        known.set_network_class(NetworkClass::Lgwan);
        let system_is = SystemRegistered {
            system: Some(known),
        };
        say.say(Ledger, "system", system, &system_is, &[]).await;
    }
    city.records("ledger", 2).await;
}

/// Who accessed what, in the order in which it is said.
const ACCESSES: [(&str, &str); 4] = [
    ("S0110", "SYS-1"),
    ("S0110", "SYS-2"),
    ("S0210", "SYS-1"),
    ("S0210", "SYS-2"),
];

pub(crate) fn client(city: &City, person: &str, role: Role) -> Client {
    AuditLogClient::new(city.process.person(person, "tax", &[role]))
}

/// The indexes of the four accesses.
async fn accesses(city: &City) -> Vec<u64> {
    for (person, system) in ACCESSES {
        city.evaluate(person, system, AccessOutcome::Allow).await;
    }
    let all = city.records("identity", 12).await;
    let of_accesses = all.iter().filter(|entry| is_access(entry));
    of_accesses.map(|entry| entry.index).collect()
}

fn is_access(entry: &LogEntry) -> bool {
    entry.r#type == "sekisho.identity.v1.AccessEvaluated"
}

/// Page after page of one record each.
async fn searched(mut log: Client, order: RecordOrder) -> BTreeSet<u64> {
    let mut request = SearchRecordsRequest {
        page_size: 1,
        type_prefix: "sekisho.identity.v1.AccessEvaluated".into(),
        order: order.into(),
        ..SearchRecordsRequest::default()
    };
    let mut found = BTreeSet::new();
    loop {
        let page = log.search_records(request.clone()).await.unwrap();
        let page = page.into_inner();
        found.extend(page.entries.iter().map(|entry| entry.index));
        if page.next_page_token.is_empty() {
            return found;
        }
        request.page_token = page.next_page_token;
    }
}

async fn got(mut log: Client, name: Name) -> Result<u64, String> {
    let record = named(name);
    let answer = log.get_record(GetRecordRequest { record }).await;
    let entry = answer.map_err(|status| refused(&status).code)?;
    Ok(entry.into_inner().entry.unwrap().index)
}

#[tokio::test]
async fn everybody_reads_what_is_theirs_to_read_and_for_them_there_is_nothing_else() {
    on_both(async |city| {
        found(city).await;
        let indexes = accesses(city).await;
        let all = city.records("identity", 12).await;
        let entry = |index: u64| all.iter().find(|one| one.index == index).unwrap();
        for (person, role, theirs) in [
            ("S0311", Role::Auditor, &[0, 1, 2, 3][..]),
            // The bureau's people, wherever; the bureau's system, whoever.
            ("S0100", Role::BureauManager, &[0, 1, 2]),
            ("S0110", Role::Staff, &[0, 1]),
            ("S0210", Role::Staff, &[2, 3]),
            // The role without the post opens no bureau.
            ("S0210", Role::BureauManager, &[2, 3]),
            ("S0999", Role::InformationManager, &[]),
        ] {
            let who = format!("{person} {role}");
            let theirs: BTreeSet<u64> = theirs.iter().map(|n| indexes[*n]).collect();
            for order in [RecordOrder::NewestFirst, RecordOrder::OldestFirst] {
                let found = searched(client(city, person, role), order).await;
                assert_eq!(found, theirs, "{who} {order:?}");
            }
            for index in &indexes {
                let entry = entry(*index);
                let place = SourcePosition {
                    source: entry.source.clone(),
                    position: entry.position,
                };
                let expected = match theirs.contains(index) {
                    true => Ok(*index),
                    false => Err("record_not_found".to_owned()),
                };
                for name in [
                    Name::Index(*index),
                    Name::SourcePosition(place),
                    Name::RecordId(entry.record_id.clone()),
                ] {
                    let found = got(client(city, person, role), name.clone()).await;
                    assert_eq!(found, expected, "{who} {name:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn proofs_exports_and_streams_show_no_more_than_searches_do() {
    on_both(async |city| {
        found(city).await;
        let indexes = accesses(city).await;
        city.checkpoint(indexes[3] + 1).await;
        let clerk = || client(city, "S0210", Role::Staff);
        for (n, index) in indexes.iter().enumerate() {
            let request = GetInclusionProofRequest {
                record: at(*index),
                tree_size: None,
            };
            let answer = clerk().get_inclusion_proof(request).await;
            match n {
                2 | 3 => assert_eq!(answer.unwrap().into_inner().entry.unwrap().index, *index),
                _ => assert_eq!(refused(&answer.unwrap_err()).code, "record_not_found"),
            }
        }
        let fitting = Some(SearchRecordsRequest {
            type_prefix: "sekisho.identity.v1.AccessEvaluated".into(),
            ..SearchRecordsRequest::default()
        });
        let request = ExportRecordsRequest {
            fitting: fitting.clone(),
        };
        let mut pages = clerk().export_records(request).await.unwrap().into_inner();
        let page = pages.message().await.unwrap().unwrap();
        let exported: Vec<u64> = page.entries.iter().map(|entry| entry.index).collect();
        assert_eq!(exported, indexes[2..]);
        assert!(pages.message().await.unwrap().is_none());
        let request = StreamRecordsRequest {
            from_index: indexes[0],
            fitting,
        };
        let mut stream = clerk().stream_records(request).await.unwrap().into_inner();
        city.evaluate("S0110", "SYS-1", AccessOutcome::Deny).await;
        city.evaluate("S0210", "SYS-1", AccessOutcome::Deny).await;
        let mut people = Vec::new();
        for _ in 0..3 {
            let next = stream.message().await.unwrap().unwrap();
            people.push(next.entry.unwrap().subject);
        }
        assert_eq!(people, ["S0210"; 3]);
    })
    .await;
}

/// A stream may be told which records are wanted, as a search is.
#[tokio::test]
async fn a_stream_brings_the_records_that_fit() {
    on_both(async |city| {
        city.retire(0..4).await;
        city.records("ledger", 4).await;
        let fitting = SearchRecordsRequest {
            system_id: "SYS-2".into(),
            type_prefix: "sekisho.ledger.".into(),
            ..SearchRecordsRequest::default()
        };
        let request = StreamRecordsRequest {
            from_index: 0,
            fitting: Some(fitting),
        };
        let mut stream = city.auditor().stream_records(request).await.unwrap();
        let stream = stream.get_mut();
        city.retire(1..3).await;
        for _ in 0..2 {
            let next = stream.message().await.unwrap().unwrap();
            assert_eq!(next.entry.unwrap().subject, "SYS-2");
        }
    })
    .await;
}

/// What somebody did themselves is theirs to read; what is suspected of them is not.
#[tokio::test]
async fn nobody_reads_what_is_suspected_of_them() {
    on_both(async |city| {
        for _ in 0..12 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        }
        city.records("audit", 1).await;
        city.records("identity", 12).await;
        let about = |person: &str| SearchRecordsRequest {
            person_id: person.into(),
            page_size: 500,
            ..SearchRecordsRequest::default()
        };
        let mut suspect = client(city, "S0009", Role::Staff);
        let found = suspect.search_records(about("S0009")).await.unwrap();
        let kinds: BTreeSet<String> = (found.into_inner().entries.into_iter())
            .map(|entry| entry.r#type)
            .collect();
        let expected = [
            "sekisho.common.v1.PersonLookedAt",
            "sekisho.identity.v1.AccessEvaluated",
        ];
        assert!(
            kinds.iter().all(|kind| expected.contains(&kind.as_str())),
            "{kinds:?}"
        );
        let seen = city.search(about("S0009")).await;
        let suspicion = "sekisho.audit.v1.SuspicionRaised";
        assert!(seen.iter().any(|entry| entry.r#type == suspicion));
    })
    .await;
}
