//! The record on the bus: CloudEvents 1.0 in protobuf, produced once and never re-encoded.
//!
//! A command writes a *draft*: the whole CloudEvent but for its place in the source's order. The
//! relay finishes it by appending the two attributes that only it can know (`sequence` and
//! `prevhash`). Protobuf reads concatenated messages as one, so finishing is an append, and the
//! bytes a consumer gets, the audit log's leaf and the journal row are the same bytes.

use jiff::Timestamp;
use kernel::{Actor, ClauseId, Context};
use prost::Message as _;

use crate::{
    Event, instant,
    io::cloudevents::v1::{
        CloudEvent, CloudEventAttributeValue, cloud_event::Data, cloud_event_attribute_value::Attr,
    },
    timestamp,
};

/// SHA-256 of a finished record; all zero stands before the first one.
pub type Hash = [u8; 32];

/// The `prevhash` of a source's first record.
pub const NO_HASH: Hash = [0; 32];

/// What a service publishes about one happening.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Full proto name, for example `sekisho.ledger.v1.SystemRegistered`.
    pub kind: String,
    /// Encoded proto event.
    pub data: Vec<u8>,
    /// Clauses it serves.
    pub clauses: Vec<ClauseId>,
}

impl Outgoing {
    /// An event with the clauses it serves.
    pub fn new<E: Event>(event: &E, clauses: impl IntoIterator<Item = ClauseId>) -> Self {
        Self {
            kind: E::full_name(),
            data: event.encode_to_vec(),
            clauses: clauses.into_iter().collect(),
        }
    }
}

/// The draft bytes of an event: everything but `sequence` and `prevhash`.
pub fn draft(
    source: &str,
    id: uuid::Uuid,
    subject: &str,
    outgoing: &Outgoing,
    context: &Context,
) -> Vec<u8> {
    let text = |value: String| Some(Attr::CeString(value));
    let clauses = outgoing
        .clauses
        .iter()
        .map(ClauseId::as_str)
        .collect::<Vec<_>>()
        .join(",");
    let attributes = [
        ("subject", text(subject.to_owned())),
        ("time", Some(Attr::CeTimestamp(timestamp(context.now)))),
        ("datacontenttype", text("application/protobuf".to_owned())),
        ("actor", text(context.actor.to_string())),
        ("correlationid", text(context.correlation.clone())),
        ("causationid", context.causation.clone().and_then(text)),
        ("traceparent", context.traceparent.clone().and_then(text)),
        (
            "clauses",
            (!clauses.is_empty()).then_some(Attr::CeString(clauses)),
        ),
    ];
    CloudEvent {
        id: id.to_string(),
        source: source_uri(source),
        spec_version: "1.0".to_owned(),
        r#type: outgoing.kind.clone(),
        attributes: attributes
            .into_iter()
            .filter_map(|(name, attr)| attr.map(|attr| (name.to_owned(), value(attr))))
            .collect(),
        data: Some(Data::BinaryData(outgoing.data.clone())),
    }
    .encode_to_vec()
}

/// Finishes a draft in place by giving it its position and the hash of the record before it.
pub fn finish(draft: &mut Vec<u8>, position: u64, previous: &Hash) {
    let stamp = stamp(position, previous);
    draft.reserve(stamp.encoded_len());
    stamp
        .encode(draft)
        .expect("a Vec grows as far as encoding needs");
}

/// When it happened, of a record whether it is finished or not; none where it cannot be read.
pub fn time(bytes: &[u8]) -> Option<Timestamp> {
    match CloudEvent::decode(bytes).ok()?.attributes.get("time")?.attr {
        Some(Attr::CeTimestamp(at)) => instant(&at),
        _ => None,
    }
}

/// What the relay appends.
fn stamp(position: u64, previous: &Hash) -> CloudEvent {
    CloudEvent {
        attributes: [
            (
                "sequence".to_owned(),
                value(Attr::CeString(format!("{position:020}"))),
            ),
            (
                "prevhash".to_owned(),
                value(Attr::CeBytes(previous.to_vec())),
            ),
        ]
        .into(),
        ..CloudEvent::default()
    }
}

/// `/sekisho/<service>`: the CloudEvents source of a service.
pub fn source_uri(service: &str) -> String {
    format!("/sekisho/{service}")
}

fn value(attr: Attr) -> CloudEventAttributeValue {
    CloudEventAttributeValue { attr: Some(attr) }
}

