//! Who may know whom.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::sources::{read, root};

/// The house from the ground up: a crate knows only crates on floors below its own.
const FLOORS: &[&[&str]] = &[
    &["kernel"],
    &["standard", "sheet", "verifier"],
    &["proto"],
    &["runtime", "store"],
    &["auth"],
    &["bus", "rpc"],
    &["directory", "pep", "witness"],
    &["shell"],
    &["testkit"],
];
/// Five services, which know each other by contract only.
const SERVICES: [&str; 5] = ["identity", "ledger", "approvals", "incidents", "audit"];
/// What a domain may use beside `kernel` and `standard`: libraries that do nothing by themselves.
const PURE: [&str; 11] = [
    "base64",
    "ed25519-dalek",
    "hex",
    "jiff",
    "serde",
    "sha2",
    "signed_note",
    "thiserror",
    "tlog_tiles",
    "unicode-normalization",
    "uuid",
];
/// The log's verifier and its witness share no code with the log; their tests hold them against it.
const HELD_AGAINST: [(&str, &str); 2] = [("verifier", "audit-domain"), ("witness", "audit-domain")];

/// Where a crate stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// `crates/`, with its floor.
    Floor(usize),
    /// `services/NAME/domain`.
    Domain(String),
    /// `services/NAME`.
    Service(String),
    /// `services/sekisho`, and `tests/`: they may know everything.
    Top,
}

struct House {
    metadata: Metadata,
    places: BTreeMap<String, Place>,
}

impl House {
    fn read() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(root().join("Cargo.toml"))
            .no_deps()
            .exec()
            .expect("cargo metadata");
        let places = metadata
            .packages
            .iter()
            .map(|package| (short(&package.name).to_owned(), place(package)))
            .collect();
        Self { metadata, places }
    }

    /// Every `(crate, dependency, kind)` between crates of the house.
    fn edges(&self) -> Vec<(String, String, DependencyKind)> {
        let mut edges = Vec::new();
        for package in &self.metadata.packages {
            for dependency in &package.dependencies {
                let (from, to) = (short(&package.name), short(&dependency.name));
                if self.places.contains_key(to) {
                    edges.push((from.to_owned(), to.to_owned(), dependency.kind));
                }
            }
        }
        edges
    }
}

fn short(package: &str) -> &str {
    package.strip_prefix("sekisho-").unwrap_or(package)
}

fn place(package: &Package) -> Place {
    let name = short(&package.name);
    if let Some(service) = name.strip_suffix("-domain") {
        return Place::Domain(service.to_owned());
    }
    if SERVICES.contains(&name) {
        return Place::Service(name.to_owned());
    }
    let floor = FLOORS.iter().position(|floor| floor.contains(&name));
    let in_crates = package
        .manifest_path
        .components()
        .any(|part| part.as_str() == "crates");
    match floor {
        Some(floor) => Place::Floor(floor),
        None => {
            assert!(!in_crates, "{name} has no floor: give it one in FLOORS");
            Place::Top
        }
    }
}

fn may_know(from: &Place, to: &Place, kind: DependencyKind) -> bool {
    let testkit = Place::Floor(FLOORS.len() - 1);
    if *to == testkit && kind == DependencyKind::Development {
        return true;
    }
    match (from, to) {
        (Place::Top, _) => true,
        (_, Place::Top) => false,
        (Place::Floor(from), Place::Floor(to)) => to < from,
        (Place::Domain(_), Place::Floor(to)) => *to <= 1,
        (Place::Service(_), Place::Floor(to)) => *to < FLOORS.len() - 1,
        (Place::Service(from), Place::Domain(to)) => from == to,
        (_, Place::Domain(_) | Place::Service(_)) => false,
    }
}

#[test]
fn each_crate_knows_only_what_lies_below_it_and_no_service_another() {
    let house = House::read();
    let wrong: Vec<String> = house
        .edges()
        .into_iter()
        .filter(|(from, to, kind)| {
            let compared = HELD_AGAINST.contains(&(from.as_str(), to.as_str()))
                && *kind == DependencyKind::Development;
            !compared && !may_know(&house.places[from], &house.places[to], *kind)
        })
        .map(|(from, to, kind)| format!("{from} -> {to} ({kind})"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_domain_uses_nothing_that_can_reach_the_world() {
    let house = House::read();
    let domains = house
        .metadata
        .packages
        .iter()
        .filter(|package| matches!(place(package), Place::Domain(_)));
    let mut seen = 0;
    for package in domains {
        seen += 1;
        for dependency in &package.dependencies {
            let name = short(&dependency.name);
            let pure = PURE.contains(&name) || ["kernel", "standard"].contains(&name);
            assert!(
                pure || dependency.kind == DependencyKind::Development,
                "{} uses {name}",
                package.name
            );
        }
    }
    assert_eq!(seen, SERVICES.len(), "every service has a domain");
}

#[test]
fn the_verifier_shares_no_code_with_the_platform() {
    let house = House::read();
    let shared: Vec<_> = house
        .edges()
        .into_iter()
        .filter(|(from, _, kind)| from == "verifier" && *kind == DependencyKind::Normal)
        .collect();
    assert!(shared.is_empty(), "{shared:?}");
}

#[test]
fn versions_and_lints_are_written_once_in_the_root_manifest() {
    let house = House::read();
    for package in &house.metadata.packages {
        let manifest = read(package.manifest_path.as_std_path());
        let name = &package.name;
        // Generated code is the only code that is not linted.
        let linted = manifest.contains("[lints]\nworkspace = true");
        assert!(linted || short(name) == "proto", "{name} skips the lints");
        let own = manifest
            .lines()
            .skip_while(|line| !line.ends_with("dependencies]"))
            .filter(|line| line.contains('=') && line.contains("version"));
        let own: Vec<&str> = own.collect();
        assert!(own.is_empty(), "{name} sets versions of its own: {own:?}");
    }
}

#[test]
fn one_library_does_all_tls() {
    let lock = read(&root().join("Cargo.lock"));
    let has = |name: &str| lock.contains(&format!("name = \"{name}\"\n"));
    assert!(has("rustls") && has("ring"));
    for other in [
        "aws-lc-rs",
        "aws-lc-sys",
        "openssl",
        "openssl-sys",
        "native-tls",
        "boring",
    ] {
        assert!(!has(other), "{other} came in beside ring");
    }
}
