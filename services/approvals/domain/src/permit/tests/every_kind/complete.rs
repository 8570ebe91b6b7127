//! A complete application of any kind, filled from the pack's own data.

use jiff::Timestamp;
use standard::{
    InformationClass, Pack,
    pack::{Field, FieldFormat, MatrixCell, PermitKind, Rule, jst_date},
};

use super::*;

/// How long what is applied for lasts: shorter than any period a guard allows.
const HOURS: i64 = 1;

/// A kind, for information of a class.
pub(super) struct Case<'a> {
    pub(super) kind: &'a PermitKind,
    pub(super) class: InformationClass,
}

impl<'a> Case<'a> {
    pub(super) fn new(kind: &'a PermitKind, class: InformationClass) -> Self {
        Self { kind, class }
    }

    /// Whether the kind's own data let the class in.
    pub(super) fn is_allowed(&self, pack: &Pack) -> bool {
        self.kind.guards.iter().all(|guard| match &guard.rule {
            Rule::AllowedClasses(classes) => classes.contains(&self.class),
            other => cell(other, self.class, pack).is_none_or(MatrixCell::allowed),
        })
    }
}

/// What a guard's matrix says of a class.
pub(super) fn cell<'p>(
    rule: &Rule,
    class: InformationClass,
    pack: &'p Pack,
) -> Option<&'p MatrixCell> {
    match rule {
        Rule::Matrix(service) => Some(pack.matrix(*service, class)),
        Rule::Channel(channel) => Some(pack.channel(*channel, class)),
        _ => None,
    }
}

/// The class in which a kind asks for the most and is still granted.
pub(super) fn strictest_allowed(kind: &PermitKind, pack: &Pack) -> InformationClass {
    let mut classes = InformationClass::ALL.iter().copied();
    let allowed = classes.find(|class| Case::new(kind, *class).is_allowed(pack));
    allowed.unwrap_or_else(|| panic!("{} is for no class", kind.id))
}

/// Everything named, every field filled, every question answered, cloud where the kind takes it.
pub(super) fn complete(case: &Case<'_>, facts: &Facts) -> Application {
    let kind = case.kind;
    let ends_at = at(HOURS);
    let fields = kind.fields.iter().map(|field| {
        let known = facts.pack.field(field).expect("a field of the pack");
        (field.clone(), filled(known, ends_at))
    });
    let lists = kind.guards.iter().filter_map(|guard| match &guard.rule {
        Rule::Checklist(list) => Some(answered(list, facts)),
        _ => None,
    });
    Application {
        kind: kind.id.clone(),
        subject: Subject {
            person: Some(id("B")),
            system: Some(id("important")),
            device: Some(id("PC-1")),
            medium: Some("USB-7".into()),
            network: Some(id("NET-1")),
            information: Some(id("info-III")),
            service_name: Some("サービス".into()),
            service_type: None,
            cloud: kind.cloud,
        },
        class: Some(case.class),
        personal_information: false,
        content: fields.collect(),
        checklists: lists.flatten().collect(),
        starts_at: None,
        ends_at: Some(ends_at),
    }
}

/// A field as its format asks, at its full length where it is free.
fn filled(field: &Field, ends_at: Timestamp) -> String {
    match field.format {
        FieldFormat::Text => "字".repeat(field.max_length),
        FieldFormat::Date => jst_date(ends_at).to_string(),
        FieldFormat::Time => ends_at.to_string(),
        FieldFormat::Url => "https://example.jp/terms".to_owned(),
    }
}
