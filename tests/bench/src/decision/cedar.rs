//! The same policies and facts for Cedar.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, Response,
    RestrictedExpression as Value,
};
use identity_domain::{
    account::Verified,
    decision::{
        self as ours, Authority, CategorySet, Fact, Grant, MfaConsideration, Object, Outcome,
        Relaxation, Session as OurSession,
    },
    grant::GrantKind,
    restricted_item::ItemKind,
};
use jiff::Timestamp;
use kernel::{PersonId, SharedId};
use standard::{InformationClass, Period};

use super::city::City;

/// But for who is entitled: an attribute in one form, a policy each in the other.
const POLICIES: &str = include_str!("policies.cedar");
const ENTITLEMENT: &str = "@id(\"entitlement_missing\")";
const CLAUSES: &str = "@clauses(\"";

/// Cedar with a city's facts.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    entities: Entities,
    /// Whoever nothing forbids is permitted; entitlements are attributes. Nothing is relaxed.
    by_attributes: PolicySet,
    /// The same, and nothing forbids that exceptions or permits relax.
    relaxed: PolicySet,
    /// Every entitlement is a permission of its own.
    by_policies: PolicySet,
}

impl Cedar {
    pub(crate) fn new(city: &City) -> Self {
        let text = policies(city);
        let (others, _) = text.split_once(ENTITLEMENT).expect("the last policy");
        let by_attributes = format!("permit (principal, action, resource);\n{text}");
        let relaxed = format!(
            "permit (principal, action, resource);\n{}",
            relaxing(&text, city)
        );
        let by_policies: Vec<String> = city.all.iter().filter_map(permission).collect();
        let by_policies = format!("{others}\n{}", by_policies.join("\n"));
        Self {
            authorizer: Authorizer::new(),
            entities: Entities::from_entities(entities(city), None).expect("sound entities"),
            by_attributes: by_attributes.parse().expect("sound policies"),
            relaxed: relaxed.parse().expect("sound policies"),
            by_policies: by_policies.parse().expect("sound policies"),
        }
    }

    /// How many policies there are beside the entitlements.
    pub(crate) fn policies(&self) -> usize {
        self.by_attributes.policies().count()
    }

    pub(crate) fn by_attributes(&self, request: &Request) -> Response {
        let (policies, entities) = (&self.by_attributes, &self.entities);
        self.authorizer.is_authorized(request, policies, entities)
    }

    pub(crate) fn by_policies(&self, request: &Request) -> Response {
        let (policies, entities) = (&self.by_policies, &self.entities);
        self.authorizer.is_authorized(request, policies, entities)
    }

    /// Cedar's answer in our words: what is not forbidden as the rules stand is allowed, what is forbidden
    /// only so is allowed by exception, and else what forbids says whether it refuses or asks for more.
    pub(crate) fn outcome(&self, request: &Request) -> Outcome {
        if sound(&self.by_attributes(request)) == Decision::Allow {
            return Outcome::Allow;
        }
        let (policies, entities) = (&self.relaxed, &self.entities);
        let response = self.authorizer.is_authorized(request, policies, entities);
        let refuses = |id| self.relaxed.annotation(id, "effect") == Some("prohibit");
        match sound(&response) {
            Decision::Allow => Outcome::AllowByException,
            Decision::Deny if response.diagnostics().reason().any(refuses) => Outcome::Deny,
            Decision::Deny => Outcome::StepUp,
        }
    }

    /// A request of ours.
    pub(crate) fn request(&self, request: &ours::Request) -> Request {
        let mut context = vec![
            ("session", reference("Session", &request.session)),
            ("point", reference("Point", &request.workload)),
            ("epoch", number(request.epoch)),
            ("class", Value::new_long(request.class.map_or(0, rank))),
            ("automated", Value::new_bool(request.automated)),
            (
                "authority",
                Value::new_bool(request.authority != Authority::None),
            ),
            ("now", time(request.now)),
        ];
        context.extend(request.as_of.map(|at| ("as_of", time(at))));
        context.extend(
            (request.device.as_ref()).map(|device| ("device", reference("Device", device))),
        );
        context.extend(request.object.as_ref().map(|object| match object {
            Object::Network(id) => ("network", reference("Network", id)),
            Object::Terminal(id) => ("terminal", reference("Device", id)),
            Object::Item(id) => ("item", reference("Item", id)),
        }));
        context.extend(request.shared_id.as_ref().map(|id| {
            let id = shared_id_use(id, &request.person);
            ("shared_id", reference("SharedIdUse", id))
        }));
        let context = context
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Request::new(
            uid("Person", &request.person),
            uid("Action", request.action),
            uid("System", &request.system),
            Context::from_pairs(context).expect("a context"),
            None,
        )
        .expect("a request")
    }
}

