//! What identity and ledger have said, in memory.

use std::{collections::BTreeMap, sync::Arc};

use directory::{Directory, Section, kind};
use kernel::{BureauId, SectionId};
use store::facts::{Fact, FactSet};

/// The city as known here. Cheap to clone: maps are shared until changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Organisation, people and systems.
    pub(crate) directory: Directory,
    sections: Arc<BTreeMap<SectionId, Section>>,
}

impl FactSet for Known {
    fn apply(&mut self, fact: &Fact) {
        self.directory.apply(fact);
        if fact.kind == kind::SECTION
            && let Ok(id) = fact.id.parse::<SectionId>()
        {
            let sections = Arc::make_mut(&mut self.sections);
            match fact.read() {
                Some(section) => sections.insert(id, section),
                None => sections.remove(&id),
            };
        }
    }
}

impl Known {
    /// The sections and third-class offices of a bureau.
    pub(crate) fn sections_of(&self, bureau: &BureauId) -> impl Iterator<Item = &SectionId> {
        let all = self.sections.iter();
        all.filter(move |(_, section)| section.bureau == *bureau)
            .map(|(id, _)| id)
    }

    /// A section with its third-class offices.
    pub(crate) fn with_offices<'a>(
        &'a self,
        section: &'a SectionId,
    ) -> impl Iterator<Item = &'a SectionId> {
        let offices = self.sections.iter();
        let offices = offices.filter(move |(_, office)| office.parent.as_ref() == Some(section));
        std::iter::once(section).chain(offices.map(|(id, _)| id))
    }
}
