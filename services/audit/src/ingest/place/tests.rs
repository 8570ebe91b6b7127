//! The log and its offline judge must agree on every record's place, whatever is done to its bytes:
//! a record that one of them places and the other does not would make the log unverifiable.

use kernel::{Actor, Context};
use proptest::prelude::*;
use proto::{
    ledger::v1::SystemRetired,
    record::{Outgoing, Record, draft, finish},
};

use super::Place;

fn record() -> Vec<u8> {
    let context = Context::new(
        Actor::Service("ledger".into()),
        "2026-04-01T00:00:00Z".parse().expect("an instant"),
        "request",
    );
    let event = SystemRetired {
        system_id: "SYS-1".into(),
    };
    let outgoing = Outgoing::new(&event, []);
    let mut bytes = draft("ledger", uuid::Uuid::nil(), "SYS-1", &outgoing, &context);
    finish(&mut bytes, 42, &[7; 32]);
    bytes
}

fn judge(bytes: &[u8]) -> Option<Place> {
    let placed = verifier::Placed::read(bytes).ok()?;
    Some(Place {
        source: placed.source,
        position: placed.position,
        previous: placed.prev_hash,
    })
}

#[test]
fn a_finished_record_has_its_place() {
    let place = Place {
        source: "/sekisho/ledger".into(),
        position: 42,
        previous: [7; 32],
    };
    assert_eq!(Place::read(&record()), Some(place));
    assert_eq!(Place::read(b"\x00 not a record"), None);
    assert_eq!(Place::read(b""), None);
}

#[test]
fn a_record_with_an_unreadable_actor_still_has_its_place() {
    let bytes = record();
    let actor = b"service/ledger";
    let at = bytes
        .windows(actor.len())
        .position(|window| window == actor)
        .expect("the actor");
    let mut broken = bytes;
    broken[at] = 0xff;
    assert!(Record::decode(&broken).is_err());
    assert!(Place::read(&broken).is_some());
}

#[test]
fn every_bit_flip_is_judged_alike() {
    let whole = record();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            assert_eq!(Place::read(&bytes), judge(&bytes), "bit {bit} of byte {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_mutilation_is_judged_alike(
        cut in 0_usize..400,
        from in 0_usize..400,
        paste in proptest::collection::vec(any::<u8>(), 0..12),
        twice in any::<bool>(),
    ) {
        let mut bytes = record();
        let cut = cut.min(bytes.len());
        let from = from.min(cut);
        bytes.splice(from..cut, paste);
        if twice {
            bytes.extend(record());
        }
        prop_assert_eq!(Place::read(&bytes), judge(&bytes));
    }

    #[test]
    fn random_bytes_are_judged_alike(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Place::read(&bytes), judge(&bytes));
    }
}
