//! What an event says, field by field, by the names of the contracts: of a suspicion the rule and the records
//! it rests on, of a decision who decided and why.

use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use proto::{DESCRIPTORS, record::Record};
use serde_json::{Value, value::Serializer};

use crate::output::harmless;

/// Every field that is set, in the order of the contract, and what is in it: text as it is, anything else as
/// JSON. None of a record that this version cannot read, or of an event that it does not know.
pub(super) fn fields(record: &[u8]) -> Vec<(String, String)> {
    told(record).unwrap_or_default()
}

fn told(record: &[u8]) -> Option<Vec<(String, String)>> {
    let record = Record::decode(record).ok()?;
    let contracts = DescriptorPool::decode(DESCRIPTORS).ok()?;
    let event = contracts.get_message_by_name(&record.kind)?;
    let event = DynamicMessage::decode(event, record.data.as_slice()).ok()?;
    let form = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false);
    let said = event.serialize_with_options(Serializer, &form).ok()?;
    let set = event.fields().filter_map(|(field, _)| {
        let words = match said.get(field.name())? {
            Value::String(text) => harmless(text),
            other => harmless(&other.to_string()),
        };
        Some((field.name().to_owned(), words))
    });
    Some(set.collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::Context;
    use proto::{
        Event,
        audit::v1::{LogRange, RecordsPruned, SuspicionRaised},
        identity::v1::{AccessEvaluated, AccessOutcome},
        record,
    };

    fn told(event: &impl Event) -> Vec<String> {
        let actor = "service/audit".parse().expect("an actor");
        let context = Context::new(actor, Timestamp::UNIX_EPOCH, "c");
        let outgoing = record::Outgoing::new(event, []);
        let mut bytes = record::draft("audit", runtime::new_id(), "s-1", &outgoing, &context);
        record::finish(&mut bytes, 1, &record::NO_HASH);
        let fields = super::fields(&bytes).into_iter();
        fields
            .map(|(name, words)| format!("{name}: {words}"))
            .collect()
    }

    #[test]
    fn a_suspicion_is_told_with_its_rule_and_its_evidence_7_1_4_4() {
        let suspicion = SuspicionRaised {
            rule: "denied_burst".to_owned(),
            person_id: "S0073".to_owned(),
            description: "\u{1b}[2J拒否が続いた\nmany denials".to_owned(),
            log_indexes: vec![4, 7],
            seen_at: Some(proto::timestamp(Timestamp::UNIX_EPOCH)),
            ..SuspicionRaised::default()
        };
        assert_eq!(
            told(&suspicion),
            [
                "rule: denied_burst",
                "person_id: S0073",
                "description: [2J拒否が続いた many denials",
                "log_indexes: [4,7]",
                "seen_at: 1970-01-01T00:00:00Z",
            ]
        );
    }

    #[test]
    fn every_event_is_told_by_its_own_names() {
        let evaluated = AccessEvaluated {
            outcome: AccessOutcome::Deny.into(),
            ..AccessEvaluated::default()
        };
        assert_eq!(told(&evaluated), ["outcome: ACCESS_OUTCOME_DENY"]);
        let pruned = RecordsPruned {
            ranges: vec![LogRange {
                from_index: 3,
                to_index: 5,
            }],
            count: 2,
            ..RecordsPruned::default()
        };
        assert_eq!(
            told(&pruned),
            [r#"ranges: [{"from_index":3,"to_index":5}]"#, "count: 2"]
        );
        assert!(super::fields(b"\xff").is_empty());
    }
}
