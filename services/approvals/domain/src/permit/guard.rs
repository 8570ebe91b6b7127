//! The rules an application must meet before anyone is asked to decide, judged all at once.

use jiff::{Timestamp, civil::Date};
use kernel::{ClauseId, PersonId};
use standard::{
    InformationClass,
    pack::{
        Checklist, Condition, Field, FieldFormat, Guard, MatrixCell, PermitKind, Rule, jst_date,
    },
};

use super::{Application, application, reference};
use crate::{Facts, Problem, Violation};

/// The field that says when something taken out comes back; it binds the permit's end.
pub(super) const RETURN_DATE: &str = "return_date";

/// Every rule the prepared application does not meet.
pub(super) fn violations(
    kind: &PermitKind,
    own: &Application,
    applicant: &PersonId,
    facts: &Facts,
    now: Timestamp,
) -> Vec<Violation> {
    let mut found = form(kind, own, facts);
    found.extend(reference::violations(kind, own, applicant, facts));
    found.extend(period(kind, own, now));
    let judge = Judge { own, facts, now };
    for guard in kind.guards.iter().filter(|guard| judge.applies(guard)) {
        found.extend(judge.guard(guard));
    }
    if own.class.is_none() && kind.guards.iter().any(asks_class) {
        found.push(Violation::of_kind(
            kind,
            "information_class",
            Problem::Missing,
        ));
    }
    found.extend(returned_in_time(kind, own));
    // Two guards may ask for the same field under the same clause.
    let mut distinct: Vec<Violation> = Vec::with_capacity(found.len());
    for violation in found {
        if !distinct.contains(&violation) {
            distinct.push(violation);
        }
    }
    distinct
}

fn asks_class(guard: &Guard) -> bool {
    guard.when.contains(&Condition::Sensitive)
        || matches!(
            guard.rule,
            Rule::AllowedClasses(_) | Rule::Matrix(_) | Rule::Channel(_)
        )
}

/// Fields and checklists are the kind's own, in their form.
fn form(kind: &PermitKind, own: &Application, facts: &Facts) -> Vec<Violation> {
    let mut found = Vec::new();
    for (id, text) in &own.content {
        let field = content(id);
        match facts.pack.field(id) {
            Some(known) if kind.fields.contains(id) => {
                found.extend(written(known, text).map(|p| Violation::of_kind(kind, field, p)));
            }
            _ => found.push(Violation::of_kind(kind, field, Problem::UnknownField)),
        }
    }
    for id in own.checklists.keys() {
        let asked = |guard: &Guard| matches!(&guard.rule, Rule::Checklist(list) if list == id);
        if !kind.guards.iter().any(asked) {
            let field = format!("checklists.{id}");
            found.push(Violation::of_kind(kind, field, Problem::UnknownChecklist));
        }
    }
    if own.subject.cloud && !kind.cloud {
        found.push(Violation::of_kind(
            kind,
            "subject.cloud",
            Problem::CloudNotForKind,
        ));
    }
    match (application::service_type(kind), own.subject.service_type) {
        (Some(meant), Some(given)) if meant != given => found.push(Violation::of_kind(
            kind,
            "subject.service_type",
            Problem::ServiceType(meant),
        )),
        _ => {}
    }
    found
}

pub(super) fn written(field: &Field, text: &str) -> Option<Problem> {
    if text.chars().count() > field.max_length {
        return Some(Problem::TooLong(field.max_length));
    }
    let good = match field.format {
        FieldFormat::Text => true,
        FieldFormat::Date => text.parse::<Date>().is_ok(),
        FieldFormat::Time => text.parse::<Timestamp>().is_ok(),
        FieldFormat::Url => text
            .strip_prefix("https://")
            .is_some_and(|rest| !rest.starts_with('/') && !rest.contains(char::is_whitespace)),
    };
    (!good).then_some(Problem::Format(field.format))
}

fn period(kind: &PermitKind, own: &Application, now: Timestamp) -> Option<Violation> {
    let end = own.ends_at?;
    (end <= own.start(now)).then(|| Violation::of_kind(kind, "ends_at", Problem::EndNotAfterStart))
}

/// What is taken out is promised back while the permit lasts.
fn returned_in_time(kind: &PermitKind, own: &Application) -> Option<Violation> {
    let back: Date = own.content.get(RETURN_DATE)?.parse().ok()?;
    let last = own
        .ends_at?
        .checked_sub(jiff::SignedDuration::from_nanos(1));
    let late = back > jst_date(last.ok()?);
    late.then(|| Violation::of_kind(kind, content(RETURN_DATE), Problem::AfterEnd))
}

