//! `roles.toml` and `classes.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Known,
    page::{Page, Word},
};
use crate::{
    InformationClass, Role,
    pack::{Class, RoleEntry},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoles {
    role: Vec<RawRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRole {
    code: Word,
    title_ja: String,
    title_en: String,
    clause: Option<Word>,
    seat: Word,
    up: Option<Word>,
    witness: Option<Word>,
}

pub(super) fn read(page: &mut Page<'_>, known: &Known<'_>) -> BTreeMap<Role, RoleEntry> {
    let mut roles = BTreeMap::new();
    let mut places = BTreeMap::new();
    let Some(raw) = page.toml::<RawRoles>() else {
        return roles;
    };
    for raw in raw.role {
        let place = raw.code.span();
        let role = page.word(&raw.code);
        let seat = page.word(&raw.seat);
        let up: Option<Role> = raw.up.and_then(|word| page.word(&word));
        let witness: Option<Role> = raw.witness.and_then(|word| page.word(&word));
        let clause = raw.clause.and_then(|id| known.clause(page, &id));
        let (Some(role), Some(seat)) = (role, seat) else {
            continue;
        };
        if up.is_none() && witness.is_none() {
            let message = "the highest role needs a witness for its own requests";
            page.problem_at(place.clone(), message);
        }
        let entry = RoleEntry {
            role,
            title_ja: raw.title_ja,
            title_en: raw.title_en,
            clause,
            seat,
            up,
            witness,
        };
        places.insert(role, place.clone());
        page.insert(&mut roles, "role", place, role, entry);
    }
    page.complete(&roles, "role", None, Role::ALL);
    for (role, place) in places {
        if stands_above_itself(&roles, role) {
            page.problem_at(place, format!("role \"{role}\" stands above itself"));
        }
    }
    roles
}

/// Whether climbing from a role leads back to it, so that nobody would ever decide.
fn stands_above_itself(roles: &BTreeMap<Role, RoleEntry>, role: Role) -> bool {
    let up = |at: &Role| roles.get(at).and_then(|entry| entry.up);
    std::iter::successors(up(&role), up)
        .take(Role::ALL.len())
        .any(|above| above == role)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClasses {
    class: Vec<RawClass>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    class: Word,
    title_ja: String,
    title_en: String,
    clauses: Vec<Word>,
}

pub(super) fn read_classes(
    page: &mut Page<'_>,
    known: &Known<'_>,
) -> BTreeMap<InformationClass, Class> {
    let mut classes = BTreeMap::new();
    let Some(raw) = page.toml::<RawClasses>() else {
        return classes;
    };
    for raw in raw.class {
        let clauses = known.clauses(page, &raw.clauses);
        let Some(class) = page.word(&raw.class) else {
            continue;
        };
        let entry = Class {
            class,
            title_ja: raw.title_ja,
            title_en: raw.title_en,
            clauses,
        };
        page.insert(&mut classes, "class", raw.class.span(), class, entry);
    }
    page.complete(&classes, "class", None, InformationClass::ALL);
    classes
}
