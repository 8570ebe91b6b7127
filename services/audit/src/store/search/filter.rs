//! What a record must be like: the same question, put to the index and to a record itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proto::record::Record;

use crate::index::term;

/// What records must fit; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Id of the event.
    pub(crate) record_id: Option<String>,
    /// Aggregate it is about.
    pub(crate) subject: Option<String>,
    /// Beginning of the event's full name.
    pub(crate) kind_prefix: Option<String>,
    /// All of these terms.
    pub(crate) terms: Vec<String>,
    /// Any of these terms.
    pub(crate) any: Option<Vec<String>>,
    /// Happened at this instant or later.
    pub(crate) from: Option<Timestamp>,
    /// Happened before this instant.
    pub(crate) to: Option<Timestamp>,
}

impl Filter {
    /// The same question as the index answers, put to a record with its terms; none = unreadable.
    pub(super) fn fits(&self, said: Option<&Record>, terms: &BTreeSet<String>) -> bool {
        let all = self.terms.iter().all(|term| terms.contains(term));
        let any = (self.any.as_ref()).is_none_or(|any| any.iter().any(|term| terms.contains(term)));
        all && any && said.map_or_else(|| self.asks_nothing_more(), |said| self.is_said(said))
    }

    fn asks_nothing_more(&self) -> bool {
        let beside_terms = Self {
            terms: self.terms.clone(),
            any: self.any.clone(),
            ..Self::default()
        };
        *self == beside_terms
    }

    fn is_said(&self, said: &Record) -> bool {
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        let prefix = self.kind_prefix.as_ref();
        same(&self.record_id, &said.id)
            && same(&self.subject, &said.subject)
            && prefix.is_none_or(|prefix| said.kind.starts_with(prefix))
            && self.from.is_none_or(|from| said.time >= from)
            && self.to.is_none_or(|to| said.time < to)
    }

    /// Texts that stand as they are in the bytes of every record that fits.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let named = self.terms.iter().filter_map(|one| term::id_named_by(one));
        let told = [&self.record_id, &self.subject, &self.kind_prefix];
        named.chain(told.into_iter().flatten().map(String::as_str))
    }

    /// Whether it asks for people by name.
    pub(crate) fn people(&self) -> impl Iterator<Item = &str> {
        let by_actor = term::actor("person/");
        let terms = self.terms.iter();
        terms.filter_map(move |one| {
            one.strip_prefix(&by_actor)
                .or_else(|| one.strip_prefix("person/"))
        })
    }
}