struct Judge<'a> {
    own: &'a Application,
    facts: &'a Facts,
    now: Timestamp,
}

impl Judge<'_> {
    fn applies(&self, guard: &Guard) -> bool {
        guard.when.iter().all(|condition| match condition {
            Condition::Sensitive => self.own.class.is_some_and(InformationClass::is_sensitive),
            Condition::Cloud => self.own.subject.cloud,
            Condition::Field(id) => self.own.content.contains_key(id),
        })
    }

    fn guard(&self, guard: &Guard) -> Vec<Violation> {
        let pack = &self.facts.pack;
        match &guard.rule {
            Rule::AllowedClasses(classes) => self
                .own
                .class
                .filter(|class| !classes.contains(class))
                .map(|class| refused(&guard.clause, class))
                .into_iter()
                .collect(),
            Rule::Matrix(service) => self.cell(|class| pack.matrix(*service, class)),
            Rule::Channel(channel) => self.cell(|class| pack.channel(*channel, class)),
            Rule::Required(fields) => self.required(&guard.clause, fields),
            Rule::RequiredOneOf(fields) => self.one_of(&guard.clause, fields),
            Rule::Checklist(id) => match pack.checklist(id) {
                Some(list) => self.checklist(&guard.clause, list),
                None => Vec::new(),
            },
            Rule::RefusesPersonalInformation => self.personal(&guard.clause),
            Rule::MaxPeriod(period) => {
                let latest = pack
                    .period(*period)
                    .end(self.own.start(self.now), pack.calendar());
                let problem = match self.own.ends_at {
                    None => Some(Problem::Missing),
                    Some(end) if end > latest => Some(Problem::PeriodTooLong(latest)),
                    Some(_) => None,
                };
                problem
                    .map(|problem| Violation::of(&guard.clause, "ends_at", problem))
                    .into_iter()
                    .collect()
            }
        }
    }

    fn cell<'p>(&self, of: impl FnOnce(InformationClass) -> &'p MatrixCell) -> Vec<Violation> {
        let Some(class) = self.own.class else {
            return Vec::new();
        };
        let cell = of(class);
        if cell.allowed() {
            self.required(&cell.clause, &cell.fields)
        } else {
            vec![refused(&cell.clause, class)]
        }
    }

    fn required(&self, clause: &ClauseId, fields: &[String]) -> Vec<Violation> {
        fields
            .iter()
            .filter(|id| !self.own.content.contains_key(*id))
            .map(|id| Violation::of(clause, content(id), Problem::Missing))
            .collect()
    }

    fn one_of(&self, clause: &ClauseId, fields: &[String]) -> Vec<Violation> {
        if fields.iter().any(|id| self.own.content.contains_key(id)) {
            return Vec::new();
        }
        let known = || fields.iter().filter_map(|id| self.facts.pack.field(id));
        let problem = Problem::MissingOneOf {
            ja: known().map(|field| field.label_ja.clone()).collect(),
            en: known().map(|field| field.label_en.clone()).collect(),
        };
        vec![Violation::of(clause, "content", problem)]
    }

    fn checklist(&self, clause: &ClauseId, list: &Checklist) -> Vec<Violation> {
        let field = format!("checklists.{}", list.id);
        let answers = self.own.checklists.get(&list.id);
        if answers.is_some_and(|answers| answers.version != list.version) {
            let problem = Problem::ChecklistVersion(list.version.clone());
            return vec![Violation::of(clause, field, problem)];
        }
        list.items
            .iter()
            .filter(|item| !answers.is_some_and(|answers| answers.confirmed.contains(&item.id)))
            .map(|item| {
                let problem = Problem::Unchecked {
                    ja: item.text_ja.clone(),
                    en: item.text_en.clone(),
                };
                Violation::of(clause, format!("{field}.{}", item.id), problem)
            })
            .collect()
    }

    /// Said by the applicant, or known of the information itself.
    fn personal(&self, clause: &ClauseId) -> Vec<Violation> {
        let information = self.own.subject.information.as_ref();
        let on_record = information
            .and_then(|id| self.facts.information.get(id))
            .is_some_and(|information| information.personal);
        if !self.own.personal_information && !on_record {
            return Vec::new();
        }
        let problem = Problem::PersonalInformation;
        vec![Violation::of(clause, "personal_information", problem)]
    }
}

fn refused(clause: &ClauseId, class: InformationClass) -> Violation {
    Violation::of(clause, "information_class", Problem::ClassNotAllowed(class))
}

fn content(field: &str) -> String {
    format!("content.{field}")
}
