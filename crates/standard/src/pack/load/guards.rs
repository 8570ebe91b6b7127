//! The guards of permit kinds: one rule each.

use serde::Deserialize;
use toml::Spanned;

use super::{
    Known,
    page::{Page, Word},
};
use crate::{
    InformationClass,
    pack::{Condition, Guard, Rule},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGuard {
    clause: Word,
    #[serde(default)]
    when: Vec<Word>,
    allowed_classes: Option<Vec<Word>>,
    matrix: Option<Word>,
    channel: Option<Word>,
    required: Option<Vec<Word>>,
    required_one_of: Option<Vec<Word>>,
    checklist: Option<Word>,
    refuses_personal_information: Option<bool>,
    max_period: Option<Word>,
}

pub(super) fn read(
    page: &mut Page<'_>,
    known: &Known<'_>,
    raw: &[Spanned<RawGuard>],
) -> Vec<Guard> {
    raw.iter()
        .filter_map(|raw| {
            let guard = raw.get_ref();
            let clause = known.clause(page, &guard.clause);
            let when = guard
                .when
                .iter()
                .filter_map(|word| condition(page, known, word))
                .collect();
            let rule = rule(page, known, raw);
            Some(Guard {
                clause: clause?,
                when,
                rule: rule?,
            })
        })
        .collect()
}

fn condition(page: &mut Page<'_>, known: &Known<'_>, word: &Word) -> Option<Condition> {
    let condition = page.word(word)?;
    if let Condition::Field(field) = &condition {
        known.field(page, &Word::new(word.span(), field.clone()))?;
    }
    Some(condition)
}

fn rule(page: &mut Page<'_>, known: &Known<'_>, raw: &Spanned<RawGuard>) -> Option<Rule> {
    let guard = raw.get_ref();
    let given = [
        guard.allowed_classes.is_some(),
        guard.matrix.is_some(),
        guard.channel.is_some(),
        guard.required.is_some(),
        guard.required_one_of.is_some(),
        guard.checklist.is_some(),
        guard.refuses_personal_information.is_some(),
        guard.max_period.is_some(),
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        page.problem_at(raw.span(), "a guard has exactly one rule");
        return None;
    }
    let lists = [
        &guard.allowed_classes,
        &guard.required,
        &guard.required_one_of,
    ];
    if lists.into_iter().flatten().any(Vec::is_empty) {
        page.problem_at(raw.span(), "an empty list guards nothing");
        return None;
    }
    if let Some(classes) = &guard.allowed_classes {
        let classes: Vec<InformationClass> =
            classes.iter().filter_map(|word| page.word(word)).collect();
        return Some(Rule::AllowedClasses(classes));
    }
    if let Some(word) = &guard.matrix {
        return page.word(word).map(Rule::Matrix);
    }
    if let Some(word) = &guard.channel {
        return page.word(word).map(Rule::Channel);
    }
    if let Some(fields) = &guard.required {
        return Some(Rule::Required(known.fields(page, fields)));
    }
    if let Some(fields) = &guard.required_one_of {
        return Some(Rule::RequiredOneOf(known.fields(page, fields)));
    }
    if let Some(id) = &guard.checklist {
        return known.checklist(page, id).map(Rule::Checklist);
    }
    if let Some(word) = &guard.max_period {
        return page.word(word).map(Rule::MaxPeriod);
    }
    if guard.refuses_personal_information == Some(false) {
        page.problem_at(
            raw.span(),
            "refuses_personal_information is true or not there",
        );
        return None;
    }
    Some(Rule::RefusesPersonalInformation)
}