fn policies(city: &City) -> String {
    let seconds = |period| {
        let exact = city.pack.period(period).exact().expect("an exact period");
        exact.as_secs().to_string()
    };
    POLICIES
        .replace(
            "SNAPSHOT_SENSITIVE",
            &seconds(Period::SnapshotBoundSensitive),
        )
        .replace("SNAPSHOT_II", &seconds(Period::SnapshotBoundClassIi))
        .replace(
            "IMPORTANT_AGE",
            &seconds(Period::ImportantSystemAuthenticationAge),
        )
        .replace(
            "SENSITIVE_AGE",
            &seconds(Period::SensitiveAuthenticationAge),
        )
        .replace("CLASS_II_AGE", &seconds(Period::ClassIiAuthenticationAge))
        .replace("ADMINISTER_AGE", &seconds(Period::AdministerFactorAge))
}

/// The policies, each that can be relaxed unless everything it names is, by somebody's exception or
/// permit: what one covers is an attribute of its own.
fn relaxing(text: &str, city: &City) -> String {
    let policies = text.split_inclusive(";\n").map(|policy| {
        let Some((_, rest)) = policy.split_once(CLAUSES) else {
            return policy.to_owned();
        };
        let (clauses, _) = rest.split_once('"').expect("the end of the clauses");
        let clauses = clauses.split(' ');
        let relaxed: Vec<String> = clauses.map(|clause| naming(clause, city)).collect();
        let policy = policy.trim_end().trim_end_matches(';');
        format!("{policy}\nunless {{ {} }};\n", relaxed.join(" && "))
    });
    policies.collect()
}

/// Something that names this clause covers the request.
fn naming(clause: &str, city: &City) -> String {
    let covers = city.relaxations().filter_map(|one| {
        let named = one.clauses.iter().any(|known| known.as_str() == clause);
        named.then(|| covers(one))
    });
    let any: Vec<String> = covers.collect();
    match any.is_empty() {
        true => "false".to_owned(),
        false => format!("({})", any.join(" || ")),
    }
}

fn covers(one: &Relaxation) -> String {
    let it = uid("Relaxation", &one.id);
    format!(
        "(context.now >= {it}.starts && context.now < {it}.ends \
         && {it}.systems.contains(resource) \
         && ({it}.people.contains(principal) \
             || (principal has section && {it}.sections.contains(principal.section)) \
             || (principal has posts && {it}.posts.containsAny(principal.posts))) \
         && ({it}.any_device || (context has device && {it}.devices.contains(context.device))) \
         && ({it}.any_network || (context has network && {it}.networks.contains(context.network))) \
         && ({it}.any_path || (context.point has path && {it}.paths.contains(context.point.path))) \
         && context.class <= {it}.ceiling \
         && (if resource has class then resource.class <= {it}.ceiling else 1 <= {it}.ceiling))"
    )
}

fn sound(response: &Response) -> Decision {
    let errors: Vec<_> = response.diagnostics().errors().collect();
    assert!(errors.is_empty(), "{errors:?}");
    response.decision()
}

/// An entitlement as a policy.
fn permission(fact: &Fact) -> Option<String> {
    let Fact::Grant(grant @ Grant { item: None, .. }) = fact else {
        return None;
    };
    let ground = &grant.ground;
    let ends = ground.ends_at.into_iter().chain(grant.review_due).min();
    let ends = ends.map_or(i64::MAX, |at| at.as_second());
    (ground.kind == GrantKind::Use).then(|| {
        format!(
            "permit (principal == {}, action, resource == {}) \
             when {{ context.now >= {} && context.now < {ends} }};",
            uid("Person", &grant.person),
            uid("System", &grant.system),
            ground.starts_at.as_second(),
        )
    })
}

