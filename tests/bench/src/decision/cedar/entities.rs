//! A city's facts as Cedar's entities.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Entity, EntityUid, RestrictedExpression as Value};
use identity_domain::{
    decision::{Fact, MfaConsideration, Relaxation, Session},
    grant::GrantKind,
    restricted_item::ItemKind,
};
use jiff::Timestamp;
use kernel::{PersonId, SharedId};
use standard::FactorKind;

use super::{
    authority::Authorities,
    meaning::{categories, holding, in_force, last_verified, resists_phishing},
    value::{all, number, rank, reference, text, time, uid},
};
use crate::decision::city::City;

type Attributes = HashMap<String, Value>;

pub(super) fn entities(city: &City) -> Vec<Entity> {
    let authorities = Authorities::of(city);
    let mut attributes: HashMap<EntityUid, Attributes> = HashMap::new();
    let mut sets: HashMap<(EntityUid, &str), Vec<Value>> = HashMap::new();
    let mut parents: HashMap<EntityUid, HashSet<EntityUid>> = HashMap::new();
    for fact in &city.all {
        match fact {
            Fact::Person(one) => {
                let known = attributes.entry(uid("Person", &one.id)).or_default();
                set(known, "robot", Value::new_bool(one.robot.is_some()));
                if let Some(path) = one.robot {
                    set(known, "robot_path", text(path));
                }
                // Who has left is as good as disabled.
                match holding(one.memberships.spells(), city.now) {
                    Some(here) => {
                        set(known, "section", reference("Section", here));
                        let disabled = known.entry("disabled".to_owned());
                        disabled.or_insert(Value::new_bool(false));
                    }
                    None => set(known, "disabled", Value::new_bool(true)),
                }
                known
                    .entry("epoch".to_owned())
                    .or_insert(Value::new_long(0));
                for name in ["lost", "uses", "administers", "admitted", "posts"] {
                    sets.entry((uid("Person", &one.id), name)).or_default();
                }
            }
            Fact::Disabled(one) => {
                let known = attributes.entry(uid("Person", &one.person)).or_default();
                set(known, "disabled", Value::new_bool(true));
            }
            Fact::Epoch(one) => {
                let known = attributes.entry(uid("Person", &one.person)).or_default();
                set(known, "epoch", number(one.epoch));
            }
            Fact::Lost(one) => {
                let lost = sets
                    .entry((uid("Person", &one.person), "lost"))
                    .or_default();
                lost.push(text(&one.credential));
            }
            Fact::Grant(one) if in_force(one, city.now) => {
                let (name, on) = match (one.ground.kind, &one.item) {
                    (GrantKind::Use, None) => ("uses", reference("System", &one.system)),
                    (GrantKind::Use, Some(item)) => ("admitted", reference("Item", item)),
                    (GrantKind::Privileged, _) => ("administers", reference("System", &one.system)),
                };
                let known = sets.entry((uid("Person", &one.person), name)).or_default();
                known.push(on);
            }
            Fact::Holders(one) => {
                if let Some(holder) = holding(one.holders.spells(), city.now) {
                    let holder = uid("Person", holder);
                    let known = sets.entry((holder, "posts")).or_default();
                    known.push(reference("Post", &one.post));
                }
            }
            Fact::Network(one) => {
                let known = attributes.entry(uid("Network", &one.id)).or_default();
                set(known, "external", Value::new_bool(one.external));
            }
            Fact::RestrictedItem(one) => {
                let known = attributes.entry(uid("Item", &one.id)).or_default();
                let kind = match one.kind {
                    ItemKind::Specification => "specification",
                    ItemKind::Folder => "folder",
                    ItemKind::Equipment => "equipment",
                    ItemKind::Medium => "medium",
                };
                set(known, "kind", text(kind));
                set(known, "system", reference("System", &one.system));
            }
            Fact::Relaxation(one) => {
                let known = attributes.entry(uid("Relaxation", &one.id)).or_default();
                relaxation(known, one);
            }
            Fact::System(one) => {
                let known = attributes.entry(uid("System", &one.id)).or_default();
                for (name, value) in [
                    ("cloud", one.cloud),
                    ("telework", one.telework),
                    ("important", one.important),
                    ("mfa_introduced", one.mfa == MfaConsideration::Introduced),
                    ("retired", one.retired),
                ] {
                    set(known, name, Value::new_bool(value));
                }
                set(known, "network", text(one.network_class));
                known
                    .entry("suspended".to_owned())
                    .or_insert(Value::new_bool(false));
                if let Some(class) = one.highest_class {
                    set(known, "class", Value::new_long(rank(class)));
                }
                let managers = authorities.over_system(one);
                set(known, "managers", all("Person", managers));
            }
            Fact::Suspension(one) => {
                let known = attributes.entry(uid("System", &one.system)).or_default();
                set(known, "suspended", Value::new_bool(true));
            }
            Fact::Device(one) => {
                let known = attributes.entry(uid("Device", &one.id)).or_default();
                set(known, "mobile", Value::new_bool(one.internet_mobile));
                set(known, "retired", Value::new_bool(one.retired));
                if let Some(network) = one.network_class {
                    set(known, "network", text(network));
                }
                if let Some(section) = one.section.as_ref().filter(|_| !one.retired) {
                    let keepers = authorities.over_terminals_of(section);
                    set(known, "keepers", all("Person", keepers));
                }
            }
            Fact::EnforcementPoint(one) => {
                let known = attributes.entry(uid("Point", &one.workload)).or_default();
                set(known, "path", text(one.path));
            }
            Fact::Session(one) => {
                let known = attributes.entry(uid("Session", &one.id)).or_default();
                session(known, one, city.now);
                parents.insert(uid("Session", &one.id), in_factors(one));
            }
            Fact::SharedIdUse(one) => {
                let id = shared_id_use(&one.shared_id, &one.person);
                let known = attributes.entry(uid("SharedIdUse", id)).or_default();
                set(known, "system", reference("System", &one.system));
                set(known, "session", reference("Session", &one.session));
                set(known, "ends", time(one.ends_at));
            }
            Fact::Grant(_) => {}
        }
    }
    for ((id, name), values) in sets {
        let known = attributes.entry(id).or_default();
        set(known, name, Value::new_set(values));
    }
    let managers = all("Person", authorities.over_networks());
    let city = attributes.entry(uid("City", "city")).or_default();
    set(city, "network_managers", managers);
    let facts = attributes.into_iter().map(|(id, attributes)| {
        let parents = parents.remove(&id).unwrap_or_default();
        Entity::new(id, attributes, parents).expect("sound attributes")
    });
    facts.chain(factors()).collect()
}