/// A finished record, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// UUIDv7 of the event.
    pub id: String,
    /// Service that published it, for example `ledger`.
    pub source: String,
    /// Full proto name of the event.
    pub kind: String,
    /// Aggregate it is about.
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// Place in the source's order, from 1 without gaps.
    pub position: u64,
    /// Hash of the source's record before it.
    pub previous: Hash,
    /// Who did it.
    pub actor: Actor,
    /// The request it belongs to.
    pub correlation: String,
    /// The event it answers, if any.
    pub causation: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Clauses it serves.
    pub clauses: Vec<ClauseId>,
    /// Encoded proto event.
    pub data: Vec<u8>,
}

/// Why bytes are not a record of Sekisho.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not a CloudEvent.
    #[error("not a CloudEvent")]
    Protobuf(#[from] prost::DecodeError),
    /// An attribute is missing or has another form.
    #[error("the attribute {0} is missing or malformed")]
    Attribute(&'static str),
}

/// A record's own word on its place: it can be read also where the event cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Service that published it, for example `ledger`.
    pub source: String,
    /// Place in the source's order, from 1 without gaps.
    pub position: u64,
    /// Hash of the source's record before it.
    pub previous: Hash,
}

impl Place {
    /// Reads it from finished record bytes.
    ///
    /// # Errors
    /// When they are no CloudEvent, or name no source, no position or no predecessor.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        Self::of(&CloudEvent::decode(bytes)?)
    }

    fn of(event: &CloudEvent) -> Result<Self, Unreadable> {
        let source = event.source.strip_prefix("/sekisho/");
        let Stamp { position, previous } = Stamp::of(event)?;
        Ok(Self {
            source: source.ok_or(Unreadable::Attribute("source"))?.to_owned(),
            position,
            previous,
        })
    }
}

/// What the relay appended to a record. It can be read also where nothing before it can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Place in the source's order, from 1 without gaps.
    pub position: u64,
    /// Hash of the source's record before it.
    pub previous: Hash,
}

impl Stamp {
    /// Of every stamp, in bytes: its digits and its hash have one length.
    const LENGTH: usize = 84;

    /// Reads it from the end of finished record bytes; none where no relay has put one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (_, end) = bytes.split_last_chunk::<{ Self::LENGTH }>()?;
        let read = Self::of(&CloudEvent::decode(end.as_slice()).ok()?).ok()?;
        // Nothing but a stamp, and none that began before these bytes.
        let again = stamp(read.position, &read.previous).encode_to_vec();
        (again == end).then_some(read)
    }

    fn of(event: &CloudEvent) -> Result<Self, Unreadable> {
        let attribute = |name| event.attributes.get(name).and_then(|v| v.attr.as_ref());
        let position = match attribute("sequence") {
            Some(Attr::CeString(digits)) => digits.parse().ok(),
            _ => None,
        };
        let previous = match attribute("prevhash") {
            Some(Attr::CeBytes(hash)) => Hash::try_from(hash.as_slice()).ok(),
            _ => None,
        };
        Ok(Self {
            position: position.ok_or(Unreadable::Attribute("sequence"))?,
            previous: previous.ok_or(Unreadable::Attribute("prevhash"))?,
        })
    }
}

