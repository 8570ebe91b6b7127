//! Whatever a body holds, reading it comes to questions or to words, never to a panic.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::message::{one, several};

fn good() -> Value {
    let ask = json!({
        "subject": {"type": "person", "id": "S1", "properties": {"access_token": "x.y.z"}},
        "action": {"name": "use"},
        "resource": {"type": "system", "id": "SYS-1", "properties": {"information_class": "I"}},
        "context": {"device_id": "D-1", "automated": true},
    });
    json!({
        "subject": ask["subject"], "action": ask["action"], "resource": ask["resource"],
        "context": ask["context"], "evaluations": [ask, {"action": {"name": "export"}}],
        "options": {"evaluations_semantic": "deny_on_first_deny"},
    })
}

/// Any small piece of JSON.
fn piece() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({"type": 1})),
        Just(json!([[{}]])),
    ]
}

/// Every place in it.
fn places(value: &Value, here: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| {
            places(inner, format!("{here}/{name}"), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, inner)| {
            places(inner, format!("{here}/{at}"), found);
        }),
        _ => {}
    }
    found.push(here);
}

proptest! {
    #[test]
    fn no_body_makes_the_reader_panic(
        bytes in vec(any::<u8>(), 0..300),
        changes in vec((any::<prop::sample::Index>(), piece()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut body = good();
        for (at, piece) in changes {
            let mut known = Vec::new();
            places(&body, String::new(), &mut known);
            let place = at.get(&known).clone();
            if let Some(inner) = body.pointer_mut(&place) {
                *inner = piece;
            }
        }
        let body = body.to_string().into_bytes();
        for bytes in [&bytes[..], &body, &body[..cut.index(body.len())]] {
            // What is accepted asks something, as far as may be asked at once.
            if let Ok(asked) = one(bytes) {
                prop_assert_eq!(asked.asks.len(), 1);
            }
            if let Ok(asked) = several(bytes) {
                prop_assert!((1..=100).contains(&asked.asks.len()));
            }
        }
    }
}

#[test]
fn the_good_body_is_good() {
    let body = good().to_string();
    let asked = several(body.as_bytes()).expect("two questions");
    assert_eq!(asked.asks.len(), 2);
    one(body.as_bytes()).expect("one question");
}