type Attributes = HashMap<String, Value>;

fn entities(city: &City) -> Vec<Entity> {
    let mut attributes: HashMap<EntityUid, Attributes> = HashMap::new();
    let mut sets: HashMap<(EntityUid, &str), Vec<Value>> = HashMap::new();
    for fact in &city.all {
        match fact {
            Fact::Person(one) => {
                let known = attributes.entry(uid("Person", &one.id)).or_default();
                set(known, "robot", Value::new_bool(one.robot.is_some()));
                if let Some(path) = one.robot {
                    set(known, "robot_path", text(path));
                }
                // Who has left is as good as disabled.
                match one.memberships.at(city.now) {
                    Some(here) => {
                        set(known, "section", reference("Section", &here.value));
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
                lost.push(Value::new_string(one.credential.to_string()));
            }
            Fact::Grant(one) if one.stands(city.now) => {
                let (name, on) = match (one.ground.kind, &one.item) {
                    (GrantKind::Use, None) => ("uses", reference("System", &one.system)),
                    (GrantKind::Use, Some(item)) => ("admitted", reference("Item", item)),
                    (GrantKind::Privileged, _) => ("administers", reference("System", &one.system)),
                };
                let known = sets.entry((uid("Person", &one.person), name)).or_default();
                known.push(on);
            }
            Fact::Holders(one) => {
                if let Some(holder) = one.holders.at(city.now) {
                    let holder = uid("Person", &holder.value);
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
            }
            Fact::EnforcementPoint(one) => {
                let known = attributes.entry(uid("Point", &one.workload)).or_default();
                set(known, "path", text(one.path));
            }
            Fact::Session(one) => {
                let known = attributes.entry(uid("Session", &one.id)).or_default();
                session(known, one);
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
    let entity =
        |(id, attributes)| Entity::new(id, attributes, HashSet::new()).expect("sound attributes");
    attributes.into_iter().map(entity).collect()
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

fn all<T: fmt::Display>(kind: &str, ids: &BTreeSet<T>) -> Value {
    Value::new_set(ids.iter().map(|id| reference(kind, id)))
}

/// Cedar cannot fold over a list of records: what the rules ask of the factors is said beforehand.
fn session(known: &mut Attributes, session: &OurSession) {
    set(known, "person", reference("Person", &session.person));
    set(known, "ends", time(session.ends_at));
    let credentials = session.factors.iter().map(|one| one.credential.to_string());
    let credentials = credentials.map(Value::new_string);
    set(known, "credentials", Value::new_set(credentials));
    let categories = CategorySet::proven(&session.factors).len();
    set(known, "categories", Value::new_long(i64::from(categories)));
    let newest = |counts: fn(&Verified) -> bool| {
        let counting = session.factors.iter().filter(|one| counts(one));
        counting.map(|one| one.at).max()
    };
    if let Some(at) = newest(|one| !one.kind.categories().is_empty()) {
        set(known, "newest", time(at));
    }
    if let Some(at) = newest(|one| one.kind.phishing_resistant()) {
        set(known, "resistant", time(at));
    }
}

fn set(known: &mut Attributes, name: &str, value: Value) {
    known.insert(name.to_owned(), value);
}

fn shared_id_use(id: &SharedId, person: &PersonId) -> String {
    format!("{id}/{person}")
}

fn uid(kind: &str, id: impl fmt::Display) -> EntityUid {
    format!("{kind}::\"{id}\"").parse().expect("an entity")
}

fn reference(kind: &str, id: impl fmt::Display) -> Value {
    Value::new_entity_uid(uid(kind, id))
}

fn text(word: impl fmt::Display) -> Value {
    Value::new_string(word.to_string())
}

fn number(number: u64) -> Value {
    Value::new_long(i64::try_from(number).expect("a small number"))
}

fn time(at: Timestamp) -> Value {
    Value::new_long(at.as_second())
}

const fn rank(class: InformationClass) -> i64 {
    match class {
        InformationClass::III => 0,
        InformationClass::II => 1,
        InformationClass::I => 2,
        InformationClass::S => 3,
    }
}