impl Record {
    /// Reads finished record bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut event = CloudEvent::decode(bytes)?;
        let place = Place::of(&event)?;
        let mut take = |name: &'static str| event.attributes.remove(name).and_then(|v| v.attr);
        let mut text = |name: &'static str| match take(name) {
            Some(Attr::CeString(text)) => Ok(text),
            _ => Err(Unreadable::Attribute(name)),
        };
        let subject = text("subject")?;
        let actor = text("actor")?
            .parse()
            .map_err(|_| Unreadable::Attribute("actor"))?;
        let correlation = text("correlationid")?;
        let causation = text("causationid").ok();
        let traceparent = text("traceparent").ok();
        let clauses = text("clauses").map_or_else(
            |_| Vec::new(),
            |list| list.split(',').map(ClauseId::new).collect(),
        );
        let time = match take("time") {
            Some(Attr::CeTimestamp(at)) => instant(&at),
            _ => None,
        }
        .ok_or(Unreadable::Attribute("time"))?;
        let data = match event.data {
            Some(Data::BinaryData(data)) => data,
            _ => return Err(Unreadable::Attribute("data")),
        };
        Ok(Self {
            id: event.id,
            source: place.source,
            kind: event.r#type,
            subject,
            time,
            position: place.position,
            previous: place.previous,
            actor,
            correlation,
            causation,
            traceparent,
            clauses,
            data,
        })
    }

    /// Its place alone.
    pub fn place(&self) -> Place {
        Place {
            source: self.source.clone(),
            position: self.position,
            previous: self.previous,
        }
    }

    /// The event, if it is of this type; `None` when it is of another.
    pub fn event<E: Event + Default>(&self) -> Option<Result<E, prost::DecodeError>> {
        (self.kind == E::full_name()).then(|| E::decode(self.data.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::v1::SystemRetired;

    fn context() -> Context {
        let mut context = Context::new(
            Actor::Service("ledger".into()),
            "2026-04-01T00:00:00.5Z".parse().expect("an instant"),
            "request-1",
        );
        context.causation = Some("cause-1".into());
        context
    }

    #[test]
    fn a_finished_draft_reads_back_with_its_place() {
        let event = SystemRetired {
            system_id: "SYS-001".into(),
        };
        let outgoing = Outgoing::new(
            &event,
            [ClauseId::known("7-1-(1)-1"), ClauseId::known("3-2-0")],
        );
        let mut bytes = draft(
            "ledger",
            uuid::Uuid::nil(),
            "SYS-001",
            &outgoing,
            &context(),
        );
        let before = bytes.clone();
        finish(&mut bytes, 42, &[7; 32]);
        assert!(bytes.starts_with(&before), "finishing only appends");
        for bytes in [&before, &bytes] {
            assert_eq!(time(bytes), Some(context().now));
        }

        let record = Record::decode(&bytes).expect("a record");
        assert_eq!((record.position, record.previous), (42, [7; 32]));
        assert_eq!(
            (record.source.as_str(), record.subject.as_str()),
            ("ledger", "SYS-001")
        );
        assert_eq!(record.kind, "sekisho.ledger.v1.SystemRetired");
        assert_eq!(record.time, context().now);
        assert_eq!(record.actor, context().actor);
        assert_eq!(record.causation.as_deref(), Some("cause-1"));
        assert_eq!(record.traceparent, None);
        assert_eq!(record.clauses.len(), 2);
        assert_eq!(
            record
                .event::<SystemRetired>()
                .expect("its type")
                .expect("valid"),
            event
        );
        assert!(record.event::<crate::ledger::v1::DeviceRetired>().is_none());
    }

    #[test]
    fn an_unfinished_draft_is_not_a_record() {
        let outgoing = Outgoing::new(&SystemRetired::default(), []);
        let bytes = draft(
            "ledger",
            uuid::Uuid::nil(),
            "SYS-001",
            &outgoing,
            &context(),
        );
        assert!(matches!(
            Record::decode(&bytes),
            Err(Unreadable::Attribute("sequence"))
        ));
        assert!(matches!(
            Record::decode(b"\xff\xff"),
            Err(Unreadable::Protobuf(_))
        ));
        assert_eq!(time(b"\xff\xff"), None);
    }

    #[test]
    fn the_place_can_be_read_where_the_event_cannot() {
        let mut bytes = CloudEvent {
            source: source_uri("ledger"),
            ..CloudEvent::default()
        }
        .encode_to_vec();
        assert!(Place::read(&bytes).is_err(), "not finished");
        finish(&mut bytes, 7, &[3; 32]);
        assert!(Record::decode(&bytes).is_err());
        let place = Place {
            source: "ledger".to_owned(),
            position: 7,
            previous: [3; 32],
        };
        assert_eq!(Place::read(&bytes).expect("a place"), place);
    }

    #[test]
    fn the_stamp_can_be_read_where_nothing_before_it_can() {
        for draft in [vec![0xff; 40], vec![0x2a, 0x7f], Vec::new()] {
            for position in [1, u64::MAX] {
                let mut bytes = draft.clone();
                assert_eq!(Stamp::read(&bytes), None, "not finished");
                finish(&mut bytes, position, &[3; 32]);
                assert_eq!(bytes.len(), draft.len() + Stamp::LENGTH);
                let previous = [3; 32];
                assert_eq!(Stamp::read(&bytes), Some(Stamp { position, previous }));
                let key = bytes.len() - Stamp::LENGTH + 4;
                bytes[key] ^= 1;
                assert_eq!(Stamp::read(&bytes), None, "another attribute");
            }
        }
    }
}
