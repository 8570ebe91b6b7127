//! `permit_kinds.toml`.

use std::collections::BTreeSet;

use kernel::ClauseId;
use serde::Deserialize;
use toml::Spanned;

use super::{
    Known,
    guards::{self, RawGuard},
    matrix::Matrices,
    page::{Page, Word},
};
use crate::{
    Role,
    pack::{Completion, Condition, Guard, PermitKind, Rule},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKinds {
    #[serde(default)]
    cloud_guards: Vec<Spanned<RawGuard>>,
    kind: Vec<RawKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKind {
    id: Word,
    title_ja: String,
    title_en: String,
    clauses: Vec<Word>,
    applicant: Option<Word>,
    route: Vec<Word>,
    report_to: Option<Word>,
    report_due: Option<Word>,
    #[serde(default)]
    needs: Vec<Word>,
    #[serde(default)]
    cloud: bool,
    guards: Vec<Spanned<RawGuard>>,
    #[serde(default)]
    optional: Vec<Word>,
    completion: Option<RawCompletion>,
    #[serde(default)]
    relaxes: Vec<Word>,
    effect: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCompletion {
    clause: Word,
    required: Spanned<Vec<Word>>,
}

pub(super) fn read(
    page: &mut Page<'_>,
    known: &Known<'_>,
    matrices: &Matrices,
    never_relaxed: &BTreeSet<ClauseId>,
) -> Vec<PermitKind> {
    let Some(raw) = page.toml::<RawKinds>() else {
        return Vec::new();
    };
    let mut cloud_guards = guards::read(page, known, &raw.cloud_guards);
    for guard in &mut cloud_guards {
        guard.when.insert(0, Condition::Cloud);
    }
    let mut seen = BTreeSet::new();
    let mut kinds = Vec::new();
    for raw in raw.kind {
        if !seen.insert(raw.id.get_ref().clone()) {
            let message = format!("duplicate permit kind \"{}\"", raw.id.get_ref());
            page.problem_at(raw.id.span(), message);
        }
        check(page, &raw);
        for id in &raw.relaxes {
            if never_relaxed.contains(&ClauseId::new(id.get_ref().as_str())) {
                let message = format!("clause \"{}\" is never relaxed", id.get_ref());
                page.problem_at(id.span(), message);
            }
        }
        kinds.push(kind(page, known, matrices, &cloud_guards, raw));
    }
    kinds
}

fn check(page: &mut Page<'_>, raw: &RawKind) {
    let place = raw.id.span();
    if raw.clauses.is_empty() {
        page.problem_at(place.clone(), "a permit kind serves at least one clause");
    }
    if raw.route.is_empty() && raw.report_to.is_none() {
        page.problem_at(place.clone(), "a kind without a route must say report_to");
    }
    if raw.report_to.is_some() != raw.report_due.is_some() {
        page.problem_at(place, "report_to and report_due go together");
    }
}

fn kind(
    page: &mut Page<'_>,
    known: &Known<'_>,
    matrices: &Matrices,
    cloud_guards: &[Guard],
    raw: RawKind,
) -> PermitKind {
    let mut guards = guards::read(page, known, &raw.guards);
    if raw.cloud {
        guards.extend_from_slice(cloud_guards);
    }
    let optional = known.fields(page, &raw.optional);
    let applicant = match &raw.applicant {
        Some(word) => page.word(word).unwrap_or(Role::Staff),
        None => Role::Staff,
    };
    PermitKind {
        clauses: known.clauses(page, &raw.clauses),
        applicant,
        route: words(page, &raw.route),
        report_to: raw.report_to.and_then(|word| page.word(&word)),
        report_due: raw.report_due.and_then(|word| page.word(&word)),
        needs: words(page, &raw.needs),
        cloud: raw.cloud,
        fields: fields(&guards, optional, matrices),
        guards,
        completion: raw.completion.and_then(|raw| completion(page, known, &raw)),
        relaxes: known.clauses(page, &raw.relaxes),
        effect: raw.effect.and_then(|word| page.word(&word)),
        id: raw.id.into_inner(),
        title_ja: raw.title_ja,
        title_en: raw.title_en,
    }
}

fn completion(page: &mut Page<'_>, known: &Known<'_>, raw: &RawCompletion) -> Option<Completion> {
    if raw.required.get_ref().is_empty() {
        page.problem_at(raw.required.span(), "an empty list asks for nothing");
    }
    Some(Completion {
        clause: known.clause(page, &raw.clause)?,
        fields: known.fields(page, raw.required.get_ref()),
    })
}

fn words<W>(page: &mut Page<'_>, words: &[Word]) -> Vec<W>
where
    W: std::str::FromStr<Err: std::fmt::Display>,
{
    words.iter().filter_map(|word| page.word(word)).collect()
}

/// Every field an application may fill, each once, in the order the guards name them.
fn fields(guards: &[Guard], optional: Vec<String>, matrices: &Matrices) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for guard in guards {
        for condition in &guard.when {
            if let Condition::Field(field) = condition {
                named.push(field.clone());
            }
        }
        match &guard.rule {
            Rule::Required(fields) | Rule::RequiredOneOf(fields) => named.extend(fields.clone()),
            Rule::Matrix(service) => named.extend(matrices.service_fields(*service)),
            Rule::Channel(channel) => named.extend(matrices.channel_fields(*channel)),
            Rule::AllowedClasses(_)
            | Rule::Checklist(_)
            | Rule::RefusesPersonalInformation
            | Rule::MaxPeriod(_) => {}
        }
    }
    named.extend(optional);
    let mut seen = BTreeSet::new();
    named.retain(|field| seen.insert(field.clone()));
    named
}
