//! Messages of a contract, drawn.

use std::collections::{BTreeMap, HashMap};

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use rand::{Rng as _, RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{Pack, Role};

use crate::city;

/// Texts nobody would think of.
const ODD: [&str; 14] = [
    "",
    " ",
    "\0",
    "\n",
    "'; --",
    "%",
    "\u{202e}",
    "\u{10ffff}",
    "職",
    "-9999-01-01",
    "9999-12-31",
    "令和64年1月1日",
    "18446744073709551616",
    "../..",
];
/// Seconds at the ends of what can be written, and a little inside of them.
const SECONDS: [i64; 10] = [
    i64::MIN,
    -377_705_116_800,
    -377_705_023_201,
    -62_135_596_800,
    -1,
    0,
    253_402_207_200,
    253_402_300_799,
    253_402_300_800,
    i64::MAX,
];
/// Messages in messages.
const DEEPEST: usize = 5;
/// Texts remembered of one field.
const REMEMBERED: usize = 40;

/// What is known of each field by its name.
pub(super) struct Draw(BTreeMap<String, Vec<String>>);

impl Draw {
    /// With the city's ids and the pack's words.
    pub(super) fn new() -> Self {
        let pack = Pack::sendai().expect("the pack");
        let mut known = BTreeMap::new();
        let mut learn = |name: &str, texts: Vec<String>| known.insert(name.to_owned(), texts);
        let people = [city::MANAGER.to_owned(), city::AUDITOR.to_owned()];
        let people = people
            .into_iter()
            .chain([city::applicant(0), city::careless(0)]);
        learn("person_id", people.collect());
        learn("section_id", vec![city::SECTION.to_owned()]);
        learn("owner_section_id", vec![city::SECTION.to_owned()]);
        learn("bureau_id", vec!["1500".to_owned()]);
        learn("post_id", vec!["1504-01".to_owned(), "1504-02".to_owned()]);
        learn("system_id", city::SYSTEMS.map(str::to_owned).to_vec());
        learn("enforcement_point_id", vec![city::PROXY.to_owned()]);
        learn("role", Role::ALL.iter().map(ToString::to_string).collect());
        learn("ground", vec!["none_of_these".to_owned()]);
        let kinds = pack.permit_kinds().iter();
        learn("kind", kinds.map(|kind| kind.id.to_string()).collect());
        learn(
            "key",
            pack.fields().map(|field| field.id.to_string()).collect(),
        );
        let clauses = pack.clauses().iter();
        learn(
            "clause",
            clauses.map(|clause| clause.id.to_string()).collect(),
        );
        Self(known)
    }

    /// A message of that kind.
    pub(super) fn message(&self, dice: &mut StdRng, of: &MessageDescriptor) -> DynamicMessage {
        self.inner(dice, of, 0)
    }

    /// Remembers the texts of an answer.
    pub(super) fn learn(&mut self, answer: &DynamicMessage) {
        for (field, value) in answer.fields() {
            self.note(&field, value);
        }
    }

    fn note(&mut self, field: &FieldDescriptor, value: &Value) {
        match value {
            Value::Message(inner) => self.learn(inner),
            Value::List(all) => all.iter().for_each(|one| self.note(field, one)),
            Value::String(text) if !text.is_empty() => {
                let texts = self.0.entry(plain(field)).or_default();
                if texts.len() < REMEMBERED && !texts.contains(text) {
                    texts.push(text.clone());
                }
            }
            _ => {}
        }
    }

    fn inner(&self, dice: &mut StdRng, of: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        if of.full_name() == "google.protobuf.Timestamp" {
            let (seconds, nanos) = instant(dice);
            message.set_field_by_name("seconds", Value::I64(seconds));
            message.set_field_by_name("nanos", Value::I32(nanos));
            return message;
        }
        for field in of.fields() {
            let too_deep = depth >= DEEPEST && matches!(field.kind(), Kind::Message(_));
            if too_deep || dice.random_bool(0.15) {
                continue;
            }
            let value = match (field.is_map(), field.is_list()) {
                (true, _) => self.map(dice, &field, depth),
                (_, true) => {
                    let some = 0..many(dice);
                    Value::List(some.map(|_| self.one(dice, &field, depth)).collect())
                }
                _ => self.one(dice, &field, depth),
            };
            message.set_field(&field, value);
        }
        message
    }

    fn map(&self, dice: &mut StdRng, field: &FieldDescriptor, depth: usize) -> Value {
        let Kind::Message(entry) = field.kind() else {
            unreachable!("a map is of entries")
        };
        let value = entry.map_entry_value_field();
        let some = 0..many(dice);
        let pairs = some.map(|_| {
            let key = MapKey::String(self.text(dice, "key"));
            (key, self.one(dice, &value, depth))
        });
        Value::Map(pairs.collect::<HashMap<_, _>>())
    }

    fn one(&self, dice: &mut StdRng, field: &FieldDescriptor, depth: usize) -> Value {
        match field.kind() {
            Kind::Message(of) => Value::Message(self.inner(dice, &of, depth + 1)),
            Kind::String => Value::String(self.text(dice, &plain(field))),
            Kind::Bytes => {
                let mut bytes = vec![0; dice.random_range(0..100)];
                dice.fill_bytes(&mut bytes);
                Value::Bytes(bytes.into())
            }
            Kind::Bool => Value::Bool(dice.random_bool(0.5)),
            Kind::Enum(of) if dice.random_bool(0.95) => {
                let all: Vec<i32> = of.values().map(|value| value.number()).collect();
                Value::EnumNumber(*all.choose(dice).unwrap_or(&0))
            }
            Kind::Enum(_) => Value::EnumNumber(*[-1, 99, i32::MAX].choose(dice).unwrap_or(&0)),
            Kind::Double => Value::F64(f64::from_bits(dice.next_u64())),
            Kind::Float => Value::F32(f32::from_bits(dice.next_u32())),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                Value::I32(*[0, 1, 7, -1, i32::MIN, i32::MAX].choose(dice).unwrap_or(&0))
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                Value::I64(*[0, 1, 7, -1, i64::MIN, i64::MAX].choose(dice).unwrap_or(&0))
            }
            Kind::Uint32 | Kind::Fixed32 => {
                Value::U32(*[0, 1, 2, 7, 100, u32::MAX].choose(dice).unwrap_or(&0))
            }
            Kind::Uint64 | Kind::Fixed64 => {
                Value::U64(*[0, 1, 2, 7, 1 << 63, u64::MAX].choose(dice).unwrap_or(&0))
            }
        }
    }

    /// A text for a field of that name.
    fn text(&self, dice: &mut StdRng, name: &str) -> String {
        let known = self.0.get(name).and_then(|known| known.choose(dice));
        match (dice.random_range(0..100), known) {
            (0..5, _) => ODD.choose(dice).map_or("", |odd| odd).to_owned(),
            (5..7, _) => "簿".repeat(*[64, 65, 200, 201, 2_001].choose(dice).unwrap_or(&1)),
            (7..85, Some(known)) => known.clone(),
            _ => format!("n{}", dice.random_range(0..10)),
        }
    }
}

/// A field's name, of one.
fn plain(field: &FieldDescriptor) -> String {
    let name = field.name();
    match field.is_list() {
        true => name.strip_suffix('s').unwrap_or(name).to_owned(),
        false => name.to_owned(),
    }
}

/// How many of a list: few, but once in a while more than there may be.
fn many(dice: &mut StdRng) -> usize {
    match dice.random_range(0..100) {
        0 => 1_001,
        _ => dice.random_range(0..4),
    }
}

/// Around now, most often.
fn instant(dice: &mut StdRng) -> (i64, i32) {
    if dice.random_bool(0.2) {
        let nanos = [0, 999_999_999, -1, 1_000_000_000];
        let seconds = *SECONDS.choose(dice).unwrap_or(&0);
        return (seconds, *nanos.choose(dice).unwrap_or(&0));
    }
    use kernel::Clock as _;
    let days = dice.random_range(-40..400_i64);
    (runtime::SystemClock.now().as_second() + days * 86_400, 0)
}
