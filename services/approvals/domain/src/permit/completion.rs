//! What is recorded once a permit was carried out: the medium is destroyed (3-4-(4)-3b), what was
//! taken out is back (3-4-(1)-7).
//!
//! It may come after the permit's end, or after its revocation: what is back late is back, and the
//! record says when. Done before it was permitted, or later than now, is refused.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use kernel::{Context, PersonId};
use serde::{Deserialize, Serialize};
use standard::{
    Action, Pack,
    pack::{self, FieldFormat, PermitKind, jst_instant},
};

use super::{
    Application, Event, Permit, Reason, Refusal,
    guard::{RETURN_DATE, written},
};
use crate::{Facts, Problem, Violation};

/// What was recorded when it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Who recorded it.
    pub by: PersonId,
    /// When it was recorded.
    pub at: Timestamp,
    /// The kind's fields, by id.
    pub content: BTreeMap<String, String>,
}

/// Until when a permit is to be completed: the end of the day something is promised back, and no
/// later than its own end.
pub(super) fn due(kind: &PermitKind, own: &Application) -> Option<Timestamp> {
    kind.completion.as_ref()?;
    let promised = || {
        let day: Date = own.content.get(RETURN_DATE)?.parse().ok()?;
        jst_instant(day.tomorrow().ok()?)
    };
    promised().into_iter().chain(own.ends_at).min()
}

impl Permit {
    pub(super) fn complete(
        &self,
        content: &BTreeMap<String, String>,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let by = self.person(context)?;
        self.exists()?;
        if !self.may_complete(by, facts) {
            return Err(self.refuse(Reason::NotTheCompleter));
        }
        let mut content = content.clone();
        content.retain(|_, text| !kernel::is_blank(text));
        if let Some(done) = &self.completion {
            let repeat = done.by == *by && done.content == content;
            return if repeat {
                Ok(Vec::new())
            } else {
                Err(self.refuse(Reason::Completed))
            };
        }
        let kind = facts.pack.permit_kind(&self.application.kind);
        let asked = kind
            .and_then(|kind| kind.completion.as_ref())
            .ok_or_else(|| self.refuse(Reason::NothingToComplete))?;
        let granted_at = self
            .granted_at
            .ok_or_else(|| self.refuse(Reason::NotGranted))?;
        let span = Span {
            from: granted_at.max(self.application.start(granted_at)),
            now: context.now,
        };
        let violations = violations(asked, &content, span, &facts.pack);
        if !violations.is_empty() {
            return Err(Refusal {
                clauses: Violation::clauses(&violations),
                reason: Reason::RulesNotMet(violations),
            });
        }
        Ok(vec![Event::Completed(Completion {
            by: by.clone(),
            at: context.now,
            content,
        })])
    }

    fn may_complete(&self, by: &PersonId, facts: &Facts) -> bool {
        self.concerned().contains(by) || self.falls_to(by, Action::PermitComplete, facts)
    }
}

/// When it can have been done.
#[derive(Clone, Copy)]
struct Span {
    from: Timestamp,
    now: Timestamp,
}

fn violations(
    asked: &pack::Completion,
    content: &BTreeMap<String, String>,
    span: Span,
    pack: &Pack,
) -> Vec<Violation> {
    let missing = asked.fields.iter().filter(|id| !content.contains_key(*id));
    let missing = missing.map(|id| (id, Problem::Missing));
    let wrong = content.iter().filter_map(|(id, text)| {
        let known = pack.field(id).filter(|_| asked.fields.contains(id));
        let problem = match known {
            None => Some(Problem::UnknownField),
            Some(field) => written(field, text).or_else(|| match field.format {
                FieldFormat::Time => span.fault(text.parse().ok()?),
                _ => None,
            }),
        };
        Some((id, problem?))
    });
    missing
        .chain(wrong)
        .map(|(id, problem)| {
            Violation::of(&asked.clause, format!("completion.{id}"), problem).labelled(pack)
        })
        .collect()
}

impl Span {
    fn fault(self, done: Timestamp) -> Option<Problem> {
        if done > self.now {
            return Some(Problem::InFuture);
        }
        (done < self.from).then_some(Problem::BeforePermitted(self.from))
    }
}
