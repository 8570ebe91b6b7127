//! What a record must be like: the same question, put to the index and to a record itself.

use jiff::Timestamp;
use proto::record::Record;
use sea_orm::{
    Condition,
    entity::prelude::*,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use store::micros;

use crate::{
    index::{Names, terms},
    store::{index, leaf::Leaf},
};

/// What records must fit; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Id of the event.
    pub(crate) record_id: Option<String>,
    /// Who did it.
    pub(crate) actor: Option<String>,
    /// Aggregate it is about.
    pub(crate) subject: Option<String>,
    /// Beginning of the event's full name.
    pub(crate) kind_prefix: Option<String>,
    /// Source.
    pub(crate) source: Option<String>,
    /// All of these terms.
    pub(crate) terms: Vec<String>,
    /// Happened at this instant or later.
    pub(crate) from: Option<Timestamp>,
    /// Happened before this instant.
    pub(crate) to: Option<Timestamp>,
}

impl Filter {
    /// The same question as [`Self::condition`], put to a leaf.
    pub(super) fn fits(&self, leaf: &Leaf, names: &Names) -> bool {
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        if !same(&self.source, &leaf.source) {
            return false;
        }
        let Some(said) = leaf.said() else {
            let by_source = Self {
                source: self.source.clone(),
                ..Self::default()
            };
            return *self == by_source;
        };
        same(&self.record_id, &said.id)
            && same(&self.actor, &said.actor.to_string())
            && same(&self.subject, &said.subject)
            && self
                .kind_prefix
                .as_ref()
                .is_none_or(|prefix| said.kind.starts_with(prefix))
            && self.from.is_none_or(|from| said.time >= from)
            && self.to.is_none_or(|to| said.time < to)
            && self.has_terms(&said, names)
    }

    fn has_terms(&self, said: &Record, names: &Names) -> bool {
        if self.terms.is_empty() {
            return true;
        }
        let found = terms(names, said);
        self.terms.iter().all(|term| found.contains(term))
    }

    pub(super) fn condition(&self) -> Condition {
        use index::Column as Entry;
        let equal = |column: Entry, value: &Option<String>| {
            value.as_ref().map(|value| column.eq(value.as_str()))
        };
        let mut all = Condition::all()
            .add_option(equal(Entry::RecordId, &self.record_id))
            .add_option(equal(Entry::Actor, &self.actor))
            .add_option(equal(Entry::Subject, &self.subject))
            .add_option(equal(Entry::Source, &self.source))
            .add_option(self.from.map(|at| Entry::At.gte(micros(at))))
            .add_option(self.to.map(|at| Entry::At.lt(micros(at))));
        if let Some(prefix) = &self.kind_prefix {
            // A range and not LIKE: an index serves it whatever the collation, and no character is
            // special. Names of events are ASCII, below U+FFFF.
            all = all
                .add(Entry::Kind.gte(prefix.as_str()))
                .add(Entry::Kind.lt(format!("{prefix}\u{ffff}")));
        }
        for term in &self.terms {
            let with_term = Query::select()
                .column(Alias::new("idx"))
                .from(Alias::new("entry_term"))
                .and_where(ExprTrait::eq(Expr::col(Alias::new("term")), term.as_str()))
                .to_owned();
            all = all.add(Entry::Idx.in_subquery(with_term));
        }
        all
    }
}

/// Terms that a record can be found by.
pub(crate) mod term {
    /// A clause it serves.
    pub(crate) fn clause(id: &str) -> String {
        format!("clause/{id}")
    }

    /// A person it names.
    pub(crate) fn person(id: &str) -> String {
        format!("person/{id}")
    }

    /// A system it names.
    pub(crate) fn system(id: &str) -> String {
        format!("system/{id}")
    }
}
