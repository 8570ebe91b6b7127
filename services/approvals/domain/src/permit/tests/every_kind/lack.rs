//! What an application can lack, by the pack's data alone: how to take it away, and what is told.

use std::fmt;

use jiff::SignedDuration;
use kernel::ClauseId;
use standard::{
    Pack,
    pack::{Condition, Guard, PermitKind, Reference, Rule},
};

use super::{
    complete::{cell, strictest_allowed},
    *,
};

/// One thing missing or wrong.
pub(super) struct Lack {
    /// The class of information in which it is asked for.
    pub(super) class: InformationClass,
    /// Takes it from a complete application.
    pub(super) take: Box<dyn Fn(&mut Application)>,
    /// `field code clause`.
    pub(super) told: String,
}

impl fmt::Debug for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.told, self.class)
    }
}

impl Lack {
    fn new(
        class: InformationClass,
        told: String,
        take: impl Fn(&mut Application) + 'static,
    ) -> Self {
        Self {
            class,
            take: Box::new(take),
            told,
        }
    }
}

/// What every application of a kind must tell, under the clause that asks for the permit.
pub(super) fn lacks_of_kind(kind: &PermitKind, pack: &Pack) -> Vec<Lack> {
    let class = strictest_allowed(kind, pack);
    let needs = kind.needs.iter().filter_map(|needed| {
        let (field, take): (_, fn(&mut Subject)) = match needed {
            // Nobody named means the applicant.
            Reference::Person => return None,
            Reference::System => ("system_id", |subject| subject.system = None),
            Reference::Device => ("device_id", |subject| subject.device = None),
            Reference::Medium => ("medium_id", |subject| subject.medium = None),
            Reference::Network => ("network_id", |subject| subject.network = None),
            Reference::Information => ("information_id", |subject| subject.information = None),
            Reference::Service => ("service_name", |subject| subject.service_name = None),
        };
        let told = format!("subject.{field} missing_reference {}", kind.asked_by());
        Some(Lack::new(class, told, move |own| take(&mut own.subject)))
    });
    needs.chain(no_class(class, kind)).collect()
}

/// No class, neither said nor on record, where a guard asks for it.
fn no_class(class: InformationClass, kind: &PermitKind) -> Option<Lack> {
    let asks = |guard: &Guard| {
        let by_rule = matches!(
            guard.rule,
            Rule::AllowedClasses(_) | Rule::Matrix(_) | Rule::Channel(_)
        );
        by_rule || guard.when.contains(&Condition::Sensitive)
    };
    let on_record = kind.needs.contains(&Reference::Information);
    let told = format!("information_class missing {}", kind.asked_by());
    let lack = Lack::new(class, told, |own| {
        own.class = None;
        own.subject.information = None;
    });
    (kind.guards.iter().any(asks) && !on_record).then_some(lack)
}

/// Every way not to meet a guard.
pub(super) fn lacks_of_guard(kind: &PermitKind, guard: &Guard, facts: &Facts) -> Vec<Lack> {
    let pack = &facts.pack;
    let clause = &guard.clause;
    let allowed = strictest_allowed(kind, pack);
    // Where no sensitive class is let in, the guard is told of beside the class that is not.
    let sensitive = guard.when.contains(&Condition::Sensitive) && !allowed.is_sensitive();
    let class = if sensitive {
        InformationClass::S
    } else {
        allowed
    };
    match &guard.rule {
        Rule::Required(fields) => fields.iter().map(|id| missing(class, clause, id)).collect(),
        Rule::RequiredOneOf(fields) => {
            let fields = fields.clone();
            let told = format!("content missing_one_of {clause}");
            vec![Lack::new(class, told, move |own| {
                own.content.retain(|id, _| !fields.contains(id));
            })]
        }
        Rule::AllowedClasses(classes) => InformationClass::ALL
            .iter()
            .filter(|class| !classes.contains(class))
            .map(|class| wrong_class(allowed, clause, *class))
            .collect(),
        rule @ (Rule::Matrix(_) | Rule::Channel(_)) => InformationClass::ALL
            .iter()
            .flat_map(|class| {
                let cell = cell(rule, *class, pack).expect("a cell");
                if cell.allowed() {
                    let fields = cell.fields.iter();
                    fields.map(|id| missing(*class, &cell.clause, id)).collect()
                } else {
                    vec![wrong_class(allowed, &cell.clause, *class)]
                }
            })
            .collect(),
        Rule::Checklist(list) => {
            let known = pack.checklist(list).expect("a checklist of the pack");
            let items = known.items.iter();
            let old = list.clone();
            let told = format!("checklists.{list} checklist_version {clause}");
            items
                .map(|item| unchecked(class, clause, list, &item.id))
                .chain([Lack::new(class, told, move |own| {
                    let answers = own.checklists.get_mut(&old).expect("answers");
                    answers.version.push_str("-old");
                })])
                .collect()
        }
        Rule::RefusesPersonalInformation => {
            let told = format!("personal_information personal_information {clause}");
            vec![Lack::new(class, told, |own| {
                own.personal_information = true
            })]
        }
        Rule::MaxPeriod(period) => {
            let latest = pack.period(*period).end(at(0), pack.calendar());
            let over = latest + SignedDuration::from_secs(1);
            let missing = format!("ends_at missing {clause}");
            let too_long = format!("ends_at period_too_long {clause}");
            vec![
                Lack::new(class, missing, |own| own.ends_at = None),
                Lack::new(class, too_long, move |own| own.ends_at = Some(over)),
            ]
        }
    }
}

fn missing(class: InformationClass, clause: &ClauseId, field: &str) -> Lack {
    let told = format!("content.{field} missing {clause}");
    let field = field.to_owned();
    Lack::new(class, told, move |own| _ = own.content.remove(&field))
}

fn unchecked(class: InformationClass, clause: &ClauseId, list: &str, item: &str) -> Lack {
    let told = format!("checklists.{list}.{item} unchecked {clause}");
    let (list, item) = (list.to_owned(), item.to_owned());
    Lack::new(class, told, move |own| {
        let answers = own.checklists.get_mut(&list).expect("answers");
        answers.confirmed.remove(&item);
    })
}

fn wrong_class(allowed: InformationClass, clause: &ClauseId, class: InformationClass) -> Lack {
    let told = format!("information_class class_not_allowed {clause}");
    Lack::new(allowed, told, move |own| own.class = Some(class))
}