/// What each kind of factor proves.
fn factors() -> impl Iterator<Item = Entity> {
    FactorKind::ALL.iter().map(|kind| {
        let proven = categories(*kind).iter();
        let proven = proven.map(|category| uid("Category", category)).collect();
        Entity::new_no_attrs(uid("Factor", kind), proven)
    })
}

/// The factors that were verified in a session.
fn in_factors(session: &Session) -> HashSet<EntityUid> {
    let factors = session.factors.iter();
    factors.map(|one| uid("Factor", one.kind)).collect()
}

fn relaxation(known: &mut Attributes, one: &Relaxation) {
    let scope = &one.scope;
    set(known, "starts", time(one.starts_at));
    let ends = one.ends_at.map_or(Value::new_long(i64::MAX), time);
    set(known, "ends", ends);
    let ceiling = scope.ceiling.map_or(0, rank);
    set(known, "ceiling", Value::new_long(ceiling));
    for (name, given) in [
        ("people", all("Person", &scope.people)),
        ("sections", all("Section", &scope.sections)),
        ("posts", all("Post", &scope.posts)),
        ("systems", all("System", &scope.systems)),
        ("devices", all("Device", &scope.devices)),
        ("networks", all("Network", &scope.networks)),
    ] {
        set(known, name, given);
    }
    let paths = scope.paths.iter().map(text);
    set(known, "paths", Value::new_set(paths));
    for (name, any) in [
        ("any_device", scope.devices.is_empty()),
        ("any_network", scope.networks.is_empty()),
        ("any_path", scope.paths.is_empty()),
    ] {
        set(known, name, Value::new_bool(any));
    }
}

fn session(known: &mut Attributes, session: &Session, now: Timestamp) {
    set(known, "person", reference("Person", &session.person));
    set(known, "ends", time(session.ends_at));
    let credentials = session.factors.iter().map(|one| text(&one.credential));
    set(known, "credentials", Value::new_set(credentials));
    let proving = |kind| !categories(kind).is_empty();
    if let Some(at) = last_verified(&session.factors, now, proving) {
        set(known, "newest", time(at));
    }
    if let Some(at) = last_verified(&session.factors, now, resists_phishing) {
        set(known, "resistant", time(at));
    }
}

fn set(known: &mut Attributes, name: &str, value: Value) {
    known.insert(name.to_owned(), value);
}

pub(super) fn shared_id_use(id: &SharedId, person: &PersonId) -> String {
    format!("{id}/{person}")
}
