//! What other files may refer to.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ClauseId;

use super::page::{Page, Word};
use crate::pack::{Checklist, Field};

/// The names that exist. An empty index means its file gave nothing, which is a problem of that
/// file already: references to it are then let pass, so that one fault is not told a hundred times.
pub(super) struct Known<'a> {
    clauses: &'a BTreeSet<ClauseId>,
    fields: &'a BTreeMap<String, Field>,
    checklists: Option<&'a BTreeMap<String, Checklist>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(
        clauses: &'a BTreeSet<ClauseId>,
        fields: &'a BTreeMap<String, Field>,
    ) -> Self {
        Self {
            clauses,
            fields,
            checklists: None,
        }
    }

    pub(super) fn checklists(&mut self, checklists: &'a BTreeMap<String, Checklist>) {
        self.checklists = Some(checklists);
    }

    pub(super) fn clause(&self, page: &mut Page<'_>, id: &Word) -> Option<ClauseId> {
        let line = page.line(&id.span());
        self.clause_on(page, line, id.get_ref())
    }

    pub(super) fn clause_on(&self, page: &mut Page<'_>, line: usize, id: &str) -> Option<ClauseId> {
        let clause = ClauseId::new(id);
        if self.clauses.is_empty() || self.clauses.contains(&clause) {
            return Some(clause);
        }
        page.problem(Some(line), format!("unknown clause \"{id}\""));
        None
    }

    pub(super) fn clauses(&self, page: &mut Page<'_>, ids: &[Word]) -> Vec<ClauseId> {
        ids.iter().filter_map(|id| self.clause(page, id)).collect()
    }

    pub(super) fn field(&self, page: &mut Page<'_>, id: &Word) -> Option<String> {
        exists(page, "field", id, self.fields)
    }

    pub(super) fn fields(&self, page: &mut Page<'_>, ids: &[Word]) -> Vec<String> {
        ids.iter().filter_map(|id| self.field(page, id)).collect()
    }

    pub(super) fn checklist(&self, page: &mut Page<'_>, id: &Word) -> Option<String> {
        match self.checklists {
            Some(checklists) => exists(page, "checklist", id, checklists),
            None => Some(id.get_ref().clone()),
        }
    }
}

fn exists<V>(
    page: &mut Page<'_>,
    what: &str,
    id: &Word,
    index: &BTreeMap<String, V>,
) -> Option<String> {
    if index.is_empty() || index.contains_key(id.get_ref()) {
        return Some(id.get_ref().clone());
    }
    page.problem_at(id.span(), format!("unknown {what} \"{}\"", id.get_ref()));
    None
}
