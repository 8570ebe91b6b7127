//! The policies: one for each rule, from `policies.cedar`.

use identity_domain::{
    decision::{Fact, Grant, Relaxation, RelaxationId},
    grant::GrantKind,
};
use standard::Period;

use super::value::uid;
use crate::decision::city::City;

/// But for who is entitled: an attribute in one form, a policy each in the other.
const POLICIES: &str = include_str!("../policies.cedar");
const ENTITLEMENT: &str = "@id(\"entitlement_missing\")";
const CLAUSES: &str = "@clauses(\"";
const TWO_CATEGORIES: &str = r#"
    if context.session in Category::"knowledge"
    then context.session in [Category::"possession", Category::"inherence"]
    else context.session in Category::"possession" && context.session in Category::"inherence""#;

/// In Cedar's language, four times.
pub(super) struct Policies {
    /// Whoever nothing forbids is permitted; entitlements are attributes. Nothing is relaxed.
    pub(super) by_attributes: String,
    /// The same, and nothing forbids that permits relax.
    pub(super) permitted: String,
    /// The same, and nothing forbids that exceptions or permits relax.
    pub(super) relaxed: String,
    /// Every entitlement is a permission of its own.
    pub(super) by_policies: String,
}

impl Policies {
    pub(super) fn of(city: &City) -> Self {
        let text = policies(city);
        let (others, _) = text.split_once(ENTITLEMENT).expect("the last policy");
        let entitlements: Vec<String> = city.all.iter().filter_map(permission).collect();
        let whoever = "permit (principal, action, resource);";
        Self {
            permitted: format!("{whoever}\n{}", relaxing(&text, city, is_permit)),
            relaxed: format!("{whoever}\n{}", relaxing(&text, city, |_| true)),
            by_policies: format!("{others}\n{}", entitlements.join("\n")),
            by_attributes: format!("{whoever}\n{text}"),
        }
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
        .replace("TWO_CATEGORIES", TWO_CATEGORIES)
}

fn is_permit(one: &Relaxation) -> bool {
    matches!(one.id, RelaxationId::Permit(_))
}

/// The policies, each that can be relaxed unless everything it names is, by such an exception or
/// permit of somebody: what one covers is an attribute of its own.
fn relaxing(text: &str, city: &City, such: fn(&Relaxation) -> bool) -> String {
    let policies = text.split_inclusive(";\n").map(|policy| {
        let Some((_, rest)) = policy.split_once(CLAUSES) else {
            return policy.to_owned();
        };
        let (clauses, _) = rest.split_once('"').expect("the end of the clauses");
        let clauses = clauses.split(' ');
        let relaxed: Vec<String> = clauses.map(|clause| naming(clause, city, such)).collect();
        let policy = policy.trim_end().trim_end_matches(';');
        format!("{policy}\nunless {{ {} }};\n", relaxed.join(" && "))
    });
    policies.collect()
}

/// Something that names this clause covers the request.
fn naming(clause: &str, city: &City, such: fn(&Relaxation) -> bool) -> String {
    let known = city.relaxations().filter(|one| such(one));
    let covers = known.filter_map(|one| {
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
