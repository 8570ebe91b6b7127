//! Records as they come from the broker or from a source's journal.

use kernel::{Actor, ClauseId, Context};
use proto::{
    Event,
    identity::v1 as identity,
    ledger::v1 as ledger,
    record::{NO_HASH, Outgoing, Place, Record, draft, finish},
};
use uuid::Uuid;
use verifier::Placed;

use crate::{Target, jws::now};

pub(crate) const TARGETS: &[Target] = &[Target {
    name: "record",
    seeds: || {
        vec![
            record(
                "identity",
                &identity::SectionRecorded {
                    section_id: "1504".to_owned(),
                    bureau_id: "1500".to_owned(),
                    ..identity::SectionRecorded::default()
                },
            ),
            record(
                "identity",
                &identity::PersonRegistered {
                    person_id: "S1".to_owned(),
                    memberships: vec![identity::Membership {
                        section_id: "1504".to_owned(),
                        since: Some(proto::timestamp(now())),
                        ..identity::Membership::default()
                    }],
                    ..identity::PersonRegistered::default()
                },
            ),
            record(
                "identity",
                &identity::PostRecorded {
                    post_id: "1504-01".to_owned(),
                    roles: vec!["ciso".to_owned()],
                    ..identity::PostRecorded::default()
                },
            ),
            record(
                "identity",
                &identity::SessionsRevoked {
                    person_id: "S1".to_owned(),
                    session_ids: vec!["s1".to_owned()],
                    epoch: 2,
                    ..identity::SessionsRevoked::default()
                },
            ),
            record(
                "ledger",
                &ledger::SystemRetired {
                    system_id: "SYS-1".to_owned(),
                },
            ),
        ]
    },
    words: &[
        "sequence",
        "prevhash",
        "/sekisho/identity",
        "person/S1",
        "service/ledger",
        "clauses",
        "7-2-(9)-1,",
        "sekisho.identity.v1.PersonTransferred",
        "sekisho.identity.v1.PostAssigned",
        "sekisho.identity.v1.AbsenceRecorded",
        "sekisho.ledger.v1.SystemRegistered",
        "traceparent",
    ],
    read,
}];

fn record(source: &str, event: &impl Event) -> Vec<u8> {
    let outgoing = Outgoing::new(event, [ClauseId::known("7-2-(9)-1")]);
    let context = Context::new(Actor::Service(source.to_owned()), now(), "c1");
    let mut record = draft(source, Uuid::nil(), "subject", &outgoing, &context);
    finish(&mut record, 1, &NO_HASH);
    record
}

/// Whatever the record says of its place, everybody who reads it there reads the same.
fn read(input: &[u8]) -> bool {
    if let (Ok(ours), Ok(judges)) = (Place::read(input), Placed::read(input)) {
        let theirs = (judges.position, judges.prev_hash);
        assert_eq!(
            (ours.position, ours.previous),
            theirs,
            "one record in two places"
        );
    }
    Record::decode(input).is_ok_and(|record| {
        let organisation = directory::organisation_changes(&record);
        let systems = directory::system_changes(&record);
        organisation.is_ok() && systems.is_ok()
    })
}
